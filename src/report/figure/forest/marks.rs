//! What is drawn in a plot: squares, diamonds, bars, intervals, arrowheads where an interval leaves the axis.

use super::{Mark, RowKind};
use crate::report::figure::geometry::{self, Item, Layer, Point, Shape, Stroke, point};
use crate::report::figure::span::Span;
use crate::report::figure::style::{Color, Style};

/// Where and how the marks of one plot are drawn.
pub(super) struct Pen<'a> {
    pub style: &'a Style,
    pub span: Span,
    /// The axis' length in pixels.
    pub width: f64,
    /// The greatest weight in the plot.
    pub heaviest: f64,
}

impl Pen<'_> {
    /// Returns the pieces of `mark` on a row whose middle is at `y`, in values of the axis.
    pub fn draw(&self, kind: RowKind, mark: &Mark, y: f64) -> Vec<Item> {
        let estimate = mark.estimate.filter(|e| e.is_finite());
        let interval = mark.interval.filter(|(low, high)| low <= high);
        let marks = match kind {
            RowKind::Study => self.study(estimate, interval, mark.weight, y),
            RowKind::NotPooled => self.not_pooled(estimate, interval, y),
            RowKind::Subtotal => self.diamond(estimate, interval, y, self.style.subtotal),
            RowKind::Total => self.diamond(estimate, interval, y, self.style.total),
            RowKind::Prediction => self.bar(interval, y),
        };
        marks.into_iter().map(Item::Mark).collect()
    }

    /// Returns the side of a study's square: its area is in proportion to its weight, down to the floor.
    pub fn side(&self, weight: Option<f64>) -> f64 {
        let share = match weight {
            Some(weight) if self.heaviest > 0.0 => (weight.max(0.0) / self.heaviest).min(1.0).sqrt(),
            _ => 0.65,
        };
        self.style.square * share.max(self.style.square_floor)
    }

    /// Returns whether the square of `weight` is larger than its weight.
    pub fn floored(&self, weight: Option<f64>) -> bool {
        weight.is_some_and(|w| self.heaviest > 0.0 && (w.max(0.0) / self.heaviest).sqrt() < self.style.square_floor)
    }

    fn study(
        &self,
        estimate: Option<f64>,
        interval: Option<(f64, f64)>,
        weight: Option<f64>,
        y: f64,
    ) -> Vec<geometry::Mark> {
        let mut marks = self.whisker(interval, y, self.style.study);
        let Some(estimate) = estimate else { return marks };
        if !self.span.holds(estimate) {
            if interval.is_none() {
                marks.push(self.arrow(estimate, y, self.style.study));
            }
            return marks;
        }
        let half = self.side(weight) / 2.0;
        let corners = [(-half, -half), (half, -half), (half, half), (-half, half)];
        marks.push(geometry::Mark::filled(marker(point(estimate, y), &corners), self.style.study));
        if let Some((low, high)) = interval
            && self.length(low, estimate).max(self.length(estimate, high)) < half
        {
            // An interval that its square hides is drawn inside it.
            marks.push(geometry::Mark::line(vec![point(low, y), point(high, y)], stroke(Color::WHITE, 1.2)));
        }
        marks
    }

    fn not_pooled(&self, estimate: Option<f64>, interval: Option<(f64, f64)>, y: f64) -> Vec<geometry::Mark> {
        let mut marks = self.whisker(interval, y, self.style.quiet);
        if let Some(estimate) = estimate.filter(|e| self.span.holds(*e)) {
            marks.push(geometry::Mark {
                shape: Shape::Circle { at: point(estimate, y), radius: 2.6 },
                fill: Some(Color::WHITE),
                stroke: Some(stroke(self.style.quiet, 1.1)),
                layer: Layer::Foreground,
            });
        }
        marks
    }

    fn diamond(&self, estimate: Option<f64>, interval: Option<(f64, f64)>, y: f64, fill: Color) -> Vec<geometry::Mark> {
        let (Some(estimate), Some((low, high))) = (estimate, interval) else { return Vec::new() };
        let half = self.style.diamond / 2.0;
        let corners = vec![point(low, y), point(estimate, y - half), point(high, y), point(estimate, y + half)];
        let outline = Some(Stroke { color: self.style.total, width: 1.0, dash: None });
        let shape = Shape::Polygon(corners);
        let mut marks = vec![geometry::Mark { shape, fill: Some(fill), stroke: outline, layer: Layer::Foreground }];
        marks.extend(self.arrows(low, high, y, self.style.total));
        marks
    }

    fn bar(&self, interval: Option<(f64, f64)>, y: f64) -> Vec<geometry::Mark> {
        let Some((low, high)) = interval else { return Vec::new() };
        let half = self.style.bar / 2.0;
        let shape = Shape::Rectangle(point(low, y - half), point(high, y + half));
        let mut marks = vec![geometry::Mark::filled(shape, self.style.prediction)];
        marks.extend(self.arrows(low, high, y, self.style.prediction));
        marks
    }

    /// Returns an interval's line, with an arrowhead at an end that lies beyond the axis.
    fn whisker(&self, interval: Option<(f64, f64)>, y: f64, color: Color) -> Vec<geometry::Mark> {
        let Some((low, high)) = interval else { return Vec::new() };
        let mut marks = vec![geometry::Mark::line(vec![point(low, y), point(high, y)], stroke(color, 1.3))];
        marks.extend(self.arrows(low, high, y, color));
        marks
    }

    fn arrows(&self, low: f64, high: f64, y: f64, color: Color) -> impl Iterator<Item = geometry::Mark> {
        let beyond =
            [(low, low < self.span.from || high < self.span.from), (high, high > self.span.to || low > self.span.to)];
        beyond.into_iter().filter(|(_, out)| *out).map(move |(value, _)| self.arrow(value, y, color))
    }

    /// Returns an arrowhead at the end of the axis beyond which `value` lies, its tip pointing there.
    fn arrow(&self, value: f64, y: f64, color: Color) -> geometry::Mark {
        let (end, back) = if value > self.span.to { (self.span.to, -1.0) } else { (self.span.from, 1.0) };
        let tip = -2.0 * back;
        let corners = [(tip, 0.0), (tip + 6.5 * back, -3.6), (tip + 6.5 * back, 3.6)];
        geometry::Mark::filled(marker(point(end, y), &corners), color)
    }

    fn length(&self, low: f64, high: f64) -> f64 {
        (self.span.fraction(high) - self.span.fraction(low)) * self.width
    }
}

fn stroke(color: Color, width: f64) -> Stroke {
    Stroke { color, width, dash: None }
}

fn marker(at: Point, corners: &[(f64, f64)]) -> Shape {
    Shape::Marker { at, corners: corners.iter().map(|&(x, y)| point(x, y)).collect() }
}

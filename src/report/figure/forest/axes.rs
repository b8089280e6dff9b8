//! What belongs to a plot's axis on the canvas: the lines across the rows, the axis below, a benchmark's label above.

use super::Axis;
use super::cells::{Measured, text};
use super::marks::Pen;
use crate::report::figure::font;
use crate::report::figure::geometry::{Anchor, Item, Layer, Mark, Panel, Rect, Shape, Stroke, point};
use crate::report::figure::span::Span;
use crate::report::figure::style::{Color, Style};
use crate::report::figure::text::Text;

/// Room for half a square at the ends of an axis.
pub(super) fn inset(style: &Style) -> f64 {
    style.square / 2.0 + 1.0
}

/// Returns the panel of the rows between `top` and `bottom`, downwards in pixels.
pub(super) fn panel(place: &Measured, x: Span, top: f64, bottom: f64, style: &Style) -> Panel {
    let (left, right) = (place.left + inset(style), place.left + place.width - inset(style));
    Panel { frame: Rect { left, top, right, bottom }, x, y: Span::linear(top, bottom) }
}

/// Returns the lines of a benchmark's label with their middle: above its line, within the plot.
pub(super) fn benchmark_label(axis: &Axis, pen: &Pen<'_>, place: &Measured) -> Vec<(Text, f64)> {
    let Some(benchmark) = &axis.benchmark else { return Vec::new() };
    let size = pen.style.note_size;
    let fraction = (pen.span.fraction(benchmark.from) + pen.span.fraction(benchmark.to)) / 2.0;
    let wanted = place.left + inset(pen.style) + fraction * pen.width;
    let lines = Text::from(benchmark.label.as_str()).wrap(place.width, size);
    let within = |line: Text| {
        let half = (line.width(size) / 2.0).min(place.width / 2.0);
        let middle = wanted.clamp(place.left + half, place.left + place.width - half);
        (line, middle)
    };
    lines.into_iter().map(within).collect()
}

/// Returns what crosses the rows: benchmark, line of no effect, pooled estimate.
pub(super) fn crossing_lines(axis: &Axis, span: Span, top: f64, bottom: f64, style: &Style) -> Vec<Item> {
    let line = |x: f64, color: Color, width: f64, dash: Option<(f64, f64)>| {
        Item::Mark(Mark::line(vec![point(x, top), point(x, bottom)], Stroke { color, width, dash }))
    };
    let mut items = Vec::new();
    if let Some(benchmark) = &axis.benchmark {
        if benchmark.from < benchmark.to {
            let shape = Shape::Rectangle(point(benchmark.from, top), point(benchmark.to, bottom));
            items.push(Item::Mark(Mark { layer: Layer::Background, ..Mark::filled(shape, style.band) }));
        } else if span.holds(benchmark.from) {
            items.push(line(benchmark.from, style.benchmark, 1.0, Some((1.0, 2.0))));
        }
    }
    items.extend(axis.null.filter(|x| span.holds(*x)).map(|x| line(x, style.ink, 0.8, None)));
    items.extend(axis.pooled.filter(|x| span.holds(*x)).map(|x| line(x, style.guide, 0.9, Some((4.0, 3.0)))));
    items
}

/// Draws line, ticks, their labels, directions and label of an axis under `panel`; returns where it ends.
pub(super) fn draw_axis(axis: &Axis, panel: &Panel, place: &Measured, style: &Style, items: &mut Vec<Item>) -> f64 {
    let (size, pitch) = (style.note_size, style.note_size * style.leading);
    let Rect { left, right, bottom, .. } = panel.frame;
    let stroke = Stroke { color: style.ink, width: 0.8, dash: None };
    let ticks = axis.ticks(panel.x, right - left, |label| style.pointed(&Text::from(label)).width(size));
    items.push(Item::Mark(Mark::line(vec![point(left, bottom), point(right, bottom)], stroke)));
    if axis.broken(panel.x) {
        items.extend(break_sign(left + 5.0, bottom, stroke));
    }
    let mut y = bottom + 6.0;
    for (value, label) in ticks {
        let x = left + (right - left) * panel.x.fraction(value);
        items.push(Item::Mark(Mark::line(vec![point(x, bottom), point(x, bottom + 4.0)], stroke)));
        let at = (point(x, y + font::ASCENT * size), Anchor::Middle);
        items.push(text(style.pointed(&Text::from(label)), at, size, style.ink));
    }
    y += pitch;
    if let Some((low, high)) = &axis.directions {
        let room = place.width / 2.0 - 6.0;
        let sides = [
            (format!("←\u{a0}{low}"), place.left, Anchor::Start),
            (format!("{high}\u{a0}→"), place.left + place.width, Anchor::End),
        ];
        let mut lowest = y;
        for (words, x, anchor) in sides {
            for (line, i) in Text::from(words).wrap(room, size).into_iter().zip(0_u32..) {
                let top = y + f64::from(i) * pitch;
                items.push(text(line, (point(x, top + font::ASCENT * size), anchor), size, style.ink));
                lowest = lowest.max(top + pitch);
            }
        }
        y = lowest;
    }
    y += 1.0;
    if axis.label.is_empty() {
        return y;
    }
    for line in axis.label.wrap_evenly(place.width, size) {
        let at = (point(place.left + place.width / 2.0, y + font::ASCENT * size), Anchor::Middle);
        items.push(text(line, at, size, style.ink));
        y += pitch;
    }
    y
}

/// Returns two strokes across an axis that does not begin at nought.
fn break_sign(x: f64, y: f64, stroke: Stroke) -> impl Iterator<Item = Item> {
    let slash = move |x: f64| vec![point(x - 1.5, y + 3.5), point(x + 1.5, y - 3.5)];
    [x, x + 3.0].into_iter().map(move |x| Item::Mark(Mark::line(slash(x), stroke)))
}

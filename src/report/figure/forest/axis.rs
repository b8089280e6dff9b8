//! The axis of a plot: unit, reach, ticks and the lines that cross it.

use serde::Serialize;

use super::{Cell, Forest, Mark};
use crate::num;
use crate::report::figure::span::{Spacing, Span};
use crate::report::figure::text::Text;
use crate::report::figure::ticks;

/// The axis of a plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// Quantity, time and direction: "Progression-free survival at 2 years, %".
    pub label: Text,
    /// What its values are.
    pub unit: Unit,
    /// How values are spread over it.
    pub spacing: Spacing,
    /// First and last value; `None`: 0 to 100%, or as far as the estimates and most of their intervals reach.
    pub domain: Option<(f64, f64)>,
    /// Where ticks stand; empty: round values.
    pub ticks: Vec<f64>,
    /// The value of no effect, of two-arm measures only: a solid line.
    pub null: Option<f64>,
    /// The overall pooled estimate: a dashed line.
    pub pooled: Option<f64>,
    /// A declared value or range to hold the estimates against.
    pub benchmark: Option<Benchmark>,
    /// What lies to the left and to the right of the null line: "Favours SBRT", "Favours control".
    pub directions: Option<(String, String)>,
    /// The weight whose square is the largest; `None`: the greatest that is drawn.
    pub heaviest: Option<f64>,
}

/// A declared value (`from` = `to`) or range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// What it is: "85% benchmark".
    pub label: String,
}

/// What the values of an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Proportions, 0 to 1, labelled in percent.
    Percent,
    /// Small proportions, such as toxicity: labelled in percent, from 0 as far as the intervals reach.
    Rate,
    /// Ratios, on a logarithmic axis.
    Ratio,
    /// Anything else, such as differences and months.
    Plain,
}

/// How far beyond the estimates an axis of odds or hazards follows their intervals, in its own units.
const FAR_BEYOND: f64 = 2.0;

/// The widest axis of odds or hazards, on which 0% and 100% lie infinitely far.
const WIDEST: [f64; 2] = [0.005, 0.995];

impl Axis {
    /// Returns an axis of its kind with nothing on it.
    #[must_use]
    pub fn new(unit: Unit, label: impl Into<Text>) -> Self {
        Self {
            label: label.into(),
            unit,
            spacing: if unit == Unit::Ratio { Spacing::Log } else { Spacing::Linear },
            domain: None,
            ticks: Vec::new(),
            null: None,
            pooled: None,
            benchmark: None,
            directions: None,
            heaviest: None,
        }
    }

    /// Returns an axis of proportions from 0 to 100%.
    #[must_use]
    pub fn percent(label: impl Into<Text>) -> Self {
        Self::new(Unit::Percent, label)
    }

    /// Returns an axis of small proportions, from 0% as far as the intervals reach, at least to 10%.
    #[must_use]
    pub fn rate(label: impl Into<Text>) -> Self {
        Self::new(Unit::Rate, label)
    }

    /// Returns a logarithmic axis of ratios with its null line at 1.
    #[must_use]
    pub fn ratio(label: impl Into<Text>) -> Self {
        Self { null: Some(1.0), ..Self::new(Unit::Ratio, label) }
    }

    /// Returns its stretch; `marks` are those drawn on it.
    pub(super) fn span(&self, marks: &[Mark]) -> Span {
        let spacing = self.spacing;
        let placed = |value: f64| value.is_finite() && spacing.position(value).is_finite();
        let usable = |&(from, to): &(f64, f64)| from < to && placed(from) && placed(to);
        let (from, to) = self.domain.filter(usable).unwrap_or_else(|| match self.unit {
            Unit::Percent | Unit::Rate if matches!(spacing, Spacing::Logit | Spacing::LogLog) => {
                let (from, to) = self.reach(marks, |value| spacing.position(value), FAR_BEYOND);
                let [least, most] = WIDEST.map(|end| spacing.position(end));
                (spacing.value(from.clamp(least, most)), spacing.value(to.clamp(least, most)))
            }
            Unit::Percent => (0.0, 1.0),
            Unit::Rate => {
                let ends = marks.iter().flat_map(|m| [m.estimate, m.interval.map(|(_, high)| high)]).flatten();
                let highest = ends.filter(|v| v.is_finite()).fold(0.0, f64::max);
                (0.0, (highest * 10.0).ceil().clamp(1.0, 10.0) / 10.0)
            }
            Unit::Ratio => {
                // On the log scale equal reach is a ratio; two decades beyond the estimates is as far as a reader looks.
                let (from, to) = self.reach(marks, num::ln, num::ln(100.0));
                (num::exp(from), num::exp(to))
            }
            Unit::Plain => self.reach(marks, |v| v, f64::INFINITY),
        });
        Span { from, to, spacing }
    }

    /// Returns how far the marks and lines reach on `scale`, intervals at most `beyond` the estimates, ends made round.
    fn reach(&self, marks: &[Mark], scale: impl Fn(f64) -> f64, beyond: f64) -> (f64, f64) {
        let usable = |v: &f64| v.is_finite() && scale(*v).is_finite();
        let lines = [self.null, self.pooled].into_iter().flatten();
        let centers = marks.iter().filter_map(|m| m.estimate).chain(lines).filter(usable).map(&scale);
        let (low, high) = extent(centers).unwrap_or((0.0, 0.0));
        let ends = marks.iter().filter_map(|m| m.interval).flat_map(|(a, b)| [a, b]).filter(usable).map(&scale);
        let (from, to) = extent(ends.map(|v| v.clamp(low - beyond, high + beyond))).unwrap_or((low, high));
        let (from, to) = (from.min(low), to.max(high));
        let margin = if from < to { (to - from) * 0.04 } else { 1.0 };
        (from - margin, to + margin)
    }

    /// Returns the ticks on `span`, as many as labels fit side by side.
    pub(super) fn ticks(&self, span: Span, width: f64, label_width: impl Fn(&str) -> f64) -> Vec<(f64, String)> {
        let labelled = |values: Vec<f64>| -> Vec<(f64, String)> {
            values.into_iter().filter(|v| span.holds(*v)).map(|v| (v, self.tick_label(v))).collect()
        };
        if !self.ticks.is_empty() {
            return labelled(self.ticks.clone());
        }
        let fits = |ticks: &Vec<(f64, String)>| {
            let boxes = ticks.iter().map(|(v, label)| (span.fraction(*v) * width, label_width(label) / 2.0 + 3.0));
            boxes.clone().zip(boxes.skip(1)).all(|((a, half_a), (b, half_b))| a + half_a <= b - half_b)
        };
        let choices = (2..=6).rev().map(|most| labelled(ticks::round_values(span, most)));
        choices.into_iter().find(|ticks| !ticks.is_empty() && fits(ticks)).unwrap_or_default()
    }

    fn in_percent(&self) -> bool {
        matches!(self.unit, Unit::Percent | Unit::Rate)
    }

    /// Returns whether it could begin at 0% and does not, which a reader must be told.
    pub(super) fn broken(&self, span: Span) -> bool {
        self.in_percent() && self.spacing == Spacing::Linear && span.from > 0.0
    }

    /// Returns a value as its ticks print it.
    pub(super) fn tick_label(&self, value: f64) -> String {
        ticks::label(if self.in_percent() { value * 100.0 } else { value })
    }
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, v| Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
}

/// Returns the marks that stand in the column of this index.
pub(super) fn marks_in(forest: &Forest, column: usize) -> Vec<Mark> {
    let rows = forest.sections.iter().flat_map(|section| &section.rows);
    rows.filter_map(|row| match row.cells.get(column) {
        Some(Cell::Mark(mark)) => Some(*mark),
        _ => None,
    })
    .collect()
}

//! One pool for the figures that look at it closely: its series by name, its axis of effects in per cent.

use crate::evidence::Evidence;
use crate::model::Fit;
use crate::report::figure::chart::Axis;
use crate::report::figure::text::Text;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, CloseUp, Entry, Estimated, FigurePlan};

/// Percentages that an axis of effects may print, the round ones first where room is scarce.
const PERCENTAGES: [f64; 23] = [
    50.0, 10.0, 90.0, 25.0, 75.0, 1.0, 99.0, 5.0, 95.0, 30.0, 70.0, 2.0, 98.0, 20.0, 80.0, 40.0, 60.0, 15.0, 85.0, 0.5,
    99.5, 0.1, 99.9,
];

/// A pool with what its figures say of it.
pub(super) struct UnderGlass<'a> {
    pub evidence: &'a Evidence,
    pub found: &'a AnalysisFindings,
    pub plan: &'a FigurePlan,
    pub close: CloseUp,
}

impl<'a> UnderGlass<'a> {
    pub fn new(evidence: &'a Evidence, found: &'a AnalysisFindings, plan: &'a FigurePlan) -> Self {
        Self { evidence, found, plan, close: CloseUp::of(found) }
    }

    /// Returns the title: the plan's own, or `what` and the analysis.
    pub fn title(&self, what: &str) -> String {
        let own = self.plan.title.clone();
        let analysis = || wording::analysis_title(&self.evidence.protocol, &self.found.analysis);
        own.unwrap_or_else(|| format!("{what}: {}", wording::lower_first(&analysis())))
    }

    /// Returns what is pooled: `2-year progression-free survival`.
    pub fn outcome(&self) -> String {
        wording::pooled_quantity(&self.evidence.protocol, &self.found.analysis)
    }

    /// Returns the fit and its proportions, from two series up.
    pub fn pooled(&self) -> Option<(&Fit, &Estimated)> {
        self.found.pool.fit().zip(self.found.pool.estimated())
    }

    pub fn name(&self, entry: &Entry) -> String {
        wording::study_name(self.evidence, &entry.key.study)
    }

    /// Returns the shorter name that stands beside a dot: `Milano 2012`.
    pub fn short_name(&self, entry: &Entry) -> String {
        self.name(entry).replace(" et al.", "")
    }

    /// Returns whether the effect rises with the proportion.
    pub fn rising(&self) -> bool {
        self.close.effect(0.6) > self.close.effect(0.4)
    }

    pub fn year(&self, entry: &Entry) -> Option<i32> {
        let study = self.evidence.study(&entry.key.study)?;
        Some(i32::from(study.reference.year))
    }

    /// Returns an axis of effects between the smallest and largest of these, proportions rising along it, printed in per cent.
    pub fn effect_axis(&self, effects: impl IntoIterator<Item = f64>) -> Option<Axis> {
        let (low, high) = extent(effects)?;
        let margin = if low < high { 0.05 * (high - low) } else { 1.0 };
        let (low, high) = (low - margin, high + margin);
        let (from, to) = if self.rising() { (low, high) } else { (high, low) };
        let label = format!("{}, %", self.outcome());
        let ticks = PERCENTAGES.map(|percent| (self.close.effect(percent / 100.0), format!("{percent}")));
        Some(Axis::new(label, from, to).with_ticks(ticks.into()))
    }

    /// Returns the scale of the effects in a sentence.
    pub fn scale_note(&self) -> Text {
        let scale = wording::scale(self.found.analysis.methods.scale);
        Text::from(format!("The axis of effects is even on the {scale} scale, on which they are pooled."))
    }

    /// Returns the pool in words: `27.7% (10.9–47.5)`.
    pub fn pool_words(&self) -> String {
        let natural = self.found.pool.estimated();
        natural.map(|n| format::estimate_interval(n.estimate, n.lower, n.upper)).unwrap_or_default()
    }
}

/// Returns the smallest and the largest of those that are numbers.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(None, |range, v| Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
}

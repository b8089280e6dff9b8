//! A pool's values as they can be kept, and what became of them.

use serde::{Deserialize, Serialize};

use crate::review::findings::{AnalysisFindings, Estimated, Findings, Pool};
use crate::review::rounding;

/// The values of one pool: what `output/pooled.json` keeps of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolState {
    /// Id of the analysis.
    pub analysis: String,
    /// The group; `None` is all series.
    pub group: Option<String>,
    /// Ids of the studies in it, in the analysis' order.
    pub series: Vec<String>,
    /// Patients (or lesions) together; `None` where a series does not say.
    pub n: Option<u64>,
    /// Estimate, interval and prediction interval as proportions; `None` without series or without an answer.
    pub estimated: Option<Estimated>,
    /// Share of the variance that lies between series, per cent; `None` below two series.
    pub i2_percent: Option<f64>,
    /// P of the test between groups; `None` for a group, and where there is no test.
    pub p_between: Option<f64>,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl PoolState {
    /// Whether the test between groups is significant; `None` without a test.
    #[must_use]
    pub fn significant(&self) -> Option<bool> {
        self.p_between.map(|p| p < 1.0 - self.level)
    }

    /// Whether this is the same pool of the same series, no value of it further from the other's than `tolerance`.
    #[must_use]
    pub fn is_near(&self, other: &Self, tolerance: f64) -> bool {
        let values = |state: &Self| {
            let estimated = state.estimated.map(|found| [found.estimate, found.lower, found.upper]);
            let prediction = state.estimated.and_then(|found| found.prediction).map(|(lower, upper)| [lower, upper]);
            (estimated, prediction, [state.p_between, state.i2_percent.map(|i2| i2 / 100.0)])
        };
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance);
        let both = |a: Option<&[f64]>, b: Option<&[f64]>| match (a, b) {
            (Some(a), Some(b)) => near(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let (a, b) = (values(self), values(other));
        let tests = a.2.iter().zip(&b.2);
        (&self.analysis, &self.group, &self.series, self.n) == (&other.analysis, &other.group, &other.series, other.n)
            && both(a.0.as_ref().map(<[f64; 3]>::as_slice), b.0.as_ref().map(<[f64; 3]>::as_slice))
            && both(a.1.as_ref().map(<[f64; 2]>::as_slice), b.1.as_ref().map(<[f64; 2]>::as_slice))
            && tests
                .into_iter()
                .all(|(a, b)| both(a.as_ref().map(std::slice::from_ref), b.as_ref().map(std::slice::from_ref)))
    }
}

/// A pool that is not as it was.
#[derive(Debug, Clone, Serialize)]
pub struct PoolChange {
    /// As it was; `None` where it is new.
    pub before: Option<PoolState>,
    /// As it is; `None` where it is gone.
    pub after: Option<PoolState>,
    /// How far each change to the files moved it; none where that is not known.
    pub causes: Vec<Cause>,
}

/// What one change to the files did to a pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cause {
    /// Position of the change in the list of changes.
    pub step: usize,
    /// How far the pooled proportion moved (0.01 is one percentage point); `None` where there was no estimate before or after.
    pub moved: Option<f64>,
}

impl PoolChange {
    /// Returns the pool as it is, or as it was before it went.
    #[must_use]
    pub fn latest(&self) -> Option<&PoolState> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// Returns the values of every pool, each analysis followed by its groups.
#[must_use]
pub fn states(findings: &Findings) -> Vec<PoolState> {
    findings.analyses.iter().flat_map(of_analysis).collect()
}

/// Returns the values of the pools of one analysis: all series, then each group.
pub(in crate::review) fn of_analysis(found: &AnalysisFindings) -> Vec<PoolState> {
    let state = |group: Option<&str>, n: Option<u64>, pool: &Pool| PoolState {
        analysis: found.analysis.id.clone(),
        group: group.map(str::to_owned),
        series: (found.entries.iter())
            .filter(|entry| group.is_none_or(|group| entry.group.as_ref().is_some_and(|of| of.id() == group)))
            .map(|entry| entry.key.study.clone())
            .collect(),
        n,
        estimated: pool.estimated().copied(),
        i2_percent: pool.fit().map(|fit| fit.heterogeneity.i2_percent),
        p_between: found
            .groups
            .as_ref()
            .filter(|_| group.is_none())
            .and_then(|groups| rounding::p_value(groups.test.as_ref()?)),
        level: found.analysis.methods.spec.level.0,
    };
    let n = found.entries.iter().map(|entry| entry.n).sum();
    let groups = found.groups.iter().flat_map(|groups| &groups.groups);
    let groups = groups.map(|group| state(Some(group.of.id()), group.n, &group.pool));
    std::iter::once(state(None, n, &found.pool)).chain(groups).collect()
}

/// Returns the pools that are not as they were: those there are in their order, then those that are gone.
#[must_use]
pub fn compare(before: &[PoolState], after: &[PoolState]) -> Vec<PoolChange> {
    let same_pool = |a: &PoolState, b: &PoolState| (&a.analysis, &a.group) == (&b.analysis, &b.group);
    let changed = after.iter().filter_map(|state| {
        let earlier = before.iter().find(|other| same_pool(other, state));
        (earlier != Some(state)).then(|| (earlier.cloned(), Some(state.clone())))
    });
    let gone = before.iter().filter(|state| !after.iter().any(|other| same_pool(other, state)));
    let gone = gone.map(|state| (Some(state.clone()), None));
    changed.chain(gone).map(|(before, after)| PoolChange { before, after, causes: Vec::new() }).collect()
}

/// Returns what each step of a course of states did to a pool.
pub(super) fn causes(course: &[Vec<PoolState>], pool: &PoolChange) -> Vec<Cause> {
    let Some(latest) = pool.latest() else { return Vec::new() };
    let find = |states: &[PoolState]| {
        states.iter().find(|state| (&state.analysis, &state.group) == (&latest.analysis, &latest.group)).cloned()
    };
    let steps = course.windows(2).enumerate();
    steps
        .filter_map(|(step, pair)| {
            let (before, after) = (find(&pair[0]), find(&pair[1]));
            let estimate = |state: &Option<PoolState>| Some(state.as_ref()?.estimated?.estimate);
            let moved = estimate(&after).zip(estimate(&before)).map(|(after, before)| after - before);
            (before != after).then_some(Cause { step, moved })
        })
        .collect()
}

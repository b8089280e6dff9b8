//! One set of studies pooled many times: what the pools share is computed once, and what only a reader of one pool asks for is left out.

use super::fit::{Pooled, Whole, between, check_level, precise};
use super::interval::Error;
use super::linear::Mean;
use super::subgroup::{common_p_values, test};
use super::{Estimate, FitError, IntervalMethod, Limits, Spec, SubgroupTau2, fit_subgroups, glmm};
use crate::effect::Figures;

/// A pooled estimate with its interval, on the analysis scale, and the test between groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuickPool {
    /// The pooled estimate.
    pub estimate: f64,
    /// Its interval.
    pub ci: Limits,
    /// P value of the test between groups; `None` without one.
    pub between_p: Option<f64>,
}

/// Which group each study belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Grouping<'a> {
    /// Each study's index into `levels`.
    pub group_of: &'a [usize],
    /// The groups' names.
    pub levels: &'a [String],
    /// Whether groups share τ².
    pub tau2: SubgroupTau2,
}

/// Pools `estimates` as `spec` says by each of `intervals` in turn; τ² is estimated once for all of them.
///
/// Each gives the estimate, interval and test that [`super::fit`] and [`fit_subgroups`] give.
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, IntervalMethod, Spec, fit, fit_many};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09)].map(|(yi, vi)| Estimate { yi, vi });
/// let pools = fit_many(&trials, None, &Spec::default(), &[IntervalMethod::Classic, IntervalMethod::Hksj]);
/// assert_eq!(pools[1]?.ci.lower, fit(&trials, &Spec::default())?.ci_lower);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
#[must_use]
pub fn fit_many(
    estimates: &[Estimate],
    grouping: Option<Grouping<'_>>,
    spec: &Spec,
    intervals: &[IntervalMethod],
) -> Vec<Result<QuickPool, FitError>> {
    let shared = check_level(spec.level).and_then(|()| Mean::new(estimates)).and_then(|mean| {
        let tau2 = between(&mean, spec)?;
        Ok((mean, Whole::of(&mean, tau2)))
    });
    let tests = between_p_values(estimates, grouping, spec, intervals);
    let precise = shared.as_ref().map(|(mean, whole)| precise(mean, whole, spec.tau2));
    let pool = |(interval, between_p): (&IntervalMethod, Option<f64>)| {
        let Pooled { estimate, ci, .. } = precise.map_err(|error| *error)?.pooled(*interval, spec.level)?;
        Ok(QuickPool { estimate, ci, between_p })
    };
    intervals.iter().zip(tests).map(pool).collect()
}

fn between_p_values(
    estimates: &[Estimate],
    grouping: Option<Grouping<'_>>,
    spec: &Spec,
    intervals: &[IntervalMethod],
) -> Vec<Option<f64>> {
    let none = || vec![None; intervals.len()];
    let Some(Grouping { group_of, levels, tau2 }) = grouping.filter(|grouping| grouping.levels.len() > 1) else {
        return none();
    };
    match tau2 {
        SubgroupTau2::Common => {
            common_p_values(estimates, group_of, levels.len(), spec, intervals).unwrap_or_else(|_| none())
        }
        SubgroupTau2::Separate => {
            let p_value = |interval: &IntervalMethod| {
                let spec = Spec { interval: *interval, ..*spec };
                let groups = fit_subgroups(estimates, group_of, levels, &spec, tau2).ok()?;
                groups.test.map(|test| test.p_value())
            };
            intervals.iter().map(p_value).collect()
        }
    }
}

/// Pools one set of counts after another by the binomial-normal model (log odds): sets that are nearly the same, such as each without
/// one of its studies, take few steps from one answer to the next.
#[derive(Debug, Clone, Default)]
pub struct CountPools {
    whole: glmm::Last,
    /// Of each level of the grouping, where each has a τ² of its own.
    groups: Vec<glmm::Last>,
    /// Of all levels, where they share one.
    shared: glmm::Nearby,
}

impl CountPools {
    /// Pools a set, its likelihood climbed once, with the interval by t where `intervals` says so and the classic one elsewhere; groups
    /// are tested as [`super::fit_counts_subgroups`] or, with a τ² each, [`super::fit_apart`] tests them.
    pub fn fit(
        &mut self,
        figures: &[Figures],
        grouping: Option<Grouping<'_>>,
        spec: &Spec,
        intervals: &[IntervalMethod],
    ) -> Vec<Result<QuickPool, FitError>> {
        let pooled = match figures.len() {
            k @ 0..=1 => Err(FitError::TooFewStudies { k, needed: 2 }),
            _ => self.whole.fit(figures),
        };
        let tests = match grouping {
            Some(grouping) if grouping.tau2 == SubgroupTau2::Common => {
                let tests = match self.whole.log() {
                    Some(together) if pooled.is_ok() => {
                        glmm::quick_test(figures, grouping, spec, intervals, together, &mut self.shared).ok()
                    }
                    _ => None,
                };
                tests.unwrap_or_else(|| vec![None; intervals.len()])
            }
            Some(grouping) => vec![self.between_p(figures, grouping, spec); intervals.len()],
            None => vec![None; intervals.len()],
        };
        let one_less = figures.len().saturating_sub(1) as f64;
        let pool = |(interval, between_p): (&IntervalMethod, Option<f64>)| {
            let Estimate { yi: estimate, vi } = pooled?;
            let error = Error { se: vi.sqrt(), df: (*interval == IntervalMethod::T).then_some(one_less) };
            Ok(QuickPool { estimate, ci: error.about(estimate, 0.0, spec.level), between_p })
        };
        intervals.iter().zip(tests).map(pool).collect()
    }

    fn between_p(&mut self, figures: &[Figures], grouping: Grouping<'_>, spec: &Spec) -> Option<f64> {
        let Grouping { group_of, levels, .. } = grouping;
        self.groups.resize_with(levels.len(), glmm::Last::default);
        let mut centres = Vec::new();
        for (level, last) in self.groups.iter_mut().enumerate() {
            let members = figures.iter().zip(group_of).filter(|(_, group)| **group == level);
            let members: Vec<Figures> = members.map(|(figure, _)| *figure).collect();
            if members.len() > 1 {
                centres.push(last.fit(&members).ok()?);
            }
        }
        test(&centres, None, spec.level).map(|test| test.p_value())
    }
}

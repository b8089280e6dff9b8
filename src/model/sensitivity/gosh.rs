//! GOSH: the pools of all subsets of the studies, or of a sample of them.

use rayon::prelude::*;
use serde::Serialize;

use super::needs_three;
use crate::model::fit::between;
use crate::model::linear::{Linear as _, Mean, centre};
use crate::model::{Estimate, FitError, Heterogeneity, Spec};
use crate::num::Random;

/// Up to this many subsets all are pooled; of more, so many are drawn.
pub const MOST_SUBSETS: usize = 1 << 20;

/// The pools of subsets of the studies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gosh {
    /// Which subsets they are.
    pub plan: Plan,
    /// The pools, one a subset, in the order of the plan.
    pub pools: Vec<SubsetPool>,
}

/// The pool of one subset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SubsetPool {
    /// How many studies it has.
    pub k: usize,
    /// The pooled estimate.
    pub estimate: f64,
    /// τ².
    pub tau2: f64,
    /// I² (τ² form).
    pub i2_percent: f64,
    /// Q.
    pub q: f64,
}

/// Which subsets of at least two studies are pooled. Members are worked out, not stored: a million subsets take no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// All of them: bit i of a counter says whether study i is in.
    All {
        /// The number of studies.
        k: usize,
    },
    /// Each drawn with every study in or out like heads or tails, independently of the others; one can come twice.
    Sample {
        /// The number of studies.
        k: usize,
        /// How many are drawn.
        draws: usize,
        /// The seed.
        seed: u64,
    },
}

impl Plan {
    /// Returns the plan for `k` studies: all subsets where there are at most [`MOST_SUBSETS`], else that many, drawn with `seed`.
    #[must_use]
    pub fn of(k: usize, seed: u64) -> Self {
        let all = Self::All { k };
        if all.numbers() <= MOST_SUBSETS { all } else { Self::Sample { k, draws: MOST_SUBSETS, seed } }
    }

    /// Returns the studies of each subset with number `number`, of [`Self::numbers`]; `None` for those of fewer than two studies.
    #[must_use]
    pub fn members(self, number: usize) -> Option<Vec<usize>> {
        let mut members = Vec::new();
        self.fill(number, &mut members, |study| study).then_some(members)
    }

    /// Returns how many numbers there are, those of subsets of fewer than two studies among them; the most that can be counted
    /// where there are more.
    #[must_use]
    pub fn numbers(self) -> usize {
        match self {
            Self::All { k } => u32::try_from(k).ok().and_then(|k| 1_usize.checked_shl(k)).unwrap_or(usize::MAX),
            Self::Sample { draws, .. } => draws,
        }
    }

    /// Fills `subset` with `of(study)` for each study of a subset; false where it has fewer than two.
    fn fill<T>(self, number: usize, subset: &mut Vec<T>, of: impl Fn(usize) -> T) -> bool {
        match self {
            Self::All { k } => {
                subset.clear();
                let bits = (0..k).take(usize::BITS as usize);
                subset.extend(bits.filter(|study| number >> study & 1 == 1).map(of));
            }
            Self::Sample { k, seed, .. } => {
                // Drawn again until it is large enough, as a sample of such subsets must be.
                let mut random = Random::new(seed, number as u64);
                loop {
                    subset.clear();
                    let mut bits = 0;
                    for study in 0..k {
                        bits = if study % 64 == 0 { random.bits() } else { bits >> 1 };
                        if bits & 1 == 1 {
                            subset.push(of(study));
                        }
                    }
                    if subset.len() >= 2 || k < 2 {
                        break;
                    }
                }
            }
        }
        subset.len() >= 2
    }
}

/// Pools every subset of `plan`: clusters in these pools show studies that do not belong together.
///
/// Subsets are shared out among all processors; the answer is the same to the last bit at any number of them.
///
/// # Errors
/// [`FitError::TooFewStudies`] below three studies; [`FitError::Plan`] for a plan of another number of studies or of more than 2³²
/// subsets; and as [`crate::model::fit`], for the first subset that fails.
///
/// # Agreement
/// The pool of each subset is that of [`crate::model::fit`]; metafor 3.8, `gosh()`: relative 1e-8.
///
/// # References
/// Olkin, Dahabreh & Trikalinos (2012), <https://doi.org/10.1002/jrsm.1053>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Spec, sensitivity::{Plan, gosh}};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let found = gosh(&trials, Plan::of(4, 1), &Spec::default())?;
/// // 2⁴ subsets without the empty one and the four of one study.
/// assert_eq!(found.pools.len(), 11);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn gosh(estimates: &[Estimate], plan: Plan, spec: &Spec) -> Result<Gosh, FitError> {
    needs_three(estimates)?;
    let k = Mean::new(estimates)?.k();
    let (Plan::All { k: planned } | Plan::Sample { k: planned, .. }) = plan;
    if planned != k || matches!(plan, Plan::All { k } if k > 32) {
        return Err(FitError::Plan);
    }
    let pool = |subset: &mut Vec<Estimate>, number: usize| {
        plan.fill(number, subset, |study| estimates[study]).then(|| pool(subset, spec))
    };
    let pools: Vec<Option<Result<SubsetPool, FitError>>> =
        (0..plan.numbers()).into_par_iter().map_init(|| Vec::with_capacity(k), pool).collect();
    Ok(Gosh { plan, pools: pools.into_iter().flatten().collect::<Result<_, _>>()? })
}

fn pool(subset: &[Estimate], spec: &Spec) -> Result<SubsetPool, FitError> {
    let mean = Mean::new(subset)?;
    let tau2 = between(&mean, spec)?;
    let value = tau2.map_or(0.0, |tau2| tau2.value);
    let Heterogeneity { q, i2_percent, .. } = Heterogeneity::of(&mean, tau2.as_ref());
    let estimate = centre(subset, |vi| 1.0 / (vi + value)).mean;
    Ok(SubsetPool { k: mean.k(), estimate, tau2: value, i2_percent, q })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fit;

    fn trials(k: usize) -> Vec<Estimate> {
        let mut random = Random::new(11, 0);
        (0..k).map(|_| Estimate { yi: random.normal(), vi: 0.05 + random.uniform() }).collect()
    }

    #[test]
    fn each_pool_is_that_of_its_members() {
        let trials = trials(6);
        let found = gosh(&trials, Plan::of(6, 0), &Spec::default()).unwrap();
        let subsets = (0..found.plan.numbers()).filter_map(|number| found.plan.members(number));
        assert_eq!(found.pools.len(), 64 - 7);
        for (pool, members) in found.pools.iter().zip(subsets) {
            let members: Vec<Estimate> = members.into_iter().map(|study| trials[study]).collect();
            let whole = fit(&members, &Spec::default()).unwrap();
            assert_eq!((pool.k, pool.estimate, pool.tau2), (whole.k, whole.estimate, whole.tau2));
            assert_eq!((pool.i2_percent, pool.q), (whole.heterogeneity.i2_percent, whole.heterogeneity.q));
        }
    }

    #[test]
    fn sums_over_all_subsets_are_metafors() {
        // metafor 3.8, gosh() of rma(method = "REML", control = list(threshold = 1e-14)): sums over the 26 subsets of two or more.
        let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05), (0.6, 0.3)];
        let trials = trials.map(|(yi, vi)| Estimate { yi, vi });
        let pools = gosh(&trials, Plan::of(5, 0), &Spec::default()).unwrap().pools;
        let sum = |figure: fn(&SubsetPool) -> f64| pools.iter().map(figure).sum::<f64>();
        for (found, expected) in [
            (pools.len() as f64, 26.0),
            (sum(|pool| pool.estimate), -5.090_032_300_58),
            (sum(|pool| pool.tau2), 5.557_756_634_93),
            (sum(|pool| pool.q), 172.085_202_588),
            (sum(|pool| pool.i2_percent), 1_682.323_469_3),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
        }
    }

    #[test]
    fn a_sample_is_the_same_at_any_thread_count_and_takes_each_study_half_the_time() {
        let trials = trials(70);
        let plan = Plan::Sample { k: 70, draws: 400, seed: 5 };
        let draw = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| gosh(&trials, plan, &Spec::default()).unwrap())
        };
        assert_eq!(draw(1), draw(3));
        let size: usize = draw(2).pools.iter().map(|pool| pool.k).sum();
        // 28,000 tosses: four standard errors are 335.
        assert!(size.abs_diff(14_000) < 335, "{size}");
    }

    #[test]
    fn the_plan_follows_the_number_of_studies() {
        assert_eq!(Plan::of(20, 1), Plan::All { k: 20 });
        assert_eq!(Plan::of(21, 1), Plan::Sample { k: 21, draws: MOST_SUBSETS, seed: 1 });
        assert_eq!(gosh(&trials(5), Plan::of(4, 1), &Spec::default()), Err(FitError::Plan));
        assert_eq!(gosh(&trials(40), Plan::All { k: 40 }, &Spec::default()), Err(FitError::Plan));
    }
}

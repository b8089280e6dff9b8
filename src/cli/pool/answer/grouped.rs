//! The pools by group.

use forestable::effect::Measure;
use forestable::model::{
    BetweenTest, CommonTau2, FitError, GroupFit, SubgroupTau2, Subgroups, Unbounded, fit_apart, fit_counts_subgroups,
    fit_subgroups,
};
use serde::Serialize;

use super::super::PoolArgs;
use super::super::studies::Studies;
use super::study::harmonic_size;
use super::{Natural, pool_of};

/// The pools by group.
#[derive(Debug, Serialize)]
pub struct Grouped {
    pub groups: Vec<Group>,
    pub subgroup_tau2: SubgroupTau2,
    pub common_tau2: Option<CommonTau2>,
    pub q_between: Option<f64>,
    pub q_between_df: Option<f64>,
    pub q_between_p: Option<f64>,
    pub f_between: Option<f64>,
    pub f_df1: Option<f64>,
    pub f_df2: Option<f64>,
    pub f_p: Option<f64>,
    pub lrt_between: Option<f64>,
    pub lrt_between_p: Option<f64>,
}

/// One group.
#[derive(Debug, Serialize)]
pub struct Group {
    pub level: String,
    pub k: usize,
    pub estimate: Option<f64>,
    pub se: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
    pub tau2: Option<f64>,
    pub i2_percent: Option<f64>,
    pub q: Option<f64>,
    pub natural: Natural,
}

impl Grouped {
    /// Pools each group; `None` without groups and below two studies.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Result<Option<Self>, FitError> {
        let Some(groups) = studies.groups.as_ref().filter(|_| studies.estimates.len() >= 2) else { return Ok(None) };
        let estimates = &studies.estimates;
        let found = if args.is_linear() {
            fit_subgroups(estimates, &groups.of, &groups.levels, &args.spec(), args.subgroup_tau2)?
        } else if args.subgroup_tau2 == SubgroupTau2::Common {
            fit_counts_subgroups(&studies.figures, args.measure, &groups.of, &groups.levels, &args.spec())?
        } else {
            fit_apart(&groups.of, &groups.levels, args.spec().level, |members| {
                let some: Vec<_> = members.iter().map(|&study| estimates[study]).collect();
                let figures: Vec<_> = members.iter().map(|&study| studies.figures[study]).collect();
                pool_of(&some, &figures, args).map(|(fit, _)| fit)
            })?
        };
        let sizes = (0..groups.levels.len()).map(|level| {
            let members = studies.figures.iter().zip(&groups.of).filter(move |(_, of)| **of == level);
            harmonic_size(&members.map(|(figures, _)| *figures).collect::<Vec<_>>())
        });
        Ok(Some(Self::with_sizes(&found, args.measure, &sizes.collect::<Vec<_>>())))
    }

    /// `sizes` are what each group's Freeman-Tukey values are taken back at.
    fn with_sizes(found: &Subgroups, measure: Measure, sizes: &[Option<f64>]) -> Self {
        let group = |(GroupFit { level, k, fit, unbounded }, size): (&GroupFit, &Option<f64>)| {
            let pool = fit.as_ref();
            let limits = pool.and_then(|fit| fit.prediction).map(|prediction| prediction.limits);
            Group {
                level: level.clone(),
                k: *k,
                estimate: pool.map(|fit| fit.estimate),
                se: pool.map(|fit| fit.se),
                ci_lower: pool.map(|fit| fit.ci_lower),
                ci_upper: pool.map(|fit| fit.ci_upper),
                pi_lower: limits.map(|limits| limits.lower),
                pi_upper: limits.map(|limits| limits.upper),
                tau2: pool.map(|fit| fit.tau2),
                i2_percent: pool.map(|fit| fit.heterogeneity.i2_percent),
                q: pool.map(|fit| fit.heterogeneity.q),
                natural: unbounded
                    .map_or_else(|| Natural::of(pool, measure, *size), |unbounded| at_the_end(measure, unbounded)),
            }
        };
        let test: Option<BetweenTest> = found.test;
        // Where a group has no finite estimate there is no Wald statistic: a number that does not exist is null.
        let wald = test.filter(|test| test.likelihood_ratio.is_none_or(|ratio| !ratio.in_place_of_wald));
        let f = wald.and_then(|test| test.f);
        let ratio = test.and_then(|test| test.likelihood_ratio);
        Self {
            groups: found.groups.iter().zip(sizes).map(group).collect(),
            subgroup_tau2: found.tau2,
            common_tau2: found.common_tau2,
            q_between: wald.map(|test| test.q_between),
            q_between_df: wald.map(|test| test.q_between_df),
            q_between_p: wald.map(|test| test.q_between_p),
            f_between: f.map(|f| f.f_between),
            f_df1: f.map(|f| f.f_df1),
            f_df2: f.map(|f| f.f_df2),
            f_p: f.map(|f| f.f_p),
            lrt_between: ratio.map(|ratio| ratio.statistic),
            lrt_between_p: ratio.map(|ratio| ratio.p),
        }
    }
}

/// Returns the proportions of a group in which everybody or nobody had the event: no figure on the scale of the measure is finite.
fn at_the_end(measure: Measure, Unbounded { estimate, end }: Unbounded) -> Natural {
    let [estimate, end] = [estimate, end].map(|effect| measure.back(effect, None));
    Natural {
        estimate: Some(estimate),
        ci_lower: Some(end.min(estimate)),
        ci_upper: Some(end.max(estimate)).filter(|upper| upper.is_finite()),
        pi_lower: None,
        pi_upper: None,
    }
}

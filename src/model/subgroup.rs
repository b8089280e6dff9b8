//! Pools by group, and the test between them.

use serde::Serialize;

use super::fit::{Fit, Whole, between, check_level, conclude};
use super::interval::Error;
use super::linear::{Groups, Linear as _, Mean, centre};
use super::tau2::{Likelihood, Tau2, profile_likelihood, q_profile};
use super::{Estimate, FitError, IntervalMethod, Limits, ModelKind, Spec, Tau2Interval, fit};
use crate::diag::named;
use crate::evidence::Level;
use crate::num::distribution::{ChiSquared, Distribution as _, FisherF};

named! {
    /// Whether groups share the variance between studies.
    #[derive(Default)]
    SubgroupTau2, "choice of τ² for subgroups":
    /// One τ² for all groups: the mixed-effects model with the group as factor.
    #[default]
    Common = "common",
    /// Each group has its own.
    Separate = "separate",
}

/// Pools by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subgroups {
    /// The groups, in the order of the levels given.
    pub groups: Vec<GroupFit>,
    /// Which kind of τ² they have.
    pub tau2: SubgroupTau2,
    /// The τ² that all groups share, where they do.
    pub common_tau2: Option<CommonTau2>,
    /// The test between groups; `None` where fewer than two of them enter it.
    pub test: Option<BetweenTest>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupFit {
    /// Its name.
    pub level: String,
    /// How many studies it has.
    pub k: usize,
    /// Its pool; `None` below two studies, and where it has no finite estimate.
    pub fit: Option<Fit>,
    /// What can be said of a group of counts in which everybody or nobody had the event; `None` below two studies, and for all others.
    pub unbounded: Option<Unbounded>,
}

/// The estimate of a group of counts in which everybody, or nobody, had the event: the most likely mean is infinite, that is 100% or 0%.
/// It has no standard error; its interval has one end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Unbounded {
    /// Infinity, or minus infinity.
    pub estimate: f64,
    /// The finite end of the interval, by profile likelihood: the squared quantile of the model's intervals (t or normal) in place of that of
    /// χ². It is infinite to the other side where nothing is excluded.
    pub end: f64,
}

/// The variance between studies within groups, where all groups share it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CommonTau2 {
    /// τ².
    pub value: f64,
    /// Its standard error; `None` for counts where it is 0.
    pub se: Option<f64>,
    /// Its interval.
    pub ci: Limits,
    /// How the interval was made: the one asked for, but Q-profile in place of those from Q with fixed weights, whose law is known for
    /// one mean only; for counts by profile likelihood.
    pub interval: Tau2Interval,
}

/// The test of no difference between groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BetweenTest {
    /// The weighted scatter of the group estimates (Wald's statistic); for counts with a group that has no finite estimate the
    /// likelihood ratio.
    pub q_between: f64,
    /// Its degrees of freedom: groups in the test minus 1.
    pub q_between_df: f64,
    /// P(χ² > Q).
    pub q_between_p: f64,
    /// The F form, for groups that share τ² and an interval by t.
    pub f: Option<BetweenF>,
    /// The difference that is tested, where two groups are; its interval excludes 0 exactly where P falls below the level.
    pub contrast: Option<Contrast>,
    /// The same test by the ratio of likelihoods, for counts in groups that share τ².
    pub likelihood_ratio: Option<LikelihoodRatio>,
}

/// The test between groups by the ratio of likelihoods, with and without a mean a group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LikelihoodRatio {
    /// Twice the logarithm of the ratio.
    pub statistic: f64,
    /// By χ², or by F on the residual degrees of freedom where the intervals are by t.
    pub p: f64,
    /// Whether it takes the place of Wald's, which a group without a finite estimate has not.
    pub in_place_of_wald: bool,
}

/// The first group minus the second, on the scale of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contrast {
    /// The difference.
    pub estimate: f64,
    /// Its confidence interval.
    pub ci: Limits,
}

impl BetweenTest {
    /// Returns the P value, of the F form where there is one.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        self.f.map_or(self.q_between_p, |f| f.f_p)
    }
}

/// The F form of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BetweenF {
    /// F.
    pub f_between: f64,
    /// Numerator degrees of freedom.
    pub f_df1: f64,
    /// Denominator degrees of freedom.
    pub f_df2: f64,
    /// P(F > f).
    pub f_p: f64,
}

/// Pools `estimates` by group and tests for a difference between the groups.
///
/// `group_of` gives each estimate's index into `levels`. With a common τ² this is the mixed-effects model with the group as
/// factor: residual degrees of freedom are k minus the number of groups, and a group of one study takes part in the test though
/// it has no pool. With separate τ² the test compares the group estimates by their own standard errors, and a group of one
/// study, whose τ² nobody knows, stays out of it.
///
/// # Errors
/// As [`fit`]; [`FitError::Groups`] where `group_of` does not fit; [`FitError::NoResidualDegreesOfFreedom`] when no group
/// has two studies.
///
/// # Agreement
/// metafor 5.1-12, `rma(mods = ~ group)` and `rma()` by group: relative 1e-8.
///
/// # References
/// Borenstein et al. (2009), Introduction to Meta-Analysis, chapter 19; F: Knapp & Hartung (2003),
/// <https://doi.org/10.1002/sim.1482>
pub fn fit_subgroups(
    estimates: &[Estimate],
    group_of: &[usize],
    levels: &[String],
    spec: &Spec,
    tau2: SubgroupTau2,
) -> Result<Subgroups, FitError> {
    check_level(spec.level)?;
    let all = Groups::new(estimates, group_of, levels.len())?;
    let mut members: Vec<Vec<Estimate>> = vec![Vec::new(); levels.len()];
    for (&estimate, &group) in estimates.iter().zip(group_of) {
        members[group].push(estimate);
    }
    match tau2 {
        SubgroupTau2::Common => common(&all, &members, levels, spec),
        SubgroupTau2::Separate => separate(&members, levels, spec),
    }
}

/// Pools each group apart by `pool`, which is given the members' places, for the models that do not pool effects by inverse
/// variance; tests for a difference between the groups by their own standard errors, with an interval at `level`.
/// Posteriors are not tested: [`super::bayes::Mixture::less_than`] compares two of them.
///
/// # Errors
/// As `pool`; [`FitError::Groups`] where `group_of` names a group that is not there.
pub fn fit_apart(
    group_of: &[usize],
    levels: &[String],
    level: Level,
    pool: impl Fn(&[usize]) -> Result<Fit, FitError>,
) -> Result<Subgroups, FitError> {
    if group_of.iter().any(|&group| group >= levels.len()) {
        return Err(FitError::Groups);
    }
    let group = |(index, level): (usize, &String)| {
        let members: Vec<usize> = (0..group_of.len()).filter(|&study| group_of[study] == index).collect();
        let fit = if members.len() < 2 { None } else { Some(pool(&members)?) };
        Ok(GroupFit { level: level.clone(), k: members.len(), fit, unbounded: None })
    };
    let found = levels.iter().enumerate().map(group).collect::<Result<_, _>>()?;
    let found = compared(found, level);
    let bayes = found.groups.iter().flat_map(|group| &group.fit).any(|fit| fit.model == ModelKind::Bayes);
    Ok(if bayes { Subgroups { test: None, ..found } } else { found })
}

fn separate(members: &[Vec<Estimate>], levels: &[String], spec: &Spec) -> Result<Subgroups, FitError> {
    Ok(compared(each_group(members, levels, |mean| fit(mean.as_slice(), spec))?, spec.level))
}

/// Tests groups with their own τ² by their own standard errors; `level` is that of their difference.
fn compared(groups: Vec<GroupFit>, level: Level) -> Subgroups {
    let centres: Vec<_> = groups
        .iter()
        .filter_map(|group| group.fit.as_ref())
        .map(|fit| Estimate { yi: fit.estimate, vi: fit.se * fit.se })
        .collect();
    Subgroups { groups, tau2: SubgroupTau2::Separate, common_tau2: None, test: test(&centres, None, level) }
}

fn common(all: &Groups, members: &[Vec<Estimate>], levels: &[String], spec: &Spec) -> Result<Subgroups, FitError> {
    let tau2 = between(all, spec)?;
    let whole = Whole::of(all, tau2);
    let groups = each_group(members, levels, |mean| conclude(mean, &whole, spec))?;
    let test = common_test(all, &whole, spec);
    let common_tau2 = match tau2 {
        Some(Tau2 { value, se, .. }) => {
            let (interval, ci) = match spec.tau2_interval {
                Tau2Interval::ProfileLikelihood => {
                    (spec.tau2_interval, profile_likelihood(all, Likelihood::of(spec.tau2), spec.level)?)
                }
                _ => (Tau2Interval::QProfile, q_profile(all, spec.level)?),
            };
            Some(CommonTau2 { value, se: Some(se), ci, interval })
        }
        None => None,
    };
    Ok(Subgroups { groups, tau2: SubgroupTau2::Common, common_tau2, test })
}

/// Tests for a difference between groups that share τ².
fn common_test(all: &Groups, whole: &Whole, spec: &Spec) -> Option<BetweenTest> {
    test(&common_centres(all, whole), common_factor(all, whole, spec.interval), spec.level)
}

/// Returns the means of groups that share τ².
fn common_centres(all: &Groups, whole: &Whole) -> Vec<Estimate> {
    let centres = all.iter().map(|group| centre(group, |vi| whole.weight(vi)));
    centres.map(|centre| Estimate { yi: centre.mean, vi: 1.0 / centre.sum_w }).collect()
}

/// Returns the variance factor and the denominator degrees of freedom of the F form, where an interval has one.
fn common_factor(all: &Groups, whole: &Whole, interval: IntervalMethod) -> Option<(f64, f64)> {
    let factor = match interval {
        IntervalMethod::Classic | IntervalMethod::KenwardRoger | IntervalMethod::Posterior => None,
        IntervalMethod::T => Some(1.0),
        IntervalMethod::Mkh | IntervalMethod::HksjWide => Some(whole.scatter.max(1.0)),
        IntervalMethod::Hksj => Some(if whole.scatter == 0.0 { 1.0 } else { whole.scatter }),
    };
    factor.map(|factor| (factor, all.residual_df()))
}

/// Returns the P value of the test between groups by each of `intervals`, as [`fit_subgroups`] has it with a common τ², which is
/// estimated once; the F form where there is one, `None` where there is no test.
///
/// # Errors
/// As [`fit_subgroups`].
pub(super) fn common_p_values(
    estimates: &[Estimate],
    group_of: &[usize],
    groups: usize,
    spec: &Spec,
    intervals: &[IntervalMethod],
) -> Result<Vec<Option<f64>>, FitError> {
    let all = Groups::new(estimates, group_of, groups)?;
    let whole = Whole::of(&all, between(&all, spec)?);
    let apart = apart(&common_centres(&all, &whole));
    let p_value = |interval: &IntervalMethod| {
        let (q_between, df) = apart?;
        Some(match common_factor(&all, &whole, *interval) {
            Some(factor) => f_form((q_between, df), factor).f_p,
            None => ChiSquared::new(df).sf(q_between),
        })
    };
    Ok(intervals.iter().map(p_value).collect())
}

/// Pools each group that has two studies or more.
fn each_group(
    members: &[Vec<Estimate>],
    levels: &[String],
    pool: impl Fn(&Mean) -> Result<Fit, FitError>,
) -> Result<Vec<GroupFit>, FitError> {
    let one = |(level, members): (&String, &Vec<Estimate>)| {
        let fit = match Mean::new(members) {
            Ok(mean) => Some(pool(&mean)?),
            Err(_) => None,
        };
        Ok(GroupFit { level: level.clone(), k: members.len(), fit, unbounded: None })
    };
    levels.iter().zip(members).map(one).collect()
}

/// Tests whether `centres` differ; `f` is the variance factor and the denominator degrees of freedom of the F form.
pub(super) fn test(centres: &[Estimate], f: Option<(f64, f64)>, level: Level) -> Option<BetweenTest> {
    let (q_between, df) = apart(centres)?;
    let contrast = contrast(centres, f, level);
    let f = f.map(|factor| f_form((q_between, df), factor));
    let q_between_p = ChiSquared::new(df).sf(q_between);
    Some(BetweenTest { q_between, q_between_df: df, q_between_p, f, contrast, likelihood_ratio: None })
}

/// Returns how far `centres` lie apart, Q between groups, and its degrees of freedom; `None` for fewer than two.
fn apart(centres: &[Estimate]) -> Option<(f64, f64)> {
    let mean = Mean::new(centres).ok()?;
    Some((mean.moments(|vi| 1.0 / vi).ypy, mean.residual_df()))
}

/// Returns the F form of a Q with its degrees of freedom, by a variance factor and its own.
fn f_form((q_between, df): (f64, f64), (factor, f_df2): (f64, f64)) -> BetweenF {
    let f_between = q_between / df / factor;
    BetweenF { f_between, f_df1: df, f_df2, f_p: FisherF::new(df, f_df2).sf(f_between) }
}

/// Returns the difference of two groups with the interval that belongs to their test: by t where that is an F, else normal.
fn contrast(centres: &[Estimate], f: Option<(f64, f64)>, level: Level) -> Option<Contrast> {
    let &[first, second] = centres else { return None };
    let (factor, df) = f.map_or((1.0, None), |(factor, df)| (factor, Some(df)));
    let (estimate, se) = (first.yi - second.yi, (factor * (first.vi + second.vi)).sqrt());
    Some(Contrast { estimate, ci: Error { se, df }.about(estimate, 0.0, level) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bayes::{Priors, fit_bayes};
    use crate::model::bcg;

    #[test]
    fn groups_with_a_posterior_each_are_not_tested() {
        let (estimates, levels) = (bcg::estimates(), ["random", "other"].map(str::to_owned));
        let of: Vec<usize> = bcg::TRIALS.iter().map(|trial| usize::from(trial.5 != "random")).collect();
        let members = |members: &[usize]| members.iter().map(|&index| estimates[index]).collect::<Vec<_>>();
        let spec = Spec { model: ModelKind::Bayes, ..Spec::default() }.settled();
        let posteriors = |of_group: &[usize]| Ok(fit_bayes(&members(of_group), Priors::default(), &spec)?.0);
        let found = fit_apart(&of, &levels, spec.level, posteriors).unwrap();
        assert_eq!(found.test, None);
        assert_eq!(found.groups.iter().map(|group| group.k).collect::<Vec<_>>(), [7, 6]);
        let random = |of_group: &[usize]| fit(&members(of_group), &Spec::default());
        assert!(fit_apart(&of, &levels, spec.level, random).unwrap().test.is_some());
    }
}

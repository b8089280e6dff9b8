//! Groups of counts with one τ², and the tests between them.

use super::climb::{About, Grouped, Maximum, Point, Study};
use super::found;
use super::nearby::Nearby;
use crate::effect::Figures;
use crate::evidence::Level;
use crate::model::counts::{Count, conclude, interval_by};
use crate::model::interval::Error;
use crate::model::subgroup::{BetweenF, BetweenTest, Contrast, LikelihoodRatio, Unbounded};
use crate::model::{
    CommonTau2, FitError, GroupFit, Grouping, IntervalMethod, ModelKind, Remark, Spec, SubgroupTau2, Subgroups,
    Tau2Interval,
};
use crate::num::distribution::{ChiSquared, Distribution as _, FisherF, Normal, StudentT, Tail};
use crate::num::root;

/// Values of τ at which a likelihood is looked at before it is climbed.
const SCATTER: [f64; 6] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// Counts in groups; a group in which everybody or nobody had the event has no finite mean.
struct Sorted {
    /// The counts of each level, in the order given.
    members: Vec<Vec<Count>>,
    /// The levels that have a finite mean.
    finite: Vec<usize>,
    /// Those that have none, with where it goes.
    infinite: Vec<(usize, f64)>,
    /// Studies of the finite groups less those groups: what τ² is told by.
    df: f64,
}

impl Sorted {
    fn new(figures: &[Figures], group_of: &[usize], levels: usize) -> Result<Self, FitError> {
        let counts = Count::all(figures, ModelKind::Glmm)?;
        if group_of.len() != counts.len() || group_of.iter().any(|&group| group >= levels) {
            return Err(FitError::Groups);
        }
        let mut members: Vec<Vec<Count>> = vec![Vec::new(); levels];
        for (&count, &group) in counts.iter().zip(group_of) {
            members[group].push(count);
        }
        let means = members.iter().enumerate().filter(|(_, members)| !members.is_empty());
        let means = means.map(|(level, members)| (level, Count::together(members)));
        let (finite, infinite): (Vec<_>, Vec<_>) = means.partition(|(_, mean)| mean.is_finite());
        let finite: Vec<usize> = finite.into_iter().map(|(level, _)| level).collect();
        let studies: usize = finite.iter().map(|&level| members[level].len()).sum();
        if studies <= finite.len() {
            return Err(FitError::NoResidualDegreesOfFreedom);
        }
        Ok(Self { df: (studies - finite.len()) as f64, members, finite, infinite })
    }

    /// Returns the model of the finite groups, and of the studies of `held` about a value that is held.
    fn model(&self, held: Option<(usize, f64)>) -> Grouped {
        let of = |level: usize, about: About| self.members[level].iter().map(move |&count| Study { count, about });
        let free = self.finite.iter().enumerate().flat_map(|(group, &level)| of(level, About::Mean(group)));
        let held = held.into_iter().flat_map(|(level, value)| of(level, About::Held(value)));
        Grouped::new(free.chain(held).collect(), self.finite.len())
    }

    /// Returns the largest likelihood of all studies about one mean; `None` below two groups, which are nothing to test.
    fn together(&self) -> Result<Option<f64>, FitError> {
        if self.finite.len() + self.infinite.len() < 2 {
            return Ok(None);
        }
        let counts: Vec<Count> = self.members.iter().flatten().copied().collect();
        Ok(Some(Grouped::one(&counts).maximise(None)?.best.log))
    }

    /// Returns the tests between groups; `together` is the largest likelihood without them.
    fn test(&self, best: &Maximum, together: f64, level: Level, interval: IntervalMethod) -> BetweenTest {
        let groups = self.finite.len() + self.infinite.len();
        let df = (groups - 1) as f64;
        let by_t = interval == IntervalMethod::T;
        // A group without a finite mean adds the logarithm of 1: at that end what was seen is certain.
        let ratio = (2.0 * (best.best.log - together)).max(0.0);
        let wald = self.infinite.is_empty().then(|| best.best.wald());
        let statistic = wald.unwrap_or(ratio);
        let f = |statistic: f64| BetweenF {
            f_between: statistic / df,
            f_df1: df,
            f_df2: self.df,
            f_p: FisherF::new(df, self.df).sf(statistic / df),
        };
        let p = |statistic: f64| ChiSquared::new(df).sf(statistic);
        let contrast = (wald.is_some() && groups == 2).then(|| {
            let at = &best.best;
            let variance = at.covariance(0, 0) + at.covariance(1, 1) - 2.0 * at.covariance(0, 1);
            let estimate = at.mu[0] - at.mu[1];
            let error = Error { se: variance.sqrt(), df: by_t.then_some(self.df) };
            Contrast { estimate, ci: error.about(estimate, 0.0, level) }
        });
        BetweenTest {
            q_between: statistic,
            q_between_df: df,
            q_between_p: p(statistic),
            f: by_t.then(|| f(statistic)),
            contrast,
            likelihood_ratio: Some(LikelihoodRatio {
                statistic: ratio,
                p: if by_t { f(ratio).f_p } else { p(ratio) },
                in_place_of_wald: wald.is_none(),
            }),
        }
    }

    /// Returns the end of the interval of a group without a finite mean, which `side` (1 or −1 times infinity) says the other end of:
    /// where the likelihood, all else at its best, is half a squared quantile below that at infinity.
    fn unbounded(&self, level: usize, side: f64, best: &Point, error: Error, at: Level) -> Result<Unbounded, FitError> {
        let tail = Tail::above(at.0);
        let quantile = error.df.map_or_else(|| Normal.quantile(tail), |df| StudentT::new(df).quantile(tail));
        let least = best.log - 0.5 * quantile * quantile;
        let above = |mean: f64| self.model(Some((level, mean))).maximise(None).map(|found| found.best.log - least);
        // Where it is large enough somewhere, its top need not be climbed: a t with one degree of freedom excludes so little that τ would
        // run away on that climb.
        let enough = |mean: f64| {
            let model = self.model(Some((level, mean)));
            let somewhere = SCATTER.iter().any(|&tau| model.at(best.mu.clone(), tau).log >= least);
            if somewhere { Ok(true) } else { above(mean).map(|above| above >= 0.0) }
        };
        let sign = side.signum();
        // From an end that is as good as certain towards the other, until the likelihood is too small.
        let mut near = sign * 12.0;
        while !enough(near)? && near.abs() < 60.0 {
            near += sign * 6.0;
        }
        let mut far = near - sign * 2.0;
        while enough(far)? {
            (near, far) = (far, far - sign * 2.0);
            if far * sign < -12.0 {
                // τ takes up whatever the mean is not: nothing is excluded.
                return Ok(Unbounded { estimate: side, end: -side });
            }
        }
        let end = root(|mean| above(mean).unwrap_or(f64::NAN), near, far);
        let end = end.ok_or(FitError::NoMaximum { model: ModelKind::Glmm, last: far, steps: 0 })?;
        Ok(Unbounded { estimate: side, end })
    }
}

/// Pools counts by group with one τ² and tests between the groups, as [`super::super::fit_counts_subgroups`] says.
pub(in crate::model) fn fit_groups(
    figures: &[Figures],
    group_of: &[usize],
    levels: &[String],
    spec: &Spec,
) -> Result<Subgroups, FitError> {
    let sorted = Sorted::new(figures, group_of, levels.len())?;
    let model = sorted.model(None);
    let maximum = model.maximise(None)?;
    let best = &maximum.best;
    let interval = interval_by(spec)?;
    let error = Error { se: 0.0, df: (interval == IntervalMethod::T).then_some(sorted.df) };
    let group = |(index, level): (usize, &String)| {
        let counts = &sorted.members[index];
        let finite = sorted.finite.iter().position(|&finite| finite == index);
        let several = counts.len() > 1;
        let fit = match finite.filter(|_| several) {
            Some(group) => {
                let mut fit = conclude(counts.len(), sorted.df, found(&maximum, group, counts)?, spec)?;
                fit.remarks.extend(maximum.by_simplex.then_some(Remark::BySimplex));
                Some(fit)
            }
            None => None,
        };
        let infinite = sorted.infinite.iter().find(|(infinite, _)| *infinite == index).filter(|_| several);
        let unbounded = infinite.map(|(_, side)| sorted.unbounded(index, *side, best, error, spec.level));
        Ok(GroupFit { level: level.clone(), k: counts.len(), fit, unbounded: unbounded.transpose()? })
    };
    Ok(Subgroups {
        groups: levels.iter().enumerate().map(group).collect::<Result<_, FitError>>()?,
        tau2: SubgroupTau2::Common,
        common_tau2: Some(CommonTau2 {
            value: best.tau * best.tau,
            se: best.tau_variance().map(|variance| 2.0 * best.tau * variance.sqrt()),
            ci: model.profile_likelihood(&maximum, spec.level)?,
            interval: Tau2Interval::ProfileLikelihood,
        }),
        test: sorted.together()?.map(|together| sorted.test(&maximum, together, spec.level, interval)),
    })
}

/// Returns P of the test between groups as [`fit_groups`] has it, for each of `intervals`. `together` is the largest likelihood without
/// groups, `near` the climbs of nearly the same studies.
pub(in crate::model) fn quick_test(
    figures: &[Figures],
    Grouping { group_of, levels, .. }: Grouping<'_>,
    spec: &Spec,
    intervals: &[IntervalMethod],
    together: f64,
    near: &mut Nearby,
) -> Result<Vec<Option<f64>>, FitError> {
    let sorted = Sorted::new(figures, group_of, levels.len())?;
    if sorted.finite.len() + sorted.infinite.len() < 2 {
        return Ok(vec![None; intervals.len()]);
    }
    let maximum = near.maximise(sorted.model(None))?;
    let test = |interval: &IntervalMethod| {
        let interval = interval_by(&Spec { interval: *interval, ..*spec })?;
        Ok(Some(sorted.test(&maximum, together, spec.level, interval).p_value()))
    };
    intervals.iter().map(test).collect()
}

#[cfg(test)]
mod tests {
    use crate::effect::{Figures, Measure};
    use crate::model::{FitError, IntervalMethod, ModelKind, Spec, Subgroups, fit_counts, fit_counts_subgroups};
    use crate::num::exp;

    fn events<const K: usize>(counts: [(f64, f64); K]) -> [Figures; K] {
        counts.map(|(xi, ni)| Figures::Events { xi, ni })
    }

    fn fitted(studies: &[Figures], group_of: &[usize], interval: IntervalMethod) -> Result<Subgroups, FitError> {
        let levels = ["a", "b"].map(str::to_owned);
        let spec = Spec { model: ModelKind::Glmm, interval, ..Spec::default() };
        fit_counts_subgroups(studies, Measure::Plo, group_of, &levels, &spec)
    }

    /// 44 of 44 and 22 of 22 against three series: R 4.2.2, the trapezoidal rule in steps of 0.002 and `optim`, run twice.
    #[test]
    fn a_group_at_100_percent_has_an_interval_of_one_end_and_the_test_of_the_likelihoods() {
        let studies = events([(44.0, 44.0), (22.0, 22.0), (30.0, 33.0), (52.0, 54.0), (33.0, 39.0)]);
        let by = |interval| fitted(&studies, &[0, 0, 1, 1, 1], interval).unwrap();
        // The second lies where τ is 5, and 21 nodes no longer tell the fourth digit.
        let ends = [(IntervalMethod::Classic, 3.517_051_517, 1e-4), (IntervalMethod::T, -3.207_640_135, 5e-3)];
        for (interval, end, close) in ends {
            let found = by(interval);
            let group = &found.groups[0];
            let unbounded = group.unbounded.unwrap();
            assert!(group.fit.is_none() && unbounded.estimate == f64::INFINITY);
            assert!((unbounded.end - end).abs() < close, "{interval}: {} is not {end}", unbounded.end);
        }
        let found = by(IntervalMethod::Classic);
        let (test, other) = (found.test.unwrap(), found.groups[1].fit.as_ref().unwrap());
        let ratio = test.likelihood_ratio.unwrap();
        assert!(ratio.in_place_of_wald && test.contrast.is_none());
        assert!((ratio.statistic - 7.084_596_87).abs() < 1e-5 && ratio.p == test.p_value());
        // The series at 100% tell nothing of τ²: the other group is pooled as if it were alone.
        let spec = Spec { model: ModelKind::Glmm, interval: IntervalMethod::T, ..Spec::default() };
        let alone = fit_counts(&studies[2..], Measure::Plo, &spec).unwrap();
        let beside = by(IntervalMethod::T).groups[1].fit.clone().unwrap();
        assert_eq!((beside.estimate, beside.df, beside.ci_lower), (alone.estimate, alone.df, alone.ci_lower));
        assert_eq!((other.tau2_ci, other.k), (None, 3));
        // What is known of all else decides nothing where it is one series: there is no degree of freedom.
        let few = fitted(&studies[..3], &[0, 0, 1], IntervalMethod::T);
        assert_eq!(few, Err(FitError::NoResidualDegreesOfFreedom));
    }

    #[test]
    fn of_two_series_and_two_a_group_at_100_percent_is_known_on_no_side() {
        // Half a squared t quantile is 81: the climb at each mean went on for 27 seconds, another found no top.
        let slow = events([
            (48.520_302, 48.520_302),
            (11.090_354, 11.090_354),
            (55.451_774, 55.451_774),
            (50.750_73, 51.263_363),
        ]);
        let lost = events([
            (45.747_714, 45.747_714),
            (51.986_039, 51.986_039),
            (32.216_681, 33.213_073),
            (54.566_193, 58.673_325),
        ]);
        for studies in [slow, lost] {
            let found = fitted(&studies, &[0, 0, 1, 1], IntervalMethod::T).unwrap();
            let unbounded = found.groups[0].unbounded.unwrap();
            assert_eq!((unbounded.estimate, unbounded.end), (f64::INFINITY, f64::NEG_INFINITY));
            assert!(found.test.is_some());
        }
    }

    #[test]
    fn nobody_is_the_mirror_of_everybody() {
        let studies = events([(44.0, 44.0), (22.0, 22.0), (30.0, 33.0), (52.0, 54.0), (33.0, 39.0)]);
        let mirror = studies.map(|figures| match figures {
            Figures::Events { xi, ni } => Figures::Events { xi: ni - xi, ni },
            other => other,
        });
        let [found, other] =
            [&studies, &mirror].map(|studies| fitted(studies, &[0, 0, 1, 1, 1], IntervalMethod::Classic).unwrap());
        let [found, other] = [found, other].map(|found| found.groups[0].unbounded.unwrap());
        assert_eq!(other.estimate, f64::NEG_INFINITY);
        assert!((found.end + other.end).abs() < 1e-6);
    }

    #[test]
    fn one_series_against_another_is_no_test() {
        let found = fitted(&events([(16.0, 17.0), (30.0, 33.0)]), &[0, 1], IntervalMethod::T);
        assert_eq!(found, Err(FitError::NoResidualDegreesOfFreedom));
    }

    #[test]
    fn two_series_against_one_leave_one_degree_of_freedom() {
        let found = fitted(&events([(16.0, 17.0), (30.0, 38.0), (30.0, 33.0)]), &[0, 0, 1], IntervalMethod::T).unwrap();
        let test = found.test.unwrap();
        assert_eq!((test.f.unwrap().f_df2, found.groups[0].fit.as_ref().unwrap().df), (1.0, Some(1.0)));
        assert_eq!((found.groups[1].k, &found.groups[1].fit, found.groups[1].unbounded), (1, &None, None));
        assert!(found.groups[0].fit.as_ref().unwrap().prediction.is_none());
    }

    #[test]
    fn without_scatter_groups_differ_as_two_binomials_do() {
        let studies = events([(10.0, 20.0), (20.0, 40.0), (24.0, 40.0), (12.0, 20.0)]);
        let found = fitted(&studies, &[0, 0, 1, 1], IntervalMethod::Classic).unwrap();
        let (test, tau2) = (found.test.unwrap(), found.common_tau2.unwrap());
        assert_eq!((tau2.value, tau2.se, tau2.ci.lower), (0.0, None, 0.0));
        let contrast = test.contrast.unwrap();
        assert!((exp(contrast.estimate) - (30.0 * 24.0) / (30.0 * 36.0)).abs() < 1e-12);
        let variance = 1.0 / 30.0 + 1.0 / 30.0 + 1.0 / 36.0 + 1.0 / 24.0;
        assert!((test.q_between - contrast.estimate * contrast.estimate / variance).abs() < 1e-12);
    }
}

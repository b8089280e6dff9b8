//! The laws for the models that know more than effects: clusters, pairs of outcomes, moderators, counts, priors.

use forestable::effect::{Figures, Measure};
use forestable::model::bayes::{MuPrior, Posterior, Priors, TauPrior};
use forestable::model::{
    Correction, Design, Estimate, FitError, IntervalMethod, ModelKind, Multilevel, PairedEffects, Spec, SubgroupTau2,
    Tau2Method, bivariate, fit_counts, fit_counts_subgroups, fit_subgroups, multilevel, regress, robust,
};
use forestable::num::ln;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{mapped, same, studies};

/// Equal to what a search for a maximum leaves, of `unit`.
#[track_caller]
fn near(found: f64, expected: f64, unit: f64) -> Result<(), TestCaseError> {
    prop_assert!((found - expected).abs() <= 1e-6 * unit.abs().max(expected.abs()), "{found} is not {expected}");
    Ok(())
}

/// Six to fifteen cohorts in three to five studies, one of which has two.
fn cohorts() -> impl Strategy<Value = (Vec<Estimate>, Vec<usize>)> {
    let cohort = (-2.0..2.0_f64, 0.02..0.5_f64).prop_map(|(yi, vi)| Estimate { yi, vi });
    (prop::collection::vec(cohort, 6..15), 3..6_usize).prop_map(|(cohorts, clusters)| {
        let of = (0..cohorts.len()).map(|index| index % clusters).collect();
        (cohorts, of)
    })
}

fn likelihoods() -> impl Strategy<Value = Spec> {
    select(vec![Tau2Method::Reml, Tau2Method::MaximumLikelihood]).prop_map(|tau2| Spec {
        tau2,
        interval: IntervalMethod::Classic,
        ..Spec::default()
    })
}

fn levels(cohorts: &[Estimate], of: &[usize], spec: &Spec) -> Result<Multilevel, FitError> {
    multilevel(cohorts, of, &Design::default(), spec)
}

fn pairs() -> impl Strategy<Value = Vec<PairedEffects>> {
    let study = (-2.0..2.0_f64, -2.0..2.0_f64, 0.02..0.5_f64, 0.02..0.5_f64, -0.8..0.8_f64);
    let pair = study.prop_map(|(first, second, v1, v2, rho)| PairedEffects {
        first: Some(Estimate { yi: first, vi: v1 }),
        second: Some(Estimate { yi: second, vi: v2 }),
        covariance: rho * (v1 * v2).sqrt(),
    });
    prop::collection::vec(pair, 5..10)
}

fn counts() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let study = (0..=30_u32, 1..=40_u32).prop_map(|(x, more)| (f64::from(x), f64::from(x + more)));
    prop::collection::vec(study, 3..9).prop_filter("an event at least", |studies| studies.iter().any(|(x, _)| *x > 0.0))
}

/// Counts of which none is 0% or 100%.
fn inner_counts() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let study = (1..=30_u32, 1..=40_u32).prop_map(|(x, more)| (f64::from(x), f64::from(x + more)));
    prop::collection::vec(study, 3..12)
}

fn events(counts: &[(f64, f64)]) -> Vec<Figures> {
    counts.iter().map(|&(xi, ni)| Figures::Events { xi, ni }).collect()
}

fn turned<T: Clone>(items: &[T]) -> Vec<T> {
    items.iter().rev().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clusters_obey_shift_scale_sign_and_order((cohorts, of) in cohorts(), spec in likelihoods(), by in 0.2..5.0_f64) {
        let plain = levels(&cohorts, &of, &spec)?;
        let mean = &plain.coefficients[0];
        for (name, other, estimate, unit) in [
            ("shift", levels(&mapped(&cohorts, |y| y + by, |v| v), &of, &spec)?, mean.estimate + by, 1.0),
            ("scale", levels(&mapped(&cohorts, |y| y * by, |v| v * by * by), &of, &spec)?, mean.estimate * by, by),
            ("sign", levels(&mapped(&cohorts, |y| -y, |v| v), &of, &spec)?, -mean.estimate, 1.0),
            ("order", levels(&turned(&cohorts), &turned(&of), &spec)?, mean.estimate, 1.0),
        ] {
            near(other.coefficients[0].estimate, estimate, unit)?;
            near(other.coefficients[0].se, unit * mean.se, unit)?;
            near(other.q, plain.q, 1.0)?;
            for level in 0..2 {
                let expected = unit * unit * plain.sigma2[level];
                prop_assert!((other.sigma2[level] - expected).abs() < 1e-5 * unit * unit, "{name}: {:?}", other.sigma2);
            }
        }
    }

    /// Every study twice: the maximum likelihood is where it was, and the standard error falls by √2.
    #[test]
    fn duplicated_clusters_leave_maximum_likelihood_where_it_is((cohorts, of) in cohorts()) {
        let spec = Spec { tau2: Tau2Method::MaximumLikelihood, interval: IntervalMethod::Classic, ..Spec::default() };
        let plain = levels(&cohorts, &of, &spec)?;
        let again = of.iter().map(|cluster| cluster + 10);
        let both: Vec<usize> = of.iter().copied().chain(again).collect();
        let twice = levels(&[cohorts.clone(), cohorts].concat(), &both, &spec)?;
        near(twice.coefficients[0].estimate, plain.coefficients[0].estimate, 1.0)?;
        near(twice.coefficients[0].se * 2.0_f64.sqrt(), plain.coefficients[0].se, 1.0)?;
        near(twice.log_likelihood, 2.0 * plain.log_likelihood, 1.0)?;
    }

    #[test]
    fn robust_errors_obey_them_too((cohorts, of) in cohorts(), by in 0.2..5.0_f64, correction in select(Correction::ALL.to_vec())) {
        let pool = |cohorts: &[Estimate], of: &[usize]| {
            robust(cohorts, of, &Design::default(), &Spec::default(), correction).map(|found| found[0].clone())
        };
        let plain = pool(&cohorts, &of)?;
        let moved = pool(&mapped(&cohorts, |y| by - by * y, |v| by * by * v), &of)?;
        let other = pool(&turned(&cohorts), &turned(&of))?;
        near(moved.estimate, by - by * plain.estimate, by)?;
        for (found, unit) in [(moved, by), (other, 1.0)] {
            near(found.se, unit * plain.se, unit)?;
            near(found.df.unwrap(), plain.df.unwrap(), 1.0)?;
        }
        // Satterthwaite's (tr G)² / tr G² of a matrix with a row a cluster: at most as many as there are clusters (Cauchy-Schwarz).
        let clusters = of.iter().max().map_or(0, |last| last + 1);
        prop_assert!(plain.df.unwrap() <= clusters as f64 + 1e-9);
    }

    #[test]
    fn pairs_of_outcomes_obey_them_each(pairs in pairs(), spec in likelihoods(), by in 0.2..5.0_f64) {
        let plain = bivariate(&pairs, &spec)?;
        let moved: Vec<PairedEffects> = turned(&pairs)
            .into_iter()
            .map(|pair| PairedEffects {
                first: pair.second.map(|one| Estimate { yi: by * one.yi, vi: by * by * one.vi }),
                second: pair.first.map(|one| Estimate { yi: 1.0 - one.yi, ..one }),
                covariance: -by * pair.covariance,
            })
            .collect();
        let moved = bivariate(&moved, &spec)?;
        near(moved.estimates[0].estimate, by * plain.estimates[1].estimate, by)?;
        near(moved.estimates[1].estimate, 1.0 - plain.estimates[0].estimate, 1.0)?;
        near(moved.estimates[0].se, by * plain.estimates[1].se, by)?;
        near(moved.tau2[1], plain.tau2[0], 1.0)?;
        if let (Some(moved), Some(plain)) = (moved.rho, plain.rho) {
            prop_assert!((moved + plain).abs() < 1e-4, "{moved} is not {}", -plain);
        }
    }

    #[test]
    fn a_moderator_has_no_unit_and_no_origin(studies in studies(), origin in -3000.0..3000.0_f64, unit in 0.1..10.0_f64) {
        prop_assume!(studies.len() > 3);
        let line = |of: &dyn Fn(usize) -> f64, studies: &[Estimate]| {
            let mut design = Design::default();
            design.number("moderator", (0..studies.len()).map(of).collect());
            regress(studies, &design, &Spec::default())
        };
        let value = |index: usize| [0.0, 1.5, 4.0, 2.0, 7.0][index % 5];
        let plain = line(&value, &studies)?;
        let other = line(&|index| origin + unit * value(index), &mapped(&studies, |y| 2.0 - y, |v| v))?;
        let slopes = [&plain, &other].map(|found| found.coefficients[1].clone());
        near(other.tau2, plain.tau2, 1.0)?;
        near(slopes[1].estimate * unit, -slopes[0].estimate, 1.0)?;
        near(slopes[1].statistic, -slopes[0].statistic, 1.0)?;
        let (here, there) = (plain.along("moderator", &[3.0])?, other.along("moderator", &[origin + unit * 3.0])?);
        near(there[0].1.estimate, 2.0 - here[0].1.estimate, 1.0)?;
        near(there[0].1.se, here[0].1.se, 1.0)?;
    }

    #[test]
    fn a_factor_is_a_pool_by_group(studies in studies()) {
        prop_assume!(studies.len() > 4);
        let of: Vec<usize> = (0..studies.len()).map(|index| index % 2).collect();
        let names = ["a".to_owned(), "b".to_owned()];
        let mut design = Design::default();
        design.factor("group", &of.iter().map(|&group| &names[group]).collect::<Vec<_>>());
        let found = regress(&studies, &design, &Spec::default())?;
        let groups = fit_subgroups(&studies, &of, &names, &Spec::default(), SubgroupTau2::Common)?;
        let first = groups.groups[0].fit.as_ref().unwrap();
        near(found.tau2, groups.common_tau2.unwrap().value, 1.0)?;
        near(found.coefficients[0].estimate, first.estimate, 1.0)?;
        near(found.moderators.qm, groups.test.unwrap().f.unwrap().f_between, 1.0)?;
    }

    /// To count those without the event turns the log odds over.
    #[test]
    fn groups_of_counts_obey_sign_and_order(counts in inner_counts(), of in prop::collection::vec(0..2_usize, 12)) {
        let levels = ["a", "b"].map(str::to_owned);
        let spec = Spec { model: ModelKind::Glmm, ..Spec::default() }.settled();
        let of = &of[..counts.len()];
        let pool = |counts: &[(f64, f64)], of: &[usize]| fit_counts_subgroups(&events(counts), Measure::Plo, of, &levels, &spec);
        let alone = fit_counts(&events(&counts), Measure::Plo, &spec)?;
        let one = pool(&counts, &vec![0; counts.len()])?;
        let same_pool = one.groups[0].fit.as_ref().unwrap();
        prop_assert_eq!((same_pool.estimate, same_pool.se, same_pool.df), (alone.estimate, alone.se, alone.df));
        prop_assert_eq!((one.common_tau2.unwrap().ci, one.test), (alone.tau2_ci.unwrap(), None));
        // Both groups need a series, and one of them two.
        prop_assume!(of.contains(&0) && of.contains(&1) && of.len() > 2);
        let plain = pool(&counts, of)?;
        let test = plain.test.unwrap();
        let (contrast, ratio) = (test.contrast.unwrap(), test.likelihood_ratio.unwrap());
        prop_assert!(ratio.statistic >= 0.0 && !ratio.in_place_of_wald);
        prop_assert_eq!(test.f.unwrap().f_df2, (of.len() - 2) as f64);
        // P is below the level exactly where the interval of the difference excludes 0.
        let excludes = contrast.ci.lower > 0.0 || contrast.ci.upper < 0.0;
        prop_assert_eq!(excludes, test.p_value() < 0.05);
        let swapped: Vec<usize> = of.iter().map(|group| 1 - group).collect();
        let mirrored: Vec<(f64, f64)> = counts.iter().map(|(x, n)| (n - x, *n)).collect();
        let turned: (Vec<_>, Vec<_>) = counts.iter().copied().zip(of.iter().copied()).rev().unzip();
        for (other, sign) in [
            (pool(&counts, &swapped)?, -1.0),
            (pool(&mirrored, of)?, -1.0),
            (pool(&turned.0, &turned.1)?, 1.0),
        ] {
            let test = other.test.unwrap();
            near(other.common_tau2.unwrap().value, plain.common_tau2.unwrap().value, 100.0)?;
            near(test.contrast.unwrap().estimate, sign * contrast.estimate, 100.0)?;
            near(test.likelihood_ratio.unwrap().statistic, ratio.statistic, 1.0)?;
        }
    }

    #[test]
    fn counts_obey_sign_and_order(counts in counts(), model in select(vec![ModelKind::Glmm, ModelKind::BetaBinomial])) {
        let spec = Spec { model, ..Spec::default() }.settled();
        let pool = |counts: &[(f64, f64)]| fit_counts(&events(counts), Measure::Plo, &spec);
        let plain = pool(&counts)?;
        let others: Vec<(f64, f64)> = counts.iter().map(|(x, n)| (n - x, *n)).collect();
        for (found, sign) in [(pool(&others)?, -1.0), (pool(&turned(&counts))?, 1.0)] {
            near(found.estimate, sign * plain.estimate, 1.0)?;
            // That of the beta-binomial model comes from second differences.
            near(found.se, plain.se, if model == ModelKind::Glmm { 1.0 } else { 100.0 })?;
            near(found.log_likelihood.unwrap(), plain.log_likelihood.unwrap(), 1.0)?;
        }
    }

    /// Without studies near 0% or 100%, where the quadrature is good to 1e-4 only.
    #[test]
    fn duplicated_counts_leave_maximum_likelihood_where_it_is(counts in prop::collection::vec((8..=22_u32, 30..=40_u32), 3..9)) {
        let counts: Vec<(f64, f64)> = counts.into_iter().map(|(x, n)| (f64::from(x), f64::from(n))).collect();
        let spec = Spec { model: ModelKind::Glmm, ..Spec::default() }.settled();
        let pool = |counts: &[(f64, f64)]| fit_counts(&events(counts), Measure::Plo, &spec);
        let (plain, twice) = (pool(&counts)?, pool(&[counts.clone(), counts.clone()].concat())?);
        near(twice.estimate, plain.estimate, 1.0)?;
        near(twice.se * 2.0_f64.sqrt(), plain.se, 1.0)?;
        near(twice.log_likelihood.unwrap(), 2.0 * plain.log_likelihood.unwrap(), 1.0)?;
    }

    /// Another unit of time shifts a log rate.
    #[test]
    fn rates_obey_a_change_of_unit(counts in counts(), by in 0.1..30.0_f64) {
        let spec = Spec { model: ModelKind::Glmm, ..Spec::default() }.settled();
        let rates = |unit: f64| counts.iter().map(|&(xi, t)| Figures::Rate { xi, ti: unit * t }).collect::<Vec<_>>();
        let (plain, other) =
            (fit_counts(&rates(1.0), Measure::Irln, &spec)?, fit_counts(&rates(by), Measure::Irln, &spec)?);
        near(other.estimate, plain.estimate - ln(by), 1.0)?;
        near(other.se, plain.se, 1.0)?;
        near(other.tau2, plain.tau2, 1.0)?;
    }

    #[test]
    fn posteriors_obey_shift_scale_sign_and_order(studies in studies(), by in 0.2..5.0_f64, half_normal in 0.1..1.0_f64) {
        let posterior = |studies: &[Estimate], unit: f64| {
            let priors = Priors { tau: TauPrior::HalfNormal(half_normal * unit), mu: MuPrior::Flat };
            Posterior::new(studies, priors).map(|found| found.summary())
        };
        let plain = posterior(&studies, 1.0)?;
        let moved = posterior(&turned(&mapped(&studies, |y| 1.0 - by * y, |v| by * by * v)), by)?;
        near(moved.mu.median, 1.0 - by * plain.mu.median, by)?;
        near(moved.mu.central95[0], 1.0 - by * plain.mu.central95[1], by)?;
        near(moved.tau.median, by * plain.tau.median, by)?;
        near(moved.predictive.central95[1], 1.0 - by * plain.predictive.central95[0], by)?;
        near(moved.bayes_factor_tau_zero.unwrap(), plain.bayes_factor_tau_zero.unwrap(), 1.0)?;
        same(moved.shrinkage.median.len() as f64, studies.len() as f64, 1.0)?;
    }
}

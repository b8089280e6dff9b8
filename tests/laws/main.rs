//! Laws that every pool obeys, whatever the studies: shift, scale, sign, order, duplication; here of effects, in the modules of all else.

mod arms;
mod faults;
mod funnel;
mod monotone;
mod scales;
mod series;
mod structured;

use forestable::model::sensitivity::{Omitted, cumulative, influence, leave_one_out, shrunken};
use forestable::model::{
    Estimate, Fit, FitError, IntervalMethod, Mean, ModelKind, PredictionMethod, Spec, SubgroupTau2, Tau2Method, fit,
    fit_subgroups, tau2::Likelihood,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Two to twelve studies, some much alike, some far apart.
fn studies() -> impl Strategy<Value = Vec<Estimate>> {
    let study = (-3.0..3.0_f64, 0.01..1.0_f64).prop_map(|(yi, vi)| Estimate { yi, vi });
    let spread = select(vec![0.05, 0.4, 1.0]);
    (prop::collection::vec(study, 3..12), spread).prop_map(|(studies, spread)| {
        studies.into_iter().map(|Estimate { yi, vi }| Estimate { yi: yi * spread, vi }).collect()
    })
}

/// Every estimator of τ² with every interval and prediction that goes with it; a common effect among them.
fn specs() -> impl Strategy<Value = Spec> {
    let tau2 = select(Tau2Method::ALL.to_vec());
    // Kenward and Roger's is derived for REML alone, the posterior's for a Bayesian model.
    let others = [IntervalMethod::KenwardRoger, IntervalMethod::Posterior];
    let intervals = IntervalMethod::ALL.iter().copied().filter(|interval| !others.contains(interval));
    let predictions = [PredictionMethod::V, PredictionMethod::Hts, PredictionMethod::Hk, PredictionMethod::HkPr];
    let model = select(vec![ModelKind::Random, ModelKind::Random, ModelKind::Random, ModelKind::Common]);
    (model, tau2, select(intervals.collect::<Vec<_>>()), select(predictions.to_vec()))
        .prop_map(|(model, tau2, interval, prediction)| Spec { model, tau2, interval, prediction, ..Spec::default() })
}

fn mapped(studies: &[Estimate], yi: impl Fn(f64) -> f64, vi: impl Fn(f64) -> f64) -> Vec<Estimate> {
    studies.iter().map(|study| Estimate { yi: yi(study.yi), vi: vi(study.vi) }).collect()
}

/// Equal to nine digits of `unit`, the size of the figures at hand.
#[track_caller]
fn same(found: f64, expected: f64, unit: f64) -> Result<(), TestCaseError> {
    prop_assert!(
        (found - expected).abs() <= 1e-9 * unit.abs().max(expected.abs()) || found == expected,
        "{found} is not {expected}"
    );
    Ok(())
}

/// What moves with the effects: estimate, its interval, that of a new study.
fn places(fit: &Fit) -> [Option<f64>; 5] {
    let new = fit.prediction.map(|prediction| prediction.limits);
    let ends = [new.map(|limits| limits.lower), new.map(|limits| limits.upper)];
    [Some(fit.estimate), Some(fit.ci_lower), Some(fit.ci_upper), ends[0], ends[1]]
}

/// What has no unit.
fn pure(fit: &Fit) -> Vec<f64> {
    let h = &fit.heterogeneity;
    [vec![h.q, h.q_df, h.q_p, h.i2_percent, h.i2_q_percent, h.h2], fit.weights_percent.clone()].concat()
}

#[track_caller]
fn all_same(found: &[Option<f64>], expected: impl Iterator<Item = Option<f64>>) -> Result<(), TestCaseError> {
    for (found, expected) in found.iter().zip(expected) {
        match (*found, expected) {
            (Some(found), Some(expected)) => same(found, expected, 1.0)?,
            (found, expected) => prop_assert_eq!(found, expected),
        }
    }
    Ok(())
}

#[track_caller]
fn all_pure_same(found: &Fit, expected: &Fit) -> Result<(), TestCaseError> {
    for (found, expected) in pure(found).into_iter().zip(pure(expected)) {
        same(found, expected, 1.0)?;
    }
    Ok(())
}

proptest! {
    // Failing cases are printed; a file of them would not say why they are kept.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_shift_moves_every_place_and_nothing_else(studies in studies(), spec in specs(), by in -5.0..5.0_f64) {
        let (plain, moved) = (fit(&studies, &spec)?, fit(&mapped(&studies, |y| y + by, |v| v), &spec)?);
        all_same(&places(&moved), places(&plain).into_iter().map(|place| place.map(|place| place + by)))?;
        same(moved.tau2, plain.tau2, 1.0)?;
        same(moved.se, plain.se, 1.0)?;
        all_pure_same(&moved, &plain)?;
    }

    #[test]
    fn a_scale_stretches_places_and_squares_tau2(studies in studies(), spec in specs(), by in 0.2..5.0_f64) {
        let (plain, scaled) = (fit(&studies, &spec)?, fit(&mapped(&studies, |y| by * y, |v| by * by * v), &spec)?);
        all_same(&places(&scaled), places(&plain).into_iter().map(|place| place.map(|place| place * by)))?;
        same(scaled.tau2, by * by * plain.tau2, by * by)?;
        same(scaled.se, by * plain.se, by)?;
        same(scaled.p_value, plain.p_value, 1.0)?;
        all_pure_same(&scaled, &plain)?;
    }

    #[test]
    fn a_sign_turns_the_intervals_over(studies in studies(), spec in specs()) {
        let (plain, turned) = (fit(&studies, &spec)?, fit(&mapped(&studies, |y| -y, |v| v), &spec)?);
        let [estimate, lower, upper, new_lower, new_upper] = places(&plain);
        let expected = [estimate, upper, lower, new_upper, new_lower].map(|place| place.map(|place| -place));
        all_same(&places(&turned), expected.into_iter())?;
        same(turned.tau2, plain.tau2, 1.0)?;
        same(turned.p_value, plain.p_value, 1.0)?;
        all_pure_same(&turned, &plain)?;
    }

    #[test]
    fn order_does_not_matter(studies in studies(), spec in specs(), turn in 0..12_usize) {
        let mut turned = studies.clone();
        turned.rotate_left(turn % studies.len());
        turned.reverse();
        let (plain, other) = (fit(&studies, &spec)?, fit(&turned, &spec)?);
        all_same(&places(&other), places(&plain).into_iter())?;
        same(other.tau2, plain.tau2, 1.0)?;
    }

    /// Every study twice, each with twice the variance: the same information about a common effect.
    #[test]
    fn halves_of_studies_pool_like_the_whole(studies in studies()) {
        let spec = Spec { model: ModelKind::Common, interval: IntervalMethod::Classic, ..Spec::default() };
        let halves = mapped(&[studies.clone(), studies.clone()].concat(), |y| y, |v| 2.0 * v);
        let (plain, halved) = (fit(&studies, &spec)?, fit(&halves, &spec)?);
        all_same(&places(&halved), places(&plain).into_iter())?;
        same(halved.heterogeneity.q, plain.heterogeneity.q, 1.0)?;
    }

    /// Every study twice: the maximum likelihood is where it was, and the standard error falls by √2.
    #[test]
    fn duplication_leaves_maximum_likelihood_where_it_is(studies in studies()) {
        let tau2 = Tau2Method::MaximumLikelihood;
        let spec = Spec { tau2, interval: IntervalMethod::Classic, ..Spec::default() };
        let (plain, twice) = (fit(&studies, &spec)?, fit(&[studies.clone(), studies.clone()].concat(), &spec)?);
        same(twice.tau2, plain.tau2, 1.0)?;
        same(twice.estimate, plain.estimate, 1.0)?;
        same(twice.se * 2.0_f64.sqrt(), plain.se, 1.0)?;
    }

    #[test]
    fn a_pool_lies_within_its_studies(studies in studies(), spec in specs()) {
        let found = fit(&studies, &spec)?;
        let (lowest, highest) = studies.iter().fold((f64::MAX, f64::MIN), |(l, h), s| (l.min(s.yi), h.max(s.yi)));
        prop_assert!(lowest - 1e-12 <= found.estimate && found.estimate <= highest + 1e-12);
        prop_assert!(found.ci_lower <= found.estimate && found.estimate <= found.ci_upper);
        prop_assert!(found.tau2 >= 0.0 && (0.0..=100.0).contains(&found.heterogeneity.i2_percent));
        same(found.weights_percent.iter().sum(), 100.0, 100.0)?;
    }

    /// With equal variances all moment estimators agree: the sample variance of the effects less the sampling variance.
    #[test]
    fn equal_variances_have_one_tau2(studies in studies(), vi in 0.01..1.0_f64) {
        let studies = mapped(&studies, |y| y, |_| vi);
        let k = studies.len() as f64;
        let mean = studies.iter().map(|study| study.yi).sum::<f64>() / k;
        let variance = studies.iter().map(|study| (study.yi - mean).powi(2)).sum::<f64>() / (k - 1.0);
        for name in ["DL", "HE", "PM", "EB", "REML"] {
            let spec = Spec { tau2: name.parse().unwrap(), ..Spec::default() };
            same(fit(&studies, &spec)?.tau2, (variance - vi).max(0.0), 1.0)?;
        }
    }

    #[test]
    fn leaving_one_out_is_pooling_the_others(studies in studies(), spec in specs(), by in -5.0..5.0_f64) {
        let found = leave_one_out(&studies, &spec)?;
        let moved = leave_one_out(&mapped(&studies, |y| by - y, |v| v), &spec)?;
        for (index, (omitted, moved)) in found.iter().zip(&moved).enumerate() {
            let mut others = studies.clone();
            others.remove(index);
            let Omitted { estimate, se, tau2, .. } = *omitted;
            let expected = fit(&others, &spec)?;
            same(estimate, expected.estimate, 1.0)?;
            same(tau2, expected.tau2, 1.0)?;
            same(by - estimate, moved.estimate, 1.0)?;
            same(se, moved.se, 1.0)?;
        }
    }

    #[test]
    fn what_comes_last_is_the_whole_pool(studies in studies(), spec in specs()) {
        let whole = fit(&studies, &spec)?;
        same(cumulative(&studies, &spec)?.last().unwrap().estimate, whole.estimate, 1.0)?;
        for (study, shrunken) in studies.iter().zip(shrunken(&studies, &spec)?) {
            let (low, high) = (study.yi.min(whole.estimate), study.yi.max(whole.estimate));
            prop_assert!((low - 1e-12..=high + 1e-12).contains(&shrunken.estimate));
        }
    }

    #[test]
    fn influence_has_no_unit(studies in studies(), spec in specs(), by in 0.2..5.0_f64) {
        let plain = influence(&studies, &spec)?;
        let scaled = influence(&mapped(&studies, |y| -by * y, |v| by * by * v), &spec)?;
        for (plain, scaled) in plain.iter().zip(&scaled) {
            same(scaled.rstudent, -plain.rstudent, 1.0)?;
            same(scaled.dffits, -plain.dffits, 1.0)?;
            same(scaled.cook_d, plain.cook_d, 1.0)?;
            same(scaled.cov_r, plain.cov_r, 1.0)?;
        }
    }

    #[test]
    fn subgroups_obey_them_too(
        studies in studies(),
        spec in specs(),
        by in -5.0..5.0_f64,
        tau2 in select(SubgroupTau2::ALL.to_vec()),
    ) {
        let levels = ["a".to_owned(), "b".to_owned()];
        let of: Vec<usize> = (0..studies.len()).map(|index| index % 2).collect();
        let plain = fit_subgroups(&studies, &of, &levels, &spec, tau2)?;
        let moved = fit_subgroups(&mapped(&studies, |y| y + by, |v| v), &of, &levels, &spec, tau2)?;
        for (plain, moved) in plain.groups.iter().zip(&moved.groups) {
            match (&plain.fit, &moved.fit) {
                (Some(plain), Some(moved)) => same(moved.estimate, plain.estimate + by, 1.0)?,
                (plain, moved) => prop_assert_eq!(plain.is_some(), moved.is_some()),
            }
        }
        // The names of the groups do not matter.
        let swapped: Vec<usize> = of.iter().map(|group| 1 - group).collect();
        let swapped = fit_subgroups(&studies, &swapped, &levels, &spec, tau2)?;
        if let (Some(plain), Some(moved), Some(swapped)) = (plain.test, moved.test, swapped.test) {
            same(moved.q_between, plain.q_between, 1.0)?;
            same(swapped.q_between, plain.q_between, 1.0)?;
        }
    }

    /// Found by the law of duplication: a step from far above once passed over the higher of two maxima, and ended at 0.
    #[test]
    fn a_likelihood_with_two_maxima_is_climbed_to_the_higher(likelihood in select(vec!["ML", "REML"]), studies in studies()) {
        let spec = Spec { tau2: likelihood.parse().unwrap(), ..Spec::default() };
        let found = fit(&studies, &spec)?;
        let kind = if likelihood == "ML" { Likelihood::Full } else { Likelihood::Restricted };
        let mean = Mean::new(&studies)?;
        for step in 0..200 {
            let elsewhere = kind.log(&mean, 0.02 * f64::from(step));
            prop_assert!(elsewhere <= found.log_likelihood.unwrap() + 1e-9, "higher at {}", 0.02 * f64::from(step));
        }
    }

    #[test]
    fn a_fault_in_a_study_is_named(studies in studies(), spec in specs(), at in 0..12_usize) {
        let index = at % studies.len();
        let mut faulty = studies.clone();
        faulty[index].vi = -faulty[index].vi;
        prop_assert_eq!(fit(&faulty, &spec).unwrap_err(), FitError::Variance { index, vi: faulty[index].vi });
        faulty[index] = Estimate { yi: f64::INFINITY, vi: 1.0 };
        prop_assert_eq!(fit(&faulty, &spec).unwrap_err(), FitError::Effect { index, yi: f64::INFINITY });
    }
}

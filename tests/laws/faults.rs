//! What no model takes: each fault has its name, in every model that can meet it, and an answer that does not exist is none.

use forestable::effect::{Figures, Measure};
use forestable::evidence::Level;
use forestable::model::bayes::{Priors, fit_bayes};
use forestable::model::sensitivity::{cumulative, influence, leave_one_out};
use forestable::model::small_study::{
    FillEstimator, Predictor, RegressionTest, Side, asymmetry, begg, henmi_copas, selection, trim_and_fill,
};
use forestable::model::{
    Correction, Design, Estimate, FitError, ModelKind, PairedEffects, Remark, Spec, SubgroupTau2, bivariate, fit,
    fit_counts, fit_subgroups, multilevel, permutation_test, regress, robust,
};

fn sound() -> Vec<Estimate> {
    [(0.1, 0.02), (0.5, 0.03), (0.9, 0.02), (0.2, 0.04), (0.7, 0.05)].map(|(yi, vi)| Estimate { yi, vi }).to_vec()
}

const CLUSTERS: [usize; 5] = [0, 0, 1, 1, 2];

fn doses(values: [f64; 5]) -> Design {
    let mut design = Design::default();
    design.number("dose", values.to_vec());
    design
}

/// Every model of effects, with what it says of these.
fn verdicts(studies: &[Estimate], spec: &Spec) -> Vec<(&'static str, Option<FitError>)> {
    let k = studies.len();
    let dose = &mut Design::default();
    dose.number("dose", (0..k).map(|index| (index * index) as f64).collect());
    let levels = ["a".to_owned(), "b".to_owned()];
    let of: Vec<usize> = (0..k).map(|index| index % 2).collect();
    let pairs: Vec<PairedEffects> = studies
        .iter()
        .map(|&one| PairedEffects { first: Some(one), second: Some(Estimate { yi: 0.3, vi: 0.1 }), covariance: 0.0 })
        .collect();
    vec![
        ("fit", fit(studies, spec).err()),
        ("subgroups", fit_subgroups(studies, &of, &levels, spec, SubgroupTau2::Common).err()),
        ("regression", regress(studies, dose, spec).err()),
        ("permutation", permutation_test(studies, dose, spec, 1).err()),
        ("multilevel", multilevel(studies, &CLUSTERS[..k], &Design::default(), spec).err()),
        ("robust", robust(studies, &CLUSTERS[..k], &Design::default(), spec, Correction::Cr2).err()),
        ("bivariate", bivariate(&pairs, spec).err()),
        ("bayes", fit_bayes(studies, Priors::default(), spec).err()),
        ("leave-one-out", leave_one_out(studies, spec).err()),
        ("cumulative", cumulative(studies, spec).err()),
        ("influence", influence(studies, spec).err()),
        ("trim and fill", trim_and_fill(studies, Side::Left, FillEstimator::L0, spec).err()),
        ("Egger", asymmetry(studies, &[], Predictor::StandardError, RegressionTest::Mixed, spec).err()),
        ("Henmi and Copas", henmi_copas(studies, spec.level).err()),
    ]
}

#[test]
fn a_variance_that_is_none_is_named_by_its_study() {
    for vi in [-0.1, 0.0, f64::NAN, f64::INFINITY] {
        let mut studies = sound();
        studies[3].vi = vi;
        for (model, found) in verdicts(&studies, &Spec::default()) {
            let named = matches!(found, Some(FitError::Variance { index: 3, .. }));
            assert!(named, "{model} of a variance of {vi}: {found:?}");
        }
    }
}

#[test]
fn an_effect_that_is_no_number_is_named_by_its_study() {
    for yi in [f64::NAN, f64::NEG_INFINITY] {
        let mut studies = sound();
        studies[1].yi = yi;
        for (model, found) in verdicts(&studies, &Spec::default()) {
            assert!(matches!(found, Some(FitError::Effect { index: 1, .. })), "{model} of {yi}: {found:?}");
        }
    }
}

#[test]
fn a_level_is_strictly_between_0_and_1() {
    for level in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
        let spec = Spec { level: Level(level), ..Spec::default() };
        for (model, found) in verdicts(&sound(), &spec) {
            assert!(matches!(found, Some(FitError::Level(_))), "{model} at {level}: {found:?}");
        }
        let counts = [Figures::Events { xi: 1.0, ni: 4.0 }, Figures::Events { xi: 2.0, ni: 4.0 }];
        let glmm = Spec { model: ModelKind::Glmm, ..spec }.settled();
        assert!(matches!(fit_counts(&counts, Measure::Plo, &glmm), Err(FitError::Level(_))));
    }
}

#[test]
fn one_study_is_no_pool() {
    let mut verdicts = verdicts(&sound()[..1], &Spec::default());
    // The first row of what grows by a study at a time is one study.
    verdicts.retain(|(model, _)| *model != "cumulative");
    for (model, found) in verdicts {
        let few =
            matches!(found, Some(FitError::TooFewStudies { .. } | FitError::Clusters { .. } | FitError::TrimAndFill));
        // One study has no groups to compare, and its own group no scatter.
        let apart = model == "subgroups" && found == Some(FitError::NoResidualDegreesOfFreedom);
        assert!(few || apart, "{model}: {found:?}");
    }
    assert_eq!(fit(&[], &Spec::default()).unwrap_err(), FitError::TooFewStudies { k: 0, needed: 2 });
    assert!(matches!(begg(&sound()[..1]), Err(FitError::TooFewStudies { .. })));
    assert!(matches!(selection(&sound()[..1]), Err(FitError::TooFewStudies { .. })));
}

#[test]
fn equal_studies_pool_without_variance_between_them() {
    let equal = vec![Estimate { yi: 0.3, vi: 0.04 }; 5];
    let found = fit(&equal, &Spec::default()).unwrap();
    assert_eq!((found.tau2, found.heterogeneity.q, found.heterogeneity.i2_percent), (0.0, 0.0, 0.0));
    assert_eq!(found.remarks, [Remark::NoScatter]);
    assert!(found.se > 0.0 && found.ci_lower < 0.3 && 0.3 < found.ci_upper);
    let nested = multilevel(&equal, &CLUSTERS, &Design::default(), &Spec::default()).unwrap();
    assert_eq!(nested.sigma2, [0.0, 0.0]);
    let line = regress(&equal, &doses([1.0, 2.0, 3.0, 5.0, 8.0]), &Spec::default()).unwrap();
    assert_eq!((line.tau2, line.r2_percent), (0.0, None));
    assert!(line.coefficients[1].estimate.abs() < 1e-15);
    let (posterior, _) = fit_bayes(&equal, Priors::default(), &Spec::default()).unwrap();
    assert!((posterior.estimate - 0.3).abs() < 1e-9 && posterior.ci_lower < 0.3);
    // Studies of one size say nothing about small ones.
    let funnel = asymmetry(&equal, &[], Predictor::StandardError, RegressionTest::Mixed, &Spec::default());
    assert_eq!(funnel.unwrap_err(), FitError::SingularDesign { column: 0 });
}

#[test]
fn a_moderator_says_something_of_every_study_or_is_named() {
    let regressed = |design: &Design| regress(&sound(), design, &Spec::default()).unwrap_err();
    assert_eq!(regressed(&doses([1.0, 2.0, f64::NAN, 4.0, 5.0])), FitError::Moderator { column: 0 });
    assert_eq!(regressed(&doses([2.0; 5])), FitError::SingularDesign { column: 0 });
    let mut short = Design::default();
    short.number("dose", vec![1.0, 2.0]);
    assert_eq!(regressed(&short), FitError::Moderator { column: 0 });
    let mut twice = doses([1.0, 2.0, 3.0, 5.0, 8.0]);
    twice.number("dose in cGy", vec![100.0, 200.0, 300.0, 500.0, 800.0]);
    assert_eq!(regressed(&twice), FitError::SingularDesign { column: 1 });
    let factor = |values: [&str; 5]| {
        let mut design = Design::default();
        design.factor("site", &values);
        design
    };
    assert_eq!(regressed(&factor(["lung", "bone", "", "lung", "bone"])), FitError::Moderator { column: 0 });
    assert_eq!(regressed(&factor(["lung"; 5])), FitError::SingularDesign { column: 0 });
    let every = factor(["a", "b", "c", "d", "e"]);
    assert_eq!(regressed(&every), FitError::TooFewStudies { k: 5, needed: 6 });
    for spec in [Spec::default(), Spec { model: ModelKind::Common, ..Spec::default() }] {
        let clustered = robust(&sound(), &CLUSTERS, &doses([2.0; 5]), &spec, Correction::Cr1);
        assert_eq!(clustered.unwrap_err(), FitError::SingularDesign { column: 0 });
    }
}

#[test]
fn counts_that_cannot_be_are_named_by_their_study() {
    for (xi, ni) in [(5.0, 4.0), (-1.0, 4.0), (1.0, 0.0), (f64::NAN, 4.0), (1.0, f64::INFINITY)] {
        for model in [ModelKind::Glmm, ModelKind::BetaBinomial] {
            let counts = [(3.0, 9.0), (xi, ni), (2.0, 8.0)].map(|(xi, ni)| Figures::Events { xi, ni });
            let found = fit_counts(&counts, Measure::Plo, &Spec { model, ..Spec::default() }.settled());
            assert_eq!(found.unwrap_err(), FitError::Counts { index: 1, model }, "{xi} of {ni}");
            let nobody = [(0.0, 9.0), (0.0, 4.0)].map(|(xi, ni)| Figures::Events { xi, ni });
            let found = fit_counts(&nobody, Measure::Plo, &Spec { model, ..Spec::default() }.settled());
            assert_eq!(found.unwrap_err(), FitError::AllOrNone);
        }
    }
}

#[test]
fn a_covariance_beyond_the_variances_is_named_by_its_study() {
    let pair = |covariance| PairedEffects {
        first: Some(Estimate { yi: 0.1, vi: 0.02 }),
        second: Some(Estimate { yi: 0.4, vi: 0.08 }),
        covariance,
    };
    for covariance in [0.04, -0.05, f64::NAN] {
        let found = bivariate(&[pair(0.01), pair(covariance), pair(0.0), pair(0.02)], &Spec::default());
        assert!(matches!(found, Err(FitError::Covariance { index: 1, .. })), "{covariance}");
    }
    let alone = |yi| PairedEffects { first: Some(Estimate { yi, vi: 0.1 }), second: None, covariance: 0.0 };
    let found = bivariate(&[pair(0.01), alone(0.2), alone(0.3)], &Spec::default());
    assert_eq!(found.unwrap_err(), FitError::Clusters { found: 1, needed: 2 });
}

//! models.json: common-effect and random-effects models, 11 estimators × 4 intervals × 21 data sets (metafor's `rma`).

use forestable::model::tau2::{Likelihood, Tau2, profile_likelihood};
use forestable::model::{
    Estimate, Fit, IntervalMethod, Linear, Mean, ModelKind, PredictionMethod, Spec, Tau2Method, fit, fit_at,
};
use forestable::num::distribution::{ChiSquared, Distribution, Normal, Tail};
use serde_json::Value;

use crate::tally::{Tally, cases, estimates, interval, text};

const LOOSE: &str = "metafor's PM and PMM stop short of the root of Q(τ²) = k − 1 (or the median of χ²): \
                     the reference's τ² leaves a larger residual than ours";

const BOUNDARY: &str = "metafor's ML or REML stops a trifle above 0 where the likelihood falls from 0 on: it is larger at 0 than at the \
                        reference's τ² and at every one of 30 others, up to 500";

const TOLERANCE: f64 = 1e-6;

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("models.json");
    for case in cases(&reference) {
        let estimates = estimates(&reference["data"][text(&case["data"])]);
        let method = text(&case["tau2_method"]);
        let test = text(&case["test"]);
        let expected = &case["expected"];
        let common = method == "EE";
        let spec = Spec {
            model: if common { ModelKind::Common } else { ModelKind::Random },
            tau2: if common { Tau2Method::Reml } else { method.parse().unwrap() },
            interval: interval(test),
            ..Spec::default()
        };
        let mut found = fit(&estimates, &spec).unwrap();
        let rooted = matches!(spec.tau2, Tau2Method::PauleMandel | Tau2Method::PauleMandelMedian);
        if rooted && !common && !found.tau2_at_boundary {
            // Our τ² solves the estimator's own equation, the reference's does not; all that follows is compared at theirs.
            let theirs = expected["tau2"].as_f64().unwrap();
            let (our_residual, residual) =
                (residual(&estimates, &spec, found.tau2), residual(&estimates, &spec, theirs));
            assert!(our_residual <= residual && our_residual < 1e-10, "{}: {our_residual}", case["data"]);
            tally.contested(Some(found.tau2), &expected["tau2"], TOLERANCE, LOOSE);
            tally.contested(found.tau2_se, &expected["tau2_se"], TOLERANCE, LOOSE);
            let se = expected["tau2_se"].as_f64().unwrap();
            let tau2 = Tau2 { value: theirs, se, at_boundary: false, other_maximum: None, bisected: false };
            found = fit_at(&estimates, tau2, &spec).unwrap();
        }
        // The reference's iteration ends at τ² of 1e-12 or so where the likelihood falls from 0 on, and I² with it.
        let boundary =
            found.tau2_at_boundary && expected["tau2"].as_f64().is_some_and(|tau2| tau2 > 0.0 && tau2 < 1e-9);
        if boundary {
            // Proof: the likelihood falls from 0 on, all the way.
            let (mean, theirs) = (Mean::new(&estimates).unwrap(), expected["tau2"].as_f64().unwrap());
            let likelihood = match spec.tau2 {
                Tau2Method::MaximumLikelihood => Likelihood::Full,
                _ => Likelihood::Restricted,
            };
            let log = |tau2: f64| likelihood.log(&mean, tau2);
            assert!(log(0.0) >= log(theirs) - 1e-13, "{}", case["data"]);
            assert!((0..30).all(|step| log(0.0) > log(1e-6 * 2.0_f64.powi(step))), "{}", case["data"]);
        }
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            if boundary {
                tally.contested(found, expected, TOLERANCE, BOUNDARY);
            } else {
                tally.figure(|| format!("{} {method} {test} {name}", case["data"]), found, expected, TOLERANCE);
            }
        };
        for (name, value) in figures(&found) {
            figure(name, value, &expected[name]);
        }
        for (index, weight) in found.weights_percent.iter().enumerate() {
            figure(&format!("weights_percent[{index}]"), Some(*weight), &expected["weights_percent"][index]);
        }
        for (name, value) in predictions(&estimates, &spec, &found) {
            figure(name, value, &expected[name]);
        }
        if let Some(profile) = expected.get("q_profile") {
            let tau2 = found.tau2_ci.unwrap();
            let (i2, h2) = (found.heterogeneity.i2_percent_limits(tau2), found.heterogeneity.h2_limits(tau2));
            for (name, limits) in [("tau2", tau2), ("i2_percent", i2), ("h2", h2)] {
                figure(name, Some(limits.lower), &profile[name][0]);
                figure(name, Some(limits.upper), &profile[name][1]);
            }
        }
        if let Some(profile) = expected.get("profile_likelihood_tau2") {
            let likelihood = match spec.tau2 {
                Tau2Method::MaximumLikelihood => Likelihood::Full,
                _ => Likelihood::Restricted,
            };
            let limits = profile_likelihood(&Mean::new(&estimates).unwrap(), likelihood, spec.level).unwrap();
            figure("profile_likelihood lower", Some(limits.lower), &profile[0]);
            figure("profile_likelihood upper", Some(limits.upper), &profile[1]);
        }
        if expected.get("log_likelihood").is_some() {
            figure("log_likelihood", found.log_likelihood, &expected["log_likelihood"]);
            figure("aic", found.aic(), &expected["aic"]);
            figure("bic", found.bic(), &expected["bic"]);
        }
    }
}

fn figures(fit: &Fit) -> [(&'static str, Option<f64>); 13] {
    [
        ("estimate", Some(fit.estimate)),
        ("se", Some(fit.se)),
        ("statistic", Some(fit.statistic)),
        ("df", fit.df),
        ("p_value", Some(fit.p_value)),
        ("ci_lower", Some(fit.ci_lower)),
        ("ci_upper", Some(fit.ci_upper)),
        ("tau2", Some(fit.tau2)),
        ("tau2_se", fit.tau2_se),
        ("i2_percent", Some(fit.heterogeneity.i2_percent)),
        ("h2", Some(fit.heterogeneity.h2)),
        ("q", Some(fit.heterogeneity.q)),
        ("q_p", Some(fit.heterogeneity.q_p)),
    ]
}

/// The reference's `pi_*` is metafor's default (normal under z; V under t; HK under knha and adhoc), its `pi_riley_*` HTS or HK-PR.
/// Below three studies we print none.
fn predictions(estimates: &[Estimate], spec: &Spec, found: &Fit) -> Vec<(&'static str, Option<f64>)> {
    if found.tau2_method.is_some() && found.k < 3 {
        assert_eq!(found.prediction, None);
        return Vec::new();
    }
    let tau2 =
        |se| Tau2 { value: found.tau2, se, at_boundary: found.tau2_at_boundary, other_maximum: None, bisected: false };
    let limits = |prediction| {
        let spec = Spec { prediction, ..*spec };
        let fit = found.tau2_se.map_or_else(|| fit(estimates, &spec), |se| fit_at(estimates, tau2(se), &spec));
        fit.unwrap().prediction.map(|prediction| prediction.limits)
    };
    let (default, riley) = match spec.interval {
        IntervalMethod::Classic | IntervalMethod::T => (PredictionMethod::V, PredictionMethod::Hts),
        _ => (PredictionMethod::Hk, PredictionMethod::HkPr),
    };
    let (default, riley) = (limits(default), limits(riley));
    let mut pi = [default.map(|limits| limits.lower), default.map(|limits| limits.upper)];
    if spec.interval == IntervalMethod::Classic && found.tau2_method.is_some() {
        // Not one of our methods: the normal quantile about the same figures.
        let half = Normal.quantile(Tail::above(0.95)) * (found.tau2 + found.se * found.se).sqrt();
        pi = [Some(found.estimate - half), Some(found.estimate + half)];
    }
    vec![
        ("pi_lower", pi[0]),
        ("pi_upper", pi[1]),
        ("pi_riley_lower", riley.map(|limits| limits.lower)),
        ("pi_riley_upper", riley.map(|limits| limits.upper)),
    ]
}

/// How far τ² is from solving the estimator's equation.
fn residual(estimates: &[Estimate], spec: &Spec, tau2: f64) -> f64 {
    let mean = Mean::new(estimates).unwrap();
    let df = mean.residual_df();
    let target = match spec.tau2 {
        Tau2Method::PauleMandelMedian => ChiSquared::new(df).quantile(Tail::Lower(0.5)),
        _ => df,
    };
    (mean.moments(|vi| 1.0 / (vi + tau2)).ypy - target).abs()
}

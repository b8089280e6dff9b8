//! bayesian.json: the normal-normal model with four priors on τ and two on µ (bayesmeta).

use forestable::model::Estimate;
use forestable::model::bayes::{MuPrior, Posterior, Priors, TauPrior};
use forestable::num::{exp, ln};
use serde_json::Value;

use crate::tally::{Tally, cases, numbers, text};

/// The accuracy asked for.
const CLOSE: f64 = 5e-3;

const INFINITE: &str = "bayesmeta gives a standard deviation of µ where its integral diverges, as that of τ², which it leaves out: out to τ = 10³, \
                        10⁶ and 10⁹ the integral grows by more than a twentieth each time";

const CUT_OFF: &str = "bayesmeta cuts the slowly falling tail of τ off, and a standard deviation of µ with it; \
                       the trapezoidal rule out to τ = 10⁹ gives ours";

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("bayesian.json");
    for case in cases(&reference) {
        let pairs = numbers(&case["y"]).into_iter().zip(numbers(&case["sigma"]));
        let estimates: Vec<Estimate> = pairs.map(|(yi, sigma)| Estimate { yi, vi: sigma * sigma }).collect();
        let priors = priors(case);
        let found = serde_json::to_value(Posterior::new(&estimates, priors).unwrap().summary()).unwrap();
        let expected = &case["expected"];
        for (name, of) in expected.as_object().unwrap() {
            let (leaves, of) = (leaves(&found[name]), leaves(of));
            for (key, expected) in of {
                let what = format!("{} {name}{key}", case["id"]);
                let found = leaves.iter().find(|(other, _)| *other == key).and_then(|(_, value)| value.as_f64());
                let infinite = priors.mu == MuPrior::Flat && case["expected"]["tau"]["sd"].is_null();
                let sd = name == "mu" && key == ".sd" && priors.mu == MuPrior::Flat;
                if sd && infinite {
                    assert_eq!(found, None, "{what}");
                    // Proof: the integral grows with its end, and does not come to rest.
                    let to = |end| standard_deviation(&estimates, priors.tau, end);
                    assert!(to(9.0) > 1.05 * to(6.0) && to(6.0) > 1.05 * to(3.0), "{what}");
                    tally.contested(found, &expected, CLOSE, INFINITE);
                } else if let (true, Some(sd)) = (sd, found) {
                    let by_other_rule = standard_deviation(&estimates, priors.tau, 9.0);
                    assert!((sd / by_other_rule - 1.0).abs() < 1e-6, "{what}: {sd} is not {by_other_rule}");
                    tally.contested(found, &expected, CLOSE, CUT_OFF);
                } else {
                    tally.figure(|| what, found, &expected, CLOSE);
                }
            }
        }
    }
}

/// Returns the posterior standard deviation of µ with a flat prior, by the trapezoidal rule over ln τ, out to
/// τ = 10^`end`.
fn standard_deviation(estimates: &[Estimate], prior: TauPrior, end: f64) -> f64 {
    let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
    for step in -8000..=6000 {
        let tau = exp(f64::from(step) * end * ln(10.0) / 6000.0);
        let w: Vec<f64> = estimates.iter().map(|estimate| 1.0 / (estimate.vi + tau * tau)).collect();
        let sum: f64 = w.iter().sum();
        let mean = w.iter().zip(estimates).map(|(w, estimate)| w * estimate.yi).sum::<f64>() / sum;
        let q: f64 = w.iter().zip(estimates).map(|(w, estimate)| w * (estimate.yi - mean).powi(2)).sum();
        let density = match prior {
            TauPrior::HalfNormal(scale) => exp(-0.5 * (tau / scale).powi(2)),
            TauPrior::HalfCauchy(scale) => 1.0 / (1.0 + (tau / scale).powi(2)),
            TauPrior::Uniform => 1.0,
            TauPrior::Jeffreys => w.iter().map(|w| (tau * w).powi(2)).sum::<f64>().sqrt(),
        };
        let mass = tau * density * (w.iter().product::<f64>() / sum).sqrt() * exp(-0.5 * q);
        (total, first, second) = (total + mass, first + mass * mean, second + mass * (mean * mean + 1.0 / sum));
    }
    (second / total - (first / total).powi(2)).sqrt()
}

fn priors(case: &Value) -> Priors {
    let scale = || case["tau_prior"]["scale"].as_f64().unwrap();
    let tau = match text(&case["tau_prior"]["family"]) {
        "half-normal" => TauPrior::HalfNormal(scale()),
        "half-cauchy" => TauPrior::HalfCauchy(scale()),
        name => name.parse().unwrap(),
    };
    let prior = &case["mu_prior"];
    let mu = match text(&prior["family"]) {
        "flat" => MuPrior::Flat,
        _ => MuPrior::Normal { mean: prior["mean"].as_f64().unwrap(), sd: prior["sd"].as_f64().unwrap() },
    };
    Priors { tau, mu }
}

/// Returns all figures below a value with the way to them.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    let below = |key: String, value: &Value| -> Vec<(String, Value)> {
        leaves(value).into_iter().map(|(rest, leaf)| (format!("{key}{rest}"), leaf)).collect()
    };
    match value {
        Value::Object(map) => map.iter().flat_map(|(key, value)| below(format!(".{key}"), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(index, value)| below(format!("[{index}]"), value)).collect()
        }
        leaf => vec![(String::new(), leaf.clone())],
    }
}

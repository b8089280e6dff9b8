//! multivariate.json: three-level and bivariate models (metafor's `rma.mv` and `robust`).

use std::collections::BTreeMap;

use forestable::model::{Correction, Design, Estimate, IntervalMethod, PairedEffects, Spec, bivariate, multilevel};
use serde_json::Value;

use crate::tally::{Tally, cases, estimates, numbers, text};

const TOLERANCE: f64 = 1e-5;

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("multivariate.json");
    for case in cases(&reference) {
        match text(&case["structure"]) {
            "nested" => nested(tally, case),
            "unstructured" => unstructured(tally, case),
            other => panic!("unknown structure `{other}`"),
        }
    }
}

fn spec(case: &Value) -> Spec {
    let tau2 = case.get("method").map_or("REML", text).parse().unwrap();
    Spec { tau2, interval: IntervalMethod::Classic, ..Spec::default() }
}

/// Returns each entry's number among the distinct ones, in the order in which they come.
fn numbered(entries: &Value) -> Vec<usize> {
    let mut known = BTreeMap::new();
    let number = |entry| {
        let next = known.len();
        *known.entry(text(entry)).or_insert(next)
    };
    entries.as_array().unwrap().iter().map(number).collect()
}

fn nested(tally: &mut Tally, case: &Value) {
    let found = multilevel(&estimates(case), &numbered(&case["cluster"]), &Design::default(), &spec(case)).unwrap();
    let robust = &found.robust(Correction::Cr1).unwrap()[0];
    let (pooled, expected) = (&found.coefficients[0], &case["expected"]);
    let by_robust = &expected["robust_cr1"];
    for (name, found, expected) in [
        ("estimate", Some(pooled.estimate), &expected["estimate"]),
        ("se", Some(pooled.se), &expected["se"]),
        ("ci_lower", Some(pooled.ci_lower), &expected["ci_lower"]),
        ("ci_upper", Some(pooled.ci_upper), &expected["ci_upper"]),
        ("sigma2[0]", Some(found.sigma2[0]), &expected["sigma2"][0]),
        ("sigma2[1]", Some(found.sigma2[1]), &expected["sigma2"][1]),
        ("q", Some(found.q), &expected["q"]),
        ("log_likelihood", Some(found.log_likelihood), &expected["log_likelihood"]),
        ("robust_cr1 se", Some(robust.se), &by_robust["se"]),
        ("robust_cr1 df", robust.df, &by_robust["df"]),
        ("robust_cr1 ci_lower", Some(robust.ci_lower), &by_robust["ci_lower"]),
        ("robust_cr1 ci_upper", Some(robust.ci_upper), &by_robust["ci_upper"]),
    ] {
        tally.figure(|| format!("{} {name}", case["id"]), found, expected, TOLERANCE);
    }
}

fn unstructured(tally: &mut Tally, case: &Value) {
    let found = bivariate(&pairs(case), &spec(case)).unwrap();
    let expected = &case["expected"];
    let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
        tally.figure(|| format!("{} {name}", case["id"]), found, expected, TOLERANCE);
    };
    for (index, pooled) in found.estimates.iter().enumerate() {
        figure("beta", Some(pooled.estimate), &expected["beta"][index]);
        figure("se", Some(pooled.se), &expected["se"][index]);
        figure("tau2", Some(found.tau2[index]), &expected["tau2"][index]);
    }
    figure("rho", found.rho, &expected["rho"]);
    figure("log_likelihood", Some(found.log_likelihood), &expected["log_likelihood"]);
}

/// Returns the pairs of outcomes, in the order of the reference's coefficients: AL, PD.
fn pairs(case: &Value) -> Vec<PairedEffects> {
    let cluster = numbered(&case["cluster"]);
    let yi = numbers(&case["yi"]);
    let v: Vec<Vec<f64>> = case["V"].as_array().unwrap().iter().map(numbers).collect();
    let row = |study: usize, outcome: &str| {
        (0..yi.len()).find(|&row| cluster[row] == study && text(&case["outcome"][row]) == outcome)
    };
    let estimate = |row: usize| Estimate { yi: yi[row], vi: v[row][row] };
    (0..=cluster.iter().copied().max().unwrap())
        .map(|study| {
            let (first, second) = (row(study, "AL"), row(study, "PD"));
            let covariance = first.zip(second).map_or(0.0, |(first, second)| v[first][second]);
            PairedEffects { first: first.map(estimate), second: second.map(estimate), covariance }
        })
        .collect()
}

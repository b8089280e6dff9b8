//! proportions_meta.json: one-arm proportions pooled by R's meta, with every prediction interval and the way back to proportions.

use forestable::effect::{Figures, Measure};
use forestable::model::{Estimate, Spec, fit};

use crate::effect_sizes::figures;
use crate::tally::{Tally, cases, interval, numbers, text};

const TOLERANCE: f64 = 1e-6;

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("proportions_meta.json");
    for case in cases(&reference).iter().filter(|case| case["method"] == "Inverse") {
        let measure = match text(&case["measure"]) {
            "PRAW" => Measure::Pr,
            "PLOGIT" => Measure::Plo,
            name => name.parse().unwrap(),
        };
        let sizes = numbers(&case["input"]["ni"]);
        let estimates: Vec<Estimate> =
            (0..sizes.len()).map(|index| as_meta(measure, &figures(&case["input"], index))).collect();
        let spec = Spec {
            tau2: text(&case["tau2_method"]).parse().unwrap(),
            interval: interval(text(&case["random_ci"])),
            prediction: text(&case["predict"]).parse().unwrap(),
            ..Spec::default()
        };
        let found = fit(&estimates, &spec).unwrap();
        let expected = &case["expected"];
        let pi = found.prediction.unwrap().limits;
        let harmonic = sizes.len() as f64 / sizes.iter().map(|n| 1.0 / n).sum::<f64>();
        let natural = |y| Some(measure.back(y, Some(harmonic)));
        let mut figure =
            |name, found, expected| tally.figure(|| format!("{} {name}", case["id"]), found, expected, TOLERANCE);
        figure("estimate", Some(found.estimate), &expected["estimate"]);
        figure("se", Some(found.se), &expected["se"]);
        figure("ci_lower", Some(found.ci_lower), &expected["ci_lower"]);
        figure("ci_upper", Some(found.ci_upper), &expected["ci_upper"]);
        figure("pi_lower", Some(pi.lower), &expected["pi_lower"]);
        figure("pi_upper", Some(pi.upper), &expected["pi_upper"]);
        figure("tau2", Some(found.tau2), &expected["tau2"]);
        figure("i2", Some(found.heterogeneity.i2_q_percent / 100.0), &expected["i2"]);
        figure("q", Some(found.heterogeneity.q), &expected["q"]);
        figure("proportion", natural(found.estimate), &expected["proportion"]);
        for (name, ends) in
            [("proportion_ci", [found.ci_lower, found.ci_upper]), ("proportion_pi", [pi.lower, pi.upper])]
        {
            figure(name, natural(ends[0]), &expected[name][0]);
            figure(name, natural(ends[1]), &expected[name][1]);
        }
    }
}

/// Where nobody or everybody has the event, meta corrects the variance of PR and PLN but leaves the effect as it is; metafor,
/// effect_sizes.json and so our own measures correct both. The pool is compared on meta's effects.
fn as_meta(measure: Measure, figures: &Figures) -> Estimate {
    let own = measure.estimate(figures, 0.5).unwrap();
    match (measure, *figures) {
        (Measure::Pr, Figures::Events { xi, ni }) if xi == ni => Estimate { yi: 1.0, ..own },
        (Measure::Pln, Figures::Events { xi, ni }) if xi == ni => Estimate { yi: 0.0, vi: 1.0 / xi - 1.0 / (ni + 0.5) },
        _ => own,
    }
}

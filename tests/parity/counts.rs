//! glmm.json, glmm_groups.json, two_by_two_pooling.json and the GLMM cases of proportions_meta.json: models fitted from counts (metafor, meta).

use std::f64::consts::PI;

use forestable::effect::{Figures, Measure};
use forestable::model::{
    IntervalMethod, ModelKind, PredictionMethod, Spec, cochran_mantel_haenszel, fit_counts, fit_counts_subgroups,
    tarone,
};
use forestable::num::special::ln_gamma;
use forestable::num::{exp, ln, root};
use serde_json::Value;

use crate::effect_sizes::figures;
use crate::tally::{Tally, cases, interval, numbers, text};

/// The accuracy of the reference's optimiser.
const CLOSE: f64 = 2e-3;

const CONDITIONAL: &str = "metafor's log-likelihood of a GLMM takes the deviance given the random effects for the marginal one; \
                           the trapezoidal rule gives ours, and the likelihood at the studies' own \
                           most likely log odds gives theirs";

pub fn compare(tally: &mut Tally) {
    mixed(tally);
    grouped(tally);
    tables(tally);
    one_arm(tally);
}

fn mixed(tally: &mut Tally) {
    let reference = tally.open("glmm.json");
    for case in cases(&reference) {
        let measure = if case["model"] == "binomial-normal" { Measure::Plo } else { Measure::Irln };
        let spec = Spec { model: ModelKind::Glmm, interval: IntervalMethod::Classic, ..Spec::default() };
        let found = fit_counts(&studies(&case["input"]), measure, &spec).unwrap();
        for (name, value) in [
            ("estimate", Some(found.estimate)),
            ("se", Some(found.se)),
            ("ci_lower", Some(found.ci_lower)),
            ("ci_upper", Some(found.ci_upper)),
            ("tau2", Some(found.tau2)),
            ("q_wald", Some(found.heterogeneity.q)),
            ("q_lrt", found.heterogeneity.q_lrt),
        ] {
            tally.figure(|| format!("{} {name}", case["id"]), value, &case["expected"][name], CLOSE);
        }
        let studies = studies(&case["input"]);
        let marginal: f64 = studies.iter().map(|study| self::marginal(study, found.estimate, found.tau2)).sum();
        let log = found.log_likelihood.unwrap();
        assert!((log - marginal).abs() < 1e-6, "{}: {log} is not {marginal}", case["id"]);
        // The profile likelihood at both ends of the interval of τ² is half a χ²₁ quantile below the largest, by the same other rule.
        let ends = found.tau2_ci.unwrap();
        for tau2 in [ends.lower, ends.upper].into_iter().filter(|tau2| *tau2 > 0.0) {
            let profile = |mu: f64| studies.iter().map(|study| self::marginal(study, mu, tau2)).sum::<f64>();
            let slope = |mu: f64| profile(mu + 1e-4) - profile(mu - 1e-4);
            let best = root(slope, found.estimate - 3.0 * found.se, found.estimate + 3.0 * found.se).unwrap();
            let below = marginal - profile(best);
            assert!((below - 0.5 * 3.841_458_820_694_124).abs() < CLOSE, "{}: {below} at {tau2}", case["id"]);
        }
        assert!(ends.lower < found.tau2 && found.tau2 < ends.upper);
        tally.contested(Some(log), &case["expected"]["log_likelihood"], CLOSE, CONDITIONAL);
        // Proof: theirs is what the studies' own most likely log odds give.
        let conditional: f64 = studies.iter().map(|study| conditional(study, found.estimate, found.tau2)).sum();
        tally.figure(
            || format!("{} conditional", case["id"]),
            Some(conditional),
            &case["expected"]["log_likelihood"],
            CLOSE,
        );
    }
}

fn grouped(tally: &mut Tally) {
    let reference = tally.open("glmm_groups.json");
    for case in cases(&reference) {
        let levels: Vec<String> =
            case["input"]["levels"].as_array().unwrap().iter().map(|level| text(level).to_owned()).collect();
        let group_of: Vec<usize> = numbers(&case["input"]["group"]).iter().map(|group| *group as usize).collect();
        let spec = Spec { model: ModelKind::Glmm, interval: IntervalMethod::Classic, ..Spec::default() };
        let found = fit_counts_subgroups(&studies(&case["input"]), Measure::Plo, &group_of, &levels, &spec).unwrap();
        let (test, expected) = (found.test.unwrap(), &case["expected"]);
        let contrast = test.contrast.filter(|_| levels.len() == 2);
        let squared = |value: f64| 0.5 * value / 1.959_963_984_540_054;
        let tau2 = found.common_tau2.unwrap();
        for (name, value) in [
            ("tau2", Some(tau2.value)),
            ("qm", Some(test.q_between)),
            ("qm_p", Some(test.q_between_p)),
            ("lrt", test.likelihood_ratio.map(|ratio| ratio.statistic)),
            ("difference", contrast.map(|contrast| contrast.estimate)),
            ("difference_se", contrast.map(|contrast| squared(contrast.ci.upper - contrast.ci.lower))),
            ("difference_lower", contrast.map(|contrast| contrast.ci.lower)),
            ("difference_upper", contrast.map(|contrast| contrast.ci.upper)),
        ] {
            if levels.len() == 2 || !name.starts_with("difference") {
                tally.figure(|| format!("{} {name}", case["id"]), value, &expected[name], CLOSE);
            }
        }
        for (index, group) in found.groups.iter().enumerate() {
            // A group of one study has a mean in the model, and no pool.
            assert_eq!(group.fit.is_some(), group.k > 1, "{}", case["id"]);
            let Some(fit) = &group.fit else { continue };
            for (name, value) in
                [("estimates", fit.estimate), ("ses", fit.se), ("ci_lower", fit.ci_lower), ("ci_upper", fit.ci_upper)]
            {
                let what = || format!("{} {name}[{index}]", case["id"]);
                tally.figure(what, Some(value), &expected[name][index], CLOSE);
            }
        }
    }
}

/// Returns the log-likelihood of a study's counts at log odds or log rate η.
fn log(study: &Figures, eta: f64) -> f64 {
    match *study {
        Figures::Events { xi, ni } => {
            let coefficient = ln_gamma(ni + 1.0) - ln_gamma(xi + 1.0) - ln_gamma(ni - xi + 1.0);
            coefficient + xi * eta - ni * ln(1.0 + exp(eta))
        }
        Figures::Rate { xi, ti } => xi * (eta + ln(ti)) - ti * exp(eta) - ln_gamma(xi + 1.0),
        _ => panic!("no counts"),
    }
}

/// Returns the marginal log-likelihood of one study by the trapezoidal rule, no quadrature of the engine's.
pub fn marginal(study: &Figures, mu: f64, tau2: f64) -> f64 {
    let step = 0.005 * tau2.sqrt();
    let density = |y: f64| exp(log(study, y) - 0.5 * (y - mu) * (y - mu) / tau2) / (2.0 * PI * tau2).sqrt();
    ln(step * (-2000..=2000).map(|index| density(mu + f64::from(index) * step)).sum::<f64>())
}

/// Returns the log-likelihood of one study's counts at its most likely effect, the random effect not integrated out.
fn conditional(study: &Figures, mu: f64, tau2: f64) -> f64 {
    let slope = |y: f64| (log(study, y + 1e-5) - log(study, y - 1e-5)) / 2e-5 - (y - mu) / tau2;
    let reach = 9.0 * tau2.sqrt();
    log(study, root(slope, mu - reach, mu + reach).unwrap())
}

fn tables(tally: &mut Tally) {
    let reference = tally.open("two_by_two_pooling.json");
    for case in cases(&reference) {
        let model: ModelKind = text(&case["method"]).parse().unwrap();
        let measure: Measure = text(&case["measure"]).parse().unwrap();
        let studies = studies(&case["input"]);
        let spec = Spec { model, interval: IntervalMethod::Classic, ..Spec::default() };
        let found = fit_counts(&studies, measure, &spec).unwrap();
        let odds_ratio = model == ModelKind::MantelHaenszel && measure == Measure::Or;
        let [cmh, tarone] =
            [cochran_mantel_haenszel(&studies), tarone(&studies)].map(|test| test.unwrap().filter(|_| odds_ratio));
        for (name, value) in [
            ("estimate", Some(found.estimate)),
            ("se", Some(found.se)),
            ("ci_lower", Some(found.ci_lower)),
            ("ci_upper", Some(found.ci_upper)),
            ("q", Some(found.heterogeneity.q)),
            ("q_p", Some(found.heterogeneity.q_p)),
            ("cmh", cmh.map(|test| test.statistic)),
            ("cmh_p", cmh.map(|test| test.p_value)),
            ("tarone", tarone.map(|test| test.statistic)),
            ("tarone_p", tarone.map(|test| test.p_value)),
        ] {
            tally.figure(|| format!("{} {name}", case["id"]), value, &case["expected"][name], 1e-8);
        }
    }
}

fn one_arm(tally: &mut Tally) {
    let reference = tally.open("proportions_meta.json");
    for case in cases(&reference).iter().filter(|case| case["method"] == "GLMM") {
        let prediction: PredictionMethod = text(&case["predict"]).parse().unwrap();
        let interval = interval(text(&case["random_ci"]));
        let spec = Spec { model: ModelKind::Glmm, interval, prediction, ..Spec::default() };
        let found = fit_counts(&studies(&case["input"]), Measure::Plo, &spec).unwrap();
        let pi = found.prediction.unwrap().limits;
        let expected = &case["expected"];
        let natural = |y| Some(Measure::Plo.back(y, None));
        for (name, value, expected) in [
            ("estimate", Some(found.estimate), &expected["estimate"]),
            ("se", Some(found.se), &expected["se"]),
            ("ci_lower", Some(found.ci_lower), &expected["ci_lower"]),
            ("ci_upper", Some(found.ci_upper), &expected["ci_upper"]),
            ("pi_lower", Some(pi.lower), &expected["pi_lower"]),
            ("pi_upper", Some(pi.upper), &expected["pi_upper"]),
            ("tau2", Some(found.tau2), &expected["tau2"]),
            ("i2", Some(found.heterogeneity.i2_q_percent / 100.0), &expected["i2"]),
            ("q", Some(found.heterogeneity.q), &expected["q"]),
            ("proportion", natural(found.estimate), &expected["proportion"]),
            ("proportion_ci[0]", natural(found.ci_lower), &expected["proportion_ci"][0]),
            ("proportion_ci[1]", natural(found.ci_upper), &expected["proportion_ci"][1]),
            ("proportion_pi[0]", natural(pi.lower), &expected["proportion_pi"][0]),
            ("proportion_pi[1]", natural(pi.upper), &expected["proportion_pi"][1]),
        ] {
            tally.figure(|| format!("{} {name}", case["id"]), value, expected, CLOSE);
        }
    }
}

/// Reads the counts of all studies of a case.
fn studies(input: &Value) -> Vec<Figures> {
    let first = if input.get("ai").is_some() { "ai" } else { "xi" };
    (0..numbers(&input[first]).len()).map(|index| figures(input, index)).collect()
}

//! meta_regression.json: mixed-effects models with one or two moderators, or a factor (metafor's `rma(mods = …)`).

use forestable::model::{Design, ModelKind, Regression, Spec, Tau2Method, fit, regress};
use serde_json::Value;

use crate::tally::{Tally, cases, enlarged, estimates, interval, prove_root, text};

const LOOSE: &str = "metafor's PM stops short of the root of Q(τ²) = k − p: ours solves it to 1e-10, theirs no better";

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("meta_regression.json");
    for case in cases(&reference) {
        let mut design = Design::default();
        let columns = match &case["design"]["columns"] {
            Value::String(name) => vec![name.as_str()],
            names => names.as_array().unwrap().iter().map(text).collect(),
        };
        for name in columns {
            let rows = case["design"]["rows"].as_array().unwrap();
            design.number(name, rows.iter().map(|row| row[name].as_f64().unwrap()).collect());
        }
        let spec = Spec {
            tau2: text(&case["tau2_method"]).parse().unwrap(),
            interval: interval(text(&case["test"])),
            ..Spec::default()
        };
        let estimates = estimates(case);
        let mut found = regress(&estimates, &design, &spec).unwrap();
        let expected = &case["expected"];
        let mut of_tau2 =
            vec![("tau2", Some(found.tau2)), ("tau2_se", found.tau2_se), ("r2_percent", found.r2_percent)];
        if spec.tau2 == Tau2Method::PauleMandel && found.tau2 > 0.0 {
            // What follows from τ² is compared at theirs; τ² itself is proved to be the root that theirs is not.
            let theirs = expected["tau2"].as_f64().unwrap();
            let common = Spec { model: ModelKind::Common, ..spec };
            let at = |tau2: f64| regress(&enlarged(&estimates, |_| tau2), &design, &common).unwrap();
            prove_root(|tau2| at(tau2).residual.q, found.residual.q_df, found.tau2, theirs);
            let alone = fit(&estimates, &spec).unwrap();
            let q_alone = |tau2| fit(&enlarged(&estimates, |_| tau2), &common).unwrap().heterogeneity.q;
            prove_root(q_alone, alone.heterogeneity.q_df, alone.tau2, 0.0);
            assert!((found.r2_percent.unwrap() - (100.0 * (1.0 - found.tau2 / alone.tau2)).max(0.0)).abs() < 1e-9);
            for (name, value) in of_tau2.drain(..) {
                tally.contested(value, &expected[name], 1e-6, LOOSE);
            }
            let Regression { coefficients, moderators, .. } = at(theirs);
            let mut residual = found.residual;
            (residual.i2_percent, residual.h2) =
                (100.0 * theirs / (theirs + residual.typical_variance), theirs / residual.typical_variance + 1.0);
            (found.coefficients, found.moderators, found.residual) = (coefficients, moderators, residual);
        }
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            tally.figure(|| format!("{} {name}", case["id"]), found, expected, 1e-6);
        };
        for (index, coefficient) in found.coefficients.iter().enumerate() {
            for (name, value) in [
                ("beta", coefficient.estimate),
                ("se", coefficient.se),
                ("statistic", coefficient.statistic),
                ("p_value", coefficient.p_value),
                ("ci_lower", coefficient.ci_lower),
                ("ci_upper", coefficient.ci_upper),
            ] {
                figure(name, Some(value), &expected[name][index]);
            }
        }
        for (name, value) in [
            ("i2_percent", Some(found.residual.i2_percent)),
            ("h2", Some(found.residual.h2)),
            ("qe", Some(found.residual.q)),
            ("qe_p", Some(found.residual.q_p)),
            ("qm", Some(found.moderators.qm)),
            ("qm_p", Some(found.moderators.qm_p)),
        ]
        .into_iter()
        .chain(of_tau2)
        {
            figure(name, value, &expected[name]);
        }
    }
}

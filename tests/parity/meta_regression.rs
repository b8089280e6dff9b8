//! meta_regression.json: mixed-effects models with one or two moderators, or a factor (metafor's `rma(mods = …)`).

use forestable::model::{Design, Spec, Tau2Method, regress};
use serde_json::Value;

use crate::tally::{Tally, cases, estimates, interval, text};

const LOOSE: &str = "metafor's PM stops short of the root of Q(τ²) = k − p; models.json shows the same";

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
        let found = regress(&estimates(case), &design, &spec).unwrap();
        let expected = &case["expected"];
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            if spec.tau2 == Tau2Method::PauleMandel {
                tally.contested(found, expected, 1e-6, LOOSE);
            } else {
                tally.figure(|| format!("{} {name}", case["id"]), found, expected, 1e-6);
            }
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
            ("tau2", Some(found.tau2)),
            ("tau2_se", found.tau2_se),
            ("i2_percent", Some(found.residual.i2_percent)),
            ("h2", Some(found.residual.h2)),
            ("r2_percent", found.r2_percent),
            ("qe", Some(found.residual.q)),
            ("qe_p", Some(found.residual.q_p)),
            ("qm", Some(found.moderators.qm)),
            ("qm_p", Some(found.moderators.qm_p)),
        ] {
            figure(name, value, &expected[name]);
        }
    }
}

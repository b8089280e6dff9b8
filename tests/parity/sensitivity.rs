//! sensitivity.json: leave-one-out, cumulative, influence, Baujat, shrunken estimates (metafor, test z).

use forestable::model::sensitivity::{baujat, cumulative, influence, leave_one_out, shrunken};
use forestable::model::{IntervalMethod, Spec};
use serde::Serialize;
use serde_json::Value;

use crate::tally::{Tally, cases, estimates, text};

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("sensitivity.json");
    for case in cases(&reference) {
        let estimates = estimates(case);
        let tau2 = text(&case["tau2_method"]).parse().unwrap();
        let spec = Spec { tau2, interval: IntervalMethod::Classic, ..Spec::default() };
        let mut table = |name: &str, rows: Value| {
            for (row, values) in rows.as_array().unwrap().iter().enumerate() {
                for (key, value) in values.as_object().unwrap() {
                    let expected = &case["expected"][name][key][row];
                    match value {
                        Value::Bool(flag) => {
                            let flags = (Some(f64::from(u8::from(*flag))), Value::from(u8::from(expected == true)));
                            tally.figure(|| format!("{} {name} {key} {row}", case["id"]), flags.0, &flags.1, 0.0);
                        }
                        number => {
                            tally.figure(
                                || format!("{} {name} {key} {row}", case["id"]),
                                number.as_f64(),
                                expected,
                                1e-5,
                            );
                        }
                    }
                }
            }
        };
        table("leave_one_out", rows(leave_one_out(&estimates, &spec).unwrap()));
        table("cumulative", rows(cumulative(&estimates, &spec).unwrap()));
        table("influence", rows(influence(&estimates, &spec).unwrap()));
        table("baujat", rows(baujat(&estimates, &spec).unwrap()));
        table("shrunken", rows(shrunken(&estimates, &spec).unwrap()));
    }
}

fn rows(rows: impl Serialize) -> Value {
    serde_json::to_value(rows).unwrap()
}

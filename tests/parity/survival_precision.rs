//! survival_precision.json: standard errors from intervals or imputed (metaSurvMissCI).

use forestable::effect::{Limits, Scale};
use forestable::evidence::Level;
use forestable::survival::{PublishedSurvival, RiskSum, published_precision};
use serde_json::Value;

use crate::tally::{Tally, cases, numbers, text};

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("survival_precision.json");
    for case in cases(&reference) {
        let optional = |column: &str, row: usize| case[column][row].as_f64();
        let rows: Vec<PublishedSurvival> = numbers(&case["survival"])
            .into_iter()
            .enumerate()
            .map(|(row, survival)| PublishedSurvival {
                survival,
                ci: optional("ci_lower", row)
                    .zip(optional("ci_upper", row))
                    .map(|(lower, upper)| Limits { lower, upper }),
                n: optional("n", row).unwrap(),
                at_risk: optional("at_risk", row),
                event_proportion: optional("events", row).zip(optional("n", row)).map(|(events, n)| events / n),
            })
            .collect();
        let scale: Scale = text(&case["scale"]).parse().unwrap();
        let found = published_precision(&rows, scale, RiskSum::Steps, Level::NINETY_FIVE).unwrap();
        for (row, found) in found.iter().enumerate() {
            let mut figure = |name: &str, found: Option<f64>| {
                let expected: &Value = &case["expected"][name][row];
                tally.figure(|| format!("{scale} {name} {row}"), found, expected, 1e-8);
            };
            figure("transformed", found.transformed);
            figure("se", found.se);
            assert_eq!(case["expected"]["imputed"][row], found.imputed);
        }
    }
}

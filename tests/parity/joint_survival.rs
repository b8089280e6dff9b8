//! joint_survival.json: several times jointly on log(−log S) (metafor's rma.mv).

use forestable::evidence::Level;
use forestable::survival::{JointRow, JointSpec, Random, Trend, joint};
use serde_json::Value;

use crate::tally::{Tally, cases, numbers, text};

/// The accuracy asked for.
const CLOSE: f64 = 1e-5;

/// Proof: at our figures the likelihood is higher.
const STOPS_SHORT: &str = "rma.mv stops short of the largest likelihood where the correlation is −1: ours is larger";

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("joint_survival.json");
    let [study, time, survival, se] =
        ["study", "time", "survival", "se"].map(|column| numbers(&reference["data"][column]));
    let rows: Vec<JointRow> = (0..study.len())
        .map(|row| JointRow {
            series: study[row] as usize,
            group: 0,
            time: time[row],
            survival: survival[row],
            se: se[row],
        })
        .collect();
    for case in cases(&reference) {
        let [trend, random, likelihood] = text(&case["id"]).split('/').collect::<Vec<_>>()[..] else {
            panic!("three parts in {}", case["id"])
        };
        let at_landmarks: Vec<JointRow> =
            rows.iter().copied().filter(|row| [12.0, 24.0, 36.0].contains(&row.time)).collect();
        let (trend, rows) =
            if trend == "log-time" { (Trend::LogTime, &rows) } else { (Trend::Landmarks, &at_landmarks) };
        let spec = JointSpec {
            trend,
            random: random.parse().unwrap(),
            likelihood: likelihood.parse().unwrap(),
            level: Level::NINETY_FIVE,
        };
        let found = joint(rows, &spec).unwrap();
        let expected = &case["expected"];
        let higher = found.log_likelihood > expected["log_likelihood"].as_f64().unwrap() + 1e-10;
        let mut figure = |name: &str, found: f64, expected: &Value| {
            if higher && spec.random == Random::InterceptAndSlope {
                tally.contested(Some(found), expected, CLOSE, STOPS_SHORT);
                assert!(
                    (found / expected.as_f64().unwrap() - 1.0).abs() < 0.01 || found == 0.0,
                    "{name} {found} {expected}"
                );
            } else {
                tally.figure(|| format!("{} {name}", case["id"]), Some(found), expected, CLOSE);
            }
        };
        for index in 0..found.beta.len() {
            assert_eq!(found.names[index], text(&expected["names"][index]));
            figure("beta", found.beta[index], &expected["beta"][index]);
            figure("se", found.se[index], &expected["se"][index]);
        }
        figure("log_likelihood", found.log_likelihood, &expected["log_likelihood"]);
        figure("sigma2", found.sigma2, &expected["sigma2"]);
        if let [tau2] = found.tau2[..] {
            figure("tau2", tau2, &expected["tau2"]);
        } else {
            for (index, tau2) in found.tau2.iter().enumerate() {
                figure("tau2", *tau2, &expected["tau2"][index]);
            }
        }
        figure("rho", found.rho, &expected["rho"]);
        for point in expected["curve"].as_array().into_iter().flatten() {
            let at = found.at(point["time"].as_f64().unwrap(), 0).unwrap();
            figure("survival", at.survival, &point["survival"]);
            figure("lower", at.lower, &point["lower"]);
            figure("upper", at.upper, &point["upper"]);
        }
    }
}

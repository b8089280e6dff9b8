//! kaplan_meier.json: survival curve, Greenwood, five kinds of interval, median, restricted mean (R's survival).

use forestable::effect::Scale;
use forestable::evidence::Level;
use forestable::survival::{Exit, KaplanMeier, Subject};
use serde_json::Value;

use crate::tally::{Tally, cases, numbers, text};

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("kaplan_meier.json");
    for case in cases(&reference) {
        let exits = case["event"].as_array().unwrap().iter();
        let subjects: Vec<Subject> = numbers(&case["time"])
            .into_iter()
            .zip(exits)
            .map(|(time, event)| Subject { time, exit: if event == true { Exit::Event } else { Exit::Censored } })
            .collect();
        let curve = KaplanMeier::new(&subjects).unwrap();
        let scale = scale(text(&case["conf_type"]));
        let expected = &case["expected"];
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            tally.figure(|| format!("{scale:?} {name}"), found, expected, 1e-8);
        };
        for (index, time) in numbers(&case["at"]).into_iter().enumerate() {
            let landmark = curve.at(time);
            let limits = curve.interval(time, scale, Level::NINETY_FIVE);
            figure("survival", landmark.map(|at| at.survival), &expected["survival"][index]);
            figure("se", landmark.and_then(|at| at.se), &expected["se"][index]);
            figure("at_risk", landmark.map(|at| at.at_risk as f64), &expected["at_risk"][index]);
            figure("lower", limits.map(|limits| limits.lower), &expected["lower"][index]);
            figure("upper", limits.map(|limits| limits.upper), &expected["upper"][index]);
        }
        let [lower, upper] = curve.median_interval(scale, Level::NINETY_FIVE);
        figure("median", curve.median(), &expected["median"]);
        figure("median_lower", lower, &expected["median_lower"]);
        figure("median_upper", upper, &expected["median_upper"]);
        let mean = curve.restricted_mean(365.0);
        figure("rmst365", mean.map(|mean| mean.value), &expected["rmst365"]);
        figure("rmst365_se", mean.map(|mean| mean.se), &expected["rmst365_se"]);
    }
}

/// The reference's names of scales are survfit's.
fn scale(name: &str) -> Scale {
    match name {
        "log-log" => Scale::Cloglog,
        "log" => Scale::Log,
        "plain" => Scale::Plain,
        "logit" => Scale::Logit,
        "arcsin" => Scale::Arcsine,
        other => panic!("unknown scale `{other}`"),
    }
}

//! summary_survival_curve.json: the distribution-free summary curve (metaSurvival).

use forestable::evidence::Level;
use forestable::survival::{PooledCurve, SeriesPoint, summary_curve};

use crate::tally::{Tally, cases, numbers};

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("summary_survival_curve.json");
    for case in cases(&reference) {
        let [study, time, survival, at_risk] =
            ["study", "time", "survival", "at_risk"].map(|column| numbers(&case[column]));
        let rows: Vec<SeriesPoint> = (0..study.len())
            .map(|row| SeriesPoint {
                series: study[row] as usize,
                time: time[row],
                survival: survival[row],
                at_risk: at_risk[row],
            })
            .collect();
        let found = summary_curve(&rows, Level::NINETY_FIVE).unwrap();
        let expected = &case["expected"];
        let mut figure = |name: &str, found: f64, expected: &serde_json::Value| {
            tally.figure(|| name.to_owned(), Some(found), expected, 1e-4);
        };
        let mut curve = |name: &str, found: &PooledCurve| {
            for (index, point) in found.points.iter().enumerate() {
                let figures = [point.time, point.survival, point.lower, point.upper, point.at_risk.round()];
                for (column, value) in figures.into_iter().enumerate() {
                    figure(&format!("{name} {} {column}", point.time), value, &expected[name][index][column]);
                }
            }
            figure("median", found.median.value.unwrap(), &expected[format!("median_{name}")]);
            figure("mean", found.mean.value.unwrap(), &expected[format!("mean_{name}")]);
        };
        curve("fixed", &found.fixed);
        curve("random", &found.random);
        figure("q", found.q, &expected["q"]);
        figure("h2", found.h2.unwrap(), &expected["h2"]);
        figure("i2_percent", found.i2_percent.unwrap(), &expected["i2_percent"]);
    }
}

//! `forestable survival summary`.

use forestable::diag::Diagnostic;
use forestable::evidence::Level;
use forestable::report::format::{self, percent, trimmed};
use forestable::source::Numbers;
use forestable::survival::{PooledCurve, SeriesPoint, SummaryCurve, summary_curve};
use serde::Serialize;

use super::answer::{Answer, Grid};
use super::input::{Input, finding};
use super::km::reached;

/// The answer; the rows of a curve are time, survival, lower, upper, total at risk.
#[derive(Debug, Serialize)]
pub struct Summary {
    fixed: Vec<[f64; 5]>,
    random: Vec<[f64; 5]>,
    median_fixed: Option<f64>,
    median_fixed_lower: Option<f64>,
    median_fixed_upper: Option<f64>,
    median_random: Option<f64>,
    median_random_lower: Option<f64>,
    median_random_upper: Option<f64>,
    mean_fixed: Option<f64>,
    mean_fixed_lower: Option<f64>,
    mean_fixed_upper: Option<f64>,
    mean_random: Option<f64>,
    mean_random_lower: Option<f64>,
    mean_random_upper: Option<f64>,
    q: f64,
    q_df: usize,
    h2: Option<f64>,
    i2_percent: Option<f64>,
}

/// Pools the curves.
pub fn answer(table: &Numbers, level: Level) -> Result<Answer<Summary>, Vec<Diagnostic>> {
    let mut input = Input::new(table);
    let (series, _) = input.labels("study");
    let [time, survival, at_risk] = ["time", "survival", "at_risk"].map(|name| input.numbers(name));
    let rows = series.into_iter().zip(time).zip(survival).zip(at_risk);
    let rows = rows.map(|(((series, time), survival), at_risk)| SeriesPoint { series, time, survival, at_risk });
    let rows: Vec<SeriesPoint> = input.sound(rows.collect())?;
    let curve = summary_curve(&rows, level).map_err(|error| finding(table, &error))?;
    Ok(Answer { grid: grid(&curve), object: object(&curve) })
}

fn object(curve: &SummaryCurve) -> Summary {
    let rows = |curve: &PooledCurve| {
        let row = |point: &forestable::survival::PooledPoint| {
            [point.time, point.survival, point.lower, point.upper, point.at_risk.round()]
        };
        curve.points.iter().map(row).collect()
    };
    let SummaryCurve { fixed, random, q, q_df, h2, i2_percent } = curve;
    Summary {
        fixed: rows(fixed),
        random: rows(random),
        median_fixed: fixed.median.value,
        median_fixed_lower: fixed.median.lower,
        median_fixed_upper: fixed.median.upper,
        median_random: random.median.value,
        median_random_lower: random.median.lower,
        median_random_upper: random.median.upper,
        mean_fixed: fixed.mean.value,
        mean_fixed_lower: fixed.mean.lower,
        mean_fixed_upper: fixed.mean.upper,
        mean_random: random.mean.value,
        mean_random_lower: random.mean.lower,
        mean_random_upper: random.mean.upper,
        q: *q,
        q_df: *q_df,
        h2: *h2,
        i2_percent: *i2_percent,
    }
}

fn grid(curve: &SummaryCurve) -> Grid {
    let rows = curve.random.points.iter().zip(&curve.fixed.points).map(|(random, fixed)| {
        vec![
            trimmed(random.time),
            percent(random.survival, 1),
            percent(random.lower, 1),
            percent(random.upper, 1),
            percent(fixed.survival, 1),
            random.series.to_string(),
            format::fixed(random.at_risk, 0),
        ]
    });
    let random = &curve.random;
    let scatter = curve.i2_percent.map_or(String::new(), |i2| format!(", I² {}%", format::fixed(i2, 1)));
    Grid {
        header: vec!["Time", "Random, %", "Lower", "Upper", "Fixed, %", "Series", "At risk"],
        rows: rows.collect(),
        notes: vec![
            times("Median time, random effects", &random.median),
            times("Mean time up to the last point, random effects", &random.mean),
            format!("Q {} on {} degrees of freedom{scatter}", format::fixed(curve.q, 1), curve.q_df),
        ],
    }
}

fn times(name: &str, quantity: &forestable::survival::Quantity) -> String {
    let [value, lower, upper] = [quantity.value, quantity.lower, quantity.upper].map(reached);
    format!("{name}: {value} ({lower} to {upper})")
}

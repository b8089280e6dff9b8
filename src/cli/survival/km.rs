//! `forestable survival km`.

use std::collections::BTreeMap;

use forestable::diag::Diagnostic;
use forestable::effect::Scale;
use forestable::report::format::{fixed, percent, trimmed};
use forestable::source::Numbers;
use forestable::survival::{Exit, KaplanMeier, Subject};
use serde::Serialize;

use super::Common;
use super::answer::{Answer, Grid};
use super::input::{Input, finding};

/// Arguments of `survival km`.
#[derive(Debug, clap::Args)]
pub struct KmArgs {
    #[command(flatten)]
    pub common: Common,
    /// The times at which the curve is read, in the unit of the table; also the horizons of the restricted means.
    #[arg(long, value_delimiter = ',', value_parser = super::time)]
    at: Vec<f64>,
    /// The scale on which intervals are symmetric: log-log, log, plain, logit, arcsine.
    #[arg(long, default_value = "log-log", value_parser = scale)]
    ci: Scale,
}

/// The answer, one entry a time in each list.
#[derive(Debug, Serialize)]
pub struct Km {
    at: Vec<f64>,
    survival: Vec<Option<f64>>,
    se: Vec<Option<f64>>,
    lower: Vec<Option<f64>>,
    upper: Vec<Option<f64>>,
    at_risk: Vec<u64>,
    median: Option<f64>,
    median_lower: Option<f64>,
    median_upper: Option<f64>,
    /// `rmst365` and `rmst365_se` for each time.
    #[serde(flatten)]
    restricted_means: BTreeMap<String, Option<f64>>,
    patients: usize,
    events: u64,
    median_follow_up: Option<f64>,
    median_follow_up_lower: Option<f64>,
    median_follow_up_upper: Option<f64>,
}

/// Reads a scale; `arcsin` is survfit's name of the arcsine.
fn scale(text: &str) -> Result<Scale, String> {
    match text.parse() {
        Ok(Scale::DoubleArcsine) => Err("the double arcsine needs counts: choose another scale".to_owned()),
        Ok(scale) => Ok(scale),
        Err(_) if text == "arcsin" => Ok(Scale::Arcsine),
        Err(unknown) => Err(unknown.to_string()),
    }
}

/// Estimates the curve.
pub fn answer(table: &Numbers, args: &KmArgs) -> Result<Answer<Km>, Vec<Diagnostic>> {
    let mut input = Input::new(table);
    let (times, events) = (input.numbers("time"), input.events("event"));
    let exit = |event| if event { Exit::Event } else { Exit::Censored };
    let subjects = times.into_iter().zip(events).map(|(time, event)| Subject { time, exit: exit(event) });
    let subjects: Vec<Subject> = input.sound(subjects.collect())?;
    let curve = KaplanMeier::new(&subjects).map_err(|error| finding(table, &error))?;
    let follow_up = KaplanMeier::of_follow_up(&subjects).map_err(|error| finding(table, &error))?;
    let level = args.common.level;
    let interval = |time: &f64| curve.interval(*time, args.ci, level);
    let [median_lower, median_upper] = curve.median_interval(args.ci, level);
    let [median_follow_up_lower, median_follow_up_upper] = follow_up.median_interval(args.ci, level);
    let restricted_means = args.at.iter().flat_map(|&horizon| {
        let mean = curve.restricted_mean(horizon);
        let name = format!("rmst{horizon}");
        [(format!("{name}_se"), mean.map(|mean| mean.se)), (name, mean.map(|mean| mean.value))]
    });
    let landmarks = || args.at.iter().map(|time| curve.at(*time));
    let km = Km {
        survival: landmarks().map(|at| at.map(|at| at.survival)).collect(),
        se: landmarks().map(|at| at?.se).collect(),
        at_risk: landmarks().map(|at| at.map_or(0, |at| at.at_risk)).collect(),
        lower: args.at.iter().map(|time| interval(time).map(|limits| limits.lower)).collect(),
        upper: args.at.iter().map(|time| interval(time).map(|limits| limits.upper)).collect(),
        at: args.at.clone(),
        median: curve.median(),
        median_lower,
        median_upper,
        restricted_means: restricted_means.collect(),
        patients: subjects.len(),
        events: curve.steps().iter().map(|step| step.events).sum(),
        median_follow_up: follow_up.median(),
        median_follow_up_lower,
        median_follow_up_upper,
    };
    Ok(Answer { grid: grid(&km), object: km })
}

fn grid(km: &Km) -> Grid {
    let shown = |value: Option<f64>| value.map_or("–".to_owned(), |value| percent(value, 1));
    let rows = (0..km.at.len()).map(|row| {
        let name = format!("rmst{}", km.at[row]);
        let mean = km.restricted_means.get(&name).copied().flatten();
        vec![
            trimmed(km.at[row]),
            shown(km.survival[row]),
            shown(km.lower[row]),
            shown(km.upper[row]),
            km.at_risk[row].to_string(),
            mean.map_or("–".to_owned(), |mean| fixed(mean, 2)),
        ]
    });
    let times = |name: &str, [value, lower, upper]: [Option<f64>; 3]| {
        let [value, lower, upper] = [value, lower, upper].map(reached);
        format!("{name} {value} ({lower} to {upper})")
    };
    Grid {
        header: vec!["Time", "Survival, %", "Lower", "Upper", "At risk", "Restricted mean"],
        rows: rows.collect(),
        notes: vec![
            format!("{} patients, {} events", km.patients, km.events),
            times("Median time", [km.median, km.median_lower, km.median_upper]),
            times(
                "Median follow-up (reverse Kaplan-Meier)",
                [km.median_follow_up, km.median_follow_up_lower, km.median_follow_up_upper],
            ),
        ],
    }
}

/// Returns a time, or that it is not reached.
pub fn reached(time: Option<f64>) -> String {
    time.map_or("not reached".to_owned(), |time| fixed(time, 2))
}

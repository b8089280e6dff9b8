//! `forestable survival joint`.

use forestable::diag::Diagnostic;
use forestable::report::format::{fixed, p_value, percent, trimmed};
use forestable::source::Numbers;
use forestable::survival::{
    BandPoint, GroupTest, JointFit, JointRow, JointSpec, Likelihood, Random, TimeQuantity, Trend, joint,
};
use serde::Serialize;

use super::Common;
use super::answer::{Answer, Grid};
use super::input::{Input, finding};
use super::km::reached;

/// Arguments of `survival joint`.
#[derive(Debug, clap::Args)]
pub struct JointArgs {
    #[command(flatten)]
    pub common: Common,
    /// The pooled curve: log-time (a line in log time), landmarks (a level at each time).
    #[arg(long, default_value_t = Trend::LogTime)]
    trend: Trend,
    /// How series differ: random-intercept, random-intercept-and-slope, compound-symmetry.
    #[arg(long, default_value_t = Random::Intercept)]
    random: Random,
    /// The likelihood: REML, ML.
    #[arg(long, default_value_t = Likelihood::Reml)]
    likelihood: Likelihood,
    /// The times of the pooled curve, all that are observed if not given; landmarks are pooled from these times alone.
    #[arg(long, value_delimiter = ',', value_parser = super::time)]
    at: Vec<f64>,
    /// Let the series differ by a shift between the values of this column, and test it.
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Joint {
    beta: Vec<f64>,
    names: Vec<String>,
    se: Vec<f64>,
    sigma2: f64,
    tau2: Variances,
    rho: f64,
    log_likelihood: f64,
    series: usize,
    curve: Vec<Point>,
    groups: Vec<Group>,
    group_test: Option<GroupTest>,
}

/// One variance, or one each of intercept and slope.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Variances {
    One(f64),
    Each(Vec<f64>),
}

/// The curve at one time; the group is named where there are several.
#[derive(Debug, Serialize)]
struct Point {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(flatten)]
    band: BandPoint,
}

/// What is said of a group, or of all series.
#[derive(Debug, Serialize)]
struct Group {
    group: Option<String>,
    median: Option<TimeQuantity>,
    /// Mean time up to the last time observed.
    restricted_mean: Option<TimeQuantity>,
}

/// Pools the times.
pub fn answer(table: &Numbers, args: &JointArgs) -> Result<Answer<Joint>, Vec<Diagnostic>> {
    let mut input = Input::new(table);
    let (series, _) = input.labels("study");
    let [time, survival, se] = ["time", "survival", "se"].map(|name| input.numbers(name));
    let (group, groups) = match &args.group {
        Some(column) => input.labels(column),
        None => (vec![0; series.len()], Vec::new()),
    };
    let rows: Vec<(usize, JointRow)> = input.sound(
        series
            .iter()
            .zip(&group)
            .zip(time.iter().zip(&survival).zip(&se))
            .map(|((&series, &group), ((&time, &survival), &se))| JointRow { series, group, time, survival, se })
            .enumerate()
            .filter(|(_, row)| args.trend == Trend::LogTime || args.at.is_empty() || args.at.contains(&row.time))
            .collect(),
    )?;
    let spec =
        JointSpec { trend: args.trend, random: args.random, likelihood: args.likelihood, level: args.common.level };
    let kept: Vec<JointRow> = rows.iter().map(|(_, row)| *row).collect();
    // Rows of other times were left out: a fault's row is counted in the file again.
    let fit = joint(&kept, &spec)
        .map_err(|error| finding(table, &error.at_row(|index| rows.get(index).map_or(index, |(row, _)| *row))))?;
    let object = object(&fit, args, &groups);
    Ok(Answer { grid: grid(&object), object })
}

fn object(fit: &JointFit, args: &JointArgs, names: &[&str]) -> Joint {
    let name = |group: usize| names.get(group).map(|name| (*name).to_owned());
    let times = if args.at.is_empty() { &fit.times } else { &args.at };
    let last = fit.times.last().copied().unwrap_or_default();
    let groups = || 0..fit.groups();
    Joint {
        beta: fit.beta.clone(),
        names: fit.names.clone(),
        se: fit.se.clone(),
        sigma2: fit.sigma2,
        tau2: match fit.tau2[..] {
            [one] => Variances::One(one),
            _ => Variances::Each(fit.tau2.clone()),
        },
        rho: fit.rho,
        log_likelihood: fit.log_likelihood,
        series: fit.series,
        curve: groups()
            .flat_map(|group| times.iter().map(move |time| (group, *time)))
            .filter_map(|(group, time)| Some(Point { group: name(group), band: fit.at(time, group)? }))
            .collect(),
        groups: groups()
            .map(|group| Group {
                group: name(group),
                median: fit.median(group),
                restricted_mean: fit.restricted_mean(last, group),
            })
            .collect(),
        group_test: fit.group_test(),
    }
}

fn grid(joint: &Joint) -> Grid {
    let shown = |value: Option<f64>| value.map_or("–".to_owned(), |value| percent(value, 1));
    let rows = joint.curve.iter().map(|Point { group, band }| {
        let figures = [
            trimmed(band.time),
            percent(band.survival, 1),
            percent(band.lower, 1),
            percent(band.upper, 1),
            shown(band.prediction_lower),
            shown(band.prediction_upper),
        ];
        group.clone().into_iter().chain(figures).collect()
    });
    let mut notes = vec![format!("{} series, log-likelihood {}", joint.series, fixed(joint.log_likelihood, 3))];
    for Group { group, median, restricted_mean } in &joint.groups {
        let prefix = group.as_ref().map_or(String::new(), |group| format!("{group}: "));
        let time = |name: &str, quantity: &Option<TimeQuantity>| match quantity {
            Some(TimeQuantity { value, lower, upper }) => {
                format!("{prefix}{name} {} ({} to {})", fixed(*value, 2), fixed(*lower, 2), reached(*upper))
            }
            None => format!("{prefix}{name} not reached within the times observed"),
        };
        notes.push(time("Median time", median));
        if restricted_mean.is_some() {
            notes.push(time("Mean time up to the last time observed", restricted_mean));
        }
    }
    notes.extend(joint.group_test.map(|GroupTest { statistic, df, p_value: p }| {
        format!("Between groups: χ² {} on {df} degrees of freedom, {}", fixed(statistic, 2), p_value(p))
    }));
    let grouped = joint.groups.iter().any(|group| group.group.is_some());
    let header = ["Time", "Survival, %", "Lower", "Upper", "Prediction", "to"];
    Grid { header: grouped.then_some("Group").into_iter().chain(header).collect(), rows: rows.collect(), notes }
}

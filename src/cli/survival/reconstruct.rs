//! `forestable survival reconstruct`.

use std::path::PathBuf;

use forestable::diag::{Diagnostic, codes};
use forestable::report::format::percent;
use forestable::source::{Numbers, replace_file};
use forestable::survival::{
    AtRisk, Censoring, CurvePoint, Exit, KaplanMeier, Reconstruction, SurvivalError, reconstruct,
};
use serde::Serialize;

use super::super::args::Args;
use super::super::{Failure, Status};
use super::Common;
use super::answer::{self, Answer, Grid};
use super::input::{Input, finding};
use super::km::reached;

/// Arguments of `survival reconstruct`.
#[derive(Debug, clap::Args)]
pub struct ReconstructArgs {
    #[command(flatten)]
    pub common: Common,
    /// Numbers at risk as TIME:NUMBER, the first at time 0 (all patients).
    #[arg(long, required = true, value_delimiter = ',', value_parser = at_risk)]
    at_risk: Vec<AtRisk>,
    /// The total of events, where it is printed.
    #[arg(long)]
    events: Option<u64>,
    /// Write the patients (time,event) into this file.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Reconstructed {
    patients: usize,
    events: u64,
    censoring: Censoring,
    max_distance: f64,
    rms_distance: f64,
    at_risk_distance: u64,
    median: Option<f64>,
    median_follow_up: Option<f64>,
    time: Vec<f64>,
    event: Vec<u8>,
}

/// Reads `12:33`.
fn at_risk(text: &str) -> Result<AtRisk, String> {
    let read = |text: &str| {
        let (time, number) = text.split_once(':')?;
        let time = time.trim().parse::<f64>().ok().filter(|time| *time >= 0.0 && time.is_finite())?;
        Some(AtRisk { time, at_risk: number.trim().parse().ok()? })
    };
    read(text).ok_or_else(|| "expected TIME:NUMBER, such as 12:33".to_owned())
}

/// Reconstructs the patients, prints how well, and writes them down.
pub fn run(program: &Args, args: &ReconstructArgs) -> Result<Status, Failure> {
    check(&args.at_risk)?;
    let mut patients = String::new();
    let status = answer::give(program, &args.common, |table| {
        let answer = compute(table, args)?;
        patients = csv(&answer.object);
        Ok(answer)
    })?;
    if let (Status::Clean, Some(out)) = (status, &args.out) {
        replace_file(&program.directory.join(out), &patients)?;
    }
    Ok(status)
}

/// Refuses numbers at risk that are typed in the wrong order.
fn check(rows: &[AtRisk]) -> Result<(), Failure> {
    if rows.first().is_none_or(|first| first.time != 0.0 || first.at_risk == 0) {
        return Err("the first number at risk must be all patients, at time 0, such as `--at-risk 0:44`".into());
    }
    for pair in rows.windows(2) {
        if let [before, here] = pair
            && (here.time <= before.time || here.at_risk > before.at_risk)
        {
            let rows = [before, here].map(|row| format!("{}:{}", row.time, row.at_risk));
            return Err(format!("`{}` after `{}`: times grow and numbers at risk don't", rows[1], rows[0]).into());
        }
    }
    Ok(())
}

fn compute(table: &Numbers, args: &ReconstructArgs) -> Result<Answer<Reconstructed>, Vec<Diagnostic>> {
    let mut input = Input::new(table);
    let (times, survivals) = (input.numbers("time"), input.numbers("survival"));
    let curve = times.into_iter().zip(survivals).map(|(time, survival)| CurvePoint { time, survival });
    let curve: Vec<CurvePoint> = input.sound(curve.collect())?;
    let found = reconstruct(&curve, &args.at_risk, args.events).map_err(|error| match error {
        // The numbers at risk stand on the command line, not in a row.
        SurvivalError::Figure { name: "at_risk", .. } | SurvivalError::Order { name: "at_risk", .. } => {
            vec![Diagnostic::new(codes::NO_FIT, table.place(), error.to_string())]
        }
        error => finding(table, &error),
    })?;
    let median = |curve: Result<KaplanMeier, SurvivalError>| {
        curve.map(|curve| curve.median()).map_err(|error| finding(table, &error))
    };
    let object = Reconstructed {
        patients: found.subjects.len(),
        events: found.events,
        censoring: found.censoring,
        max_distance: found.max_distance,
        rms_distance: found.rms_distance,
        at_risk_distance: found.at_risk_distance,
        median: median(KaplanMeier::new(&found.subjects))?,
        median_follow_up: median(KaplanMeier::of_follow_up(&found.subjects))?,
        time: found.subjects.iter().map(|subject| subject.time).collect(),
        event: found.subjects.iter().map(|subject| u8::from(subject.exit == Exit::Event)).collect(),
    };
    Ok(Answer { grid: grid(&found, &object), object })
}

fn grid(found: &Reconstruction, object: &Reconstructed) -> Grid {
    let censoring = match found.censoring {
        Censoring::FromTotalEvents => "set by the total of events",
        Censoring::AsBefore => "taken as before the last number at risk",
        Censoring::Unknown => "unknown: nobody is censored before the curve ends, so standard errors are too small",
    };
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    Grid {
        header: vec!["Reconstructed", ""],
        rows: vec![
            row("Patients", object.patients.to_string()),
            row("Events", object.events.to_string()),
            row("Largest distance of the curves, percentage points", percent(found.max_distance, 2)),
            row("Root mean square distance, percentage points", percent(found.rms_distance, 2)),
            row("Largest distance from a printed number at risk", found.at_risk_distance.to_string()),
            row("Median time", reached(object.median)),
            row("Median follow-up (reverse Kaplan-Meier)", reached(object.median_follow_up)),
        ],
        notes: vec![format!("Censoring after the last number at risk: {censoring}")],
    }
}

fn csv(object: &Reconstructed) -> String {
    let rows = object.time.iter().zip(&object.event).map(|(time, event)| format!("{time},{event}\n"));
    std::iter::once("time,event\n".to_owned()).chain(rows).collect()
}

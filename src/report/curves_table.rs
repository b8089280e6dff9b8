//! What was read from digitised curves, and how well the patients reconstructed from each give it back.

use super::format;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::effect::Scale;
use crate::evidence::{Evidence, Level, Months};
use crate::review::{Candidate, DigitisedCurve, Findings, TableStyle};
use crate::survival::Censoring;

const COLUMNS: [(&str, &str, Align); 10] = [
    ("study", "Series", Align::Left),
    ("outcome", "Outcome", Align::Left),
    ("patients", "Patients", Align::Right),
    ("events", "Events", Align::Right),
    ("at-risk", "Numbers at risk", Align::Right),
    ("median", "Median, months (95% CI)", Align::Decimal),
    ("mean", "Mean, months (SE)", Align::Decimal),
    ("follow-up", "Median follow-up, months", Align::Decimal),
    ("largest", "Largest distance, pp", Align::Decimal),
    ("rms", "RMS distance, pp", Align::Decimal),
];

const METHOD: &str = "Patients reconstructed after Guyot et al. (2012). Numbers at risk: how many are printed under the curve, that of \
    the start included. Mean: restricted to the last time at which the review pools the outcome and somebody was observed. Median \
    follow-up by reverse Kaplan-Meier. Distances between the reconstructed curve and the points read off: pp, percentage points; RMS, \
    root mean square.";
const UNKNOWN: &str = "Where neither a second number at risk nor the total of events is printed, nobody is known to be censored: the \
    curve gives its rates, and the precision comes from the next rung of the ladder.";

/// Returns a row for each digitised curve.
#[must_use]
pub fn curves_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let rows = findings.curves.iter().filter_map(|curve| row(evidence, findings, curve, style)).collect();
    let unknown = findings.curves.iter().any(|curve| curve.reconstruction.censoring == Censoring::Unknown);
    let columns = COLUMNS.map(|(id, header, align)| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align,
    });
    Table {
        columns: columns.into(),
        rows,
        notes: std::iter::once(format!("{METHOD} {}, not reached; {}, not known.", style.not_reached, style.nothing))
            .chain(unknown.then(|| UNKNOWN.to_owned()))
            .collect(),
        ..Table::default()
    }
}

fn row(evidence: &Evidence, findings: &Findings, read: &DigitisedCurve, style: &TableStyle) -> Option<Row> {
    let Candidate { study, cohort, result, .. } = Candidate::find(evidence, &read.key)?;
    let outcome = evidence.protocol.outcome(&result.outcome)?;
    let known = read.reconstruction.censoring != Censoring::Unknown;
    let months = |time: Option<f64>| time.map_or_else(|| style.not_reached.clone(), |time| format::fixed(time, 1));
    let median = match known {
        true => {
            let [lower, upper] = read.curve.median_interval(Scale::Cloglog, Level::NINETY_FIVE);
            format!("{} ({}–{})", months(read.curve.median()), months(lower), months(upper))
        }
        false => months(read.curve.median()),
    };
    let mut times: Vec<Months> = findings
        .analyses
        .iter()
        .filter(|found| found.analysis.outcome == result.outcome)
        .filter_map(|found| found.analysis.at)
        .collect();
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mean = times.iter().find_map(|at| Some((at, read.curve.restricted_mean(at.0)?))).map(|(at, mean)| {
        let error = if known { format!(" ({})", format::fixed(mean.se, 1)) } else { String::new() };
        format!("{}{error} to {}", format::fixed(mean.value, 1), format::time(*at))
    });
    let texts = [
        wording::series(&evidence.protocol, study, cohort),
        outcome.short.clone(),
        format::whole(read.reconstruction.subjects.len() as u64),
        format::whole(read.reconstruction.events),
        read.at_risk.to_string(),
        median,
        style.or_nothing(mean),
        style.or_nothing(known.then(|| months(read.follow_up.median()))),
        format::percent(read.reconstruction.max_distance, 2),
        format::percent(read.reconstruction.rms_distance, 2),
    ];
    Some(Row { kind: RowKind::Entry, key: Some(study.id.clone()), cells: texts.map(Cell::text).into() })
}

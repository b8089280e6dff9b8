//! Median times and hazard ratios: as printed, and pooled where their precision is known.

use super::format;
use super::result_cell::median_figure;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::effect::LogPrecision;
use crate::evidence::{Comparison, Contrast, Evidence};
use crate::model::Fit;
use crate::num;
use crate::review::{Candidate, Findings, LogPool, LogSeries, ResultKey, TableStyle};

/// Beyond this a pooled figure says only that it has no bound.
const LARGEST: f64 = 999.0;

const COLUMNS: [(&str, &str, Align); 4] = [
    ("study", "Series", Align::Left),
    ("cohort", "Cohorts", Align::Left),
    ("printed", "As printed", Align::Decimal),
    ("precision", "Precision from", Align::Left),
];

/// Returns the median times of every outcome.
#[must_use]
pub fn medians_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    for pool in &findings.medians {
        rows.push(heading(evidence, pool));
        for series in &pool.series {
            let (key, median) = &series.published;
            rows.push(series_row(evidence, series, cohort_of(evidence, key), median_figure(median, style)));
        }
        rows.extend(pooled_row(pool, " months"));
    }
    table(rows, style)
}

/// Returns the hazard ratios of every outcome.
#[must_use]
pub fn hazard_ratios_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    for pool in &findings.hazard_ratios {
        rows.push(heading(evidence, pool));
        for series in &pool.series {
            rows.push(series_row(evidence, series, arms(evidence, series), contrast(&series.published)));
        }
        rows.extend(pooled_row(pool, ""));
    }
    table(rows, style)
}

fn heading<S>(evidence: &Evidence, pool: &LogPool<S>) -> Row {
    let name = evidence.protocol.outcome(&pool.outcome).map_or(pool.outcome.as_str(), |outcome| outcome.name.as_str());
    Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(name)] }
}

fn series_row<S>(evidence: &Evidence, series: &LogSeries<S>, cohort: String, printed: String) -> Row {
    let precision = match (series.effect.map(|(_, how)| how), &series.gave_way) {
        (Some(LogPrecision::Interval), _) => "the printed interval".to_owned(),
        (Some(LogPrecision::LowerHalf), _) => "the lower half of the interval: the upper end is not reached".to_owned(),
        (Some(LogPrecision::PValue), _) => "the printed P value".to_owned(),
        (None, Some(to)) => format!("not pooled: {}", wording::gave_way(evidence, to)),
        (None, None) => "nothing printed: not pooled".to_owned(),
    };
    let texts = [wording::study_name(evidence, &series.study), cohort, printed, precision];
    Row { kind: RowKind::Entry, key: Some(series.study.clone()), cells: texts.map(Cell::text).into() }
}

/// Returns the pooled row; where fewer than two series have a precision there is none to show.
fn pooled_row<S>(pool: &LogPool<S>, unit: &str) -> Option<Row> {
    let words = match pool.fit.as_ref()? {
        Ok(fit) => format!("{}, k = {}", pooled_words(fit, unit), fit.k),
        Err(error) => format!("no estimate: {error}"),
    };
    let texts =
        ["Pooled".to_owned(), String::new(), words, format!("on the log scale, {} interval", pool.spec.interval)];
    Some(Row { kind: RowKind::Pooled, key: None, cells: texts.map(Cell::text).into() })
}

/// Returns the printed name of a result's cohort.
pub(super) fn cohort_of(evidence: &Evidence, key: &ResultKey) -> String {
    let found = Candidate::find(evidence, key);
    found.map_or_else(|| key.cohort.clone(), |found| wording::cohort(&evidence.protocol, found.cohort).to_owned())
}

/// Returns the printed names of the two arms of a comparison.
pub(super) fn arms(evidence: &Evidence, series: &LogSeries<Comparison>) -> String {
    let study = evidence.study(&series.study);
    let name = |id: &str| {
        let cohort = study.and_then(|study| study.cohort(id));
        cohort.map_or_else(|| id.to_owned(), |cohort| wording::cohort(&evidence.protocol, cohort).to_owned())
    };
    let arms = &series.published.arms;
    format!("{} against {}", name(&arms.experimental), name(&arms.control))
}

/// Returns a ratio or a time with two decimals, or what says only that it is without bound.
pub(super) fn ratio(value: f64) -> String {
    if value > LARGEST { format!(">{LARGEST}") } else { format::fixed(value, 2) }
}

/// Returns a pooled logarithm carried back: `14.0 months (6.1–32.0)`.
pub(super) fn pooled_words(fit: &Fit, unit: &str) -> String {
    let back = |y: f64| match num::exp(y) {
        value if unit.is_empty() || value > LARGEST => ratio(value),
        value if value < 0.05 => "<0.1".to_owned(),
        value => format::fixed(value, 1),
    };
    format!("{}{unit} ({} to {})", back(fit.estimate), back(fit.ci_lower), back(fit.ci_upper))
}

fn contrast(comparison: &Comparison) -> String {
    match comparison.contrast {
        Contrast::HazardRatio { ratio, ci, p } => {
            let mut words = format::fixed(ratio, 2);
            if let Some((lower, upper, level)) = ci {
                let level =
                    if level.0 == 0.95 { String::new() } else { format!("{}% CI ", format::percent(level.0, 0)) };
                words.push_str(&format!(" ({level}{}–{})", format::fixed(lower, 2), format::fixed(upper, 2)));
            }
            if let Some(p) = p {
                words.push_str(&format!(", P = {p}"));
            }
            words
        }
        Contrast::Counts { events, of } => format!("{}/{} against {}/{}", events.0, of.0, events.1, of.1),
    }
}

fn table(rows: Vec<Row>, style: &TableStyle) -> Table {
    let columns = COLUMNS.map(|(id, header, align)| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align,
    });
    let note = format!(
        "{}, not reached. A figure is pooled where its precision is printed, on the log scale; one series is shown and \
         not pooled.",
        style.not_reached
    );
    Table { columns: columns.into(), rows, notes: vec![note], ..Table::default() }
}

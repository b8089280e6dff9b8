//! The table of a living review: how far the next series could move each pool, and whether the signal to stop is given.

use super::audit_tables::{entry_row, table};
use super::format::{self, fixed};
use super::table::{Align, Table};
use super::wording;
use crate::evidence::{Evidence, Points};
use crate::review::{
    AnalysisFindings, Findings, LivingPlan, NextSeries, Position, Scenario, Signal, StopRule, TableStyle,
};

/// Returns what a new series would do to each pool at the ends of its prediction interval and at its pooled value.
#[must_use]
pub fn next_series_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let Some(living) = &findings.living else { return Table::default() };
    let asked = findings.analyses.iter().flat_map(|found| found.next.iter().map(move |next| (found, next)));
    let rows =
        asked.map(|(found, next)| entry_row(Some(&found.analysis.id), row(evidence, found, next, living, style)));
    let mut columns = vec![
        ("pool", "Pool", Align::Left),
        ("k", "k", Align::Right),
        ("pooled", "Now % (CI)", Align::Decimal),
        ("lower", "New series at the lower end", Align::Left),
        ("same", "At the pooled value", Align::Left),
        ("upper", "At the upper end", Align::Left),
    ];
    columns.extend(living.stop.is_some().then_some(("signal", "Signal to stop", Align::Left)));
    let mut table = table(&columns, rows.collect(), notes(living, style));
    if living.stop.is_none() {
        table.rows.iter_mut().for_each(|row| row.cells.truncate(columns.len()));
    }
    table
}

fn notes(living: &LivingPlan, style: &TableStyle) -> Vec<String> {
    let mut notes = vec![
        format!(
            "A new series of {} patients (or lesions) is added at the lower end of the prediction interval, at the pooled value and at \
             the upper end, and the pool is fitted again by its own methods. Each cell has where it lies with its standard error in \
             percentage points; then by how many points the pooled value moves; then by how many its interval becomes wider (+) or \
             narrower (−). {}, there is no prediction interval below three series.",
            format::whole(living.new_series),
            style.nothing
        ),
        "The standard error is that of the ladder of precision: from the number of patients and the median of the median follow-ups \
         of the pool’s series, from the number alone where none says it, and of a count from the count itself."
            .to_owned(),
    ];
    notes.push(match &living.stop {
        Some(rule) => stop_words(rule),
        None => "No signal to stop is declared, and none is built in.".to_owned(),
    });
    notes
}

/// Returns the declared signal in words.
fn stop_words(rule: &StopRule) -> String {
    let limit =
        |limit: Option<Points>, words: &str| limit.map(|Points(limit)| format!("{words} {}", format::points(limit)));
    let limits = [
        limit(
            rule.shift_below,
            "wherever in the prediction interval it lies, a new series moves the pooled value by less than",
        ),
        limit(rule.narrowing_below, "it narrows the interval by less than"),
        limit(rule.width_below, "the interval is narrower than"),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    let reason = rule.reason.as_ref().map(|reason| format!(" Reason: {}.", reason.trim_end_matches('.')));
    format!("The declared signal to stop: {}.{}", wording::listed(&limits), reason.unwrap_or_default())
}

fn row(
    evidence: &Evidence,
    found: &AnalysisFindings,
    next: &NextSeries,
    living: &LivingPlan,
    style: &TableStyle,
) -> [String; 7] {
    let title = wording::analysis_title(&evidence.protocol, &found.analysis);
    let group = next.group.as_ref().map(|group| wording::group(&evidence.protocol, group));
    let pool = group.map_or(title.clone(), |group| format!("{title}, {group}"));
    let now = next.now.map(|now| {
        let interval = style.percent_range(now.lower, now.upper);
        format!("{} ({interval})", format::percent(now.estimate, style.digits))
    });
    let at = |position: Position| {
        let scenario = next.scenarios.iter().find(|scenario| scenario.position == position);
        style.or_nothing(scenario.map(scenario_words))
    };
    [
        pool,
        next.k.to_string(),
        style.or_nothing(now),
        at(Position::Lower),
        at(Position::Pooled),
        at(Position::Upper),
        signal(next, living),
    ]
}

/// Returns `46.8% (SE 8.3): −2.4; interval −1.0`.
fn scenario_words(scenario: &Scenario) -> String {
    let at = format!("{}% (SE {})", format::percent(scenario.proportion, 1), fixed(100.0 * scenario.se, 1));
    match (scenario.shift, scenario.widening) {
        (Some(shift), Some(widening)) => {
            format!("{at}: {}; interval {}", format::signed_points(shift), format::signed_points(widening))
        }
        _ => format!("{at}: the model has no answer"),
    }
}

fn signal(next: &NextSeries, living: &LivingPlan) -> String {
    let Some(now) = next.now else {
        return match next.k {
            0 => "no series".to_owned(),
            1 => "one series: there is no pool to move".to_owned(),
            _ => "the pool has no answer".to_owned(),
        };
    };
    match next.signal {
        Some(signal) if signal.is_given() => format!("given ({})", limits(&signal)),
        Some(signal) => format!("not given ({})", limits(&signal)),
        None if living.stop.is_none() => String::new(),
        None if now.prediction.is_none() => "cannot be judged: no prediction interval".to_owned(),
        None => "cannot be judged: the model has no answer".to_owned(),
    }
}

/// Returns what the limits are held against: `moves by up to 2.4, width 19.7`.
fn limits(signal: &Signal) -> String {
    let words = |judged: Option<(f64, bool)>, words: &str| {
        judged.map(|(value, _)| format!("{words} {}", format::percent(value, 1)))
    };
    let all = [
        words(signal.shift, "moves by up to"),
        words(signal.narrowing, "narrows by up to"),
        words(signal.width, "width"),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

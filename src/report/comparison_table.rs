//! Retrospective against prospective: each pooled, their difference, and the test between them.

use super::format;
use super::series_table::pool_words;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::Evidence;
use crate::review::{AnalysisFindings, Findings, Group, Groups, TablePlan};

/// Returns the comparison of retrospective and prospective series, outcome by outcome, time by time.
#[must_use]
pub fn comparison_table(evidence: &Evidence, findings: &Findings, plan: &TablePlan) -> Table {
    let mut rows = Vec::new();
    for id in &plan.outcomes {
        let Some(outcome) = evidence.protocol.outcome(id) else { continue };
        let shown: Vec<(&AnalysisFindings, &Groups)> = findings
            .analyses
            .iter()
            .filter(|found| found.analysis.outcome == *id && wanted(found, plan))
            .filter_map(|found| Some((found, found.groups.as_ref()?)))
            .collect();
        if shown.is_empty() {
            continue;
        }
        rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(outcome.name.clone())] });
        for (found, groups) in shown {
            let mut cells = vec![
                Cell::text(found.analysis.at.map(format::time).unwrap_or_default()),
                Cell::text(wording::cohort_preference(&evidence.protocol, &found.analysis.cohort)),
            ];
            cells.extend(groups.groups.iter().flat_map(group_cells));
            cells.push(Cell::text(difference(groups)));
            cells.push(Cell::text(test(groups)));
            rows.push(Row { kind: RowKind::Entry, key: Some(found.analysis.id.clone()), cells });
        }
    }
    Table {
        id: plan.id.clone(),
        caption: plan.title.clone(),
        columns: columns(findings),
        rows,
        footnotes: Vec::new(),
        notes: vec![
            "k, number of series; n, patients (or lesions, where they are the unit); CI, confidence interval; pp, percentage \
             points; –, does not exist: a prediction interval needs three series, a difference series on both sides, a test \
             three series in all."
                .to_owned(),
            "Where a group has one series, its own figure and interval stand in place of a pool.".to_owned(),
            "The difference is retrospective minus prospective, with an interval from the intervals of both (MOVER). The \
             test is of equal proportions in both groups: F with Hartung-Knapp intervals, χ² with others; degrees of freedom \
             in brackets."
                .to_owned(),
        ],
    }
}

fn wanted(found: &AnalysisFindings, plan: &TablePlan) -> bool {
    plan.at.is_empty() || found.analysis.at.is_some_and(|at| plan.at.iter().any(|wanted| (wanted.0 - at.0).abs() < 0.5))
}

fn columns(findings: &Findings) -> Vec<Column> {
    let level = wording::level_of(findings);
    let of_group = [
        ("k", "k".to_owned(), Align::Right),
        ("n", "n".to_owned(), Align::Right),
        ("pooled", format!("Pooled % ({level}CI)"), Align::Decimal),
        ("prediction", wording::upper_first(&format!("{level}prediction interval")), Align::Decimal),
    ];
    let plain = |id: &str, header: &str, align: Align| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align,
    };
    let mut columns = vec![plain("time", "Time", Align::Left), plain("cohorts", "Cohorts", Align::Left)];
    for group in ["Retrospective", "Prospective"] {
        columns.extend(of_group.iter().map(|(id, header, align)| Column {
            id: format!("{}-{id}", group.to_lowercase()),
            header: header.clone(),
            spanner: Some(group.to_owned()),
            align: *align,
        }));
    }
    columns.push(plain("difference", &format!("Difference, pp ({level}CI)"), Align::Decimal));
    columns.push(plain("test", "Test between groups", Align::Left));
    columns
}

fn group_cells(group: &Group) -> [Cell; 4] {
    let prediction = group.pool.estimated().and_then(|natural| natural.prediction);
    let pooled = if group.k == 0 { DASH.to_owned() } else { pool_words(&group.pool) };
    let n = if group.k == 0 { DASH.to_owned() } else { group.n.map_or_else(|| "NR".to_owned(), format::whole) };
    [
        Cell::text(format::whole(group.k as u64)),
        Cell::text(n),
        Cell::text(pooled),
        Cell::text(prediction.map_or_else(|| DASH.to_owned(), |(lower, upper)| format::percent_range(lower, upper))),
    ]
}

const DASH: &str = "–";

/// Returns the difference in percentage points, or a dash where a group is empty.
#[must_use]
pub fn difference(groups: &Groups) -> String {
    groups.difference.map_or_else(
        || DASH.to_owned(),
        |difference| format::points(difference.estimate, difference.lower, difference.upper),
    )
}

/// Returns the P value of the test between the groups.
#[must_use]
pub fn p_between(groups: &Groups) -> Option<f64> {
    let test = groups.test.as_ref().and_then(|subgroups| subgroups.test)?;
    Some(test.f.map_or(test.q_between_p, |f| f.f_p))
}

/// Returns the difference in words: `−3.6 percentage points (95% CI −20.5 to 7.2)`; `None` where a group is empty.
#[must_use]
pub fn difference_words(groups: &Groups, level: &str) -> Option<String> {
    groups.difference.map(|difference| {
        let [estimate, lower, upper] =
            [difference.estimate, difference.lower, difference.upper].map(|value| format::percent(value, 1));
        format!("{estimate} percentage points ({level} CI {lower} to {upper})")
    })
}

/// Returns the test between the groups: F with the Hartung-Knapp interval, χ² otherwise; a dash where there is none.
#[must_use]
pub fn test(groups: &Groups) -> String {
    let Some(test) = groups.test.as_ref().and_then(|subgroups| subgroups.test) else { return DASH.to_owned() };
    let (name, value, p) = match test.f {
        Some(f) => (format!("F({}, {})", format::trimmed(f.f_df1), format::trimmed(f.f_df2)), f.f_between, f.f_p),
        None => (format!("χ²({})", format::trimmed(test.q_between_df)), test.q_between, test.q_between_p),
    };
    format!("{name} = {}, {}", format::fixed(value, 2), format::p_value(p))
}

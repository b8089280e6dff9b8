//! Toxicity as counted: every grade, phase and kind of event that a paper prints.

use super::footnotes::Footnotes;
use super::lines::When;
use super::result_cell::{Position, count_figure};
use super::series_table::{pool_words, studies};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Cohort, Count, Evidence, Outcome, Published, Study};
use crate::review::{Findings, TablePlan, TableStyle};

const COLUMNS: [(&str, &str, Align); 6] = [
    ("author", "Author", Align::Left),
    ("cohort", "Cohort", Align::Left),
    ("grade", "Grade", Align::Left),
    ("event", "Event", Align::Left),
    ("phase", "Phase", Align::Left),
    ("count", "Events/n (%)", Align::Left),
];

/// Returns the table of toxicity counts, with the pooled row of each outcome.
#[must_use]
pub fn toxicity_table(evidence: &Evidence, findings: &Findings, plan: &TablePlan) -> Table {
    let mut footnotes = Footnotes::default();
    let mut rows = Vec::new();
    let style = &plan.style;
    let outcomes: Vec<&Outcome> = plan.outcomes.iter().filter_map(|id| evidence.protocol.outcome(id)).collect();
    for study in studies(evidence, plan) {
        let mut kind = RowKind::Entry;
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                let Published::Count(count) = &result.published else { continue };
                let Some(outcome) = outcomes.iter().find(|outcome| outcome.id == result.outcome) else { continue };
                let position = Position { findings, study, cohort, outcome, when: When::NotStated, style };
                let [value, _] = position.cells(&[index], &mut footnotes);
                rows.push(Row {
                    kind,
                    key: Some(study.id.clone()),
                    cells: cells(
                        evidence,
                        (study, cohort),
                        count,
                        Cell { text: count_figure(count, style), ..value },
                        (kind, style),
                    ),
                });
                kind = RowKind::Continuation;
            }
        }
    }
    for outcome in outcomes {
        for found in findings.analyses.iter().filter(|found| found.analysis.outcome == outcome.id) {
            let mut cells = vec![Cell::text("Pooled"), Cell::default()];
            cells.push(Cell::text(outcome.name.clone()));
            cells.extend([Cell::default(), Cell::default()]);
            let pooled = pool_words(&found.pool, style).replace('(', &format!("({}CI ", wording::level_of(findings)));
            cells.push(Cell::text(format!("{pooled}, k = {}", found.entries.len())));
            rows.push(Row { kind: RowKind::Pooled, key: Some(found.analysis.id.clone()), cells });
        }
    }
    let columns = COLUMNS.map(|(id, header, align)| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align,
    });
    Table {
        columns: columns.into(),
        rows,
        footnotes: footnotes.into_vec(),
        notes: vec![
            format!(
                "n, patients; k, number of series; CI, confidence interval; {}, not reported; {}, nothing printed.",
                style.not_reported, style.nothing
            ),
            "Counts of single kinds of event are shown and never pooled as counts of any toxicity.".to_owned(),
        ],
        ..Table::default()
    }
}

fn cells(
    evidence: &Evidence,
    (study, cohort): (&Study, &Cohort),
    count: &Count,
    value: Cell,
    (kind, style): (RowKind, &TableStyle),
) -> Vec<Cell> {
    let author = if kind == RowKind::Entry { study.label_year() } else { String::new() };
    vec![
        Cell::text(author),
        Cell::text(wording::cohort(&evidence.protocol, cohort)),
        Cell::text(style.or_nothing(count.grade.map(wording::grade))),
        Cell::text(count.event.clone().unwrap_or_else(|| "any".to_owned())),
        Cell::text(count.phase.map(wording::phase).unwrap_or_default()),
        value,
    ]
}

//! Toxicity as counted: every grade, phase and kind of event that a paper prints.

use super::footnotes::Footnotes;
use super::format;
use super::lines::When;
use super::result_cell::{Position, count_figure};
use super::series_table::pool_words;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Absence, Cohort, Count, Evidence, Outcome, Published, Study};
use crate::review::{Findings, TablePlan};

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
    let mut studies: Vec<&Study> = evidence.studies.iter().collect();
    studies.retain(|study| plan.timing.is_none_or(|timing| timing == study.design.timing));
    studies.sort_by(|a, b| (a.reference.year, &a.id).cmp(&(b.reference.year, &b.id)));
    let outcomes: Vec<&Outcome> = plan.outcomes.iter().filter_map(|id| evidence.protocol.outcome(id)).collect();
    for study in studies {
        let mut kind = RowKind::Entry;
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                let Published::Count(count) = &result.published else { continue };
                let Some(outcome) = outcomes.iter().find(|outcome| outcome.id == result.outcome) else { continue };
                let position = Position { findings, study, cohort, outcome, when: When::NotStated };
                let [value, _] = position.cells(&[index], &mut footnotes);
                rows.push(Row {
                    kind,
                    key: Some(study.id.clone()),
                    cells: cells(evidence, study, cohort, count, value, kind),
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
            let pooled = pool_words(&found.pool).replace('(', &format!("({}CI ", wording::level_of(findings)));
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
        id: plan.id.clone(),
        caption: plan.title.clone(),
        columns: columns.into(),
        rows,
        footnotes: footnotes.into_vec(),
        notes: vec![
            format!(
                "n, patients; k, number of series; CI, confidence interval; {}, {}; –, nothing printed.",
                format::absence(Absence::NotReported),
                wording::absence_words(Absence::NotReported)
            ),
            "Counts of single kinds of event are shown and never pooled as counts of any toxicity.".to_owned(),
        ],
    }
}

fn cells(evidence: &Evidence, study: &Study, cohort: &Cohort, count: &Count, value: Cell, kind: RowKind) -> Vec<Cell> {
    let author = if kind == RowKind::Entry { study.label_year() } else { String::new() };
    vec![
        Cell::text(author),
        Cell::text(wording::cohort(&evidence.protocol, cohort)),
        Cell::text(count.grade.map_or_else(|| "–".to_owned(), wording::grade)),
        Cell::text(count.event.clone().unwrap_or_else(|| "any".to_owned())),
        Cell::text(count.phase.map(wording::phase).unwrap_or_default()),
        Cell { text: count_figure(count), ..value },
    ]
}

//! The table of series: one line a cohort and time point as printed, and the pooled rows under it.

use super::footnotes::{self, Footnotes};
use super::format;
use super::lines::{CohortLines, Line, When, cohort_lines};
use super::result_cell::{EFFECTIVE_SIZE, Position, conflict_words, grade_legend};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Absence, Cohort, Conflict, Evidence, Months, Outcome, Study, Timing};
use crate::review::{AnalysisFindings, Findings, GroupOf, Pool, Sort, TablePlan, TableStyle};

/// Columns before the outcomes.
const LEADING: [(&str, &str, Align); 6] = [
    ("author", "Author", Align::Left),
    ("primary", "Primary", Align::Left),
    ("design", "Design", Align::Left),
    ("definition", "Definition", Align::Left),
    ("n", "n", Align::Right),
    ("time", "Time", Align::Left),
];

/// Facts that have a column of their own, where what is disputed about them is marked.
const FACTS_WITH_COLUMN: [&str; 4] = ["patients", "definition", "design", "primary"];

/// Returns the table of the series that the plan asks for, with the pooled rows of its outcomes.
#[must_use]
pub fn series_table(evidence: &Evidence, findings: &Findings, plan: &TablePlan) -> Table {
    let outcomes: Vec<&Outcome> = plan.outcomes.iter().filter_map(|id| evidence.protocol.outcome(id)).collect();
    let style = &plan.style;
    let mut table =
        SeriesTable { evidence, findings, style, outcomes, footnotes: Footnotes::default(), rows: Vec::new() };
    for study in studies(evidence, plan) {
        table.add_study(study, &plan.at);
    }
    table.add_pooled(plan.timing);
    let level = wording::level_of(findings);
    Table {
        columns: columns(&table.outcomes),
        notes: notes(&table.outcomes, &level, style),
        rows: table.rows,
        footnotes: table.footnotes.into_vec(),
        ..Table::default()
    }
}

/// Returns the studies that a table shows, in its order.
#[must_use]
pub fn studies<'a>(evidence: &'a Evidence, plan: &TablePlan) -> Vec<&'a Study> {
    let wanted = |study: &&Study| plan.timing.is_none_or(|timing| timing == study.design.timing);
    let mut studies: Vec<&Study> = evidence.studies.iter().filter(wanted).collect();
    match plan.sort {
        Sort::Label => {
            studies.sort_by(|a, b| (&a.label, a.reference.year, &a.id).cmp(&(&b.label, b.reference.year, &b.id)))
        }
        _ => studies.sort_by(|a, b| (a.reference.year, &a.id).cmp(&(b.reference.year, &b.id))),
    }
    studies
}

struct SeriesTable<'a> {
    evidence: &'a Evidence,
    findings: &'a Findings,
    style: &'a TableStyle,
    outcomes: Vec<&'a Outcome>,
    footnotes: Footnotes,
    rows: Vec<Row>,
}

impl SeriesTable<'_> {
    /// Adds the lines of a study; one without any of the outcomes keeps a line that says so.
    fn add_study(&mut self, study: &Study, at: &[Months]) {
        let mut kind = RowKind::Entry;
        for CohortLines { cohort, lines } in cohort_lines(study, &self.outcomes, at) {
            let mut first_of_cohort = true;
            for line in &lines {
                let mut cells = match (kind, first_of_cohort) {
                    (RowKind::Entry, _) => self.study_cells(study, cohort),
                    (_, true) => self.cohort_cells(study, cohort),
                    (_, false) => vec![Cell::default(); 5],
                };
                cells.push(Cell::text(line_name(line.when)));
                cells.extend(self.result_cells(study, cohort, line));
                cells.shrink_to_fit();
                self.rows.push(Row { kind, key: Some(study.id.clone()), cells });
                kind = RowKind::Continuation;
                first_of_cohort = false;
            }
        }
        if let Some(notes) = study.notes.as_ref().filter(|_| kind == RowKind::Continuation) {
            let cells = vec![Cell::text(notes.trim())];
            self.rows.push(Row { kind: RowKind::Remark, key: Some(study.id.clone()), cells });
        }
    }

    fn study_cells(&mut self, study: &Study, cohort: &Cohort) -> Vec<Cell> {
        let mut author = Cell::text(study.label_year());
        author.marks = self.disputes(study, |conflict| {
            conflict.outcome.is_none()
                && conflict.about.as_deref().is_none_or(|about| !FACTS_WITH_COLUMN.contains(&about))
        });
        if !study.overlaps.is_empty() {
            let others: Vec<String> = study.overlaps.iter().map(|id| wording::study_name(self.evidence, id)).collect();
            let words = format!("May share patients with {}: never in one pool together.", others.join(", "));
            author.marks.push(self.footnotes.mark(words));
        }
        footnotes::order(&mut author.marks);
        let mut design = Cell::text(design(study));
        design.marks = self.disputes(study, |conflict| conflict.about.as_deref() == Some("design"));
        let mut definition = Cell::text(self::definition(study, cohort).unwrap_or_default());
        definition.marks = self.disputes(study, |conflict| conflict.about.as_deref() == Some("definition"));
        let primary = self.primary_cell(study, cohort);
        let n = self.patients_cell(study, cohort);
        vec![author, primary, design, definition, n]
    }

    fn cohort_cells(&mut self, study: &Study, cohort: &Cohort) -> Vec<Cell> {
        let primary = self.primary_cell(study, cohort);
        let definition = Cell::text(cohort.definition.as_deref().unwrap_or_default());
        let n = self.patients_cell(study, cohort);
        vec![Cell::default(), primary, Cell::default(), definition, n]
    }

    fn primary_cell(&mut self, study: &Study, cohort: &Cohort) -> Cell {
        let mut cell = Cell::text(wording::cohort(&self.evidence.protocol, cohort));
        cell.marks = self
            .disputes(study, |conflict| conflict.about.as_deref() == Some("primary") && of_cohort(conflict, cohort));
        cell
    }

    fn patients_cell(&mut self, study: &Study, cohort: &Cohort) -> Cell {
        let mut cell = Cell::text(self.style.count(cohort.patients));
        cell.marks = self
            .disputes(study, |conflict| conflict.about.as_deref() == Some("patients") && of_cohort(conflict, cohort));
        cell
    }

    fn disputes(&mut self, study: &Study, concerns: impl Fn(&Conflict) -> bool) -> Vec<String> {
        let disputed = study.conflicts.iter().filter(|conflict| concerns(conflict));
        let mut marks = disputed.map(|conflict| self.footnotes.mark(conflict_words(study, conflict))).collect();
        footnotes::order(&mut marks);
        marks
    }

    fn result_cells(&mut self, study: &Study, cohort: &Cohort, line: &Line) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (outcome, results) in self.outcomes.iter().zip(&line.results) {
            let position =
                Position { findings: self.findings, study, cohort, outcome, when: line.when, style: self.style };
            cells.extend(position.cells(results, &mut self.footnotes));
        }
        cells
    }

    /// Adds a heading and one row a time for each order of cohort preference that the review pools by.
    fn add_pooled(&mut self, timing: Option<Timing>) {
        let mut preferences: Vec<&[String]> = Vec::new();
        for found in &self.findings.analyses {
            let shown = self.outcomes.iter().any(|outcome| outcome.id == found.analysis.outcome);
            if shown && !preferences.contains(&found.analysis.cohort.as_slice()) {
                preferences.push(&found.analysis.cohort);
            }
        }
        for preference in preferences {
            let mut times: Vec<Months> = self
                .findings
                .analyses
                .iter()
                .filter(|found| found.analysis.cohort == preference)
                .filter_map(|found| found.analysis.at)
                .collect();
            times.sort_by(|a, b| a.0.total_cmp(&b.0));
            times.dedup();
            let words = wording::cohort_preference(&self.evidence.protocol, preference);
            let heading = Cell::text(format!("Pooled ({words})"));
            self.rows.push(Row { kind: RowKind::Group, key: None, cells: vec![heading] });
            for at in times {
                let mut cells = vec![Cell::text("Pooled")];
                cells.extend(vec![Cell::default(); 4]);
                cells.push(Cell::text(format::time(at)));
                for outcome in &self.outcomes {
                    let found = self.findings.analyses.iter().find(|found| {
                        found.analysis.outcome == outcome.id
                            && found.analysis.at == Some(at)
                            && found.analysis.cohort == preference
                    });
                    cells.extend(found.map_or_else(
                        || [Cell::text(&self.style.nothing), Cell::default()],
                        |found| pooled_cells(found, timing, self.style),
                    ));
                }
                self.rows.push(Row { kind: RowKind::Pooled, key: None, cells });
            }
        }
    }
}

fn of_cohort(conflict: &Conflict, cohort: &Cohort) -> bool {
    match &conflict.cohort {
        Some(disputed) => *disputed == cohort.id,
        None => cohort.of.is_none(),
    }
}

/// Returns the pooled figure of an analysis (of one group of it), and the number of series and patients behind it.
fn pooled_cells(found: &AnalysisFindings, timing: Option<Timing>, style: &TableStyle) -> [Cell; 2] {
    let group = timing
        .and_then(|timing| found.groups.as_ref()?.groups.iter().find(|group| group.of == GroupOf::Timing(timing)));
    let (pool, k) = match (timing, group) {
        (_, Some(group)) => (&group.pool, group.k),
        (None, None) => (&found.pool, found.entries.len()),
        (Some(_), None) => return [Cell::text(&style.nothing), Cell::default()],
    };
    [Cell::text(pool_words(pool, style)), Cell::text(format!("k = {k}"))]
}

/// Returns a pool's estimate and interval, or what there is instead.
#[must_use]
pub fn pool_words(pool: &Pool, style: &TableStyle) -> String {
    match pool {
        Pool::Empty => "no series".to_owned(),
        Pool::Failed(error) => format!("no estimate: {error}"),
        Pool::Single(natural) | Pool::AtTheEnd(natural) | Pool::Pooled { natural, .. } => {
            style.estimate_interval(natural.estimate, natural.lower, natural.upper)
        }
    }
}

fn columns(outcomes: &[&Outcome]) -> Vec<Column> {
    let mut columns: Vec<Column> = LEADING
        .iter()
        .map(|(id, header, align)| Column {
            id: (*id).to_owned(),
            header: (*header).to_owned(),
            spanner: None,
            align: *align,
        })
        .collect();
    for outcome in outcomes {
        let pair = [(outcome.id.clone(), "% (95% CI)"), (format!("{}-precision", outcome.id), "Grade, size")];
        columns.extend(pair.map(|(id, header)| Column {
            id,
            header: header.to_owned(),
            spanner: Some(outcome.short.clone()),
            align: Align::Left,
        }));
    }
    columns
}

fn line_name(when: When) -> String {
    match when {
        When::At(at) => format::time(at),
        When::Median => "Median".to_owned(),
        When::LastFollowUp => "Last follow-up".to_owned(),
        When::NotStated => "Not stated".to_owned(),
    }
}

/// Returns how a study was done: `Prospective, phase 2`.
#[must_use]
pub fn design(study: &Study) -> String {
    let timing = wording::upper_first(study.design.timing.as_str());
    match &study.design.kind {
        Some(kind) => format!("{timing}, {kind}"),
        None => timing,
    }
}

/// Returns the definition of the condition that holds for a cohort: its own, else the study's.
#[must_use]
pub fn definition<'a>(study: &'a Study, cohort: &'a Cohort) -> Option<&'a str> {
    cohort.definition.as_deref().or(study.definition.as_deref())
}

fn notes(outcomes: &[&Outcome], level: &str, style: &TableStyle) -> Vec<String> {
    let names: Vec<String> =
        outcomes.iter().map(|outcome| format!("{}, {}", outcome.short, wording::lower_first(&outcome.name))).collect();
    let marks = [Absence::NotReported, Absence::NotReached, Absence::Unclear]
        .map(|absence| format!("{}, {}", style.absence(absence), wording::absence_words(absence)));
    vec![
        format!(
            "{}; n, patients; CI, confidence interval; SE, standard error; {}; {}.",
            names.join("; "),
            nothing_words(style, "nothing printed"),
            marks.join("; ")
        ),
        grade_legend(),
        format!("{EFFECTIVE_SIZE} It stands after the grade."),
        format!(
            "Pooled rows have the {level}CI of the model and k, the number of series; one series stands as it is, not pooled."
        ),
    ]
}

/// Returns the marks of what is not there with their words: `–, nothing printed or not applicable`.
#[must_use]
pub fn nothing_words(style: &TableStyle, nothing: &str) -> String {
    if style.nothing == style.not_applicable {
        format!("{}, {nothing} or not applicable", style.nothing)
    } else {
        format!("{}, {nothing}; {}, not applicable", style.nothing, style.not_applicable)
    }
}

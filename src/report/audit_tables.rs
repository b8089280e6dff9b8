//! Tables that let a reader check the review: how each precision was obtained, what stayed out, what is disputed, and
//! what other methods give.

use std::collections::BTreeMap;

use super::format;
use super::result_cell::{EFFECTIVE_SIZE, count_figure, grade_legend, median_figure, survival_figure};
use super::series_table::{self, pool_words};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::effect::{PrecisionGrade, Rung};
use crate::evidence::{Cohort, Conflict, Evidence, Grade, OutcomeKind, Published, ResultEntry, Study};
use crate::model::ModelKind;
use crate::review::{AnalysisFindings, Candidate, Findings, Pool, Prediction, ResultKey, TableStyle};

/// Returns how the standard error of every pooled survival proportion was obtained.
#[must_use]
pub fn precision_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    // A result has one outcome; it may be in several pools.
    let mut keys: BTreeMap<&ResultKey, &str> = BTreeMap::new();
    for found in &findings.analyses {
        for entry in &found.entries {
            keys.entry(&entry.key).or_insert(&found.analysis.outcome);
        }
    }
    let mut rows = Vec::new();
    for (key, outcome) in keys {
        let Some(Ok(effect)) = findings.effects.get(key) else { continue };
        let Some(Candidate { study, cohort, result, .. }) = Candidate::find(evidence, key) else { continue };
        let Published::Survival(survival) = &result.published else { continue };
        let short = evidence.protocol.outcome(outcome).map_or(outcome, |outcome| outcome.short.as_str());
        let error = match effect.rung {
            // At 0% and 100% the standard error of the proportion itself would be 0.
            Rung::Boundary { .. } => style.nothing.clone(),
            _ => format::percent((effect.proportion * (1.0 - effect.proportion) / effect.effective).sqrt(), 1),
        };
        rows.push(entry_row(
            Some(&study.id),
            [
                wording::series(&evidence.protocol, study, cohort),
                short.to_owned(),
                survival.at.months().map(format::time).unwrap_or_default(),
                survival_figure(survival, style),
                effect.rung.grade().as_str().to_owned(),
                wording::upper_first(&wording::rung(&effect.rung)),
                error,
                format::fixed(effect.effective, 0),
            ],
        ));
    }
    table(
        &[
            ("study", "Series", Align::Left),
            ("outcome", "Outcome", Align::Left),
            ("time", "Time", Align::Left),
            ("printed", "As printed", Align::Left),
            ("grade", "Grade", Align::Center),
            ("obtained", "Obtained from", Align::Left),
            ("se", "SE, pp", Align::Decimal),
            ("size", "Effective size", Align::Right),
        ],
        rows,
        vec![
            format!(
                "SE, standard error of the proportion; pp, percentage points; {}, at 0% and 100% it exists on the scale of the \
                 analysis only.",
                style.nothing
            ),
            grade_legend(),
            EFFECTIVE_SIZE.to_owned(),
        ],
    )
}

/// Returns what the ladder would have made of every printed standard error, rung by rung, and the range of the ratios.
#[must_use]
pub fn honesty_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let by = |prediction: &Prediction, grade: PrecisionGrade| -> Option<f64> {
        prediction.imputed.iter().find(|(of, _)| *of == grade).map(|(_, se)| *se)
    };
    let grades = PrecisionGrade::ALL.iter().copied();
    let grades: Vec<PrecisionGrade> =
        grades.filter(|grade| findings.predictions.iter().any(|prediction| by(prediction, *grade).is_some())).collect();
    let range = |grade: PrecisionGrade| {
        let ratios =
            findings.predictions.iter().filter_map(|prediction| Some(by(prediction, grade)? / prediction.printed));
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        let (first, last) = (format::fixed(*ratios.first()?, 2), format::fixed(*ratios.last()?, 2));
        let count = format::counted(ratios.len() as u64, "figure", "figures");
        let from = grade.meaning();
        Some(format!("Predicted from {from}: {first} to {last} times the printed standard error ({count})."))
    };
    let mut notes: Vec<String> = grades.iter().filter_map(|grade| range(*grade)).collect();
    notes.push(format!(
        "SE, standard error of the proportion; pp, percentage points; {}, the paper does not have the figures for it. \
             Each letter is a grade of precision.",
        style.nothing
    ));
    notes.push(grade_legend());
    let rows = findings.predictions.iter().filter_map(|prediction| {
        let mut row = honesty_row(evidence, prediction, style)?;
        for grade in &grades {
            let se = by(prediction, *grade);
            let shown = |value: Option<f64>, digits| style.or_nothing(value.map(|value| format::fixed(value, digits)));
            row.cells.push(Cell::text(shown(se.map(|se| 100.0 * se), 1)));
            row.cells.push(Cell::text(shown(se.map(|se| se / prediction.printed), 2)));
        }
        Some(row)
    });
    let mut honesty = table(
        &[
            ("study", "Series", Align::Left),
            ("outcome", "Outcome", Align::Left),
            ("time", "Time", Align::Left),
            ("printed", "As printed", Align::Left),
            ("se", "SE, pp", Align::Decimal),
        ],
        rows.collect(),
        notes,
    );
    honesty.columns.extend(grades.iter().flat_map(|grade| {
        let column = |part: &str, header: &str| Column {
            id: format!("{}-{part}", grade.as_str().to_lowercase()),
            header: header.to_owned(),
            spanner: Some(wording::grade_of_precision(*grade)),
            align: Align::Decimal,
        };
        [column("se", "SE, pp"), column("ratio", "÷ printed")]
    }));
    honesty
}

/// Returns what is printed, before the columns of the rungs.
fn honesty_row(evidence: &Evidence, prediction: &Prediction, style: &TableStyle) -> Option<Row> {
    let Candidate { study, cohort, result, .. } = Candidate::find(evidence, &prediction.key)?;
    let Published::Survival(survival) = &result.published else { return None };
    let outcome = evidence.protocol.outcome(&result.outcome)?;
    let endpoint =
        result.variant.as_ref().and_then(|id| outcome.variant(id)).map_or(outcome.short.clone(), |v| v.name.clone());
    Some(entry_row(
        Some(&study.id),
        [
            wording::series(&evidence.protocol, study, cohort),
            wording::upper_first(&endpoint),
            survival.at.months().map(format::time).unwrap_or_default(),
            survival_figure(survival, style),
            format::percent(prediction.printed, 1),
        ],
    ))
}

/// Returns every study that is not in a pool, with the reason, pool by pool.
#[must_use]
pub fn left_out_table(evidence: &Evidence, findings: &Findings) -> Table {
    let mut rows = Vec::new();
    for found in findings.analyses.iter().filter(|found| !found.left_out.is_empty()) {
        rows.push(heading(evidence, found));
        for left_out in &found.left_out {
            rows.push(entry_row(
                Some(&left_out.study),
                [
                    wording::study_name(evidence, &left_out.study),
                    wording::upper_first(&wording::reason(left_out, evidence, &found.analysis)),
                ],
            ));
        }
    }
    table(
        &[("study", "Series", Align::Left), ("reason", "Reason", Align::Left)],
        rows,
        outcome_names(evidence, findings),
    )
}

/// Returns the abbreviations of the outcomes that are pooled, as a note.
fn outcome_names(evidence: &Evidence, findings: &Findings) -> Vec<String> {
    let pooled = |id: &str| findings.analyses.iter().any(|found| found.analysis.outcome == id);
    let outcomes = evidence.protocol.outcomes.iter().filter(|outcome| pooled(&outcome.id));
    let names: Vec<String> = outcomes
        .filter(|outcome| outcome.kind == OutcomeKind::Survival && outcome.short != outcome.name)
        .map(|outcome| format!("{}, {}", outcome.short, wording::lower_first(&outcome.name)))
        .collect();
    if names.is_empty() { Vec::new() } else { vec![format!("{}.", names.join("; "))] }
}

/// Returns the title of an analysis over its rows.
pub(super) fn heading(evidence: &Evidence, found: &AnalysisFindings) -> Row {
    let title = wording::analysis_title(&evidence.protocol, &found.analysis);
    Row { kind: RowKind::Group, key: Some(found.analysis.id.clone()), cells: vec![Cell::text(title)] }
}

/// Returns every contradiction between sources with what was decided.
#[must_use]
pub fn conflicts_table(evidence: &Evidence, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    for study in &evidence.studies {
        for conflict in &study.conflicts {
            let source = conflict.source.as_ref().and_then(|id| study.source(id));
            rows.push(entry_row(
                Some(&study.id),
                [
                    study.label_year(),
                    disputed(evidence, study, conflict),
                    taken(evidence, (study, conflict), style),
                    conflict.says.clone().unwrap_or_default(),
                    source.map(|source| source.location.clone()).unwrap_or_default(),
                    wording::upper_first(&conflict.resolution),
                ],
            ));
        }
    }
    table(
        &[
            ("study", "Series", Align::Left),
            ("about", "About", Align::Left),
            ("taken", "Taken", Align::Left),
            ("says", "Elsewhere", Align::Left),
            ("source", "Where", Align::Left),
            ("resolution", "Resolution", Align::Left),
        ],
        rows,
        vec![format!("{}, no such figure is taken.", style.nothing)],
    )
}

/// Returns every pool beside the same pool under each variation of the plan.
#[must_use]
pub fn sensitivity_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    for found in findings.analyses.iter().filter(|found| !found.entries.is_empty()) {
        rows.push(heading(evidence, found));
        rows.push(pool_row(found, "As planned", (found.entries.len(), &found.pool), style));
        // One series is what it is, whatever is chosen.
        for variation in found.sensitivity.iter().filter(|other| found.entries.len().max(other.k) > 1) {
            rows.push(pool_row(found, &variation.name, (variation.k, &variation.pool), style));
        }
        rows.extend(found.rounding.map(|rounding| {
            let range = format!("{}%", style.percent_range(rounding.lower, rounding.upper));
            let k = found.entries.len().to_string();
            let name = "Rounding of the printed figures".to_owned();
            let [prediction, tau2, i2] = [(); 3].map(|()| style.nothing.clone());
            entry_row(Some(&found.analysis.id), [name, k, range, prediction, tau2, i2])
        }));
    }
    let level = wording::level_of(findings);
    let pooled = format!("Pooled % ({level}CI)");
    let prediction = wording::upper_first(&format!("{level}prediction interval"));
    table(
        &[
            ("choice", "Choice", Align::Left),
            ("k", "k", Align::Right),
            ("pooled", &pooled, Align::Decimal),
            ("prediction", &prediction, Align::Decimal),
            ("tau2", "τ²", Align::Decimal),
            ("i2", "I², %", Align::Right),
        ],
        rows,
        vec![
            format!("k, number of series; CI, confidence interval; {}, does not exist.", style.nothing),
            "τ² is on the scale of the analysis. I² is computed from τ², in a common-effect model from Q.".to_owned(),
            "The row on rounding has the range of the pooled figure when each printed figure lies at either end of what its digits stand \
             for (97% is 96.5 to 97.5), in every combination up to eight series, beyond that all low and all high."
                .to_owned(),
        ],
    )
}

fn pool_row(found: &AnalysisFindings, name: &str, (k, pool): (usize, &Pool), style: &TableStyle) -> Row {
    let prediction = pool.estimated().and_then(|natural| natural.prediction);
    let fit = pool.fit();
    // A common-effect model has no τ², it is not 0.
    let tau2 = fit.filter(|fit| fit.model != ModelKind::Common).map(|fit| format::fixed(fit.tau2, 3));
    entry_row(
        Some(&found.analysis.id),
        [
            name.to_owned(),
            k.to_string(),
            pool_words(pool, style),
            prediction.map_or_else(|| style.nothing.clone(), |(lower, upper)| style.percent_range(lower, upper)),
            tau2.unwrap_or_else(|| style.nothing.clone()),
            fit.map_or_else(|| style.nothing.clone(), |fit| format::fixed(fit.heterogeneity.i2_percent, 0)),
        ],
    )
}

/// Returns what a contradiction is about: `PFS at 2 years`, with the cohort where the study has several.
fn disputed(evidence: &Evidence, study: &Study, conflict: &Conflict) -> String {
    let outcome = conflict
        .outcome
        .as_ref()
        .map(|id| evidence.protocol.outcome(id).map_or_else(|| id.clone(), |outcome| outcome.short.clone()));
    let mut words = match (outcome, &conflict.about) {
        (Some(short), _) => short,
        (None, Some(about)) => about.replace('_', " "),
        (None, None) => String::new(),
    };
    if conflict.median.is_some() {
        words = format!("median {words}");
    }
    if let Some(at) = conflict.at {
        words = format!("{words} at {}", format::time(at));
    }
    let cohort = conflict.cohort.as_ref().and_then(|id| study.cohort(id));
    if let Some(cohort) = cohort.filter(|_| study.cohorts.len() > 1) {
        words = format!("{words}, {}", wording::cohort(&evidence.protocol, cohort));
    }
    wording::upper_first(&words)
}

/// Returns what the review takes in place of the disputed figure or fact; a dash where it takes none.
fn taken(evidence: &Evidence, (study, conflict): (&Study, &Conflict), style: &TableStyle) -> String {
    let concerned =
        study.cohorts.iter().filter(|cohort| conflict.cohort.as_ref().is_none_or(|wanted| *wanted == cohort.id));
    let mut texts: Vec<String> = match (&conflict.outcome, &conflict.about) {
        (Some(id), _) => {
            let grade = evidence.protocol.outcome(id).and_then(|outcome| outcome.grade);
            let results = concerned.flat_map(|cohort| &cohort.results).filter(|result| result.outcome == *id);
            results.filter_map(|result| taken_figure(result, conflict, grade, style)).collect()
        }
        (None, Some(about)) => concerned.filter_map(|cohort| taken_fact((study, cohort), about, style)).collect(),
        (None, None) => Vec::new(),
    };
    texts.dedup();
    if texts.is_empty() { style.nothing.clone() } else { texts.join("; ") }
}

/// Returns a published result in figures if it is the one that a contradiction is about.
fn taken_figure(result: &ResultEntry, conflict: &Conflict, grade: Option<Grade>, style: &TableStyle) -> Option<String> {
    let timeless = conflict.at.is_none() && conflict.median.is_none();
    match &result.published {
        Published::Survival(survival) if conflict.at.is_some() && survival.at.months() == conflict.at => {
            Some(survival_figure(survival, style))
        }
        Published::Survival(survival) if timeless && survival.at.months().is_none() => {
            Some(survival_figure(survival, style))
        }
        Published::Median(median) if conflict.median.is_some() => Some(median_figure(median, style)),
        Published::Count(count) if timeless && count.event.is_none() && count.grade == grade => {
            Some(count_figure(count, style))
        }
        _ => None,
    }
}

/// Returns a fact of a study or cohort by the name that a contradiction has for it.
fn taken_fact((study, cohort): (&Study, &Cohort), about: &str, style: &TableStyle) -> Option<String> {
    match about {
        "patients" => Some(style.count(cohort.patients)),
        "lesions" => cohort.lesions.map(|lesions| style.count(lesions)),
        "design" => Some(series_table::design(study)),
        "definition" => series_table::definition(study, cohort).map(str::to_owned),
        "treatment" => study.treatment.technique.clone(),
        "year" => Some(study.reference.year.to_string()),
        _ => None,
    }
}

pub(super) fn entry_row<const N: usize>(key: Option<&String>, texts: [String; N]) -> Row {
    Row { kind: RowKind::Entry, key: key.cloned(), cells: texts.map(Cell::text).into() }
}

/// Returns a table without spanners and footnotes; its plan names it.
pub(super) fn table(columns: &[(&str, &str, Align)], rows: Vec<Row>, notes: Vec<String>) -> Table {
    Table {
        columns: columns
            .iter()
            .map(|(id, header, align)| Column {
                id: (*id).to_owned(),
                header: (*header).to_owned(),
                spanner: None,
                align: *align,
            })
            .collect(),
        rows,
        notes,
        ..Table::default()
    }
}

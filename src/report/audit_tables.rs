//! Tables that let a reader check the review: how each precision was obtained, what stayed out, what is disputed, and
//! what other methods give.

use super::format;
use super::result_cell::survival_figure;
use super::series_table::pool_words;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::effect::PrecisionGrade;
use crate::evidence::{Conflict, Evidence, Published, Study};
use crate::review::{AnalysisFindings, Candidate, Findings, Pool, Prediction, ResultKey};

/// Returns how the standard error of every pooled survival proportion was obtained.
#[must_use]
pub fn precision_table(evidence: &Evidence, findings: &Findings) -> Table {
    let mut keys: Vec<(&ResultKey, &str)> = Vec::new();
    for found in &findings.analyses {
        for entry in &found.entries {
            if !keys.iter().any(|(key, _)| *key == &entry.key) {
                keys.push((&entry.key, &found.analysis.outcome));
            }
        }
    }
    keys.sort();
    let mut rows = Vec::new();
    for (key, outcome) in keys {
        let Some(Ok(effect)) = findings.effects.get(key) else { continue };
        let Some(Candidate { study, result, .. }) = Candidate::find(evidence, key) else { continue };
        let Published::Survival(survival) = &result.published else { continue };
        let short = evidence.protocol.outcome(outcome).map_or(outcome, |outcome| outcome.short.as_str());
        rows.push(entry_row(
            Some(&study.id),
            [
                study.label_year(),
                short.to_owned(),
                survival.at.months().map(format::time).unwrap_or_default(),
                survival_figure(survival),
                effect.rung.grade().as_str().to_owned(),
                wording::upper_first(&wording::rung(&effect.rung)),
                format::percent((effect.proportion * (1.0 - effect.proportion) / effect.effective).sqrt(), 1),
                format::fixed(effect.effective, 0),
            ],
        ));
    }
    table(
        "precision",
        "How each standard error was obtained",
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
        vec![super::result_cell::grade_legend()],
    )
}

/// Returns what the ladder would have made of every printed standard error, and the range of the ratios.
#[must_use]
pub fn honesty_table(evidence: &Evidence, findings: &Findings) -> Table {
    let rows = findings.predictions.iter().filter_map(|prediction| honesty_row(evidence, prediction)).collect();
    let range = |name: &str, ratios: Vec<f64>| {
        let mut ratios = ratios;
        ratios.sort_by(f64::total_cmp);
        let (first, last) = (ratios.first()?, ratios.last()?);
        let count = format::counted(ratios.len() as u64, "figure", "figures");
        Some(format!("{name}: {} to {} of the printed, {count}.", format::fixed(*first, 2), format::fixed(*last, 2)))
    };
    let ratio = |of: fn(&Prediction) -> f64, grade: Option<PrecisionGrade>| -> Vec<f64> {
        let wanted =
            findings.predictions.iter().filter(|prediction| grade.is_none_or(|grade| prediction.imputed.0 == grade));
        wanted.map(|prediction| of(prediction) / prediction.printed).collect()
    };
    let mut notes: Vec<String> = PrecisionGrade::ALL
        .iter()
        .filter(|grade| **grade != PrecisionGrade::F)
        .filter_map(|grade| {
            range(&wording::upper_first(grade.meaning()), ratio(|prediction| prediction.imputed.1, Some(*grade)))
        })
        .collect();
    notes.extend(range("n alone", ratio(|prediction| prediction.n_alone, None)));
    table(
        "honesty",
        "Printed standard errors, predicted as if they had not been printed",
        &[
            ("study", "Series", Align::Left),
            ("outcome", "Outcome", Align::Left),
            ("time", "Time", Align::Left),
            ("printed", "As printed", Align::Left),
            ("se", "SE, pp", Align::Decimal),
            ("grade", "Grade", Align::Center),
            ("imputed", "Predicted", Align::Decimal),
            ("ratio", "Predicted ÷ printed", Align::Decimal),
            ("n-alone", "n alone", Align::Decimal),
            ("n-alone-ratio", "n alone ÷ printed", Align::Decimal),
        ],
        rows,
        notes,
    )
}

fn honesty_row(evidence: &Evidence, prediction: &Prediction) -> Option<Row> {
    let Candidate { study, cohort, result, .. } = Candidate::find(evidence, &prediction.key)?;
    let Published::Survival(survival) = &result.published else { return None };
    let outcome = evidence.protocol.outcome(&result.outcome)?;
    let endpoint =
        result.variant.as_ref().and_then(|id| outcome.variant(id)).map_or(outcome.short.clone(), |v| v.name.clone());
    let (grade, imputed) = prediction.imputed;
    let series =
        if cohort.of.is_some() { format!("{}, {}", study.label_year(), cohort.id) } else { study.label_year() };
    Some(entry_row(
        Some(&study.id),
        [
            series,
            wording::upper_first(&endpoint),
            survival.at.months().map(format::time).unwrap_or_default(),
            survival_figure(survival),
            format::percent(prediction.printed, 1),
            grade.to_string(),
            format::percent(imputed, 1),
            format::fixed(imputed / prediction.printed, 2),
            format::percent(prediction.n_alone, 1),
            format::fixed(prediction.n_alone / prediction.printed, 2),
        ],
    ))
}

/// Returns every study that is not in a pool, with the reason.
#[must_use]
pub fn left_out_table(evidence: &Evidence, findings: &Findings) -> Table {
    let mut rows = Vec::new();
    for found in &findings.analyses {
        let Some(outcome) = evidence.protocol.outcome(&found.analysis.outcome) else { continue };
        for left_out in &found.left_out {
            rows.push(entry_row(
                Some(&left_out.study),
                [
                    found.analysis.id.clone(),
                    wording::study_name(evidence, &left_out.study),
                    wording::upper_first(&wording::reason(&left_out.reason, evidence, outcome)),
                ],
            ));
        }
    }
    table(
        "left-out",
        "What could not be pooled, and why",
        &[("analysis", "Analysis", Align::Left), ("study", "Series", Align::Left), ("reason", "Reason", Align::Left)],
        rows,
        Vec::new(),
    )
}

/// Returns every contradiction between sources with what was decided.
#[must_use]
pub fn conflicts_table(evidence: &Evidence) -> Table {
    let mut rows = Vec::new();
    for study in &evidence.studies {
        for conflict in &study.conflicts {
            let source = conflict.source.as_ref().and_then(|id| study.source(id));
            rows.push(entry_row(
                Some(&study.id),
                [
                    study.label_year(),
                    disputed(evidence, conflict),
                    taken(study, conflict),
                    conflict.says.clone().unwrap_or_default(),
                    source.map(|source| source.location.clone()).unwrap_or_default(),
                    wording::upper_first(&conflict.resolution),
                ],
            ));
        }
    }
    table(
        "contradictions",
        "Contradictions between sources, and how each was resolved",
        &[
            ("study", "Series", Align::Left),
            ("about", "About", Align::Left),
            ("taken", "Taken", Align::Left),
            ("says", "Elsewhere", Align::Left),
            ("source", "Where", Align::Left),
            ("resolution", "Resolution", Align::Left),
        ],
        rows,
        Vec::new(),
    )
}

/// Returns every pool beside the same pool under each variation of the plan.
#[must_use]
pub fn sensitivity_table(evidence: &Evidence, findings: &Findings) -> Table {
    let mut rows = Vec::new();
    for found in findings.analyses.iter().filter(|found| !found.entries.is_empty()) {
        let title = wording::analysis_title(&evidence.protocol, &found.analysis);
        rows.push(Row { kind: RowKind::Group, key: Some(found.analysis.id.clone()), cells: vec![Cell::text(title)] });
        rows.push(pool_row(found, "As planned", found.entries.len(), &found.pool));
        for variation in &found.sensitivity {
            rows.push(pool_row(found, &variation.name, variation.k, &variation.pool));
        }
        rows.extend(found.rounding.map(|rounding| {
            let range = format!("{}% pooled", format::percent_range(rounding.lower, rounding.upper));
            let k = found.entries.len().to_string();
            let name = "Rounding of the printed figures".to_owned();
            entry_row(Some(&found.analysis.id), [name, k, range, String::new(), String::new(), String::new()])
        }));
    }
    table(
        "sensitivity",
        "Every pool under other choices",
        &[
            ("choice", "Choice", Align::Left),
            ("k", "k", Align::Right),
            ("pooled", "Pooled % (95% CI)", Align::Decimal),
            ("prediction", "95% prediction interval", Align::Decimal),
            ("tau2", "τ²", Align::Decimal),
            ("i2", "I², %", Align::Right),
        ],
        rows,
        vec!["τ² is on the scale of the analysis; I² is computed from τ².".to_owned()],
    )
}

fn pool_row(found: &AnalysisFindings, name: &str, k: usize, pool: &Pool) -> Row {
    let prediction = pool.estimated().and_then(|natural| natural.prediction);
    let fit = pool.fit();
    entry_row(
        Some(&found.analysis.id),
        [
            name.to_owned(),
            k.to_string(),
            pool_words(pool),
            prediction.map_or_else(|| "–".to_owned(), |(lower, upper)| format::percent_range(lower, upper)),
            fit.map_or_else(|| "–".to_owned(), |fit| format::fixed(fit.tau2, 3)),
            fit.map_or_else(|| "–".to_owned(), |fit| format::fixed(fit.heterogeneity.i2_percent, 0)),
        ],
    )
}

/// Returns what a contradiction is about: `PFS at 2 years, all`.
fn disputed(evidence: &Evidence, conflict: &Conflict) -> String {
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
    if let Some(cohort) = &conflict.cohort {
        words = format!("{words}, {cohort}");
    }
    wording::upper_first(&words)
}

/// Returns the figure that the review takes in place of the disputed one; empty where it takes none.
fn taken(study: &Study, conflict: &Conflict) -> String {
    let figures = study
        .cohorts
        .iter()
        .filter(|cohort| conflict.cohort.as_ref().is_none_or(|wanted| *wanted == cohort.id))
        .flat_map(|cohort| &cohort.results)
        .filter(|result| Some(&result.outcome) == conflict.outcome.as_ref());
    let mut texts: Vec<String> = figures
        .filter_map(|result| match &result.published {
            Published::Survival(survival) if conflict.at.is_some() && survival.at.months() == conflict.at => {
                Some(survival_figure(survival))
            }
            Published::Median(median) if conflict.median.is_some() => Some(super::result_cell::median_figure(median)),
            _ => None,
        })
        .collect();
    texts.dedup();
    texts.join("; ")
}

fn entry_row<const N: usize>(key: Option<&String>, texts: [String; N]) -> Row {
    Row { kind: RowKind::Entry, key: key.cloned(), cells: texts.map(Cell::text).into() }
}

fn table(id: &str, caption: &str, columns: &[(&str, &str, Align)], rows: Vec<Row>, notes: Vec<String>) -> Table {
    Table {
        id: id.to_owned(),
        caption: caption.to_owned(),
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
        footnotes: Vec::new(),
        notes,
    }
}

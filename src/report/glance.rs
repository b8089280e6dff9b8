//! The answers at a glance: a card an analysis, its groups side by side.

use super::comparison_table::{difference_words, test};
use super::page::{Block, KeyResult, KeyValue};
use super::series_table::pool_words;
use super::{format, wording};
use crate::evidence::{Evidence, Protocol, Unit};
use crate::review::{Analysis, AnalysisFindings, Entry, FigureKind, Findings, Groups, Plan, Pool, TableStyle};

/// Returns one card for each analysis of the first cohort preference, under a line that says which that is.
#[must_use]
pub fn glance(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Vec<Block> {
    let Some(first) = plan.analyses.first() else { return Vec::new() };
    let shown = findings.analyses.iter();
    let shown: Vec<_> = shown
        .filter(|found| found.analysis.cohort == first.cohort && !found.entries.is_empty())
        .map(|found| key_result(evidence, plan, found))
        .collect();
    if shown.is_empty() {
        return Vec::new();
    }
    let cohorts = wording::cohort_preference(&evidence.protocol, &first.cohort);
    let words = format!("Cohorts: {cohorts}. Where there is one series, its own figure stands in place of a pool.");
    vec![Block::Prose(words), Block::KeyResults(shown)]
}

fn key_result(evidence: &Evidence, plan: &Plan, found: &AnalysisFindings) -> KeyResult {
    let values = match &found.groups {
        Some(groups) => {
            let groups = groups.groups.iter().map(|group| {
                let entries: Vec<_> =
                    found.entries.iter().filter(|entry| entry.group.as_ref() == Some(&group.of)).collect();
                key_value(
                    &wording::group(&evidence.protocol, &group.of),
                    &found.analysis,
                    &group.pool,
                    group.n,
                    &entries,
                )
            });
            groups.collect()
        }
        None => {
            let entries: Vec<_> = found.entries.iter().collect();
            let n = entries.iter().map(|entry| entry.n).sum();
            vec![key_value("all series", &found.analysis, &found.pool, n, &entries)]
        }
    };
    let level = wording::level(found.analysis.methods.spec.level);
    let mut figures = plan.figures.iter().filter(|figure| figure.kind == FigureKind::Forest);
    let figure = figures.find(|figure| figure.analyses.contains(&found.analysis.id));
    KeyResult {
        label: wording::analysis_title(&evidence.protocol, &found.analysis),
        values,
        sentence: found
            .groups
            .as_ref()
            .and_then(|groups| compared(&evidence.protocol, groups, &level))
            .unwrap_or_default(),
        anchor: figure.map(|figure| format!("figure-{}", figure.id)),
    }
}

/// Returns a pool as one value of a card.
fn key_value(label: &str, analysis: &Analysis, pool: &Pool, n: Option<u64>, entries: &[&Entry]) -> KeyValue {
    let level = wording::level(analysis.methods.spec.level);
    let mut size = format::counted(entries.len() as u64, "series", "series");
    if let Some(n) = n {
        let lesions = entries.iter().any(|entry| entry.unit == Unit::Lesions);
        let (one, many) = if lesions { ("patient or lesion", "patients or lesions") } else { ("patient", "patients") };
        size.push_str(&format!(", {}", format::counted(n, one, many)));
    }
    let (value, detail) = match pool.estimated() {
        Some(natural) => {
            let range = format::percent_range(natural.lower, natural.upper);
            (format!("{}%", format::percent(natural.estimate, 1)), format!("{level} CI {range}; {size}"))
        }
        None => (pool_words(pool, &TableStyle::default()), String::new()),
    };
    KeyValue { label: wording::upper_first(label), value, detail }
}

/// Returns the difference between two groups and its test in a sentence, of more groups the test; `None` where there is neither.
fn compared(protocol: &Protocol, groups: &Groups, level: &str) -> Option<String> {
    let test = test(groups);
    let sentence = match difference_words(groups, level) {
        Some(words) => {
            let compared = wording::groups_compared(protocol, groups, "minus");
            format!("{compared}: {words}{}", test.map(|test| format!("; {test}")).unwrap_or_default())
        }
        None => format!("Test between groups: {}", test?),
    };
    Some(sentence + ".")
}

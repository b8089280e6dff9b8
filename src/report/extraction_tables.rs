//! Tables on double extraction: how far two extractors agree, and what was decided where they differ.

use super::audit_tables::{entry_row, table};
use super::format;
use super::table::{Align, Table};
use crate::evidence::{Agreement, Compared, Evidence, FieldKind, Study, agreement};
use crate::review::TableStyle;

/// Returns how far the two extractors of each study agree, over all studies with two; no row without any.
#[must_use]
pub fn agreement_table(evidence: &Evidence, style: &TableStyle) -> Table {
    let agreement = agreement(evidence.extractions.iter().flat_map(|study| &study.fields));
    let rows = agreement.iter().map(|row| {
        entry_row(
            None,
            [
                agreement_name(row),
                row.fields.to_string(),
                row.agree.to_string(),
                format::percent(row.share(), 1),
                style.or_nothing(row.kappa.map(|kappa| format::fixed(kappa, 2))),
            ],
        )
    });
    let studies = format::counted(evidence.extractions.len() as u64, "series", "series");
    table(
        &[
            ("fields", "Fields", Align::Left),
            ("compared", "Compared", Align::Right),
            ("agree", "Agree", Align::Right),
            ("percent", "%", Align::Right),
            ("kappa", "Cohen’s κ", Align::Right),
        ],
        rows.collect(),
        vec![
            format!("{studies} extracted twice, each time without sight of the other."),
            format!(
                "Values agree if they mean the same (62% and 0.62). {}, no categories, or chance leaves nothing open.",
                style.nothing
            ),
        ],
    )
}

/// Returns what was compared, in words.
#[must_use]
pub fn agreement_name(row: &Agreement) -> String {
    match &row.of {
        Compared::All => "All fields".to_owned(),
        Compared::Kind(FieldKind::Entry) => "Results and other records found by both".to_owned(),
        Compared::Kind(FieldKind::Figure) => "Figures".to_owned(),
        Compared::Kind(FieldKind::Category) => "Categories".to_owned(),
        Compared::Kind(FieldKind::Words) => "Free words".to_owned(),
        Compared::Category(field) => format!("Category: {}", field.replace('_', " ")),
    }
}

/// Returns every field that two extractors had differently, with what was taken, by whom, when and why.
#[must_use]
pub fn decisions_table(evidence: &Evidence, style: &TableStyle) -> Table {
    let rows = evidence.studies.iter().flat_map(|study| {
        let extraction = study.extraction.iter();
        extraction.flat_map(move |extraction| {
            extraction.decisions.iter().map(move |decision| {
                let value = |value: &Option<String>| style.or_nothing(value.clone());
                let taken = match decision.take.as_str() {
                    "a" => value(&decision.first),
                    "b" => value(&decision.second),
                    "neither" => style.nothing.clone(),
                    other => other.to_owned(),
                };
                let texts = [value(&decision.first), value(&decision.second), taken, decision.why.clone()];
                let [first, second, taken, why] = texts;
                entry_row(Some(&study.id), [study.label_year(), decision.field.clone(), first, second, taken, why])
            })
        })
    });
    table(
        &[
            ("study", "Series", Align::Left),
            ("field", "Field", Align::Left),
            ("first", "First", Align::Left),
            ("second", "Second", Align::Left),
            ("taken", "Taken", Align::Left),
            ("why", "Why", Align::Left),
        ],
        rows.collect(),
        decided_by(evidence).into_iter().chain([format!("{}, nothing.", style.nothing)]).collect(),
    )
}

/// Returns who decided, in how many studies and when, in a sentence.
fn decided_by(evidence: &Evidence) -> Option<String> {
    let decided = |study: &Study| {
        let extraction = study.extraction.as_ref().filter(|extraction| !extraction.decisions.is_empty())?;
        let by = extraction.by.as_ref()?;
        let on = extraction.on.map(|on| format!(" on {on}")).unwrap_or_default();
        let between = match extraction.extractors.as_slice() {
            [one, other] => format!(", between {one} and {other}"),
            _ => String::new(),
        };
        Some(format!("{} by {by}{on}{between}", study.label_year()))
    };
    let decided: Vec<String> = evidence.studies.iter().filter_map(decided).collect();
    (!decided.is_empty()).then(|| format!("Decided: {}.", decided.join("; ")))
}

//! One publication, one file.

use std::collections::BTreeMap;

use super::super::{Evidence, Reference, Study};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(&str, String), &Study> = BTreeMap::new();
    let mut findings = Vec::new();
    for study in &evidence.studies {
        let mut found = false;
        for (key, value) in marks(&study.reference) {
            match first.get(&(key, value.clone())) {
                // One finding a pair of files is enough.
                Some(earlier) if !found => {
                    found = true;
                    findings.push(
                        Diagnostic::new(
                            codes::DUPLICATE_STUDY,
                            study.place.key("reference").key(key),
                            format!("`{}` has the {} of `{}`", study.id, name(key), earlier.id),
                        )
                        .against(earlier.place.key("reference").key(key), "the same here")
                        .expected("one file a publication")
                        .help("merge the two files: one publication can hold several cohorts"),
                    );
                }
                Some(_) => {}
                None => {
                    first.insert((key, value), study);
                }
            }
        }
    }
    findings
}

/// What tells one publication from all others, written so that the same ones compare equal.
fn marks(reference: &Reference) -> Vec<(&'static str, String)> {
    let letters = |text: &str| {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let title = letters(&reference.title);
    [
        ("doi", reference.doi.as_ref().map(|doi| doi.to_lowercase())),
        ("pmid", reference.pmid.clone()),
        ("title", Some(title).filter(|title| !title.is_empty())),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value?)))
    .collect()
}

fn name(key: &str) -> &str {
    match key {
        "doi" => "DOI",
        "pmid" => "PubMed number",
        other => other,
    }
}

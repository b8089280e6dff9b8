//! Series that may report the same people: what they share and what the review makes of it, as a table and as a graph.

use super::diagram::{Diagram, mermaid_words};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Enrolment, Evidence, Overlap, Standing, overlaps};

/// So many suspected pairs of one series are listed, at most.
const MOST_OF_ONE: usize = 10;

/// Returns the pairs that are listed, in the order of the review, and how many more there are.
pub(in crate::report) fn listed(evidence: &Evidence) -> (Vec<Overlap>, usize) {
    let found = overlaps(evidence, MOST_OF_ONE);
    let further = found.iter().map(|of_one| of_one.further).sum();
    let mut pairs: Vec<Overlap> = found.into_iter().flat_map(|of_one| of_one.pairs).collect();
    pairs.sort_by(|one, other| one.studies.cmp(&other.studies));
    (pairs, further)
}

/// Returns the pairs of series that may overlap; no rows where there is none.
#[must_use]
pub fn overlap_table(evidence: &Evidence) -> Table {
    let (pairs, further) = listed(evidence);
    let mut notes = vec![
        "Shown are pairs that are declared, or that have two authors, a centre or a registry in common while nothing known of \
         their enrolment keeps them apart."
            .to_owned(),
    ];
    if further > 0 {
        notes.push(format!("Of a series with very many, ten suspected pairs are shown: {further} more are not."));
    }
    let row = |overlap: &Overlap| {
        let [one, other] = &overlap.studies;
        let standing = match &overlap.standing {
            Standing::Declared => "Declared: never in one pool".to_owned(),
            Standing::Accepted(reason) => format!("Both stay: {reason}"),
            Standing::Open => "Nobody has said anything".to_owned(),
        };
        let cells = [
            wording::study_name(evidence, one),
            wording::study_name(evidence, other),
            shared(overlap),
            wording::upper_first(enrolment_words(overlap.enrolment)),
            standing,
        ];
        Row { kind: RowKind::Entry, key: Some(other.clone()), cells: cells.map(Cell::text).into() }
    };
    let column = |id: &str, header: &str| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align: Align::Left,
    };
    Table {
        id: "overlaps".to_owned(),
        caption: "Series that may report the same patients".to_owned(),
        columns: vec![
            column("study", "Series"),
            column("other", "And"),
            column("shared", "In common"),
            column("enrolment", "Enrolment"),
            column("standing", "What is made of it"),
        ],
        rows: pairs.iter().map(row).collect(),
        footnotes: Vec::new(),
        notes,
    }
}

/// Returns the series that may overlap as a Mermaid graph: full lines are declared, broken ones suspected; `None` without any.
#[must_use]
pub fn overlap_graph(evidence: &Evidence) -> Option<Diagram> {
    let (pairs, _) = listed(evidence);
    let mut nodes: Vec<&String> = pairs.iter().flat_map(|overlap| &overlap.studies).collect();
    nodes.sort();
    nodes.dedup();
    let mut text = "graph LR\n".to_owned();
    for (index, id) in nodes.iter().enumerate() {
        text.push_str(&format!("  s{index}[\"{}\"]\n", mermaid_words(&wording::study_name(evidence, id))));
    }
    for overlap in &pairs {
        let [one, other] = overlap.studies.each_ref().map(|id| nodes.binary_search(&id).ok());
        let (Some(one), Some(other)) = (one, other) else { continue };
        let line = if overlap.standing == Standing::Declared { "---" } else { "-.-" };
        text.push_str(&format!("  s{one} {line}|\"{}\"| s{other}\n", mermaid_words(&shared(overlap))));
    }
    (!pairs.is_empty()).then(|| Diagram { id: "overlaps".to_owned(), mermaid: text, text: None })
}

/// Returns what is known of two dates of enrolment, in words.
pub(super) fn enrolment_words(enrolment: Enrolment) -> &'static str {
    match enrolment {
        Enrolment::Together => "overlaps",
        Enrolment::Apart => "does not overlap",
        Enrolment::Unknown => "not known of both",
    }
}

/// Returns what two series have in common: `3 authors (Milano MT, Katz AW, Zhang H); Rochester`.
pub(super) fn shared(overlap: &Overlap) -> String {
    let mut parts = Vec::new();
    if !overlap.authors.is_empty() {
        let count = super::format::counted(overlap.authors.len() as u64, "author", "authors");
        parts.push(format!("{count} ({})", overlap.authors.join(", ")));
    }
    parts.extend([&overlap.institutions, &overlap.registries].into_iter().flatten().cloned());
    if parts.is_empty() { "nothing that is entered".to_owned() } else { parts.join("; ") }
}

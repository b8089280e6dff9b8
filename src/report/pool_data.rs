//! The figures of a pool as a plain table of numbers: what `forestable pool` and any other program can read.

use super::table::{Align, Cell, Column, Row, RowKind, Table};
use crate::review::{AnalysisFindings, Entry};

const COLUMNS: [&str; 14] = [
    "study",
    "cohort",
    "timing",
    "n",
    "events",
    "proportion",
    "lower",
    "upper",
    "yi",
    "vi",
    "scale",
    "grade",
    "effective_size",
    "weight_percent",
];

/// Returns the series of an analysis with their effects, in full double precision.
#[must_use]
pub fn pool_data(found: &AnalysisFindings) -> Table {
    Table {
        id: found.analysis.id.clone(),
        caption: String::new(),
        columns: COLUMNS
            .map(|id| Column { id: id.to_owned(), header: id.to_owned(), spanner: None, align: Align::Left })
            .into(),
        rows: found.entries.iter().map(|entry| row(found, entry)).collect(),
        footnotes: Vec::new(),
        notes: Vec::new(),
    }
}

fn row(found: &AnalysisFindings, entry: &Entry) -> Row {
    let effect = &entry.effect;
    let whole = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let texts = [
        entry.key.study.clone(),
        entry.key.cohort.clone(),
        entry.timing.as_str().to_owned(),
        whole(entry.n),
        whole(entry.events),
        effect.proportion.to_string(),
        effect.lower.to_string(),
        effect.upper.to_string(),
        effect.yi.to_string(),
        effect.vi.to_string(),
        found.analysis.methods.scale.as_str().to_owned(),
        effect.rung.grade().as_str().to_owned(),
        effect.effective.to_string(),
        entry.weight_percent.map(|weight| weight.to_string()).unwrap_or_default(),
    ];
    Row { kind: RowKind::Entry, key: Some(entry.key.study.clone()), cells: texts.map(Cell::text).into() }
}

//! The figures of a pool as a plain table of numbers: what `forestable pool` and any other program can read.

use serde::Serialize;

use crate::review::{AnalysisFindings, Entry};

/// The columns, as `forestable pool --measure GEN` and other programs name them.
pub const COLUMNS: [&str; 15] = [
    "study",
    "yi",
    "vi",
    "scale",
    "proportion",
    "lower",
    "upper",
    "n",
    "events",
    "cohort",
    "timing",
    "grade",
    "effective_size",
    "weight_percent",
    "group",
];

/// The series of a pool.
#[derive(Debug, Clone, Serialize)]
pub struct PoolData {
    /// Id of the analysis.
    pub id: String,
    /// One row a series, one text a column, numbers in full double precision; empty where there is none.
    pub rows: Vec<[String; COLUMNS.len()]>,
}

/// Returns the series of an analysis with their effects.
#[must_use]
pub fn pool_data(found: &AnalysisFindings) -> PoolData {
    PoolData { id: found.analysis.id.clone(), rows: found.entries.iter().map(|entry| row(found, entry)).collect() }
}

fn row(found: &AnalysisFindings, entry: &Entry) -> [String; COLUMNS.len()] {
    let effect = &entry.effect;
    let text = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        entry.key.study.clone(),
        effect.yi.to_string(),
        effect.vi.to_string(),
        found.analysis.methods.scale.to_string(),
        effect.proportion.to_string(),
        effect.lower.to_string(),
        effect.upper.to_string(),
        text(entry.n),
        text(entry.events),
        entry.key.cohort.clone(),
        entry.timing.as_str().to_owned(),
        effect.rung.grade().to_string(),
        effect.effective.to_string(),
        entry.weight_percent.map(|weight| weight.to_string()).unwrap_or_default(),
        entry.group.as_ref().map(|group| group.id().to_owned()).unwrap_or_default(),
    ]
}

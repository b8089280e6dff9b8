//! Tables as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Count, Id, OneOr, Text, Time, Timing};

/// One table.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawTable {
    /// Its caption.
    pub title: Option<Text>,
    /// What it shows; `series` unless said, or what its id names, such as `sensitivity`.
    #[schemars(extend("enum" = [
        "series", "comparison", "characteristics", "toxicity", "over-time", "medians", "hazard-ratios", "heterogeneity", "moderators",
        "clusters", "sensitivity", "choice-grid", "precision", "curves", "honesty", "left-out", "contradictions", "completeness", "agreement", "decisions",
        "next-series", "versions", "version-changes"
    ]))]
    pub kind: Option<Text>,
    /// Which studies it shows.
    #[serde(rename = "where")]
    pub filter: Option<RawFilter>,
    /// Ids of its outcomes, in the order of its columns.
    pub outcomes: Option<Vec<Id>>,
    /// The times it shows; otherwise all.
    pub at: Option<OneOr<Time, Vec<Time>>>,
    /// Ids of its columns, in their order; otherwise all that its kind has.
    pub columns: Option<Vec<Text>>,
    /// The order of its studies.
    #[schemars(extend("enum" = ["year", "label"]))]
    pub sort: Option<Text>,
    /// The decimals of pooled per cents, 0 to 3; 1 unless said. Printed figures keep their own.
    pub digits: Option<Count>,
    /// What stands for an absent figure.
    pub marks: Option<RawMarks>,
}

/// What stands for an absent figure, by the kind of its absence.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawMarks {
    /// The paper does not report it; `NR` unless said.
    pub not_reported: Option<Text>,
    /// A time that was not reached; `NRe` unless said.
    pub not_reached: Option<Text>,
    /// It would make no sense; `–` unless said.
    pub not_applicable: Option<Text>,
    /// It cannot be made out; `?` unless said.
    pub unclear: Option<Text>,
    /// There is nothing to show; `–` unless said.
    pub nothing: Option<Text>,
}

/// Which studies a table shows.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFilter {
    /// Only series of this timing.
    pub timing: Option<Timing>,
}

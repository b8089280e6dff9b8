//! Who extracted a file, and what was decided where two people did, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Day, Text};

/// Who wrote a file, or decided between two: `forestable adjudicate` writes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawExtraction {
    /// Who extracted the figures, or decided between two extractions.
    pub by: Option<Text>,
    /// When.
    pub on: Option<Day>,
    /// Who extracted the figures, each without the other, where somebody decided between them.
    pub extractors: Option<Vec<Text>>,
    /// Every field that the two had differently.
    pub decisions: Option<Vec<RawDecision>>,
}

/// What was decided on a field that two people extracted differently.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawDecision {
    /// The field, as `forestable adjudicate` names it.
    #[schemars(required)]
    pub field: Option<Text>,
    /// What the first wrote; left out where it is nothing.
    pub a: Option<Text>,
    /// What the second wrote; left out where it is nothing.
    pub b: Option<Text>,
    /// What is taken: `a`, `b`, `neither`, or another value.
    #[schemars(required)]
    pub take: Option<Text>,
    /// Why.
    #[schemars(required)]
    pub why: Option<Text>,
}

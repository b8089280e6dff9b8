//! How sure the reviewers are of their answers (GRADE), as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Count, Map, Text};

/// The certainty of the answers. Nothing is graded without framing, and no judgement stands without its reason.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawCertainty {
    /// What is asked: how patients fare (`prognosis`: bodies of series start high), or what a treatment does
    /// (`intervention`: series start low, unless they were rated with a ROBINS-I against a stated comparator).
    #[schemars(required, extend("enum" = ["prognosis", "intervention"]))]
    pub framing: Option<Text>,
    /// Who judges.
    #[schemars(required)]
    pub by: Option<Text>,
    /// By analysis: its five domains, and what may raise it; seven analyses at most.
    #[schemars(required)]
    pub grades: Option<Map<RawGrade>>,
}

/// The judgements of one answer. A domain that nobody has judged leaves it ungraded.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawGrade {
    /// Whether the series answer their own question without bias.
    pub risk_of_bias: Option<RawDown>,
    /// Whether the series agree.
    pub inconsistency: Option<RawDown>,
    /// Whether the series answer the review's question.
    pub indirectness: Option<RawDown>,
    /// Whether the answer is narrow enough to act on.
    pub imprecision: Option<RawDown>,
    /// Whether series are missing because of what they found.
    pub publication_bias: Option<RawDown>,
    /// Up for a large effect.
    pub large_effect: Option<RawUp>,
    /// Up for a gradient with dose.
    pub dose_response: Option<RawUp>,
    /// Up where all that confounds would work against what was found.
    pub opposing_confounding: Option<RawUp>,
    /// A remark, printed in the summary of findings.
    pub comment: Option<Text>,
}

/// A domain that may lower the certainty.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawDown {
    /// By how many levels: 0, 1 or 2.
    #[schemars(required, range(max = 2))]
    pub down: Option<Count>,
    /// Why.
    #[schemars(required)]
    pub reason: Option<Text>,
}

/// What may raise the certainty.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawUp {
    /// By how many levels: 0, 1 or 2.
    #[schemars(required, range(max = 2))]
    pub up: Option<Count>,
    /// Why.
    #[schemars(required)]
    pub reason: Option<Text>,
}

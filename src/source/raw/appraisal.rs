//! What the reviewers judge of the studies and of the answers, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Count, Id, Map, OneOr, Text};

/// Answers to the items of one tool, by the item's name: a bare answer, or one with its reason.
pub type RawAnswers = Map<OneOr<Text, RawRating>>;

/// Ratings with one tool.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawRiskOfBias {
    /// The tool's name.
    #[schemars(required, extend("enum" = [
        "MINORS", "JBI case series", "IHE", "Newcastle-Ottawa", "ROBINS-I 2016", "ROBINS-I V2", "RoB 2", "QUIPS",
    ]))]
    pub tool: Option<Text>,
    /// Who rated.
    pub by: Option<Text>,
    /// For a tool that compares: what a series of one arm is compared with.
    pub comparator: Option<Text>,
    /// Item and judgement; an item that is not here was not read.
    pub items: Option<RawAnswers>,
    /// What each of several raters found on their own, each under a name.
    pub raters: Option<Map<RawAnswers>>,
    /// What raters who disagreed settled on.
    pub consensus: Option<RawAnswers>,
}

/// One judgement with its reason.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawRating {
    /// One of the item's answers, `not read` or `not applicable`.
    #[schemars(required)]
    pub answer: Option<Text>,
    /// Why.
    #[schemars(extend("x-recommended" = true))]
    pub reason: Option<Text>,
    /// Id of the source it was read in.
    pub source: Option<Id>,
    /// Word for word.
    pub quote: Option<Text>,
}

/// What the reviewers call low risk of bias; there is no rule unless they state one.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawRiskRule {
    /// By tool: what a study must reach.
    #[schemars(required, extend("minProperties" = 1))]
    pub low_if: Option<Map<RawLowIf>>,
    /// Why this rule; printed in the report.
    #[schemars(required)]
    pub reason: Option<Text>,
}

/// What a study must reach to be called low risk; all that is stated here.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawLowIf {
    /// So many points, yeses or stars.
    pub at_least: Option<Count>,
    /// No item is judged worse than this.
    #[schemars(extend("enum" = ["low", "moderate", "high"]))]
    pub worst: Option<Text>,
    /// These items have this answer or a better one.
    pub items: Option<Map<Text>>,
}

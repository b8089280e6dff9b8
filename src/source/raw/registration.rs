//! The registered analyses and what was amended since, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::methods::with_settings;
use super::{Confidence, Day, Grades, Id, Map, Mixable, OneOr, Risk, Share, Status, Text, Time};

/// The primary analyses as they were registered.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawRegistration {
    /// When.
    #[schemars(required)]
    pub date: Option<Day>,
    /// Where: a register and its number, a protocol, this file; printed in the report.
    #[schemars(required)]
    #[serde(rename = "where")]
    pub place: Option<Text>,
    /// Whether that was before any result of a study was known.
    #[schemars(required)]
    pub prospective: Option<bool>,
    /// The methods that all registered analyses share.
    pub methods: Option<RawRegisteredMethods>,
    /// Each registered analysis, under its id.
    #[schemars(required, extend("minProperties" = 1))]
    pub analyses: Option<Map<RawRegisteredAnalysis>>,
}

with_settings! {
    /// Methods as they were registered.
    pub struct RawRegisteredMethods {}

    /// One analysis as it was registered; what it leaves out it does without.
    pub struct RawRegisteredAnalysis {
        /// Id of the outcome.
        #[schemars(required)]
        pub outcome: Option<Id>,
        /// When; a count needs none.
        pub at: Option<Time>,
        /// Words for the primary tumour, in order of preference.
        pub cohort: Option<OneOr<Text, Vec<Text>>>,
        /// What divides the studies into subgroups.
        #[schemars(extend("enum" = ["timing", "risk", "rating", "primary", "unit"]))]
        pub group_by: Option<Text>,
        /// The cohort to take from a study that has several: `{STUDY: COHORT}`.
        pub pick: Option<Map<Id>>,
        /// Only figures supported this well.
        pub status: Option<Vec<Status>>,
        /// Only series of this risk of bias under the review's rule.
        pub risk: Option<Vec<Risk>>,
        /// Ids of studies left out.
        pub exclude: Option<Vec<Id>>,
        /// Ids of the variants of the outcome that are pooled with it.
        pub variants: Option<Vec<Id>>,
        /// What the pool may mix.
        pub mix: Option<Vec<Mixable>>,
        /// For counts: only those of exactly this grade.
        pub grade: Option<Grades>,
    }
}

/// One change of a registered analysis.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawAmendment {
    /// When it was decided.
    #[schemars(required)]
    pub date: Option<Day>,
    /// Ids of the analyses it changes; all registered ones unless said.
    pub analysis: Option<OneOr<Id, Vec<Id>>>,
    /// What is changed: a key of a registered analysis.
    #[schemars(extend("enum" = [
        "outcome", "at", "cohort", "group_by", "pick", "status", "risk", "exclude", "variants", "mix", "grade", "scale", "model",
        "tau2", "tau2_interval", "interval", "prediction", "level", "missing_precision", "tau_prior", "mu_prior",
        "subgroup_tau2", "overlap_rule",
    ]))]
    pub key: Option<Text>,
    /// What it was until then; `none` where there was nothing.
    pub from: Option<OneOr<Text, Vec<Text>>>,
    /// What it is from then on; `none` where there is nothing any more.
    pub to: Option<OneOr<Text, Vec<Text>>>,
    /// In place of `key`, `from` and `to`: the analysis is no longer made.
    pub dropped: Option<bool>,
    /// Why; printed in the report.
    #[schemars(required)]
    pub reason: Option<Text>,
}

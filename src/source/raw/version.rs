//! A released version as `forestable release` records it. As in a study file, the records are the grammar.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Count, Day, Id, Map, Number, Text};

/// One released version of a review: what it included and what its pools were.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVersion {
    /// When it was released.
    #[schemars(required)]
    pub date: Option<Day>,
    /// What led to it: a search by the calendar, a new trial, a correction.
    #[schemars(required)]
    pub trigger: Option<Text>,
    /// How it was made afterwards, where it was not recorded at the time.
    pub reconstructed: Option<Text>,
    /// A remark.
    pub note: Option<Text>,
    /// The version of the program that computed it.
    pub program: Option<Text>,
    /// What was found and included, as the flow of studies counts it.
    pub flow: Option<RawVersionFlow>,
    /// The SHA-256 of review.yaml.
    pub review: Option<Text>,
    /// The studies included, each with the SHA-256 of its file.
    #[schemars(required)]
    pub studies: Option<Map<Text>>,
    /// What review.yaml says otherwise than in the version before, an item each.
    pub methods: Option<Vec<Text>>,
    /// What was done to the files since the version before, in the order in which it is counted.
    pub changes: Option<Vec<RawVersionChange>>,
    /// The value of every pool.
    #[schemars(required)]
    pub pools: Option<Vec<RawVersionPool>>,
}

/// The flow of studies of a version.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVersionFlow {
    /// Records identified, by all ways.
    pub identified: Option<Count>,
    /// Reports assessed for eligibility.
    pub assessed: Option<Count>,
    /// Studies included.
    pub studies: Option<Count>,
    /// Reports of them.
    pub reports: Option<Count>,
}

/// One change to the files of a review.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVersionChange {
    /// What was done.
    #[schemars(required)]
    pub kind: Option<VersionChangeKind>,
    /// Id of the study; none for review.yaml.
    pub study: Option<Id>,
    /// How the study was called, for one that is gone.
    pub label: Option<Text>,
    /// The same in a sentence.
    pub says: Option<Text>,
}

/// What was done to a file of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionChangeKind {
    /// review.yaml says something else.
    Review,
    /// A study says something else.
    Corrected,
    /// A study is gone.
    Removed,
    /// A study is new.
    Added,
}

impl VersionChangeKind {
    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Corrected => "corrected",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

/// The value of one pool.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVersionPool {
    /// Id of the analysis.
    #[schemars(required)]
    pub analysis: Option<Id>,
    /// The group; all series where none is said.
    pub group: Option<Id>,
    /// Ids of the studies in it.
    #[schemars(required)]
    pub series: Option<Vec<Id>>,
    /// Patients (or lesions) together.
    pub n: Option<Count>,
    /// The proportion, from 0 to 1; left out without an answer.
    pub estimate: Option<Number>,
    /// Its interval.
    pub interval: Option<[Number; 2]>,
    /// Its prediction interval.
    pub prediction: Option<[Number; 2]>,
    /// I², per cent.
    pub i2: Option<Number>,
    /// P of the test between groups.
    pub p_between: Option<Number>,
    /// Confidence level of the intervals.
    #[schemars(required)]
    pub level: Option<Number>,
    /// How far each change moved it.
    pub because: Option<Vec<RawVersionCause>>,
}

/// What one change did to a pool.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVersionCause {
    /// The change's place in the list of changes, from 1.
    #[schemars(required)]
    pub change: Option<Count>,
    /// How far it moved the proportion: 0.01 is one percentage point; left out where there was none before or after.
    pub moved: Option<Number>,
}

//! The fixed words of the grammar. Rooms below use these very types: a word means the same wherever it is read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether data were collected forwards in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Looked up afterwards.
    Retrospective,
    /// Planned before.
    Prospective,
}

impl Timing {
    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrospective => "retrospective",
            Self::Prospective => "prospective",
        }
    }
}

/// What the dose and fractions of a schedule are of the patients'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleStatistic {
    /// What each had.
    #[default]
    Prescribed,
    /// The median of the dose, the median of the fractions.
    Median,
    /// The mean of each.
    Mean,
    /// What most had.
    MostCommon,
}

/// Whether a group received the treatment under review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It did.
    #[default]
    Treated,
    /// It did not: never in a one-arm pool.
    Control,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Patients.
    #[default]
    Patients,
    /// Lesions.
    Lesions,
    /// The paper does not say; patients are taken as n, with a footnote.
    Unclear,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Patients, Self::Lesions, Self::Unclear];

    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::Lesions => "lesions",
            Self::Unclear => "unclear",
        }
    }
}

/// How a proportion was estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ascertainment {
    /// Kaplan-Meier, or "actuarial".
    KaplanMeier,
    /// Cumulative incidence, with competing events.
    CumulativeIncidence,
    /// Events over patients, whatever their follow-up.
    Crude,
}

/// How well a figure is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Read in the primary source.
    Verified,
    /// Read in another review or a report.
    Secondary,
    /// Found only in the review it came from.
    ReviewOnly,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Secondary, Self::ReviewOnly];

    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Secondary => "secondary",
            Self::ReviewOnly => "review-only",
        }
    }
}

/// The scale on which an interval was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CiScale {
    /// log(−log S).
    LogLog,
    /// log S.
    Log,
    /// S itself.
    Plain,
    /// log(S / (1 − S)).
    Logit,
}

/// When a toxicity occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Early.
    Acute,
    /// Late.
    Late,
    /// Either.
    #[default]
    Any,
}

/// What an outcome is measured as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// A survival proportion at a time.
    Survival,
    /// A count of patients (or lesions) with an event, of those observed.
    Proportion,
}

/// What a pool may mix where the review says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mixable {
    /// Patients with lesions.
    Unit,
    /// Kaplan-Meier with cumulative incidence.
    Method,
}

impl Mixable {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Unit, Self::Method];

    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Method => "method",
        }
    }
}

/// What is wrong with a conflicting figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// It cannot be true as printed.
    Implausible,
}

/// How much findings of a code weigh in a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Nothing is built.
    Error,
    /// Built all the same.
    Warning,
    /// Not shown at all.
    Off,
}

/// A study's risk of bias under the rule that the review states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// It reaches what the rule asks.
    Low,
    /// It does not, whatever the unread items say.
    NotLow,
    /// It is not rated, or the unread items decide.
    Unknown,
}

impl Risk {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Low, Self::NotLow, Self::Unknown];

    /// Returns the word of the YAML grammar.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::NotLow => "not-low",
            Self::Unknown => "unknown",
        }
    }
}

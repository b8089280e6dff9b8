//! A study file as it is written. What is described here is the grammar: the structure checks, the editors' schema and
//! the reading itself all follow these records.
//!
//! Every field is an `Option` so that one that is missing or misspelt hides no other fault; `#[schemars(required)]` marks
//! what a file must have, `x-recommended` what is missed with a warning.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Ascertainment, CiScale, Confidence, ConflictKind, Count, CountOrAbsence, Day, Dose, End, Grades, Id, Map, Moment,
    Number, OneOr, Phase, RawExtraction, RawRiskOfBias, Role, ScheduleStatistic, Share, ShareOrAbsence, SizeOrAbsence,
    Status, Text, Time, TimeOrAbsence, Timing, Unit,
};

/// One published series.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawStudy {
    /// How tables and figures name it; otherwise the first author's family name, with "et al." when there are more.
    pub label: Option<Text>,
    /// The publication.
    #[schemars(required)]
    pub reference: Option<RawReference>,
    /// How the study was done.
    #[schemars(required)]
    pub design: Option<RawDesign>,
    /// The definition of oligometastatic disease, as the paper puts it.
    pub definition: Option<Text>,
    /// How long patients were followed.
    pub follow_up: Option<RawFollowUp>,
    /// What was given.
    pub treatment: Option<RawTreatment>,
    /// Groups of patients, each under an id of its own.
    #[schemars(required, extend("minProperties" = 1))]
    pub cohorts: Option<Map<RawCohort>>,
    /// Results that compare two cohorts.
    pub comparisons: Option<Vec<RawComparison>>,
    /// Where numbers were read, each place under an id of its own.
    pub sources: Option<Map<RawSource>>,
    /// The same quantity printed differently elsewhere: kept, shown, never dropped.
    pub conflicts: Option<Vec<RawConflict>>,
    /// Ids of studies whose patients may be the same people.
    pub overlaps: Option<Vec<Id>>,
    /// Ratings of the risk of bias.
    pub risk_of_bias: Option<RawRiskOfBias>,
    /// A fact and the source it was read in, where that is not the study's usual one: `{enrolment: SOURCE}`.
    pub facts: Option<Map<Id>>,
    /// Who took the figures from the paper; where two did, how their differences were decided.
    pub extraction: Option<RawExtraction>,
    /// Free Markdown; printed under the study's table row.
    pub notes: Option<Text>,
}

/// A publication's reference.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawReference {
    /// Family name, then initials: `[Milano MT, Katz AW]`; a list cut in the source ends with `et al.`
    #[schemars(required, extend("minItems" = 1))]
    pub authors: Option<Vec<Text>>,
    /// The title, as printed.
    #[schemars(required)]
    pub title: Option<Text>,
    /// The journal.
    #[schemars(extend("x-recommended" = true))]
    pub journal: Option<Text>,
    /// Year of publication.
    #[schemars(required)]
    pub year: Option<Count>,
    /// Volume.
    pub volume: Option<Text>,
    /// Issue.
    pub issue: Option<Text>,
    /// Pages or article number.
    pub pages: Option<Text>,
    /// The DOI: `10.1186/1748-717X-7-164`.
    #[schemars(extend("x-recommended" = true))]
    pub doi: Option<Text>,
    /// PubMed's number.
    pub pmid: Option<Text>,
    /// PubMed Central's number.
    pub pmcid: Option<Text>,
}

/// How a study was done.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawDesign {
    /// Whether data were collected forwards in time.
    #[schemars(required)]
    pub timing: Option<Timing>,
    /// In the paper's words: single arm, phase 2, registry, randomised.
    pub kind: Option<Text>,
    /// How many centres took part: a number, or `multicentre`.
    pub centres: Option<Text>,
    /// First and last date of enrolment: `[2007-07, 2010-06]`.
    pub enrolment: Option<[Day; 2]>,
    /// The centres by name: series of one centre may report the same people.
    pub institutions: Option<Vec<Text>>,
    /// The registry the patients come from, or the trial's registration: `[RSSearch]`, `[NCT01234567]`.
    pub registries: Option<Vec<Text>>,
}

/// How long patients were followed.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFollowUp {
    /// The median.
    pub median: Option<TimeOrAbsence>,
    /// The median's confidence interval.
    pub ci: Option<[End; 2]>,
    /// Shortest and longest.
    pub range: Option<[Time; 2]>,
    /// First and third quartile.
    pub iqr: Option<[Time; 2]>,
    /// How it was computed, such as `reverse Kaplan-Meier`.
    pub method: Option<Text>,
    /// Computed by the reviewer, not printed.
    pub derived: Option<bool>,
    /// Id of the source.
    pub source: Option<Id>,
    /// Word for word.
    pub quote: Option<Text>,
    /// A remark.
    pub note: Option<Text>,
}

/// What was given.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawTreatment {
    /// Technique.
    pub technique: Option<Text>,
    /// Dose.
    pub dose: Option<Text>,
    /// Fractions.
    pub fractions: Option<Text>,
    /// Systemic therapy.
    pub systemic: Option<Text>,
    /// Sites treated.
    pub sites: Option<Text>,
    /// Dose and fractions as figures, a record for each schedule.
    pub schedules: Option<Vec<RawSchedule>>,
}

/// A dose in a number of fractions.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawSchedule {
    /// The total dose with its unit, or a range: `54 Gy`, `[30 Gy, 60 Gy]`.
    #[schemars(required)]
    pub dose: Option<OneOr<Dose, Vec<Dose>>>,
    /// The number of fractions, or a range: `3`, `[3, 8]`.
    #[schemars(required)]
    pub fractions: Option<OneOr<Count, Vec<Count>>>,
    /// What these are of the patients'; `prescribed` unless said.
    pub statistic: Option<ScheduleStatistic>,
    /// The share of patients (or lesions) that had it, where there are several schedules.
    pub share: Option<Share>,
    /// The isodose or point that the dose is prescribed to: `80% isodose`.
    pub prescribed_to: Option<Text>,
    /// The technique, where the study has several.
    pub technique: Option<Text>,
    /// Id of the cohort that had it, where not all did.
    pub cohort: Option<Id>,
    /// Id of the source.
    #[schemars(extend("x-recommended" = true))]
    pub source: Option<Id>,
    /// Word for word.
    pub quote: Option<Text>,
    /// The page it stands on.
    pub page: Option<Text>,
    /// A remark.
    pub note: Option<Text>,
}

/// A group of patients.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawCohort {
    /// The primary tumour, in a word of the review's vocabulary.
    #[schemars(required)]
    pub primary: Option<Text>,
    /// How tables name it; otherwise the vocabulary's words.
    pub label: Option<Text>,
    /// The definition, where it differs from the study's.
    pub definition: Option<Text>,
    /// Patients.
    #[schemars(required)]
    pub patients: Option<SizeOrAbsence>,
    /// Lesions.
    pub lesions: Option<SizeOrAbsence>,
    /// Id of the cohort that contains this one.
    pub of: Option<Id>,
    /// Whether it received the treatment under review; `treated` unless said.
    pub role: Option<Role>,
    /// Its own follow-up, where it differs from the study's.
    pub follow_up: Option<RawFollowUp>,
    /// What was published of it.
    pub results: Option<Vec<RawResult>>,
}

/// One published result: a survival proportion, a count, a median, a curve or a mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawResult {
    /// Id of the outcome.
    #[schemars(required)]
    pub outcome: Option<Id>,
    /// Id of the endpoint as the paper defines it.
    pub variant: Option<Id>,
    /// When: a time with its unit, `last follow-up` or `not stated`.
    pub at: Option<Moment>,
    /// The proportion.
    pub estimate: Option<ShareOrAbsence>,
    /// Its interval, or the median's.
    pub ci: Option<[End; 2]>,
    /// The interval's confidence level, when it is not 95%.
    pub level: Option<Confidence>,
    /// The scale on which the paper built the interval.
    pub ci_scale: Option<CiScale>,
    /// Its standard error, as a proportion.
    pub se: Option<Share>,
    /// How many were still at risk at that time; for a curve, by time.
    pub at_risk: Option<OneOr<Count, Map<Count>>>,
    /// Events: up to that time, or of those counted.
    pub events: Option<CountOrAbsence>,
    /// Censored up to that time.
    pub censored: Option<Count>,
    /// Of how many.
    pub of: Option<Count>,
    /// The grade of a toxicity.
    pub grade: Option<Grades>,
    /// When a toxicity occurred.
    pub phase: Option<Phase>,
    /// A single kind of event, such as `gastritis`.
    pub event: Option<Text>,
    /// A median time.
    pub median: Option<TimeOrAbsence>,
    /// Smallest and largest.
    pub range: Option<[End; 2]>,
    /// First and third quartile.
    pub iqr: Option<[End; 2]>,
    /// A digitised curve: a CSV file with the columns time and survival.
    pub curve: Option<Text>,
    /// The unit of the curve's time column.
    pub time_unit: Option<Text>,
    /// Events over the whole curve.
    pub total_events: Option<Count>,
    /// A mean.
    pub mean: Option<Number>,
    /// Its standard deviation.
    pub sd: Option<Number>,
    /// The result's own number of patients or lesions, where it is not the cohort's.
    pub n: Option<Count>,
    /// What is counted; `patients` unless said.
    pub unit: Option<Unit>,
    /// How the proportion was estimated.
    pub method: Option<Ascertainment>,
    /// How well the figure is supported.
    pub status: Option<Status>,
    /// Computed by the reviewer from other printed figures.
    pub derived: Option<bool>,
    /// Id of the source.
    #[schemars(extend("x-recommended" = true))]
    pub source: Option<Id>,
    /// Word for word.
    #[schemars(extend("x-recommended" = true))]
    pub quote: Option<Text>,
    /// The page it stands on.
    pub page: Option<Text>,
    /// A remark.
    pub note: Option<Text>,
}

/// A result that compares two cohorts.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawComparison {
    /// Id of the outcome.
    #[schemars(required)]
    pub outcome: Option<Id>,
    /// Id of the endpoint as the paper defines it.
    pub variant: Option<Id>,
    /// When, if it is at a time.
    pub at: Option<Time>,
    /// The two cohorts' ids, experimental first.
    #[schemars(required)]
    pub arms: Option<[Id; 2]>,
    /// The hazard ratio.
    pub hazard_ratio: Option<Number>,
    /// Its interval.
    pub ci: Option<[Number; 2]>,
    /// The interval's confidence level, when it is not 95%.
    pub level: Option<Confidence>,
    /// The two-sided P value.
    pub p: Option<Number>,
    /// Events, experimental first.
    pub events: Option<[Count; 2]>,
    /// Denominators, experimental first.
    pub of: Option<[Count; 2]>,
    /// How well the figure is supported.
    pub status: Option<Status>,
    /// Id of the source.
    #[schemars(extend("x-recommended" = true))]
    pub source: Option<Id>,
    /// Word for word.
    #[schemars(extend("x-recommended" = true))]
    pub quote: Option<Text>,
    /// The page it stands on.
    pub page: Option<Text>,
    /// A remark.
    pub note: Option<Text>,
}

/// A place where numbers were read.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawSource {
    /// In words: `abstract`, `Lemoine 2021, Table 4`.
    #[schemars(required)]
    #[serde(rename = "where")]
    pub location: Option<Text>,
    /// Web address.
    pub url: Option<Text>,
    /// DOI, where it is another publication.
    pub doi: Option<Text>,
    /// When it was read.
    pub read: Option<Day>,
    /// A remark.
    pub note: Option<Text>,
}

/// The same quantity printed differently.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawConflict {
    /// Id of the cohort; `unclear` where the source does not say which.
    pub cohort: Option<Text>,
    /// Id of the outcome, for a result.
    pub outcome: Option<Id>,
    /// Id of the variant that the other source names.
    pub variant: Option<Id>,
    /// The time, for a result at a time.
    pub at: Option<Moment>,
    /// For other facts: `patients`, `follow_up`.
    pub about: Option<Text>,
    /// What the other source says, word for word.
    pub says: Option<Text>,
    /// Its interval.
    pub ci: Option<[End; 2]>,
    /// A median that the other source gives.
    pub median: Option<TimeOrAbsence>,
    /// Events, where the other source gives a count.
    pub events: Option<Count>,
    /// Of how many.
    pub of: Option<Count>,
    /// The grade of that count.
    pub grade: Option<Grades>,
    /// `implausible` where it cannot be true as printed.
    pub kind: Option<ConflictKind>,
    /// Id of the source that says so.
    pub source: Option<Id>,
    /// Word for word.
    pub quote: Option<Text>,
    /// What was decided and why.
    #[schemars(required)]
    pub resolution: Option<Text>,
}

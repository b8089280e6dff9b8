//! A publication: its reference, design, cohorts, sources and what is disputed.

use std::fmt;

use serde::Serialize;

use super::{
    Bound, Cohort, Comparison, Extraction, FollowUp, Grade, Months, Printed, Proportion, Reported, Risk, RiskOfBias,
    Schedule, Timing,
};
use crate::diag::Place;

/// One series: one file under `studies/`.
#[derive(Debug, Clone, Serialize)]
pub struct Study {
    /// The file's stem, such as `milano-2012`.
    pub id: String,
    /// How tables and figures name it, without the year.
    pub label: String,
    /// The publication.
    pub reference: Reference,
    /// How it was done.
    pub design: Design,
    /// Of the condition, as the paper puts it.
    pub definition: Option<String>,
    /// How long patients were followed.
    pub follow_up: Option<FollowUp>,
    /// What was given.
    pub treatment: Treatment,
    /// Its groups of patients, in the file's order; a parent stands before or after its subgroups.
    pub cohorts: Vec<Cohort>,
    /// Two-arm results.
    pub comparisons: Vec<Comparison>,
    /// Where numbers were read, in the file's order.
    pub sources: Vec<Source>,
    /// The same quantity printed differently, with what was decided.
    pub conflicts: Vec<Conflict>,
    /// Ids of studies whose patients may be the same people.
    pub overlaps: Vec<String>,
    /// Ratings, if any.
    pub risk_of_bias: Option<RiskOfBias>,
    /// Its risk of bias under the review's rule; unknown where there is no rule.
    pub risk: Risk,
    /// A fact and the source it comes from, where it is not the study's usual one.
    pub facts: Vec<(String, String)>,
    /// Who took the figures from the paper, and what was decided where two did.
    pub extraction: Option<Extraction>,
    /// Markdown by the authors.
    pub notes: Option<String>,
    /// Its file.
    pub place: Place,
}

impl Study {
    /// Returns the cohort with this id.
    #[must_use]
    pub fn cohort(&self, id: &str) -> Option<&Cohort> {
        self.cohorts.iter().find(|cohort| cohort.id == id)
    }

    /// Returns the source with this id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Returns label and year: `Milano et al. 2012`.
    #[must_use]
    pub fn label_year(&self) -> String {
        format!("{} {}", self.label, self.reference.year)
    }

    /// Returns the follow-up that holds for a cohort: its own, else the study's.
    #[must_use]
    pub fn follow_up_of<'a>(&'a self, cohort: &'a Cohort) -> Option<&'a FollowUp> {
        cohort.follow_up.as_ref().or(self.follow_up.as_ref())
    }
}

/// A publication's reference.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Reference {
    /// Family name, then initials: `Milano MT`; a last `et al.` is kept as `and_others`.
    pub authors: Vec<String>,
    /// Whether the list was cut.
    pub and_others: bool,
    /// Title, as printed.
    pub title: String,
    /// Journal.
    pub journal: Option<String>,
    /// Year of publication.
    pub year: u16,
    /// Volume.
    pub volume: Option<String>,
    /// Issue.
    pub issue: Option<String>,
    /// Pages or article number.
    pub pages: Option<String>,
    /// DOI, without `https://doi.org/`.
    pub doi: Option<String>,
    /// PubMed's number.
    pub pmid: Option<String>,
    /// PubMed Central's number.
    pub pmcid: Option<String>,
}

/// How a study was done.
#[derive(Debug, Clone, Serialize)]
pub struct Design {
    /// Retrospective or prospective.
    pub timing: Timing,
    /// Single arm, phase 2, registry, randomised.
    pub kind: Option<String>,
    /// How many centres.
    pub centres: Option<Centres>,
    /// First and last date of enrolment.
    pub enrolment: Option<(Date, Date)>,
    /// The centres, by name.
    pub institutions: Vec<String>,
    /// Registries the patients come from, and trial registrations.
    pub registries: Vec<String>,
}

/// How many centres took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Centres {
    /// That many.
    Count(u32),
    /// More than one.
    Multicentre,
}

/// A date as finely as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day, 1 to 31.
    pub day: Option<u8>,
}

/// Prints `2007`, `2007-03` or `2007-03-15`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        [self.month, self.day].into_iter().flatten().try_for_each(|part| write!(f, "-{part:02}"))
    }
}

/// What was given.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Treatment {
    /// Technique.
    pub technique: Option<String>,
    /// Dose.
    pub dose: Option<String>,
    /// Fractions.
    pub fractions: Option<String>,
    /// Systemic therapy.
    pub systemic: Option<String>,
    /// Sites treated.
    pub sites: Option<String>,
    /// Dose and fractions as figures, in the file's order.
    pub schedules: Vec<Schedule>,
}

/// A place where numbers were read.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Its id within the file.
    pub id: String,
    /// In words: `abstract`, `Lemoine 2021, Table 4`.
    pub location: String,
    /// Web address.
    pub url: Option<String>,
    /// DOI, where it is another publication.
    pub doi: Option<String>,
    /// When it was read.
    pub read: Option<Date>,
    /// A remark.
    pub note: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The same quantity printed differently: kept and shown, never dropped.
#[derive(Debug, Clone, Serialize)]
pub struct Conflict {
    /// The cohort; `None` where the source does not say which (`unclear`) or the fact is the study's.
    pub cohort: Option<String>,
    /// The outcome, for a result.
    pub outcome: Option<String>,
    /// The variant that the other source names.
    pub variant: Option<String>,
    /// The time, for a result at a time.
    pub at: Option<Months>,
    /// For other facts: `patients`, `follow_up`, …
    pub about: Option<String>,
    /// What the other source says, word for word.
    pub says: Option<String>,
    /// The same as a proportion, where it is one.
    pub estimate: Option<Printed>,
    /// Its interval.
    pub ci: Option<(Proportion, Proportion)>,
    /// A median that the other source gives.
    pub median: Option<Reported<Months>>,
    /// The interval of that median.
    pub median_ci: Option<(Bound, Bound)>,
    /// Events and denominator, where the other source gives a count.
    pub counts: Option<(Option<u64>, Option<u64>)>,
    /// The grade of that count.
    pub grade: Option<Grade>,
    /// Whether it cannot be true as printed (`kind: implausible`).
    pub implausible: bool,
    /// Id of the source that says so.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// What was decided and why.
    pub resolution: String,
    /// Where it is written.
    pub place: Place,
}

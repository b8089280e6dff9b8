//! A group of patients within a study.

use serde::Serialize;

use super::{Bound, Months, Reported, ResultEntry, Role};
use crate::diag::Place;

/// One group of patients.
#[derive(Debug, Clone, Serialize)]
pub struct Cohort {
    /// Its id within the study.
    pub id: String,
    /// The review's word for the primary tumour.
    pub primary: String,
    /// How tables name it; the vocabulary's words otherwise.
    pub label: Option<String>,
    /// The definition, where it differs from the study's.
    pub definition: Option<String>,
    /// Patients.
    pub patients: Reported<u64>,
    /// Lesions; `None` where the file does not say.
    pub lesions: Option<Reported<u64>>,
    /// The cohort that contains this one.
    pub of: Option<String>,
    /// Treated or control.
    pub role: Role,
    /// Its own follow-up.
    pub follow_up: Option<FollowUp>,
    /// What was published of it.
    pub results: Vec<ResultEntry>,
    /// Where it is written.
    pub place: Place,
}

/// How long patients were followed.
#[derive(Debug, Clone, Serialize)]
pub struct FollowUp {
    /// The median.
    pub median: Reported<Months>,
    /// Its confidence interval.
    pub ci: Option<(Bound, Bound)>,
    /// Shortest and longest.
    pub range: Option<(Months, Months)>,
    /// First and third quartile.
    pub iqr: Option<(Months, Months)>,
    /// How it was computed, such as `reverse Kaplan-Meier`.
    pub method: Option<String>,
    /// Computed by the reviewer, not printed.
    pub derived: bool,
    /// Id of the source.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Where it is written.
    pub place: Place,
}

//! The PRISMA 2020 flow: how many records, reports and studies came in and went out.
//!
//! Page et al. (2021), <https://doi.org/10.1136/bmj.n71>

use serde::Serialize;

/// The flow with every count: what was not given follows from the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// Records from databases and registers, by their names.
    pub identified: Vec<(String, u64)>,
    /// Records removed before screening, by reason.
    pub removed: Vec<(String, u64)>,
    /// Records screened.
    pub screened: u64,
    /// Records excluded on screening.
    pub excluded: u64,
    /// What became of the reports.
    pub reports: ReportFlow,
    /// What was found by other ways.
    pub other: Option<OtherFlow>,
    /// What an earlier version of the review included.
    pub previous: Option<Included>,
    /// What is included now.
    pub included: Included,
}

/// Records found by other ways than databases and registers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherFlow {
    /// Records, by where they were found.
    pub identified: Vec<(String, u64)>,
    /// What became of the reports.
    pub reports: ReportFlow,
}

/// Reports from retrieval to eligibility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportFlow {
    /// Sought for retrieval.
    pub sought: u64,
    /// Not retrieved.
    pub not_retrieved: u64,
    /// Assessed for eligibility.
    pub assessed: u64,
    /// Excluded, by reason.
    pub reasons: Vec<(String, u64)>,
}

/// Studies and the reports of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Included {
    /// Studies.
    pub studies: u64,
    /// Reports.
    pub reports: u64,
}

impl ReportFlow {
    /// Returns the reports that were found eligible.
    #[must_use]
    pub fn eligible(&self) -> u64 {
        self.assessed.saturating_sub(total(&self.reasons))
    }
}

/// Returns the sum of named counts.
#[must_use]
pub fn total(counts: &[(String, u64)]) -> u64 {
    counts.iter().map(|(_, count)| *count).fold(0, u64::saturating_add)
}

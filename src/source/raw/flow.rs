//! The flow of records, reports and studies as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Count, Map};

/// The PRISMA 2020 flow: how many records, reports and studies came in and went out.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFlow {
    /// Records from databases and registers, each under its name.
    pub identified: Option<Map<Count>>,
    /// Records removed before screening, by reason: `{duplicates: 80}`.
    pub removed: Option<Map<Count>>,
    /// Records screened; counted from the others unless said, as are all below.
    pub screened: Option<Count>,
    /// Records excluded on screening.
    pub excluded: Option<Count>,
    /// Reports sought for retrieval.
    pub sought: Option<Count>,
    /// Reports not retrieved.
    pub not_retrieved: Option<Count>,
    /// Reports assessed for eligibility.
    pub assessed: Option<Count>,
    /// Reports excluded, by reason.
    pub reasons: Option<Map<Count>>,
    /// What was found by other ways than databases and registers.
    pub other: Option<RawOtherFlow>,
    /// What an earlier version of the review included.
    pub previous: Option<RawIncluded>,
    /// What is included now, the earlier version's too.
    #[schemars(required)]
    pub included: Option<RawIncluded>,
}

/// Records found by other ways: citations, websites, organisations.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawOtherFlow {
    /// Records, each under where they were found.
    #[schemars(required)]
    pub identified: Option<Map<Count>>,
    /// Reports sought for retrieval.
    pub sought: Option<Count>,
    /// Reports not retrieved.
    pub not_retrieved: Option<Count>,
    /// Reports assessed for eligibility.
    pub assessed: Option<Count>,
    /// Reports excluded, by reason.
    pub reasons: Option<Map<Count>>,
}

/// Studies and the reports of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawIncluded {
    /// Studies.
    #[schemars(required)]
    pub studies: Option<Count>,
    /// Reports of them.
    #[schemars(required)]
    pub reports: Option<Count>,
}

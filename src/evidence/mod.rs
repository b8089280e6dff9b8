//! Checked studies: what a paper printed, typed, with units, each knowing its place in its file.

mod cohort;
mod protocol;
mod quantity;
mod result;
mod study;

pub use cohort::{Cohort, FollowUp, Role};
pub use protocol::{Exception, Mix, Outcome, OutcomeKind, Protocol, Question, Variant};
pub use quantity::{Absence, Bound, Level, Months, Printed, Proportion, Reported};
pub use result::{
    Arms, Ascertainment, CiScale, Comparison, Contrast, Count, Curve, Grade, Interval, Mean, Median, Phase, Published,
    ResultEntry, Spread, Status, Survival, TimePoint, Unit,
};
pub use study::{Centres, Conflict, Date, Design, Reference, RiskOfBias, Source, Study, Timing, Treatment};

use serde::Serialize;

/// All that a review knows: its protocol and its studies, in the order of their ids.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// Outcomes, vocabulary and exceptions from `review.yaml`.
    pub protocol: Protocol,
    /// The studies, sorted by id.
    pub studies: Vec<Study>,
}

//! Checked studies: what a paper printed, typed, with units, each knowing its place in its file.

mod appraisal;
mod author;
mod checks;
mod cohort;
mod dose;
mod extraction;
pub mod flow;
mod interval_scale;
mod kappa;
mod lower;
mod overlap;
mod protocol;
mod quantity;
mod result;
mod study;

pub use appraisal::{
    Answer, Item, Judgement, LowIf, Needs, RaterAgreement, Rating, RiskOfBias, RiskRule, Score, Scoring, TOOLS, Tool,
    Verdict, rater_agreement,
};
pub use author::Author;
pub use checks::{Accepted, accept, check, weigh};
pub use cohort::{Cohort, FollowUp};
pub use dose::{Given, Gray, NoDose, Reach, Schedule, ScheduleStatistic, bed, eqd2};
pub use extraction::{
    Agreement, Choice, Compared, Decision, DoubleExtraction, Extraction, Field, FieldKind, agreed, agreement, compare,
};
pub use flow::{Flow, Included, OtherFlow, ReportFlow};
pub use interval_scale::{Symmetry, implied_size, interval_symmetry, largest_implied_size, size_implied_by_se};
pub use kappa::cohen_kappa;
pub use lower::{ABSENCES, Lower, Quantity, Refusal, lower, lower_decisions, words};
pub use overlap::{Enrolment, Overlap, Overlaps, Standing, overlaps};
pub use protocol::{AlphaBeta, Exception, Mix, Outcome, Protocol, Question, Variant, Weighing};
pub use quantity::{Absence, Bound, Level, Months, Points, Printed, Proportion, Reported, TimeUnit};
pub use result::{
    Arms, Comparison, Contrast, Count, Curve, Digitised, Grade, Interval, Mean, Median, Published, ResultEntry, Spread,
    Survival, TimePoint,
};
pub use study::{Centres, Conflict, Date, Design, Reference, Source, Study, Treatment};

pub use crate::source::checksum;
pub use crate::source::raw::{Ascertainment, CiScale, OutcomeKind, Phase, Risk, Role, Status, Timing, Unit, Weight};

use serde::Serialize;

/// All that a review knows: its protocol and its studies, in the order of their ids.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// Outcomes, vocabulary and exceptions from `review.yaml`.
    pub protocol: Protocol,
    /// The studies, sorted by id.
    pub studies: Vec<Study>,
    /// Studies that two people extracted, each without the other, sorted by id.
    pub extractions: Vec<DoubleExtraction>,
}

impl Evidence {
    /// Returns the study with this id.
    #[must_use]
    pub fn study(&self, id: &str) -> Option<&Study> {
        self.studies.binary_search_by(|study| study.id.as_str().cmp(id)).ok().map(|at| &self.studies[at])
    }

    /// Returns the study that was read from this file.
    #[must_use]
    pub fn study_in(&self, file: &str) -> Option<&Study> {
        let (name, _) = file.rsplit('/').next()?.rsplit_once('.')?;
        self.study(name).filter(|study| study.place.file == file)
    }
}

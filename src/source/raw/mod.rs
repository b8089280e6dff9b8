//! Records as they are written, before any value is understood: the one description of the grammar.

mod appraisal;
mod certainty;
mod collection;
mod extraction;
mod figure;
mod flow;
mod living;
mod methods;
mod registration;
mod review;
mod scalar;
mod study;
mod table;
mod version;
mod words;

pub use appraisal::{RawAnswers, RawLowIf, RawRating, RawRiskOfBias, RawRiskRule};
pub use certainty::{RawCertainty, RawDown, RawGrade, RawUp};
pub use collection::{Map, OneOr};
pub use extraction::{RawDecision, RawExtraction};
pub use figure::{RawBenchmark, RawFigure, RawFigureColumn, RawFigureDefaults, RawLooks};
pub use flow::{RawFlow, RawIncluded, RawOtherFlow};
pub use living::{RawLiving, RawStopWhen};
pub use methods::{RawAnalysis, RawJoint, RawMethods, RawSensitivity};
pub use registration::{RawAmendment, RawRegisteredAnalysis, RawRegisteredMethods, RawRegistration};
pub use review::{
    RawException, RawOutcome, RawQuestion, RawRadiotherapy, RawReview, RawSeverity, RawVariant, RawVocabulary,
};
pub use scalar::{
    Confidence, Count, CountOrAbsence, Day, Dose, End, Grades, Id, Moment, Number, Points, Share, ShareOrAbsence,
    SizeOrAbsence, Text, Time, TimeOrAbsence,
};
pub use study::{
    RawCohort, RawComparison, RawConflict, RawDesign, RawFollowUp, RawReference, RawResult, RawSchedule, RawSource,
    RawStudy, RawTreatment,
};
pub use table::{RawFilter, RawMarks, RawTable};
pub use version::{RawVersion, RawVersionCause, RawVersionChange, RawVersionFlow, RawVersionPool, VersionChangeKind};
pub use words::{
    Ascertainment, CiScale, ConflictKind, Mixable, OutcomeKind, Phase, Risk, Role, ScheduleStatistic, Status, Timing,
    Unit, Weight,
};

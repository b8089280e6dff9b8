//! The plan: which cohorts, which analyses; run over the evidence to [`Findings`].

mod change;
mod findings;
mod honesty;
mod lower;
mod plan;
mod rounding;
mod run;
mod select;

pub use change::{Cause, Change, Correction, PoolChange, PoolState, State, Step, change, compare, states};
pub use findings::{
    AnalysisFindings, Difference, Entry, Estimated, Findings, Group, Groups, LeftOut, OverlapRule, Pool, Reason,
    ResultKey, SensitivityRow,
};
pub use honesty::Prediction;
pub use lower::lower as plan;
pub use plan::{
    Analysis, FigureKind, FigurePlan, Filter, GroupBy, Methods, Plan, Sort, TableKind, TablePlan, Variation,
};
pub use rounding::{Ends, Rounding};
pub use run::{faults, run};
pub use select::{Candidate, denominator};

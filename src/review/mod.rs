//! The plan: which cohorts, which analyses; run over the evidence to [`Findings`].

mod findings;
mod honesty;
mod log_pools;
mod lower;
mod over_time;
mod plan;
mod rounding;
mod run;
mod select;

pub use findings::{
    AnalysisFindings, Difference, Entry, Estimated, Findings, Group, Groups, LeftOut, OverlapRule, Pool, Reason,
    ResultKey, SensitivityRow,
};
pub use honesty::Prediction;
pub use log_pools::{LogPool, LogSeries};
pub use lower::lower as plan;
pub use over_time::{OverTime, Point};
pub use plan::{
    Analysis, FigureKind, FigurePlan, Filter, GroupBy, Methods, Plan, Sort, TableKind, TablePlan, Variation,
};
pub use rounding::{Ends, Rounding};
pub use run::{faults, run};
pub use select::{Candidate, denominator};

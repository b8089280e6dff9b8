//! The plan: which cohorts, which analyses; run over the evidence to [`Findings`].

mod certainty;
mod change;
mod choice_grid;
mod close_up;
mod clusters;
mod digitise;
mod figure_plan;
mod findings;
mod groups;
mod honesty;
mod log_pools;
mod lower;
mod moderators;
mod next_series;
mod over_time;
mod overlap;
mod plan;
mod pool;
mod registration;
mod rounding;
mod run;
mod select;
mod table_plan;
mod two_arms;
mod versions;

pub use certainty::{Basis, Certainty, CertaintyPlan, Domain, Framing, GradePlan, Graded, Judged, Suggestion};
pub use change::{Cause, Change, Correction, PoolChange, PoolState, State, Step, change, compare, states};
pub use choice_grid::{Choice, ChoiceGrid, KeptGrids, Made, Specification, choice_grid, make_choice_grids};
pub use close_up::{CloseUp, Subset, Tau2Profile};
pub use clusters::{Clustered, WithoutCluster};
pub use digitise::{DigitisedCurve, digitise, digitised_curves};
pub use figure_plan::{
    AxisScale, Benchmark, ColumnChoice, FOREST_COLUMNS, FigureKind, FigurePlan, Layout, Lettering, Looks, Resolution,
    Width,
};
pub use findings::{
    AnalysisFindings, Difference, Entry, Estimated, Findings, Group, Groups, LeftOut, Pool, Reason, ResultKey,
    SensitivityRow,
};
pub use groups::GroupOf;
pub use honesty::Prediction;
pub use log_pools::{GaveWay, LogPool, LogSeries};
pub use lower::lower as plan;
pub use moderators::{
    FEWEST, Missing, Moderated, Moderator, Moderators, NoRegression, Term, moderator_number, regressed_on,
};
pub use next_series::{LivingPlan, NextSeries, Position, Scenario, Signal, StopRule, next_series, shifts_by_size};
pub use over_time::{OverTime, Point, TIMINGS};
pub use plan::{Analysis, Filter, GroupBy, Methods, OverlapRule, Plan, Sort, Variation};
pub use registration::{Amendment, Changed, Chosen, Registered, Registration, choices};
pub use rounding::{Ends, Rounding};
pub use run::{faults, run, run_with_progress};
pub use select::{Candidate, denominator};
pub use table_plan::{OTHER_TABLES, TableKind, TablePlan, TableStyle, is_own_table};
pub use two_arms::{TwoArms, risk_ratio, two_arms};
pub use versions::{
    RECORDED, Version, VersionChange, VersionChangeKind, VersionFindings, VersionFlow, VersionPool, Versions, record,
};

//! Survival over time: Kaplan-Meier, reconstruction from a published curve, the pooled curve of many series.

mod error;
mod kaplan_meier;

pub use error::SurvivalError;
pub use kaplan_meier::{Exit, KaplanMeier, Landmark, RestrictedMean, Step, Subject};

//! Survival over time: Kaplan-Meier, reconstruction from a published curve, the pooled curve of many series.

mod error;
mod joint;
mod kaplan_meier;
mod published_precision;
mod reconstruct;
mod summary_curve;

pub use error::SurvivalError;
pub use joint::{BandPoint, GroupTest, JointFit, JointRow, JointSpec, Likelihood, Random, TimeQuantity, Trend, joint};
pub use kaplan_meier::{Exit, KaplanMeier, Landmark, RestrictedMean, Step, Subject};
pub use published_precision::{PublishedPrecision, PublishedSurvival, RiskSum, published_precision};
pub use reconstruct::{AtRisk, Censoring, CurvePoint, Reconstruction, reconstruct};
pub use summary_curve::{PooledCurve, PooledPoint, Quantity, SeriesPoint, SummaryCurve, summary_curve};

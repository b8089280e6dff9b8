//! A published result becomes an effect: `yi` with its variance `vi` on a scale, and how its precision was obtained.

mod correlation;
mod count;
mod error;
mod estimate;
mod mean;
mod measure;
pub mod precision;
mod proportion;
mod proportion_interval;
mod rate;
mod scale;
mod survival;
mod times;
mod two_arm;

pub use count::{count, share};
pub use error::EffectError;
pub use estimate::{Estimate, Limits};
pub use measure::{Figures, Measure};
pub use precision::PrecisionGrade;
pub use proportion_interval::ProportionInterval;
pub use scale::Scale;
pub use survival::{Denominator, Effect, IntervalOrigin, MissingPrecision, NoEffect, Rung, SIZE_TOLERANCE, survival};
pub use times::{LogPrecision, hazard_ratio, median};

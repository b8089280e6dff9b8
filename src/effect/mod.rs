//! A published result becomes an effect: `yi` with its variance `vi` on a scale, and how its precision was obtained.

mod count;
pub mod precision;
mod scale;
mod survival;

pub use count::count;
pub use precision::PrecisionGrade;
pub use scale::Scale;
pub use survival::{Denominator, Effect, IntervalOrigin, MissingPrecision, NoEffect, Rung, SIZE_TOLERANCE, survival};

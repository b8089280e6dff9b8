//! A published result becomes an effect: `yi` with its variance `vi` on a scale, and how its precision was obtained.

mod correlation;
mod error;
mod estimate;
mod mean;
mod measure;
mod proportion;
mod proportion_interval;
mod rate;
mod scale;
mod two_arm;

pub use error::EffectError;
pub use estimate::{Estimate, Limits};
pub use measure::{Figures, Measure};
pub use proportion_interval::ProportionInterval;
pub use scale::Scale;

//! How far the pool rests on single studies.

mod baujat;
mod cumulative;
mod gosh;
mod influence;
mod leave_cluster_out;
mod leave_one_out;
mod shrunken;

pub use baujat::{Baujat, baujat};
pub use cumulative::{Cumulated, cumulative};
pub use gosh::{Gosh, MOST_SUBSETS, Plan, SubsetPool, gosh};
pub use influence::{Influence, influence};
pub use leave_cluster_out::leave_cluster_out;
pub use leave_one_out::{Omitted, leave_one_out};
pub use shrunken::{Shrunken, shrunken};

use super::linear::check;
use super::{Estimate, FitError};

/// Checks the estimates before any is left out; without one of two studies there is no pool left.
fn needs_three(estimates: &[Estimate]) -> Result<(), FitError> {
    check(estimates)?;
    match estimates.len() {
        k @ 0..=2 => Err(FitError::TooFewStudies { k, needed: 3 }),
        _ => Ok(()),
    }
}

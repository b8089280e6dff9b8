//! How far the pool rests on single studies.

mod baujat;
mod cumulative;
mod influence;
mod leave_one_out;
mod shrunken;

pub use baujat::{Baujat, baujat};
pub use cumulative::{Cumulated, cumulative};
pub use influence::{Influence, influence};
pub use leave_one_out::{Omitted, leave_one_out};
pub use shrunken::{Shrunken, shrunken};

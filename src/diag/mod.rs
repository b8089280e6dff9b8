//! Findings about the input, as data: what is wrong, where, what was expected and one next step.

pub mod codes;
mod diagnostic;
mod fix;
mod locate;
mod name;
mod path;
pub mod render;
mod wording;

pub use diagnostic::{Code, Diagnostic, Edit, Label, Place, Segment, Severity, Spot};
pub use fix::fixed;
pub use locate::{Locate, Located, Position};
pub use name::UnknownName;
pub(crate) use name::named;
pub(crate) use path::field;
pub use path::{At, Path};
pub use wording::{all_of, counted, nearest, one_of};

//! Findings about the input, as data: what is wrong, where, what was expected and one next step.

mod diagnostic;

pub use diagnostic::{Code, Diagnostic, Label, Place, Segment, Severity, Spot};

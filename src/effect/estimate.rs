//! What every pool is made of.

use serde::Serialize;

/// One study's effect on the analysis scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The effect: log odds, log(−log S), a mean difference, …
    pub yi: f64,
    /// Its sampling variance (not the standard error), on the same scale squared.
    pub vi: f64,
}

/// The two ends of an interval, on whatever scale the estimate beside it has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limits {
    /// The lower end.
    pub lower: f64,
    /// The upper end; may be infinite.
    pub upper: f64,
}

//! Numbers without a subject: distributions, roots, quadrature, sums, small dense algebra.

pub mod distribution;
mod elementary;
pub mod special;
mod sum;

pub use elementary::{acos, asin, atan, cos, exp, exp_m1, ln, ln_1p, log10, powf, sin, tanh};
pub use sum::sum;

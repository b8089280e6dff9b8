//! Numbers without a subject: distributions, roots, quadrature, sums, small dense algebra.

pub mod distribution;
mod elementary;
mod minimise;
mod quadrature;
mod root;
pub mod special;
mod sum;

pub use elementary::{acos, asin, atan, cos, exp, exp_m1, ln, ln_1p, log10, powf, sin, tanh};
pub use minimise::{Minimum, minimise};
pub use quadrature::{gauss_hermite, integrate, kronrod};
pub use root::root;
pub use sum::sum;

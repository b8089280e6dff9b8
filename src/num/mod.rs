//! Numbers without a subject: distributions, roots, quadrature, sums, linear models, small dense algebra.

pub mod distribution;
mod each;
mod elementary;
mod link;
mod minimise;
pub mod mixed;
mod quadrature;
mod random;
mod root;
pub mod special;
mod sum;

pub use each::{exp_each, ln_1p_each};
pub use elementary::{acos, asin, atan, atan2, atanh, cos, exp, exp_m1, ln, ln_1p, log10, powf, sin, tanh};
pub use link::Link;
pub use minimise::{Minimum, minimise};
pub use quadrature::{Unresolved, gauss_hermite, integrate, kronrod};
pub use random::Random;
pub use root::root;
pub use sum::sum;

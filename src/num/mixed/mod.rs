//! Linear models whose errors are correlated within blocks: `y = Xβ + e`, `Cov(e) = V + G(θ)` with V known.
//!
//! [`Blocks`] holds the observations, a [`Structure`] says how G follows from its parameters, and [`Blocks::maximise`] finds the
//! parameters of the largest likelihood.

mod climb;
mod likelihood;

pub use climb::Stuck;
pub use likelihood::{Block, Blocks, Fitted};

use nalgebra::DMatrix;

/// Which likelihood is made largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// That of the observations.
    Full,
    /// That of their residual contrasts, which do not depend on the coefficients.
    Restricted,
}

/// How the covariance of a block beyond its known errors follows from parameters, whose every value must give one.
pub trait Structure {
    /// Returns a fair size of a parameter.
    fn scale(&self) -> f64;

    /// Returns the parameters to start from; the best of the maxima above them is the answer.
    fn starts(&self) -> Vec<Vec<f64>>;

    /// Returns G of a block.
    fn covariance(&self, block: usize, parameters: &[f64]) -> DMatrix<f64>;

    /// Returns ∂G of a block by each parameter.
    fn slopes(&self, block: usize, parameters: &[f64]) -> Vec<DMatrix<f64>>;
}

//! statrs' distributions, in the range where they are good to 1e-12.
//!
//! statrs loses digits in two places. Its smaller tail can be 1 minus the larger one, so an absolute error of a few 1e-16 stands in
//! it; and its log-gamma functions cancel for large parameters. Inside [`PROBABILITY`] and [`PARAMETER`] neither comes to 1e-12
//! (the tests compare with values of 60 digits); outside, our own formulas answer. Its normal distribution, wrong by 1e-10 in its
//! very middle, is not used.
//!
//! statrs takes its logarithms from the platform, whose last digit may differ: so may the sixteenth digit of a probability here. The
//! report prints four at most; `pool --format json` prints all seventeen.

use statrs::distribution::{Beta, ChiSquared, Continuous, ContinuousCDF, FisherSnedecor, StudentsT};

use super::super::special::Tails;

/// The smaller tail is at least this.
const PROBABILITY: f64 = 0.01;

/// Student's x² is at least this share of the degrees of freedom: statrs forms df / (df + x²), which near 1 says nothing about x.
pub const APART: f64 = 1e-6;

/// The parameters lie within these.
const PARAMETER: std::ops::RangeInclusive<f64> = 1.0..=100.0;

/// Returns Student's t distribution; `None` where statrs is not good enough.
pub fn student_t(df: f64) -> Option<StudentsT> {
    admitted(&[df]).and_then(|()| StudentsT::new(0.0, 1.0, df).ok())
}

/// Returns the χ² distribution; `None` where statrs is not good enough.
pub fn chi_squared(df: f64) -> Option<ChiSquared> {
    admitted(&[df]).and_then(|()| ChiSquared::new(df).ok())
}

/// Returns the beta distribution; `None` where statrs is not good enough.
pub fn beta(a: f64, b: f64) -> Option<Beta> {
    admitted(&[a, b]).and_then(|()| Beta::new(a, b).ok())
}

/// Returns the F distribution; `None` where statrs is not good enough, as where heavy tails (`df2` below 2) bring its shares too near 1.
pub fn fisher_f(df1: f64, df2: f64) -> Option<FisherSnedecor> {
    admitted(&[df1, df2]).filter(|()| df2 >= 2.0).and_then(|()| FisherSnedecor::new(df1, df2).ok())
}

/// Returns both tails at `x`; `None` where the smaller one is too small for statrs.
pub fn tails(distribution: Option<impl ContinuousCDF<f64, f64>>, x: f64) -> Option<Tails> {
    let lower = distribution?.cdf(x);
    let upper = 1.0 - lower;
    (lower.min(upper) >= PROBABILITY).then_some(Tails { lower, upper })
}

/// Returns the density at `x`; `None` where statrs is not good enough.
pub fn density(distribution: Option<impl Continuous<f64, f64>>, x: f64) -> Option<f64> {
    distribution.map(|distribution| distribution.pdf(x))
}

fn admitted(parameters: &[f64]) -> Option<()> {
    parameters.iter().all(|parameter| PARAMETER.contains(parameter)).then_some(())
}

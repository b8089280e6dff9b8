//! Baujat's plot: heterogeneity against influence.

use serde::Serialize;

use super::leave_one_out::without_each;
use crate::model::fit::quick_fit;
use crate::model::{Estimate, Fit, FitError, Spec};

/// One study's place in Baujat's plot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Baujat {
    /// Its squared Pearson residual: its part in the heterogeneity.
    pub x: f64,
    /// The squared change of the pooled estimate without it, in the variance of that: its influence.
    pub y: f64,
}

/// Returns each study's place in Baujat's plot, in their order.
///
/// # Errors
/// [`FitError::TooFewStudies`] below three studies; and as [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `baujat()`: relative 1e-8.
///
/// # References
/// Baujat et al. (2002), <https://doi.org/10.1002/sim.1221>
pub fn baujat(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Baujat>, FitError> {
    let all = quick_fit(estimates, spec)?;
    let place = |(estimate, without): (&Estimate, Fit)| {
        let residual = estimate.yi - all.estimate;
        let change = all.estimate - without.estimate;
        Baujat { x: residual * residual / (estimate.vi + all.tau2), y: change * change / (without.se * without.se) }
    };
    Ok(estimates.iter().zip(without_each(estimates, spec)?).map(place).collect())
}

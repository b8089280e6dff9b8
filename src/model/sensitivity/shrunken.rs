//! Each study's true effect, as the model sees it.

use serde::Serialize;

use crate::model::fit::quick_fit;
use crate::model::interval::Error;
use crate::model::{Estimate, FitError, Limits, Spec};

/// The best linear unbiased prediction of one study's true effect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shrunken {
    /// The prediction: the study's effect drawn towards the pooled estimate.
    pub estimate: f64,
    /// Its standard error, τ² taken as known.
    pub se: f64,
    /// Lower end of its normal interval.
    pub pi_lower: f64,
    /// Upper end of its normal interval.
    pub pi_upper: f64,
}

/// Returns each study's shrunken effect: `λ yᵢ + (1 − λ) µ` with `λ = τ² / (τ² + vᵢ)`, in their order.
///
/// # Errors
/// As [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `blup()`: relative 1e-8.
///
/// # References
/// Raudenbush & Bryk (1985), <https://doi.org/10.3102/10769986010002075>
pub fn shrunken(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Shrunken>, FitError> {
    let fit = quick_fit(estimates, spec)?;
    let variance = fit.se * fit.se;
    let one = |&Estimate { yi, vi }: &Estimate| {
        let own = fit.tau2 / (fit.tau2 + vi);
        let estimate = own * yi + (1.0 - own) * fit.estimate;
        let se = (own * vi + (1.0 - own) * (1.0 - own) * variance).sqrt();
        let Limits { lower, upper } = Error { se, df: None }.about(estimate, 0.0, spec.level);
        Shrunken { estimate, se, pi_lower: lower, pi_upper: upper }
    };
    Ok(estimates.iter().map(one).collect())
}

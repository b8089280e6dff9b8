//! The pool without each study in turn.

use serde::Serialize;

use super::needs_three;
use crate::model::fit::quick_fit;
use crate::model::{Estimate, Fit, FitError, Spec};

/// The pool without one study.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Omitted {
    /// The pooled estimate of the others.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Lower end of its interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
    /// Their τ².
    pub tau2: f64,
    /// Their I² (τ² form).
    pub i2_percent: f64,
    /// Their Q.
    pub q: f64,
}

impl Omitted {
    pub(super) fn of(fit: &Fit) -> Self {
        Self {
            estimate: fit.estimate,
            se: fit.se,
            ci_lower: fit.ci_lower,
            ci_upper: fit.ci_upper,
            tau2: fit.tau2,
            i2_percent: fit.heterogeneity.i2_percent,
            q: fit.heterogeneity.q,
        }
    }
}

/// Returns the pool without each study, in their order.
///
/// # Errors
/// [`FitError::TooFewStudies`] below three studies; and as [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `leave1out()`: relative 1e-8.
pub fn leave_one_out(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Omitted>, FitError> {
    Ok(without_each(estimates, spec)?.iter().map(Omitted::of).collect())
}

/// Pools without each study.
pub(super) fn without_each(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Fit>, FitError> {
    needs_three(estimates)?;
    // One buffer: the study left out is overwritten by the one left out before.
    let mut others = estimates[1..].to_vec();
    let mut fits = Vec::with_capacity(estimates.len());
    for index in 0..estimates.len() {
        if let Some(before) = index.checked_sub(1) {
            others[before] = estimates[before];
        }
        fits.push(quick_fit(&others, spec)?);
    }
    Ok(fits)
}

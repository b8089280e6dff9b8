//! Paule and Mandel's equation, for the mean and for the median of Q.

use super::{FitError, Linear, Tau2, Tau2Method, sd_of_q};
use crate::num::distribution::{ChiSquared, Distribution as _, Tail};

/// Estimates τ² by the Paule-Mandel equation.
///
/// Finds the τ² at which `Q(τ²) = Σ wᵢ(yᵢ − µ)² = k − p`, where `wᵢ = 1 / (vᵢ + τ²)` and `µ = Σ wᵢyᵢ / Σ wᵢ`.
///
/// # Boundary
/// If `Q(0) ≤ k − p`, the value is 0 and `at_boundary` true.
///
/// # Errors
/// [`FitError::NoConvergence`] if the steps do not settle.
///
/// # Agreement
/// The root itself: |Q(τ²) − (k − p)| is at rounding error. metafor 5.1-12, `method = "PM"`, stops up to 2e-2 away from it
/// at the settings of our reference; its `method = "EB"`, the same equation, agrees to 1e-8.
///
/// # References
/// Paule & Mandel (1982), <https://doi.org/10.6028/jres.087.022>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Mean, tau2::paule_mandel};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let tau2 = paule_mandel(&Mean::new(&trials)?)?;
/// assert!((tau2.value / 0.163_899_150_519_5 - 1.0).abs() < 1e-10);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn paule_mandel(model: &impl Linear) -> Result<Tau2, FitError> {
    solve(model, Tau2Method::PauleMandel, model.residual_df())
}

/// Estimates τ² by the Paule-Mandel equation with the median of Q in place of its mean.
///
/// Finds the τ² at which `Q(τ²)` equals the median of χ² with `k − p` degrees of freedom, so that the estimate is too small
/// as often as it is too large.
///
/// # Boundary
/// If `Q(0)` is at or below that median, the value is 0 and `at_boundary` true.
///
/// # Errors
/// [`FitError::NoConvergence`] if the steps do not settle.
///
/// # Agreement
/// The root itself; metafor 5.1-12, `method = "PMM"`, stops up to 4e-3 away from it at the settings of our reference.
///
/// # References
/// Viechtbauer (2021), Median-unbiased estimators for the amount of heterogeneity in meta-analysis, European Congress of Methodology
pub fn paule_mandel_median(model: &impl Linear) -> Result<Tau2, FitError> {
    let median = ChiSquared::new(model.residual_df()).quantile(Tail::Upper(0.5));
    solve(model, Tau2Method::PauleMandelMedian, median)
}

pub(super) fn solve(model: &impl Linear, method: Tau2Method, target: f64) -> Result<Tau2, FitError> {
    let root = root_of_q(model, method, target)?;
    Ok(Tau2::truncated(root, |tau2| {
        let weight = |vi: f64| 1.0 / (vi + tau2);
        let factor = model.k() as f64 / model.residual_df() / model.moments(weight).sum_w;
        factor * sd_of_q(model, weight, tau2)
    }))
}

/// Returns the τ² at which Q(τ²) = `target`; 0 where Q is nowhere as large.
///
/// Q(τ²) = Σ cⱼ / (λⱼ + τ²) with cⱼ, λⱼ ≥ 0, so 1/Q is rising and concave: Newton's steps on it, from 0, approach the root
/// from below without ever passing it. No bracket is needed.
pub(super) fn root_of_q(model: &impl Linear, method: Tau2Method, target: f64) -> Result<f64, FitError> {
    const STEPS: usize = 200;
    let mut tau2 = 0.0;
    for _ in 0..STEPS {
        let at = model.moments(|vi| 1.0 / (vi + tau2));
        let step = (at.ypy / target - 1.0) * at.ypy / at.yppy;
        // All effects equal make the step 0 / 0; at the root only rounding error is left of it.
        if step.is_nan() || step <= 1e-15 * tau2 {
            return Ok(tau2);
        }
        tau2 += step;
    }
    Err(FitError::NoConvergence { method, last: tau2, steps: STEPS })
}

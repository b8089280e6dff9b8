//! Morris' empirical Bayes estimator.

use super::{FitError, Linear, Tau2, Tau2Method, paule_mandel};

/// Estimates τ² by Morris' empirical Bayes equation, which has the same root as Paule and Mandel's.
///
/// Finds the fixed point of `τ² = Σ wᵢ(k/(k − p) · (yᵢ − µ)² − vᵢ) / Σ wᵢ`, where `wᵢ = 1 / (vᵢ + τ²)`; multiplied out, that
/// is `Q(τ²) = k − p`.
///
/// # Boundary
/// If `Q(0) ≤ k − p`, the value is 0 and `at_boundary` true.
///
/// # Errors
/// [`FitError::NoConvergence`] if the steps do not settle.
///
/// # Agreement
/// metafor 5.1-12, `method = "EB"`: relative 1e-8, the standard error too.
///
/// # References
/// Morris (1983), <https://doi.org/10.1080/01621459.1983.10477920>; Berkey et al. (1995),
/// <https://doi.org/10.1002/sim.4780140406>
pub fn empirical_bayes(model: &impl Linear) -> Result<Tau2, FitError> {
    paule_mandel::solve(model, Tau2Method::EmpiricalBayes, model.residual_df())
}

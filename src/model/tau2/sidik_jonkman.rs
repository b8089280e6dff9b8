//! Sidik and Jonkman's estimator.

use super::{Linear, Tau2, sd_of_q};

/// Estimates τ² from a crude first value, one step on: always above 0 unless all effects are equal.
///
/// With `τ₀² = Σ(yᵢ − ȳ)² / k`, about the mean of all effects even where there are groups or moderators, and `wᵢ = 1 / (vᵢ + τ₀²)`, `τ² = τ₀² · yᵀPy / (k − p)`.
///
/// # Boundary
/// If all effects are equal (within their groups), the value is 0 and `at_boundary` true.
///
/// # Agreement
/// metafor 5.1-12, `method = "SJ"`: relative 1e-12, the standard error too.
///
/// # References
/// Sidik & Jonkman (2005), <https://doi.org/10.1111/j.1467-9876.2005.00489.x>
#[must_use]
pub fn sidik_jonkman(model: &impl Linear) -> Tau2 {
    let k = model.k() as f64;
    let centre = model.estimates().map(|estimate| estimate.yi).sum::<f64>() / k;
    let first = model.estimates().map(|estimate| (estimate.yi - centre) * (estimate.yi - centre)).sum::<f64>() / k;
    let weight = |vi: f64| 1.0 / (vi + first);
    let factor = first / model.residual_df();
    Tau2::truncated(factor * model.moments(weight).ypy, |tau2| factor * sd_of_q(model, weight, tau2))
}

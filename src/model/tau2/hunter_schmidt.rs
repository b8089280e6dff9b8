//! Hunter and Schmidt's estimator, plain and corrected.

use super::{Linear, Tau2, sd_of_q};

/// Estimates τ² as the weighted scatter of the effects minus the mean sampling variance.
///
/// `τ² = (Q − k) / Σwᵢ`, with `wᵢ = 1 / vᵢ`. It falls short of τ² on average.
///
/// # Boundary
/// If `Q ≤ k`, the value is 0 and `at_boundary` true.
///
/// # Agreement
/// metafor 5.1-12, `method = "HS"`: relative 1e-12, the standard error too.
///
/// # References
/// Hunter & Schmidt (1990), Methods of Meta-Analysis; Viechtbauer (2005), equation 10,
/// <https://doi.org/10.3102/10769986030003261>
#[must_use]
pub fn hunter_schmidt(model: &impl Linear) -> Tau2 {
    scaled(model, 1.0)
}

/// Estimates τ² as [`hunter_schmidt`] does, with the scatter enlarged by `k / (k − p)` against its shortfall.
///
/// # Boundary
/// If `Q ≤ k − p`, the value is 0 and `at_boundary` true.
///
/// # Agreement
/// metafor 5.1-12, `method = "HSk"`: relative 1e-12, the standard error too.
///
/// # References
/// Brannick et al. (2019), <https://doi.org/10.1177/1094428117741966>
#[must_use]
pub fn hunter_schmidt_corrected(model: &impl Linear) -> Tau2 {
    scaled(model, model.k() as f64 / model.residual_df())
}

fn scaled(model: &impl Linear, factor: f64) -> Tau2 {
    let weight = |vi: f64| 1.0 / vi;
    let at = model.moments(weight);
    let raw = (factor * at.ypy - model.k() as f64) / at.sum_w;
    Tau2::truncated(raw, |tau2| factor * sd_of_q(model, weight, tau2) / at.sum_w)
}

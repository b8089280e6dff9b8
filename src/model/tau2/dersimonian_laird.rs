//! DerSimonian and Laird's moments.

use super::{Linear, Tau2, sd_of_q};

/// Estimates τ² by matching Cochran's Q to its expectation.
///
/// `τ² = (Q − (k − p)) / tr P`, with `wᵢ = 1 / vᵢ`; for one mean `tr P = Σwᵢ − Σwᵢ² / Σwᵢ`.
///
/// # Boundary
/// If `Q ≤ k − p`, the value is 0 and `at_boundary` true.
///
/// # Agreement
/// metafor 5.1-12, `method = "DL"`: relative 1e-12, the standard error too.
///
/// # References
/// DerSimonian & Laird (1986), equation 7, <https://doi.org/10.1016/0197-2456(86)90046-2>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Mean, tau2::dersimonian_laird};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let tau2 = dersimonian_laird(&Mean::new(&trials)?);
/// assert!((tau2.value / 0.116_350_364_963_504 - 1.0).abs() < 1e-10);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
#[must_use]
pub fn dersimonian_laird(model: &impl Linear) -> Tau2 {
    let weight = |vi: f64| 1.0 / vi;
    let at = model.moments(weight);
    Tau2::truncated((at.ypy - model.residual_df()) / at.trace_p, |tau2| sd_of_q(model, weight, tau2) / at.trace_p)
}

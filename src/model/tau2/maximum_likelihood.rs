//! Maximum likelihood.

use super::{FitError, Likelihood, Linear, Tau2, Tau2Method};

/// Estimates τ² by maximum likelihood; it falls short of τ² on average, by more the fewer the studies.
///
/// With `wᵢ = 1 / (vᵢ + τ²)`, the score is `½ (yᵀPPy − Σwᵢ)`, the expected information `½ Σwᵢ²`.
///
/// # Boundary
/// If the likelihood falls from 0 on, the value is 0 and `at_boundary` true.
///
/// # Errors
/// [`FitError::NoConvergence`] if the climb does not settle.
///
/// # Agreement
/// metafor 5.1-12, `method = "ML"`: relative 1e-8, the standard error too.
///
/// # References
/// Hardy & Thompson (1996), <https://doi.org/10.1002/(SICI)1097-0258(19960330)15:6%3C619::AID-SIM188%3E3.0.CO;2-A>
pub fn maximum_likelihood(model: &impl Linear) -> Result<Tau2, FitError> {
    Likelihood::Full.maximise(model, Tau2Method::MaximumLikelihood)
}

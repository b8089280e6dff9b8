//! Restricted maximum likelihood.

use super::{FitError, Likelihood, Linear, Tau2, Tau2Method};

/// Estimates τ² by restricted maximum likelihood.
///
/// With `wᵢ = 1 / (vᵢ + τ²)`, the score is `½ (yᵀPPy − tr P)`, the expected information `½ tr PP`; both are sums over the
/// studies, so a step takes time linear in k.
///
/// # Boundary
/// If the restricted likelihood falls from 0 on, the value is 0 and `at_boundary` true.
///
/// # Errors
/// [`FitError::NoConvergence`] if the climb does not settle.
///
/// # Agreement
/// metafor 5.1-12, `method = "REML"`, `threshold = 1e-12`: relative 1e-8, the standard error too.
///
/// # References
/// Viechtbauer (2005), <https://doi.org/10.3102/10769986030003261>; Harville (1977),
/// <https://doi.org/10.1080/01621459.1977.10480998>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Mean, tau2::reml};
/// // Two studies have a closed form: ((y₁ − y₂)² − v₁ − v₂) / 2.
/// let trials = [(-0.29, 0.041), (0.35, 0.118)].map(|(yi, vi)| Estimate { yi, vi });
/// let tau2 = reml(&Mean::new(&trials)?)?;
/// assert!((tau2.value - 0.1253).abs() < 1e-14);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn reml(model: &impl Linear) -> Result<Tau2, FitError> {
    Likelihood::Restricted.maximise(model, Tau2Method::Reml)
}

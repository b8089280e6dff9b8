//! The profile likelihood interval of τ².

use super::{FitError, Likelihood, Linear, Tau2Method, maximum_likelihood, reml};
use crate::effect::Limits;
use crate::evidence::Level;
use crate::model::fit::check_level;
use crate::num::distribution::{ChiSquared, Distribution as _, Tail};
use crate::num::root;

/// Returns the profile likelihood interval of τ²: all values whose log-likelihood, the coefficients at their best, is less than half a
/// χ²₁ quantile below the largest.
///
/// # Boundary
/// The lower end is 0 where 0 is likely enough.
///
/// # Errors
/// [`FitError::Level`] unless the level is strictly between 0 and 1; [`FitError::NoConvergence`] if the maximum is not found, or the
/// upper end out of reach.
///
/// # Agreement
/// metafor 5.1-12, `confint(type = "PL")`: relative 1e-6.
///
/// # References
/// Hardy & Thompson (1996), <https://doi.org/10.1002/(SICI)1097-0258(19960330)15:6%3C619::AID-SIM188%3E3.0.CO;2-A>; restricted:
/// Viechtbauer (2007), <https://doi.org/10.1002/sim.2514>
///
/// # Examples
/// ```
/// use forestable::evidence::Level;
/// use forestable::model::{Estimate, Mean, tau2::{Likelihood, profile_likelihood}};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let limits = profile_likelihood(&Mean::new(&trials)?, Likelihood::Restricted, Level::NINETY_FIVE)?;
/// assert!(limits.lower < 0.1735 && 0.1735 < limits.upper);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn profile_likelihood(model: &impl Linear, likelihood: Likelihood, level: Level) -> Result<Limits, FitError> {
    const STEPS: usize = 100;
    check_level(level)?;
    let (method, best) = match likelihood {
        Likelihood::Full => (Tau2Method::MaximumLikelihood, maximum_likelihood(model)?),
        Likelihood::Restricted => (Tau2Method::Reml, reml(model)?),
    };
    let least = likelihood.log(model, best.value) - 0.5 * ChiSquared::new(1.0).quantile(Tail::Upper(1.0 - level.0));
    let excess = |tau2: f64| likelihood.log(model, tau2) - least;
    let mut high = best.value + best.se;
    for _ in 0..STEPS {
        if excess(high) < 0.0 {
            break;
        }
        high *= 2.0;
    }
    let end = |low, high| root(excess, low, high).ok_or(FitError::NoConvergence { method, last: high, steps: STEPS });
    let lower = if excess(0.0) >= 0.0 { 0.0 } else { end(0.0, best.value)? };
    Ok(Limits { lower, upper: end(best.value, high)? })
}

//! The Q-profile interval of τ².

use super::{FitError, Linear, Tau2Method, paule_mandel::root_of_q};
use crate::effect::Limits;
use crate::evidence::Level;
use crate::num::distribution::{ChiSquared, Distribution as _, Tail};

/// Returns the Q-profile interval of τ²: all values at which Q(τ²) is not surprising for χ² with `k − p` degrees of freedom.
///
/// Exact for normal effects with known variances. It need not hold a given estimate of τ².
///
/// # Boundary
/// An end below 0 is 0; where even `Q(0)` is surprisingly small, both ends are.
///
/// # Errors
/// [`FitError::Level`] unless the level is strictly between 0 and 1; [`FitError::NoConvergence`] if the steps do not settle.
///
/// # Agreement
/// metafor 5.1-12, `confint()`: relative 1e-8.
///
/// # References
/// Viechtbauer (2007), <https://doi.org/10.1002/sim.2514>
pub fn q_profile(model: &impl Linear, level: Level) -> Result<Limits, FitError> {
    if !(level.0 > 0.0 && level.0 < 1.0) {
        return Err(FitError::Level(level.0));
    }
    let chi_squared = ChiSquared::new(model.residual_df());
    let end = |tail| root_of_q(model, Tau2Method::PauleMandel, chi_squared.quantile(tail));
    Ok(Limits { lower: end(Tail::above(level.0))?, upper: end(Tail::below(level.0))? })
}

//! Jackson's interval of τ², from Q with fixed weights.

use super::q_distribution::QDistribution;
use super::{FitError, Linear as _, Tau2Method};
use crate::diag::named;
use crate::effect::Limits;
use crate::evidence::Level;
use crate::model::fit::check_level;
use crate::model::linear::Mean;
use crate::num::root;

named! {
    /// The weights of a generalised Q statistic; they do not change with τ².
    QWeights, "weights of Q":
    /// 1 / √vᵢ: the better choice where τ² may be of any size.
    InverseStandardError = "inverse-se",
    /// 1 / vᵢ: Cochran's Q; the narrowest where τ² is small.
    InverseVariance = "inverse-variance",
}

/// Returns Jackson's interval of τ²: all values at which Q with fixed weights is not surprising, by its exact distribution.
///
/// Its ends are where `P(Q ≥ q; τ²)` is `(1 − level)/2` and `(1 + level)/2`. With weights 1 / vᵢ it is Biggerstaff and Jackson's.
///
/// # Boundary
/// An end below 0 is 0; where even at τ² = 0 so small a Q is surprising, both ends are.
///
/// # Errors
/// [`FitError::Level`] unless the level is strictly between 0 and 1; [`FitError::NoConvergence`] if an end is out of reach.
///
/// # Agreement
/// The eigenvalues of the quadratic form and Laplace inversion at 30 digits (mpmath): relative 1e-10.
///
/// # References
/// Jackson (2013), <https://doi.org/10.1002/jrsm.1081>; Biggerstaff & Jackson (2008), <https://doi.org/10.1002/sim.3425>
///
/// # Examples
/// ```
/// use forestable::evidence::Level;
/// use forestable::model::{Estimate, Mean, tau2::{QWeights, generalised_q}};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let limits = generalised_q(&Mean::new(&trials)?, QWeights::InverseVariance, Level::NINETY_FIVE)?;
/// assert!(limits.lower < 0.1164 && 0.1164 < limits.upper);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn generalised_q(mean: &Mean, weights: QWeights, level: Level) -> Result<Limits, FitError> {
    check_level(level)?;
    let law = match weights {
        QWeights::InverseStandardError => QDistribution::new(mean, |vi| 1.0 / vi.sqrt()),
        QWeights::InverseVariance => QDistribution::new(mean, |vi| 1.0 / vi),
    };
    let scale = mean.residual_df() / mean.moments(|vi| 1.0 / vi).trace_p;
    let lower = end(&law, 0.5 * (1.0 - level.0), scale)?;
    Ok(Limits { lower, upper: end(&law, 0.5 * (1.0 + level.0), scale)? })
}

/// Returns the τ² at which Q is as large as observed with this probability; 0 where it is so at 0 already.
fn end(law: &QDistribution, probability: f64, scale: f64) -> Result<f64, FitError> {
    const STEPS: usize = 100;
    let excess = |tau2: f64| law.at_least_observed(tau2) - probability;
    if excess(0.0) >= 0.0 {
        return Ok(0.0);
    }
    let mut high = scale;
    for _ in 0..STEPS {
        if excess(high) > 0.0 {
            break;
        }
        high *= 4.0;
    }
    let method = Tau2Method::DerSimonianLaird;
    root(excess, 0.0, high).ok_or(FitError::NoConvergence { method, last: high, steps: STEPS })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Estimate;

    #[test]
    fn agrees_with_the_eigenvalues_of_the_form() {
        // mpmath 1.3 at 30 digits: eigenvalues of the quadratic form, Laplace inversion by Talbot's contour.
        let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
        let mean = Mean::new(&trials).unwrap();
        for (weights, lower, upper) in [
            (QWeights::InverseVariance, 0.008_823_130_616_774_7, 2.343_946_123_060_63),
            (QWeights::InverseStandardError, 0.015_398_846_331_574_6, 2.668_635_467_782_33),
        ] {
            let found = generalised_q(&mean, weights, Level::NINETY_FIVE).unwrap();
            assert!(
                (found.lower / lower - 1.0).abs() < 1e-10 && (found.upper / upper - 1.0).abs() < 1e-10,
                "{found:?}"
            );
        }
    }

    #[test]
    fn equal_effects_leave_only_zero() {
        let equal = [Estimate { yi: 0.3, vi: 0.1 }; 4];
        let found = generalised_q(&Mean::new(&equal).unwrap(), QWeights::InverseVariance, Level::NINETY_FIVE).unwrap();
        assert_eq!(found, Limits { lower: 0.0, upper: 0.0 });
    }
}

//! The effect of a study without end, by PET or PEESE.

use serde::Serialize;

use super::egger::{Asymmetry, Predictor, RegressionTest, asymmetry};
use crate::evidence::Level;
use crate::model::{Estimate, FitError, Spec};

/// The effect extrapolated to a standard error of 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PetPeese {
    /// Which regression it is taken from: on the standard error (PET) or on the variance (PEESE).
    pub predictor: Predictor,
    /// The effect at a standard error of 0.
    pub estimate: f64,
    /// Lower end of its interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
}

/// Returns PEESE's limit where PET's differs from 0 at a two-sided 10% (a one-sided 5% in its own direction), else PET's; both by
/// weighted linear regression.
///
/// PET is too low where there is an effect, PEESE too high where there is none.
///
/// # Errors
/// As [`asymmetry`].
///
/// # Agreement
/// R 4.2.2, `lm(yi ~ sqrt(vi), weights = 1/vi)` and `lm(yi ~ vi, weights = 1/vi)`: relative 1e-8.
///
/// # References
/// Stanley & Doucouliagos (2014), <https://doi.org/10.1002/jrsm.1095>
pub fn pet_peese(estimates: &[Estimate], spec: &Spec) -> Result<PetPeese, FitError> {
    let limit =
        |predictor, level| asymmetry(estimates, &[], predictor, RegressionTest::Linear, &Spec { level, ..*spec });
    let [lower, upper] = limit(Predictor::StandardError, Level(0.9))?.limit_ci;
    let predictor = if lower > 0.0 || upper < 0.0 { Predictor::Variance } else { Predictor::StandardError };
    let Asymmetry { limit_estimate: estimate, limit_ci: [ci_lower, ci_upper], .. } = limit(predictor, spec.level)?;
    Ok(PetPeese { predictor, estimate, ci_lower, ci_upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_regression_is_taken() {
        let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
        let found = pet_peese(&trials, &Spec::default()).unwrap();
        assert_eq!(found.predictor, Predictor::StandardError);
        assert!((found.estimate / 0.394_912_305_85 - 1.0).abs() < 1e-9);
        assert!((found.ci_lower / -2.849_449_970_83 - 1.0).abs() < 1e-9);
        // Effects far from 0 take PEESE's limit, and moving all effects moves it as far: R's limit above, and 5.
        let moved = trials.map(|Estimate { yi, vi }| Estimate { yi: yi + 5.0, vi });
        let found = pet_peese(&moved, &Spec::default()).unwrap();
        assert_eq!(found.predictor, Predictor::Variance);
        assert!((found.estimate - 5.095_744_680_851_1).abs() < 1e-9);
        assert!((found.ci_upper - 6.765_056_727_53).abs() < 1e-9);
    }
}

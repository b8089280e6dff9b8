//! Case diagnostics: what each study does to the pool.

use serde::Serialize;

use super::leave_one_out::without_each;
use crate::model::fit::quick_fit;
use crate::model::linear::centre;
use crate::model::{Estimate, Fit, FitError, Spec};
use crate::num::distribution::{ChiSquared, Distribution as _};

/// What one study does to the pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Influence {
    /// Externally standardised residual: the study against the pool of the others.
    pub rstudent: f64,
    /// The change of its fitted value without it, in standard errors of that.
    pub dffits: f64,
    /// Cook's distance: the squared change of the pooled estimate, in its variance.
    pub cook_d: f64,
    /// The variance of the pooled estimate without it, relative to that with it.
    pub cov_r: f64,
    /// τ² without it.
    pub tau2_deleted: f64,
    /// Q without it.
    pub q_deleted: f64,
    /// Its leverage: its weight as a share of 1.
    pub hat: f64,
    /// Its weight in per cent.
    pub weight_percent: f64,
    /// Whether one of the usual thresholds is passed: |dffits| > 3√(1/(k − 1)), the lower tail of χ²₁ at Cook's distance > ½,
    /// hat > 3/k, or a change of the pooled estimate by more than one standard error.
    pub influential: bool,
}

/// Returns the case diagnostics of each study, in their order.
///
/// # Errors
/// [`FitError::TooFewStudies`] below three studies; and as [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `influence()`: relative 1e-8.
///
/// # References
/// Viechtbauer & Cheung (2010), <https://doi.org/10.1002/jrsm.11>
pub fn influence(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Influence>, FitError> {
    let all = quick_fit(estimates, spec)?;
    let deleted = without_each(estimates, spec)?;
    let k = estimates.len() as f64;
    let one = |((estimate, without), weight): ((&Estimate, Fit), &f64)| {
        let hat = weight / 100.0;
        let change = all.estimate - without.estimate;
        let own_variance = estimate.vi + without.tau2;
        let dffits = change / (hat * own_variance).sqrt();
        let cook_d = change * change / (all.se * all.se);
        let sum_w = centre(estimates, |vi| 1.0 / (vi + without.tau2)).sum_w;
        let influential = dffits.abs() > 3.0 * (1.0 / (k - 1.0)).sqrt()
            || ChiSquared::new(1.0).cdf(cook_d) > 0.5
            || hat > 3.0 / k
            || change.abs() * sum_w.sqrt() > 1.0;
        Influence {
            rstudent: (estimate.yi - without.estimate) / (own_variance + without.se * without.se).sqrt(),
            dffits,
            cook_d,
            cov_r: (without.se / all.se) * (without.se / all.se),
            tau2_deleted: without.tau2,
            q_deleted: without.heterogeneity.q,
            hat,
            weight_percent: *weight,
            influential,
        }
    };
    Ok(estimates.iter().zip(deleted).zip(&all.weights_percent).map(one).collect())
}

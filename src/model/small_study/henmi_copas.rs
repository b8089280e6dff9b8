//! Henmi and Copas' interval, which leans on the large studies.

use serde::Serialize;

use crate::evidence::Level;
use crate::model::fit::check_level;
use crate::model::linear::{Linear as _, Mean, centre};
use crate::model::tau2::dersimonian_laird;
use crate::model::{Estimate, FitError};
use crate::num::distribution::{Distribution as _, Normal};
use crate::num::special::gamma_tails;
use crate::num::{integrate, root};

/// The common-effect estimate with an interval that allows for heterogeneity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HenmiCopas {
    /// The estimate, at weights 1 / vᵢ.
    pub estimate: f64,
    /// Its standard error under the random-effects model.
    pub se: f64,
    /// Lower end of its interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
}

/// Returns Henmi and Copas' interval: common-effect weights, so that small studies with their possible bias count less than under
/// random effects, and the distribution of the pivot `(µ̂ − µ) / SE` worked out for an estimated τ².
///
/// Q given the pivot's numerator is taken as a gamma variable with the right mean and variance.
///
/// # Errors
/// As [`crate::model::fit`]; [`FitError::HenmiCopas`] where that gamma variable does not exist.
///
/// # Agreement
/// metafor 5.1-12, `hc()`: relative 1e-6.
///
/// # References
/// Henmi & Copas (2010), section 3, <https://doi.org/10.1002/sim.4029>
pub fn henmi_copas(estimates: &[Estimate], level: Level) -> Result<HenmiCopas, FitError> {
    check_level(level)?;
    let mean = Mean::new(estimates)?;
    let tau2 = dersimonian_laird(&mean).value;
    let pool = centre(estimates, |vi| 1.0 / vi);
    let power = |n: i32| estimates.iter().map(|estimate| estimate.vi.powi(-n)).sum::<f64>();
    let w1 = pool.sum_w;
    let (w2, w3, w4) = (power(2) / w1, power(3) / w1, power(4) / w1);
    let df = mean.residual_df();
    // The variance of √w₁(µ̂ − µ), and the first two moments of Q given its standardised value r.
    let variance = 1.0 + tau2 * w2;
    let skew = w3 - w2 * w2;
    let given = |r: f64| {
        let shift = tau2 * tau2 * (r * r - 1.0) / variance;
        let expectation = df + tau2 * (w1 - w2) + shift * skew;
        let spread = 2.0 * df
            + 4.0 * tau2 * (w1 - w2)
            + 2.0 * tau2 * tau2 * (w1 * w2 - 2.0 * w3 + w2 * w2)
            + 4.0 * shift * skew
            + 4.0 * tau2 * shift * (w4 - 2.0 * w2 * w3 + w2 * w2 * w2)
            + 2.0 * (tau2 * tau2 / variance) * (tau2 * tau2 / variance) * (1.0 - 2.0 * r * r) * skew * skew;
        (expectation, spread)
    };
    // P(pivot > t √variance): r must exceed t, and Q stay below what makes the standard error too large.
    let beyond = |t: f64| {
        let density = |r: f64| {
            let (expectation, spread) = given(r);
            let largest = (w1 / w2 - 1.0) * ((r / t) * (r / t) - 1.0) + df;
            gamma_tails(expectation * expectation / spread, largest * expectation / spread).lower * Normal.density(r)
        };
        // Where the rule of 7 points is good to 1e-8, that of 15, which is taken, is good to more than 1e-12; 4 further on nothing is left.
        integrate(density, t, t.max(4.0) + 4.0, 1e-8).unwrap_or(f64::NAN)
    };
    let tail = 0.5 * (1.0 - level.0);
    let critical = root(|t| beyond(t) - tail, 1e-4, 10.0).ok_or(FitError::HenmiCopas)? * variance.sqrt();
    let se = (variance / w1).sqrt();
    let estimate = pool.mean;
    Ok(HenmiCopas { estimate, se, ci_lower: estimate - critical * se, ci_upper: estimate + critical * se })
}

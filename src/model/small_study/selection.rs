//! The three-parameter selection model.

use serde::Serialize;

use crate::diag::named;
use crate::model::tau2::{Likelihood, maximum_likelihood};
use crate::model::{Estimate, FitError, Mean};
use crate::num::distribution::{ChiSquared, Distribution as _, Normal, Tail};
use crate::num::{exp, ln, minimise};

/// A random-effects model in which insignificant studies are seen with another probability than significant ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Selection {
    /// The mean effect, selection allowed for.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// τ².
    pub tau2: f64,
    /// The relative probability of being seen: 1 for significant studies, then that of the others.
    pub delta: [f64; 2],
    /// Likelihood ratio against no selection, χ² with one degree of freedom.
    pub lrt: f64,
    /// Its p-value.
    pub lrt_p: f64,
    /// The log-likelihood.
    pub log_likelihood: f64,
}

named! {
    /// On which side of 0 effects are thought to be seen more readily where they are significant.
    Direction, "direction of effects":
    /// Above 0.
    Above = "above",
    /// Below 0.
    Below = "below",
}

/// Fits [`selection_toward`] effects above 0.
///
/// # Errors
/// As [`selection_toward`].
pub fn selection(estimates: &[Estimate]) -> Result<Selection, FitError> {
    selection_toward(estimates, Direction::Above)
}

/// Fits the three-parameter selection model by maximum likelihood, with its step at a one-sided p-value of 0.025 for effects on the side
/// of `direction`.
///
/// Each study has density `φ(yᵢ; µ, vᵢ + τ²) δ(pᵢ) / Aᵢ`, δ being 1 at or below the step and a free parameter above it, and Aᵢ the
/// mean of δ over what the study might have found.
///
/// # Errors
/// [`FitError::Selection`] when all studies stand on one side of the step: δ has no finite, positive estimate then.
///
/// # Agreement
/// metafor 5.1-12, `selmodel(type = "stepfun", alternative = "greater")`, or `"less"`: relative 1e-4.
///
/// # References
/// Vevea & Hedges (1995), <https://doi.org/10.1007/BF02294384>; McShane et al. (2016),
/// <https://doi.org/10.1177/1745691616662243>
pub fn selection_toward(estimates: &[Estimate], direction: Direction) -> Result<Selection, FitError> {
    match direction {
        Direction::Above => above(estimates),
        Direction::Below => {
            let turned: Vec<Estimate> = estimates.iter().map(|one| Estimate { yi: -one.yi, ..*one }).collect();
            above(&turned).map(|found| Selection { estimate: -found.estimate, ..found })
        }
    }
}

fn above(estimates: &[Estimate]) -> Result<Selection, FitError> {
    let mean = Mean::new(estimates)?;
    let z = Normal.quantile(Tail::Upper(0.025));
    let significant = estimates.iter().filter(|estimate| estimate.yi >= z * estimate.vi.sqrt()).count();
    if significant == 0 || significant == estimates.len() {
        return Err(FitError::Selection);
    }
    let log_likelihood = |mu: f64, tau2: f64, log_delta: f64| -> f64 {
        let delta = exp(log_delta);
        let study = |estimate: &Estimate| {
            let (variance, critical) = (estimate.vi + tau2, z * estimate.vi.sqrt());
            let residual = estimate.yi - mu;
            let distance = (critical - mu) / variance.sqrt();
            let seen = Normal.sf(distance) + delta * Normal.cdf(distance);
            let weight = if estimate.yi >= critical { 0.0 } else { log_delta };
            weight - ln(seen) - 0.5 * (ln(std::f64::consts::TAU * variance) + residual * residual / variance)
        };
        estimates.iter().map(study).sum()
    };
    let plain = maximum_likelihood(&mean)?;
    let pool = crate::model::linear::centre(estimates, |vi| 1.0 / (vi + plain.value));
    let typical = (estimates.len() as f64 / pool.sum_w).sqrt();
    // In τ, not τ²: the likelihood is smooth through 0 then.
    let minimum = minimise(
        |x| -log_likelihood(x[0], x[1] * x[1], x[2]),
        &[pool.mean, plain.value.sqrt().max(0.3 * typical), 0.0],
        &[0.3 * typical, 0.3 * typical, 0.5],
    )
    .ok_or(FitError::Selection)?;
    let lrt = 2.0 * (-minimum.value - Likelihood::Full.log(&mean, plain.value));
    Ok(Selection {
        estimate: minimum.point[0],
        se: minimum.covariance[(0, 0)].sqrt(),
        tau2: minimum.point[1] * minimum.point[1],
        delta: [1.0, exp(minimum.point[2])],
        lrt,
        lrt_p: ChiSquared::new(1.0).sf(lrt.max(0.0)),
        log_likelihood: -minimum.value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bcg;

    #[test]
    fn the_bcg_trials_are_selected_for_effects_below_zero() {
        // metafor 3.8, selmodel(rma(method = "ML"), type = "stepfun", steps = 0.025, alternative = "less").
        let found = selection_toward(&bcg::estimates(), Direction::Below).unwrap();
        for (found, expected) in [
            (found.estimate, -0.620_563_623_337_969),
            (found.se, 0.261_322_659_605_419),
            (found.tau2, 0.291_239_454_658_114),
            (found.delta[1], 0.635_536_109_358_981),
            (found.lrt, 0.242_499_483_492_526),
            (found.lrt_p, 0.622_406_655_941_052),
            (found.log_likelihood, -12.543_826_606_530_546),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-4, "{found} is not {expected}");
        }
        assert_eq!(selection(&bcg::estimates()), Err(FitError::Selection));
    }
}

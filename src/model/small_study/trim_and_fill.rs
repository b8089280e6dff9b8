//! Duval and Tweedie's trim and fill.

use serde::Serialize;

use crate::diag::named;
use crate::model::fit::{check_level, quick_fit};
use crate::model::linear::check;
use crate::model::{Estimate, FitError, Spec};

named! {
    /// How the number of missing studies is estimated.
    FillEstimator, "estimator of the missing studies":
    /// From the sum of the positive ranks, linearly.
    L0 = "L0",
    /// From the longest run of positive ranks.
    R0 = "R0",
    /// From the sum of the positive ranks, by a square root.
    Q0 = "Q0",
}

named! {
    /// Where studies are thought to be missing.
    Side, "side of the funnel":
    /// Effects below the pooled one.
    Left = "left",
    /// Effects above it.
    Right = "right",
}

/// The pool with the missing studies filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrimAndFill {
    /// How many studies seem to be missing.
    pub k0: usize,
    /// The standard error of that number.
    pub k0_se: f64,
    /// The pooled estimate with them.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// τ² with them.
    pub tau2: f64,
    /// The studies filled in, mirrored about the trimmed estimate.
    #[serde(skip)]
    pub filled: Vec<Estimate>,
}

/// Trims the studies that have no counterpart on `side`, estimates the centre of the others and fills in mirror images.
///
/// # Boundary
/// Equal distances from the centre are ranked in the order of the effects, as the reference has it.
///
/// # Errors
/// [`FitError::TrimAndFill`] when Q0's square root does not exist, or too few studies are left, or the trimming goes in circles;
/// and as [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `trimfill()`: relative 1e-8.
///
/// # References
/// Duval & Tweedie (2000), <https://doi.org/10.1111/j.0006-341X.2000.00455.x>
pub fn trim_and_fill(
    estimates: &[Estimate],
    side: Side,
    estimator: FillEstimator,
    spec: &Spec,
) -> Result<TrimAndFill, FitError> {
    check_level(spec.level)?;
    check(estimates)?;
    let mirror = match side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    };
    let mut sorted: Vec<Estimate> =
        estimates.iter().map(|estimate| Estimate { yi: mirror * estimate.yi, vi: estimate.vi }).collect();
    sorted.sort_by(|a, b| a.yi.total_cmp(&b.yi));
    let k = sorted.len();
    let mut k0 = 0;
    for _ in 0..100 {
        // Two studies at least are needed for a centre.
        let kept = k.checked_sub(k0).filter(|kept| *kept >= 2).ok_or(FitError::TrimAndFill)?;
        let centre = quick_fit(&sorted[..kept], spec)?.estimate;
        let (missing, k0_se) = missing(&sorted, centre, estimator).ok_or(FitError::TrimAndFill)?;
        if missing == k0 {
            let filled: Vec<Estimate> = sorted[kept..]
                .iter()
                .map(|estimate| Estimate { yi: mirror * (2.0 * centre - estimate.yi), vi: estimate.vi })
                .collect();
            let all: Vec<Estimate> = estimates.iter().chain(&filled).copied().collect();
            let fit = quick_fit(&all, spec)?;
            return Ok(TrimAndFill { k0, k0_se, estimate: fit.estimate, se: fit.se, tau2: fit.tau2, filled });
        }
        k0 = missing;
    }
    Err(FitError::TrimAndFill)
}

/// Returns the estimated number of missing studies about `centre`, with its standard error.
fn missing(sorted: &[Estimate], centre: f64, estimator: FillEstimator) -> Option<(usize, f64)> {
    let mut distances: Vec<f64> = sorted.iter().map(|estimate| estimate.yi - centre).collect();
    distances.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = || distances.iter().zip(1..);
    let n = sorted.len() as f64;
    let (raw, se): (f64, f64) = match estimator {
        FillEstimator::R0 => {
            let lowest = ranks().filter(|(distance, _)| **distance < 0.0).map(|(_, rank)| rank).max().unwrap_or(0);
            let run = n - f64::from(lowest) - 1.0;
            (run, (2.0 * run.max(0.0) + 2.0).sqrt())
        }
        FillEstimator::L0 => {
            let s: f64 = ranks().filter(|(distance, _)| **distance > 0.0).map(|(_, rank)| f64::from(rank)).sum();
            let k0 = (4.0 * s - n * (n + 1.0)) / (2.0 * n - 1.0);
            (k0, 4.0 * rank_sum_variance(n, k0).sqrt() / (2.0 * n - 1.0))
        }
        FillEstimator::Q0 => {
            let s: f64 = ranks().filter(|(distance, _)| **distance > 0.0).map(|(_, rank)| f64::from(rank)).sum();
            let inner = 2.0 * n * n - 4.0 * s + 0.25;
            if inner < 0.0 {
                return None;
            }
            let k0 = n - 0.5 - inner.sqrt();
            let slope = ((n - 0.5) * (n - 0.5) - k0 * (2.0 * n - k0 - 1.0)).sqrt();
            (k0, 2.0 * rank_sum_variance(n, k0).sqrt() / slope)
        }
    };
    // Halves are rounded to the even number, as R does.
    Some((raw.round_ties_even().max(0.0) as usize, se))
}

/// Returns the variance of the sum of positive ranks among `n` studies when `k0` are missing.
fn rank_sum_variance(n: f64, k0: f64) -> f64 {
    (n * (n + 1.0) * (2.0 * n + 1.0) + 10.0 * k0.powi(3) + 27.0 * k0 * k0 + 17.0 * k0
        - 18.0 * n * k0 * k0
        - 18.0 * n * k0
        + 6.0 * n * n * k0)
        / 24.0
}

//! Fail-safe N: Rosenthal's, Rosenberg's and Orwin's.

use serde::Serialize;

use crate::model::linear::{Mean, centre};
use crate::model::{Estimate, FitError};
use crate::num::distribution::{Distribution as _, Normal, Tail, two_sided};

/// How many studies without effect would undo significance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FailSafe {
    /// That many; 0 where there is none to undo.
    pub n: u64,
    /// The p-value that they would lift to 0.05: one-sided (Rosenthal's) or two-sided (Rosenberg's).
    pub p_value: f64,
}

/// Returns Rosenthal's fail-safe N at a one-sided 5%: the studies averaging no effect that would lift the combined p-value above it.
///
/// `N = (Σzᵢ)² / z² − k`, rounded up. It says nothing about the size of the effect; shown because reviewers ask for it.
///
/// # Errors
/// As [`Mean::new`].
///
/// # Agreement
/// metafor 3.8, `fsn()`: the same whole numbers.
///
/// # References
/// Rosenthal (1979), <https://doi.org/10.1037/0033-2909.86.3.638>
pub fn fail_safe(estimates: &[Estimate]) -> Result<FailSafe, FitError> {
    Mean::new(estimates)?;
    let k = estimates.len() as f64;
    let sum: f64 = estimates.iter().map(|estimate| estimate.yi / estimate.vi.sqrt()).sum::<f64>().abs();
    let z = Normal.quantile(Tail::Upper(0.05));
    Ok(FailSafe { n: whole((sum / z) * (sum / z) - k), p_value: Normal.sf(sum / k.sqrt()) })
}

/// Returns Rosenberg's fail-safe N at a two-sided 5%: the studies of no effect and mean weight that would lift the common-effect
/// pool's p-value above it.
///
/// `N = k ((Σwᵢyᵢ / z)² / Σwᵢ − 1)` with `wᵢ = 1 / vᵢ`, rounded up.
///
/// # Errors
/// As [`Mean::new`].
///
/// # Agreement
/// metafor 3.8, `fsn(type = "Rosenberg")`: the same whole numbers.
///
/// # References
/// Rosenberg (2005), <https://doi.org/10.1111/j.0014-3820.2005.tb01004.x>
pub fn fail_safe_weighted(estimates: &[Estimate]) -> Result<FailSafe, FitError> {
    Mean::new(estimates)?;
    let pool = centre(estimates, |vi| 1.0 / vi);
    let statistic = pool.mean.abs() * pool.sum_w.sqrt();
    let share = statistic / Normal.quantile(Tail::Upper(0.025));
    let n = whole(estimates.len() as f64 * (share * share - 1.0));
    Ok(FailSafe { n, p_value: two_sided(&Normal, statistic) })
}

/// Returns Orwin's fail-safe N: the studies of no effect that would bring the unweighted mean effect down to `target`, on the
/// analysis scale.
///
/// `N = k (|ȳ| − |target|) / |target|`, rounded up; 0 where the mean is no further from 0 than that.
///
/// # Boundary
/// `None` for a target that is 0 or not finite: no number of studies is enough.
///
/// # Errors
/// As [`Mean::new`].
///
/// # Agreement
/// metafor 3.8, `fsn(type = "Orwin")`: the same whole numbers.
///
/// # References
/// Orwin (1983), <https://doi.org/10.3102/10769986008002157>
pub fn fail_safe_effect(estimates: &[Estimate], target: f64) -> Result<Option<u64>, FitError> {
    Mean::new(estimates)?;
    let ratio = centre(estimates, |_| 1.0).mean.abs() / target.abs();
    let possible = target != 0.0 && target.is_finite();
    Ok(possible.then(|| whole(estimates.len() as f64 * (ratio - 1.0))))
}

/// Rounds up to a number of studies.
fn whole(n: f64) -> u64 {
    n.ceil().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_metafor_has_it() {
        let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
        let (rosenthal, rosenberg) = (fail_safe(&trials).unwrap(), fail_safe_weighted(&trials).unwrap());
        assert_eq!((rosenthal.n, rosenberg.n), (7, 2));
        assert!((rosenthal.p_value - 0.0039).abs() < 5e-5 && (rosenberg.p_value - 0.0225).abs() < 5e-5);
        assert_eq!(fail_safe_effect(&trials, 0.1), Ok(Some(9)));
        assert_eq!(fail_safe_effect(&trials, 0.5), Ok(Some(0)));
        assert_eq!(fail_safe_effect(&trials, 0.0), Ok(None));
    }
}

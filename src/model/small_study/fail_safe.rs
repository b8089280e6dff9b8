//! Rosenthal's fail-safe N.

use serde::Serialize;

use crate::model::linear::Mean;
use crate::model::{Estimate, FitError};
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// How many studies without effect would undo significance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FailSafe {
    /// That many; 0 where there is none to undo.
    pub n: u64,
    /// The one-sided p-value of Stouffer's combined z.
    pub p_value: f64,
}

/// Returns Rosenthal's fail-safe N at a one-sided 5%: the studies averaging no effect that would lift the combined p-value above it.
///
/// `N = (Σzᵢ)² / z² − k`, rounded up. It says nothing about the size of the effect; shown because reviewers ask for it.
///
/// # Errors
/// As [`Mean::new`].
///
/// # References
/// Rosenthal (1979), <https://doi.org/10.1037/0033-2909.86.3.638>
pub fn fail_safe(estimates: &[Estimate]) -> Result<FailSafe, FitError> {
    Mean::new(estimates)?;
    let k = estimates.len() as f64;
    let sum: f64 = estimates.iter().map(|estimate| estimate.yi / estimate.vi.sqrt()).sum::<f64>().abs();
    let z = Normal.quantile(Tail::Upper(0.05));
    let n = ((sum / z) * (sum / z) - k).ceil().max(0.0);
    Ok(FailSafe { n: n as u64, p_value: Normal.sf(sum / k.sqrt()) })
}

//! Hedges and Olkin's unweighted moments.

use super::{Linear, Tau2, sd_of_q};

/// Estimates τ² by matching the unweighted residual sum of squares to its expectation.
///
/// `τ² = (yᵀPy − tr PV) / (k − p)` with all weights 1; for one mean the sample variance of the effects minus their mean
/// sampling variance.
///
/// # Boundary
/// If the sum of squares does not exceed `tr PV`, the value is 0 and `at_boundary` true.
///
/// # Agreement
/// metafor 5.1-12, `method = "HE"`: relative 1e-12, the standard error too.
///
/// # References
/// Hedges & Olkin (1985), Statistical Methods for Meta-Analysis, chapter 9; also Cochran (1954)
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Mean, tau2::hedges_olkin};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let tau2 = hedges_olkin(&Mean::new(&trials)?);
/// assert!((tau2.value / 0.1791666666666667 - 1.0).abs() < 1e-12);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
#[must_use]
pub fn hedges_olkin(model: &impl Linear) -> Tau2 {
    let df = model.residual_df();
    let (trace_pv, _) = model.traces(|_| 1.0, |vi| vi);
    let raw = (model.moments(|_| 1.0).ypy - trace_pv) / df;
    Tau2::truncated(raw, |tau2| sd_of_q(model, |_| 1.0, tau2) / df)
}

//! The pool as studies come in.

use serde::Serialize;

use crate::model::fit::quick_fit;
use crate::model::interval::Error;
use crate::model::{Estimate, FitError, Limits, Spec};

/// The pool of the first studies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cumulated {
    /// The pooled estimate; of one study, its effect.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Lower end of its interval; of one study, the normal interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
    /// Their τ²; of one study, 0.
    pub tau2: f64,
    /// Their I² (τ² form); of one study, 0.
    pub i2_percent: f64,
}

/// Returns the pool of the first 1, 2, 3, … studies, in the order given.
///
/// # Errors
/// As [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `cumul()`: relative 1e-8.
///
/// # References
/// Lau et al. (1992), <https://doi.org/10.1056/NEJM199207233270406>
pub fn cumulative(estimates: &[Estimate], spec: &Spec) -> Result<Vec<Cumulated>, FitError> {
    let first = |k: usize| match &estimates[..k] {
        [single] => {
            let se = single.vi.sqrt();
            let Limits { lower, upper } = Error { se, df: None }.about(single.yi, 0.0, spec.level);
            let estimate = single.yi;
            Ok(Cumulated { estimate, se, ci_lower: lower, ci_upper: upper, tau2: 0.0, i2_percent: 0.0 })
        }
        several => quick_fit(several, spec).map(|fit| Cumulated {
            estimate: fit.estimate,
            se: fit.se,
            ci_lower: fit.ci_lower,
            ci_upper: fit.ci_upper,
            tau2: fit.tau2,
            i2_percent: fit.heterogeneity.i2_percent,
        }),
    };
    (1..=estimates.len()).map(first).collect()
}

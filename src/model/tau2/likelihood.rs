//! The likelihoods in τ², and the climb to a maximum that ML and REML share.

use std::f64::consts::PI;

use super::{FitError, Linear, Tau2, Tau2Method, hedges_olkin};
use crate::model::Moments;
use crate::num::ln;

/// Which likelihood of the effects is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likelihood {
    /// That of the effects.
    Full,
    /// That of their residual contrasts, which do not depend on the coefficients.
    Restricted,
}

impl Likelihood {
    /// Returns the likelihood that goes with an estimator: the full one with ML, else the restricted.
    #[must_use]
    pub fn of(method: Tau2Method) -> Self {
        if method == Tau2Method::MaximumLikelihood { Self::Full } else { Self::Restricted }
    }

    /// Returns the log-likelihood of `model` at `tau2`, the coefficients at their best.
    ///
    /// `−½ (k ln 2π + Σ ln(vᵢ + τ²) + yᵀPy)`; the restricted one has `k − p` for `k` and adds `−½ ln |XᵀWX| + ½ ln |XᵀX|`.
    ///
    /// # References
    /// Harville (1977), <https://doi.org/10.1080/01621459.1977.10480998>
    pub fn log(self, model: &impl Linear, tau2: f64) -> f64 {
        let weight = |vi: f64| 1.0 / (vi + tau2);
        let spread: f64 = model.estimates().map(|estimate| ln(estimate.vi + tau2)).sum();
        let q = model.moments(weight).ypy;
        let (n, determinants) = match self {
            Self::Full => (model.k() as f64, 0.0),
            Self::Restricted => (model.residual_df(), model.log_determinant(weight) - model.log_determinant(|_| 1.0)),
        };
        -0.5 * (n * ln(2.0 * PI) + spread + q + determinants)
    }

    /// Returns first derivative, minus second derivative, and the expectation of that, at weights `1 / (vᵢ + τ²)`.
    fn slope(self, at: &Moments) -> Slope {
        let (trace, square) = match self {
            Self::Full => (at.sum_w, at.sum_w2),
            Self::Restricted => (at.trace_p, at.trace_pp),
        };
        Slope { score: 0.5 * (at.yppy - trace), observed: at.ypppy - 0.5 * square, expected: 0.5 * square }
    }

    /// Estimates τ² by maximising this likelihood, downwards from the unweighted moments or the mean sampling variance.
    pub(super) fn maximise(self, model: &impl Linear, method: Tau2Method) -> Result<Tau2, FitError> {
        let slope = |tau2: f64| self.slope(&model.moments(|vi| 1.0 / (vi + tau2)));
        let vi = || model.estimates().map(|estimate| estimate.vi);
        let mean_vi = vi().sum::<f64>() / model.k() as f64;
        let least_vi = vi().fold(f64::INFINITY, f64::min);
        let mut best = climb(method, hedges_olkin(model).value.max(mean_vi), 0.1 * least_vi, slope)?;
        let mut other_maximum = None;
        // A likelihood that falls at 0 and yet has an inner maximum has two; the higher one is the estimate.
        if best > 0.0 && slope(0.0).score < 0.0 {
            let mut other = 0.0;
            if self.log(model, other) > self.log(model, best) {
                std::mem::swap(&mut best, &mut other);
            }
            other_maximum = Some(other);
        }
        let se = (1.0 / slope(best).expected).sqrt();
        Ok(Tau2 { value: best, se, at_boundary: best == 0.0, other_maximum })
    }
}

/// Slope and curvature of a log-likelihood at one τ².
struct Slope {
    /// The first derivative.
    score: f64,
    /// Minus the second derivative.
    observed: f64,
    /// Its expectation, always positive.
    expected: f64,
}

/// Returns the τ² ≥ 0 at which the score vanishes while falling, or 0 where the likelihood falls from 0 on.
///
/// Newton's steps where the likelihood curves down, Fisher's scoring elsewhere; the sign of the score brackets the maximum
/// and a step out of the bracket is replaced by its middle, so it can neither diverge nor cycle. A step down leaves at
/// least a quarter of τ², until that is `negligible`: a longer one could pass over a maximum higher than the one at 0.
fn climb(method: Tau2Method, start: f64, negligible: f64, slope: impl Fn(f64) -> Slope) -> Result<f64, FitError> {
    const STEPS: usize = 200;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut tau2 = start;
    for _ in 0..STEPS {
        let at = slope(tau2);
        if at.score > 0.0 {
            low = tau2;
        } else if tau2 == 0.0 {
            return Ok(0.0);
        } else {
            high = tau2;
        }
        let information = if at.observed > 0.0 { at.observed } else { at.expected };
        let lowest = if tau2 > negligible { 0.25 * tau2 } else { 0.0 };
        let mut next = (tau2 + at.score / information).max(lowest);
        if next < low || next >= high {
            next = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * low };
        }
        // In units of the standard error of τ²: rounding error is about 1e-16 of it, and the last step is quadratic.
        if (next - tau2).abs() * at.expected.sqrt() <= 1e-11 && next > 0.0 {
            return Ok(next);
        }
        tau2 = next;
    }
    Err(FitError::NoConvergence { method, last: tau2, steps: STEPS })
}

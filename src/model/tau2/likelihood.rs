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
        let Climbed { tau2: mut best, bisected } =
            climb(method, hedges_olkin(model).value.max(mean_vi), 0.1 * least_vi, slope)?;
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
        Ok(Tau2 { value: best, se, at_boundary: best == 0.0, other_maximum, bisected })
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

/// Where a climb ended.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Climbed {
    tau2: f64,
    /// Bisection was needed.
    bisected: bool,
}

/// Returns the τ² ≥ 0 at which the score vanishes while falling, or 0 where the likelihood falls from 0 on.
///
/// Newton's steps where the likelihood curves down, Fisher's scoring elsewhere; the sign of the score brackets the maximum
/// and a step out of the bracket is replaced by its middle, so it can neither diverge nor cycle. A step down leaves at
/// least a quarter of τ², until that is `negligible`: a longer one could pass over a maximum higher than the one at 0.
/// Where these do not settle, the bracket is halved until nothing is left of it.
fn climb(method: Tau2Method, start: f64, negligible: f64, slope: impl Fn(f64) -> Slope) -> Result<Climbed, FitError> {
    const STEPS: usize = 100;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut tau2 = start;
    for step in 0..STEPS {
        let at = slope(tau2);
        if at.score.is_nan() {
            return Err(FitError::NoConvergence { method, last: tau2, steps: step });
        } else if at.score > 0.0 {
            low = tau2;
        } else if tau2 == 0.0 {
            return Ok(Climbed { tau2, bisected: false });
        } else {
            high = tau2;
        }
        let information = if at.observed > 0.0 { at.observed } else { at.expected };
        let lowest = if tau2 > negligible { 0.25 * tau2 } else { 0.0 };
        let mut next = (tau2 + at.score / information).max(lowest);
        if next < low || next > high {
            next = middle(low, high);
        }
        // In units of the standard error of τ²: rounding error is about 1e-16 of it, and the last step is quadratic.
        if (next - tau2).abs() * at.expected.sqrt() <= 1e-11 && next > 0.0 {
            return Ok(Climbed { tau2: next, bisected: false });
        }
        tau2 = next;
    }
    for _ in 0..10 * STEPS {
        tau2 = middle(low, high);
        if !(tau2 > low && tau2 < high) {
            return Ok(Climbed { tau2: low, bisected: true });
        }
        *(if slope(tau2).score > 0.0 { &mut low } else { &mut high }) = tau2;
    }
    Err(FitError::NoConvergence { method, last: tau2, steps: 11 * STEPS })
}

/// Returns the middle of a bracket, or twice its lower end where it has no upper.
fn middle(low: f64, high: f64) -> f64 {
    if high.is_finite() { 0.5 * (low + high) } else { 2.0 * low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_do_not_settle_are_followed_by_bisection_and_named() {
        // A score with its root at 0.3 whose information is a thousand times too large: each step goes a thousandth of the way.
        let crawling = |tau2: f64| Slope { score: 0.3 - tau2, observed: 1000.0, expected: 1.0 };
        let found = climb(Tau2Method::Reml, 5.0, 0.01, crawling).unwrap();
        assert!(found.bisected && (found.tau2 - 0.3).abs() < 1e-15, "{found:?}");
        let sound = |tau2: f64| Slope { score: 0.3 - tau2, observed: 1.0, expected: 1.0 };
        let found = climb(Tau2Method::Reml, 5.0, 0.01, sound).unwrap();
        assert!(!found.bisected && (found.tau2 - 0.3).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn no_convergence_is_an_error_with_the_last_iterate() {
        let lost = |_| Slope { score: f64::NAN, observed: f64::NAN, expected: f64::NAN };
        let found = climb(Tau2Method::Reml, 5.0, 0.01, lost);
        assert!(matches!(found, Err(FitError::NoConvergence { method: Tau2Method::Reml, .. })), "{found:?}");
        let endless = |_| Slope { score: 1.0, observed: 1.0, expected: 1.0 };
        let found = climb(Tau2Method::Reml, 5.0, 0.01, endless);
        assert!(matches!(found, Err(FitError::NoConvergence { last, .. }) if last > 100.0), "{found:?}");
    }
}

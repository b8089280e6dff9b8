//! How far the studies disagree: Cochran's Q, I², H².

use serde::Serialize;

use super::Linear;
use super::tau2::Tau2;
use crate::num::distribution::{ChiSquared, Distribution as _};

/// How far the studies disagree. Two I² exist and are never mixed up: see the fields.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Heterogeneity {
    /// Cochran's Q: the residual sum of squares at weights 1 / vᵢ.
    pub q: f64,
    /// Its degrees of freedom, k − p.
    pub q_df: f64,
    /// P(χ² > Q).
    pub q_p: f64,
    /// The likelihood ratio form of Q, for models of counts.
    pub q_lrt: Option<f64>,
    /// 100 τ² / (τ² + s²), s² the typical sampling variance; equal to [`Self::i2_q_percent`] for a common effect.
    pub i2_percent: f64,
    /// 100 (Q − df) / Q, at least 0.
    pub i2_q_percent: f64,
    /// τ² / s² + 1; Q / df for a common effect.
    pub h2: f64,
    /// s², the typical sampling variance.
    pub typical_variance: f64,
}

impl Heterogeneity {
    /// Returns the heterogeneity of `model`, with I² and H² from `tau2` where there is one.
    ///
    /// The typical sampling variance is `s² = (k − p) / tr P` at weights 1 / vᵢ.
    ///
    /// # References
    /// Higgins & Thompson (2002), equations 9 and 14, <https://doi.org/10.1002/sim.1186>
    pub fn of(model: &impl Linear, tau2: Option<&Tau2>) -> Self {
        let at = model.moments(|vi| 1.0 / vi);
        let q_df = model.residual_df();
        Self::from_q(at.ypy, q_df, q_df / at.trace_p, tau2.map(|tau2| tau2.value))
    }

    /// Returns the heterogeneity that a Q with its degrees of freedom shows, at this typical variance.
    pub(super) fn from_q(q: f64, q_df: f64, typical_variance: f64, tau2: Option<f64>) -> Self {
        let i2_q_percent = if q > q_df { 100.0 * (q - q_df) / q } else { 0.0 };
        let (i2_percent, h2) = match tau2 {
            None => (i2_q_percent, q / q_df),
            Some(tau2) => (i2_percent_at(tau2, typical_variance), tau2 / typical_variance + 1.0),
        };
        let q_p = ChiSquared::new(q_df).sf(q);
        Self { q, q_df, q_p, q_lrt: None, i2_percent, i2_q_percent, h2, typical_variance }
    }
}

pub(super) fn i2_percent_at(tau2: f64, typical_variance: f64) -> f64 {
    100.0 * tau2 / (tau2 + typical_variance)
}

//! Scales of a proportion: the four on which survival is published and pooled, in one place.

use super::ln;

/// A scale for a proportion `p` strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// `ln(−ln p)`; it falls as `p` rises.
    LogLog,
    /// `ln p`.
    Log,
    /// `p` itself.
    Plain,
    /// `ln(p / (1 − p))`.
    Logit,
}

impl Link {
    /// Returns `p` on this scale; infinite at 0 or 1 where the scale has no value there.
    #[must_use]
    pub fn transform(self, p: f64) -> f64 {
        match self {
            Self::LogLog => ln(-ln(p)),
            Self::Log => ln(p),
            Self::Plain => p,
            Self::Logit => ln(p / (1.0 - p)),
        }
    }

    /// Returns |dy/dp| at `p`, so that `SE(y) = SE(p) · slope` (delta method).
    ///
    /// ```
    /// use forestable::num::Link;
    /// let (p, h) = (0.3, 1e-6);
    /// for link in [Link::LogLog, Link::Log, Link::Plain, Link::Logit] {
    ///     let difference = (link.transform(p + h) - link.transform(p - h)).abs() / (2.0 * h);
    ///     assert!((link.slope(p) / difference - 1.0).abs() < 1e-8);
    /// }
    /// ```
    #[must_use]
    pub fn slope(self, p: f64) -> f64 {
        match self {
            Self::LogLog => 1.0 / (p * ln(p).abs()),
            Self::Log => 1.0 / p,
            Self::Plain => 1.0,
            Self::Logit => 1.0 / (p * (1.0 - p)),
        }
    }
}

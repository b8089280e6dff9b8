//! Scales on which proportions are pooled, and the way back.

use serde::{Deserialize, Serialize};

use crate::num;

/// A scale for a single proportion `p`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// `p` itself.
    Plain,
    /// `ln p`.
    Log,
    /// `ln(p / (1 − p))`.
    Logit,
    /// `ln(−ln p)`: the log-log scale of survival; it falls as `p` rises.
    #[serde(alias = "log-log")]
    Cloglog,
    /// `asin √p`.
    Arcsine,
}

impl Scale {
    /// Returns `p` on this scale; infinite at 0 or 1 where the scale has no value there.
    ///
    /// ```
    /// use forestable::effect::Scale;
    /// assert!((Scale::Cloglog.transform(0.65) - -0.842_150_990_724_733).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn transform(self, p: f64) -> f64 {
        match self {
            Self::Plain => p,
            Self::Log => num::ln(p),
            Self::Logit => num::ln(p / (1.0 - p)),
            Self::Cloglog => num::ln(-num::ln(p)),
            Self::Arcsine => num::asin(p.sqrt()),
        }
    }

    /// Returns the proportion that stands at `y`, held within 0 and 1 on scales that reach beyond.
    ///
    /// ```
    /// use forestable::effect::Scale;
    /// for scale in [Scale::Plain, Scale::Log, Scale::Logit, Scale::Cloglog, Scale::Arcsine] {
    ///     assert!((scale.back(scale.transform(0.3)) - 0.3).abs() < 1e-14);
    /// }
    /// ```
    #[must_use]
    pub fn back(self, y: f64) -> f64 {
        match self {
            Self::Plain => y.clamp(0.0, 1.0),
            Self::Log => num::exp(y).min(1.0),
            Self::Logit => 1.0 / (1.0 + num::exp(-y)),
            Self::Cloglog => num::exp(-num::exp(y)),
            Self::Arcsine => {
                let sine = num::sin(y.clamp(0.0, std::f64::consts::FRAC_PI_2));
                sine * sine
            }
        }
    }

    /// Returns |dy/dp| at `p`, so that `SE(y) = SE(p) · slope` (delta method).
    #[must_use]
    pub fn slope(self, p: f64) -> f64 {
        match self {
            Self::Plain => 1.0,
            Self::Log => 1.0 / p,
            Self::Logit => 1.0 / (p * (1.0 - p)),
            Self::Cloglog => 1.0 / (p * num::ln(p).abs()),
            Self::Arcsine => 1.0 / (2.0 * (p * (1.0 - p)).sqrt()),
        }
    }

    /// Returns the proportions at both ends of an interval on this scale, lower first whatever the scale's direction.
    #[must_use]
    pub fn back_interval(self, lower: f64, upper: f64) -> (f64, f64) {
        let (a, b) = (self.back(lower), self.back(upper));
        (a.min(b), a.max(b))
    }
}

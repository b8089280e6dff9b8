//! Scales on which proportions are pooled, and the way back.

use super::proportion::double_arcsine_back;
use crate::diag::named;
use crate::num::{self, Link};

named! {
    /// A scale for a single proportion `p`.
    Scale, "scale":
    /// `ln(−ln p)`: the log-log scale of survival; it falls as `p` rises.
    Cloglog = "cloglog" | "log-log",
    /// `ln(p / (1 − p))`.
    Logit = "logit",
    /// `ln p`.
    Log = "log",
    /// `p` itself.
    Plain = "plain",
    /// `asin √p`.
    Arcsine = "arcsine",
    /// Freeman and Tukey's mean of two arcsines, which depends on the number observed as well.
    DoubleArcsine = "double-arcsine",
}

impl Scale {
    /// Returns `p` on this scale; infinite at 0 or 1 where the scale has no value there. The double arcsine is taken at its
    /// limit for many observed, the arcsine.
    ///
    /// ```
    /// use forestable::effect::Scale;
    /// assert!((Scale::Cloglog.transform(0.65) - -0.842_150_990_724_733).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn transform(self, p: f64) -> f64 {
        self.link().map_or_else(|| num::asin(p.sqrt()), |link| link.transform(p))
    }

    /// Returns the scale as published intervals know it; `None` for the arcsines.
    fn link(self) -> Option<Link> {
        match self {
            Self::Plain => Some(Link::Plain),
            Self::Log => Some(Link::Log),
            Self::Logit => Some(Link::Logit),
            Self::Cloglog => Some(Link::LogLog),
            Self::Arcsine | Self::DoubleArcsine => None,
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
            Self::Arcsine | Self::DoubleArcsine => {
                let sine = num::sin(y.clamp(0.0, std::f64::consts::FRAC_PI_2));
                sine * sine
            }
        }
    }

    /// Returns |dy/dp| at `p`, so that `SE(y) = SE(p) · slope` (delta method).
    #[must_use]
    pub fn slope(self, p: f64) -> f64 {
        self.link().map_or_else(|| 1.0 / (2.0 * (p * (1.0 - p)).sqrt()), |link| link.slope(p))
    }

    /// Returns the proportion that stands at `y` among `n` observed: exact for the double arcsine (Miller 1978), as
    /// [`Scale::back`] for the others.
    #[must_use]
    pub fn back_at(self, y: f64, n: f64) -> f64 {
        if self == Self::DoubleArcsine { double_arcsine_back(y, n) } else { self.back(y) }
    }
}

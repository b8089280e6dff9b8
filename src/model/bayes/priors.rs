//! Priors on the mean and on the standard deviation between studies.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::super::Estimate;
use crate::num::{exp, ln};

/// What is known before the studies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Priors {
    /// Of the standard deviation between studies.
    pub tau: TauPrior,
    /// Of the mean.
    pub mu: MuPrior,
}

/// Half-normal with scale 0.5 on τ, which suits log odds, log hazards and log(−log S); flat on µ.
///
/// # References
/// Röver et al. (2021), <https://doi.org/10.1002/jrsm.1475>
impl Default for Priors {
    fn default() -> Self {
        Self { tau: TauPrior::HalfNormal(0.5), mu: MuPrior::Flat }
    }
}

/// A prior on τ ≥ 0, the standard deviation between studies on the analysis scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TauPrior {
    /// The absolute value of a normal variable with this standard deviation.
    HalfNormal(f64),
    /// The absolute value of a Cauchy variable with this scale.
    HalfCauchy(f64),
    /// Flat over all τ (improper).
    Uniform,
    /// √Σ(τ / (vᵢ + τ²))² (improper).
    Jeffreys,
}

/// A prior on µ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MuPrior {
    /// Flat (improper).
    Flat,
    /// Normal.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
    },
}

impl TauPrior {
    /// Returns the logarithm of the density at τ; of the improper ones, up to a constant.
    pub(super) fn log_density(self, tau: f64, estimates: &[Estimate]) -> f64 {
        match self {
            Self::HalfNormal(scale) => {
                let z = tau / scale;
                0.5 * ln(2.0 / PI) - ln(scale) - 0.5 * z * z
            }
            Self::HalfCauchy(scale) => {
                let z = tau / scale;
                ln(2.0 / (PI * scale)) - ln(1.0 + z * z)
            }
            Self::Uniform => 0.0,
            Self::Jeffreys => {
                let share = |estimate: &Estimate| {
                    let share = tau / (estimate.vi + tau * tau);
                    share * share
                };
                0.5 * ln(estimates.iter().map(share).sum())
            }
        }
    }

    /// Returns the density at τ ≥ 0 of a proper prior; `None` of an improper one.
    #[must_use]
    pub fn density(self, tau: f64) -> Option<f64> {
        match self {
            Self::HalfNormal(_) | Self::HalfCauchy(_) => Some(exp(self.log_density(tau, &[]))),
            Self::Uniform | Self::Jeffreys => None,
        }
    }

    /// Returns the power of 1/τ by which the density falls far out.
    pub(super) fn tail_power(self) -> f64 {
        match self {
            Self::HalfNormal(_) => f64::INFINITY,
            Self::HalfCauchy(_) => 2.0,
            Self::Uniform => 0.0,
            Self::Jeffreys => 1.0,
        }
    }
}

impl FromStr for TauPrior {
    type Err = String;

    /// Reads `half-normal:0.5`, `half-cauchy:0.5`, `uniform` or `jeffreys`.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_lowercase();
        let scale = |text: &str| text.parse::<f64>().ok().filter(|scale| *scale > 0.0 && scale.is_finite());
        let found = match lower.split_once(':') {
            Some(("half-normal", text)) => scale(text).map(Self::HalfNormal),
            Some(("half-cauchy", text)) => scale(text).map(Self::HalfCauchy),
            None if lower == "uniform" => Some(Self::Uniform),
            None if lower == "jeffreys" => Some(Self::Jeffreys),
            _ => None,
        };
        found.ok_or_else(|| {
            format!("unknown prior on τ `{text}`, expected half-normal:SCALE, half-cauchy:SCALE, uniform or jeffreys")
        })
    }
}

impl FromStr for MuPrior {
    type Err = String;

    /// Reads `flat` or `normal:MEAN:SD`.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_lowercase();
        let parts: Vec<&str> = lower.split(':').collect();
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let found = match parts[..] {
            ["flat"] => Some(Self::Flat),
            ["normal", mean, sd] => {
                number(mean).zip(number(sd).filter(|sd| *sd > 0.0)).map(|(mean, sd)| Self::Normal { mean, sd })
            }
            _ => None,
        };
        found.ok_or_else(|| format!("unknown prior on µ `{text}`, expected flat or normal:MEAN:SD"))
    }
}

impl fmt::Display for TauPrior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HalfNormal(scale) => write!(f, "half-normal:{scale}"),
            Self::HalfCauchy(scale) => write!(f, "half-cauchy:{scale}"),
            Self::Uniform => f.write_str("uniform"),
            Self::Jeffreys => f.write_str("jeffreys"),
        }
    }
}

impl fmt::Display for MuPrior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat => f.write_str("flat"),
            Self::Normal { mean, sd } => write!(f, "normal:{mean}:{sd}"),
        }
    }
}

impl Serialize for TauPrior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for MuPrior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

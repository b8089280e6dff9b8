//! The pooled estimate's standard error and interval, by method.

use super::tau2::Tau2;
use super::{FitError, IntervalMethod, Limits, ModelKind, Tau2Method};
use crate::evidence::Level;
use crate::num::distribution::{Distribution as _, Normal, StudentT, Tail, two_sided};

/// A standard error and the degrees of freedom of the t distribution it goes with; `None` is the normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Error {
    pub se: f64,
    pub df: Option<f64>,
}

impl Error {
    /// Returns the quantile that leaves `(1 − level) / 2` above it.
    fn quantile(self, level: Level) -> f64 {
        let tail = Tail::above(level.0);
        self.df.map_or_else(|| Normal.quantile(tail), |df| StudentT::new(df).quantile(tail))
    }

    /// Returns the two-sided p-value of `estimate` against 0.
    pub fn p_value(self, estimate: f64) -> f64 {
        let statistic = estimate / self.se;
        self.df.map_or_else(|| two_sided(&Normal, statistic), |df| two_sided(&StudentT::new(df), statistic))
    }

    /// Returns the interval about `estimate`, its variance enlarged by `tau2` (0 for the estimate's own).
    pub fn about(self, estimate: f64, tau2: f64, level: Level) -> Limits {
        let half = self.quantile(level) * (tau2 + self.se * self.se).sqrt();
        Limits { lower: estimate - half, upper: estimate + half }
    }
}

/// All that the standard errors of one weighted mean need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Precision<'a> {
    /// Σ wᵢ, Σ wᵢ², Σ wᵢ³ of the mean, at wᵢ = 1 / (vᵢ + τ²).
    pub sums: [f64; 3],
    /// The weighted scatter Σ wᵢ(yᵢ − µ)² / df of the whole model.
    pub scatter: f64,
    /// The residual degrees of freedom of the whole model.
    pub df: f64,
    /// τ² and the method it came by; `None` for a common effect.
    pub tau2: Option<(Tau2Method, &'a Tau2)>,
}

impl Precision<'_> {
    /// Returns the inverse-variance standard error, √(1 / Σwᵢ).
    pub fn classic(&self) -> f64 {
        (1.0 / self.sums[0]).sqrt()
    }

    /// Returns the Hartung-Knapp standard error; `floor` is the least variance factor.
    ///
    /// A factor of exactly 0 (all effects equal) would give an interval without width: it is taken as 1.
    ///
    /// # References
    /// Hartung & Knapp (2001), <https://doi.org/10.1002/sim.791>; Sidik & Jonkman (2002), <https://doi.org/10.1002/sim.1262>;
    /// the floor of 1: Knapp & Hartung (2003), <https://doi.org/10.1002/sim.1482>
    pub fn hartung_knapp(&self, floor: f64) -> f64 {
        let factor = if self.has_no_scatter() { 1.0 } else { self.scatter.max(floor) };
        factor.sqrt() * self.classic()
    }

    /// Returns whether the effects do not scatter at all.
    pub fn has_no_scatter(&self) -> bool {
        self.scatter == 0.0
    }

    /// Returns Kenward and Roger's standard error and degrees of freedom.
    ///
    /// With W the variance of τ̂² from the expected information: `Φ = 1/Σw + 2W (Σw³ − (Σw²)²/Σw) / (Σw)²` and
    /// `ν = 2 / (W (Φ Σw²)²)`, with Φ itself in ν: the form that gives the figures of R's meta 8.4-0 (tests/parity).
    ///
    /// # References
    /// Kenward & Roger (1997), <https://doi.org/10.2307/2533558>; Partlett & Riley (2017), <https://doi.org/10.1002/sim.7140>
    pub fn kenward_roger(&self) -> Result<Error, FitError> {
        let (method, tau2) =
            self.tau2.ok_or(FitError::IntervalForModel(IntervalMethod::KenwardRoger, ModelKind::Common))?;
        if method != Tau2Method::Reml {
            return Err(FitError::NeedsReml(method));
        }
        let [s1, s2, s3] = self.sums;
        let w = tau2.se * tau2.se;
        let variance = 1.0 / s1 + 2.0 * w * (s3 - s2 * s2 / s1) / (s1 * s1);
        let slope = variance * s2;
        Ok(Error { se: variance.sqrt(), df: Some(2.0 / (w * slope * slope)) })
    }

    /// Returns the standard error and degrees of freedom of `method`.
    pub fn error(&self, method: IntervalMethod, level: Level) -> Result<Error, FitError> {
        let classic = Error { se: self.classic(), df: None };
        let hartung_knapp = |floor| Error { se: self.hartung_knapp(floor), df: Some(self.df) };
        Ok(match method {
            IntervalMethod::Classic => classic,
            IntervalMethod::T => Error { se: classic.se, df: Some(self.df) },
            IntervalMethod::Hksj => hartung_knapp(0.0),
            IntervalMethod::Mkh => hartung_knapp(1.0),
            IntervalMethod::HksjWide => {
                let other = hartung_knapp(0.0);
                let width = |error: Error| error.se * error.quantile(level);
                if width(other) >= width(classic) { other } else { classic }
            }
            IntervalMethod::KenwardRoger => self.kenward_roger()?,
            IntervalMethod::Posterior => {
                let model = if self.tau2.is_some() { ModelKind::Random } else { ModelKind::Common };
                return Err(FitError::IntervalForModel(method, model));
            }
        })
    }
}

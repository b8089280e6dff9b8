//! The measures: which figures each is made from, and the way back to the natural scale.

use super::{EffectError, Estimate, Scale, correlation, mean, proportion, rate, times, two_arm};
use crate::diag::named;
use crate::evidence::Level;
use crate::num::{atanh, exp, ln, tanh};

named! {
    /// An effect measure, by the short name that metafor and RevMan users know.
    Measure, "measure":
    /// An effect with its variance, as given.
    Gen = "GEN",
    /// A proportion.
    Pr = "PR",
    /// The logarithm of a proportion.
    Pln = "PLN",
    /// The log odds of a proportion.
    Plo = "PLO",
    /// The arcsine of a proportion's square root.
    Pas = "PAS",
    /// The Freeman-Tukey double arcsine of a proportion.
    Pft = "PFT",
    /// An incidence rate.
    Ir = "IR",
    /// The logarithm of an incidence rate.
    Irln = "IRLN",
    /// The square root of an incidence rate.
    Irs = "IRS",
    /// The Freeman-Tukey square root of an incidence rate.
    Irft = "IRFT",
    /// The log odds ratio.
    Or = "OR",
    /// The log risk ratio.
    Rr = "RR",
    /// The risk difference.
    Rd = "RD",
    /// The difference of arcsines of the risks' square roots.
    As = "AS",
    /// Peto's log odds ratio.
    Peto = "PETO",
    /// The φ coefficient of a 2 × 2 table.
    Phi = "PHI",
    /// The difference of means.
    Md = "MD",
    /// The standardised difference of means (Hedges' g).
    Smd = "SMD",
    /// The standardised difference of means, for unequal variances.
    Smdh = "SMDH",
    /// The log ratio of means.
    Rom = "ROM",
    /// A correlation.
    Cor = "COR",
    /// A correlation, corrected for its bias.
    Ucor = "UCOR",
    /// Fisher's z of a correlation.
    Zcor = "ZCOR",
    /// The log hazard ratio, from its interval or its P value.
    Hr = "HR",
    /// The log of a median time, from its interval.
    Median = "MEDIAN",
}

/// The figures of one study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figures {
    /// An effect and its sampling variance.
    Effect {
        /// The effect.
        yi: f64,
        /// Its variance.
        vi: f64,
    },
    /// Events among patients.
    Events {
        /// Events.
        xi: f64,
        /// Patients.
        ni: f64,
    },
    /// Events in a time at risk.
    Rate {
        /// Events.
        xi: f64,
        /// Person-time.
        ti: f64,
    },
    /// Events in two arms, the experimental one first.
    TwoArms {
        /// Events in the first arm.
        ai: f64,
        /// Patients in the first arm.
        n1i: f64,
        /// Events in the second arm.
        ci: f64,
        /// Patients in the second arm.
        n2i: f64,
    },
    /// Means in two arms, the experimental one first.
    Means {
        /// Mean of the first arm.
        m1i: f64,
        /// Standard deviation of the first arm.
        sd1i: f64,
        /// Patients in the first arm.
        n1i: f64,
        /// Mean of the second arm.
        m2i: f64,
        /// Standard deviation of the second arm.
        sd2i: f64,
        /// Patients in the second arm.
        n2i: f64,
    },
    /// A correlation.
    Correlation {
        /// The correlation.
        ri: f64,
        /// Patients.
        ni: f64,
    },
    /// A hazard ratio with what tells its precision; an interval goes before a P value.
    HazardRatio {
        /// The ratio.
        hr: f64,
        /// The ends of its interval, with their level.
        ci: Option<(f64, f64, Level)>,
        /// Its two-sided P value.
        p: Option<f64>,
    },
    /// A median time with its confidence interval.
    Median {
        /// The median, in any unit of time.
        median: f64,
        /// The lower end.
        lower: f64,
        /// The upper end; infinite where it is not reached.
        upper: f64,
        /// The interval's level.
        level: Level,
    },
}

impl Figures {
    /// Returns the number of patients behind them; `None` where the figures do not say.
    #[must_use]
    pub fn n(&self) -> Option<f64> {
        match *self {
            Self::Effect { .. } | Self::Rate { .. } | Self::HazardRatio { .. } | Self::Median { .. } => None,
            Self::Events { ni, .. } | Self::Correlation { ni, .. } => Some(ni),
            Self::TwoArms { n1i, n2i, .. } | Self::Means { n1i, n2i, .. } => Some(n1i + n2i),
        }
    }
}

impl Measure {
    /// Returns effect and variance of one study.
    ///
    /// `add` is what is added to each cell of a study that has an empty cell, for the measures that are undefined (or
    /// without variance) there: PR PLN PLO, IR IRLN, OR RR RD; usually ½. The others take empty cells as they are.
    ///
    /// # Errors
    /// [`EffectError`] names the figure that is out of range, or the measure that has no value there.
    ///
    /// # Agreement
    /// metafor 5.1-12, `escalc()`: relative 1e-9.
    ///
    /// # Examples
    /// ```
    /// use forestable::effect::{Figures, Measure};
    /// let effect = Measure::Plo.estimate(&Figures::Events { xi: 42.0, ni: 44.0 }, 0.5)?;
    /// assert!((effect.yi - 3.044_522_437_723_42).abs() < 1e-12);
    /// # Ok::<(), forestable::effect::EffectError>(())
    /// ```
    pub fn estimate(self, figures: &Figures, add: f64) -> Result<Estimate, EffectError> {
        let estimate = match (self, *figures) {
            (Self::Gen, Figures::Effect { yi, vi }) => {
                positive("vi", vi)?;
                Estimate { yi, vi }
            }
            (Self::Pr | Self::Pln | Self::Plo | Self::Pas | Self::Pft, Figures::Events { xi, ni }) => {
                proportion::estimate(self, xi, ni, add)?
            }
            (Self::Ir | Self::Irln | Self::Irs | Self::Irft, Figures::Rate { xi, ti }) => {
                rate::estimate(self, xi, ti, add)?
            }
            (
                Self::Or | Self::Rr | Self::Rd | Self::As | Self::Peto | Self::Phi,
                Figures::TwoArms { ai, n1i, ci, n2i },
            ) => two_arm::estimate(self, [ai, ci], [n1i, n2i], add)?,
            (Self::Md | Self::Smd | Self::Smdh | Self::Rom, Figures::Means { m1i, sd1i, n1i, m2i, sd2i, n2i }) => {
                mean::estimate(self, [m1i, m2i], [sd1i, sd2i], [n1i, n2i])?
            }
            (Self::Cor | Self::Ucor | Self::Zcor, Figures::Correlation { ri, ni }) => {
                correlation::estimate(self, ri, ni)?
            }
            (Self::Hr, Figures::HazardRatio { hr, ci, p }) => times::log_hazard_ratio(hr, ci, p)?,
            (Self::Median, Figures::Median { median, lower, upper, level }) => {
                times::log_median(median, (lower, upper), level)?
            }
            _ => return Err(EffectError::WrongInput(self)),
        };
        if estimate.yi.is_finite() && estimate.vi.is_finite() && estimate.vi > 0.0 {
            Ok(estimate)
        } else {
            Err(EffectError::Undefined(self))
        }
    }

    /// Returns whether [`Self::estimate`] adds to the cells of this study.
    #[must_use]
    pub fn corrects(self, figures: &Figures) -> bool {
        match *figures {
            Figures::Events { xi, ni } => matches!(self, Self::Pr | Self::Pln | Self::Plo) && (xi == 0.0 || xi == ni),
            Figures::Rate { xi, .. } => matches!(self, Self::Ir | Self::Irln) && xi == 0.0,
            Figures::TwoArms { ai, n1i, ci, n2i } => {
                matches!(self, Self::Or | Self::Rr | Self::Rd) && (ai == 0.0 || ci == 0.0 || ai == n1i || ci == n2i)
            }
            Figures::Effect { .. }
            | Figures::Means { .. }
            | Figures::Correlation { .. }
            | Figures::HazardRatio { .. }
            | Figures::Median { .. } => false,
        }
    }

    /// Returns `y` on the natural scale: a proportion, a rate, a ratio, a correlation; held to the range that has a meaning.
    ///
    /// `size` is the number of patients (or the time at risk) that a Freeman-Tukey value is taken back at, the harmonic mean
    /// over studies for a pool; the other measures don't look at it. Without it a Freeman-Tukey value is NaN.
    ///
    /// # References
    /// Miller (1978), <https://doi.org/10.1080/00031305.1978.10479283>; its trouble with the harmonic mean: Schwarzer et al.
    /// (2019), <https://doi.org/10.1002/jrsm.1348>
    #[must_use]
    pub fn back(self, y: f64, size: Option<f64>) -> f64 {
        match self {
            Self::Gen
            | Self::Rd
            | Self::As
            | Self::Phi
            | Self::Md
            | Self::Smd
            | Self::Smdh
            | Self::Cor
            | Self::Ucor => y,
            Self::Pr => Scale::Plain.back(y),
            Self::Pln => Scale::Log.back(y),
            Self::Plo => Scale::Logit.back(y),
            Self::Pas => Scale::Arcsine.back(y),
            Self::Pft => proportion::double_arcsine_back(y, size.unwrap_or(f64::NAN)),
            Self::Ir => y.max(0.0),
            Self::Irs => y.max(0.0) * y.max(0.0),
            Self::Irft => rate::freeman_tukey_back(y, size.unwrap_or(f64::NAN)),
            Self::Irln | Self::Or | Self::Rr | Self::Peto | Self::Rom | Self::Hr | Self::Median => exp(y),
            Self::Zcor => tanh(y),
        }
    }

    /// Returns a value of the natural scale on the analysis scale, what [`Self::back`] takes back; NaN or infinite where it has no
    /// place there.
    ///
    /// # Examples
    /// ```
    /// use forestable::effect::Measure;
    /// let y = Measure::Pft.transform(0.3, Some(54.0));
    /// assert!((Measure::Pft.back(y, Some(54.0)) - 0.3).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn transform(self, natural: f64, size: Option<f64>) -> f64 {
        match self {
            Self::Pln => Scale::Log.transform(natural),
            Self::Plo => Scale::Logit.transform(natural),
            Self::Pas => Scale::Arcsine.transform(natural),
            Self::Pft => proportion::double_arcsine(natural * size.unwrap_or(f64::NAN), size.unwrap_or(f64::NAN)),
            Self::Irs => natural.sqrt(),
            Self::Irft => rate::freeman_tukey(natural, size.unwrap_or(f64::NAN)),
            Self::Irln | Self::Or | Self::Rr | Self::Peto | Self::Rom | Self::Hr | Self::Median => ln(natural),
            Self::Zcor => atanh(natural),
            Self::Gen
            | Self::Pr
            | Self::Ir
            | Self::Rd
            | Self::As
            | Self::Phi
            | Self::Md
            | Self::Smd
            | Self::Smdh
            | Self::Cor
            | Self::Ucor => natural,
        }
    }

    /// Returns whether it is a ratio on the natural scale, 1 standing for no effect.
    #[must_use]
    pub fn is_ratio(self) -> bool {
        matches!(self, Self::Or | Self::Rr | Self::Peto | Self::Rom | Self::Hr)
    }

    /// Returns whether it is a proportion on the natural scale.
    #[must_use]
    pub fn is_proportion(self) -> bool {
        matches!(self, Self::Pr | Self::Pln | Self::Plo | Self::Pas | Self::Pft)
    }

    /// Returns whether the natural scale is another than the analysis scale.
    #[must_use]
    pub fn is_transformed(self) -> bool {
        !matches!(
            self,
            Self::Gen
                | Self::Pr
                | Self::Ir
                | Self::Rd
                | Self::As
                | Self::Phi
                | Self::Md
                | Self::Smd
                | Self::Smdh
                | Self::Cor
                | Self::Ucor
        )
    }
}

/// Checks a figure that must be above 0.
pub(super) fn positive(name: &'static str, value: f64) -> Result<(), EffectError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(EffectError::Figure { name, value, expected: "a number above 0" })
    }
}

/// Checks events among `n`.
pub(super) fn events(name: &'static str, events: f64, n_name: &'static str, n: f64) -> Result<(), EffectError> {
    positive(n_name, n)?;
    if !(events >= 0.0 && events.is_finite()) {
        Err(EffectError::Figure { name, value: events, expected: "0 or more" })
    } else if events > n {
        Err(EffectError::EventsAboveN { name, events, n })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_comes_back_from_its_scale() {
        for &measure in Measure::ALL {
            for natural in [0.05, 0.3, 0.8] {
                let y = measure.transform(natural, Some(40.0));
                assert!((measure.back(y, Some(40.0)) - natural).abs() < 1e-12, "{measure} {natural}");
            }
        }
    }
}

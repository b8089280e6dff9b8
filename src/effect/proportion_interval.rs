//! Confidence intervals of one proportion.

use super::measure::events as check_events;
use super::{EffectError, Limits};
use crate::diag::named;
use crate::evidence::Level;
use crate::num::distribution::{Beta, Distribution as _, Normal, Tail};
use crate::num::{exp, ln};

named! {
    /// An interval for one proportion, from its counts.
    ProportionInterval, "interval for a proportion":
    /// The exact interval of Clopper and Pearson.
    ClopperPearson = "clopper-pearson",
    /// Wilson's score interval.
    Wilson = "wilson",
    /// Wilson's with continuity correction (Newcombe).
    WilsonContinuity = "wilson-continuity",
    /// Agresti and Coull's.
    AgrestiCoull = "agresti-coull",
    /// The simple asymptotic interval.
    Wald = "wald",
    /// The simple asymptotic interval with continuity correction.
    WaldContinuity = "wald-continuity",
    /// The normal interval on the logit scale, ½ added to both cells when one is empty.
    LogitNormal = "logit-normal",
}

impl ProportionInterval {
    /// Returns the interval of `events` among `n`, within 0 and 1.
    ///
    /// # Boundary
    /// With no events, or nothing but events, the exact and the score intervals have one end at 0 or 1; the Wald interval
    /// has no width there.
    ///
    /// # Errors
    /// [`EffectError`] when `n` is not positive, events are negative or above `n`, or the level is not within (0, 1).
    ///
    /// # Agreement
    /// meta 8.4-0: 1e-9, save for the upper end of `wilson-continuity` at n of n and its lower end at 0 of n: the formula there
    /// stops short of 1 and 0, and Newcombe sets those ends to 1 and 0.
    ///
    /// # References
    /// Newcombe (1998), methods 1 to 5, <https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C857::AID-SIM777%3E3.0.CO;2-E>;
    /// Agresti & Coull (1998), <https://doi.org/10.1080/00031305.1998.10480550>
    ///
    /// # Examples
    /// ```
    /// use forestable::effect::ProportionInterval;
    /// use forestable::evidence::Level;
    /// let limits = ProportionInterval::ClopperPearson.limits(44.0, 44.0, Level::NINETY_FIVE)?;
    /// assert!((limits.lower - 0.919_580_060_236_424).abs() < 1e-12);
    /// assert_eq!(limits.upper, 1.0);
    /// # Ok::<(), forestable::effect::EffectError>(())
    /// ```
    pub fn limits(self, events: f64, n: f64, level: Level) -> Result<Limits, EffectError> {
        check_events("events", events, "n", n)?;
        if !(level.0 > 0.0 && level.0 < 1.0) {
            let expected = "a number between 0 and 1";
            return Err(EffectError::Figure { name: "level", value: level.0, expected });
        }
        let lower = self.lower(events, n, level);
        // The upper end is the mirror image of the lower end of the other outcome.
        let upper = 1.0 - self.lower(n - events, n, level);
        Ok(Limits { lower, upper })
    }

    fn lower(self, x: f64, n: f64, level: Level) -> f64 {
        let z = Normal.quantile(Tail::above(level.0));
        let (z2, p) = (z * z, x / n);
        let lower = match self {
            Self::ClopperPearson if x == 0.0 => 0.0,
            Self::ClopperPearson => Beta::new(x, n - x + 1.0).quantile(Tail::below(level.0)),
            Self::Wilson => (2.0 * x + z2 - z * (z2 + 4.0 * x * (1.0 - p)).sqrt()) / (2.0 * (n + z2)),
            Self::WilsonContinuity if x == 0.0 => 0.0,
            Self::WilsonContinuity => {
                let root = (z2 - 2.0 - 1.0 / n + 4.0 * p * (n - x + 1.0)).sqrt();
                (2.0 * x + z2 - 1.0 - z * root) / (2.0 * (n + z2))
            }
            Self::AgrestiCoull => {
                let size = n + z2;
                let centre = (x + 0.5 * z2) / size;
                centre - z * (centre * (1.0 - centre) / size).sqrt()
            }
            Self::Wald => p - z * (p * (1.0 - p) / n).sqrt(),
            Self::WaldContinuity => p - z * (p * (1.0 - p) / n).sqrt() - 0.5 / n,
            Self::LogitNormal => {
                let add = if x == 0.0 || x == n { 0.5 } else { 0.0 };
                let (yes, no) = (x + add, n - x + add);
                1.0 / (1.0 + exp(-(ln(yes / no) - z * (1.0 / yes + 1.0 / no).sqrt())))
            }
        };
        lower.clamp(0.0, 1.0)
    }
}

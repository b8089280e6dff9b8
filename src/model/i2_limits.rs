//! Intervals of I² and H²: by an interval of τ², or by Q.

use super::heterogeneity::i2_percent_at;
use super::{Heterogeneity, Limits};
use crate::evidence::Level;
use crate::num::distribution::{Distribution as _, Normal, Tail};
use crate::num::{exp, ln};

impl Heterogeneity {
    /// Returns the interval of I² (its τ² form) that an interval of τ² implies.
    #[must_use]
    pub fn i2_percent_limits(&self, tau2: Limits) -> Limits {
        let at = |tau2| i2_percent_at(tau2, self.typical_variance);
        Limits { lower: at(tau2.lower), upper: at(tau2.upper) }
    }

    /// Returns the interval of H² that an interval of τ² implies.
    #[must_use]
    pub fn h2_limits(&self, tau2: Limits) -> Limits {
        let at = |tau2| tau2 / self.typical_variance + 1.0;
        Limits { lower: at(tau2.lower), upper: at(tau2.upper) }
    }

    /// Returns the test-based interval of I² (its Q form), by way of `ln H = ½ ln(Q / df)` and its standard error.
    ///
    /// With k = df + 1, that is `½ (ln Q − ln df) / (√(2Q) − √(2k − 3))` where Q > k, else
    /// `√((1 − 1 / (3(k − 2)²)) / (2(k − 2)))`.
    ///
    /// # Boundary
    /// An H below 1 is 1, an I² of 0. `None` for one degree of freedom with Q ≤ k, where there is no standard error.
    ///
    /// # References
    /// Higgins & Thompson (2002), equations 25 and 26, <https://doi.org/10.1002/sim.1186>
    ///
    /// # Examples
    /// ```
    /// use forestable::evidence::Level;
    /// use forestable::model::Heterogeneity;
    /// // The BCG trials: R's meta prints I² = 92.1% [88.3%; 94.7%].
    /// let trials = Heterogeneity { q: 152.233, q_df: 12.0, q_p: 0.0, i2_percent: 92.2, i2_q_percent: 92.1, h2: 12.9, q_lrt: None, typical_variance: 0.026 };
    /// let limits = trials.i2_q_percent_limits(Level::NINETY_FIVE).unwrap();
    /// assert!((limits.lower - 88.3).abs() < 0.05 && (limits.upper - 94.7).abs() < 0.05);
    /// ```
    #[must_use]
    pub fn i2_q_percent_limits(&self, level: Level) -> Option<Limits> {
        let (q, df) = (self.q, self.q_df);
        let se = if q > df + 1.0 {
            0.5 * (ln(q) - ln(df)) / ((2.0 * q).sqrt() - (2.0 * df - 1.0).sqrt())
        } else {
            let rest = df - 1.0;
            ((1.0 - 1.0 / (3.0 * rest * rest)) / (2.0 * rest)).sqrt()
        };
        let (middle, half) = (0.5 * ln(q / df), Normal.quantile(Tail::above(level.0)) * se);
        let at = |log_h: f64| 100.0 * (1.0 - exp(-2.0 * log_h.max(0.0)));
        half.is_finite().then(|| Limits { lower: at(middle - half), upper: at(middle + half) })
    }
}

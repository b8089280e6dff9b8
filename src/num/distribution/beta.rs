//! The beta distribution.

use super::super::special::{Tails, beta_factor, beta_tails, ln_gamma};
use super::super::{exp, ln};
use super::{Distribution, NO_TAILS, Normal, Tail, body, makes_sense};

/// The beta distribution on (0, 1) with shapes `a` > 0 and `b` > 0.
#[derive(Debug, Clone, Copy)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// Returns the distribution; all its answers are NaN unless both shapes are positive and finite.
    #[must_use]
    pub fn new(a: f64, b: f64) -> Self {
        Self { a, b }
    }
}

impl Distribution for Beta {
    fn tails(&self, x: f64) -> Tails {
        if !(makes_sense(self.a, x) && makes_sense(self.b, x)) {
            return NO_TAILS;
        }
        body::tails(body::beta(self.a, self.b), x).unwrap_or_else(|| beta_tails(self.a, self.b, x, 1.0 - x))
    }

    fn density(&self, x: f64) -> f64 {
        body::density(body::beta(self.a, self.b), x)
            .unwrap_or_else(|| beta_factor(self.a, self.b, x, 1.0 - x) / (x * (1.0 - x)))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }

    /// The normal approximation where both shapes are large, else the leading power at the end where the tail lies.
    fn guess(&self, tail: Tail) -> f64 {
        let (a, b) = (self.a, self.b);
        let sum = a + b;
        let mean = a / sum;
        let normal = mean + Normal.guess(tail) * (mean * (1.0 - mean) / (sum + 1.0)).sqrt();
        if a.min(b) > 2.0 && normal > 0.0 && normal < 1.0 {
            return normal;
        }
        let log_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(sum);
        match tail {
            Tail::Lower(p) => exp((ln(a) + ln(p) + log_beta) / a).min(mean),
            Tail::Upper(p) => (1.0 - exp((ln(b) + ln(p) + log_beta) / b)).max(mean),
        }
    }
}

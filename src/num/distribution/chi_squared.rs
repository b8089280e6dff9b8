//! The χ² distribution.

use super::super::special::{Tails, gamma_factor, gamma_tails, ln_gamma};
use super::super::{exp, ln};
use super::{Distribution, NO_TAILS, Normal, Tail, body, makes_sense};

/// The χ² distribution with `df` > 0 degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub struct ChiSquared {
    df: f64,
}

impl ChiSquared {
    /// Returns the distribution; all its answers are NaN unless `df` is positive and finite.
    #[must_use]
    pub fn new(df: f64) -> Self {
        Self { df }
    }
}

impl Distribution for ChiSquared {
    fn tails(&self, x: f64) -> Tails {
        if !makes_sense(self.df, x) {
            return NO_TAILS;
        }
        body::tails(body::chi_squared(self.df), x).unwrap_or_else(|| gamma_tails(0.5 * self.df, 0.5 * x))
    }

    fn density(&self, x: f64) -> f64 {
        body::density(body::chi_squared(self.df), x)
            .unwrap_or_else(|| gamma_factor(0.5 * self.df, 0.5 * x) * 0.5 * self.df / x)
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }

    /// Wilson and Hilferty's cube, or the leading power near 0 where that fails.
    fn guess(&self, tail: Tail) -> f64 {
        let spread = 2.0 / (9.0 * self.df);
        let root = 1.0 - spread + Normal.guess(tail) * spread.sqrt();
        match tail {
            Tail::Lower(p) if root < 0.3 => 2.0 * exp((ln(p) + ln_gamma(0.5 * self.df + 1.0)) / (0.5 * self.df)),
            _ => self.df * root * root * root,
        }
    }
}

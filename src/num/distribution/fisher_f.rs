//! Fisher's F distribution.

use super::super::special::{Tails, beta_factor, beta_tails};
use super::{Distribution, NO_TAILS, Normal, Tail, body, makes_sense};

/// Fisher's F distribution with `df1` and `df2` degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub struct FisherF {
    df1: f64,
    df2: f64,
}

impl FisherF {
    /// Returns the distribution; all its answers are NaN unless both degrees of freedom are positive and finite.
    #[must_use]
    pub fn new(df1: f64, df2: f64) -> Self {
        Self { df1, df2 }
    }

    /// Returns df₁x/(df₁x + df₂) and its complement, neither by subtraction.
    fn shares(&self, x: f64) -> (f64, f64) {
        let ratio = self.df1 * x / self.df2;
        if ratio.is_finite() { (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio)) } else { (1.0, 0.0) }
    }
}

impl Distribution for FisherF {
    fn tails(&self, x: f64) -> Tails {
        if !(makes_sense(self.df1, x) && makes_sense(self.df2, x)) {
            return NO_TAILS;
        }
        if let Some(tails) = body::tails(body::fisher_f(self.df1, self.df2), x) {
            return tails;
        }
        let (near, far) = self.shares(x);
        beta_tails(0.5 * self.df1, 0.5 * self.df2, near, far)
    }

    fn density(&self, x: f64) -> f64 {
        let (near, far) = self.shares(x);
        beta_factor(0.5 * self.df1, 0.5 * self.df2, near, far) / x
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }

    /// Paulson's normal approximation of the cube root; NaN (and so the bracket's middle) where it does not hold.
    fn guess(&self, tail: Tail) -> f64 {
        let (a, b) = (2.0 / (9.0 * self.df1), 2.0 / (9.0 * self.df2));
        let z = Normal.guess(tail);
        let curve = (1.0 - b) * (1.0 - b) - b * z * z;
        let root = ((1.0 - a) * (1.0 - b) + z * (a * (1.0 - b) * (1.0 - b) + b * curve).max(0.0).sqrt()) / curve;
        if curve > 0.0 && root > 0.0 { root * root * root } else { f64::NAN }
    }
}

//! Student's t distribution.

use std::cell::Cell;
use std::f64::consts::PI;

use super::super::special::{Tails, beta_factor, beta_tails, ln_gamma};
use super::super::{cos, exp, ln, sin};
use super::{Asked, Distribution, NO_TAILS, Normal, Tail, body, makes_sense, polish, remembered};

/// Student's t distribution with `df` > 0 degrees of freedom, not necessarily whole.
#[derive(Debug, Clone, Copy)]
pub struct StudentT {
    df: f64,
}

impl StudentT {
    /// Returns the distribution; all its answers are NaN unless `df` is positive and finite.
    #[must_use]
    pub fn new(df: f64) -> Self {
        Self { df }
    }

    /// Returns df/(df + x²) and x²/(df + x²), neither by subtraction.
    fn shares(&self, x: f64) -> (f64, f64) {
        let ratio = x * x / self.df;
        // A square that overflows still has a finite share.
        let far = if ratio.is_finite() { 1.0 / (1.0 + ratio) } else { (self.df.sqrt() / x) * (self.df.sqrt() / x) };
        (far, if ratio.is_finite() { ratio / (1.0 + ratio) } else { 1.0 })
    }
}

impl Distribution for StudentT {
    fn tails(&self, x: f64) -> Tails {
        if !makes_sense(self.df, x) {
            return NO_TAILS;
        }
        if let Some(tails) = body::tails(body::student_t(self.df).filter(|_| x * x >= body::APART * self.df), x) {
            return tails;
        }
        let (far, near) = self.shares(x);
        let beyond = 0.5 * beta_tails(0.5 * self.df, 0.5, far, near).lower;
        if x < 0.0 {
            Tails { lower: beyond, upper: 1.0 - beyond }
        } else {
            Tails { lower: 1.0 - beyond, upper: beyond }
        }
    }

    fn density(&self, x: f64) -> f64 {
        if let Some(density) = body::density(body::student_t(self.df), x) {
            return density;
        }
        if x == 0.0 {
            let half = 0.5 * self.df;
            return exp(ln_gamma(half + 0.5) - ln_gamma(half)) / (self.df * PI).sqrt();
        }
        let (far, near) = self.shares(x);
        beta_factor(0.5 * self.df, 0.5, far, near) / x.abs()
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    /// Fisher's expansion about the normal quantile, or the leading power of the tail where that fails.
    fn guess(&self, tail: Tail) -> f64 {
        let (p, sign) = tail.signed();
        let df = self.df;
        let z = Normal.guess(Tail::Upper(p));
        let z2 = z * z;
        if z2 < 2.0 * df {
            let first = (z2 + 1.0) / 4.0;
            let second = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
            let third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
            return sign * z * (1.0 + (first + (second + third / df) / df) / df);
        }
        // P(T > x) tends to c df^{(df−1)/2} x^{−df}, with c the density's constant.
        let log_c = ln_gamma(0.5 * (df + 1.0)) - ln_gamma(0.5 * df) - 0.5 * ln(df * PI);
        sign * exp((log_c + 0.5 * (df - 1.0) * ln(df) - ln(p)) / df)
    }

    fn quantile(&self, tail: Tail) -> f64 {
        let (p, sign) = tail.smaller().signed();
        if !(p > 0.0 && p <= 0.5) {
            polish(self, tail)
        } else if self.df == 1.0 {
            sign * cos(PI * p) / sin(PI * p)
        } else if self.df == 2.0 {
            sign * (1.0 - 2.0 * p) / (2.0 * p * (1.0 - p)).sqrt()
        } else {
            sign * remembered(&LAST, (self.df, p), || polish(self, Tail::Upper(p)))
        }
    }
}

thread_local! {
    /// By degrees of freedom and upper tail.
    static LAST: Asked<(f64, f64)> = const { Cell::new(None) };
}

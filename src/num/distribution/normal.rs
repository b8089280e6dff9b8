//! The standard normal distribution.

use std::cell::Cell;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

use libm::erfc;

use super::super::special::Tails;
use super::super::{exp, ln};
use super::{Asked, Distribution, Tail, polish, remembered};

/// The standard normal distribution.
#[derive(Debug, Clone, Copy)]
pub struct Normal;

impl Distribution for Normal {
    fn tails(&self, x: f64) -> Tails {
        Tails { lower: 0.5 * erfc(-x * FRAC_1_SQRT_2), upper: 0.5 * erfc(x * FRAC_1_SQRT_2) }
    }

    fn density(&self, x: f64) -> f64 {
        exp(-0.5 * x * x) / (2.0 * PI).sqrt()
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    /// Hastings' rational approximation, Abramowitz & Stegun 26.2.23.
    fn guess(&self, tail: Tail) -> f64 {
        let (p, sign) = tail.signed();
        let t = (-2.0 * ln(p)).sqrt();
        let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
        let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
        sign * (t - numerator / denominator)
    }

    fn quantile(&self, tail: Tail) -> f64 {
        remembered(&LAST, tail, || polish(self, tail))
    }
}

thread_local! {
    static LAST: Asked<Tail> = const { Cell::new(None) };
}

//! Distributions: probabilities of both tails, densities and quantiles.
//!
//! The body of a distribution is statrs' (see `body.rs`), its far tails are our own. Quantiles are found by Newton's steps on the
//! logarithm of the tail, held in a bracket, so that they are as good as the tails: statrs' own are wrong by up to 100%, or endless,
//! far out.

mod beta;
mod body;
mod chi_squared;
mod fisher_f;
mod normal;
mod student_t;
#[cfg(test)]
mod tests;

pub use beta::Beta;
pub use chi_squared::ChiSquared;
pub use fisher_f::FisherF;
pub use normal::Normal;
pub use student_t::StudentT;

use std::cell::Cell;
use std::thread::LocalKey;

use super::ln;
use super::special::Tails;

/// A probability, and the side it is counted from: `Upper(1e-20)` is exact where `Lower(1 − 1e-20)` cannot be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tail {
    /// The probability of values below the quantile.
    Lower(f64),
    /// The probability of values above the quantile.
    Upper(f64),
}

impl Tail {
    /// Returns the upper tail that a two-sided interval at `level` leaves out: 0.025 at 0.95.
    #[must_use]
    pub fn above(level: f64) -> Self {
        Self::Upper(0.5 * (1.0 - level))
    }

    /// Returns the lower tail that a two-sided interval at `level` leaves out: 0.025 at 0.95.
    #[must_use]
    pub fn below(level: f64) -> Self {
        Self::Lower(0.5 * (1.0 - level))
    }

    /// Returns the probability, and 1 for the upper tail or −1 for the lower.
    fn signed(self) -> (f64, f64) {
        match self {
            Self::Lower(p) => (p, -1.0),
            Self::Upper(p) => (p, 1.0),
        }
    }

    /// Returns the same quantile's tail on its smaller side, so that no digit is lost in a subtraction later.
    fn smaller(self) -> Self {
        match self {
            Self::Lower(p) if p > 0.5 => Self::Upper(1.0 - p),
            Self::Upper(p) if p > 0.5 => Self::Lower(1.0 - p),
            tail => tail,
        }
    }
}

/// A continuous distribution.
pub trait Distribution {
    /// Returns the probabilities of values below and above `x`, each in full precision when it is tiny; NaN where the
    /// distribution's parameters or `x` make no sense.
    fn tails(&self, x: f64) -> Tails;

    /// Returns the probability of a value at or below `x`.
    fn cdf(&self, x: f64) -> f64 {
        self.tails(x).lower
    }

    /// Returns the probability of a value above `x`.
    fn sf(&self, x: f64) -> f64 {
        self.tails(x).upper
    }

    /// Returns the density at `x`.
    fn density(&self, x: f64) -> f64;

    /// Returns the ends of the range of values.
    fn support(&self) -> (f64, f64);

    /// Returns a first guess of a quantile whose tail is at most one half.
    fn guess(&self, tail: Tail) -> f64;

    /// Returns the value that has this probability beside it; NaN when the probability is not within 0 and 1.
    fn quantile(&self, tail: Tail) -> f64 {
        polish(self, tail)
    }
}

/// Returns the two-sided p-value of `statistic` under a distribution symmetric about 0.
pub fn two_sided(distribution: &impl Distribution, statistic: f64) -> f64 {
    (2.0 * distribution.sf(statistic.abs())).min(1.0)
}

/// Finds a quantile by Newton steps on the log tail probability, falling back to halving whenever a step leaves the bracket.
fn polish<D: Distribution + ?Sized>(distribution: &D, tail: Tail) -> f64 {
    let support = distribution.support();
    let (mut low, mut high) = support;
    let tail = tail.smaller();
    let (p, sign) = tail.signed();
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return if sign < 0.0 { low } else { high };
    }
    let probability = |x: f64| if sign < 0.0 { distribution.cdf(x) } else { distribution.sf(x) };
    let target = ln(p);
    let mut x = distribution.guess(tail);
    if !(x > low && x < high) {
        x = middle(low, high);
    }
    for _ in 0..200 {
        let reached = probability(x);
        if reached.is_nan() {
            return f64::NAN;
        }
        let excess = ln(reached) - target;
        // Too much above means that x is too far left, too much below that it is too far right.
        if excess * sign > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x + sign * excess * reached / distribution.density(x);
        // The steps converge quadratically, on the scale of the distance to the nearest end of the range (or to 0): after one this
        // small, nothing but rounding error is left.
        if (newton - x).abs() <= 3e-8 * (x - support.0).min(support.1 - x).min(x.abs()) {
            return newton;
        }
        x = if newton > low && newton < high { newton } else { middle(low, high) };
    }
    x
}

/// What was asked for last, and the quantile that it is.
type Asked<Q> = Cell<Option<(Q, f64)>>;

/// Returns the quantile that `find` finds, unless it is the one that was asked for last: studies pooled in many ways ask for the same
/// one each time.
fn remembered<Q: Copy + PartialEq>(last: &'static LocalKey<Asked<Q>>, asked: Q, find: impl FnOnce() -> f64) -> f64 {
    let known = last.get().filter(|(same, _)| *same == asked).map(|(_, found)| found);
    known.unwrap_or_else(|| {
        let found = find();
        last.set(Some((asked, found)));
        found
    })
}

/// Returns a point inside a bracket: the geometric mean if both ends have a sign in common, a doubling if one is infinite.
fn middle(low: f64, high: f64) -> f64 {
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low > 0.0 => low.sqrt() * high.sqrt(),
        (true, true) if high < 0.0 => -((-low).sqrt() * (-high).sqrt()),
        (true, true) if low == 0.0 && high > 1e-300 => high * 1e-3,
        (true, true) => 0.5 * (low + high),
        (true, false) => (2.0 * low).max(1.0),
        (false, true) => (2.0 * high).min(-1.0),
        (false, false) => 0.0,
    }
}

/// The tails of a distribution that does not exist.
const NO_TAILS: Tails = Tails { lower: f64::NAN, upper: f64::NAN };

fn makes_sense(parameter: f64, x: f64) -> bool {
    parameter > 0.0 && parameter.is_finite() && !x.is_nan()
}

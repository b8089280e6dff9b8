//! Distributions: probabilities of both tails, densities and quantiles.
//!
//! Quantiles are found by Newton's steps on the logarithm of the tail, held in a bracket, so that they are as good as the tails.
//! (statrs' quantiles were tried: wrong by up to 100%, or endless, in the far tails; its own tails carry an absolute error.)

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use libm::erfc;

use super::special::{Tails, beta_factor, beta_tails, gamma_factor, gamma_tails, ln_gamma};
use super::{cos, exp, ln, sin};

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
    let (mut low, mut high) = distribution.support();
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
        // The steps converge quadratically: after one this small, nothing but rounding error is left.
        if (newton - x).abs() <= 1e-9 * x.abs() {
            return newton;
        }
        x = if newton > low && newton < high { newton } else { middle(low, high) };
    }
    x
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
}

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
        let (far, near) = self.shares(x);
        let beyond = 0.5 * beta_tails(0.5 * self.df, 0.5, far, near).lower;
        if x < 0.0 {
            Tails { lower: beyond, upper: 1.0 - beyond }
        } else {
            Tails { lower: 1.0 - beyond, upper: beyond }
        }
    }

    fn density(&self, x: f64) -> f64 {
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
            polish(self, tail)
        }
    }
}

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
        if makes_sense(self.df, x) { gamma_tails(0.5 * self.df, 0.5 * x) } else { NO_TAILS }
    }

    fn density(&self, x: f64) -> f64 {
        gamma_factor(0.5 * self.df, 0.5 * x) * 0.5 * self.df / x
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
        if makes_sense(self.a, x) && makes_sense(self.b, x) { beta_tails(self.a, self.b, x, 1.0 - x) } else { NO_TAILS }
    }

    fn density(&self, x: f64) -> f64 {
        beta_factor(self.a, self.b, x, 1.0 - x) / (x * (1.0 - x))
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

#[cfg(test)]
#[expect(clippy::excessive_precision, reason = "the digits are mpmath's")]
mod tests {
    //! Expected values: mpmath 1.4.1 at 60 digits, incomplete gamma and beta functions inverted by bisection.

    use super::Tail::{Lower, Upper};
    use super::*;

    #[track_caller]
    fn agrees(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "{found} is not {expected}");
    }

    #[test]
    fn normal_tails_and_quantiles() {
        agrees(Normal.sf(-0.8), 0.788_144_601_416_603_314_42, 1e-15);
        agrees(Normal.sf(8.0), 6.220_960_574_271_784_123_5e-16, 1e-14);
        agrees(Normal.sf(37.0), 5.725_571_222_524_576_822_7e-300, 1e-13);
        agrees(Normal.quantile(Upper(0.025)), 1.959_963_984_540_054_235_5, 1e-15);
        agrees(Normal.quantile(Lower(0.6)), 0.253_347_103_135_799_798_8, 1e-14);
        agrees(Normal.quantile(Upper(1e-300)), 37.047_096_299_361_199_237, 1e-14);
    }

    #[test]
    fn t_quantiles_where_statrs_fails_or_hangs() {
        for (df, p, expected) in [
            (1.0, 1e-10, 3_183_098_861.837_906_715_3),
            (2.5, 0.025, 3.574_654_842_003_683_218_5),
            (3.0, 0.025, 3.182_446_305_283_709_592_7),
            (5.0, 1e-300, 1.568_392_559_099_337_809e60),
            (8.348, 0.025, 2.289_378_165_001_702_125_9),
            (12.0, 0.025, 2.178_812_829_667_228_866_3),
            (1000.0, 1e-100, 23.930_617_087_826_443_058),
            (20_000.0, 0.05, 1.644_929_818_959_481_738_5),
            (100_000.0, 0.025, 1.959_987_707_534_609_638_6),
            (600_000.0, 0.05, 1.644_856_166_570_663_684),
        ] {
            agrees(StudentT::new(df).quantile(Upper(p)), expected, 1e-12);
            agrees(StudentT::new(df).quantile(Lower(p)), -expected, 1e-12);
        }
    }

    #[test]
    fn chi_squared_quantiles() {
        for (df, tail, expected) in [
            (1.0, Lower(1e-6), 1.570_796_326_795_719_086_3e-12),
            (1.0, Lower(0.5), 0.454_936_423_119_572_751_94),
            (1.0, Upper(1e-15), 64.430_463_520_123_658_545),
            (3.0, Upper(1e-200), 927.417_010_856_686_235_32),
            (12.0, Lower(0.025), 4.403_788_506_981_701_623_4),
            (12.0, Upper(0.5), 11.340_322_377_424_140_466),
            (12.0, Upper(0.025), 23.336_664_158_645_339_263),
            (999.0, Lower(0.025), 913.300_998_302_113_368_27),
            (999.0, Upper(0.025), 1_088.487_067_725_935_276_3),
        ] {
            agrees(ChiSquared::new(df).quantile(tail), expected, 1e-12);
        }
    }

    #[test]
    fn beta_and_f_quantiles() {
        for (a, b, tail, expected) in [
            (0.5, 30.0, Lower(1e-6), 2.639_900_631_100_868_425_3e-14),
            (42.0, 3.0, Lower(0.025), 0.845_268_422_341_010_624_41),
            (43.0, 2.0, Upper(0.025), 0.994_447_048_004_629_507_56),
            (44.0, 1.0, Lower(0.025), 0.919_580_060_236_424_114_18),
            (1000.0, 199_001.0, Lower(0.025), 0.004_695_570_600_963_033_972_4),
        ] {
            agrees(Beta::new(a, b).quantile(tail), expected, 1e-11);
        }
        for (df1, df2, p, expected) in [
            (1.0, 8.0, 0.17, 2.273_891_038_572_899_537_9),
            (1.0, 100_000.0, 0.05, 3.841_551_813_686_774_488_7),
            (2.0, 10.0, 0.05, 4.102_821_015_130_401_213_1),
            (3.0, 5.0, 1e-20, 221_544_404.895_726_220_48),
        ] {
            agrees(FisherF::new(df1, df2).quantile(Upper(p)), expected, 1e-10);
        }
    }

    #[test]
    fn every_quantile_is_undone_by_its_tail() {
        let probabilities = [1e-12, 1e-6, 0.001, 0.01, 0.3, 0.5, 0.8, 0.999];
        for df in [0.3, 1.0, 2.0, 3.0, 7.5, 30.0, 400.0] {
            for p in probabilities {
                agrees(StudentT::new(df).sf(StudentT::new(df).quantile(Upper(p))), p, 1e-10);
                agrees(ChiSquared::new(df).sf(ChiSquared::new(df).quantile(Upper(p))), p, 1e-10);
                agrees(ChiSquared::new(df).cdf(ChiSquared::new(df).quantile(Lower(p))), p, 1e-10);
                for other in [0.5, 2.0, 50.0] {
                    let f = FisherF::new(df, other);
                    agrees(f.sf(f.quantile(Upper(p))), p, 1e-9);
                }
            }
        }
    }

    #[test]
    fn what_has_no_answer_is_nan() {
        assert!(StudentT::new(0.0).quantile(Upper(0.025)).is_nan());
        assert!(StudentT::new(f64::NAN).sf(1.0).is_nan());
        assert!(ChiSquared::new(3.0).quantile(Upper(1.5)).is_nan());
        assert!(Normal.quantile(Upper(f64::NAN)).is_nan());
        assert_eq!(ChiSquared::new(3.0).quantile(Lower(0.0)), 0.0);
        assert_eq!(StudentT::new(3.0).quantile(Upper(0.0)), f64::INFINITY);
    }
}

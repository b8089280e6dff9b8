//! Random numbers with a stated seed: the same on every machine and at any thread count.

use std::f64::consts::TAU;

use super::{cos, ln, sin};

/// A stream of random numbers. One seed has 2⁶⁴ streams, so that each draw of a simulation can have its own, whichever thread makes it.
///
/// # References
/// SplitMix64: Steele, Lea & Flood (2014), <https://doi.org/10.1145/2660193.2660195>
///
/// # Examples
/// ```
/// use forestable::num::Random;
/// let (mut first, mut again) = (Random::new(7, 3), Random::new(7, 3));
/// assert_eq!(first.uniform(), again.uniform());
/// assert!(Random::new(7, 4).uniform() != again.uniform());
/// ```
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Returns stream number `stream` of `seed`.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(mix(seed).wrapping_add(stream)) }
    }

    /// Returns 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Returns a number strictly between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Returns a standard normal number.
    ///
    /// # References
    /// Box & Muller (1958), <https://doi.org/10.1214/aoms/1177706645>
    pub fn normal(&mut self) -> f64 {
        let (length, angle) = self.polar();
        length * cos(angle)
    }

    /// Returns two standard normal numbers that do not depend on each other, for little more than the price of one.
    ///
    /// # References
    /// Box & Muller (1958), <https://doi.org/10.1214/aoms/1177706645>
    pub fn two_normals(&mut self) -> [f64; 2] {
        let (length, angle) = self.polar();
        [length * cos(angle), length * sin(angle)]
    }

    /// Returns a point of the plane whose coordinates are two normal numbers.
    fn polar(&mut self) -> (f64, f64) {
        let length = (-2.0 * ln(self.uniform())).sqrt();
        (length, TAU * self.uniform())
    }

    /// Returns a number with the χ² distribution on `df` degrees of freedom: 0 on none.
    ///
    /// Two degrees of freedom are an exponential number, and exponential numbers together the logarithm of a product.
    pub fn chi_squared(&mut self, df: usize) -> f64 {
        /// So many uniform numbers have a product that is far above the least that a number can be.
        const AT_ONCE: usize = 16;
        let mut sum = if df % 2 == 1 { self.normal().powi(2) } else { 0.0 };
        let mut pairs = df / 2;
        while pairs > 0 {
            let now = pairs.min(AT_ONCE);
            let product: f64 = (0..now).map(|_| self.uniform()).product();
            sum -= 2.0 * ln(product);
            pairs -= now;
        }
        sum
    }
}

/// Spreads every bit over all others.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Random;
    use crate::num::distribution::{ChiSquared, Distribution as _};

    #[test]
    fn splitmix64_gives_its_published_numbers() {
        // The reference implementation, seeded with 1234567 (Vigna, splitmix64.c).
        let mut random = Random { state: 1_234_567 };
        assert_eq!(
            [random.bits(), random.bits(), random.bits()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn moments_of_first_draws_of_many_streams() {
        let n = 20_000_u64;
        let draws: Vec<f64> = (0..n).map(|stream| Random::new(1, stream).normal()).collect();
        let power = |p: i32| draws.iter().map(|x| x.powi(p)).sum::<f64>() / n as f64;
        // Four standard errors each.
        assert!(power(1).abs() < 4.0 / (n as f64).sqrt(), "{}", power(1));
        assert!((power(2) - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(), "{}", power(2));
        assert!((power(4) - 3.0).abs() < 4.0 * (96.0 / n as f64).sqrt(), "{}", power(4));
        let pairs: Vec<[f64; 2]> = (0..n).map(|stream| Random::new(2, stream).two_normals()).collect();
        let mean = |of: fn(&[f64; 2]) -> f64| pairs.iter().map(of).sum::<f64>() / n as f64;
        for (moment, expected, variance) in [
            (mean(|[a, _]| *a), 0.0, 1.0),
            (mean(|[_, b]| *b), 0.0, 1.0),
            (mean(|[a, _]| a * a), 1.0, 2.0),
            (mean(|[_, b]| b * b), 1.0, 2.0),
            (mean(|[a, b]| a * b), 0.0, 1.0),
            (mean(|[a, b]| a * a * b * b), 1.0, 8.0),
        ] {
            assert!((moment - expected).abs() < 4.0 * (variance / n as f64).sqrt(), "{moment} for {expected}");
        }
    }

    #[test]
    fn chi_squared_numbers_have_its_distribution() {
        let n = 20_000_u64;
        for df in [1, 2, 3, 8, 33, 700] {
            let mut draws: Vec<f64> = (0..n).map(|stream| Random::new(3, stream).chi_squared(df)).collect();
            draws.sort_by(f64::total_cmp);
            let law = ChiSquared::new(df as f64);
            let above =
                draws.iter().zip(0_u64..).map(|(draw, at)| (1.0 - law.sf(*draw) - (at as f64 + 0.5) / n as f64).abs());
            // Kolmogorov and Smirnov's distance: 1.95 / √n is passed once in a thousand samples.
            let distance = above.fold(0.0, f64::max);
            assert!(distance < 1.95 / (n as f64).sqrt(), "{df} degrees of freedom: {distance}");
        }
        assert_eq!(Random::new(3, 0).chi_squared(0), 0.0);
    }
}

//! Random numbers with a stated seed: the same on every machine and at any thread count.

use std::f64::consts::TAU;

use super::{cos, ln};

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
        (-2.0 * ln(self.uniform())).sqrt() * cos(TAU * self.uniform())
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
    }
}

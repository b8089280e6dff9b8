//! A mixture of normal distributions: what a posterior is once τ is integrated out.

use crate::num::distribution::{Distribution as _, Normal, Tail};

/// One normal distribution of a mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub weight: f64,
    pub mean: f64,
    pub sd: f64,
}

/// A distribution of a mean or an effect: a mixture of normal distributions over τ.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    pub(super) parts: Vec<Part>,
    /// Whether the tails have a mean.
    pub(super) has_mean: bool,
    /// Whether they have a variance.
    pub(super) has_variance: bool,
}

impl Mixture {
    /// Returns the probability of a value at or below `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        self.parts.iter().map(|part| part.weight * Normal.cdf((x - part.mean) / part.sd)).sum()
    }

    /// Returns the density at `x`.
    #[must_use]
    pub fn density(&self, x: f64) -> f64 {
        self.parts.iter().map(|part| part.weight * Normal.density((x - part.mean) / part.sd) / part.sd).sum()
    }

    /// Returns the probability that this is less than `other`, independent of it: how two groups with a posterior each are compared.
    ///
    /// # Examples
    /// ```
    /// use forestable::model::{Estimate, bayes::{Posterior, Priors}};
    /// let group = |shift| [(0.2, 0.04), (0.5, 0.09), (0.3, 0.02)].map(|(yi, vi)| Estimate { yi: yi + shift, vi });
    /// let [low, high] = [0.0, 1.0].map(|shift| Posterior::new(&group(shift), Priors::default()));
    /// let below = low?.mu().less_than(&high?.mu());
    /// assert!(below > 0.9 && below < 1.0);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    #[must_use]
    pub fn less_than(&self, other: &Self) -> f64 {
        let pair = |one: &Part, other: &Part| {
            let spread = (one.sd * one.sd + other.sd * other.sd).sqrt();
            one.weight * other.weight * Normal.cdf((other.mean - one.mean) / spread)
        };
        self.parts.iter().map(|one| other.parts.iter().map(|other| pair(one, other)).sum::<f64>()).sum()
    }

    /// Returns the mean; `None` where the integral diverges.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.has_mean.then(|| self.centre())
    }

    /// Returns the standard deviation; `None` where the integral diverges.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        let mean = self.centre();
        let square = |part: &Part| part.weight * (part.sd * part.sd + (part.mean - mean) * (part.mean - mean));
        self.has_variance.then(|| self.parts.iter().map(square).sum::<f64>().sqrt())
    }

    fn centre(&self) -> f64 {
        self.parts.iter().map(|part| part.weight * part.mean).sum()
    }

    /// Returns the value with probability `p` below it; NaN unless 0 < p < 1.
    ///
    /// Newton's steps, held in a bracket that the parts' own quantiles give.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        if !(p > 0.0 && p < 1.0) {
            return f64::NAN;
        }
        let z = Normal.quantile(Tail::Lower(p));
        let (mut low, mut high, mut x) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for part in &self.parts {
            let own = part.mean + z * part.sd;
            (low, high, x) = (low.min(own), high.max(own), x + part.weight * own);
        }
        for _ in 0..100 {
            let excess = self.cdf(x) - p;
            if excess > 0.0 {
                high = high.min(x);
            } else {
                low = low.max(x);
            }
            let newton = x - excess / self.density(x);
            // The steps converge quadratically: after one from this near, nothing but rounding error is left.
            if excess.abs() <= 1e-7 * p.min(1.0 - p) {
                return newton;
            }
            x = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            if low >= high {
                return x;
            }
        }
        x
    }

    /// Returns the ends of the central interval at `level`.
    #[must_use]
    pub fn central(&self, level: f64) -> [f64; 2] {
        [self.quantile(0.5 * (1.0 - level)), self.quantile(0.5 * (1.0 + level))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_are_compared_by_their_posteriors() {
        let part = |weight, mean, sd| Part { weight, mean, sd };
        let mixture = |parts| Mixture { parts, has_mean: true, has_variance: true };
        let one = mixture(vec![part(0.5, 0.0, 0.3), part(0.5, 0.4, 1.0)]);
        let other = mixture(vec![part(1.0, 0.5, 0.4)]);
        // P(N(0, 0.25) < 0.5) = Φ(1), P(N(0.4, 1.16) < 0.5) = Φ(0.1 / √1.16).
        let expected = 0.5 * (Normal.cdf(1.0) + Normal.cdf(0.1 / 1.16_f64.sqrt()));
        assert!((one.less_than(&other) - expected).abs() < 1e-15);
        assert!((one.less_than(&other) + other.less_than(&one) - 1.0).abs() < 1e-15);
        assert!((one.less_than(&one) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn a_first_guess_that_is_the_quantile_is_kept() {
        // By symmetry the median is the mean of the means, from where a step of no length once went to the middle of the bracket.
        let part = |weight, mean| Part { weight, mean, sd: 1.0 };
        let parts = [part(0.25, -3.0), part(0.5, 0.0), part(0.125, 2.0), part(0.125, 4.0)];
        for shift in [0.0, 0.1, 7.3] {
            let parts = parts.iter().map(|part| Part { mean: part.mean + shift, ..*part }).collect();
            let mixture = Mixture { parts, has_mean: true, has_variance: true };
            for p in [0.025, 0.3, 0.5, 0.8, 0.975] {
                assert!((mixture.cdf(mixture.quantile(p)) - p).abs() < 1e-13, "{shift} {p}");
            }
        }
        let symmetric = vec![part(0.5, -1.0), part(0.5, 1.0)];
        let mixture = Mixture { parts: symmetric, has_mean: true, has_variance: true };
        assert!(mixture.quantile(0.5).abs() < 1e-15);
    }
}

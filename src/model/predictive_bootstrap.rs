//! Nagashima, Noma and Furukawa's bootstrap of the true effect of a new study.

use rayon::prelude::*;

use super::linear::{Linear as _, Mean, centre};
use super::tau2::QDistribution;
use super::{Estimate, Limits};
use crate::num::{Random, exp_m1};

/// Draws from the predictive distribution of a new study's true effect, in rising order.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictiveSample {
    sorted: Vec<f64>,
}

impl PredictiveSample {
    /// How many draws the interval of a pool is made from.
    pub const DRAWS: usize = 25_000;
    /// The seed of the interval of a pool.
    pub const SEED: u64 = 2019;

    /// Draws `draws` effects (at least one) of a new study.
    ///
    /// τ̃² comes from its exact confidence distribution `P(Q ≥ q; τ²)`, Q at weights 1 / vᵢ; then
    /// `θ̃ = µ(τ̃²) + z τ̃ − t SE(τ̃²)`, with z normal, t on k − 1 degrees of freedom and SE Hartung and Knapp's. The distribution is
    /// tabulated to 10⁻⁴ before it is inverted, a thirtieth of what the draws scatter; beyond 400 studies to 1.5% of τ̃².
    ///
    /// # Boundary
    /// Where all effects are equal, so are all draws.
    ///
    /// # Agreement
    /// R's pimeta 1.1.4, `pima(method = "boot")`: to the scatter of 25,000 draws.
    ///
    /// # References
    /// Nagashima, Noma & Furukawa (2019), <https://doi.org/10.1177/0962280218773520>
    ///
    /// # Examples
    /// ```
    /// use forestable::evidence::Level;
    /// use forestable::model::{Estimate, Mean, PredictiveSample};
    /// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
    /// let sample = PredictiveSample::draw(&Mean::new(&trials)?, 1000, 7);
    /// assert!(sample.limits(Level::NINETY_FIVE).lower < -0.9);
    /// assert!(sample.share_above(0.0) < 0.5);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    #[must_use]
    pub fn draw(mean: &Mean, draws: usize, seed: u64) -> Self {
        let confidence = ConfidenceDistribution::of(mean);
        let one = |stream: usize| {
            let mut random = Random::new(seed, stream as u64);
            let tau2 = confidence.quantile(random.uniform());
            let (centre, se) = hartung_knapp(mean.as_slice(), tau2);
            let [between, within] = random.two_normals();
            let t = within / (random.chi_squared(mean.k() - 1) / mean.residual_df()).sqrt();
            centre + between * tau2.sqrt() - t * se
        };
        let mut sorted: Vec<f64> = (0..draws.max(1)).into_par_iter().map(one).collect();
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    /// Returns the interval that holds `level` of the draws, as many below as above it.
    #[must_use]
    pub fn limits(&self, level: crate::evidence::Level) -> Limits {
        Limits { lower: self.quantile(0.5 * (1.0 - level.0)), upper: self.quantile(0.5 * (1.0 + level.0)) }
    }

    /// Returns the share of draws above `threshold`.
    #[must_use]
    pub fn share_above(&self, threshold: f64) -> f64 {
        let below = self.sorted.partition_point(|&draw| draw <= threshold);
        (self.sorted.len() - below) as f64 / self.sorted.len() as f64
    }

    /// Linear between the order statistics: type 7 of Hyndman & Fan (1996).
    fn quantile(&self, p: f64) -> f64 {
        let last = self.sorted.len() - 1;
        let place = p.clamp(0.0, 1.0) * last as f64;
        let below = self.sorted[place as usize];
        below + (place - place.floor()) * (self.sorted[(place as usize + 1).min(last)] - below)
    }
}

/// P(Q ≥ q; τ²) as a table over τ² = scale · (eˣ − 1), x in equal steps.
struct ConfidenceDistribution {
    scale: f64,
    step: f64,
    values: Vec<f64>,
}

impl ConfidenceDistribution {
    /// Up to τ² of e⁴⁰ typical variances, if the distribution has not reached 1 before.
    const LARGEST: f64 = 40.0;
    /// Of so many values of the table one is computed; a cubic goes through four of those for the others.
    const FINE: usize = 8;

    fn of(mean: &Mean) -> Self {
        let law = QDistribution::new(mean, |vi| 1.0 / vi);
        let scale = mean.residual_df() / mean.moments(|vi| 1.0 / vi).trace_p;
        // The more studies, the steeper it rises; with very many, one and a half per cent of τ² matter to nobody.
        let coarse = (0.3 / (mean.k() as f64).sqrt()).max(0.015);
        let mut knots = Vec::new();
        for knot in 0..(Self::LARGEST / coarse) as usize {
            let value = law.at_least_observed(scale * exp_m1(coarse * knot as f64));
            knots.push(value);
            if value > 1.0 - 1e-7 {
                break;
            }
        }
        Self { scale, step: coarse / Self::FINE as f64, values: between(&knots, Self::FINE) }
    }

    /// Returns the τ² at which the distribution reaches `p`; 0 where it has at 0.
    fn quantile(&self, p: f64) -> f64 {
        let above = self.values.partition_point(|&value| value < p);
        let Some(below) = above.checked_sub(1) else { return 0.0 };
        let share = self.values.get(above).map_or(0.0, |next| (p - self.values[below]) / (next - self.values[below]));
        self.scale * exp_m1(self.step * (below as f64 + share))
    }
}

/// Returns rising values at equal distances with `fine` − 1 more between each two: the cubic through the four that are nearest, held to
/// rise as they do.
fn between(knots: &[f64], fine: usize) -> Vec<f64> {
    let Some(last) = knots.len().checked_sub(1) else { return Vec::new() };
    let mut values = Vec::with_capacity(last * fine + 1);
    for at in 0..last {
        values.push(knots[at]);
        let first = at.saturating_sub(1).min(knots.len().saturating_sub(4));
        let nearest = &knots[first..knots.len().min(first + 4)];
        let mut below = knots[at];
        for part in 1..fine {
            let x = (at - first) as f64 + part as f64 / fine as f64;
            below = lagrange(nearest, x).max(below).min(knots[at + 1]);
            values.push(below);
        }
    }
    values.push(knots[last]);
    values
}

/// Returns at `x` the polynomial through `values` at 0, 1, 2, ….
fn lagrange(values: &[f64], x: f64) -> f64 {
    let basis = |at: usize| {
        let others = (0..values.len()).filter(|other| *other != at);
        others.map(|other| (x - other as f64) / (at as f64 - other as f64)).product::<f64>()
    };
    values.iter().enumerate().map(|(at, value)| value * basis(at)).sum()
}

/// Returns the mean at weights 1 / (vᵢ + τ²) and its Hartung-Knapp standard error.
fn hartung_knapp(estimates: &[Estimate], tau2: f64) -> (f64, f64) {
    let weight = |vi: f64| 1.0 / (vi + tau2);
    let pool = centre(estimates, weight);
    let scatter: f64 =
        estimates.iter().map(|&Estimate { yi, vi }| weight(vi) * (yi - pool.mean) * (yi - pool.mean)).sum();
    (pool.mean, (scatter / ((estimates.len() - 1) as f64 * pool.sum_w)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::{Figures, Measure};
    use crate::evidence::Level;
    use crate::num::{exp, ln};

    /// The thirteen trials of cisapride in Hartung & Knapp (2001), doi:10.1002/sim.1009, as log odds ratios with ½ added to all cells.
    fn cisapride() -> Vec<Estimate> {
        let treated = [15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21];
        let n1 = [16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38];
        let control = [9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19];
        let n2 = [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38];
        let trial = |i: usize| {
            let half = |count: i32| f64::from(count) + 0.5;
            let (ai, n1i, ci, n2i) = (half(treated[i]), half(n1[i]) + 0.5, half(control[i]), half(n2[i]) + 0.5);
            Measure::Or.estimate(&Figures::TwoArms { ai, n1i, ci, n2i }, 0.0).unwrap()
        };
        (0..13).map(trial).collect()
    }

    #[test]
    fn cisapride_as_pimeta_has_it() {
        let trials = cisapride();
        let sample = PredictiveSample::draw(&Mean::new(&trials).unwrap(), 100_000, 1);
        let limits = sample.limits(Level::NINETY_FIVE);
        // pimeta 1.1.4's vignette, 25,000 draws: 0.533 to 33.692 as odds ratios. The ends scatter by 0.02 on the log scale.
        assert!((limits.lower - ln(0.533)).abs() < 0.08, "{limits:?}");
        assert!((limits.upper - ln(33.692)).abs() < 0.08, "{limits:?}");
    }

    /// The law itself at points between those of the table, for 2 to 300 studies that differ in size by a hundred.
    #[test]
    fn the_table_is_the_law_to_its_accuracy() {
        for k in [2, 3, 5, 10, 40, 300] {
            let study = |i: usize| {
                let vi = 0.01 * exp(4.6 * ((7 * i) % k) as f64 / k as f64);
                Estimate { yi: 1.5 * vi.sqrt() * if i.is_multiple_of(3) { 1.0 } else { -0.7 }, vi }
            };
            let studies: Vec<Estimate> = (0..k).map(study).collect();
            let mean = Mean::new(&studies).unwrap();
            let (table, law) = (ConfidenceDistribution::of(&mean), QDistribution::new(&mean, |vi| 1.0 / vi));
            let mut tried = 0;
            for place in 0..table.values.len() - 1 {
                for share in [0.0, 0.37, 0.71] {
                    let p = table.values[place] + share * (table.values[place + 1] - table.values[place]);
                    if p > table.values[0] && p < 1.0 - 1e-6 {
                        let there = law.at_least_observed(table.quantile(p));
                        assert!((there - p).abs() < 1e-4, "{k} studies, {p}: {there}");
                        tried += 1;
                    }
                }
            }
            assert!(tried > 100, "{k} studies: {tried}");
        }
    }

    #[test]
    fn one_seed_gives_one_answer_at_any_thread_count() {
        let trials = cisapride();
        let draw = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| PredictiveSample::draw(&Mean::new(&trials).unwrap(), 500, 3))
        };
        assert_eq!(draw(1), draw(4));
    }

    #[test]
    fn equal_effects_give_equal_draws() {
        let equal = [Estimate { yi: 0.3, vi: 0.1 }; 4];
        let limits = PredictiveSample::draw(&Mean::new(&equal).unwrap(), 100, 1).limits(Level::NINETY_FIVE);
        assert!((limits.lower - 0.3).abs() < 1e-15 && (limits.upper - 0.3).abs() < 1e-15);
    }
}

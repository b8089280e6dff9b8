//! The covariance of the random part, free of bounds: parameters whose every value is a covariance matrix.

use nalgebra::{DMatrix, DVector};

use super::Random;
use crate::num;

/// A random part on the times of the data.
#[derive(Debug, Clone)]
pub struct Structure {
    random: Random,
    times: Vec<f64>,
    /// Mean ln t: intercept and slope are taken there, where they are least alike, and carried back to ln t = 0 at the end.
    centre: f64,
}

impl Structure {
    /// Returns the structure.
    pub fn new(random: Random, times: &[f64]) -> Self {
        let centre = num::sum(times.iter().map(|time| num::ln(*time))) / times.len().max(1) as f64;
        Self { random, times: times.to_vec(), centre }
    }

    /// Returns what a figure at `time` takes of the random effects. A time that no series observes (a point of the
    /// pooled curve) stands for any other of the exchangeable times.
    pub fn design_row(&self, time: f64) -> DVector<f64> {
        match self.random {
            Random::Intercept => DVector::from_element(1, 1.0),
            Random::InterceptAndSlope => DVector::from_vec(vec![1.0, num::ln(time) - self.centre]),
            Random::CompoundSymmetry => {
                let level = self.times.iter().position(|known| *known == time).unwrap_or(0);
                DVector::from_fn(self.times.len(), |index, _| f64::from(u8::from(index == level)))
            }
        }
    }

    /// Returns parameters to start from: random effects of standard deviation `size`.
    pub fn start(&self, size: f64) -> Vec<f64> {
        match self.random {
            Random::Intercept => vec![size],
            Random::InterceptAndSlope => vec![size, 0.0, 0.5 * size],
            Random::CompoundSymmetry => vec![size * (self.times.len() as f64).sqrt(), 0.5 * size],
        }
    }

    /// Returns the covariance matrix G at these parameters: θ², or LLᵀ, or `λ₂(I − J/m) + λ₁ J/m` with λ = θ².
    pub fn covariance(&self, parameters: &[f64]) -> DMatrix<f64> {
        match (self.random, parameters) {
            (Random::InterceptAndSlope, &[a, b, c]) => {
                DMatrix::from_row_slice(2, 2, &[a * a, a * b, a * b, b * b + c * c])
            }
            (Random::CompoundSymmetry, &[along, across]) => self.symmetric(along * along, across * across),
            _ => DMatrix::from_element(1, 1, parameters.first().map_or(0.0, |size| size * size)),
        }
    }

    /// Returns ∂G for each parameter.
    pub fn slopes(&self, parameters: &[f64]) -> Vec<DMatrix<f64>> {
        match (self.random, parameters) {
            (Random::InterceptAndSlope, &[a, b, c]) => vec![
                DMatrix::from_row_slice(2, 2, &[2.0 * a, b, b, 0.0]),
                DMatrix::from_row_slice(2, 2, &[0.0, a, a, 2.0 * b]),
                DMatrix::from_row_slice(2, 2, &[0.0, 0.0, 0.0, 2.0 * c]),
            ],
            (Random::CompoundSymmetry, &[along, across]) => {
                vec![self.symmetric(2.0 * along, 0.0), self.symmetric(0.0, 2.0 * across)]
            }
            _ => parameters.iter().map(|size| DMatrix::from_element(1, 1, 2.0 * size)).collect(),
        }
    }

    /// Returns σ², τ² and ρ as they are reported.
    pub fn report(&self, between: &DMatrix<f64>) -> (f64, Vec<f64>, f64) {
        let correlation =
            |a: f64, b: f64, shared: f64| if a * b > 0.0 { (shared / (a * b).sqrt()).clamp(-1.0, 1.0) } else { 0.0 };
        match self.random {
            Random::Intercept => (between[(0, 0)], vec![0.0], 0.0),
            Random::InterceptAndSlope => {
                let back = DMatrix::from_row_slice(2, 2, &[1.0, -self.centre, 0.0, 1.0]);
                let at_zero = &back * between * back.transpose();
                let (a, b) = (at_zero[(0, 0)], at_zero[(1, 1)]);
                (0.0, vec![a, b], correlation(a, b, at_zero[(0, 1)]))
            }
            Random::CompoundSymmetry => {
                let variance = between[(0, 0)];
                let shared = if self.times.len() > 1 { between[(0, 1)] } else { variance };
                (0.0, vec![variance], correlation(variance, variance, shared))
            }
        }
    }

    fn symmetric(&self, along: f64, across: f64) -> DMatrix<f64> {
        let m = self.times.len();
        let shared = (along - across) / m as f64;
        DMatrix::from_fn(m, m, |row, column| if row == column { shared + across } else { shared })
    }
}

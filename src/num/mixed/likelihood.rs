//! The likelihood of observations in blocks, with its slope in the parameters of their covariance.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};

use super::{Criterion, Structure};
use crate::num::{ln, sum};

/// Observations that are independent of all other blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The observations.
    pub y: DVector<f64>,
    /// The covariance of their errors, V.
    pub within: DMatrix<f64>,
    /// The design, X.
    pub design: DMatrix<f64>,
}

/// All observations.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    blocks: Vec<Block>,
    criterion: Criterion,
    /// What does not depend on the covariance: −½ n ln 2π, and ½ ln |XᵀX| of the restricted likelihood.
    constant: f64,
}

/// The model fitted at one set of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// The coefficients.
    pub beta: DVector<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// The (restricted) log-likelihood.
    pub log_likelihood: f64,
    /// Its slope in the parameters.
    pub slope: DVector<f64>,
    /// (V + G)⁻¹ of each block.
    pub weights: Vec<DMatrix<f64>>,
}

impl Blocks {
    /// Prepares the likelihood; `None` without blocks, or where a column of the design follows from the others.
    #[must_use]
    pub fn new(blocks: Vec<Block>, criterion: Criterion) -> Option<Self> {
        let n: usize = blocks.iter().map(|block| block.y.len()).sum();
        let p = blocks.first()?.design.ncols();
        let mut gram = DMatrix::zeros(p, p);
        for block in &blocks {
            gram += block.design.tr_mul(&block.design);
        }
        let sizes = gram.diagonal();
        let gram = gram.cholesky()?;
        // A column that the others give leaves nothing but rounding in its pivot.
        let told_apart = gram.l_dirty().diagonal().zip_map(&sizes, |pivot, size| pivot * pivot > 1e-10 * size);
        if n <= p || !told_apart.iter().all(|told| *told) {
            return None;
        }
        let constant = match criterion {
            Criterion::Full => -0.5 * n as f64 * ln(2.0 * PI),
            Criterion::Restricted => -0.5 * (n - p) as f64 * ln(2.0 * PI) + half_log_determinant(gram.l_dirty()),
        };
        Some(Self { blocks, criterion, constant })
    }

    /// Returns the blocks.
    pub fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// Fits β by generalised least squares at `parameters`; `None` where a covariance is singular.
    pub fn fit(&self, structure: &impl Structure, parameters: &[f64]) -> Option<Fitted> {
        let p = self.blocks.first()?.design.ncols();
        let mut information = DMatrix::zeros(p, p);
        let mut score = DVector::zeros(p);
        let mut log_likelihood = self.constant;
        let mut weights = Vec::with_capacity(self.blocks.len());
        for (index, block) in self.blocks.iter().enumerate() {
            let total = (&block.within + structure.covariance(index, parameters)).cholesky()?;
            log_likelihood -= half_log_determinant(total.l_dirty());
            let inverse = total.inverse();
            let weighted = &inverse * &block.design;
            information += block.design.tr_mul(&weighted);
            score += weighted.tr_mul(&block.y);
            weights.push(inverse);
        }
        let information = information.cholesky()?;
        if self.criterion == Criterion::Restricted {
            log_likelihood -= half_log_determinant(information.l_dirty());
        }
        let beta = information.solve(&score);
        let covariance = information.inverse();
        let mut slope = DVector::zeros(parameters.len());
        for (index, (block, inverse)) in self.blocks.iter().zip(&weights).enumerate() {
            let residual = &block.y - &block.design * &beta;
            let pull = inverse * &residual;
            log_likelihood -= 0.5 * residual.dot(&pull);
            let mut gradient = &pull * pull.transpose() - inverse;
            if self.criterion == Criterion::Restricted {
                let carried = inverse * &block.design;
                gradient += &carried * &covariance * carried.transpose();
            }
            for (slope, change) in slope.iter_mut().zip(structure.slopes(index, parameters)) {
                *slope += 0.5 * gradient.dot(&change);
            }
        }
        log_likelihood.is_finite().then(|| Fitted {
            parameters: parameters.to_vec(),
            beta,
            covariance,
            log_likelihood,
            slope,
            weights,
        })
    }
}

/// Returns ½ ln |LLᵀ|.
fn half_log_determinant(triangle: &DMatrix<f64>) -> f64 {
    sum(triangle.diagonal().iter().map(|pivot| ln(*pivot)))
}

//! The likelihood of the joint model, with its slope in the random effects' covariance.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};

use super::Likelihood;
use crate::num;

/// The figures of one series.
#[derive(Debug, Clone)]
pub struct SeriesData {
    /// ln(−ln S).
    pub y: DVector<f64>,
    /// The covariance of their errors, V.
    pub within: DMatrix<f64>,
    /// Design of the fixed part, X.
    pub design: DMatrix<f64>,
    /// Design of the random part, Z.
    pub random: DMatrix<f64>,
}

/// All series.
#[derive(Debug)]
pub struct Observations {
    /// Each series' figures.
    pub series: Vec<SeriesData>,
    likelihood: Likelihood,
    /// What does not depend on the covariance: −½ n ln 2π, and ½ ln |XᵀX| for REML.
    constant: f64,
}

/// The model fitted at one covariance of the random effects.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The coefficients.
    pub beta: DVector<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// The (restricted) log-likelihood.
    pub log_likelihood: f64,
    /// Its slope in G, as a symmetric matrix H: a change dG moves it by tr(H dG).
    pub slope: DMatrix<f64>,
}

impl Observations {
    /// Prepares the likelihood; `None` where the fixed part cannot be told from these figures.
    pub fn new(series: Vec<SeriesData>, likelihood: Likelihood) -> Option<Self> {
        let n: usize = series.iter().map(|one| one.y.len()).sum();
        let p = series.first()?.design.ncols();
        let mut gram = DMatrix::zeros(p, p);
        for one in &series {
            gram += one.design.transpose() * &one.design;
        }
        let sizes = gram.diagonal();
        let gram = gram.cholesky()?;
        // A column that the others give leaves nothing but rounding in its pivot.
        let told_apart = gram.l_dirty().diagonal().zip_map(&sizes, |pivot, size| pivot * pivot > 1e-10 * size);
        if !told_apart.iter().all(|told| *told) {
            return None;
        }
        let constant = match likelihood {
            Likelihood::Ml => -0.5 * n as f64 * num::ln(2.0 * PI),
            Likelihood::Reml => -0.5 * (n - p) as f64 * num::ln(2.0 * PI) + half_log_determinant(gram.l_dirty()),
        };
        Some(Self { series, likelihood, constant })
    }

    /// Fits the fixed part by generalised least squares at the covariance `between`; `None` where that is singular.
    pub fn fit(&self, between: &DMatrix<f64>) -> Option<Fitted> {
        let p = self.series.first()?.design.ncols();
        let mut information = DMatrix::zeros(p, p);
        let mut score = DVector::zeros(p);
        let mut log_likelihood = self.constant;
        let mut inverses = Vec::with_capacity(self.series.len());
        for one in &self.series {
            let total = (&one.within + &one.random * between * one.random.transpose()).cholesky()?;
            log_likelihood -= half_log_determinant(total.l_dirty());
            let inverse = total.inverse();
            let weighted = &inverse * &one.design;
            information += one.design.transpose() * &weighted;
            score += weighted.transpose() * &one.y;
            inverses.push(inverse);
        }
        let information = information.cholesky()?;
        if self.likelihood == Likelihood::Reml {
            log_likelihood -= half_log_determinant(information.l_dirty());
        }
        let beta = information.solve(&score);
        let covariance = information.inverse();
        let q = between.nrows();
        let mut slope = DMatrix::zeros(q, q);
        for (one, inverse) in self.series.iter().zip(&inverses) {
            let residual = &one.y - &one.design * &beta;
            let weighted = inverse * &residual;
            log_likelihood -= 0.5 * residual.dot(&weighted);
            let pull = one.random.transpose() * &weighted;
            let carried = inverse * &one.random;
            slope += &pull * pull.transpose() - one.random.transpose() * &carried;
            if self.likelihood == Likelihood::Reml {
                let fixed = one.design.transpose() * &carried;
                slope += fixed.transpose() * &covariance * &fixed;
            }
        }
        Some(Fitted { beta, covariance, log_likelihood, slope: 0.5 * slope })
    }
}

/// Returns ½ ln |LLᵀ|.
fn half_log_determinant(triangle: &DMatrix<f64>) -> f64 {
    num::sum(triangle.diagonal().iter().map(|pivot| num::ln(*pivot)))
}

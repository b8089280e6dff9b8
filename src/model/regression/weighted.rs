//! Estimates with a design: the weighted normal equations and what estimating τ² needs of them.

use nalgebra::{DMatrix, DVector};

use super::Design;
use crate::model::linear::{Linear, Moments, check};
use crate::model::{Estimate, FitError};
use crate::num::ln;
use crate::num::mixed::Block;

/// Estimates with a design. The design is held as X = QR with orthonormal Q, so that a moderator such as the year, far from 0, loses
/// no digits; all quadratic forms and traces are the same for Q as for X.
#[derive(Debug, Clone)]
pub(crate) struct Regressed<'a> {
    estimates: &'a [Estimate],
    q: DMatrix<f64>,
    r: DMatrix<f64>,
}

/// The weighted normal equations at one set of weights.
struct Solved {
    /// (QᵀWQ)⁻¹.
    inverse: DMatrix<f64>,
    /// The coefficients of Q.
    gamma: DVector<f64>,
}

impl<'a> Regressed<'a> {
    pub fn new(estimates: &'a [Estimate], design: &Design) -> Result<Self, FitError> {
        check(estimates)?;
        let (k, p) = (estimates.len(), design.columns().count() + 1);
        if k <= p {
            return Err(FitError::TooFewStudies { k, needed: p + 1 });
        }
        for (column, values) in design.columns().enumerate() {
            if values.len() != k || values.iter().any(|value| !value.is_finite()) {
                return Err(FitError::Moderator { column });
            }
        }
        let columns = std::iter::once(DVector::from_element(k, 1.0));
        let columns = columns.chain(design.columns().map(DVector::from_column_slice));
        let x = DMatrix::from_columns(&columns.collect::<Vec<_>>());
        let norms: Vec<f64> = x.column_iter().map(|column| column.norm()).collect();
        let (q, r) = x.qr().unpack();
        // What is left of a column beside those before it.
        if let Some(column) = (1..p).find(|&column| r[(column, column)].abs() <= 1e-10 * norms[column]) {
            return Err(FitError::SingularDesign { column: column - 1 });
        }
        Ok(Self { estimates, q, r })
    }

    /// Returns QᵀDQ for D = diag(`value(i)`).
    fn gram(&self, value: impl Fn(usize) -> f64) -> DMatrix<f64> {
        let mut scaled = self.q.clone();
        for (index, mut row) in scaled.row_iter_mut().enumerate() {
            row *= value(index);
        }
        self.q.tr_mul(&scaled)
    }

    fn solve(&self, w: &[f64]) -> Solved {
        let wy = DVector::from_iterator(w.len(), w.iter().zip(self.estimates).map(|(w, estimate)| w * estimate.yi));
        let gram = self.gram(|index| w[index]);
        // Positive weights and a design of full rank make it positive definite; a rounding failure shows as NaN.
        let inverse = gram.cholesky().map_or_else(
            || DMatrix::from_element(self.q.ncols(), self.q.ncols(), f64::NAN),
            |cholesky| cholesky.inverse(),
        );
        let gamma = &inverse * self.q.tr_mul(&wy);
        Solved { inverse, gamma }
    }

    fn weights(&self, weight: impl Fn(f64) -> f64) -> Vec<f64> {
        self.estimates.iter().map(|estimate| weight(estimate.vi)).collect()
    }

    /// Returns the coefficients of Q and (QᵀWQ)⁻¹.
    pub fn solved(&self, weight: impl Fn(f64) -> f64) -> (DVector<f64>, DMatrix<f64>) {
        let Solved { inverse, gamma } = self.solve(&self.weights(weight));
        (gamma, inverse)
    }

    /// Returns R⁻¹, which carries coefficients of Q to those of X.
    pub fn back(&self) -> DMatrix<f64> {
        let p = self.r.ncols();
        let back = self.r.solve_upper_triangular(&DMatrix::identity(p, p));
        back.unwrap_or_else(|| DMatrix::from_element(p, p, f64::NAN))
    }

    /// Returns the same estimates with the rows of the design in another order.
    pub fn rearranged(&self, order: &[usize]) -> Self {
        Self { estimates: self.estimates, q: self.q.select_rows(order), r: self.r.clone() }
    }

    /// Returns the estimates at `members` with their rows of Q.
    pub fn block(&self, members: &[usize]) -> Block {
        let of = |value: fn(&Estimate) -> f64| {
            DVector::from_iterator(members.len(), members.iter().map(|&index| value(&self.estimates[index])))
        };
        Block {
            y: of(|estimate| estimate.yi),
            within: DMatrix::from_diagonal(&of(|estimate| estimate.vi)),
            design: self.q.select_rows(members),
        }
    }
}

impl Linear for Regressed<'_> {
    fn k(&self) -> usize {
        self.estimates.len()
    }

    fn p(&self) -> usize {
        self.q.ncols()
    }

    fn estimates(&self) -> impl Iterator<Item = Estimate> {
        self.estimates.iter().copied()
    }

    fn moments(&self, weight: impl Fn(f64) -> f64) -> Moments {
        let w = self.weights(weight);
        let Solved { inverse, gamma } = self.solve(&w);
        let fitted = &self.q * gamma;
        let u: Vec<f64> =
            self.estimates.iter().zip(&w).enumerate().map(|(i, (estimate, w))| w * (estimate.yi - fitted[i])).collect();
        let wu = DVector::from_iterator(w.len(), w.iter().zip(&u).map(|(w, u)| w * u));
        let q_wu = self.q.tr_mul(&wu);
        let square = &inverse * self.gram(|index| w[index] * w[index]);
        let cube = &inverse * self.gram(|index| w[index] * w[index] * w[index]);
        let sum_w: f64 = w.iter().sum();
        let sum_w2: f64 = w.iter().map(|w| w * w).sum();
        Moments {
            ypy: u.iter().zip(&w).map(|(u, w)| u * u / w).sum(),
            yppy: u.iter().map(|u| u * u).sum(),
            ypppy: u.iter().zip(&w).map(|(u, w)| w * u * u).sum::<f64>()
                - (q_wu.transpose() * &inverse * &q_wu)[(0, 0)],
            trace_p: sum_w - square.trace(),
            trace_pp: sum_w2 - 2.0 * cube.trace() + (&square * &square).trace(),
            sum_w,
            sum_w2,
        }
    }

    fn traces(&self, weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64) {
        let w = self.weights(weight);
        let o = self.weights(omega);
        let inverse = self.solve(&w).inverse;
        let once = &inverse * self.gram(|index| w[index] * w[index] * o[index]);
        let twice = &inverse * self.gram(|index| w[index].powi(3) * o[index] * o[index]);
        let plain: f64 = w.iter().zip(&o).map(|(w, o)| w * o).sum();
        let square: f64 = w.iter().zip(&o).map(|(w, o)| (w * o) * (w * o)).sum();
        (plain - once.trace(), square - 2.0 * twice.trace() + (&once * &once).trace())
    }

    fn log_determinant(&self, weight: impl Fn(f64) -> f64) -> f64 {
        let w = self.weights(weight);
        let determinant = |matrix: DMatrix<f64>| matrix.cholesky().map_or(f64::NAN, |cholesky| cholesky.determinant());
        ln(determinant(self.gram(|index| w[index])))
    }
}

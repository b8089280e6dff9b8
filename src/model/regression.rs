//! Meta-regression: the mixed-effects model with moderators.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::fit::{Whole, between, check_level};
use super::heterogeneity::Heterogeneity;
use super::interval::Error;
use super::linear::{Linear, Mean, Moments, check};
use super::{Estimate, FitError, IntervalMethod, Limits, Spec};
use crate::evidence::Level;
use crate::num::distribution::{ChiSquared, Distribution as _, FisherF};
use crate::num::ln;
use crate::num::mixed::Block;

/// The columns of a design, the intercept not among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Design {
    columns: Vec<(String, Vec<f64>)>,
}

impl Design {
    /// Adds a column of numbers.
    pub fn number(&mut self, name: &str, values: Vec<f64>) {
        self.columns.push((name.to_owned(), values));
    }

    /// Adds a factor: a column of 0 and 1 for each level but the first alphabetically, which is the reference. Their names are the
    /// factor's with the level's.
    pub fn factor<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        let mut levels: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        levels.sort_unstable();
        levels.dedup();
        for level in levels.into_iter().skip(1) {
            let indicator = values.iter().map(|value| f64::from(u8::from(value.as_ref() == level))).collect();
            self.columns.push((format!("{name}{level}"), indicator));
        }
    }

    /// Returns the names of the coefficients, the intercept first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once("intercept").chain(self.columns.iter().map(|(name, _)| name.as_str()))
    }
}

/// A meta-regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regression {
    /// How many studies.
    pub k: usize,
    /// The coefficients, the intercept first.
    pub coefficients: Vec<Coefficient>,
    /// The variance between studies that the moderators leave; 0 for a common effect.
    pub tau2: f64,
    /// Its standard error.
    pub tau2_se: Option<f64>,
    /// Residual Q, I² and H².
    pub residual: Heterogeneity,
    /// The share of τ² that the moderators explain, at least 0; `None` where there is no τ² to explain.
    pub r2_percent: Option<f64>,
    /// The test of all moderators together.
    pub moderators: ModeratorTest,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// Its name.
    pub name: String,
    /// Its estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// `estimate / se`.
    pub statistic: f64,
    /// Degrees of freedom of the t distribution; `None` is the normal distribution.
    pub df: Option<f64>,
    /// Two-sided, against 0.
    pub p_value: f64,
    /// Lower end of its interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
}

impl Coefficient {
    pub(super) fn new(name: &str, estimate: f64, error: Error, level: Level) -> Self {
        let Limits { lower: ci_lower, upper: ci_upper } = error.about(estimate, 0.0, level);
        let (statistic, p_value) = (estimate / error.se, error.p_value(estimate));
        Self { name: name.to_owned(), estimate, se: error.se, statistic, df: error.df, p_value, ci_lower, ci_upper }
    }
}

/// The test of all moderators together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModeratorTest {
    /// χ², or F where the interval is one by t.
    pub qm: f64,
    /// Its (numerator) degrees of freedom: the coefficients without the intercept.
    pub qm_df: f64,
    /// Its denominator degrees of freedom, where it is an F.
    pub qm_df2: Option<f64>,
    /// Its p-value.
    pub qm_p: f64,
}

/// Regresses `estimates` on the columns of `design`, with an intercept.
///
/// # Errors
/// [`FitError::TooFewStudies`] unless there are more studies than coefficients; [`FitError::Moderator`] for a value that is not
/// finite or a column of the wrong length; [`FitError::SingularDesign`] when a column is constant or follows from others;
/// [`FitError::IntervalForModel`] for Kenward-Roger; and as [`super::fit`].
///
/// # Agreement
/// metafor 5.1-12, `rma(mods = …)`: relative 1e-8.
///
/// # References
/// van Houwelingen et al. (2002), <https://doi.org/10.1002/sim.1040>; R²: Raudenbush (2009), in Cooper et al., The Handbook of
/// Research Synthesis; HKSJ: Knapp & Hartung (2003), <https://doi.org/10.1002/sim.1482>
///
/// # Examples
/// ```
/// use forestable::model::{Design, Estimate, Spec, regress};
/// let trials = [(0.1, 0.01), (0.32, 0.02), (0.48, 0.01), (0.71, 0.03)].map(|(yi, vi)| Estimate { yi, vi });
/// let mut design = Design::default();
/// design.number("dose", vec![1.0, 2.0, 3.0, 4.0]);
/// let fitted = regress(&trials, &design, &Spec::default())?;
/// assert!((fitted.coefficients[1].estimate - 0.2).abs() < 0.01);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn regress(estimates: &[Estimate], design: &Design, spec: &Spec) -> Result<Regression, FitError> {
    check_level(spec.level)?;
    let model = Regressed::new(estimates, design)?;
    let tau2 = between(&model, spec)?;
    let whole = Whole::of(&model, tau2);
    let value = tau2.map_or(0.0, |tau2| tau2.value);
    let weight = |vi: f64| 1.0 / (vi + value);
    let (beta, covariance) = model.coefficients(weight);
    let factor = match spec.interval {
        IntervalMethod::Classic | IntervalMethod::T => 1.0,
        IntervalMethod::Hksj if whole.scatter == 0.0 => 1.0,
        IntervalMethod::Hksj => whole.scatter,
        IntervalMethod::Mkh | IntervalMethod::HksjWide => whole.scatter.max(1.0),
        IntervalMethod::KenwardRoger | IntervalMethod::Posterior => {
            return Err(FitError::IntervalForModel(spec.interval, spec.model));
        }
    };
    let df = (spec.interval != IntervalMethod::Classic).then_some(whole.df);
    let coefficient = |(index, name): (usize, &str)| {
        let error = Error { se: (factor * covariance[(index, index)]).sqrt(), df };
        Coefficient::new(name, beta[index], error, spec.level)
    };
    let coefficients = design.names().enumerate().map(coefficient).collect();
    let mean = Mean::new(estimates)?;
    // Between nested models the residual sums of squares differ by the Wald statistic.
    let chi_squared = mean.moments(weight).ypy - model.moments(weight).ypy;
    let alone = between(&mean, spec)?.map_or(0.0, |tau2| tau2.value);
    Ok(Regression {
        k: estimates.len(),
        coefficients,
        tau2: value,
        tau2_se: tau2.map(|tau2| tau2.se),
        residual: Heterogeneity::of(&model, tau2.as_ref()),
        r2_percent: (alone > 0.0).then(|| (100.0 * (alone - value) / alone).max(0.0)),
        moderators: moderator_test(chi_squared / factor, (model.p() - 1) as f64, df),
    })
}

fn moderator_test(statistic: f64, qm_df: f64, df2: Option<f64>) -> ModeratorTest {
    match df2 {
        None => ModeratorTest { qm: statistic, qm_df, qm_df2: None, qm_p: ChiSquared::new(qm_df).sf(statistic) },
        Some(df2) => {
            let f = statistic / qm_df;
            ModeratorTest { qm: f, qm_df, qm_df2: Some(df2), qm_p: FisherF::new(qm_df, df2).sf(f) }
        }
    }
}

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
        let (k, p) = (estimates.len(), design.columns.len() + 1);
        if k <= p {
            return Err(FitError::TooFewStudies { k, needed: p + 1 });
        }
        for (column, (_, values)) in design.columns.iter().enumerate() {
            if values.len() != k || values.iter().any(|value| !value.is_finite()) {
                return Err(FitError::Moderator { column });
            }
        }
        let x = DMatrix::from_fn(k, p, |row, column| match column.checked_sub(1) {
            None => 1.0,
            Some(column) => design.columns[column].1[row],
        });
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

    /// Returns the coefficients of X and their covariance (XᵀWX)⁻¹.
    pub fn coefficients(&self, weight: impl Fn(f64) -> f64) -> (DVector<f64>, DMatrix<f64>) {
        let (gamma, inverse) = self.solved(weight);
        let back = self.back();
        (&back * gamma, &back * inverse * back.transpose())
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

//! Cluster-robust standard errors: right whatever the correlation of effects within a cluster.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::fit::{between, check_level};
use super::interval::Error;
use super::multilevel::members;
use super::regression::Regressed;
use super::{Coefficient, Design, Estimate, FitError, Spec};
use crate::diag::named;
use crate::evidence::Level;
use crate::num::mixed::{Block, Blocks, Fitted};

named! {
    /// A correction of cluster-robust variances for a small number m of clusters.
    Correction, "small-sample correction":
    /// Factor m / (m − p); t with m − p degrees of freedom.
    Cr1 = "CR1",
    /// Bias-reduced linearisation: unbiased if the working covariance is right; t with Satterthwaite's degrees of freedom.
    Cr2 = "CR2",
}

/// Pools or regresses `estimates` as [`super::regress`] does, with standard errors that allow for any correlation of the effects in a
/// cluster (cohorts of one paper, papers on one registry).
///
/// `cluster_of` gives each estimate's cluster by any number; an empty `design` has the pooled estimate as its one coefficient. The
/// coefficients are those of independent effects; only their standard errors, degrees of freedom and intervals differ.
/// `spec.interval` is without meaning.
///
/// # Errors
/// As [`super::regress`]; [`FitError::Groups`] where `cluster_of` does not fit; [`FitError::Clusters`] unless there are more clusters
/// than coefficients.
///
/// # Agreement
/// metafor 5.1-12, `robust(cluster = …, adjust = TRUE)`, which is CR1: relative 1e-6.
///
/// # References
/// Hedges, Tipton & Johnson (2010), <https://doi.org/10.1002/jrsm.5>; CR2: Pustejovsky & Tipton (2018), equations 5, 9 and 12,
/// <https://doi.org/10.1080/07350015.2016.1247004>
///
/// # Examples
/// ```
/// use forestable::model::{Correction, Design, Estimate, Spec, robust};
/// let cohorts = [(0.1, 0.02), (0.2, 0.03), (0.7, 0.02), (0.9, 0.04), (0.4, 0.01)].map(|(yi, vi)| Estimate { yi, vi });
/// let pooled = robust(&cohorts, &[1, 1, 2, 2, 3], &Design::default(), &Spec::default(), Correction::Cr2)?;
/// assert!(pooled[0].df.unwrap() < 2.0);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn robust(
    estimates: &[Estimate],
    cluster_of: &[usize],
    design: &Design,
    spec: &Spec,
    correction: Correction,
) -> Result<Vec<Coefficient>, FitError> {
    check_level(spec.level)?;
    let model = Regressed::new(estimates, design)?;
    let members = members(cluster_of, estimates.len())?;
    let tau2 = between(&model, spec)?.map_or(0.0, |tau2| tau2.value);
    let parts = members.iter().map(|members| {
        let block = model.block(members);
        let weight = DMatrix::from_diagonal(&block.within.diagonal().map(|vi| 1.0 / (vi + tau2)));
        (block, weight)
    });
    let (gamma, inverse) = model.solved(|vi| 1.0 / (vi + tau2));
    Working::of(design.names(), parts, &gamma, inverse, model.back()).robust(correction, spec.level)
}

/// A fitted linear model in its clusters, with the covariance it was fitted by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Working {
    names: Vec<String>,
    clusters: Vec<Cluster>,
    /// (XᵀWX)⁻¹.
    inverse: DMatrix<f64>,
    /// What carries the coefficients of X to those that are reported.
    back: DMatrix<f64>,
    beta: DVector<f64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Cluster {
    design: DMatrix<f64>,
    weight: DMatrix<f64>,
    residual: DVector<f64>,
}

impl Working {
    /// Takes a model fitted in blocks; `back` carries its coefficients to those that are reported.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>, blocks: &Blocks, fitted: &Fitted, back: DMatrix<f64>) -> Self {
        let parts = blocks.iter().cloned().zip(fitted.weights.iter().cloned());
        Self::of(names, parts, &fitted.beta, fitted.covariance.clone(), back)
    }

    fn of<'a>(
        names: impl Iterator<Item = &'a str>,
        parts: impl Iterator<Item = (Block, DMatrix<f64>)>,
        gamma: &DVector<f64>,
        inverse: DMatrix<f64>,
        back: DMatrix<f64>,
    ) -> Self {
        let cluster = |(Block { y, design, .. }, weight)| Cluster { residual: y - &design * gamma, design, weight };
        Self {
            names: names.map(str::to_owned).collect(),
            clusters: parts.map(cluster).collect(),
            beta: &back * gamma,
            inverse,
            back,
        }
    }

    /// Returns the covariance of the coefficients if the working covariance is right.
    pub fn covariance(&self) -> DMatrix<f64> {
        &self.back * &self.inverse * self.back.transpose()
    }

    /// Returns each coefficient's name, estimate and standard error if the working covariance is right.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64, f64)> {
        let variances = self.covariance().diagonal();
        self.names
            .iter()
            .enumerate()
            .map(move |(index, name)| (name.as_str(), self.beta[index], variances[index].sqrt()))
    }

    /// Returns the coefficients with cluster-robust standard errors.
    pub fn robust(&self, correction: Correction, level: Level) -> Result<Vec<Coefficient>, FitError> {
        let (m, p) = (self.clusters.len(), self.inverse.nrows());
        if m <= p {
            return Err(FitError::Clusters { found: m, needed: p + 1 });
        }
        // What carries each cluster's residuals to its share in the coefficients.
        let carriers: Vec<DMatrix<f64>> = match correction {
            Correction::Cr1 => self.clusters.iter().map(|cluster| &cluster.weight * &cluster.design).collect(),
            Correction::Cr2 => self
                .clusters
                .iter()
                .map(|cluster| cluster.adjustment(&self.inverse) * &cluster.weight * &cluster.design)
                .collect(),
        };
        let factor = match correction {
            Correction::Cr1 => m as f64 / (m - p) as f64,
            Correction::Cr2 => 1.0,
        };
        let mut meat = DMatrix::zeros(p, p);
        for (cluster, carrier) in self.clusters.iter().zip(&carriers) {
            let share = carrier.tr_mul(&cluster.residual);
            meat += &share * share.transpose();
        }
        let covariance = &self.inverse * meat * &self.inverse * factor;
        let coefficient = |(index, name): (usize, &String)| {
            let contrast = self.back.row(index).transpose();
            let df = match correction {
                Correction::Cr1 => (m - p) as f64,
                Correction::Cr2 => self.satterthwaite(&carriers, &contrast),
            };
            let se = contrast.dot(&(&covariance * &contrast)).sqrt();
            Coefficient::new(name, self.beta[index], Error { se, df: Some(df) }, level)
        };
        Ok(self.names.iter().enumerate().map(coefficient).collect())
    }

    /// Returns (tr P)² / tr PP, the degrees of freedom of a χ² with mean and variance of this contrast's robust variance, if the
    /// working covariance is right: `Pᵢⱼ = bᵢᵀ (I − H)ᵢ Φ (I − H)ⱼᵀ bⱼ`, and (I − H) Φ (I − H)ᵀ = Φ − X (XᵀWX)⁻¹ Xᵀ.
    fn satterthwaite(&self, carriers: &[DMatrix<f64>], contrast: &DVector<f64>) -> f64 {
        let p = self.inverse.nrows();
        let (mut trace, mut square, mut sum) = (0.0, 0.0, DMatrix::zeros(p, p));
        for (cluster, carrier) in self.clusters.iter().zip(carriers) {
            let b = carrier * &self.inverse * contrast;
            let u = cluster.design.tr_mul(&b);
            let own = b.dot(&(cluster.covariance() * &b));
            let drawn = u.dot(&(&self.inverse * &u));
            trace += own - drawn;
            square += (own - drawn) * (own - drawn) - drawn * drawn;
            sum += &u * u.transpose();
        }
        // Σᵢⱼ (uᵢᵀMuⱼ)² = tr (MΣuuᵀ)².
        let crossed = &self.inverse * sum;
        trace * trace / (square + (&crossed * &crossed).trace())
    }
}

impl Cluster {
    /// Returns the working covariance Φ.
    fn covariance(&self) -> DMatrix<f64> {
        let size = self.weight.nrows();
        self.weight
            .clone()
            .cholesky()
            .map_or_else(|| DMatrix::from_element(size, size, f64::NAN), |weight| weight.inverse())
    }

    /// Returns Dᵀ (D (Φ − X (XᵀWX)⁻¹ Xᵀ) Dᵀ)^(−½) D with Φ = DᵀD; directions that the model fits exactly stay out.
    fn adjustment(&self, inverse: &DMatrix<f64>) -> DMatrix<f64> {
        let covariance = self.covariance();
        let left = &covariance - &self.design * inverse * self.design.transpose();
        let Some(lower) = covariance.cholesky().map(|factor| factor.l()) else { return left.map(|_| f64::NAN) };
        let eigen = SymmetricEigen::new(lower.tr_mul(&left) * &lower);
        let least = 1e-12 * eigen.eigenvalues.amax();
        let roots = eigen.eigenvalues.map(|value| if value > least { 1.0 / value.sqrt() } else { 0.0 });
        let root = &eigen.eigenvectors * DMatrix::from_diagonal(&roots) * eigen.eigenvectors.transpose();
        &lower * root * lower.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelKind;

    fn plain() -> Spec {
        Spec { model: ModelKind::Common, ..Spec::default() }
    }

    #[test]
    fn equal_variances_give_the_t_test_of_the_mean() {
        // Each estimate its own cluster, all with one variance: both corrections are s/√m with m − 1 degrees of freedom.
        let estimates = [0.3, 0.9, -0.2, 0.5, 1.4].map(|yi| Estimate { yi, vi: 0.07 });
        let mean = 0.58;
        let s2 = estimates.iter().map(|estimate| (estimate.yi - mean).powi(2)).sum::<f64>() / 4.0;
        for correction in [Correction::Cr1, Correction::Cr2] {
            let found = robust(&estimates, &[0, 1, 2, 3, 4], &Design::default(), &plain(), correction).unwrap();
            assert!((found[0].estimate - mean).abs() < 1e-14);
            assert!((found[0].se / (s2 / 5.0).sqrt() - 1.0).abs() < 1e-12, "{correction}");
            assert!((found[0].df.unwrap() - 4.0).abs() < 1e-10, "{correction}");
        }
    }

    #[test]
    fn cr2_and_its_degrees_of_freedom_are_those_of_a_direct_computation() {
        // Cohorts in three studies; mpmath, 30 digits, from the definitions (dense P, eigenvalues of each block).
        let rows = [(0.1, 0.02, 0), (0.2, 0.03, 0), (0.7, 0.02, 1), (0.9, 0.04, 1), (0.4, 0.01, 2)];
        let (estimates, of): (Vec<Estimate>, Vec<usize>) =
            rows.iter().map(|&(yi, vi, cluster)| (Estimate { yi, vi }, cluster)).unzip();
        let mut dose = Design::default();
        dose.number("dose", vec![1.0, 2.0, 4.0, 3.0, 2.0]);
        let pool = vec![(0.162_926_246_251_096_87, 1.969_459_447_153_821_4)];
        let line = vec![
            (0.121_310_847_936_609_17, 1.183_159_884_114_124_1),
            (0.031_971_484_837_127_39, 1.117_059_025_879_200_6),
        ];
        for (design, expected) in [(Design::default(), pool), (dose, line)] {
            let found = robust(&estimates, &of, &design, &plain(), Correction::Cr2).unwrap();
            for (found, (se, df)) in found.iter().zip(expected) {
                assert!((found.se / se - 1.0).abs() < 1e-10, "{}: {} is not {se}", found.name, found.se);
                assert!((found.df.unwrap() / df - 1.0).abs() < 1e-9, "{}: {:?} is not {df}", found.name, found.df);
            }
        }
    }
}

//! The bivariate model: two outcomes of each study, pooled together.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::interval::Error;
use super::linear::check;
use super::multilevel::{checked, interval};
use super::robust::{Correction, Working};
use super::{Coefficient, Estimate, FitError, IntervalMethod, Remark, Spec};
use crate::evidence::Level;
use crate::num::mixed::{Block, Blocks, Fitted, Structure};

/// What one study reports of two outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedEffects {
    /// The first outcome, where it is reported.
    pub first: Option<Estimate>,
    /// The second.
    pub second: Option<Estimate>,
    /// The covariance of their sampling errors, which come from the same patients; without meaning where one is missing.
    pub covariance: f64,
}

/// Two outcomes pooled together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bivariate {
    /// How many studies.
    pub studies: usize,
    /// The pooled estimates of both outcomes.
    pub estimates: [Coefficient; 2],
    /// The second less the first, its standard error from both and their covariance.
    pub difference: Coefficient,
    /// The variances between studies.
    pub tau2: [f64; 2],
    /// The correlation of the studies' true effects; `None` where an outcome does not vary between studies.
    pub rho: Option<f64>,
    /// The likelihood is largest at a bound: an outcome without variance between studies, or a correlation of −1 or 1.
    pub at_boundary: bool,
    /// The (restricted) log-likelihood.
    pub log_likelihood: f64,
    /// What a reader must know beside the figures.
    pub remarks: Vec<Remark>,
    #[serde(skip)]
    working: Working,
    #[serde(skip)]
    level: Level,
}

/// Fits `yᵢ ~ N(µ + uᵢ, Vᵢ)` for the pair of outcomes of each study, `uᵢ ~ N(0, T)` with T unstructured.
///
/// A study that reports one outcome takes part, and its other outcome borrows strength through the correlation. `spec.tau2` must be
/// REML or ML; an interval by t has studies − 2 degrees of freedom. `spec.prediction` is without meaning.
///
/// # Errors
/// [`FitError::Effect`] and [`FitError::Variance`] by study; [`FitError::Covariance`] for one at or beyond ±√(v₁v₂);
/// [`FitError::Clusters`] unless there are three studies, two of them with both outcomes;
/// [`FitError::Level`]; [`FitError::ModelForClusters`]; [`FitError::NeedsLikelihood`]; [`FitError::Interval`];
/// [`FitError::NoComponents`].
///
/// # Agreement
/// metafor 5.1-12, `rma.mv(mods = ~ outcome - 1, random = ~ outcome | study, struct = "UN")`: relative 1e-5.
///
/// # References
/// Berkey et al. (1998), <https://doi.org/10.1002/(SICI)1097-0258(19981130)17:22%3C2537::AID-SIM953%3E3.0.CO;2-C>; van Houwelingen,
/// Arends & Stijnen (2002), <https://doi.org/10.1002/sim.1040>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, PairedEffects, Spec, bivariate};
/// let study = |a, b| PairedEffects {
///     first: Some(Estimate { yi: a, vi: 0.02 }),
///     second: Some(Estimate { yi: b, vi: 0.03 }),
///     covariance: 0.01,
/// };
/// let pooled = bivariate(&[study(0.1, 0.3), study(0.6, 0.9), study(0.2, 0.2), study(0.9, 1.3)], &Spec::default())?;
/// assert!(pooled.rho.unwrap() > 0.5 && pooled.difference.estimate > 0.0);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn bivariate(studies: &[PairedEffects], spec: &Spec) -> Result<Bivariate, FitError> {
    let criterion = checked(spec)?;
    let (interval, remark) = interval(spec)?;
    let pairs = Pairs::new(studies)?;
    let blocks = studies.iter().filter_map(block).collect();
    let blocks = Blocks::new(blocks, criterion).ok_or(FitError::SingularDesign { column: 0 })?;
    let fitted = blocks.maximise(&pairs).map_err(|stuck| FitError::no_components(spec.tau2, &stuck))?;
    let working = Working::new(NAMES.into_iter(), &blocks, &fitted, DMatrix::identity(2, 2));
    let studies = pairs.outcomes.len();
    let df = (interval == IntervalMethod::T).then_some(studies as f64 - 2.0);
    let covariance = working.covariance();
    let coefficient = |name: &str, weights: [f64; 2]| {
        let weights = DVector::from_row_slice(&weights);
        let se = weights.dot(&(&covariance * &weights)).sqrt();
        Coefficient::new(name, weights.dot(&fitted.beta), Error { se, df }, spec.level)
    };
    let (tau2, rho, at_boundary) = pairs.variances(&fitted);
    Ok(Bivariate {
        studies,
        estimates: [coefficient(NAMES[0], [1.0, 0.0]), coefficient(NAMES[1], [0.0, 1.0])],
        difference: coefficient("difference", [-1.0, 1.0]),
        tau2,
        rho,
        at_boundary,
        log_likelihood: fitted.log_likelihood,
        remarks: remark.into_iter().collect(),
        working,
        level: spec.level,
    })
}

const NAMES: [&str; 2] = ["first", "second"];

impl Bivariate {
    /// Returns both pooled estimates with standard errors that are robust by study.
    ///
    /// # Errors
    /// As [`super::robust`].
    pub fn robust(&self, correction: Correction) -> Result<Vec<Coefficient>, FitError> {
        self.working.robust(correction, self.level)
    }
}

/// Returns what a study reports; `None` if nothing.
fn block(study: &PairedEffects) -> Option<Block> {
    let reported: Vec<(usize, Estimate)> =
        [study.first, study.second].into_iter().enumerate().filter_map(|(at, one)| Some((at, one?))).collect();
    let size = reported.len();
    (size > 0).then(|| Block {
        y: DVector::from_iterator(size, reported.iter().map(|(_, one)| one.yi)),
        within: DMatrix::from_fn(
            size,
            size,
            |row, column| if row == column { reported[row].1.vi } else { study.covariance },
        ),
        design: DMatrix::from_fn(size, 2, |row, column| f64::from(u8::from(reported[row].0 == column))),
    })
}

/// T = LLᵀ by the entries of L over each outcome's own size, so that every value is a covariance matrix.
struct Pairs {
    /// Which outcomes each study reports.
    outcomes: Vec<Vec<usize>>,
    /// A typical standard deviation of each outcome.
    sizes: [f64; 2],
}

impl Pairs {
    fn new(studies: &[PairedEffects]) -> Result<Self, FitError> {
        for (index, study) in studies.iter().enumerate() {
            let at = |error| match error {
                FitError::Effect { yi, .. } => FitError::Effect { index, yi },
                FitError::Variance { vi, .. } => FitError::Variance { index, vi },
                other => other,
            };
            for reported in [study.first, study.second].into_iter().flatten() {
                check(&[reported]).map_err(at)?;
            }
            if let (Some(first), Some(second)) = (study.first, study.second)
                && (study.covariance.is_nan() || study.covariance * study.covariance >= first.vi * second.vi)
            {
                return Err(FitError::Covariance { index, covariance: study.covariance });
            }
        }
        let outcomes: Vec<Vec<usize>> = studies
            .iter()
            .map(|study| {
                [study.first, study.second].iter().enumerate().filter_map(|(at, one)| one.map(|_| at)).collect()
            })
            .filter(|outcomes: &Vec<usize>| !outcomes.is_empty())
            .collect();
        for (found, needed) in
            [(outcomes.len(), 3), (outcomes.iter().filter(|outcomes| outcomes.len() == 2).count(), 2)]
        {
            if found < needed {
                return Err(FitError::Clusters { found, needed });
            }
        }
        let size = |of: fn(&PairedEffects) -> Option<Estimate>| {
            let reported: Vec<Estimate> = studies.iter().filter_map(of).collect();
            let k = reported.len() as f64;
            let mean = reported.iter().map(|one| one.yi).sum::<f64>() / k;
            let scatter = reported.iter().map(|one| (one.yi - mean).powi(2)).sum::<f64>() / (k - 1.0);
            scatter.max(reported.iter().map(|one| one.vi).sum::<f64>() / k).sqrt()
        };
        Ok(Self { outcomes, sizes: [size(|study| study.first), size(|study| study.second)] })
    }

    /// Returns T = LLᵀ and ∂T by each entry of L: l₁₁, l₂₁, l₂₂.
    fn between(&self, parameters: &[f64]) -> (DMatrix<f64>, Vec<DMatrix<f64>>) {
        let [one, two] = self.sizes;
        let sizes = [one, two, two];
        let lower = |entries: [f64; 3]| DMatrix::from_row_slice(2, 2, &[entries[0], 0.0, entries[1], entries[2]]);
        let l = lower(std::array::from_fn(|entry| parameters[entry] * sizes[entry]));
        let slope = |entry: usize| {
            let change = lower(std::array::from_fn(|other| if other == entry { sizes[entry] } else { 0.0 }));
            let half = change * l.transpose();
            &half + half.transpose()
        };
        (&l * l.transpose(), (0..3).map(slope).collect())
    }

    /// Returns the variances, the correlation, and whether they lie at a bound.
    fn variances(&self, fitted: &Fitted) -> ([f64; 2], Option<f64>, bool) {
        /// What is below this share of a typical standard deviation is 0 but for rounding.
        const NONE: f64 = 1e-6;
        let t = self.between(&fitted.parameters).0;
        let zero: [bool; 2] = std::array::from_fn(|at| t[(at, at)].sqrt() < NONE * self.sizes[at]);
        let tau2 = std::array::from_fn(|at| if zero[at] { 0.0 } else { t[(at, at)] });
        let rho = (!zero[0] && !zero[1]).then(|| (t[(0, 1)] / (t[(0, 0)] * t[(1, 1)]).sqrt()).clamp(-1.0, 1.0));
        (tau2, rho, rho.is_none_or(|rho| rho.abs() > 1.0 - NONE))
    }
}

impl Structure for Pairs {
    fn scale(&self) -> f64 {
        1.0
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        [[0.5, 0.0, 0.5], [1.0, 0.5, 0.5], [1.0, -0.5, 0.5], [0.1, 0.0, 0.1]].map(|start| start.to_vec()).to_vec()
    }

    fn covariance(&self, block: usize, parameters: &[f64]) -> DMatrix<f64> {
        let reported = &self.outcomes[block];
        self.between(parameters).0.select_rows(reported).select_columns(reported)
    }

    fn slopes(&self, block: usize, parameters: &[f64]) -> Vec<DMatrix<f64>> {
        let reported = &self.outcomes[block];
        let slopes = self.between(parameters).1.into_iter();
        slopes.map(|slope| slope.select_rows(reported).select_columns(reported)).collect()
    }
}

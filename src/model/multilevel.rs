//! The three-level model: effects within clusters, such as cohorts within studies.

use std::collections::BTreeMap;

use nalgebra::DMatrix;
use serde::Serialize;

use super::fit::check_level;
use super::heterogeneity::{Heterogeneity, i2_percent_at};
use super::interval::Error;
use super::linear::Linear as _;
use super::regression::Regressed;
use super::robust::{Correction, Working};
use super::{
    Coefficient, Design, Estimate, FitError, IntervalMethod, Limits, ModelKind, Prediction, PredictionMethod, Remark,
    Spec, Tau2Method,
};
use crate::evidence::Level;
use crate::num::mixed::{Blocks, Criterion, Fitted, Structure};

/// A three-level model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Multilevel {
    /// How many estimates.
    pub k: usize,
    /// How many clusters they lie in.
    pub clusters: usize,
    /// The coefficients, the intercept first: without moderators it is the pooled estimate.
    pub coefficients: Vec<Coefficient>,
    /// The variance between clusters, and that between estimates of one cluster; each 0 where the likelihood falls from 0 on.
    pub sigma2: [f64; 2],
    /// The share of each of them in the total variance of a typical estimate, in per cent.
    pub i2_percent: [f64; 2],
    /// Residual Q.
    pub q: f64,
    /// Its degrees of freedom.
    pub q_df: f64,
    /// P(χ² > Q).
    pub q_p: f64,
    /// For the true effect of a new estimate in a new cluster; `None` with moderators, below three clusters, for a common effect.
    pub prediction: Option<Prediction>,
    /// The (restricted) log-likelihood.
    pub log_likelihood: f64,
    /// What a reader must know beside the figures.
    pub remarks: Vec<Remark>,
    #[serde(skip)]
    working: Working,
    #[serde(skip)]
    level: Level,
}

/// Fits `yᵢⱼ = xᵢⱼβ + uᵢ + wᵢⱼ + eᵢⱼ`, uᵢ of cluster i with variance σ₁², wᵢⱼ of its estimate j with variance σ₂², eᵢⱼ with the known
/// sampling variance.
///
/// `cluster_of` gives each estimate's cluster by any number; `design` may be empty. `spec.tau2` must be REML or ML. An interval by t has
/// clusters − p degrees of freedom, and takes the place of the Hartung-Knapp intervals, which are derived for independent estimates.
///
/// # Errors
/// As [`super::regress`]; [`FitError::Groups`] where `cluster_of` does not fit; [`FitError::Clusters`] unless there are more clusters
/// than coefficients; [`FitError::ClustersOfOne`]; [`FitError::ModelForClusters`] unless the model is `random`; [`FitError::NeedsLikelihood`];
/// [`FitError::Interval`] for Kenward-Roger; [`FitError::Prediction`] for one that is not V or HTS (by HK and HK-PR, with the same degrees of freedom, those are meant);
/// [`FitError::NoComponents`].
///
/// # Agreement
/// metafor 5.1-12, `rma.mv(random = ~ 1 | cluster/unit)`: relative 1e-5, its optimiser's own accuracy.
///
/// # References
/// Konstantopoulos (2011), <https://doi.org/10.1002/jrsm.35>; Van den Noortgate et al. (2013),
/// <https://doi.org/10.3758/s13428-012-0261-6>
///
/// # Examples
/// ```
/// use forestable::model::{Design, Estimate, Spec, multilevel};
/// let cohorts = [(0.1, 0.02), (0.2, 0.03), (0.7, 0.02), (0.9, 0.04), (0.4, 0.01)].map(|(yi, vi)| Estimate { yi, vi });
/// let fitted = multilevel(&cohorts, &[1, 1, 2, 2, 3], &Design::default(), &Spec::default())?;
/// assert!(fitted.sigma2[0] > 0.0 && fitted.clusters == 3);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn multilevel(
    estimates: &[Estimate],
    cluster_of: &[usize],
    design: &Design,
    spec: &Spec,
) -> Result<Multilevel, FitError> {
    let criterion = checked(spec)?;
    let (interval, remark) = interval(spec)?;
    let model = Regressed::new(estimates, design)?;
    let members = members(cluster_of, estimates.len())?;
    let p = model.p();
    if members.len() <= p {
        return Err(FitError::Clusters { found: members.len(), needed: p + 1 });
    }
    if members.iter().all(|members| members.len() == 1) {
        return Err(FitError::ClustersOfOne);
    }
    let heterogeneity = Heterogeneity::of(&model, None);
    let levels = Levels {
        sizes: members.iter().map(Vec::len).collect(),
        scale: (heterogeneity.typical_variance * heterogeneity.h2.max(1.0)).sqrt(),
    };
    let blocks = Blocks::new(members.iter().map(|members| model.block(members)).collect(), criterion)
        .ok_or(FitError::SingularDesign { column: 0 })?;
    let fitted = blocks.maximise(&levels).map_err(|stuck| FitError::no_components(spec.tau2, &stuck))?;
    let fitted = at_bounds(&blocks, &levels, fitted);
    let working = Working::new(design.names(), &blocks, &fitted, model.back());
    let df = (interval == IntervalMethod::T).then_some((members.len() - p) as f64);
    let sigma2 = [fitted.parameters[0].powi(2), fitted.parameters[1].powi(2)];
    let coefficients: Vec<Coefficient> = working
        .iter()
        .map(|(name, estimate, se)| Coefficient::new(name, estimate, Error { se, df }, spec.level))
        .collect();
    let typical = heterogeneity.typical_variance;
    let total = sigma2[0] + sigma2[1];
    let share = |part: f64| if total > 0.0 { i2_percent_at(total, typical) * part / total } else { 0.0 };
    Ok(Multilevel {
        k: estimates.len(),
        clusters: members.len(),
        prediction: prediction(&coefficients, total, members.len(), spec)?,
        coefficients,
        sigma2,
        i2_percent: sigma2.map(share),
        q: heterogeneity.q,
        q_df: heterogeneity.q_df,
        q_p: heterogeneity.q_p,
        log_likelihood: fitted.log_likelihood,
        remarks: remark.into_iter().collect(),
        working,
        level: spec.level,
    })
}

impl Multilevel {
    /// Returns the coefficients with cluster-robust standard errors: right even where the assumed variances are not.
    ///
    /// # Errors
    /// As [`super::robust`].
    pub fn robust(&self, correction: Correction) -> Result<Vec<Coefficient>, FitError> {
        self.working.robust(correction, self.level)
    }
}

/// Returns the likelihood that `spec` asks for, if the spec is one of this kind of model.
pub(super) fn checked(spec: &Spec) -> Result<Criterion, FitError> {
    check_level(spec.level)?;
    if spec.model != ModelKind::Random {
        return Err(FitError::ModelForClusters(spec.model));
    }
    match spec.tau2 {
        Tau2Method::Reml => Ok(Criterion::Restricted),
        Tau2Method::MaximumLikelihood => Ok(Criterion::Full),
        other => Err(FitError::NeedsLikelihood(other)),
    }
}

/// Returns the interval of the coefficients: classic or t.
pub(super) fn interval(spec: &Spec) -> Result<(IntervalMethod, Option<Remark>), FitError> {
    match spec.interval {
        IntervalMethod::Classic | IntervalMethod::T => Ok((spec.interval, None)),
        IntervalMethod::Hksj | IntervalMethod::Mkh | IntervalMethod::HksjWide => {
            Ok((IntervalMethod::T, Some(Remark::IntervalInPlaceOf(spec.interval, IntervalMethod::T))))
        }
        IntervalMethod::KenwardRoger | IntervalMethod::Posterior => Err(FitError::Interval(spec.interval)),
    }
}

/// Returns the members of each cluster, clusters by their number.
pub(super) fn members(cluster_of: &[usize], k: usize) -> Result<Vec<Vec<usize>>, FitError> {
    if cluster_of.len() != k {
        return Err(FitError::Groups);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, &cluster) in cluster_of.iter().enumerate() {
        members.entry(cluster).or_default().push(index);
    }
    Ok(members.into_values().collect())
}

/// G = σ₁² J + σ₂² I in each cluster, by the standard deviations σ: their squares are smooth through 0.
struct Levels {
    sizes: Vec<usize>,
    scale: f64,
}

impl Levels {
    fn levels(&self, block: usize, between: f64, within: f64) -> DMatrix<f64> {
        let size = self.sizes[block];
        DMatrix::from_fn(size, size, |row, column| if row == column { between + within } else { between })
    }
}

impl Structure for Levels {
    fn scale(&self) -> f64 {
        self.scale
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        [[0.5, 0.5], [1.0, 0.1], [0.1, 1.0]].map(|start| start.map(|share| share * self.scale).to_vec()).to_vec()
    }

    fn covariance(&self, block: usize, parameters: &[f64]) -> DMatrix<f64> {
        self.levels(block, parameters[0] * parameters[0], parameters[1] * parameters[1])
    }

    fn slopes(&self, block: usize, parameters: &[f64]) -> Vec<DMatrix<f64>> {
        vec![self.levels(block, 2.0 * parameters[0], 0.0), self.levels(block, 0.0, 2.0 * parameters[1])]
    }
}

/// Returns the fit with each standard deviation at exactly 0 whose likelihood is no lower there.
fn at_bounds(blocks: &Blocks, levels: &Levels, mut fitted: Fitted) -> Fitted {
    for index in 0..fitted.parameters.len() {
        let mut parameters = fitted.parameters.clone();
        parameters[index] = 0.0;
        let as_high = fitted.log_likelihood - 1e-13 * fitted.log_likelihood.abs().max(1.0);
        fitted = blocks.fit(levels, &parameters).filter(|bound| bound.log_likelihood >= as_high).unwrap_or(fitted);
    }
    fitted
}

fn prediction(mean: &[Coefficient], tau2: f64, clusters: usize, spec: &Spec) -> Result<Option<Prediction>, FitError> {
    let (method, lost) = match spec.prediction {
        PredictionMethod::None => return Ok(None),
        PredictionMethod::V | PredictionMethod::Hk => (PredictionMethod::V, 1.0),
        PredictionMethod::Hts | PredictionMethod::HkPr => (PredictionMethod::Hts, 2.0),
        other => return Err(FitError::Prediction(other)),
    };
    let [mean] = mean else { return Ok(None) };
    if clusters < 3 {
        return Ok(None);
    }
    let df = clusters as f64 - lost;
    let limits: Limits = Error { se: mean.se, df: Some(df) }.about(mean.estimate, tau2, spec.level);
    Ok(Some(Prediction { method, df, limits, se: Some((tau2 + mean.se * mean.se).sqrt()) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{fit, robust};

    /// Cohorts in four studies that differ between and within.
    fn cohorts() -> (Vec<Estimate>, Vec<usize>) {
        let rows = [
            (0.10, 0.02, 0),
            (0.25, 0.03, 0),
            (0.70, 0.02, 1),
            (0.95, 0.04, 1),
            (0.40, 0.01, 2),
            (0.20, 0.05, 2),
            (0.75, 0.02, 2),
            (1.10, 0.03, 3),
        ];
        rows.iter().map(|&(yi, vi, cluster)| (Estimate { yi, vi }, cluster)).unzip()
    }

    fn spec(tau2: Tau2Method) -> Spec {
        Spec { tau2, interval: IntervalMethod::Classic, ..Spec::default() }
    }

    #[test]
    fn no_other_variances_are_likelier() {
        let (estimates, of) = cohorts();
        for tau2 in [Tau2Method::Reml, Tau2Method::MaximumLikelihood] {
            let found = multilevel(&estimates, &of, &Design::default(), &spec(tau2)).unwrap();
            let model = Regressed::new(&estimates, &Design::default()).unwrap();
            let members = members(&of, estimates.len()).unwrap();
            let levels = Levels { sizes: members.iter().map(Vec::len).collect(), scale: 1.0 };
            let blocks = members.iter().map(|members| model.block(members)).collect();
            let blocks = Blocks::new(blocks, checked(&spec(tau2)).unwrap()).unwrap();
            for between in 0..40 {
                for within in 0..40 {
                    let elsewhere = [f64::from(between) * 0.03, f64::from(within) * 0.03];
                    let height = blocks.fit(&levels, &elsewhere).unwrap().log_likelihood;
                    assert!(height <= found.log_likelihood + 1e-9, "{tau2} at {elsewhere:?}");
                }
            }
        }
    }

    #[test]
    fn the_slope_of_the_likelihood_is_its_derivative() {
        let (estimates, of) = cohorts();
        let mut design = Design::default();
        design.number("dose", vec![1.0, 3.0, 2.0, 2.0, 5.0, 1.0, 4.0, 2.0]);
        let model = Regressed::new(&estimates, &design).unwrap();
        let members = members(&of, estimates.len()).unwrap();
        let levels = Levels { sizes: members.iter().map(Vec::len).collect(), scale: 1.0 };
        for criterion in [Criterion::Full, Criterion::Restricted] {
            let blocks = members.iter().map(|members| model.block(members)).collect();
            let blocks = Blocks::new(blocks, criterion).unwrap();
            let fit = |a, b| blocks.fit(&levels, &[a, b]).unwrap();
            let slope = fit(0.3, 0.2).slope;
            let by_difference = [
                (fit(0.3 + 1e-5, 0.2).log_likelihood - fit(0.3 - 1e-5, 0.2).log_likelihood) / 2e-5,
                (fit(0.3, 0.2 + 1e-5).log_likelihood - fit(0.3, 0.2 - 1e-5).log_likelihood) / 2e-5,
            ];
            assert!((slope[0] - by_difference[0]).abs() < 1e-7 && (slope[1] - by_difference[1]).abs() < 1e-7);
        }
    }

    #[test]
    fn without_variance_within_clusters_of_equal_estimates_it_is_the_pool_of_clusters() {
        // Two estimates of each cluster, equal, each with twice the variance: the cluster's own with its own.
        let own = [(0.1, 0.02), (0.7, 0.03), (0.3, 0.02), (1.2, 0.04)].map(|(yi, vi)| Estimate { yi, vi });
        let twice: Vec<Estimate> =
            own.iter().flat_map(|&Estimate { yi, vi }| [Estimate { yi, vi: 2.0 * vi }; 2]).collect();
        let found = multilevel(&twice, &[0, 0, 1, 1, 2, 2, 3, 3], &Design::default(), &spec(Tau2Method::Reml)).unwrap();
        let plain = fit(&own, &spec(Tau2Method::Reml)).unwrap();
        assert_eq!(found.sigma2[1], 0.0);
        assert!((found.sigma2[0] / plain.tau2 - 1.0).abs() < 1e-9);
        assert!((found.coefficients[0].estimate - plain.estimate).abs() < 1e-10);
        assert!((found.coefficients[0].se / plain.se - 1.0).abs() < 1e-10);
    }

    #[test]
    fn effects_without_scatter_have_no_variance_at_either_level() {
        let (mut estimates, of) = cohorts();
        estimates.iter_mut().for_each(|estimate| estimate.yi = 0.4);
        let found = multilevel(&estimates, &of, &Design::default(), &Spec::default()).unwrap();
        assert_eq!(found.sigma2, [0.0, 0.0]);
        assert_eq!(found.i2_percent, [0.0, 0.0]);
        assert_eq!(found.coefficients[0].df, Some(3.0));
        assert_eq!(found.remarks, [Remark::IntervalInPlaceOf(IntervalMethod::Hksj, IntervalMethod::T)]);
    }

    #[test]
    fn faults_are_named() {
        let (estimates, of) = cohorts();
        let fault = |of: &[usize], spec: Spec| multilevel(&estimates, of, &Design::default(), &spec).unwrap_err();
        assert_eq!(fault(&of[1..], Spec::default()), FitError::Groups);
        assert_eq!(fault(&[7; 8], Spec::default()), FitError::Clusters { found: 1, needed: 2 });
        assert_eq!(fault(&[0, 1, 2, 3, 4, 5, 6, 7], Spec::default()), FitError::ClustersOfOne);
        let by = |name: &str| Spec { tau2: name.parse().unwrap(), ..Spec::default() };
        assert_eq!(fault(&of, by("DL")), FitError::NeedsLikelihood(Tau2Method::DerSimonianLaird));
        let common = Spec { model: ModelKind::Common, ..Spec::default() };
        assert_eq!(fault(&of, common), FitError::ModelForClusters(ModelKind::Common));
        let kenward_roger = Spec { interval: IntervalMethod::KenwardRoger, ..Spec::default() };
        assert_eq!(fault(&of, kenward_roger), FitError::Interval(IntervalMethod::KenwardRoger));
        let bootstrap = Spec { prediction: PredictionMethod::Bootstrap, ..Spec::default() };
        assert_eq!(fault(&of, bootstrap), FitError::Prediction(PredictionMethod::Bootstrap));
        let level = Spec { level: Level(1.0), ..Spec::default() };
        assert_eq!(fault(&of, level), FitError::Level(1.0));
        let one = robust(&estimates, &[1; 8], &Design::default(), &Spec::default(), Correction::Cr2);
        assert_eq!(one.unwrap_err(), FitError::Clusters { found: 1, needed: 2 });
    }
}

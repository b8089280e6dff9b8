//! The answer: what `--format json` prints, and what a table is made from.

mod around;
mod clustered;
mod grouped;
mod regressed;
mod study;
mod tables;

use forestable::effect::{Figures, Limits, Measure};
use forestable::evidence::Level;
use forestable::model::bayes::{self, Densities, Priors, Summary, fit_bayes};
use forestable::model::{
    Bivariate, Estimate, Fit, FitError, IntervalMethod, ModelKind, PredictionMethod, Tau2Interval, Tau2Method,
    bivariate, fit, fit_counts, new_study_above,
};
use serde::Serialize;

use super::args::{PoolArgs, With};
use super::studies::Studies;
pub use around::{Gosh, Sensitivity, SmallStudy};
pub use clustered::{Cluster, Clustered};
pub use grouped::{Group, Grouped};
pub use regressed::Regressed;
pub use study::Study;
use study::harmonic_size;
use tables::TableTests;

/// The answer; a number that does not exist is `None`.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub k: usize,
    pub measure: Measure,
    pub model: ModelKind,
    pub tau2_method: Option<Tau2Method>,
    pub interval: IntervalMethod,
    pub level: Level,
    pub estimate: Option<f64>,
    pub se: Option<f64>,
    pub statistic: Option<f64>,
    pub df: Option<f64>,
    pub p_value: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub prediction: Option<PredictionMethod>,
    pub pi_df: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
    pub tau2: Option<f64>,
    pub tau2_se: Option<f64>,
    pub tau2_ci_lower: Option<f64>,
    pub tau2_ci_upper: Option<f64>,
    pub tau2_interval: Option<Tau2Interval>,
    pub i2_percent: Option<f64>,
    pub i2_ci_lower: Option<f64>,
    pub i2_ci_upper: Option<f64>,
    pub i2_q_percent: Option<f64>,
    pub i2_q_ci_lower: Option<f64>,
    pub i2_q_ci_upper: Option<f64>,
    pub h2: Option<f64>,
    pub q: Option<f64>,
    pub q_df: Option<f64>,
    pub q_p: Option<f64>,
    pub q_lrt: Option<f64>,
    #[serde(flatten)]
    pub tables: Option<TableTests>,
    pub weights_percent: Vec<f64>,
    pub studies: Vec<Study>,
    pub natural: Natural,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Beyond>,
    #[serde(flatten)]
    pub posterior: Option<Posterior>,
    #[serde(flatten)]
    pub grouped: Option<Grouped>,
    #[serde(flatten)]
    pub regression: Option<Regressed>,
    #[serde(flatten)]
    pub clustered: Option<Clustered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bivariate: Option<Bivariate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_study: Option<SmallStudy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gosh: Option<Gosh>,
    pub remarks: Vec<String>,
    /// The pool itself, for the forest plot.
    #[serde(skip)]
    pub fit: Option<Fit>,
    /// What pooled Freeman-Tukey values are taken back at.
    #[serde(skip)]
    pub size: Option<f64>,
}

/// How likely the true value of a new study lies beyond one value, on the natural scale.
#[derive(Debug, Serialize)]
pub struct Beyond {
    pub value: f64,
    pub below: Option<f64>,
    pub above: Option<f64>,
}

/// The posterior of a Bayesian pool.
#[derive(Debug, Serialize)]
pub struct Posterior {
    pub priors: Priors,
    #[serde(flatten)]
    pub summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub densities: Option<Densities>,
}

/// A pool back-transformed.
#[derive(Debug, Serialize)]
pub struct Natural {
    pub estimate: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
}

impl Answer {
    /// Pools the studies. Fewer than two have no pool: the answer says so and its figures are `None`.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Result<Self, FitError> {
        let spec = args.spec();
        let estimates = &studies.estimates;
        let k = estimates.len();
        let (pooled, posterior) = match k {
            0 | 1 => (None, None),
            _ => pool_of(estimates, &studies.figures, args).map(|(fit, posterior)| (Some(fit), posterior))?,
        };
        let pool = pooled.as_ref();
        let size = harmonic_size(&studies.figures);
        let prediction = pool.and_then(|fit| fit.prediction);
        let tau2_ci = pool.and_then(|fit| fit.tau2_ci);
        let i2_ci = pool.zip(tau2_ci).map(|(fit, ci)| fit.heterogeneity.i2_percent_limits(ci));
        let i2_q_ci = pool.and_then(|fit| fit.heterogeneity.i2_q_percent_limits(args.level));
        let linear = pool.filter(|fit| fit.model == ModelKind::Random && fit.tau2_ci.is_some());
        Ok(Self {
            k,
            measure: args.measure,
            model: args.model,
            tau2_method: match pool {
                Some(fit) => fit.tau2_method,
                None => (args.model == ModelKind::Random).then_some(args.tau2),
            },
            interval: pool.map_or(args.interval, |fit| fit.interval),
            level: args.level,
            estimate: pool.map(|fit| fit.estimate),
            se: pool.map(|fit| fit.se).filter(finite),
            statistic: pool.map(|fit| fit.statistic).filter(finite),
            df: pool.and_then(|fit| fit.df),
            p_value: pool.map(|fit| fit.p_value).filter(finite),
            ci_lower: pool.map(|fit| fit.ci_lower),
            ci_upper: pool.map(|fit| fit.ci_upper),
            prediction: prediction.map(|prediction| prediction.method),
            pi_df: prediction.map(|prediction| prediction.df).filter(finite),
            pi_lower: prediction.map(|prediction| prediction.limits.lower),
            pi_upper: prediction.map(|prediction| prediction.limits.upper),
            tau2: pool.map(|fit| fit.tau2),
            tau2_se: pool.and_then(|fit| fit.tau2_se),
            tau2_ci_lower: tau2_ci.map(|ci| ci.lower),
            tau2_ci_upper: tau2_ci.map(|ci| ci.upper),
            tau2_interval: linear.map(|_| args.tau2_interval),
            i2_percent: pool.map(|fit| fit.heterogeneity.i2_percent),
            i2_ci_lower: i2_ci.map(|ci| ci.lower),
            i2_ci_upper: i2_ci.map(|ci| ci.upper),
            i2_q_percent: pool.map(|fit| fit.heterogeneity.i2_q_percent),
            i2_q_ci_lower: i2_q_ci.map(|ci| ci.lower),
            i2_q_ci_upper: i2_q_ci.map(|ci| ci.upper),
            h2: pool.map(|fit| fit.heterogeneity.h2),
            q: pool.map(|fit| fit.heterogeneity.q),
            q_df: pool.map(|fit| fit.heterogeneity.q_df),
            q_p: pool.map(|fit| fit.heterogeneity.q_p),
            q_lrt: pool.and_then(|fit| fit.heterogeneity.q_lrt),
            tables: TableTests::of(studies, args),
            weights_percent: pool.map(|fit| fit.weights_percent.clone()).unwrap_or_default(),
            studies: Study::all(studies, pool, args),
            natural: Natural::of(pool, args.measure, size),
            threshold: args.threshold.map(|value| Beyond::of(value, pool, studies, args)).transpose()?,
            posterior,
            grouped: Grouped::of(studies, args)?,
            regression: Regressed::of(studies, args)?,
            clustered: Clustered::of(studies, &spec)?,
            bivariate: studies.pairs.as_ref().map(|pairs| bivariate(pairs, &spec)).transpose()?,
            sensitivity: args.with.contains(&With::Sensitivity).then(|| Sensitivity::of(estimates, &spec)),
            small_study: args.with.contains(&With::Bias).then(|| SmallStudy::of(studies, args)),
            gosh: args.with.contains(&With::Gosh).then(|| Gosh::of(estimates, args.seed, &spec)).transpose()?.flatten(),
            remarks: remarks(studies, pool, args),
            fit: pooled,
            size,
        })
    }
}

impl Answer {
    /// Returns a pooled value on the natural scale.
    pub fn back(&self, y: f64) -> f64 {
        self.measure.back(y, self.size)
    }
}

/// Pools by the model that was asked for.
fn pool_of(estimates: &[Estimate], figures: &[Figures], args: &PoolArgs) -> Result<(Fit, Option<Posterior>), FitError> {
    let spec = args.spec();
    match args.model {
        ModelKind::Random | ModelKind::Common => Ok((fit(estimates, &spec)?, None)),
        ModelKind::Bayes => {
            let priors = args.priors();
            let (fit, found) = fit_bayes(estimates, priors, &spec)?;
            Ok((fit, Some(Posterior::of(priors, &found, args))))
        }
        _ => Ok((fit_counts(figures, args.measure, &spec)?, None)),
    }
}

impl Posterior {
    fn of(priors: Priors, found: &bayes::Posterior, args: &PoolArgs) -> Self {
        let densities = args.with.contains(&With::Density).then(|| found.densities());
        Self { priors, summary: found.summary(), densities }
    }
}

impl Beyond {
    fn of(value: f64, pool: Option<&Fit>, studies: &Studies, args: &PoolArgs) -> Result<Self, FitError> {
        let at = args.measure.transform(value, harmonic_size(&studies.figures));
        let above = match pool {
            Some(fit) => new_study_above(&studies.estimates, fit, args.priors(), at)?,
            None => None,
        };
        Ok(Self { value, below: above.map(|above| 1.0 - above), above })
    }
}

impl Natural {
    fn of(pool: Option<&Fit>, measure: Measure, size: Option<f64>) -> Self {
        let back = |y: f64| measure.back(y, size);
        let limits = pool.and_then(|fit| fit.prediction).map(|prediction| prediction.limits);
        Self {
            estimate: pool.map(|fit| back(fit.estimate)),
            ci_lower: pool.map(|fit| back(fit.ci_lower)),
            ci_upper: pool.map(|fit| back(fit.ci_upper)),
            pi_lower: limits.map(|Limits { lower, .. }| back(lower)),
            pi_upper: limits.map(|Limits { upper, .. }| back(upper)),
        }
    }
}

/// A posterior has no statistic, and not always a standard deviation.
fn finite(value: &f64) -> bool {
    value.is_finite()
}

fn remarks(studies: &Studies, pool: Option<&Fit>, args: &PoolArgs) -> Vec<String> {
    let few = match studies.estimates.len() {
        0 => Some("no study".to_owned()),
        1 => Some("one study: no pool".to_owned()),
        2 => Some("two studies: no prediction interval".to_owned()),
        _ => None,
    };
    // A model of counts takes empty cells as they are; only the studies' own effects are shown with the addition.
    let corrected = (studies.corrected > 0).then(|| {
        let noun = if studies.corrected == 1 { "study" } else { "studies" };
        let shown = if args.model.takes_counts() { ", for its own row only" } else { "" };
        format!("{} added to the cells of {} {noun} with an empty cell{shown}", args.add, studies.corrected)
    });
    let of_fit = pool.into_iter().flat_map(|fit| fit.remarks.iter().map(ToString::to_string));
    few.into_iter().chain(corrected).chain(of_fit).collect()
}

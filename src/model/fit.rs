//! The pool.

use std::fmt;

use serde::Serialize;

use super::heterogeneity::Heterogeneity;
use super::interval::{Error, Precision};
use super::linear::{Centre, Linear, Mean, centre};
use super::prediction::{Prediction, predict};
use super::tau2::{Likelihood, Tau2, tau2_limits};
use super::{Estimate, FitError, IntervalMethod, Limits, ModelKind, PredictionMethod, Spec, Tau2Method};
use crate::evidence::Level;
use crate::num::ln;

/// A pooled estimate with all that is said about it, on the analysis scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// How many studies.
    pub k: usize,
    /// The model.
    pub model: ModelKind,
    /// How τ² was estimated; `None` for a common effect.
    pub tau2_method: Option<Tau2Method>,
    /// How the interval was made.
    pub interval: IntervalMethod,
    /// The level of all intervals.
    pub level: Level,
    /// The pooled estimate.
    pub estimate: f64,
    /// Its standard error, as the interval has it.
    pub se: f64,
    /// `estimate / se`.
    pub statistic: f64,
    /// Degrees of freedom of the t distribution; `None` is the normal distribution.
    pub df: Option<f64>,
    /// Two-sided, against 0 on the analysis scale.
    pub p_value: f64,
    /// Lower end of the interval.
    pub ci_lower: f64,
    /// Upper end of the interval.
    pub ci_upper: f64,
    /// For the true effect of a new study; `None` below three studies and for a common effect.
    pub prediction: Option<Prediction>,
    /// The variance between studies; 0 for a common effect.
    pub tau2: f64,
    /// Its standard error.
    pub tau2_se: Option<f64>,
    /// Its interval, by the method that was asked for, or by profile likelihood for a model of counts with normal effects; `None` for a
    /// common effect, for a group that shares τ² with others, and for the beta-binomial model, whose τ² follows from two parameters.
    pub tau2_ci: Option<Limits>,
    /// The unrestricted estimate of τ² would not be positive.
    pub tau2_at_boundary: bool,
    /// Q, I² and H².
    #[serde(flatten)]
    pub heterogeneity: Heterogeneity,
    /// Log-likelihood (restricted for REML) at the estimate; `None` for estimators without one.
    pub log_likelihood: Option<f64>,
    /// Each study's share in the estimate, in the order given; their sum is 100.
    pub weights_percent: Vec<f64>,
    /// What a reader must know beside the figures.
    pub remarks: Vec<Remark>,
}

impl Fit {
    /// Returns Akaike's criterion, of mean and τ² (the restricted one for REML); `None` without a likelihood.
    #[must_use]
    pub fn aic(&self) -> Option<f64> {
        self.log_likelihood.map(|log| -2.0 * log + 4.0)
    }

    /// Returns the Bayesian criterion; its sample size is k, for REML the k − 1 contrasts.
    #[must_use]
    pub fn bic(&self) -> Option<f64> {
        let n = if self.tau2_method == Some(Tau2Method::Reml) { self.k - 1 } else { self.k };
        self.log_likelihood.map(|log| -2.0 * log + 2.0 * ln(n as f64))
    }
}

/// What a reader must know about how a fit came about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// The effects are all equal: the Hartung-Knapp variance is 0, and the inverse variance was taken in its place.
    NoScatter,
    /// The likelihood has a second, lower maximum at this τ².
    OtherMaximum(f64),
    /// Newton's and Fisher's steps did not settle on τ²: bisection found it.
    Bisected,
    /// Newton's steps did not climb to the largest likelihood: the simplex of Nelder and Mead did.
    BySimplex,
    /// The first interval is not defined for this model: the second was taken in its place.
    IntervalInPlaceOf(IntervalMethod, IntervalMethod),
    /// The beta-binomial model has no interval of τ² and none for a new study.
    NoIntervalOfTau2,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScatter => f.write_str(
                "all effects are equal, so the Hartung-Knapp variance is 0; the inverse variance is used in its place",
            ),
            Self::BySimplex => {
                f.write_str("the likelihood was maximised by Nelder and Mead's simplex, after Newton's steps had not settled")
            }
            Self::Bisected => f.write_str("τ² was found by bisection, after Newton's and Fisher's steps had not settled"),
            Self::OtherMaximum(tau2) => write!(f, "the likelihood has a second, lower maximum at τ² = {tau2}"),
            Self::NoIntervalOfTau2 => f.write_str(
                "the beta-binomial model has no interval of τ² and no prediction interval: τ² follows from its two parameters, and \
                 no published interval allows for the uncertainty of both",
            ),
            Self::IntervalInPlaceOf(asked, taken) => {
                write!(f, "the interval {asked} is not defined for this model: {taken} is used in its place")
            }
        }
    }
}

/// Pools `estimates` as `spec` says: the random-effects or common-effect model.
///
/// # Boundary
/// Two studies have no prediction interval. Where all effects are equal, the Hartung-Knapp variance is 0 and the inverse
/// variance takes its place, with [`Remark::NoScatter`].
///
/// # Errors
/// [`FitError::TooFewStudies`] below two estimates; [`FitError::Effect`] and [`FitError::Variance`] for the first that is not
/// a number or not positive; [`FitError::Level`] outside (0, 1); [`FitError::NeedsCounts`] for a model of counts;
/// [`FitError::NeedsReml`] for Kenward-Roger with another estimator; [`FitError::NoConvergence`].
///
/// # Agreement
/// metafor 5.1-12, `rma()`: relative 1e-8.
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, IntervalMethod, Spec, fit};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let pooled = fit(&trials, &Spec { interval: IntervalMethod::Classic, ..Spec::default() })?;
/// assert_eq!(pooled.k, 4);
/// assert!(pooled.ci_lower < pooled.estimate && pooled.estimate < pooled.ci_upper);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn fit(estimates: &[Estimate], spec: &Spec) -> Result<Fit, FitError> {
    let mean = Mean::new(estimates)?;
    whole_fit(&mean, between(&mean, spec)?, spec)
}

/// Pools `estimates` as [`fit`] does, but with τ² given, as if `spec.tau2` had estimated it.
///
/// # Errors
/// As [`fit`].
pub fn fit_at(estimates: &[Estimate], tau2: Tau2, spec: &Spec) -> Result<Fit, FitError> {
    whole_fit(&Mean::new(estimates)?, Some(tau2), spec)
}

/// Pools without what only a reader of one pool asks for: the interval of τ², prediction and likelihood.
pub(super) fn quick_fit(estimates: &[Estimate], spec: &Spec) -> Result<Fit, FitError> {
    check_level(spec.level)?;
    let mean = Mean::new(estimates)?;
    let tau2 = between(&mean, spec)?;
    conclude(&mean, &Whole::of(&mean, tau2), &Spec { prediction: PredictionMethod::None, ..*spec })
}

fn whole_fit(mean: &Mean, tau2: Option<Tau2>, spec: &Spec) -> Result<Fit, FitError> {
    check_level(spec.level)?;
    let mut fit = conclude(mean, &Whole::of(mean, tau2), spec)?;
    if let Some(tau2) = tau2 {
        fit.tau2_ci = Some(tau2_limits(mean, spec)?);
        fit.log_likelihood = log_likelihood(mean, spec.tau2, &tau2);
    }
    Ok(fit)
}

/// Returns an error unless `level` is strictly between 0 and 1.
pub(super) fn check_level(level: Level) -> Result<(), FitError> {
    if level.0 > 0.0 && level.0 < 1.0 { Ok(()) } else { Err(FitError::Level(level.0)) }
}

/// Estimates τ² where the model has one.
pub(super) fn between(model: &impl Linear, spec: &Spec) -> Result<Option<Tau2>, FitError> {
    match spec.model {
        ModelKind::Random => spec.tau2.estimate(model).map(Some),
        ModelKind::Common => Ok(None),
        counts => Err(FitError::NeedsCounts(counts)),
    }
}

fn log_likelihood(model: &impl Linear, method: Tau2Method, tau2: &Tau2) -> Option<f64> {
    match method {
        Tau2Method::MaximumLikelihood => Some(Likelihood::Full.log(model, tau2.value)),
        Tau2Method::Reml => Some(Likelihood::Restricted.log(model, tau2.value)),
        _ => None,
    }
}

/// What a mean takes from the model it is part of: itself alone in a pool, all groups where they share τ².
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Whole {
    pub tau2: Option<Tau2>,
    /// Σ wᵢ(yᵢ − µ)² / df at wᵢ = 1 / (vᵢ + τ²).
    pub scatter: f64,
    pub df: f64,
}

impl Whole {
    pub fn of(model: &impl Linear, tau2: Option<Tau2>) -> Self {
        let df = model.residual_df();
        let whole = Self { tau2, scatter: 0.0, df };
        Self { scatter: model.moments(|vi| whole.weight(vi)).ypy / df, ..whole }
    }

    /// Returns τ², 0 for a common effect.
    pub fn value(&self) -> f64 {
        self.tau2.map_or(0.0, |tau2| tau2.value)
    }

    /// Returns the weight of an estimate with this variance.
    pub fn weight(&self, vi: f64) -> f64 {
        1.0 / (vi + self.value())
    }
}

/// A mean with its interval, and what they came from.
pub(super) struct Pooled<'a> {
    pub estimate: f64,
    pub ci: Limits,
    precision: Precision<'a>,
    error: Error,
}

/// A weighted mean before it has an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Precise<'a> {
    estimate: f64,
    precision: Precision<'a>,
}

/// Returns the weighted mean with all that its intervals need, once τ² is known.
pub(super) fn precise<'a>(mean: &Mean, whole: &'a Whole, tau2: Tau2Method) -> Precise<'a> {
    let Centre { mean: estimate, sum_w } = centre(mean.as_slice(), |vi| whole.weight(vi));
    let weights = || mean.estimates().map(|estimate| whole.weight(estimate.vi));
    let precision = Precision {
        sums: [sum_w, weights().map(|w| w * w).sum(), weights().map(|w| w * w * w).sum()],
        scatter: whole.scatter,
        df: whole.df,
        tau2: whole.tau2.as_ref().map(|found| (tau2, found)),
    };
    Precise { estimate, precision }
}

impl<'a> Precise<'a> {
    /// Returns it with its interval.
    pub fn pooled(self, interval: IntervalMethod, level: Level) -> Result<Pooled<'a>, FitError> {
        let Self { estimate, precision } = self;
        let error = precision.error(interval, level)?;
        Ok(Pooled { estimate, ci: error.about(estimate, 0.0, level), precision, error })
    }
}

/// Draws all conclusions about one mean, once τ² is known.
pub(super) fn conclude(mean: &Mean, whole: &Whole, spec: &Spec) -> Result<Fit, FitError> {
    let Pooled { estimate, ci, precision, error } =
        precise(mean, whole, spec.tau2).pooled(spec.interval, spec.level)?;
    let weights = mean.estimates().map(|estimate| whole.weight(estimate.vi));
    let scatter_needed = matches!(spec.interval, IntervalMethod::Hksj | IntervalMethod::HksjWide);
    let no_scatter = (scatter_needed && precision.has_no_scatter()).then_some(Remark::NoScatter);
    let other_maximum = whole.tau2.and_then(|tau2| tau2.other_maximum).map(Remark::OtherMaximum);
    let bisected = whole.tau2.and_then(|tau2| tau2.bisected.then_some(Remark::Bisected));
    Ok(Fit {
        k: mean.k(),
        model: spec.model,
        tau2_method: whole.tau2.map(|_| spec.tau2),
        interval: spec.interval,
        level: spec.level,
        estimate,
        se: error.se,
        statistic: estimate / error.se,
        df: error.df,
        p_value: error.p_value(estimate),
        ci_lower: ci.lower,
        ci_upper: ci.upper,
        prediction: predict(&precision, estimate, mean, spec)?,
        tau2: whole.value(),
        tau2_se: whole.tau2.map(|tau2| tau2.se),
        tau2_ci: None,
        tau2_at_boundary: whole.tau2.is_some_and(|tau2| tau2.at_boundary),
        heterogeneity: Heterogeneity::of(mean, whole.tau2.as_ref()),
        log_likelihood: None,
        weights_percent: weights.map(|w| 100.0 * w / precision.sums[0]).collect(),
        remarks: no_scatter.into_iter().chain(other_maximum).chain(bisected).collect(),
    })
}

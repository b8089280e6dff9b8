//! Models that are fitted from counts, and take 0% and 100% as they are.

use super::heterogeneity::Heterogeneity;
use super::interval::Error;
use super::linear::{Linear as _, Mean};
use super::prediction::Prediction;
use super::{
    Estimate, Fit, FitError, IntervalMethod, Limits, ModelKind, PredictionMethod, Remark, Spec, Subgroups, Tau2Method,
    beta_binomial, glmm, mantel_haenszel, peto,
};
use crate::effect::{Figures, Measure};
use crate::num::special::ln_gamma;
use crate::num::{exp, exp_each, ln, ln_1p, ln_1p_each};

/// Pools the counts of studies by the model of `spec`: binomial-normal (PLO) or Poisson-normal (IRLN), beta-binomial (PLO),
/// Mantel-Haenszel (OR RR RD) or Peto (OR PETO).
///
/// Events and patients need not be whole: a survival proportion enters with its effective number at risk. The random-effects
/// models have an interval by the normal or by the t distribution with k − 1 degrees of freedom; where `spec` asks for a
/// Hartung-Knapp interval, which needs effects with variances, t takes its place, with [`Remark::IntervalInPlaceOf`].
/// Mantel-Haenszel and Peto, common-effect models, have the classic interval.
///
/// # Errors
/// [`FitError::TooFewStudies`] below two studies; [`FitError::Counts`] for a study without the counts; [`FitError::AllOrNone`]
/// and [`FitError::InfiniteRatio`] where the estimate is infinite; [`FitError::MeasureForModel`]; [`FitError::IntervalForModel`] for Kenward-Roger;
/// [`FitError::Prediction`] for a prediction interval that needs a variance a study; [`FitError::NoMaximum`].
///
/// # Examples
/// ```
/// use forestable::{effect::{Figures, Measure}, model::{ModelKind, Spec, fit_counts}};
/// let studies = [(44.0, 44.0), (19.0, 22.0), (33.0, 39.0)].map(|(xi, ni)| Figures::Events { xi, ni });
/// let pooled = fit_counts(&studies, Measure::Plo, &Spec { model: ModelKind::Glmm, ..Spec::default() })?;
/// assert!(pooled.estimate > 1.5 && pooled.weights_percent.is_empty());
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn fit_counts(figures: &[Figures], measure: Measure, spec: &Spec) -> Result<Fit, FitError> {
    super::fit::check_level(spec.level)?;
    if figures.len() < 2 {
        return Err(FitError::TooFewStudies { k: figures.len(), needed: 2 });
    }
    match (spec.model, measure) {
        (ModelKind::Glmm, Measure::Plo | Measure::Irln) => glmm::fit(figures, spec),
        (ModelKind::BetaBinomial, Measure::Plo) => beta_binomial::fit(figures, spec),
        (ModelKind::MantelHaenszel, Measure::Or | Measure::Rr | Measure::Rd) => {
            mantel_haenszel::fit(figures, measure, spec)
        }
        (ModelKind::Peto, Measure::Or | Measure::Peto) => peto::fit(figures, spec),
        (model, _) => Err(FitError::MeasureForModel(measure, model)),
    }
}

/// Pools counts by group by the binomial-normal (PLO) or Poisson-normal model (IRLN) with one τ² for all groups, and tests between them:
/// `ηᵢ = µ_g(i) + τuᵢ`, the mixed-effects model with the group as factor.
///
/// `group_of` gives each study's index into `levels`. Intervals are by the normal distribution, or by t with k minus the number of groups
/// degrees of freedom, as [`fit_counts`] chooses between them; the test is Wald's, χ² or F on the same degrees of freedom, and beside it
/// the ratio of the likelihoods with and without the groups. A group of one study takes part though it has no pool of its own.
///
/// # Boundary
/// In a group in which everybody, or nobody, had the event the most likely mean is infinite. No figure is made up for it: it has no standard
/// error, but an interval of one end ([`Unbounded`](super::Unbounded)) by profile likelihood; it tells nothing of τ², and its studies and
/// itself are not among the degrees of freedom; the test is then that of the likelihoods, which such a group has. At τ² = 0 the model is
/// that of common effects, with the same degrees of freedom.
///
/// # Errors
/// As [`fit_counts`]; [`FitError::Groups`] where `group_of` does not fit; [`FitError::NoResidualDegreesOfFreedom`] where no group with a
/// finite mean has two studies; [`FitError::NoCommonTau2`] for another model.
///
/// # Agreement
/// metafor 3.8-1 with lme4 1.1-31, `rma.glmm(measure = "PLO", mods = ~ group)` with 21 nodes: relative 1e-3, its optimiser's own accuracy.
///
/// # References
/// Stijnen, Hamza & Özdemir (2010), <https://doi.org/10.1002/sim.4040>
///
/// # Examples
/// ```
/// use forestable::{effect::{Figures, Measure}, model::{ModelKind, Spec, fit_counts_subgroups}};
/// let studies = [(41.0, 44.0), (19.0, 22.0), (33.0, 39.0), (30.0, 33.0), (52.0, 54.0)].map(|(xi, ni)| Figures::Events { xi, ni });
/// let levels = ["retrospective", "prospective"].map(str::to_owned);
/// let spec = Spec { model: ModelKind::Glmm, ..Spec::default() };
/// let found = fit_counts_subgroups(&studies, Measure::Plo, &[0, 0, 0, 1, 1], &levels, &spec)?;
/// let test = found.test.unwrap();
/// assert!(test.contrast.unwrap().estimate < 0.0 && test.f.unwrap().f_df2 == 3.0);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn fit_counts_subgroups(
    figures: &[Figures],
    measure: Measure,
    group_of: &[usize],
    levels: &[String],
    spec: &Spec,
) -> Result<Subgroups, FitError> {
    super::fit::check_level(spec.level)?;
    if figures.len() < 2 {
        return Err(FitError::TooFewStudies { k: figures.len(), needed: 2 });
    }
    match (spec.model, measure) {
        (ModelKind::Glmm, Measure::Plo | Measure::Irln) => glmm::fit_groups(figures, group_of, levels, spec),
        (ModelKind::Glmm, _) => Err(FitError::MeasureForModel(measure, spec.model)),
        (model, _) => Err(FitError::NoCommonTau2(model)),
    }
}

/// Events among patients, or in a time at risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Count {
    Binomial { x: f64, n: f64 },
    Poisson { x: f64, t: f64 },
}

impl Count {
    /// Returns the counts of all studies; they must not be all without an event, nor all without anything else.
    pub fn all(figures: &[Figures], model: ModelKind) -> Result<Vec<Self>, FitError> {
        let count = |(index, figures): (usize, &Figures)| match *figures {
            Figures::Events { xi: x, ni: n } if x >= 0.0 && n > 0.0 && x <= n && n.is_finite() => {
                Ok(Self::Binomial { x, n })
            }
            Figures::Rate { xi: x, ti: t } if x >= 0.0 && t > 0.0 && x.is_finite() && t.is_finite() => {
                Ok(Self::Poisson { x, t })
            }
            _ => Err(FitError::Counts { index, model }),
        };
        let counts: Vec<Self> = figures.iter().enumerate().map(count).collect::<Result<_, _>>()?;
        if Self::together(&counts).is_finite() { Ok(counts) } else { Err(FitError::AllOrNone) }
    }

    /// Returns η of the common-effect model: the log odds, or the log rate, of all studies taken as one.
    pub fn together(counts: &[Self]) -> f64 {
        let (mut events, mut others) = (0.0, 0.0);
        for count in counts {
            match *count {
                Self::Binomial { x, n } => (events, others) = (events + x, others + n - x),
                Self::Poisson { x, t } => (events, others) = (events + x, others + t),
            }
        }
        ln(events / others)
    }

    /// Returns the log-likelihood of η: log odds or log rate.
    pub fn log(self, eta: f64) -> f64 {
        match self {
            Self::Binomial { x, n } => x * eta - n * softplus(eta),
            Self::Poisson { x, t } => x * eta - t * exp(eta),
        }
    }

    /// Returns [`Self::log`] and [`Self::derivatives`] together, by one exponential.
    pub fn at(self, eta: f64) -> (f64, f64, f64) {
        let exponential = exp(self.power(eta));
        let softened = if matches!(self, Self::Binomial { .. }) { ln_1p(exponential) } else { 0.0 };
        self.given(eta, exponential, softened)
    }

    /// Returns what [`Self::at`] returns of several η at once: all logarithms, all first and all second derivatives.
    pub fn at_each<const N: usize>(self, eta: [f64; N]) -> [[f64; N]; 3] {
        let [mut logs, mut firsts, mut seconds] = [[0.0; N]; 3];
        let exponentials = exp_each(eta.map(|eta| self.power(eta)));
        let softened = if matches!(self, Self::Binomial { .. }) { ln_1p_each(exponentials) } else { [0.0; N] };
        for at in 0..N {
            (logs[at], firsts[at], seconds[at]) = self.given(eta[at], exponentials[at], softened[at]);
        }
        [logs, firsts, seconds]
    }

    /// Returns the power of e that [`Self::given`] wants: for a binomial one that is never large.
    fn power(self, eta: f64) -> f64 {
        match self {
            Self::Binomial { .. } => -eta.abs(),
            Self::Poisson { .. } => eta,
        }
    }

    /// Returns [`Self::at`], given the exponential and for a binomial its `ln(1 + x)`.
    #[inline(always)]
    fn given(self, eta: f64, exponential: f64, softened: f64) -> (f64, f64, f64) {
        match self {
            Self::Binomial { x, n } => {
                let (one, linear) = if eta > 0.0 { (1.0, eta) } else { (exponential, 0.0) };
                let p = one / (1.0 + exponential);
                (x * eta - n * (linear + softened), x - n * p, -n * p * (1.0 - p))
            }
            Self::Poisson { x, t } => {
                let expected = t * exponential;
                (x * eta - expected, x - expected, -expected)
            }
        }
    }

    /// Returns what [`Self::log`] leaves out: the logarithm of the binomial coefficient, or of tˣ/x!.
    pub fn log_constant(self) -> f64 {
        match self {
            Self::Binomial { x, n } => ln_gamma(n + 1.0) - ln_gamma(x + 1.0) - ln_gamma(n - x + 1.0),
            Self::Poisson { x, t } => x * ln(t) - ln_gamma(x + 1.0),
        }
    }

    /// Returns first and second derivative of [`Self::log`].
    pub fn derivatives(self, eta: f64) -> (f64, f64) {
        match self {
            Self::Binomial { x, n } => {
                let p = 1.0 / (1.0 + exp(-eta));
                (x - n * p, -n * p * (1.0 - p))
            }
            Self::Poisson { x, t } => {
                let expected = t * exp(eta);
                (x - expected, -expected)
            }
        }
    }

    /// Returns the largest value of [`Self::log`], which at 0% and 100% is a limit.
    fn largest_log(self) -> f64 {
        let share = |part: f64, whole: f64| if part > 0.0 { part * ln(part / whole) } else { 0.0 };
        match self {
            Self::Binomial { x, n } => share(x, n) + share(n - x, n),
            Self::Poisson { x, t } => share(x, t) - x,
        }
    }

    /// Returns η of this study alone and its information there; at 0% and 100% there is none.
    fn alone(self) -> Option<(f64, f64)> {
        match self {
            Self::Binomial { x, n } if x > 0.0 && x < n => Some((ln(x / (n - x)), x * (n - x) / n)),
            Self::Poisson { x, t } if x > 0.0 => Some((ln(x / t), x)),
            _ => None,
        }
    }

    /// Returns effect and variance with half an event added where there is none, for starting values and the typical variance.
    fn corrected(self) -> Estimate {
        let (yi, information) = self.alone().unwrap_or_else(|| match self {
            Self::Binomial { x, n } => {
                let (x, n) = (x + 0.5, n + 1.0);
                (ln(x / (n - x)), x * (n - x) / n)
            }
            Self::Poisson { x, t } => (ln((x + 0.5) / t), x + 0.5),
        });
        Estimate { yi, vi: 1.0 / information }
    }
}

/// Returns ln(1 + eᵗ) without overflow.
fn softplus(t: f64) -> f64 {
    if t > 0.0 { t + ln_1p(exp(-t)) } else { ln_1p(exp(t)) }
}

/// Returns effects with their variances, as [`Count::corrected`] has them.
pub(super) fn corrected(counts: &[Count]) -> Vec<Estimate> {
    counts.iter().map(|count| count.corrected()).collect()
}

/// Returns Q in both forms, and I² from it and from `tau2`.
///
/// Q is Wald's: a study at 0% or 100% has no information about its own log odds and adds nothing. The likelihood ratio form
/// takes all studies. The typical variance is that of effects with half an event added where needed.
pub(super) fn heterogeneity(counts: &[Count], tau2: f64) -> Result<Heterogeneity, FitError> {
    let known: Vec<(f64, f64)> = counts.iter().filter_map(|count| count.alone()).collect();
    let information: f64 = known.iter().map(|(_, w)| w).sum();
    let mean = known.iter().map(|(y, w)| w * y).sum::<f64>() / information;
    let q: f64 = known.iter().map(|(y, w)| w * (y - mean) * (y - mean)).sum();
    let effects = corrected(counts);
    let model = Mean::new(&effects)?;
    let df = model.residual_df();
    let typical = df / model.moments(|vi| 1.0 / vi).trace_p;
    let eta = Count::together(counts);
    let q_lrt = 2.0 * counts.iter().map(|count| count.largest_log() - count.log(eta)).sum::<f64>();
    Ok(Heterogeneity { q_lrt: Some(q_lrt.max(0.0)), ..Heterogeneity::from_q(q, df, typical, Some(tau2)) })
}

/// What a model of counts found.
pub(super) struct Found {
    pub estimate: f64,
    pub se: f64,
    /// τ², its standard error where it has one, and whether it is 0 because the likelihood falls from there on.
    pub tau2: f64,
    pub tau2_se: Option<f64>,
    pub tau2_ci: Option<Limits>,
    pub tau2_at_boundary: bool,
    pub log_likelihood: Option<f64>,
    pub heterogeneity: Heterogeneity,
    pub weights_percent: Vec<f64>,
}

/// Returns the interval that a model of counts has for the one asked for: by t where it has random effects.
pub(super) fn interval_by(spec: &Spec) -> Result<IntervalMethod, FitError> {
    match spec.interval {
        IntervalMethod::KenwardRoger | IntervalMethod::Posterior => {
            Err(FitError::IntervalForModel(spec.interval, spec.model))
        }
        IntervalMethod::Classic => Ok(IntervalMethod::Classic),
        _ if has_random_effects(spec.model) => Ok(IntervalMethod::T),
        _ => Ok(IntervalMethod::Classic),
    }
}

const fn has_random_effects(model: ModelKind) -> bool {
    matches!(model, ModelKind::Glmm | ModelKind::BetaBinomial)
}

/// Draws the conclusions about `found`, which `k` studies tell; `residual` are the model's residual degrees of freedom. A random-effects
/// model has an interval by t, and predicts.
pub(super) fn conclude(k: usize, residual: f64, found: Found, spec: &Spec) -> Result<Fit, FitError> {
    let random = has_random_effects(spec.model);
    let interval = interval_by(spec)?;
    let error = Error { se: found.se, df: (interval == IntervalMethod::T).then_some(residual) };
    let Limits { lower: ci_lower, upper: ci_upper } = error.about(found.estimate, 0.0, spec.level);
    let df = match spec.prediction {
        _ if spec.model != ModelKind::Glmm || k < 3 => None,
        PredictionMethod::None => None,
        PredictionMethod::V => Some(residual),
        PredictionMethod::Hts => Some(residual - 1.0),
        other => return Err(FitError::Prediction(other)),
    };
    let prediction = df.filter(|df| *df > 0.0).map(|df| {
        let limits = Error { df: Some(df), ..error }.about(found.estimate, found.tau2, spec.level);
        Prediction { method: spec.prediction, df, limits, se: Some((found.tau2 + found.se * found.se).sqrt()) }
    });
    let in_place = (interval != spec.interval).then_some(Remark::IntervalInPlaceOf(spec.interval, interval));
    let no_tau2 = (spec.model == ModelKind::BetaBinomial).then_some(Remark::NoIntervalOfTau2);
    Ok(Fit {
        k,
        model: spec.model,
        tau2_method: random.then_some(Tau2Method::MaximumLikelihood),
        interval,
        level: spec.level,
        estimate: found.estimate,
        se: found.se,
        statistic: found.estimate / found.se,
        df: error.df,
        p_value: error.p_value(found.estimate),
        ci_lower,
        ci_upper,
        prediction,
        tau2: found.tau2,
        tau2_se: found.tau2_se,
        tau2_ci: found.tau2_ci,
        tau2_at_boundary: found.tau2_at_boundary,
        heterogeneity: found.heterogeneity,
        log_likelihood: found.log_likelihood,
        weights_percent: found.weights_percent,
        remarks: in_place.into_iter().chain(no_tau2).collect(),
    })
}

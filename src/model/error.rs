//! Why there is no fit.

use std::fmt;

use super::{IntervalMethod, ModelKind, PredictionMethod, Tau2Method};
use crate::effect::Measure;
use crate::num::mixed::Stuck;

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FitError {
    /// A pool needs more estimates than there are.
    TooFewStudies {
        /// How many there are.
        k: usize,
        /// How many are needed.
        needed: usize,
    },
    /// An effect is NaN or infinite.
    Effect {
        /// Which estimate, from 0.
        index: usize,
        /// Its effect.
        yi: f64,
    },
    /// A variance is 0, negative, NaN or infinite.
    Variance {
        /// Which estimate, from 0.
        index: usize,
        /// Its variance.
        vi: f64,
    },
    /// The confidence level is not strictly between 0 and 1.
    Level(f64),
    /// The list of groups does not have one entry for each estimate, or names a group that is not there.
    Groups,
    /// There are too few clusters.
    Clusters {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// No cluster has two estimates, so that variances within and between clusters cannot be told apart.
    ClustersOfOne,
    /// The covariance of a study's two outcomes is not below what their variances allow.
    Covariance {
        /// Which study, from 0.
        index: usize,
        /// Its covariance.
        covariance: f64,
    },
    /// A plan of subsets is for another number of studies, or of more subsets than can be pooled.
    Plan,
    /// No group has two estimates, so nothing is left to estimate a variance from.
    NoResidualDegreesOfFreedom,
    /// A moderator has not one finite value for each estimate.
    Moderator {
        /// Which column of the design, from 0.
        column: usize,
    },
    /// A moderator is constant, or follows from those before it.
    SingularDesign {
        /// Which column of the design, from 0.
        column: usize,
    },
    /// A moderator, or a level of one, is not in the design.
    UnknownModerator,
    /// Trim and fill has no answer for these studies.
    TrimAndFill,
    /// All studies stand on one side of the step, or the likelihood has no maximum.
    Selection,
    /// The approximation behind Henmi and Copas' interval breaks down.
    HenmiCopas,
    /// The iteration did not settle.
    NoConvergence {
        /// What was being estimated.
        method: Tau2Method,
        /// The last iterate.
        last: f64,
        /// After how many steps.
        steps: usize,
    },
    /// A model's likelihood was not maximised.
    NoMaximum {
        /// The model.
        model: ModelKind,
        /// The last iterate of the pooled estimate.
        last: f64,
        /// After how many steps.
        steps: usize,
    },
    /// A covariance of several variances was not estimated.
    NoComponents {
        /// What was maximised.
        method: Tau2Method,
        /// The last iterate of the first standard deviation.
        last: f64,
        /// After how many steps.
        steps: usize,
    },
    /// Variances within and between clusters belong to random effects.
    ModelForClusters(ModelKind),
    /// This model is estimated by ML or REML only.
    NeedsLikelihood(Tau2Method),
    /// This model is fitted from counts, not from effects and variances.
    NeedsCounts(ModelKind),
    /// This model of counts has no τ² that groups could share.
    NoCommonTau2(ModelKind),
    /// The figures of a study are not those that the model is fitted from.
    Counts {
        /// Which study, from 0.
        index: usize,
        /// The model.
        model: ModelKind,
    },
    /// This model does not estimate this measure.
    MeasureForModel(Measure, ModelKind),
    /// The priors are so wide, and the studies so few, that the posterior has no finite integral.
    ImproperPosterior,
    /// Nobody in any study had the event, or everybody: the pooled estimate is infinite.
    AllOrNone,
    /// In every study the same cell of the ratio is empty: the pooled one is 0 or infinite.
    InfiniteRatio,
    /// The Kenward-Roger variance is derived for REML only.
    NeedsReml(Tau2Method),
    /// This interval has no meaning for this model.
    IntervalForModel(IntervalMethod, ModelKind),
    /// This interval is not available here.
    Interval(IntervalMethod),
    /// This prediction interval is not available here.
    Prediction(PredictionMethod),
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewStudies { k, needed } => write!(f, "a pool needs {needed} studies, found {k}"),
            Self::Effect { index, yi } => write!(f, "the effect of study {} is {yi}, not a finite number", index + 1),
            Self::Variance { index, vi } => {
                write!(f, "the variance of study {} is {vi}, expected a finite number above 0", index + 1)
            }
            Self::Level(level) => write!(f, "the confidence level is {level}, expected a number between 0 and 1"),
            Self::Groups => f.write_str("every study must belong to one of the groups"),
            Self::Clusters { found, needed } => write!(f, "this needs {needed} clusters, found {found}"),
            Self::ClustersOfOne => f.write_str(
                "no cluster has two estimates, so variances within and between clusters cannot be told apart",
            ),
            Self::Covariance { index, covariance } => write!(
                f,
                "the covariance of the two outcomes of study {} is {covariance}, which their variances do not allow",
                index + 1
            ),
            Self::Plan => f.write_str("the plan of subsets does not fit the number of studies"),
            Self::NoResidualDegreesOfFreedom => {
                f.write_str("no group has two studies, so the variance between studies cannot be estimated")
            }
            Self::Moderator { column } => {
                write!(f, "moderator column {} does not have a finite value for each study", column + 1)
            }
            Self::SingularDesign { column } => {
                write!(f, "moderator column {} is constant, or follows from those before it", column + 1)
            }
            Self::UnknownModerator => f.write_str("the design does not have this moderator, or not at this value"),
            Self::TrimAndFill => f.write_str("trim and fill finds no number of missing studies"),
            Self::Selection => f.write_str(
                "the selection model has no finite maximum: studies are needed on both sides of its step (one-sided P = 0.025)",
            ),
            Self::HenmiCopas => f.write_str("Henmi and Copas' approximation breaks down for these studies"),
            Self::NoConvergence { method, last, steps } => {
                write!(f, "{method} did not converge in {steps} steps (last iterate {last})")
            }
            Self::NoMaximum { model, last, steps } => {
                write!(f, "the likelihood of the model `{model}` was not maximised in {steps} steps (last iterate {last})")
            }
            Self::NoComponents { method, last, steps } => write!(
                f,
                "the variances between and within clusters were not estimated by {method} in {steps} steps (last iterate {last})"
            ),
            Self::ModelForClusters(model) => write!(f, "clusters need the model `random`, not `{model}`"),
            Self::NeedsLikelihood(method) => write!(f, "this model is estimated by ML or REML, not by {method}"),
            Self::Counts { index, model } => {
                write!(f, "study {} does not have the counts that the model `{model}` is fitted from", index + 1)
            }
            Self::MeasureForModel(measure, model) => {
                write!(f, "the model `{model}` does not estimate the measure {measure}")
            }
            Self::ImproperPosterior => f.write_str(
                "these improper priors and so few studies have no posterior: take a half-normal or half-Cauchy prior on τ",
            ),
            Self::AllOrNone => {
                f.write_str("nobody in any study had the event, or everybody had: the pooled estimate is infinite")
            }
            Self::InfiniteRatio => {
                f.write_str("every study has an empty cell to the same side of the ratio: the pooled ratio is 0 or infinite")
            }
            Self::NoCommonTau2(model) => write!(f, "the model `{model}` has no τ² that groups could share"),
            Self::NeedsCounts(model) => write!(f, "the model `{model}` is fitted from counts, not from effects"),
            Self::NeedsReml(method) => {
                write!(f, "the Kenward-Roger variance is derived for REML, not for {method}")
            }
            Self::IntervalForModel(interval, model) => {
                write!(f, "the interval `{interval}` has no meaning for the model `{model}`")
            }
            Self::Interval(interval) => write!(f, "the interval `{interval}` is not available here"),
            Self::Prediction(method) => write!(f, "the prediction interval `{method}` is not available here"),
        }
    }
}

impl FitError {
    pub(super) fn no_components(method: Tau2Method, stuck: &Stuck) -> Self {
        let last = stuck.last.first().copied().unwrap_or(f64::NAN);
        Self::NoComponents { method, last, steps: stuck.steps }
    }
}

impl std::error::Error for FitError {}

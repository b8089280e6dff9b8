//! Estimators of the variance between studies, τ²: one a file, each with its formula, source and boundary.
//!
//! All take any [`Linear`] model, so the same code gives τ² of a pool and the residual τ² of groups.

mod dersimonian_laird;
mod empirical_bayes;
mod generalised_q;
mod hedges_olkin;
mod hunter_schmidt;
mod likelihood;
mod limits;
mod maximum_likelihood;
mod paule_mandel;
mod profile_likelihood;
mod q_distribution;
mod q_profile;
mod reml;
mod sidik_jonkman;

use serde::Serialize;

use super::{FitError, Linear, Tau2Method};

pub use dersimonian_laird::dersimonian_laird;
pub use empirical_bayes::empirical_bayes;
pub use generalised_q::{QWeights, generalised_q};
pub use hedges_olkin::hedges_olkin;
pub use hunter_schmidt::{hunter_schmidt, hunter_schmidt_corrected};
pub use likelihood::Likelihood;
pub use limits::tau2_limits;
pub use maximum_likelihood::maximum_likelihood;
pub use paule_mandel::{paule_mandel, paule_mandel_median};
pub use profile_likelihood::profile_likelihood;
pub(super) use q_distribution::QDistribution;
pub use q_profile::q_profile;
pub use reml::reml;
pub use sidik_jonkman::sidik_jonkman;

/// An estimate of τ², in squared units of the analysis scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tau2 {
    /// The estimate, 0 or more.
    pub value: f64,
    /// Its standard error (from the expected information, or the variance of the moment that is matched).
    pub se: f64,
    /// The unrestricted estimate would be 0 or negative.
    pub at_boundary: bool,
    /// Another local maximum of the likelihood, lower than this one.
    pub other_maximum: Option<f64>,
    /// Newton's and Fisher's steps did not settle, and bisection of the score found the maximum.
    pub bisected: bool,
}

impl Tau2 {
    /// Cuts an unrestricted estimate off at 0; `se` is given the estimate after that.
    fn truncated(raw: f64, se: impl Fn(f64) -> f64) -> Self {
        let value = raw.max(0.0);
        Self { value, se: se(value), at_boundary: raw <= 0.0, other_maximum: None, bisected: false }
    }
}

impl Tau2Method {
    /// Estimates τ² of `model` by this method.
    ///
    /// # Errors
    /// [`FitError::NoConvergence`] where an iteration does not settle.
    pub fn estimate(self, model: &impl Linear) -> Result<Tau2, FitError> {
        match self {
            Self::DerSimonianLaird => Ok(dersimonian_laird(model)),
            Self::HedgesOlkin => Ok(hedges_olkin(model)),
            Self::HunterSchmidt => Ok(hunter_schmidt(model)),
            Self::HunterSchmidtCorrected => Ok(hunter_schmidt_corrected(model)),
            Self::SidikJonkman => Ok(sidik_jonkman(model)),
            Self::MaximumLikelihood => maximum_likelihood(model),
            Self::Reml => reml(model),
            Self::EmpiricalBayes => empirical_bayes(model),
            Self::PauleMandel => paule_mandel(model),
            Self::PauleMandelMedian => paule_mandel_median(model),
        }
    }
}

/// Returns the standard deviation of yᵀPy when the studies' variances are vᵢ + τ²: √(2 tr PΩPΩ).
fn sd_of_q(model: &impl Linear, weight: impl Fn(f64) -> f64, tau2: f64) -> f64 {
    (2.0 * model.traces(weight, |vi| vi + tau2).1).sqrt()
}

//! The interval of τ² that a spec asks for.

use super::{FitError, Likelihood, QWeights, generalised_q, profile_likelihood, q_profile};
use crate::effect::Limits;
use crate::model::{Mean, Spec, Tau2Interval};

/// Returns the interval of τ² by `spec.tau2_interval` at `spec.level`.
///
/// # Errors
/// As [`q_profile`], [`generalised_q`] and [`profile_likelihood`].
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Mean, Spec, Tau2Interval, tau2::tau2_limits};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let mean = Mean::new(&trials)?;
/// for &tau2_interval in Tau2Interval::ALL {
///     let limits = tau2_limits(&mean, &Spec { tau2_interval, ..Spec::default() })?;
///     assert!(limits.lower < 0.17 && 0.17 < limits.upper);
/// }
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn tau2_limits(mean: &Mean, spec: &Spec) -> Result<Limits, FitError> {
    match spec.tau2_interval {
        Tau2Interval::QProfile => q_profile(mean, spec.level),
        Tau2Interval::GeneralisedQ => generalised_q(mean, QWeights::InverseStandardError, spec.level),
        Tau2Interval::CochranQ => generalised_q(mean, QWeights::InverseVariance, spec.level),
        Tau2Interval::ProfileLikelihood => profile_likelihood(mean, Likelihood::of(spec.tau2), spec.level),
    }
}

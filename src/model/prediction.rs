//! Where the true effect of a new study may lie.

use serde::Serialize;

use super::bayes::{Posterior, Priors};
use super::interval::{Error, Precision};
use super::linear::{Linear as _, Mean};
use super::predictive_bootstrap::PredictiveSample;
use super::{Estimate, Fit, FitError, IntervalMethod, Limits, PredictionMethod, Spec};
use crate::num::distribution::{Distribution as _, StudentT};

/// An interval for the true effect of a new study: µ ± t·√(τ² + SE²).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Prediction {
    /// How it was made.
    pub method: PredictionMethod,
    /// Degrees of freedom of the t quantile; k − 1 for the bootstrap, which draws from that t distribution.
    pub df: f64,
    /// Its ends, on the analysis scale.
    pub limits: Limits,
    /// √(τ² + SE²) about the pooled estimate; `None` for the bootstrap and the posterior, which are no t distribution.
    pub se: Option<f64>,
}

impl Prediction {
    /// Returns the probability that the true effect of a new study lies above `threshold`, by the t distribution of this interval;
    /// `None` for the bootstrap and the posterior, where [`new_study_above`] answers.
    ///
    /// # References
    /// Higgins, Thompson & Spiegelhalter (2009), section 5, <https://doi.org/10.1111/j.1467-985X.2008.00552.x>
    ///
    /// # Examples
    /// ```
    /// use forestable::model::{Estimate, Spec, fit};
    /// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
    /// let pooled = fit(&trials, &Spec::default())?;
    /// let prediction = pooled.prediction.unwrap();
    /// // One end of a 95% interval leaves 2.5% beyond it.
    /// assert!((prediction.above(prediction.limits.upper).unwrap() - 0.025).abs() < 1e-12);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    #[must_use]
    pub fn above(&self, threshold: f64) -> Option<f64> {
        let centre = 0.5 * (self.limits.lower + self.limits.upper);
        self.se.map(|se| StudentT::new(self.df).sf((threshold - centre) / se))
    }
}

/// Returns the probability that the true effect of a new study lies above `threshold`, on the analysis scale, by what the prediction
/// interval of `fit` was made from: its t distribution, the bootstrap's draws, or the posterior with these `priors`.
///
/// `None` where there is no prediction interval: below three studies, for a common effect, with [`PredictionMethod::None`].
///
/// # Errors
/// As [`super::fit`] and [`Posterior::new`]; `estimates` are those of `fit`.
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Spec, bayes::Priors, fit, new_study_above};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let pooled = fit(&trials, &Spec::default())?;
/// let above = new_study_above(&trials, &pooled, Priors::default(), pooled.estimate)?;
/// assert!((above.unwrap() - 0.5).abs() < 1e-12);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn new_study_above(
    estimates: &[Estimate],
    fit: &Fit,
    priors: Priors,
    threshold: f64,
) -> Result<Option<f64>, FitError> {
    let Some(prediction) = fit.prediction else { return Ok(None) };
    Ok(match prediction.method {
        PredictionMethod::Bootstrap => {
            let mean = Mean::new(estimates)?;
            let sample = PredictiveSample::draw(&mean, PredictiveSample::DRAWS, PredictiveSample::SEED);
            Some(sample.share_above(threshold))
        }
        PredictionMethod::Posterior => Some(1.0 - Posterior::new(estimates, priors)?.predictive().cdf(threshold)),
        _ => prediction.above(threshold),
    })
}

/// Returns the prediction interval that `spec` asks for about a mean of `k` studies; `None` below three studies, for a common
/// effect, or where no degree of freedom is left.
///
/// # References
/// V: Viechtbauer (2010), <https://doi.org/10.18637/jss.v036.i03>, Veroniki et al. (2019), <https://doi.org/10.1002/jrsm.1345>;
/// HTS: Higgins, Thompson & Spiegelhalter (2009), <https://doi.org/10.1111/j.1467-985X.2008.00552.x>;
/// HK-PR, KR: Partlett & Riley (2017), <https://doi.org/10.1002/sim.7140>; bootstrap: [`PredictiveSample`]
pub(crate) fn predict(
    precision: &Precision,
    estimate: f64,
    mean: &Mean,
    spec: &Spec,
) -> Result<Option<Prediction>, FitError> {
    let Some((_, tau2)) = precision.tau2 else { return Ok(None) };
    // The modified Hartung-Knapp error is used where the interval is the modified one.
    let floor = if spec.interval == IntervalMethod::Mkh { 1.0 } else { 0.0 };
    let one_less = precision.df - 1.0;
    let error = match spec.prediction {
        PredictionMethod::None => return Ok(None),
        PredictionMethod::V => Error { se: precision.classic(), df: Some(precision.df) },
        PredictionMethod::Hts => Error { se: precision.classic(), df: Some(one_less) },
        PredictionMethod::Hk => Error { se: precision.hartung_knapp(floor), df: Some(precision.df) },
        PredictionMethod::HkPr => Error { se: precision.hartung_knapp(floor), df: Some(one_less) },
        PredictionMethod::Kr => precision.kenward_roger()?,
        PredictionMethod::Bootstrap => return bootstrap(precision, mean, spec),
        PredictionMethod::Posterior => return Err(FitError::Prediction(spec.prediction)),
    };
    let df = error.df.filter(|&df| df > 0.0 && mean.k() >= 3);
    Ok(df.map(|df| Prediction {
        method: spec.prediction,
        df,
        limits: error.about(estimate, tau2.value, spec.level),
        se: Some((tau2.value + error.se * error.se).sqrt()),
    }))
}

fn bootstrap(precision: &Precision, mean: &Mean, spec: &Spec) -> Result<Option<Prediction>, FitError> {
    let df = mean.residual_df();
    // Its distribution of τ² is that of one pool; where groups share τ² there is none.
    if precision.df != df {
        return Err(FitError::Prediction(spec.prediction));
    }
    Ok((mean.k() >= 3).then(|| {
        let sample = PredictiveSample::draw(mean, PredictiveSample::DRAWS, PredictiveSample::SEED);
        Prediction { method: spec.prediction, df, limits: sample.limits(spec.level), se: None }
    }))
}

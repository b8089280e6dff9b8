//! Where the true effect of a new study may lie.

use serde::Serialize;

use super::interval::{Error, Precision};
use super::{FitError, IntervalMethod, Limits, PredictionMethod, Spec};

/// An interval for the true effect of a new study: µ ± t·√(τ² + SE²).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Prediction {
    /// How it was made.
    pub method: PredictionMethod,
    /// Degrees of freedom of the t quantile.
    pub df: f64,
    /// Its ends, on the analysis scale.
    pub limits: Limits,
}

/// Returns the prediction interval that `spec` asks for about a mean of `k` studies; `None` below three studies, for a common
/// effect, or where no degree of freedom is left.
///
/// # References
/// V: Viechtbauer (2010), <https://doi.org/10.18637/jss.v036.i03>, Veroniki et al. (2019), <https://doi.org/10.1002/jrsm.1345>;
/// HTS: Higgins, Thompson & Spiegelhalter (2009), <https://doi.org/10.1111/j.1467-985X.2008.00552.x>;
/// HK-PR, KR: Partlett & Riley (2017), <https://doi.org/10.1002/sim.7140>
pub(crate) fn predict(
    precision: &Precision,
    estimate: f64,
    k: usize,
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
        PredictionMethod::Bootstrap | PredictionMethod::Posterior => return Err(FitError::Prediction(spec.prediction)),
    };
    let df = error.df.filter(|&df| df > 0.0 && k >= 3);
    Ok(df.map(|df| Prediction { method: spec.prediction, df, limits: error.about(estimate, tau2.value, spec.level) }))
}

//! Regression tests for funnel asymmetry.

use serde::Serialize;

use crate::diag::named;
use crate::model::{
    Coefficient, Design, Estimate, FitError, IntervalMethod, ModelKind, PredictionMethod, Regression, Spec, Tau2Method,
    regress,
};

named! {
    /// What the effects are regressed on.
    Predictor, "predictor of the funnel":
    /// The standard error: Egger's test, PET.
    StandardError = "standard-error",
    /// The variance: PEESE.
    Variance = "variance",
    /// The inverse of the number of patients: the Peters-type test, for effects that are tied to their own standard error, such as
    /// proportions.
    InverseSize = "inverse-size",
}

named! {
    /// How scatter beyond the sampling error enters.
    RegressionTest, "model of the regression test":
    /// As a variance between studies, by REML.
    Mixed = "mixed",
    /// As a factor on all variances: weighted linear regression.
    Linear = "linear",
}

/// A regression test for funnel asymmetry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Asymmetry {
    /// The slope over its standard error.
    pub statistic: f64,
    /// Degrees of freedom of its t distribution; `None` is the normal distribution.
    pub df: Option<f64>,
    /// Two-sided, against no asymmetry.
    pub p_value: f64,
    /// The effect at a standard error of 0: a study without end.
    pub limit_estimate: f64,
    /// Its interval.
    pub limit_ci: [f64; 2],
}

/// Tests whether effects go with `predictor`; `sizes` are the studies' numbers of patients, needed for [`Predictor::InverseSize`].
///
/// # Errors
/// [`FitError::TooFewStudies`] below three studies; [`FitError::Moderator`] when a size is missing, 0 or not finite;
/// [`FitError::SingularDesign`] when all studies are of one size.
///
/// # Agreement
/// metafor 5.1-12, `regtest()`: relative 1e-8.
///
/// # References
/// Egger et al. (1997), <https://doi.org/10.1136/bmj.315.7109.629>; Sterne & Egger (2005); Peters et al. (2006),
/// <https://doi.org/10.1001/jama.295.6.676>; PET-PEESE: Stanley & Doucouliagos (2014), <https://doi.org/10.1002/jrsm.1095>
pub fn asymmetry(
    estimates: &[Estimate],
    sizes: &[f64],
    predictor: Predictor,
    test: RegressionTest,
    spec: &Spec,
) -> Result<Asymmetry, FitError> {
    let values = match predictor {
        Predictor::StandardError => estimates.iter().map(|estimate| estimate.vi.sqrt()).collect(),
        Predictor::Variance => estimates.iter().map(|estimate| estimate.vi).collect(),
        Predictor::InverseSize => sizes.iter().map(|n| 1.0 / n).collect(),
    };
    let mut design = Design::default();
    design.number(predictor.as_str(), values);
    let (model, interval) = match test {
        RegressionTest::Mixed => (ModelKind::Random, IntervalMethod::Classic),
        RegressionTest::Linear => (ModelKind::Common, IntervalMethod::Hksj),
    };
    let tau2 = Tau2Method::Reml;
    let spec = Spec { model, tau2, interval, prediction: PredictionMethod::None, ..*spec };
    let Regression { coefficients, .. } = regress(estimates, &design, &spec)?;
    match coefficients.as_slice() {
        [limit, slope] => Ok(conclude(limit, slope)),
        _ => Err(FitError::SingularDesign { column: 0 }),
    }
}

fn conclude(limit: &Coefficient, slope: &Coefficient) -> Asymmetry {
    Asymmetry {
        statistic: slope.statistic,
        df: slope.df,
        p_value: slope.p_value,
        limit_estimate: limit.estimate,
        limit_ci: [limit.ci_lower, limit.ci_upper],
    }
}

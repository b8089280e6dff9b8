//! The meta-regression.

use forestable::model::{At, Coefficient, FitError, OnLine, Permutation, Regression, permutation_test, regress};
use serde::Serialize;

use super::super::PoolArgs;
use super::super::args::Point;
use super::super::moderators::Value;
use super::super::studies::Studies;
use super::Natural;
use super::study::harmonic_size;

/// The meta-regression.
#[derive(Debug, Serialize)]
pub struct Regressed {
    pub coefficients: Vec<Coefficient>,
    pub qm: f64,
    pub qm_df: f64,
    pub qm_df2: Option<f64>,
    pub qm_p: f64,
    pub qe: f64,
    pub qe_df: f64,
    pub qe_p: f64,
    pub r2_percent: Option<f64>,
    pub residual_tau2: f64,
    pub residual_tau2_se: Option<f64>,
    pub residual_i2_percent: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permutation: Option<Permutation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<Expected>,
}

/// What the regression expects at one point.
#[derive(Debug, Serialize)]
pub struct Expected {
    /// The point, as typed.
    pub at: String,
    pub estimate: f64,
    pub se: f64,
    pub ci_lower: f64,
    pub ci_upper: f64,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
    pub natural: Natural,
}

impl Regressed {
    /// Regresses on the moderators; `None` without moderators and below two studies.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Result<Option<Self>, FitError> {
        if args.moderator.is_empty() || studies.estimates.len() < 2 {
            return Ok(None);
        }
        let (estimates, design, spec) = (&studies.estimates, &studies.moderators.design, args.spec());
        let found = regress(estimates, design, &spec)?;
        let permutation =
            args.permutation.then(|| permutation_test(estimates, design, &spec, args.seed)).transpose()?;
        let points = args.at.iter().zip(&studies.moderators.points);
        let expected = points.map(|(typed, point)| Expected::of(&found, typed, point, studies, args));
        let expected = expected.collect::<Result<_, FitError>>()?;
        Ok(Some(Self {
            coefficients: found.coefficients,
            qm: found.moderators.qm,
            qm_df: found.moderators.qm_df,
            qm_df2: found.moderators.qm_df2,
            qm_p: found.moderators.qm_p,
            qe: found.residual.q,
            qe_df: found.residual.q_df,
            qe_p: found.residual.q_p,
            r2_percent: found.r2_percent,
            residual_tau2: found.tau2,
            residual_tau2_se: found.tau2_se,
            residual_i2_percent: found.residual.i2_percent,
            permutation,
            expected,
        }))
    }
}

impl Expected {
    fn of(
        found: &Regression,
        Point(typed): &Point,
        point: &[(String, Value)],
        studies: &Studies,
        args: &PoolArgs,
    ) -> Result<Self, FitError> {
        let values: Vec<(&str, At<'_>)> = point.iter().map(|(name, value)| (name.as_str(), value.at())).collect();
        let OnLine { estimate, se, ci, prediction } = found.at(&values)?;
        let size = harmonic_size(&studies.figures);
        let back = |y: f64| args.measure.back(y, size);
        let (pi_lower, pi_upper) = prediction.map(|limits| (limits.lower, limits.upper)).unzip();
        Ok(Self {
            at: typed.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", "),
            estimate,
            se,
            ci_lower: ci.lower,
            ci_upper: ci.upper,
            pi_lower,
            pi_upper,
            natural: Natural {
                estimate: Some(back(estimate)),
                ci_lower: Some(back(ci.lower)),
                ci_upper: Some(back(ci.upper)),
                pi_lower: pi_lower.map(back),
                pi_upper: pi_upper.map(back),
            },
        })
    }
}

//! The meta-regression.

use forestable::model::{Coefficient, FitError, Regression, regress};
use serde::Serialize;

use super::super::PoolArgs;
use super::super::studies::Studies;

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
}

impl Regressed {
    /// Regresses on the moderators; `None` without moderators and below two studies.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Result<Option<Self>, FitError> {
        if args.moderator.is_empty() || studies.estimates.len() < 2 {
            return Ok(None);
        }
        Ok(Some(Self::new(regress(&studies.estimates, &studies.design, &args.spec())?)))
    }

    fn new(found: Regression) -> Self {
        Self {
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
        }
    }
}

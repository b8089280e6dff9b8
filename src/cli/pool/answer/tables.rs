//! The tests of 2 × 2 tables.

use forestable::effect::Measure;
use forestable::model::{ModelKind, cochran_mantel_haenszel, tarone};
use serde::Serialize;

use super::super::PoolArgs;
use super::super::studies::Studies;

/// The tests of 2 × 2 tables that go with Mantel and Haenszel's odds ratio.
#[derive(Debug, Serialize)]
pub struct TableTests {
    pub cmh: Option<f64>,
    pub cmh_p: Option<f64>,
    pub tarone: Option<f64>,
    pub tarone_p: Option<f64>,
}

impl TableTests {
    /// Returns them; `None` for any other pool.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Option<Self> {
        if args.model != ModelKind::MantelHaenszel || args.measure != Measure::Or {
            return None;
        }
        let [cmh, tarone] = [cochran_mantel_haenszel, tarone].map(|test| test(&studies.figures).ok().flatten());
        Some(Self {
            cmh: cmh.map(|test| test.statistic),
            cmh_p: cmh.map(|test| test.p_value),
            tarone: tarone.map(|test| test.statistic),
            tarone_p: tarone.map(|test| test.p_value),
        })
    }
}

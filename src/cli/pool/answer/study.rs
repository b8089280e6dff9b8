//! A study's own row of the answer.

use forestable::effect::Figures;
use forestable::model::{Estimate, Fit};
use forestable::num::distribution::{Distribution as _, Normal, Tail};
use serde::Serialize;

use super::super::PoolArgs;
use super::super::studies::Studies;

/// One study.
#[derive(Debug, Serialize)]
pub struct Study {
    pub study: String,
    pub yi: f64,
    pub vi: f64,
    pub ci_lower: f64,
    pub ci_upper: f64,
    pub weight_percent: Option<f64>,
    pub natural: StudyNatural,
    #[serde(skip)]
    pub figures: Figures,
    #[serde(skip)]
    pub group: Option<usize>,
}

/// A study back-transformed.
#[derive(Debug, Serialize)]
pub struct StudyNatural {
    pub estimate: f64,
    pub ci_lower: f64,
    pub ci_upper: f64,
}

impl Study {
    /// Returns all studies, each with its weight in the pool.
    pub fn all(studies: &Studies, pool: Option<&Fit>, args: &PoolArgs) -> Vec<Self> {
        let z = Normal.quantile(Tail::above(args.level.0));
        let weight = |index: usize| pool.and_then(|fit| fit.weights_percent.get(index).copied());
        let group = |index: usize| studies.groups.as_ref().and_then(|groups| groups.of.get(index).copied());
        let figures = studies.names.iter().zip(&studies.estimates).zip(&studies.figures).enumerate();
        figures
            .map(|(index, ((name, &Estimate { yi, vi }), figures))| {
                let half = z * vi.sqrt();
                let back = |y| args.measure.back(y, size(figures));
                Self {
                    study: name.clone(),
                    yi,
                    vi,
                    ci_lower: yi - half,
                    ci_upper: yi + half,
                    weight_percent: weight(index),
                    natural: StudyNatural { estimate: back(yi), ci_lower: back(yi - half), ci_upper: back(yi + half) },
                    figures: *figures,
                    group: group(index),
                }
            })
            .collect()
    }
}

/// Returns what a Freeman-Tukey value is taken back at: patients, or time at risk.
pub fn size(figures: &Figures) -> Option<f64> {
    match figures {
        Figures::Rate { ti, .. } => Some(*ti),
        others => others.n(),
    }
}

/// Returns the harmonic mean of [`size`] over studies; `None` where one does not say.
pub fn harmonic_size(figures: &[Figures]) -> Option<f64> {
    let reciprocals: Option<f64> = figures.iter().map(|figures| size(figures).map(|size| 1.0 / size)).sum();
    reciprocals.map(|sum| figures.len() as f64 / sum)
}

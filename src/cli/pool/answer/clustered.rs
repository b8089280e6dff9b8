//! Studies that belong together: each cluster left out, errors that allow for it, and the model of three levels.

use forestable::model::sensitivity::{Omitted, leave_cluster_out};
use forestable::model::{Coefficient, Correction, Estimate, FitError, Multilevel, Spec, multilevel, robust};
use serde::Serialize;

use super::super::studies::{Grouping, Studies};
use super::around::{Reasons, kept};

/// What clusters say; what there is no answer for is `None`, with the reason.
#[derive(Debug, Serialize)]
pub struct Clustered {
    pub clusters: Vec<Cluster>,
    /// The pool, or the regression, with cluster-robust errors.
    pub robust: Robust,
    pub multilevel: Option<Multilevel>,
    /// The same with cluster-robust errors.
    pub multilevel_robust: Robust,
    #[serde(skip_serializing_if = "Reasons::is_empty")]
    pub clusters_null_because: Reasons,
}

/// Coefficients by small-sample correction, the pooled estimate (or intercept) first.
#[derive(Debug, Serialize)]
pub struct Robust {
    #[serde(rename = "CR1")]
    pub cr1: Option<Vec<Coefficient>>,
    #[serde(rename = "CR2")]
    pub cr2: Option<Vec<Coefficient>>,
}

/// The pool without one cluster of studies.
#[derive(Debug, Serialize)]
pub struct Cluster {
    pub cluster: String,
    pub k: usize,
    /// `None` where fewer than two studies are left.
    pub without: Option<Omitted>,
}

impl Cluster {
    /// Leaves each cluster out in turn.
    fn all(estimates: &[Estimate], clusters: &Grouping, spec: &Spec) -> Result<Vec<Self>, FitError> {
        let Grouping { levels, of } = clusters;
        let without = leave_cluster_out(estimates, of, levels.len(), spec)?;
        let cluster = |((index, name), without): ((usize, &String), Option<Omitted>)| Self {
            cluster: name.clone(),
            k: of.iter().filter(|cluster| **cluster == index).count(),
            without,
        };
        Ok(levels.iter().enumerate().zip(without).map(cluster).collect())
    }
}

impl Clustered {
    /// Looks at the clusters; `None` without clusters and below two studies.
    pub fn of(studies: &Studies, spec: &Spec) -> Result<Option<Self>, FitError> {
        let Some(clusters) = studies.clusters.as_ref().filter(|_| studies.estimates.len() >= 2) else {
            return Ok(None);
        };
        let (estimates, design) = (&studies.estimates, &studies.moderators.design);
        let mut reasons = Reasons::new();
        let levels = kept(&mut reasons, "multilevel", multilevel(estimates, &clusters.of, design, spec));
        let mut with_errors = |key: &str, by: &dyn Fn(Correction) -> Result<Vec<Coefficient>, FitError>| Robust {
            cr1: kept(&mut reasons, key, by(Correction::Cr1)),
            cr2: kept(&mut reasons, key, by(Correction::Cr2)),
        };
        let independent =
            with_errors("robust", &|correction| robust(estimates, &clusters.of, design, spec, correction));
        let of_levels = match &levels {
            Some(levels) => with_errors("multilevel_robust", &|correction| levels.robust(correction)),
            None => Robust { cr1: None, cr2: None },
        };
        Ok(Some(Self {
            clusters: Cluster::all(estimates, clusters, spec)?,
            robust: independent,
            multilevel: levels,
            multilevel_robust: of_levels,
            clusters_null_because: reasons,
        }))
    }
}

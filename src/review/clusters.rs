//! Series that belong together: the pool without each cluster, and with errors that allow for them.

use std::collections::BTreeMap;

use super::findings::{Entry, Estimated};
use super::plan::Methods;
use super::pool::{estimates, natural};
use crate::model::sensitivity::leave_cluster_out;
use crate::model::{Coefficient, Correction, Design, FitError, Limits, multilevel, robust};

/// What clusters do to a pool.
#[derive(Debug, Clone)]
pub struct Clustered {
    /// Each cluster that has a series in the pool, by name.
    pub clusters: Vec<WithoutCluster>,
    /// The pool with cluster-robust errors (CR2).
    pub robust: Result<Estimated, FitError>,
    /// The pool by the model of three levels: series within clusters.
    pub multilevel: Result<Estimated, FitError>,
}

/// The pool without one cluster.
#[derive(Debug, Clone)]
pub struct WithoutCluster {
    /// The cluster's name.
    pub name: String,
    /// Ids of its studies in the pool.
    pub studies: Vec<String>,
    /// The pool of the others; `None` below two, or where the model is not one of effects.
    pub without: Option<Estimated>,
}

/// Looks at the clusters of a pool; `None` where no two of its series belong together.
pub(super) fn clustered(
    cluster_by_study: &BTreeMap<String, String>,
    entries: &[Entry],
    methods: &Methods,
) -> Option<Clustered> {
    let cluster = |entry: &Entry| cluster_by_study.get(&entry.key.study);
    let mut names: Vec<&String> = entries.iter().filter_map(cluster).collect();
    let members = names.len();
    names.sort();
    names.dedup();
    if names.len() == members {
        return None;
    }
    // A study that belongs to no cluster is one of its own, after the named ones.
    let mut single = names.len();
    let cluster_of: Vec<usize> = entries
        .iter()
        .map(|entry| match cluster(entry).and_then(|name| names.iter().position(|known| *known == name)) {
            Some(index) => index,
            None => {
                single += 1;
                single - 1
            }
        })
        .collect();
    let (estimates, spec) = (estimates(entries), &methods.spec);
    let back = |estimate: f64, lower: f64, upper: f64| {
        natural(entries, methods.scale, estimate, Limits { lower, upper }, None)
    };
    let omitted = leave_cluster_out(&estimates, &cluster_of, single, spec).unwrap_or_else(|_| vec![None; single]);
    let clusters = names.iter().zip(omitted).map(|(name, without)| WithoutCluster {
        name: (*name).clone(),
        studies: entries
            .iter()
            .filter(|entry| cluster(entry) == Some(*name))
            .map(|entry| entry.key.study.clone())
            .collect(),
        without: without.map(|pool| back(pool.estimate, pool.ci_lower, pool.ci_upper)),
    });
    let first = |coefficients: &[Coefficient]| {
        let pool = coefficients.first().ok_or(FitError::Groups)?;
        Ok(back(pool.estimate, pool.ci_lower, pool.ci_upper))
    };
    let design = Design::default();
    Some(Clustered {
        clusters: clusters.collect(),
        robust: robust(&estimates, &cluster_of, &design, spec, Correction::Cr2).and_then(|found| first(&found)),
        multilevel: multilevel(&estimates, &cluster_of, &design, spec).and_then(|found| first(&found.coefficients)),
    })
}

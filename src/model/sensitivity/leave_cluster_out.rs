//! The pool without each cluster of studies in turn.

use super::leave_one_out::Omitted;
use crate::model::fit::{check_level, quick_fit};
use crate::model::linear::check;
use crate::model::{Estimate, FitError, Spec};

/// Returns the pool without each cluster (a centre, a registry, cohorts of one paper), in the order of the clusters.
///
/// `cluster_of` gives each estimate's cluster, one of 0 to `count` − 1.
///
/// # Boundary
/// `None` where fewer than two estimates are left.
///
/// # Errors
/// [`FitError::Groups`] where `cluster_of` does not fit; and as [`crate::model::fit`].
///
/// # Agreement
/// Where each study is a cluster of its own, [`super::leave_one_out`].
///
/// # References
/// Viechtbauer & Cheung (2010), section 2, <https://doi.org/10.1002/jrsm.11>
///
/// # Examples
/// ```
/// use forestable::model::{Estimate, Spec, fit, sensitivity::leave_cluster_out};
/// let trials = [(-0.5, 0.04), (-0.1, 0.02), (-0.9, 0.09), (0.2, 0.05)].map(|(yi, vi)| Estimate { yi, vi });
/// let without = leave_cluster_out(&trials, &[0, 0, 1, 2], 3, &Spec::default())?;
/// assert_eq!(without[0].unwrap().estimate, fit(&trials[2..], &Spec::default())?.estimate);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn leave_cluster_out(
    estimates: &[Estimate],
    cluster_of: &[usize],
    count: usize,
    spec: &Spec,
) -> Result<Vec<Option<Omitted>>, FitError> {
    check(estimates)?;
    check_level(spec.level)?;
    if cluster_of.len() != estimates.len() || cluster_of.iter().any(|&cluster| cluster >= count) {
        return Err(FitError::Groups);
    }
    let without = |cluster: usize| {
        let others = estimates.iter().zip(cluster_of).filter(|&(_, &of)| of != cluster);
        let others: Vec<Estimate> = others.map(|(&estimate, _)| estimate).collect();
        if others.len() < 2 { Ok(None) } else { quick_fit(&others, spec).map(|fit| Some(Omitted::of(&fit))) }
    };
    (0..count).map(without).collect()
}

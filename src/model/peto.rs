//! Peto's common odds ratio from 2 × 2 tables.

use super::counts::{Found, conclude};
use super::heterogeneity::Heterogeneity;
use super::mantel_haenszel::Table;
use super::{Fit, FitError, ModelKind, Spec};
use crate::effect::Figures;

/// Pools by `Σ(O − E) / ΣV`, with the hypergeometric E and V of each table; a table without events (or without others) adds nothing.
///
/// # Agreement
/// metafor 5.1-12, `rma.peto()`: relative 1e-8.
///
/// # References
/// Yusuf et al. (1985), <https://doi.org/10.1016/S0033-0620(85)80003-7>
pub(super) fn fit(figures: &[Figures], spec: &Spec) -> Result<Fit, FitError> {
    let tables = Table::all(figures, ModelKind::Peto)?;
    let informative: Vec<(f64, f64)> =
        tables.iter().map(Table::excess).filter(|(_, variance)| *variance > 0.0).collect();
    let information: f64 = informative.iter().map(|(_, variance)| variance).sum();
    if information == 0.0 {
        return Err(FitError::AllOrNone);
    }
    let estimate = informative.iter().map(|(excess, _)| excess).sum::<f64>() / information;
    let q = informative.iter().map(|(excess, variance)| (excess / variance - estimate).powi(2) * variance).sum();
    let squares: f64 = informative.iter().map(|(_, variance)| variance * variance).sum();
    let df = (informative.len() as f64 - 1.0).max(0.0);
    let found = Found {
        estimate,
        se: (1.0 / information).sqrt(),
        tau2: 0.0,
        tau2_se: None,
        tau2_ci: None,
        tau2_at_boundary: false,
        log_likelihood: None,
        heterogeneity: Heterogeneity::from_q(q, df, df / (information - squares / information), None),
        weights_percent: tables.iter().map(|table| 100.0 * table.excess().1 / information).collect(),
    };
    conclude(tables.len(), (tables.len() - 1) as f64, found, spec)
}

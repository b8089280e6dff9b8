//! What another program needs to compute every pool again: how each was made, and what came out.

use serde::Serialize;

use crate::review::{AnalysisFindings, Findings, Pool};

/// The columns of [`Recomputation::rows`].
pub const COLUMNS: [&str; 19] = [
    "analysis",
    "group",
    "grouped",
    "scale",
    "model",
    "tau2_method",
    "subgroup_tau2",
    "interval",
    "prediction",
    "level",
    "k",
    "estimate",
    "lower",
    "upper",
    "pi_lower",
    "pi_upper",
    "tau2",
    "i2_percent",
    "q",
];

/// Every pool of a review: one row for all series of an analysis, one for each of its groups.
#[derive(Debug, Clone, Serialize)]
pub struct Recomputation {
    /// One text a column, numbers in full double precision; empty where there is none.
    pub rows: Vec<[String; COLUMNS.len()]>,
}

/// Returns the pools of two series and more.
#[must_use]
pub fn recomputation(findings: &Findings) -> Recomputation {
    let mut rows = Vec::new();
    for found in &findings.analyses {
        rows.extend(row(found, "", &found.pool));
        for group in found.groups.iter().flat_map(|groups| &groups.groups) {
            rows.extend(row(found, group.of.id(), &group.pool));
        }
    }
    Recomputation { rows }
}

fn row(found: &AnalysisFindings, group: &str, pool: &Pool) -> Option<[String; COLUMNS.len()]> {
    let Pool::Pooled { fit, natural } = pool else { return None };
    let methods = &found.analysis.methods;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    Some([
        found.analysis.id.clone(),
        group.to_owned(),
        found.groups.is_some().to_string(),
        methods.scale.to_string(),
        methods.spec.model.to_string(),
        methods.spec.tau2.to_string(),
        methods.subgroup_tau2.to_string(),
        methods.spec.interval.to_string(),
        methods.spec.prediction.to_string(),
        methods.spec.level.0.to_string(),
        fit.k.to_string(),
        natural.estimate.to_string(),
        natural.lower.to_string(),
        natural.upper.to_string(),
        number(natural.prediction.map(|ends| ends.0)),
        number(natural.prediction.map(|ends| ends.1)),
        number(fit.tau2_method.map(|_| fit.tau2)),
        number(Some(fit.heterogeneity.i2_percent)),
        number(Some(fit.heterogeneity.q)),
    ])
}

//! Tables of what a pool rests on: its heterogeneity with all intervals, clusters.

use super::audit_tables::{entry_row, heading, table};
use super::format;
use super::table::{Align, Cell, Row, Table};
use super::wording;
use crate::evidence::Evidence;
use crate::model::{Fit, Limits, ModelKind, Prediction, PredictionMethod};
use crate::review::{AnalysisFindings, Estimated, Findings, TableStyle};

/// Returns how far the series of each pool disagree: τ² and both forms of I² with their intervals, Q, and what a new series may show.
#[must_use]
pub fn heterogeneity_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let pooled = findings.analyses.iter().filter_map(|found| Some((found, found.pool.fit()?)));
    let mut columns = vec![
        ("analysis", "Analysis", Align::Left),
        ("k", "k", Align::Right),
        ("tau2", "τ² (CI)", Align::Decimal),
        ("i2", "I² from τ², % (CI)", Align::Decimal),
        ("i2-q", "I² from Q, % (CI)", Align::Decimal),
        ("q", "Q (df), P", Align::Left),
    ];
    let asked = findings.analyses.iter().any(|found| found.analysis.methods.threshold.is_some());
    columns.extend(asked.then_some(("below", "A new series", Align::Left)));
    let rows = pooled
        .clone()
        .map(|(found, fit)| {
            let mut row = heterogeneity_row(evidence, (found, fit), style);
            row.cells.extend(asked.then(|| Cell::text(new_series(found, fit, style))));
            row
        })
        .collect();
    let mut methods: Vec<&str> =
        pooled.filter(|(_, fit)| fit.tau2_ci.is_some()).map(|(found, _)| wording::tau2_interval(found)).collect();
    methods.sort_unstable();
    methods.dedup();
    let mut notes = vec![format!(
        "k, number of series; CI, {}confidence interval; {}, does not exist. τ² is on the scale of the analysis. The two I² are \
         different figures: one from τ² with the interval of τ², the other from Q with its own.",
        wording::level_of(findings),
        style.nothing
    )];
    notes.extend((!methods.is_empty()).then(|| format!("Interval of τ²: {}.", methods.join("; "))));
    notes.extend(asked.then(|| {
        "A new series: the probability that the true value of another centre's series lies above the threshold named, and below it, by \
         what the prediction interval is made from: its t distribution, the bootstrap or the posterior predictive distribution."
            .to_owned()
    }));
    table(&columns, rows, notes)
}

fn heterogeneity_row(evidence: &Evidence, (found, fit): (&AnalysisFindings, &Fit), style: &TableStyle) -> Row {
    let heterogeneity = &fit.heterogeneity;
    let with_ci = |value: f64, ci: Option<Limits>, digits: usize| match ci {
        Some(Limits { lower, upper }) if upper.is_finite() => {
            format!(
                "{} ({}–{})",
                format::fixed(value, digits),
                format::fixed(lower, digits),
                format::fixed(upper, digits)
            )
        }
        Some(Limits { lower, .. }) => format!("{} ({}–∞)", format::fixed(value, digits), format::fixed(lower, digits)),
        None => format::fixed(value, digits),
    };
    // A common-effect model has no τ², it is not 0.
    let random = fit.model != ModelKind::Common;
    let of_tau2 = |words: String| if random { words } else { style.nothing.clone() };
    let i2_ci = fit.tau2_ci.map(|ci| heterogeneity.i2_percent_limits(ci));
    let texts = [
        wording::analysis_title(&evidence.protocol, &found.analysis),
        fit.k.to_string(),
        of_tau2(with_ci(fit.tau2, fit.tau2_ci, 3)),
        of_tau2(with_ci(heterogeneity.i2_percent, i2_ci, 0)),
        with_ci(heterogeneity.i2_q_percent, heterogeneity.i2_q_percent_limits(fit.level), 0),
        format!(
            "{} ({}), {}",
            format::fixed(heterogeneity.q, 2),
            format::trimmed(heterogeneity.q_df),
            format::p_value(heterogeneity.q_p)
        ),
    ];
    entry_row(Some(&found.analysis.id), texts)
}

/// Returns on which side of the analysis' threshold a new series lies, and how likely; the mark of absence without one.
fn new_series(found: &AnalysisFindings, fit: &Fit, style: &TableStyle) -> String {
    let Some((threshold, below)) = found.analysis.methods.threshold.zip(found.new_below) else {
        return style.nothing.clone();
    };
    format!(
        "above {}%: {}, below: {} ({})",
        format::percent(threshold.0, 0),
        format::fixed(1.0 - below, 2),
        format::fixed(below, 2),
        fit.prediction.as_ref().map(predictive).unwrap_or_default()
    )
}

/// Returns the distribution of a new series' true value in a few words: `t, 8 df`.
pub(super) fn predictive(prediction: &Prediction) -> String {
    match prediction.method {
        PredictionMethod::Bootstrap => "bootstrap".to_owned(),
        PredictionMethod::Posterior => "posterior predictive".to_owned(),
        method => format!("t, {} df, {method}", format::trimmed(prediction.df)),
    }
}

/// Returns what clusters of series do to each pool.
#[must_use]
pub fn clusters_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    let clustered = findings.analyses.iter().filter_map(|found| Some((found, found.clustered.as_ref()?)));
    for (found, clustered) in clustered {
        let row = |texts: [String; 3]| entry_row(Some(&found.analysis.id), texts);
        rows.push(heading(evidence, found));
        rows.push(row([
            "All series".to_owned(),
            found.entries.len().to_string(),
            words(found.pool.estimated(), style),
        ]));
        for cluster in &clustered.clusters {
            let names: Vec<String> = cluster.studies.iter().map(|study| wording::study_name(evidence, study)).collect();
            let left = found.entries.len() - cluster.studies.len();
            let without = format!("Without {} ({})", cluster.name, names.join(", "));
            rows.push(row([without, left.to_string(), words(cluster.without.as_ref(), style)]));
        }
        for (name, pool) in [
            ("Cluster-robust errors (CR2)", &clustered.robust),
            ("Three levels: series within clusters", &clustered.multilevel),
        ] {
            let pooled = match pool {
                Ok(natural) => words(Some(natural), style),
                Err(error) => format!("no estimate: {error}"),
            };
            rows.push(row([name.to_owned(), found.entries.len().to_string(), pooled]));
        }
    }
    let pooled = format!("Pooled % ({}CI)", wording::level_of(findings));
    table(
        &[("pool", "Pool", Align::Left), ("k", "k", Align::Right), ("pooled", &pooled, Align::Decimal)],
        rows,
        vec![format!(
            "k, number of series; CI, confidence interval; {}, fewer than two series are left.",
            style.nothing
        )],
    )
}

fn words(natural: Option<&Estimated>, style: &TableStyle) -> String {
    style.or_nothing(natural.map(|natural| {
        format!(
            "{} ({})",
            format::percent(natural.estimate, style.digits),
            style.percent_range(natural.lower, natural.upper)
        )
    }))
}

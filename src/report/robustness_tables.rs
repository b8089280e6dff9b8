//! Tables of what a pool rests on: its heterogeneity with all intervals, moderators, clusters.

use super::audit_tables::{entry_row, heading, table};
use super::format;
use super::table::{Align, Row, Table};
use super::wording;
use crate::effect::Scale;
use crate::evidence::Evidence;
use crate::model::{Coefficient, Fit, FitError, Limits, ModelKind, Regression};
use crate::num;
use crate::review::{AnalysisFindings, Estimated, Findings, Moderated, TableStyle};

/// Returns how far the series of each pool disagree: τ² and both forms of I² with their intervals, Q, and what a new series may show.
#[must_use]
pub fn heterogeneity_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let pooled = findings.analyses.iter().filter_map(|found| Some((found, found.pool.fit()?)));
    let rows = pooled.clone().map(|(found, fit)| heterogeneity_row(evidence, (found, fit), style)).collect();
    let mut columns = vec![
        ("analysis", "Analysis", Align::Left),
        ("k", "k", Align::Right),
        ("tau2", "τ² (CI)", Align::Decimal),
        ("i2", "I² from τ², % (CI)", Align::Decimal),
        ("i2-q", "I² from Q, % (CI)", Align::Decimal),
        ("q", "Q (df), P", Align::Left),
    ];
    let asked = findings.analyses.iter().any(|found| found.analysis.methods.threshold.is_some());
    columns.extend(asked.then_some(("below", "A new series below", Align::Left)));
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
        "A new series below: the probability that its true value lies below the value named, by the prediction interval's \
         distribution."
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
    let below = found.analysis.methods.threshold.map(|threshold| match found.new_below {
        Some(share) => format!("{}%: {}", format::percent(threshold.0, 0), format::fixed(share, 2)),
        None => style.nothing.clone(),
    });
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
    let mut row = entry_row(Some(&found.analysis.id), texts);
    row.cells.extend(below.map(super::table::Cell::text));
    row
}

/// Returns the meta-regressions.
#[must_use]
pub fn moderators_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    let moderated = findings.analyses.iter().filter_map(|found| Some((found, found.moderated.as_ref()?)));
    for (found, moderated) in moderated {
        rows.push(heading(evidence, found));
        let row = |texts: [String; 5]| entry_row(Some(&found.analysis.id), texts);
        match &moderated.regression {
            Ok(regression) => {
                rows.extend(coefficient_rows((found, moderated), regression, style).map(row));
                rows.push(row(together(moderated, regression, style)));
            }
            Err(error) => rows.push(row(no_regression(moderated, *error, style))),
        }
        rows.extend(left_out(evidence, moderated, style).map(row));
    }
    table(
        &[
            ("term", "Term", Align::Left),
            ("coefficient", "Coefficient (CI)", Align::Decimal),
            ("ratio", "As a ratio (CI)", Align::Left),
            ("p", "P", Align::Left),
            ("permutation", "P by permutation", Align::Left),
        ],
        rows,
        vec![
            "Coefficients are on the scale of the analysis; on the log-log scale one above 0 means more events. A number is measured from \
             its mean, a word against the first in the alphabet; the intercept is what is expected there."
                .to_owned(),
            "P by permutation: the share of orders of the moderators among the series with a result as far from 0. A meta-regression of \
             few series explores, and proves nothing."
                .to_owned(),
        ],
    )
}

fn coefficient_rows<'a>(
    (found, moderated): (&'a AnalysisFindings, &'a Moderated),
    regression: &'a Regression,
    style: &'a TableStyle,
) -> impl Iterator<Item = [String; 5]> + 'a {
    regression.coefficients.iter().enumerate().map(move |(index, coefficient)| {
        let means = moderated.means.iter().filter(|_| index == 0);
        let means: Vec<String> =
            means.map(|(moderator, mean)| format!("{moderator} {}", format::trimmed(*mean))).collect();
        let at = if means.is_empty() { String::new() } else { format!(" (at {})", means.join(", ")) };
        let permuted = moderated.permutation.as_ref().and_then(|permutation| permutation.p_values.get(index));
        [
            format!("{}{at}", wording::upper_first(&coefficient.name)),
            format!(
                "{} ({} to {})",
                format::fixed(coefficient.estimate, 3),
                format::fixed(coefficient.ci_lower, 3),
                format::fixed(coefficient.ci_upper, 3)
            ),
            style.or_nothing(ratio(found.analysis.methods.scale, coefficient).filter(|_| index > 0)),
            format::p_value(coefficient.p_value),
            style.or_nothing(permuted.filter(|_| index > 0).map(|p| format::p_value(*p))),
        ]
    })
}

/// Returns a coefficient as the ratio that its scale gives; `None` where it gives none.
fn ratio(scale: Scale, coefficient: &Coefficient) -> Option<String> {
    let of = match scale {
        Scale::Cloglog => "hazard ratio",
        Scale::Logit => "odds ratio",
        Scale::Log => "risk ratio",
        Scale::Plain | Scale::Arcsine | Scale::DoubleArcsine => return None,
    };
    let [estimate, lower, upper] = [coefficient.estimate, coefficient.ci_lower, coefficient.ci_upper]
        .map(|value| format::fixed(num::exp(value), 2));
    Some(format!("{of} {estimate} ({lower} to {upper})"))
}

/// Returns the test of all moderators, with what they leave and explain.
fn together(moderated: &Moderated, regression: &Regression, style: &TableStyle) -> [String; 5] {
    let test = &regression.moderators;
    let statistic = match test.qm_df2 {
        Some(df2) => {
            format!("F({}, {}) = {}", format::trimmed(test.qm_df), format::trimmed(df2), format::fixed(test.qm, 2))
        }
        None => format!("Q = {}, df = {}", format::fixed(test.qm, 2), format::trimmed(test.qm_df)),
    };
    let explained = style.or_nothing(regression.r2_percent.map(|r2| format!("{}%", format::fixed(r2, 0))));
    let orders = style.or_nothing(moderated.permutation.as_ref().map(|permutation| {
        let sample = if permutation.exact { "" } else { "a sample of " };
        let orders = format::counted(permutation.arrangements as u64, "order", "orders");
        format!("{} ({sample}{orders})", format::p_value(permutation.qm_p))
    }));
    [
        format!("All moderators, k = {}", moderated.k),
        statistic,
        format!("R² = {explained}, residual τ² = {}", format::fixed(regression.tau2, 3)),
        format::p_value(test.qm_p),
        orders,
    ]
}

fn no_regression(moderated: &Moderated, error: FitError, style: &TableStyle) -> [String; 5] {
    let why = match error {
        FitError::SingularDesign { .. } => "a moderator is constant, or follows from the others".to_owned(),
        other => other.to_string(),
    };
    alone(format!("No regression, k = {}: {why}", moderated.k), style)
}

fn left_out<'a>(
    evidence: &'a Evidence,
    moderated: &'a Moderated,
    style: &'a TableStyle,
) -> impl Iterator<Item = [String; 5]> + 'a {
    moderated.missing.iter().map(|(study, moderator)| {
        alone(format!("Left out: {} (no {moderator})", wording::study_name(evidence, study)), style)
    })
}

/// Returns a row of words beside which nothing stands.
fn alone(words: String, style: &TableStyle) -> [String; 5] {
    let nothing = || style.nothing.clone();
    [words, nothing(), nothing(), nothing(), nothing()]
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

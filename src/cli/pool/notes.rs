//! What is said under the table: methods, heterogeneity, groups, moderators, and what stands around the pool.

use std::collections::BTreeMap;

use forestable::model::{Bivariate, Coefficient};
use forestable::report::format::{fixed, p_value, trimmed};

use super::answer::{Answer, Beyond, Cluster, Clustered, Gosh, Group, Natural, Posterior, Sensitivity, SmallStudy};

/// Returns a level in per cent, as short as it can be.
pub fn trimmed_percent(level: f64) -> String {
    trimmed(100.0 * level)
}

/// Returns what is to be said under the table.
pub fn notes(answer: &Answer) -> Vec<String> {
    let level = trimmed_percent(answer.level.0);
    let with_df = |name: &str, df: Option<f64>| match df {
        Some(df) => format!("{name} (t, {} df)", trimmed(df)),
        None => name.to_owned(),
    };
    let mut notes = Vec::new();
    if let Some(estimate) = answer.estimate {
        let tau2_method = answer.tau2_method.map(|method| format!("τ² by {method}; ")).unwrap_or_default();
        let prediction = match answer.prediction {
            Some(method) => format!("; prediction interval {}", with_df(method.as_str(), answer.pi_df)),
            None => String::new(),
        };
        let interval = with_df(answer.interval.as_str(), answer.df);
        notes.push(format!("Measure {}; {tau2_method}interval {interval}{prediction}.", answer.measure));
        let se = answer.se.map(|se| format!(" (SE {})", fixed(se, 4))).unwrap_or_default();
        let p = answer.p_value.map(|p| format!(", {}", p_value(p))).unwrap_or_default();
        notes.push(format!("On the analysis scale: {}{se}{p}.", fixed(estimate, 4)));
    }
    if let (Some(tau2), Some(i2), Some(q), Some(df), Some(p)) =
        (answer.tau2, answer.i2_percent, answer.q, answer.q_df, answer.q_p)
    {
        let by = answer.tau2_interval.map(|method| format!(", {method}")).unwrap_or_default();
        let ci = match (answer.tau2_ci_lower, answer.tau2_ci_upper) {
            (Some(lower), Some(upper)) => format!(" ({level}% CI {} to {}{by})", fixed(lower, 4), fixed(upper, 4)),
            _ => String::new(),
        };
        let i2_ci = match (answer.i2_ci_lower, answer.i2_ci_upper) {
            (Some(lower), Some(upper)) => format!(" ({} to {})", fixed(lower, 1), fixed(upper, 1)),
            _ => String::new(),
        };
        let test = if df < 1.0 {
            "one study alone tells of the effect, so that none can be tested".to_owned()
        } else {
            format!("Q = {}, df = {}, {}", fixed(q, 2), fixed(df, 0), p_value(p))
        };
        notes.push(format!("Heterogeneity: τ² = {}{ci}; I² = {}%{i2_ci}; {test}.", fixed(tau2, 4), fixed(i2, 1)));
    }
    if let (Some(lower), Some(upper)) = (answer.i2_q_ci_lower, answer.i2_q_ci_upper) {
        let i2 = answer.i2_q_percent.map(|i2| fixed(i2, 1)).unwrap_or_default();
        notes.push(format!("From Q alone: I² = {i2}% ({level}% CI {} to {}).", fixed(lower, 1), fixed(upper, 1)));
    }
    notes.extend(answer.threshold.iter().map(|beyond| beyond_note(beyond, answer.k)));
    notes.extend(answer.posterior.iter().map(posterior_note));
    notes.extend(answer.grouped.iter().flat_map(|grouped| grouped.groups.iter().filter_map(group_note)));
    notes.extend(between_note(answer));
    notes.extend(regression_notes(answer));
    notes.extend(answer.clustered.iter().flat_map(|clustered| clustered_notes(clustered, answer)));
    notes.extend(answer.bivariate.iter().flat_map(bivariate_notes));
    notes.extend(answer.sensitivity.iter().flat_map(|found| sensitivity_notes(found, answer)));
    notes.extend(answer.small_study.iter().flat_map(small_study_notes));
    notes.extend(answer.gosh.iter().map(gosh_note));
    notes.extend(answer.remarks.iter().map(|remark| format!("Note: {remark}.")));
    notes
}

fn beyond_note(beyond: &Beyond, k: usize) -> String {
    match (beyond.below, beyond.above) {
        (Some(below), Some(above)) => format!(
            "A new study's true value lies below {} with probability {}, above it with {}.",
            beyond.value,
            fixed(below, 3),
            fixed(above, 3)
        ),
        _ => format!(
            "How likely a new study lies beyond {} is not known: k = {k}, or no prediction interval.",
            beyond.value
        ),
    }
}

fn clustered_notes(clustered: &Clustered, answer: &Answer) -> Vec<String> {
    let mut notes: Vec<String> =
        clustered.clusters.iter().filter_map(|cluster| cluster_note(cluster, answer)).collect();
    for (name, coefficients) in [("CR1", &clustered.robust.cr1), ("CR2", &clustered.robust.cr2)] {
        let coefficients = coefficients.iter().flatten();
        notes.extend(
            coefficients.map(|coefficient| format!("Cluster-robust ({name}), {}", coefficient_note(coefficient))),
        );
    }
    if let Some(levels) = &clustered.multilevel {
        let coefficients = levels.coefficients.iter();
        notes.extend(coefficients.map(|coefficient| format!("Three levels, {}", coefficient_note(coefficient))));
        let [between, within] = levels.sigma2.map(|sigma2| fixed(sigma2, 4));
        notes
            .push(format!("Variance between clusters {between}, within them {within} ({} clusters).", levels.clusters));
    }
    notes.extend(reasons(&clustered.clusters_null_because));
    notes
}

fn bivariate_notes(found: &Bivariate) -> Vec<String> {
    let outcomes = found.estimates.iter().chain([&found.difference]);
    let mut notes: Vec<String> =
        outcomes.map(|coefficient| format!("Both outcomes together, {}", coefficient_note(coefficient))).collect();
    let rho = found.rho.map_or_else(|| "–".to_owned(), |rho| fixed(rho, 2));
    let [first, second] = found.tau2.map(|tau2| fixed(tau2, 4));
    notes.push(format!("Variances between studies {first} and {second}, their correlation {rho}."));
    notes
}

/// Returns a coefficient on the analysis scale.
fn coefficient_note(coefficient: &Coefficient) -> String {
    format!(
        "{}: {} ({} to {}), {}.",
        coefficient.name,
        fixed(coefficient.estimate, 4),
        fixed(coefficient.ci_lower, 4),
        fixed(coefficient.ci_upper, 4),
        p_value(coefficient.p_value)
    )
}

fn cluster_note(cluster: &Cluster, answer: &Answer) -> Option<String> {
    let without = cluster.without.as_ref()?;
    let back = |y: f64| fixed(answer.back(y), 4);
    Some(format!(
        "Without {} (k = {}): {} ({} to {}); I² = {}%.",
        cluster.cluster,
        cluster.k,
        back(without.estimate),
        back(without.ci_lower),
        back(without.ci_upper),
        fixed(without.i2_percent, 1)
    ))
}

fn sensitivity_notes(found: &Sensitivity, answer: &Answer) -> Vec<String> {
    let name = |index: usize| answer.studies.get(index).map_or("?", |study| study.study.as_str());
    let mut notes = Vec::new();
    let omitted = || found.leave_one_out.iter().flatten().enumerate();
    let least = omitted().min_by(|(_, a), (_, b)| a.estimate.total_cmp(&b.estimate));
    let most = omitted().max_by(|(_, a), (_, b)| a.estimate.total_cmp(&b.estimate));
    if let (Some((low, least)), Some((high, most))) = (least, most) {
        notes.push(format!(
            "Leave-one-out: {} without {} to {} without {}.",
            fixed(answer.back(least.estimate), 4),
            name(low),
            fixed(answer.back(most.estimate), 4),
            name(high)
        ));
    }
    let influential = found.influence.iter().flatten().enumerate().filter(|(_, study)| study.influential);
    let names: Vec<&str> = influential.map(|(index, _)| name(index)).collect();
    if found.influence.is_some() {
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        notes.push(format!("Influential: {names}."));
    }
    notes.extend(reasons(&found.null_because));
    notes
}

fn small_study_notes(found: &SmallStudy) -> Vec<String> {
    let tests = [
        ("Egger's test (mixed)", found.egger_mixed),
        ("Egger's test (linear)", found.egger_linear),
        ("Test on 1/n (linear)", found.inverse_n_linear),
    ];
    let tests = tests.into_iter().filter_map(|(name, test)| {
        let test = test?;
        Some(format!("{name}: {}, {}.", fixed(test.statistic, 2), p_value(test.p_value)))
    });
    let mut notes: Vec<String> = tests.collect();
    notes.extend(
        found.begg.map(|begg| format!("Begg's test: τ = {}, {}.", fixed(begg.kendall_tau, 2), p_value(begg.p_value))),
    );
    let filled =
        found.filled.iter().filter_map(|(key, filled)| Some((key.strip_prefix("trimfill_L0_")?, filled.as_ref()?)));
    notes.extend(filled.map(|(side, filled)| {
        format!("Trim and fill (L0, {side}): {} filled in, {}.", filled.k0, fixed(filled.estimate, 4))
    }));
    notes.extend(found.pet_peese.map(|limit| {
        format!(
            "PET-PEESE (by {}): {} ({} to {}).",
            limit.predictor,
            fixed(limit.estimate, 4),
            fixed(limit.ci_lower, 4),
            fixed(limit.ci_upper, 4)
        )
    }));
    notes.extend(found.three_parameter_selection.map(|selection| {
        format!(
            "Selection model: {} (SE {}), {} against none.",
            fixed(selection.estimate, 4),
            fixed(selection.se, 4),
            p_value(selection.lrt_p)
        )
    }));
    notes.extend(found.henmi_copas.map(|found| {
        format!(
            "Henmi and Copas: {} ({} to {}).",
            fixed(found.estimate, 4),
            fixed(found.ci_lower, 4),
            fixed(found.ci_upper, 4)
        )
    }));
    notes.extend(found.excess_significance.map(|excess| {
        format!(
            "Significant studies: {} seen, {} expected, {}.",
            excess.observed,
            fixed(excess.expected, 1),
            p_value(excess.p_value)
        )
    }));
    let safe = [("Rosenthal", found.fail_safe), ("Rosenberg", found.fail_safe_weighted)];
    let safe: Vec<String> =
        safe.iter().filter_map(|(name, safe)| Some(format!("{} ({name})", safe.as_ref()?.n))).collect();
    let to_target = found.fail_safe_effect.map(|n| format!("{n} (Orwin, to the threshold)"));
    let safe: Vec<String> = safe.into_iter().chain(to_target).collect();
    notes.extend((!safe.is_empty()).then(|| format!("Fail-safe N: {}.", safe.join(", "))));
    notes.extend(reasons(&found.null_because));
    notes.extend(found.warning.map(|warning| format!("Note: {warning}.")));
    notes
}

fn gosh_note(gosh: &Gosh) -> String {
    let [least, lower, median, upper, most] = gosh.estimate_quartiles.map(|value| fixed(value, 4));
    let [i2_least, _, i2_median, _, i2_most] = gosh.i2_percent_quartiles.map(|value| fixed(value, 1));
    format!(
        "{} subsets, on the analysis scale: median {median}, half of them {lower} to {upper}, all {least} to {most}; I² {i2_median}%, \
         {i2_least}% to {i2_most}%.",
        gosh.subsets
    )
}

/// Returns why answers are missing.
fn reasons(null_because: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    null_because.iter().map(|(key, reason)| format!("No {}: {reason}.", key.replace('_', " ")))
}

fn posterior_note(posterior: &Posterior) -> String {
    let Posterior { priors, summary, .. } = posterior;
    let [lower, upper] = summary.tau.central95;
    let factor = summary.bayes_factor_tau_zero.map(|factor| format!("; Bayes factor for τ = 0: {}", fixed(factor, 2)));
    format!(
        "Priors: τ {}, µ {}. τ = {} (95% {} to {}); P(µ < 0) = {}{}.",
        priors.tau,
        priors.mu,
        fixed(summary.tau.median, 3),
        fixed(lower, 3),
        fixed(upper, 3),
        fixed(summary.prob_mu_below_zero, 3),
        factor.unwrap_or_default()
    )
}

fn group_note(group: &Group) -> Option<String> {
    let (tau2, i2) = (group.tau2?, group.i2_percent?);
    Some(format!("{}: τ² = {}; I² = {}%.", group.level, fixed(tau2, 4), fixed(i2, 1)))
}

/// Returns the test between groups.
pub fn between_note(answer: &Answer) -> Option<String> {
    let grouped = answer.grouped.as_ref()?;
    let ratio = grouped.lrt_between.zip(grouped.lrt_between_p);
    let ratio = ratio.map(|(ratio, p)| format!("likelihood ratio = {}, {}", fixed(ratio, 2), p_value(p)));
    let Some((q, df, p)) =
        grouped.q_between.zip(grouped.q_between_df).zip(grouped.q_between_p).map(|((q, df), p)| (q, df, p))
    else {
        return ratio.map(|ratio| format!("Between groups ({} τ²): {ratio}.", grouped.subgroup_tau2));
    };
    let mut note = format!(
        "Between groups ({} τ²): Q = {}, df = {}, {}",
        grouped.subgroup_tau2,
        fixed(q, 2),
        fixed(df, 0),
        p_value(p)
    );
    if let (Some(f), Some(df1), Some(df2), Some(p)) = (grouped.f_between, grouped.f_df1, grouped.f_df2, grouped.f_p) {
        note += &format!("; F({}, {}) = {}, {}", fixed(df1, 0), fixed(df2, 0), fixed(f, 2), p_value(p));
    }
    note.extend(ratio.map(|ratio| format!("; {ratio}")));
    Some(note + ".")
}

fn regression_notes(answer: &Answer) -> Vec<String> {
    let Some(regression) = &answer.regression else { return Vec::new() };
    let mut notes: Vec<String> = regression.coefficients.iter().map(coefficient_note).collect();
    let explained = regression.r2_percent.map(|r2| format!("; R² = {}%", fixed(r2, 1))).unwrap_or_default();
    let test = match regression.qm_df2 {
        Some(df2) => format!("F({}, {}) = {}", fixed(regression.qm_df, 0), fixed(df2, 0), fixed(regression.qm, 2)),
        None => format!("Q = {}, df = {}", fixed(regression.qm, 2), fixed(regression.qm_df, 0)),
    };
    notes.push(format!(
        "Moderators: {test}, {}; residual τ² = {}{explained}.",
        p_value(regression.qm_p),
        fixed(regression.residual_tau2, 4)
    ));
    if let Some(permutation) = &regression.permutation {
        let orders = if permutation.exact { "all" } else { "a sample of" };
        let each = regression.coefficients.iter().zip(&permutation.p_values);
        let each: Vec<String> = each.map(|(coefficient, p)| format!("{} {}", coefficient.name, p_value(*p))).collect();
        notes.push(format!(
            "Permutation test, {orders} {} orders: moderators {}; {}.",
            permutation.arrangements,
            p_value(permutation.qm_p),
            each.join("; ")
        ));
    }
    notes.extend(regression.expected.iter().map(|expected| {
        let natural = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| fixed(value, 4));
        let Natural { estimate, ci_lower, ci_upper, pi_lower, pi_upper } = &expected.natural;
        format!(
            "At {}: {} ({} to {}), prediction interval {} to {}.",
            expected.at,
            natural(*estimate),
            natural(*ci_lower),
            natural(*ci_upper),
            natural(*pi_lower),
            natural(*pi_upper)
        )
    }));
    notes
}

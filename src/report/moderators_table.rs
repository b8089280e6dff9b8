//! The table of meta-regressions, and what must stand beside every one of them.

use super::audit_tables::{entry_row, heading, table};
use super::format;
use super::table::{Align, Table};
use super::wording;
use crate::effect::Scale;
use crate::evidence::Evidence;
use crate::model::{Coefficient, Permutation, Regression};
use crate::num;
use crate::review::{AnalysisFindings, FEWEST, Findings, Moderated, Moderator, TableStyle};

/// What a meta-regression cannot show.
pub(super) const ECOLOGICAL: &str = "A series is a point by its averages: what goes together between series need not go together between \
                                     patients (ecological bias).";

/// Returns over how many orders a permutation test was taken: `5,040 orders`, `a sample of 5,000 orders`.
pub(super) fn arrangements(permutation: &Permutation) -> String {
    let sample = if permutation.exact { "" } else { "a sample of " };
    format!("{sample}{}", format::counted(permutation.arrangements as u64, "order", "orders"))
}

/// Returns what the doses of a regression are prescribed to, where they are not all prescribed to the same: they are not mixed in
/// silence.
pub(super) fn prescription_words(evidence: &Evidence, moderated: &Moderated) -> Option<String> {
    let mut points: Vec<(Option<&String>, Vec<String>)> = Vec::new();
    for (study, prescribed) in &moderated.prescriptions {
        for point in prescribed {
            let name = wording::study_name(evidence, study);
            match points.iter_mut().find(|(known, _)| *known == point.as_ref()) {
                Some((_, names)) if !names.contains(&name) => names.push(name),
                Some(_) => {}
                None => points.push((point.as_ref(), vec![name])),
            }
        }
    }
    let words: Vec<String> = points
        .iter()
        .map(|(point, names)| match point {
            Some(point) => format!("to the {point} in {}", names.join(", ")),
            None => format!("not stated in {}", names.join(", ")),
        })
        .collect();
    (points.len() > 1).then(|| format!("Doses are prescribed to different points: {}", words.join("; ")))
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
                rows.extend(coefficient_rows(evidence, (found, moderated), regression, style).map(row));
                rows.push(row(together(moderated, regression, style)));
            }
            Err(error) => {
                let why = wording::no_regression(*error, moderated.k);
                rows.push(row(alone(format!("No regression, k = {}: {why}", moderated.k), style)));
            }
        }
        rows.extend(prescription_words(evidence, moderated).map(|words| row(alone(words, style))));
        rows.extend(
            moderated
                .missing
                .iter()
                .map(|missing| row(alone(format!("Left out: {}", wording::missing(evidence, missing)), style))),
        );
    }
    let doses = rows_of_doses(findings);
    table(
        &[
            ("term", "Term", Align::Left),
            ("coefficient", "Coefficient (CI)", Align::Decimal),
            ("ratio", "As a ratio (CI)", Align::Left),
            ("p", "P", Align::Left),
            ("permutation", "P by permutation", Align::Left),
        ],
        rows,
        [
            Some("Coefficients are on the scale of the analysis; on the log-log scale one above 0 means more events. A number is measured from \
             its mean, a word against the first in the alphabet; the intercept is what is expected there."
                .to_owned()),
            Some("P by permutation: the share of orders of the moderators among the series with a result as far from 0. A meta-regression \
             of few series explores, and proves nothing."
                .to_owned()),
            Some(ECOLOGICAL.to_owned()),
            Some(format!(
                "With fewer than {FEWEST} series no regression is done (Cochrane Handbook, 10.11.5.1) unless the review forces it; a forced \
                 one is marked."
            )),
            doses.then(|| {
                format!(
                    "A dose is that of the series: of one schedule its own or the median that is printed, of several the mean over their \
                     patients. {}, biologically effective dose at α/β = {}.",
                    evidence.protocol.alpha_beta.bed(),
                    evidence.protocol.alpha_beta.0
                )
            }),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )
}

/// Whether some analysis is regressed on a dose.
fn rows_of_doses(findings: &Findings) -> bool {
    let moderated = findings.analyses.iter().filter(|found| found.moderated.is_some());
    moderated.flat_map(|found| &found.analysis.moderators.terms).any(|term| term.moderators().any(Moderator::is_dose))
}

fn coefficient_rows<'a>(
    evidence: &'a Evidence,
    (found, moderated): (&'a AnalysisFindings, &'a Moderated),
    regression: &'a Regression,
    style: &'a TableStyle,
) -> impl Iterator<Item = [String; 5]> + 'a {
    regression.coefficients.iter().enumerate().map(move |(index, coefficient)| {
        let means = moderated.means.iter().filter(|_| index == 0);
        let means: Vec<String> = means
            .map(|(moderator, mean)| format!("{} {}", said(evidence, *moderator), format::trimmed(*mean)))
            .collect();
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
            if index == 0 { style.nothing.clone() } else { ratio(found.analysis.methods.scale, coefficient, style) },
            format::p_value(coefficient.p_value),
            permuted.filter(|_| index > 0).map_or_else(|| style.nothing.clone(), |p| format::p_value(*p)),
        ]
    })
}

/// Returns a coefficient as the ratio that its scale gives.
fn ratio(scale: Scale, coefficient: &Coefficient, style: &TableStyle) -> String {
    let of = match scale {
        Scale::Cloglog => "hazard ratio",
        Scale::Logit => "odds ratio",
        Scale::Log => "risk ratio",
        Scale::Plain | Scale::Arcsine | Scale::DoubleArcsine => return style.nothing.clone(),
    };
    let [estimate, lower, upper] = [coefficient.estimate, coefficient.ci_lower, coefficient.ci_upper]
        .map(|value| format::fixed(num::exp(value), 2));
    format!("{of} {estimate} ({lower} to {upper})")
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
    let explained =
        regression.r2_percent.map_or_else(|| style.nothing.clone(), |r2| format!("{}%", format::fixed(r2, 0)));
    let orders = moderated.permutation.as_ref().map_or_else(
        || style.nothing.clone(),
        |permutation| format!("{} ({})", format::p_value(permutation.qm_p), arrangements(permutation)),
    );
    let forced = if moderated.forced { format!("; forced: {}", wording::too_few(moderated.k)) } else { String::new() };
    [
        format!("All moderators, k = {}{forced}", moderated.k),
        statistic,
        format!("R² = {explained}, residual τ² = {}", format::fixed(regression.tau2, 3)),
        format::p_value(test.qm_p),
        orders,
    ]
}

/// Returns a row of words beside which nothing stands.
fn alone(words: String, style: &TableStyle) -> [String; 5] {
    let nothing = || style.nothing.clone();
    [words, nothing(), nothing(), nothing(), nothing()]
}

/// Returns what a moderator is called among the means: `BED₁₀`.
fn said(evidence: &Evidence, moderator: Moderator) -> String {
    if moderator == Moderator::Bed { evidence.protocol.alpha_beta.bed() } else { moderator.to_string() }
}

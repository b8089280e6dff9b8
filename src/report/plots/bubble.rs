//! The bubble plot: effects against a moderator, with the regression on it.

use super::under_glass::{UnderGlass, extent};
use crate::evidence::Evidence;
use crate::model::Estimate;
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::figure::text::Text;
use crate::report::moderators_table::{ECOLOGICAL, arrangements, prescription_words};
use crate::report::{format, wording};
use crate::review::{Entry, Moderated, Moderator, moderator_number, regressed_on};

/// Diameter of the heaviest bubble in parts of a glyph's size.
const LARGEST: f64 = 2.6;

/// Returns effects against a moderator; the area of a bubble is the series' weight.
pub(super) fn bubble(glass: &UnderGlass<'_>) -> Option<Chart> {
    glass.pooled()?;
    let (evidence, on) = (glass.evidence, glass.plan.moderator);
    let moderated = regressed_on(evidence, glass.found, on, glass.plan.forced)?;
    let known: Vec<(&Entry, &Estimate, f64)> = (glass.found.entries.iter().zip(&glass.close.estimates))
        .filter_map(|(entry, estimate)| Some((entry, estimate, moderator_number(evidence, entry, on)?)))
        .collect();
    let (first, last) = extent(known.iter().map(|(_, _, value)| *value))?;
    let margin = 0.06 * (last - first).max(if on == Moderator::Year { 5.0 } else { 0.1 * last.abs().max(1.0) });
    let (from, to) = (first - margin, last + margin);
    let along: Vec<f64> = (0..=40).map(|i| from + (to - from) * f64::from(i) / 40.0).collect();
    let line = moderated.line(&along);
    let effects = glass.close.estimates.iter().map(|estimate| estimate.yi);
    // The band is cut where the series end: a regression of few series has ends that reach anywhere.
    let y = glass.effect_axis(effects)?;
    let mut layers = Vec::new();
    let mut footer = vec![glass.scale_note()];
    let mut legend = vec![(Key::Dot(Glyph::Disc, Ink::Study), "series, its area the weight".to_owned())];
    let name = name(evidence, on);
    if let Some(line) = &line {
        let lower = line.iter().map(|(x, _, limits)| point(*x, limits.lower));
        let upper = line.iter().rev().map(|(x, _, limits)| point(*x, limits.upper));
        layers.push(Layer::Area { corners: lower.chain(upper).collect(), ink: Ink::Tint(28) });
        let points = line.iter().map(|(x, fitted, _)| point(*x, *fitted)).collect();
        layers.push(Layer::Line { name: "regression".to_owned(), points, pen: TREND });
        let forced = if moderated.forced { ", forced" } else { "" };
        legend.push((Key::Line(TREND), format!("regression on {name}{forced}")));
        let level = format::percent(glass.found.analysis.methods.spec.level.0, 0);
        legend.push((Key::Area(Ink::Tint(28)), format!("its {level}% interval")));
    }
    footer.extend(said(glass, &moderated, &name).iter().map(|words| Text::from(words.as_str())));
    let heaviest = glass.found.entries.iter().filter_map(|entry| entry.weight_percent).fold(0.0, f64::max);
    for (entry, estimate, value) in &known {
        let share = entry.weight_percent.map_or(1.0, |weight| (weight / heaviest).sqrt());
        let dot = Dot::study(glass.short_name(entry), point(*value, estimate.yi));
        layers.push(Layer::Dot(Dot { size: LARGEST * share.max(0.2), ..dot }));
    }
    let forced = if moderated.forced { " (forced)" } else { "" };
    let title = glass.title(&format!("Effects by {name}")) + forced;
    let (low, high) = (format::trimmed(first), format::trimmed(last));
    Some(Chart {
        id: glass.plan.id.clone(),
        description: match on {
            Moderator::Year => format!("{title}. Series published from {low} to {high}."),
            _ => format!("{title}. {} from {low} to {high}.", wording::upper_first(&name)),
        },
        title,
        x: Axis::new(Text::marked(&label(evidence, on)), from, to),
        y,
        right: None,
        layers,
        legend,
        footer,
    })
}

const TREND: Pen = Pen { ink: Ink::Total, width: 1.2, dash: None };

/// Returns the lines under the plot: P of the slope by the model and by permutation, or why there is none; what it cannot show.
fn said(glass: &UnderGlass<'_>, moderated: &Moderated, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    match &moderated.regression {
        Ok(regression) => {
            let slope = regression.coefficients.get(1).map(|slope| format::p_value(slope.p_value)).unwrap_or_default();
            let permuted = moderated.permutation.as_ref().and_then(|permutation| {
                let p = format::p_value(*permutation.p_values.get(1)?);
                Some(format!("; by permutation {p} ({})", arrangements(permutation)))
            });
            let permuted = permuted.unwrap_or_else(|| "; no permutation test".to_owned());
            lines.push(format!("Regression on {name}, k = {}: {slope}{permuted}.", moderated.k));
            lines.extend(moderated.forced.then(|| format!("Forced: {}.", wording::too_few(moderated.k))));
            lines.push(ECOLOGICAL.to_owned());
        }
        Err(error) => lines.push(format!("No regression: {}.", wording::no_regression(*error, moderated.k))),
    }
    lines.extend(prescription_words(glass.evidence, moderated).map(|words| words + "."));
    let missing: Vec<String> =
        moderated.missing.iter().map(|missing| wording::missing(glass.evidence, missing)).collect();
    lines.extend((!missing.is_empty()).then(|| format!("Not shown: {}.", missing.join("; "))));
    lines
}

/// Returns what a moderator is called in a sentence.
fn name(evidence: &Evidence, moderator: Moderator) -> String {
    match moderator {
        Moderator::Year => "year of publication".to_owned(),
        Moderator::Patients => "number of patients".to_owned(),
        Moderator::FollowUp => "median follow-up".to_owned(),
        Moderator::Dose => "total dose".to_owned(),
        Moderator::Fractions => "number of fractions".to_owned(),
        Moderator::Bed => evidence.protocol.alpha_beta.bed(),
        Moderator::Eqd2 => "EQD2".to_owned(),
        other => other.to_string(),
    }
}

/// Returns what stands along the axis of a moderator, marked up.
fn label(evidence: &Evidence, moderator: Moderator) -> String {
    match moderator {
        Moderator::FollowUp => "Median follow-up, months".to_owned(),
        Moderator::Dose => "Total dose, Gy".to_owned(),
        Moderator::Bed => format!("BED~{}~, Gy", evidence.protocol.alpha_beta),
        Moderator::Eqd2 => format!("EQD2 (α/β {}), Gy", evidence.protocol.alpha_beta.0),
        other => wording::upper_first(&name(evidence, other)),
    }
}

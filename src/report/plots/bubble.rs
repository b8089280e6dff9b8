//! The bubble plot: effects against the year of publication, with the regression on it.

use super::under_glass::{UnderGlass, extent};
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::format;

/// Diameter of the heaviest bubble in parts of a glyph's size.
const LARGEST: f64 = 2.6;

/// Returns effects against years; the area of a bubble is the series' weight.
pub(super) fn bubble(glass: &UnderGlass<'_>) -> Option<Chart> {
    glass.pooled()?;
    let years: Option<Vec<f64>> = glass.found.entries.iter().map(|entry| glass.year(entry).map(f64::from)).collect();
    let years = years?;
    let (first, last) = extent(years.iter().copied())?;
    let margin = 0.06 * (last - first).max(5.0);
    let (from, to) = (first - margin, last + margin);
    let along: Vec<f64> = (0..=40).map(|i| from + (to - from) * f64::from(i) / 40.0).collect();
    let trend = glass.close.trend(&years, &along).ok();
    let effects = glass.close.estimates.iter().map(|estimate| estimate.yi);
    // The band is cut where the series end: a regression of few series has ends that reach anywhere.
    let y = glass.effect_axis(effects)?;
    let mut layers = Vec::new();
    let mut footer = vec![glass.scale_note()];
    let mut legend = vec![(Key::Dot(Glyph::Disc, Ink::Study), "series, its area the weight".to_owned())];
    if let Some(trend) = &trend {
        let lower = trend.line.iter().map(|(x, _, limits)| point(*x, limits.lower));
        let upper = trend.line.iter().rev().map(|(x, _, limits)| point(*x, limits.upper));
        layers.push(Layer::Area { corners: lower.chain(upper).collect(), ink: Ink::Tint(28) });
        let points = trend.line.iter().map(|(x, fitted, _)| point(*x, *fitted)).collect();
        layers.push(Layer::Line { name: "regression".to_owned(), points, pen: TREND });
        legend.push((Key::Line(TREND), "regression on the year".to_owned()));
        let level = format::percent(glass.found.analysis.methods.spec.level.0, 0);
        legend.push((Key::Area(Ink::Tint(28)), format!("its {level}% interval")));
        footer.push(format!("Regression on the year of publication: {}.", format::p_value(trend.p_value)).into());
    }
    let heaviest = glass.found.entries.iter().filter_map(|entry| entry.weight_percent).fold(0.0, f64::max);
    for ((entry, estimate), year) in glass.found.entries.iter().zip(&glass.close.estimates).zip(&years) {
        let share = entry.weight_percent.map_or(1.0, |weight| (weight / heaviest).sqrt());
        let dot = Dot::study(glass.short_name(entry), point(*year, estimate.yi));
        layers.push(Layer::Dot(Dot { size: LARGEST * share.max(0.2), ..dot }));
    }
    let title = glass.title("Effects by year of publication");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. Series published from {first} to {last}."),
        title,
        x: Axis::new("Year of publication", from, to),
        y,
        right: None,
        layers,
        legend,
        footer,
    })
}

const TREND: Pen = Pen { ink: Ink::Total, width: 1.2, dash: None };

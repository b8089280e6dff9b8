//! The radial plot: each series' standardised effect against its precision; a line from the origin is one effect.
//!
//! Galbraith (1988), <https://doi.org/10.1080/00401706.1988.10488400>.

use super::under_glass::{UnderGlass, extent};
use crate::model::Estimate;
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;

/// Returns the radial plot of a pool.
pub(super) fn radial(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (fit, _) = glass.pooled()?;
    // Better survival is above, on a scale that falls with the proportion too.
    let sign = if glass.rising() { 1.0 } else { -1.0 };
    let place = |estimate: &Estimate| {
        let error = (estimate.vi + fit.tau2).sqrt();
        point(1.0 / error, sign * estimate.yi / error)
    };
    let places: Vec<_> = glass.close.estimates.iter().map(place).collect();
    let right = extent(places.iter().map(|p| p.x))?.1 * 1.12;
    let slope = sign * fit.estimate;
    let (low, high) =
        extent(places.iter().map(|p| p.y).chain([slope * right - 1.96, slope * right + 1.96, -1.96, 1.96]))?;
    let margin = 0.06 * (high - low);
    let (low, high) = (low - margin, high + margin);
    let band = vec![
        point(0.0, -1.96),
        point(right, slope * right - 1.96),
        point(right, slope * right + 1.96),
        point(0.0, 1.96),
    ];
    let line =
        Layer::Line { name: String::new(), points: vec![point(0.0, 0.0), point(right, slope * right)], pen: POOL };
    let mut layers = vec![Layer::Area { corners: band, ink: Ink::Tint(28) }, line];
    for (entry, at) in glass.found.entries.iter().zip(places) {
        layers.push(Layer::Dot(Dot::study(glass.short_name(entry), at)));
    }
    // Where the line from the origin through an effect leaves the chart.
    let effects = glass.effect_axis([low / right, high / right])?;
    let ticks = effects.ticks.into_iter().map(|(effect, percent)| (sign * effect * right, percent)).collect();
    let title = glass.title("Radial plot");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. The line from the origin is the pooled {}.", glass.pool_words()),
        title,
        x: Axis::new("Precision, 1/√(v + τ²)", 0.0, right),
        y: Axis::new("Effect, in standard errors", low, high),
        right: Some(Axis::new(effects.label, low, high).with_ticks(ticks)),
        layers,
        legend: vec![
            (Key::Dot(Glyph::Disc, Ink::Study), "series".to_owned()),
            (Key::Line(POOL), "pooled".to_owned()),
            (Key::Area(Ink::Tint(28)), "two standard errors about it".to_owned()),
        ],
        footer: vec!["A line from the origin through a series meets its effect on the right.".into()],
    })
}

const POOL: Pen = Pen { ink: Ink::Total, width: 1.1, dash: None };

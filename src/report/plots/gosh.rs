//! GOSH: the pools of all subsets of the series, to see whether one series holds two groups apart.
//!
//! Olkin, Dahabreh & Trikalinos (2012), <https://doi.org/10.1002/jrsm.1053>.

use super::under_glass::UnderGlass;
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Named};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::format;

/// Returns the plot of all subsets, those with the series that weighs most on the pool marked.
pub(super) fn gosh(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (fit, _) = glass.pooled()?;
    let subsets = glass.close.subsets().ok()?;
    let pivot = pivot(glass)?;
    let name = glass.found.entries.get(pivot).map(|entry| glass.name(entry))?;
    let x = glass.effect_axis(subsets.iter().map(|subset| subset.pool.estimate))?;
    let dot = |with: bool| {
        let (glyph, ink) = if with { (Glyph::Lozenge, Ink::Prediction) } else { (Glyph::Disc, Ink::Study) };
        move |name: String, at| Dot { glyph, ink, size: 0.55, named: Named::Silent, ..Dot::study(name, at) }
    };
    let mut layers = Vec::new();
    for subset in &subsets {
        let members = subset.members.iter().filter_map(|position| glass.found.entries.get(*position));
        let names: Vec<String> = members.map(|entry| glass.name(entry)).collect();
        let with = subset.members.contains(&pivot);
        layers.push(Layer::Dot(dot(with)(names.join(", "), point(subset.pool.estimate, subset.pool.i2_percent))));
    }
    let all = point(fit.estimate, fit.heterogeneity.i2_percent);
    layers.push(Layer::Dot(Dot { ink: Ink::Total, size: 1.5, ..Dot::study("All series", all) }));
    let title = glass.title("Pools of all subsets (GOSH)");
    let count = format::counted(subsets.len() as u64, "subset", "subsets");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. {count}; all series give {}.", glass.pool_words()),
        title,
        x,
        y: Axis::new("I², %", -4.0, 104.0),
        right: None,
        layers,
        legend: vec![
            (Key::Dot(Glyph::Lozenge, Ink::Prediction), format!("subsets with {name}")),
            (Key::Dot(Glyph::Disc, Ink::Study), "subsets without it".to_owned()),
        ],
        footer: vec![
            format!(
                "The pools of all {count} of two series or more; {name} changes the pool most when it is left out."
            )
            .into(),
            glass.scale_note(),
        ],
    })
}

/// Returns the position of the series without which the pool changes most.
fn pivot(glass: &UnderGlass<'_>) -> Option<usize> {
    let (fit, _) = glass.pooled()?;
    let without = glass.close.leave_one_out().ok()?;
    let change = without.iter().map(|omitted| (omitted.estimate - fit.estimate).abs());
    change.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(position, _)| position)
}

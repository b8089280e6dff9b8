//! Funnel plots: do small series show other effects than large ones?

use super::under_glass::{UnderGlass, extent};
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Named, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::figure::text::Text;
use crate::report::format;

/// Below this many series a funnel's shape is chance (Sterne et al. 2011, <https://doi.org/10.1136/bmj.d4002>).
const FEW: usize = 10;

/// The contours, widest first: per cent, normal quantile, grey.
const CONTOURS: [(&str, f64, u8); 3] = [("99%", 2.575_829, 30), ("95%", 1.959_964, 60), ("90%", 1.644_854, 0)];

/// Returns effects against their standard errors, with what trim and fill would add.
pub(super) fn by_error(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (fit, _) = glass.pooled()?;
    let errors = glass.close.estimates.iter().map(|estimate| estimate.vi.sqrt());
    let (_, largest) = extent(errors)?;
    let bottom = largest * 1.08;
    let (center, reach) = (fit.estimate, 1.96 * bottom);
    let filled = glass.close.filled().map(|filled| filled.filled).unwrap_or_default();
    let effects = glass.close.estimates.iter().chain(&filled).map(|estimate| estimate.yi);
    let x = glass.effect_axis(effects.chain([center - reach, center + reach]))?;
    let contour = |(_, z, grey): (&str, f64, u8)| Layer::Area {
        corners: vec![point(center, 0.0), point(center - z * bottom, bottom), point(center + z * bottom, bottom)],
        ink: Ink::Tint(grey),
    };
    let mut layers: Vec<Layer> = CONTOURS.into_iter().map(contour).collect();
    layers.push(center_line(center, 0.0, bottom));
    for estimate in &filled {
        let at = point(estimate.yi, estimate.vi.sqrt());
        layers.push(Layer::Dot(Dot { glyph: Glyph::Ring, named: Named::Silent, ..Dot::study("filled in", at) }));
    }
    for (entry, estimate) in glass.found.entries.iter().zip(&glass.close.estimates) {
        layers.push(Layer::Dot(Dot::study(glass.short_name(entry), point(estimate.yi, estimate.vi.sqrt()))));
    }
    let mut legend = vec![(Key::Dot(Glyph::Disc, Ink::Study), "series".to_owned())];
    if !filled.is_empty() {
        legend.push((Key::Dot(Glyph::Ring, Ink::Study), "filled in by trim and fill (L0)".to_owned()));
    }
    legend.push((Key::Line(POOL), "pooled".to_owned()));
    for (share, _, grey) in CONTOURS.into_iter().rev() {
        legend.push((Key::Area(Ink::Tint(grey)), format!("{share} of series, were there no heterogeneity")));
    }
    Some(Chart {
        y: Axis::new("Standard error", bottom, 0.0),
        footer: vec![glass.scale_note(), few(glass)],
        ..chart(glass, x, layers, legend, "Funnel plot")
    })
}

/// Returns proportions against the patients they rest on; for proportions, the standard error follows the estimate itself.
///
/// # References
/// Hunter et al. (2014), <https://doi.org/10.1016/j.jclinepi.2014.03.003>
pub(super) fn by_size(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (_, natural) = glass.pooled()?;
    let sizes = glass.found.entries.iter().filter_map(|entry| entry.n).map(|n| n as f64);
    let (_, largest) = extent(sizes)?;
    let top = largest * 1.1;
    let p = natural.estimate;
    let limit = |sign: f64| Layer::Line {
        name: String::new(),
        points: (0..=80)
            .map(|i| {
                // Evenly in 1/√n, in which the limits are straight; from one patient up.
                let per_root = 1.0 + (1.0 / top.sqrt() - 1.0) * f64::from(i) / 80.0;
                point(100.0 * (p + sign * 1.959_964 * (p * (1.0 - p)).sqrt() * per_root), 1.0 / (per_root * per_root))
            })
            .collect(),
        pen: LIMIT,
    };
    let mut layers = vec![limit(-1.0), limit(1.0), center_line(100.0 * p, 0.0, top)];
    for entry in &glass.found.entries {
        if let Some(n) = entry.n {
            let at = point(100.0 * entry.effect.proportion, n as f64);
            layers.push(Layer::Dot(Dot::study(glass.short_name(entry), at)));
        }
    }
    let x = Axis::new(format!("{}, %", glass.outcome()), 0.0, 100.0);
    let legend = vec![
        (Key::Dot(Glyph::Disc, Ink::Study), "series".to_owned()),
        (Key::Line(POOL), "pooled".to_owned()),
        (Key::Line(LIMIT), "95% of series, were there no heterogeneity and no censoring".to_owned()),
    ];
    Some(Chart {
        y: Axis::new("Patients (or lesions)", 0.0, top),
        footer: vec![few(glass)],
        ..chart(glass, x, layers, legend, "Funnel plot by size")
    })
}

const POOL: Pen = Pen { ink: Ink::Total, width: 1.0, dash: Some((4.0, 3.0)) };
const LIMIT: Pen = Pen { ink: Ink::Quiet, width: 0.8, dash: None };

fn center_line(x: f64, from: f64, to: f64) -> Layer {
    Layer::Line { name: String::new(), points: vec![point(x, from), point(x, to)], pen: POOL }
}

fn few(glass: &UnderGlass<'_>) -> Text {
    let k = glass.found.entries.len();
    Text::from(if k < FEW {
        format!("With {k} series the shape of a funnel is mostly chance; asymmetry is not tested below {FEW}.")
    } else {
        "Asymmetry may come from heterogeneity as well as from what was not published.".to_owned()
    })
}

fn chart(glass: &UnderGlass<'_>, x: Axis, layers: Vec<Layer>, legend: Vec<(Key, String)>, what: &str) -> Chart {
    let title = glass.title(what);
    let k = format::counted(glass.found.entries.len() as u64, "series", "series");
    Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. {k} about a pooled {}.", glass.pool_words()),
        title,
        x,
        y: Axis::new("", 0.0, 1.0),
        right: None,
        layers,
        legend,
        footer: Vec::new(),
    }
}

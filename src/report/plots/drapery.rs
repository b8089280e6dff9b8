//! The drapery plot: the P value of every effect, by each series and by the pool.
//!
//! Rücker & Schwarzer (2021), <https://doi.org/10.1002/jrsm.1435>.

use super::under_glass::UnderGlass;
use crate::model::Estimate;
use crate::report::figure::chart::{Axis, Chart, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::{Point, point};
use crate::review::CloseUp;

/// Returns the drapery plot of a pool.
pub(super) fn drapery(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (fit, _) = glass.pooled()?;
    let reach = |estimate: &Estimate| {
        let reach = 2.0 * estimate.vi.sqrt();
        [estimate.yi - reach, estimate.yi + reach]
    };
    let x = glass.effect_axis(glass.close.estimates.iter().flat_map(reach))?;
    let grid: Vec<f64> = (0..=240).map(|i| x.from + (x.to - x.from) * f64::from(i) / 240.0).collect();
    let curve = |estimate: f64, se: f64| -> Vec<Point> {
        // Its own peak stands between the values of the grid.
        let mut at: Vec<f64> = grid.iter().copied().chain([estimate]).collect();
        at.sort_by(f64::total_cmp);
        CloseUp::p_values(estimate, se, &at).into_iter().zip(&at).map(|(p, x)| point(*x, p)).collect()
    };
    let level = Layer::Line { name: String::new(), points: vec![point(x.from, 0.05), point(x.to, 0.05)], pen: LEVEL };
    let mut layers = vec![level];
    for (entry, estimate) in glass.found.entries.iter().zip(&glass.close.estimates) {
        layers.push(Layer::Line {
            name: glass.name(entry),
            points: curve(estimate.yi, estimate.vi.sqrt()),
            pen: SERIES,
        });
    }
    layers.push(Layer::Line { name: "pooled".to_owned(), points: curve(fit.estimate, fit.se), pen: POOL });
    let title = glass.title("Drapery plot");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. The curve of the pool peaks at {}.", glass.pool_words()),
        title,
        x,
        y: Axis::new("P value", 0.0, 1.0),
        right: None,
        layers,
        legend: vec![
            (Key::Line(POOL), "pooled".to_owned()),
            (Key::Line(SERIES), "each series".to_owned()),
            (Key::Line(LEVEL), "P = 0.05: the curve above it is the 95% interval".to_owned()),
        ],
        footer: vec!["All curves by the normal distribution.".into(), glass.scale_note()],
    })
}

const POOL: Pen = Pen { ink: Ink::Total, width: 1.9, dash: None };
const SERIES: Pen = Pen { ink: Ink::Study, width: 0.8, dash: None };
const LEVEL: Pen = Pen { ink: Ink::Quiet, width: 0.7, dash: Some((4.0, 3.0)) };

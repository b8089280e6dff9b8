//! How far a new series would move a pool, by its size: at both ends of the prediction interval and at the pooled value.

use super::under_glass::{UnderGlass, extent};
use crate::num;
use crate::report::figure::chart::{Axis, Chart, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::{Point, point};
use crate::report::figure::text::Text;
use crate::report::format;
use crate::review::{LivingPlan, Position, shifts_by_size};

/// The sizes of series that are tried, each about a quarter larger than the one before.
const SIZES: [u64; 19] = [10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 320, 400, 500, 600];
const TICKS: [u64; 7] = [10, 20, 50, 100, 200, 400, 600];

/// Returns the shift of the pooled value against the size of the series that makes it; `None` without a prediction interval.
pub(super) fn next_series(glass: &UnderGlass<'_>, living: Option<&LivingPlan>) -> Option<Chart> {
    glass.found.pool.estimated()?.prediction?;
    let shifts = shifts_by_size(glass.evidence, glass.found, &SIZES);
    let along = |position: Position| -> Vec<Point> {
        let at = |(size, shifts): &(u64, Vec<(Position, f64)>)| {
            let (_, shift) = shifts.iter().find(|(other, _)| *other == position)?;
            Some(point(place(*size), 100.0 * shift))
        };
        shifts.iter().filter_map(at).collect()
    };
    let lines = [
        (Position::Upper, "at the upper end of the prediction interval", Pen::dashed(Ink::Study, 1.4)),
        (Position::Pooled, "at the pooled value", Pen::solid(Ink::Quiet, 1.2)),
        (Position::Lower, "at the lower end of the prediction interval", Pen::solid(Ink::Study, 1.4)),
    ];
    let (low, high) = extent(shifts.iter().flat_map(|(_, shifts)| shifts.iter().map(|(_, shift)| 100.0 * shift)))?;
    let margin = 0.08 * (high - low).max(0.5);
    let (first, last) = (place(SIZES[0]), place(SIZES[SIZES.len() - 1]));
    let mut layers = Vec::new();
    let mut footer = vec![Text::from(
        "The pool is fitted again with a series of this size at that place; the standard error is that of n and the median \
         follow-up of the pool’s series, or of the count.",
    )];
    if let Some(limit) = living.and_then(|living| living.stop.as_ref()?.shift_below) {
        let (from, to) = ((-100.0 * limit.0).max(low - margin), (100.0 * limit.0).min(high + margin));
        let corners = vec![point(first, from), point(last, from), point(last, to), point(first, to)];
        layers.push(Layer::Area { corners, ink: Ink::Tint(20) });
        footer.push(Text::from(format!(
            "Shaded: the declared signal to stop, a shift below {}.",
            format::points(limit.0)
        )));
    }
    layers.push(Layer::Line { name: String::new(), points: vec![point(first, 0.0), point(last, 0.0)], pen: ZERO });
    for (position, name, pen) in lines {
        layers.push(Layer::Line { name: name.to_owned(), points: along(position), pen });
    }
    let title = glass.title("What a new series would change");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!(
            "{title}. A series of 600 at an end of the prediction interval moves the pooled value by {} to {} percentage points.",
            format::fixed(low, 1),
            format::fixed(high, 1)
        ),
        title,
        x: Axis::new("Patients in the new series", first, last)
            .with_ticks(TICKS.map(|size| (place(size), size.to_string())).into()),
        y: Axis::new("Shift of the pooled value, points", low - margin, high + margin),
        right: None,
        layers,
        legend: lines.map(|(_, name, pen)| (Key::Line(pen), name.to_owned())).into(),
        footer,
    })
}

const ZERO: Pen = Pen { ink: Ink::Ink, width: 0.6, dash: None };

/// Returns where a size stands on the axis, whose spacing is that of ratios.
fn place(size: u64) -> f64 {
    num::ln(size as f64)
}

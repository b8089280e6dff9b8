//! The pooled curve, its median and its mean.

use nalgebra::DMatrix;
use serde::Serialize;

use super::observed::{Conditional, Observed};
use crate::evidence::Level;
use crate::num;
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// The pooled curve at the end of one interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PooledPoint {
    /// The time.
    pub time: f64,
    /// Survival.
    pub survival: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Patients at risk in the interval that ends here, all series together.
    pub at_risk: f64,
    /// Series that observe it.
    pub series: usize,
}

/// A time with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantity {
    /// The time; `None` where the curve does not come down so far.
    pub value: Option<f64>,
    /// Lower end.
    pub lower: Option<f64>,
    /// Upper end; `None` where it is not reached.
    pub upper: Option<f64>,
}

/// A pooled curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledCurve {
    /// The curve at each time of the grid.
    pub points: Vec<PooledPoint>,
    /// Median time, straight lines between the points; its ends are where the limits cross one half.
    pub median: Quantity,
    /// Mean time up to the last point (trapezoids), its interval by the delta method.
    pub mean: Quantity,
}

impl PooledCurve {
    /// Multiplies the conditional survivals up.
    pub(super) fn new(observed: &Observed, pooled: &Conditional, level: Level) -> Self {
        let intervals = observed.times.len();
        let beta = &pooled.beta;
        // ln S = Σ 2 ln sin β, so that its slopes are 2 cot β up to its own interval.
        let slopes = DMatrix::from_fn(intervals, intervals, |row, interval| {
            if interval <= row { 2.0 * num::cos(beta[interval]) / num::sin(beta[interval]) } else { 0.0 }
        });
        let covariance = &slopes * &pooled.covariance * slopes.transpose();
        let z = Normal.quantile(Tail::above(level.0));
        let mut log_survival = 0.0;
        let mut points = Vec::with_capacity(intervals);
        for (interval, &time) in observed.times.iter().enumerate() {
            log_survival += 2.0 * num::ln(num::sin(beta[interval]));
            let half = z * covariance[(interval, interval)].sqrt();
            let spans = || observed.spans.iter().filter(|span| (span.first..=span.last).contains(&interval));
            points.push(PooledPoint {
                time,
                survival: num::exp(log_survival),
                lower: num::exp(log_survival - half),
                upper: num::exp(log_survival + half).min(1.0),
                at_risk: spans().map(|span| span.at_risk).sum(),
                series: spans().count(),
            });
        }
        Self { median: median(&points), mean: mean(&points, &covariance, z), points }
    }
}

fn median(points: &[PooledPoint]) -> Quantity {
    let end = |pick: fn(&PooledPoint) -> f64| {
        let mut before = (0.0, 1.0);
        for point in points {
            let here = (point.time, pick(point));
            if here.1 <= 0.5 {
                return Some(before.0 + (here.0 - before.0) * (before.1 - 0.5) / (before.1 - here.1));
            }
            before = here;
        }
        None
    };
    Quantity { value: end(|point| point.survival), lower: end(|point| point.lower), upper: end(|point| point.upper) }
}

fn mean(points: &[PooledPoint], covariance: &DMatrix<f64>, z: f64) -> Quantity {
    let time = |index: usize| points.get(index).map_or(0.0, |point| point.time);
    // Each point carries half the distance between its neighbours; the start, where survival is 1, half of the first.
    let carried: Vec<f64> = points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            let before = index.checked_sub(1).map_or(0.0, time);
            let after = points.get(index + 1).map_or(point.time, |next| next.time);
            0.5 * (after - before) * point.survival
        })
        .collect();
    let value = 0.5 * time(0) + num::sum(carried.iter().copied());
    let mut variance = 0.0;
    for (row, a) in carried.iter().enumerate() {
        for (column, b) in carried.iter().enumerate() {
            variance += a * b * covariance[(row, column)];
        }
    }
    let half = z * variance.sqrt();
    Quantity { value: Some(value), lower: Some((value - half).max(0.0)), upper: Some(value + half) }
}

//! How series differ: the between-series covariance of conditional survivals, by moments.

use nalgebra::{DMatrix, SymmetricEigen};

use super::observed::{Conditional, Observed, Span};
use crate::num;

/// What one series tells of one interval.
#[derive(Debug, Clone, Copy)]
struct Cell {
    y: f64,
    /// Standard error of `y`.
    s: f64,
    /// The span that it was told in: cells of one span err together.
    span: usize,
}

/// Returns the between-series covariance matrix, positive semi-definite.
///
/// For each pair of intervals r and s, over the series that observe both, with weights `√(wᵣwₛ)`:
/// `Q = Σ √(wᵣwₛ)(yᵣ − ȳᵣ)(yₛ − ȳₛ)` less its expectation from sampling error, over what one unit of covariance adds to it.
/// A span of several intervals is shared out in proportion to the pooled hazard, its error with it.
pub fn moments(observed: &Observed, fixed: &Conditional) -> DMatrix<f64> {
    let intervals = observed.times.len();
    let series: Vec<Vec<Option<Cell>>> = observed.by_series().map(|spans| cells(spans, fixed, intervals)).collect();
    let mut between = DMatrix::zeros(intervals, intervals);
    for r in 0..intervals {
        for s in 0..=r {
            let pairs: Vec<(Cell, Cell)> = series.iter().filter_map(|cells| cells[r].zip(cells[s])).collect();
            between[(r, s)] = covariance(&pairs);
            between[(s, r)] = between[(r, s)];
        }
    }
    let mut eigen = SymmetricEigen::new(between);
    eigen.eigenvalues.apply(|value| *value = value.max(0.0));
    eigen.recompose()
}

/// Returns the covariance of the two figures between series; 0 where fewer than two series give both.
fn covariance(pairs: &[(Cell, Cell)]) -> f64 {
    if pairs.len() < 2 {
        return 0.0;
    }
    let weights: Vec<f64> = pairs.iter().map(|(r, s)| 1.0 / (r.s * s.s)).collect();
    let total = num::sum(weights.iter().copied());
    let share = |weight: &f64| weight / total;
    let mean = |pick: fn(&(Cell, Cell)) -> f64| {
        num::sum(pairs.iter().zip(&weights).map(|(pair, weight)| share(weight) * pick(pair)))
    };
    let (mean_r, mean_s) = (mean(|(r, _)| r.y), mean(|(_, s)| s.y));
    let sampling = |(r, s): &(Cell, Cell)| if r.span == s.span { r.s * s.s } else { 0.0 };
    let mean_sampling = num::sum(pairs.iter().zip(&weights).map(|(pair, w)| share(w) * share(w) * sampling(pair)));
    let mean_unit = num::sum(weights.iter().map(|weight| share(weight) * share(weight)));
    let (mut scatter, mut chance, mut unit) = (0.0, 0.0, 0.0);
    for (pair, weight) in pairs.iter().zip(&weights) {
        let own = 1.0 - 2.0 * share(weight);
        scatter += weight * (pair.0.y - mean_r) * (pair.1.y - mean_s);
        chance += weight * (own * sampling(pair) + mean_sampling);
        unit += weight * (own + mean_unit);
    }
    (scatter - chance) / unit
}

/// Returns what a series tells of each interval.
fn cells(spans: &[Span], fixed: &Conditional, intervals: usize) -> Vec<Option<Cell>> {
    // d asin √p / d ln p
    let slope = |y: f64| 0.5 * num::sin(y) / num::cos(y);
    let hazard = |interval: usize| -2.0 * num::ln(num::sin(fixed.beta[interval]));
    let mut cells = vec![None; intervals];
    for (index, span) in spans.iter().enumerate() {
        let together: f64 = (span.first..=span.last).map(hazard).sum();
        for (interval, cell) in cells.iter_mut().enumerate().take(span.last + 1).skip(span.first) {
            *cell = Some(if span.first == span.last {
                Cell { y: span.y, s: span.v.sqrt(), span: index }
            } else {
                let share = hazard(interval) / together;
                let y = num::asin(num::powf(num::sin(span.y), share));
                Cell { y, s: share * slope(y) / slope(span.y) * span.v.sqrt(), span: index }
            });
        }
    }
    cells
}

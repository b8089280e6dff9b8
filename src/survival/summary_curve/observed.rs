//! What the series tell of each interval, and the weighted fit to it.

use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

use nalgebra::{DMatrix, DVector};

use super::SeriesPoint;
use crate::num;
use crate::survival::SurvivalError;
use crate::survival::error::{above_zero, later, not_above, proportion};

/// Keeps the slope of a product finite: a conditional survival of 1 − 1e-12.
const NEAR_ONE: f64 = FRAC_PI_2 - 1e-6;

/// The survival of one series over one or more neighbouring intervals.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First interval, from 0.
    pub first: usize,
    /// Last interval.
    pub last: usize,
    /// asin √p of the conditional survival, continuity-corrected.
    pub y: f64,
    /// Its variance.
    pub v: f64,
    /// At risk where it begins.
    pub at_risk: f64,
}

/// All series on the grid of all their times.
#[derive(Debug)]
pub struct Observed {
    /// The ends of the intervals, ascending.
    pub times: Vec<f64>,
    /// The spans, each series' together and by time.
    pub spans: Vec<Span>,
    /// Where each series' spans begin in `spans`, and the end.
    starts: Vec<usize>,
    /// How many series there are.
    pub series: usize,
}

/// Pooled conditional survivals, on the arcsine scale.
#[derive(Debug)]
pub struct Conditional {
    /// asin √p of each interval.
    pub beta: DVector<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
}

impl Observed {
    /// Checks the rows and puts them on the grid.
    pub fn new(rows: &[SeriesPoint]) -> Result<Self, SurvivalError> {
        let mut by_series: BTreeMap<usize, Vec<(usize, SeriesPoint)>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            above_zero(index, "time", row.time)?;
            proportion(index, "survival", row.survival)?;
            above_zero(index, "at_risk", row.at_risk)?;
            by_series.entry(row.series).or_default().push((index, *row));
        }
        if by_series.len() < 2 {
            return Err(SurvivalError::TooFew { what: "series", found: by_series.len(), needed: 2 });
        }
        let steps: Vec<Vec<[SeriesPoint; 2]>> = by_series.values().map(|rows| steps(rows)).collect::<Result<_, _>>()?;
        let mut times: Vec<f64> = steps.iter().flatten().map(|[_, here]| here.time).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let mut starts = vec![0];
        for steps in &steps {
            starts.push(starts.last().copied().unwrap_or(0) + steps.len());
        }
        let span = |[before, here]: &[SeriesPoint; 2]| Span {
            first: times.partition_point(|time| *time <= before.time),
            last: times.partition_point(|time| *time < here.time),
            y: num::asin(((here.at_risk * here.survival / before.survival + 0.25) / (here.at_risk + 0.5)).sqrt()),
            v: 1.0 / (4.0 * here.at_risk + 2.0),
            at_risk: here.at_risk,
        };
        let spans = steps.iter().flatten().map(span).collect();
        Ok(Self { times, spans, starts, series: by_series.len() })
    }

    /// Returns the spans of each series.
    pub fn by_series(&self) -> impl Iterator<Item = &[Span]> {
        self.starts.windows(2).filter_map(|bounds| self.spans.get(bounds[0]..bounds[1]))
    }

    /// Returns the pooled conditional survivals, series differing by the matrix `between`.
    ///
    /// Generalised least squares; the product over a span is taken at its tangent and the fit repeated until it rests. Without
    /// gaps the model is linear and the second round changes nothing.
    pub fn fit(&self, between: &DMatrix<f64>) -> Result<Conditional, SurvivalError> {
        let mut beta = self.start();
        for _ in 0..200 {
            let (next, covariance) = self.step(&beta, between).ok_or(SurvivalError::NoConvergence)?;
            let next = next.map(|y| y.clamp(1e-6, NEAR_ONE));
            let moved = (&next - &beta).amax();
            beta = next;
            if moved < 1e-12 {
                return Ok(Conditional { beta, covariance });
            }
        }
        Err(SurvivalError::NoConvergence)
    }

    /// Returns Q: the weighted sum of squared distances from a pooled curve.
    pub fn scatter(&self, pooled: &Conditional) -> f64 {
        num::sum(self.spans.iter().map(|span| {
            let distance = span.y - span.expected(&pooled.beta);
            distance * distance / span.v
        }))
    }

    /// Starts from a constant hazard within each span.
    fn start(&self) -> DVector<f64> {
        let mut sums = vec![(0.0, 0.0); self.times.len()];
        for span in &self.spans {
            let share = 1.0 / (span.last + 1 - span.first) as f64;
            let alone = num::asin(num::powf(num::sin(span.y), share));
            for (sum, weight) in sums.iter_mut().take(span.last + 1).skip(span.first) {
                *sum += alone / span.v;
                *weight += 1.0 / span.v;
            }
        }
        DVector::from_iterator(sums.len(), sums.iter().map(|(sum, weight)| (sum / weight).clamp(1e-6, NEAR_ONE)))
    }

    fn step(&self, beta: &DVector<f64>, between: &DMatrix<f64>) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let intervals = self.times.len();
        let mut information = DMatrix::zeros(intervals, intervals);
        let mut score = DVector::zeros(intervals);
        for spans in self.by_series() {
            let mut design = DMatrix::zeros(spans.len(), intervals);
            for (row, span) in spans.iter().enumerate() {
                for interval in span.first..=span.last {
                    design[(row, interval)] = span.slope(beta, interval);
                }
            }
            let residual = DVector::from_iterator(spans.len(), spans.iter().map(|span| span.y - span.expected(beta)));
            let within = DMatrix::from_diagonal(&DVector::from_iterator(spans.len(), spans.iter().map(|span| span.v)));
            let weight = (within + &design * between * design.transpose()).cholesky()?;
            let weighted = weight.solve(&design);
            information += design.transpose() * &weighted;
            score += weighted.transpose() * (residual + &design * beta);
        }
        let information = information.cholesky()?;
        Some((information.solve(&score), information.inverse()))
    }
}

impl Span {
    /// Returns asin √ of the pooled survival over the span.
    pub fn expected(&self, beta: &DVector<f64>) -> f64 {
        if self.first == self.last { beta[self.first] } else { num::asin(self.product(beta).sqrt()) }
    }

    /// Returns the slope of [`Span::expected`] in the figure of one interval within it.
    fn slope(&self, beta: &DVector<f64>, interval: usize) -> f64 {
        if self.first == self.last {
            return 1.0;
        }
        let product = self.product(beta);
        (product / (1.0 - product)).sqrt() * num::cos(beta[interval]) / num::sin(beta[interval])
    }

    fn product(&self, beta: &DVector<f64>) -> f64 {
        (self.first..=self.last).map(|interval| num::sin(beta[interval]).powi(2)).product()
    }
}

/// Returns each point of a series with the point before it, from the start until survival is 0.
fn steps(rows: &[(usize, SeriesPoint)]) -> Result<Vec<[SeriesPoint; 2]>, SurvivalError> {
    let mut before = SeriesPoint { series: 0, time: 0.0, survival: 1.0, at_risk: f64::INFINITY };
    let mut steps = Vec::with_capacity(rows.len());
    for &(index, here) in rows {
        later(index, here.time, before.time)?;
        not_above(index, "survival", here.survival, before.survival)?;
        not_above(index, "at_risk", here.at_risk, before.at_risk)?;
        if before.survival > 0.0 {
            steps.push([before, here]);
        }
        before = here;
    }
    Ok(steps)
}

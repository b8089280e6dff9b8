//! What the joint model says: the curve with its bands, the median, the mean, and the difference between groups.

use std::f64::consts::LN_2;

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::structure::Structure;
use super::{GroupTest, JointFit, Trend, design_row};
use crate::effect::Scale;
use crate::num;
use crate::num::distribution::{ChiSquared, Distribution as _, Normal, StudentT, Tail};

/// The pooled curve at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandPoint {
    /// The time.
    pub time: f64,
    /// Survival.
    pub survival: f64,
    /// Lower end of its interval (normal).
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Lower end of the interval in which the true survival of another series is expected: `µ ± t √(τ² + SE²)`, t with
    /// series − 1 degrees of freedom; `None` below three series.
    pub prediction_lower: Option<f64>,
    /// Upper end of it.
    pub prediction_upper: Option<f64>,
}

/// A pooled time, in the unit of the times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TimeQuantity {
    /// The time.
    pub value: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end; `None` where the data do not bound it.
    pub upper: Option<f64>,
}

impl JointFit {
    /// Returns the pooled curve of `group` at `time`; `None` at a time that is not above 0, of which the landmarks know
    /// nothing, or in a group that is not there.
    ///
    /// The curve never rises with time: levels of landmarks that do are drawn together to their mean, weighted by what is
    /// known of them.
    #[must_use]
    pub fn at(&self, time: f64, group: usize) -> Option<BandPoint> {
        let x = self.row(time, group)?;
        let (beta, covariance) = self.falling();
        let y = x.dot(&beta);
        let variance = x.dot(&(&covariance * &x));
        let z = Structure::new(self.spec.random, &self.times).design_row(time);
        let between = z.dot(&(&self.between * &z));
        let band = |half: f64| {
            let (a, b) = (Scale::Cloglog.back(y - half), Scale::Cloglog.back(y + half));
            [a.min(b), a.max(b)]
        };
        let tail = Tail::above(self.spec.level.0);
        let [lower, upper] = band(Normal.quantile(tail) * variance.sqrt());
        let prediction = (self.series >= 3)
            .then(|| band(StudentT::new(self.series as f64 - 1.0).quantile(tail) * (between + variance).sqrt()));
        Some(BandPoint {
            time,
            survival: Scale::Cloglog.back(y),
            lower,
            upper,
            prediction_lower: prediction.map(|[lower, _]| lower),
            prediction_upper: prediction.map(|[_, upper]| upper),
        })
    }

    /// Returns the pooled median of `group`, with the times at which the curve's limits cross one half; for the log-time trend.
    ///
    /// # Boundary
    /// `None` where the curve does not come down to one half within the times observed: no median is read off beyond them.
    /// An end beyond them stands as it is, an unbounded one is `None`.
    #[must_use]
    pub fn median(&self, group: usize) -> Option<TimeQuantity> {
        let last = *self.times.last()?;
        if self.spec.trend != Trend::LogTime || self.at(last, group)?.survival > 0.5 {
            return None;
        }
        let (beta, covariance) = self.falling();
        // y(x) = a + slope·x in x = ln t, with a the intercept of the group; the limits are y ± z SE(y).
        let unit = self.row(1.0, group)?;
        let along = self.row(std::f64::consts::E, group)? - &unit;
        let (a, slope) = (unit.dot(&beta) - num::ln(LN_2), along.dot(&beta));
        if slope <= 0.0 {
            return None;
        }
        let z = Normal.quantile(Tail::above(self.spec.level.0));
        let form = |u: &DVector<f64>, v: &DVector<f64>| z * z * u.dot(&(&covariance * v));
        // (a + slope x)² = z² Var: quadratic in x.
        let (qa, qb, qc) =
            (slope * slope - form(&along, &along), a * slope - form(&unit, &along), a * a - form(&unit, &unit));
        let root = (qb * qb - qa * qc).max(0.0).sqrt();
        let value = num::exp(-a / slope);
        // With a slope that is not told from 0 the parabola opens downwards and bounds one side only.
        let (lower, upper) = ((-qb - root) / qa, (-qb + root) / qa);
        Some(if qa > 0.0 {
            TimeQuantity { value, lower: num::exp(lower), upper: Some(num::exp(upper)) }
        } else {
            TimeQuantity { value, lower: num::exp(lower.max(upper).min(-a / slope)), upper: None }
        })
    }

    /// Returns the pooled mean time of `group` up to `horizon`: the area under the curve, its interval by the delta method;
    /// for the log-time trend and a horizon within the times observed.
    #[must_use]
    pub fn restricted_mean(&self, horizon: f64, group: usize) -> Option<TimeQuantity> {
        /// Simpson's rule on this many panels of √time, in which the curve is smooth at 0.
        const PANELS: usize = 400;
        let last = *self.times.last()?;
        if self.spec.trend != Trend::LogTime || !(horizon > 0.0 && horizon <= last) {
            return None;
        }
        let (beta, covariance) = self.falling();
        let mut value = 0.0;
        let mut slopes = DVector::zeros(beta.len());
        for panel in 0..=PANELS {
            let u = panel as f64 / PANELS as f64;
            let weight = match panel {
                0 => continue,
                PANELS => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let weight = weight / (3.0 * PANELS as f64) * 2.0 * horizon * u;
            let x = self.row(horizon * u * u, group)?;
            let hazard = num::exp(x.dot(&beta));
            let survival = num::exp(-hazard);
            value += weight * survival;
            slopes -= weight * survival * hazard * x;
        }
        let half = Normal.quantile(Tail::above(self.spec.level.0)) * slopes.dot(&(&covariance * &slopes)).sqrt();
        Some(TimeQuantity { value, lower: (value - half).max(0.0), upper: Some((value + half).min(horizon)) })
    }

    /// Returns Wald's test that all groups share one curve; `None` with a single group.
    #[must_use]
    pub fn group_test(&self) -> Option<GroupTest> {
        let df = self.groups().checked_sub(1).filter(|df| *df > 0)?;
        let first = self.beta.len() - df;
        let shifts = DVector::from_column_slice(self.beta.get(first..)?);
        let covariance = self.covariance.view((first, first), (df, df)).into_owned();
        let statistic = shifts.dot(&covariance.cholesky()?.solve(&shifts));
        Some(GroupTest { statistic, df, p_value: ChiSquared::new(df as f64).sf(statistic) })
    }

    /// Returns how many groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.beta.len() + 1 - self.trend_terms()
    }

    fn trend_terms(&self) -> usize {
        match self.spec.trend {
            Trend::LogTime => 2,
            Trend::Landmarks => self.times.len(),
        }
    }

    fn row(&self, time: f64, group: usize) -> Option<DVector<f64>> {
        if !(time > 0.0 && time.is_finite()) || group >= self.groups() {
            return None;
        }
        design_row(self.spec.trend, &self.times, self.groups(), time, group)
    }

    /// Returns coefficients whose curve does not rise with time, and their covariance: the nearest to the estimates, in their
    /// own metric, among those that give neighbouring violators one level. The estimates themselves where they comply.
    fn falling(&self) -> (DVector<f64>, DMatrix<f64>) {
        let estimates = DVector::from_column_slice(&self.beta);
        let unchanged = (estimates.clone(), self.covariance.clone());
        let Some(information) = self.covariance.clone().cholesky().map(|covariance| covariance.inverse()) else {
            return unchanged;
        };
        // Each coefficient's block; a block is one free figure. A slope that must not be negative is bound to none.
        let terms = self.trend_terms();
        let mut block: Vec<Option<usize>> = (0..self.beta.len()).map(Some).collect();
        loop {
            let free: Vec<usize> = distinct(&block);
            let spread = DMatrix::from_fn(block.len(), free.len(), |row, column| {
                f64::from(u8::from(block[row] == Some(free[column])))
            });
            let Some(inner) = (spread.transpose() * &information * &spread).cholesky() else { return unchanged };
            let levels = &spread * inner.solve(&(spread.transpose() * &information * &estimates));
            let violator = match self.spec.trend {
                Trend::LogTime => (levels[1] < 0.0).then_some(1),
                Trend::Landmarks => (1..terms).find(|&term| levels[term] < levels[term - 1]),
            };
            match (violator, self.spec.trend) {
                (None, _) => return (levels, &spread * inner.inverse() * spread.transpose()),
                (Some(slope), Trend::LogTime) => block[slope] = None,
                (Some(term), Trend::Landmarks) => {
                    let (old, new) = (block[term], block[term - 1]);
                    block.iter_mut().filter(|of| **of == old).for_each(|of| *of = new);
                }
            }
        }
    }
}

fn distinct(blocks: &[Option<usize>]) -> Vec<usize> {
    let mut free: Vec<usize> = blocks.iter().copied().flatten().collect();
    free.sort_unstable();
    free.dedup();
    free
}

//! What a rule did over the runs of a cell.

use forestable::effect::Scale;
use forestable::num::distribution::{Distribution as _, Normal};

use crate::cell::Cell;
use crate::rule::Answer;

/// Sums over runs.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    runs: f64,
    unanswered: f64,
    covered: f64,
    width: f64,
    error: f64,
    tau: f64,
    tau_square: f64,
    tau_intervals: f64,
    tau_covered: f64,
    predicted: f64,
    predictions: f64,
}

impl Tally {
    /// Adds a run.
    pub fn add(&mut self, cell: &Cell, answer: &Option<Answer>) {
        self.runs += 1.0;
        let Some(answer) = answer else {
            self.unanswered += 1.0;
            return;
        };
        let holds = |(lower, upper): (f64, f64), truth: f64| f64::from(u8::from(lower <= truth && truth <= upper));
        let (lower, upper) = answer.interval;
        self.covered += holds(answer.interval, cell.survival);
        self.width += upper - lower;
        self.error += answer.estimate - cell.survival;
        self.tau += answer.tau - cell.tau;
        self.tau_square += (answer.tau - cell.tau).powi(2);
        if let Some(limits) = answer.tau_interval {
            self.tau_intervals += 1.0;
            self.tau_covered += holds(limits, cell.tau);
        }
        if let Some(limits) = answer.prediction {
            self.predictions += 1.0;
            self.predicted += share_held(cell, limits);
        }
    }

    /// Returns its sums as text from which [`Tally::read`] makes the same tally, to the last bit.
    pub fn written(&self) -> String {
        self.clone().sums().map(|sum| sum.to_string()).join(" ")
    }

    /// Returns the tally that was [`Tally::written`]; `None` for any other text.
    pub fn read(text: &str) -> Option<Self> {
        let mut tally = Self::default();
        let mut words = text.split(' ');
        for sum in tally.sums() {
            *sum = words.next()?.parse().ok()?;
        }
        words.next().is_none().then_some(tally)
    }

    fn sums(&mut self) -> [&mut f64; 11] {
        [
            &mut self.runs,
            &mut self.unanswered,
            &mut self.covered,
            &mut self.width,
            &mut self.error,
            &mut self.tau,
            &mut self.tau_square,
            &mut self.tau_intervals,
            &mut self.tau_covered,
            &mut self.predicted,
            &mut self.predictions,
        ]
    }

    fn answered(&self) -> f64 {
        self.runs - self.unanswered
    }

    /// Returns the share of intervals that hold the truth, of those there are.
    pub fn coverage(&self) -> f64 {
        self.covered / self.answered()
    }

    /// Returns the mean width of the interval, in percentage points.
    pub fn width(&self) -> f64 {
        100.0 * self.width / self.answered()
    }

    /// Returns the mean error of the pooled value, in percentage points.
    pub fn bias(&self) -> f64 {
        100.0 * self.error / self.answered()
    }

    /// Returns the mean error of τ.
    pub fn tau_bias(&self) -> f64 {
        self.tau / self.answered()
    }

    /// Returns the root of the mean squared error of τ.
    pub fn tau_rms(&self) -> f64 {
        (self.tau_square / self.answered()).sqrt()
    }

    /// Returns the share of intervals of τ that hold the truth; `None` where there is none.
    pub fn tau_coverage(&self) -> Option<f64> {
        (self.tau_intervals > 0.0).then(|| self.tau_covered / self.tau_intervals)
    }

    /// Returns the mean share of new series that the prediction interval holds; `None` where there is none.
    pub fn prediction(&self) -> Option<f64> {
        (self.predictions > 0.0).then(|| self.predicted / self.predictions)
    }

    /// Returns the share of runs without an answer.
    pub fn unanswered(&self) -> f64 {
        self.unanswered / self.runs
    }
}

/// Returns the probability that a new series' true survival lies within `limits`.
fn share_held(cell: &Cell, (lower, upper): (f64, f64)) -> f64 {
    let centre = Scale::Cloglog.transform(cell.survival);
    let below = |survival: f64| {
        if cell.tau > 0.0 {
            // log(−log S) falls as S rises.
            Normal.sf((Scale::Cloglog.transform(survival) - centre) / cell.tau)
        } else {
            f64::from(u8::from(survival >= cell.survival))
        }
    };
    if cell.tau > 0.0 {
        below(upper) - below(lower)
    } else {
        f64::from(u8::from(lower <= cell.survival)) * below(upper)
    }
}

//! A pool of published series, drawn.

use std::cell::RefCell;

use forestable::effect::{Denominator, Effect, MissingPrecision, Scale, survival};
use forestable::evidence::{self, Interval, Level, Months, Printed, Proportion, Reported, TimePoint};
use forestable::model::Fit;
use forestable::num::{Random, exp, ln};
use forestable::survival::{Exit, KaplanMeier, Subject};

/// The landmark: two years.
const LANDMARK: f64 = 24.0;

/// Survival at the landmark in the median series.
pub const SURVIVALS: [f64; 6] = [0.05, 0.3, 0.6, 0.9, 0.98, 1.0];

/// The scales on which pools are formed.
const SCALES: [Scale; 4] = [Scale::Cloglog, Scale::Logit, Scale::Log, Scale::Plain];

/// What a pool is drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Series in the pool.
    pub k: usize,
    /// Patients a series: each number from the first to the second is as likely.
    pub n: (u64, u64),
    /// Survival at the landmark in the median series.
    pub survival: f64,
    /// Standard deviation between series of log(−log S).
    pub tau: f64,
    /// Median follow-up of a series, in months.
    pub follow_up: f64,
    /// What the papers print.
    pub printed: Precision,
}

impl Cell {
    /// Returns whether survival lies where no scale is strained: 30 to 90%.
    pub fn is_inner(&self) -> bool {
        (0.3..=0.9).contains(&self.survival)
    }
}

/// What a paper prints beside a survival proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// Its 95% interval.
    Interval,
    /// The number of patients and the median follow-up.
    FollowUp,
}

impl Precision {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::FollowUp => "n and follow-up",
        }
    }
}

/// Returns all cells.
pub fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for printed in [Precision::Interval, Precision::FollowUp] {
        for k in [2, 3, 5, 10] {
            for tau in [0.0, 0.25, 0.5, 1.0] {
                for n in [(15, 40), (40, 100)] {
                    for survival in SURVIVALS {
                        // Where no event ever happens, series cannot differ.
                        if survival == 1.0 && tau > 0.0 {
                            continue;
                        }
                        for follow_up in [18.0, 48.0] {
                            cells.push(Cell { k, n, survival, tau, follow_up, printed });
                        }
                    }
                }
            }
        }
    }
    cells
}

/// The effects of the series of one pool, on each scale.
pub struct Pool {
    effects: [Vec<Effect>; SCALES.len()],
    /// What the binomial-normal model said of it last.
    pub binomial_normal: RefCell<Option<Fit>>,
}

impl Pool {
    /// Draws a pool; its effects come by the ladder that `build` uses.
    pub fn draw(cell: &Cell, random: &mut Random) -> Self {
        let published: Vec<_> = (0..cell.k).map(|_| series(cell, random)).collect();
        let effect = |(published, of): &(evidence::Survival, Denominator), scale| {
            survival(published, Months(LANDMARK), *of, scale, MissingPrecision::Impute, Level::NINETY_FIVE)
        };
        let on = |scale| published.iter().filter_map(|one| effect(one, scale).ok()).collect();
        Self { effects: SCALES.map(on), binomial_normal: RefCell::default() }
    }

    /// Returns the effects of its series on `scale`.
    pub fn effects(&self, scale: Scale) -> &[Effect] {
        let index = SCALES.iter().position(|one| *one == scale).expect("one of the scales of the simulation");
        &self.effects[index]
    }
}

/// Draws a series whose curve reaches the landmark: exponential events, exponential censoring, rounded to whole per cent.
fn series(cell: &Cell, random: &mut Random) -> (evidence::Survival, Denominator) {
    let centre = Scale::Cloglog.transform(cell.survival);
    loop {
        let (least, most) = cell.n;
        let n = least + (random.uniform() * (most - least + 1) as f64) as u64;
        let hazard = exp(centre + cell.tau * random.normal()) / LANDMARK;
        let censoring = std::f64::consts::LN_2 / cell.follow_up;
        let subjects: Vec<Subject> = (0..n)
            .map(|_| {
                let (event, censored) = (-ln(random.uniform()) / hazard, -ln(random.uniform()) / censoring);
                let exit = if event <= censored { Exit::Event } else { Exit::Censored };
                Subject { time: event.min(censored), exit }
            })
            .collect();
        let Some(curve) = KaplanMeier::new(&subjects).ok().filter(|curve| curve.at(LANDMARK).is_some()) else {
            continue;
        };
        let Some(landmark) = curve.at(LANDMARK) else { continue };
        let ci = match cell.printed {
            Precision::Interval => {
                curve.interval(LANDMARK, Scale::Cloglog, Level::NINETY_FIVE).map(|limits| Interval {
                    lower: whole_percent(limits.lower),
                    upper: whole_percent(limits.upper),
                    level: Level::NINETY_FIVE,
                    scale: None,
                })
            }
            Precision::FollowUp => None,
        };
        let published = evidence::Survival {
            at: TimePoint::At(Months(LANDMARK)),
            estimate: Reported::Value(whole_percent(landmark.survival)),
            ci,
            se: None,
            at_risk: None,
            events: None,
            censored: None,
            digitised: None,
        };
        let follow_up = Some(Months(cell.follow_up));
        return (published, Denominator { n: Some(n), largest: None, median_follow_up: follow_up });
    }
}

fn whole_percent(p: f64) -> Printed {
    Printed { value: Proportion((100.0 * p).round() / 100.0), half_unit: 0.005 }
}

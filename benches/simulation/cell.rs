//! A pool of published series, drawn.

use std::cell::RefCell;

use forestable::effect::{Denominator, Effect, MissingPrecision, Scale, count, survival};
use forestable::evidence::{self, Interval, Level, Months, Printed, Proportion, Reported, TimePoint};
use forestable::model::Fit;
use forestable::num::{Random, exp, ln};
use forestable::survival::{Exit, KaplanMeier, Subject};

/// The landmark: two years.
const LANDMARK: f64 = 24.0;

/// Survival at the landmark in the median series.
pub const SURVIVALS: [f64; 6] = [0.05, 0.3, 0.6, 0.9, 0.98, 1.0];

/// The share without the event in the median series, where events are counted.
pub const WITHOUT_EVENT: [f64; 4] = [0.98, 0.9, 0.8, 0.6];

/// Patients in small series: each number from the first to the second is as likely.
pub const SMALL: (u64, u64) = (15, 40);
/// Patients in large ones.
const LARGE: (u64, u64) = (40, 100);

/// The scales on which pools of survival are formed.
const SCALES: [Scale; 4] = [Scale::Cloglog, Scale::Logit, Scale::Log, Scale::Plain];
/// And those of counts.
const SCALES_OF_COUNTS: [Scale; 5] = [Scale::Logit, Scale::Log, Scale::Plain, Scale::Arcsine, Scale::DoubleArcsine];

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
    /// Median follow-up of a series, in months; infinite where nobody is censored.
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
    /// No survival, but how many of how many had the event: toxicity. Nobody is censored.
    Counts,
}

impl Precision {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::FollowUp => "n and follow-up",
            Self::Counts => "counts",
        }
    }
}

/// Returns all cells: those of survival, then those of counts.
pub fn cells() -> Vec<Cell> {
    let mut cells = of_survival();
    for k in [2, 3, 5, 10] {
        for tau in [0.0, 0.25, 0.5, 1.0] {
            for n in [SMALL, LARGE] {
                let cell =
                    |survival| Cell { k, n, survival, tau, follow_up: f64::INFINITY, printed: Precision::Counts };
                cells.extend(WITHOUT_EVENT.map(cell));
            }
        }
    }
    cells
}

fn of_survival() -> Vec<Cell> {
    let mut cells = Vec::new();
    for printed in [Precision::Interval, Precision::FollowUp] {
        for k in [2, 3, 5, 10] {
            for tau in [0.0, 0.25, 0.5, 1.0] {
                for n in [SMALL, LARGE] {
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
    effects: Vec<(Scale, Vec<Effect>)>,
    /// Patients of each series, where events are counted: the effects are then of the share with the event.
    counted: Option<Vec<u64>>,
    /// What the binomial-normal model said of it last.
    pub binomial_normal: RefCell<Option<Fit>>,
}

impl Pool {
    /// Draws a pool; its effects come by the ladder that `build` uses.
    pub fn draw(cell: &Cell, random: &mut Random) -> Self {
        let (effects, counted) = if cell.printed == Precision::Counts {
            let counts: Vec<_> = (0..cell.k).map(|_| counts(cell, random)).collect();
            let effect = |&(events, n), scale| count(Some(events), Some(n), scale, Level::NINETY_FIVE).ok();
            let on = |scale| (scale, counts.iter().filter_map(|one| effect(one, scale)).collect());
            (SCALES_OF_COUNTS.map(on).to_vec(), Some(counts.iter().map(|(_, n)| *n).collect()))
        } else {
            let published: Vec<_> = (0..cell.k).map(|_| series(cell, random)).collect();
            let effect = |(published, of): &(evidence::Survival, Denominator), scale| {
                survival(published, Months(LANDMARK), *of, scale, MissingPrecision::Impute, Level::NINETY_FIVE).ok()
            };
            let on = |scale| (scale, published.iter().filter_map(|one| effect(one, scale)).collect());
            (SCALES.map(on).to_vec(), None)
        };
        Self { effects, counted, binomial_normal: RefCell::default() }
    }

    /// Returns the scale that a rule's stands for: counts have no log(−log), which a review reads as the logit.
    pub fn scale(&self, of_rule: Scale) -> Scale {
        if self.counted.is_some() && of_rule == Scale::Cloglog { Scale::Logit } else { of_rule }
    }

    /// Returns the effects of its series on `scale`.
    pub fn effects(&self, scale: Scale) -> &[Effect] {
        let of = self.effects.iter().find(|(of, _)| *of == self.scale(scale));
        &of.expect("one of the scales of the simulation").1
    }

    /// Returns the survival, or the share without the event, at `y` on `scale`.
    pub fn back(&self, scale: Scale, y: f64) -> f64 {
        match &self.counted {
            Some(sizes) => {
                let harmonic = sizes.len() as f64 / sizes.iter().map(|n| 1.0 / *n as f64).sum::<f64>();
                1.0 - self.scale(scale).back_at(y, harmonic)
            }
            None => scale.back(y),
        }
    }
}

/// Draws how many of how many had the event by the landmark, everybody followed until then.
fn counts(cell: &Cell, random: &mut Random) -> (u64, u64) {
    let (n, hazard) = (patients(cell, random), hazard(cell, random));
    let events = (0..n).filter(|_| -ln(random.uniform()) <= hazard * LANDMARK).count();
    (events as u64, n)
}

fn patients(cell: &Cell, random: &mut Random) -> u64 {
    let (least, most) = cell.n;
    least + (random.uniform() * (most - least + 1) as f64) as u64
}

/// Draws the hazard of a series, a month.
fn hazard(cell: &Cell, random: &mut Random) -> f64 {
    exp(Scale::Cloglog.transform(cell.survival) + cell.tau * random.normal()) / LANDMARK
}

/// Draws a series whose curve reaches the landmark: exponential events, exponential censoring, rounded to whole per cent.
fn series(cell: &Cell, random: &mut Random) -> (evidence::Survival, Denominator) {
    loop {
        let (n, hazard) = (patients(cell, random), hazard(cell, random));
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
            Precision::FollowUp | Precision::Counts => None,
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

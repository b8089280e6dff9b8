//! Two groups compared: the pool of each, their difference, the test between them, and the pool of all.

use forestable::effect::{Effect, Figures, Measure, Scale};
use forestable::evidence::Level;
use forestable::model::{
    Estimate, Fit, IntervalMethod as I, Limits, ModelKind, PredictionMethod as P, Spec, SubgroupTau2, Subgroups, fit,
    fit_counts, fit_counts_subgroups, fit_subgroups,
};
use forestable::num::{Random, exp, ln};
use forestable::review::{Difference, Estimated};
use rayon::prelude::*;

use crate::cell::{Cell, Pool, Precision};
use crate::kept::Kept;
use crate::{RUNS, SEED};

/// Series in the first and in the second group.
pub const SIZES: [(usize, usize); 4] = [(1, 2), (2, 2), (3, 2), (4, 3)];
/// Survival in the median series of the first group.
pub const SURVIVALS: [f64; 4] = [0.6, 0.8, 0.9, 0.98];
/// Standard deviation between series of log(−log S), within both groups.
const TAUS: [f64; 2] = [0.25, 0.5];
/// Hazard of the second group's median series, as a multiple of the first's.
const RATIOS: [f64; 2] = [1.0, 2.0];
/// Patients a series: each number from the first to the second is as likely.
const PATIENTS: (u64, u64) = (15, 100);
/// Median follow-up, in months.
const FOLLOW_UP: f64 = 24.0;
/// A test at this level, and intervals at one less it.
const ALPHA: f64 = 0.05;
/// A way to compare.
pub struct Rule {
    /// Its name in the tables.
    pub name: &'static str,
    scale: Scale,
    model: ModelKind,
    interval: I,
}

/// As this review pools survival.
pub const LOG_LOG: usize = 0;
/// The model of counts.
pub const COUNTS: usize = 2;
/// All of them.
pub const RULES: [Rule; 3] = [
    Rule { name: "log(−log S), mKH", scale: Scale::Cloglog, model: ModelKind::Random, interval: I::Mkh },
    Rule { name: "logit, mKH", scale: Scale::Logit, model: ModelKind::Random, interval: I::Mkh },
    Rule { name: "binomial-normal, t", scale: Scale::Logit, model: ModelKind::Glmm, interval: I::T },
];

/// Two groups that are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Series in each group.
    pub sizes: (usize, usize),
    /// Survival in the median series of the first group.
    pub survival: f64,
    tau: f64,
    ratio: f64,
}

impl Pair {
    fn all() -> Vec<Self> {
        let mut pairs = Vec::new();
        for sizes in SIZES {
            for survival in SURVIVALS {
                for tau in TAUS {
                    pairs.extend(RATIOS.map(|ratio| Self { sizes, survival, tau, ratio }));
                }
            }
        }
        pairs
    }

    fn cells(&self) -> [Cell; 2] {
        let second = exp(self.ratio * ln(self.survival));
        [(self.sizes.0, self.survival), (self.sizes.1, second)].map(|(k, survival)| Cell {
            k,
            n: PATIENTS,
            survival,
            tau: self.tau,
            follow_up: FOLLOW_UP,
            printed: Precision::FollowUp,
        })
    }

    /// Returns whether the groups have the same survival.
    pub fn are_alike(&self) -> bool {
        self.ratio == 1.0
    }
}

/// What came of one estimate with its interval.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    runs: f64,
    answers: f64,
    held: f64,
    width: f64,
    error: f64,
}

impl Held {
    /// Returns the share of intervals that hold the truth, of those there are.
    pub fn coverage(&self) -> f64 {
        self.held / self.answers
    }

    /// Returns their mean width, in percentage points.
    pub fn width(&self) -> f64 {
        100.0 * self.width / self.answers
    }

    /// Returns the mean error of the estimate, in percentage points.
    pub fn bias(&self) -> f64 {
        100.0 * self.error / self.answers
    }

    /// Returns the share of runs without an answer.
    pub fn unanswered(&self) -> f64 {
        1.0 - self.answers / self.runs
    }

    /// Adds a run: estimate, lower and upper end where there is an answer.
    fn add(&mut self, answer: Option<[f64; 3]>, truth: f64) {
        self.runs += 1.0;
        // A fit whose information is not positive has limits that are no numbers.
        let known = answer.filter(|ends| ends.iter().all(|end| end.is_finite()));
        let Some([estimate, lower, upper]) = known else { return };
        self.answers += 1.0;
        self.held += f64::from(u8::from(lower <= truth && truth <= upper));
        self.width += upper - lower;
        self.error += estimate - truth;
    }

    fn numbers(&mut self) -> [&mut f64; 5] {
        [&mut self.runs, &mut self.answers, &mut self.held, &mut self.width, &mut self.error]
    }
}

/// What a rule did over the runs of a pair.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Of the pool of each group, or its only series.
    pub groups: [Held; 2],
    /// Of their difference.
    pub difference: Held,
    /// Of the pool of all series; where groups differ it has no truth.
    pub whole: Held,
    runs: f64,
    tests: f64,
    rejected: f64,
}

impl Sums {
    /// Returns the share of tests that reject, of those there are.
    pub fn rejected(&self) -> f64 {
        self.rejected / self.tests
    }

    /// Returns the share of runs without a test.
    pub fn untested(&self) -> f64 {
        1.0 - self.tests / self.runs
    }

    fn add(&mut self, pair: &Pair, answer: &Answer) {
        let truth = pair.cells().map(|cell| cell.survival);
        for group in [0, 1] {
            self.groups[group].add(answer.groups[group].map(ends), truth[group]);
        }
        let both = answer.groups[0].zip(answer.groups[1]);
        let difference = both.map(|(first, second)| Difference::between(&first, &second));
        self.difference.add(difference.map(|found| [found.estimate, found.lower, found.upper]), truth[0] - truth[1]);
        self.whole.add(answer.whole.map(ends), truth[0]);
        self.runs += 1.0;
        if let Some(p) = answer.p {
            self.tests += 1.0;
            self.rejected += f64::from(u8::from(p < ALPHA));
        }
    }

    fn numbers(&mut self) -> Vec<&mut f64> {
        let [first, second] = &mut self.groups;
        let held = [first, second, &mut self.difference, &mut self.whole].into_iter().flat_map(Held::numbers);
        held.chain([&mut self.runs, &mut self.tests, &mut self.rejected]).collect()
    }

    fn written(mut self) -> String {
        self.numbers().into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
    }

    fn read(text: &str) -> Option<Self> {
        let mut sums = Self::default();
        let mut words = text.split(' ');
        for number in sums.numbers() {
            *number = words.next()?.parse().ok()?;
        }
        words.next().is_none().then_some(sums)
    }
}

fn ends(natural: Estimated) -> [f64; 3] {
    [natural.estimate, natural.lower, natural.upper]
}

/// What a rule says of two groups, as proportions.
struct Answer {
    groups: [Option<Estimated>; 2],
    whole: Option<Estimated>,
    /// Of the test between the groups.
    p: Option<f64>,
}

impl Rule {
    fn answer(&self, pools: &[Pool; 2]) -> Answer {
        let groups = [0, 1].map(|group: usize| pools[group].effects(self.scale));
        let effects: Vec<Effect> = groups.concat();
        let group_of: Vec<usize> = [0, 1].iter().flat_map(|&group| vec![group; groups[group].len()]).collect();
        let levels = ["first", "second"].map(str::to_owned);
        let (model, interval) = (self.model, self.interval);
        let spec = Spec { model, interval, prediction: P::None, level: Level::NINETY_FIVE, ..Spec::default() };
        let found = match model {
            ModelKind::Glmm => fit_counts_subgroups(&counts(&effects), Measure::Plo, &group_of, &levels, &spec),
            _ => fit_subgroups(&estimates(&effects), &group_of, &levels, &spec, SubgroupTau2::Common),
        }
        .ok();
        let test = found.as_ref().and_then(|found| found.test);
        Answer {
            groups: [0, 1].map(|group| self.group(group, groups[group], found.as_ref(), &spec)),
            whole: self.fit(&effects, &spec).map(|fit| self.pooled(&fit)),
            p: test.map(|test| test.p_value()),
        }
    }

    /// Returns the pool of a group as a review shows it: of the common model, of the group alone where that has no answer, or its
    /// only series.
    fn group(&self, group: usize, effects: &[Effect], found: Option<&Subgroups>, spec: &Spec) -> Option<Estimated> {
        if let [only] = effects {
            let Effect { proportion: estimate, lower, upper, .. } = *only;
            return Some(Estimated { estimate, lower, upper, prediction: None });
        }
        let found = found.map(|found| &found.groups[group]);
        if let Some(end) = found.and_then(|group| group.unbounded) {
            return Some(self.natural(end.estimate, Limits { lower: end.end, upper: end.estimate }));
        }
        let fit = found.and_then(|group| group.fit.clone()).or_else(|| self.fit(effects, spec))?;
        Some(self.pooled(&fit))
    }

    fn fit(&self, effects: &[Effect], spec: &Spec) -> Option<Fit> {
        match self.model {
            ModelKind::Glmm => fit_counts(&counts(effects), Measure::Plo, spec).ok(),
            _ => fit(&estimates(effects), spec).ok(),
        }
    }

    fn pooled(&self, fit: &Fit) -> Estimated {
        self.natural(fit.estimate, Limits { lower: fit.ci_lower, upper: fit.ci_upper })
    }

    fn natural(&self, estimate: f64, Limits { lower, upper }: Limits) -> Estimated {
        let [estimate, a, b] = [estimate, lower, upper].map(|effect| self.scale.back(effect));
        Estimated { estimate, lower: a.min(b), upper: a.max(b), prediction: None }
    }
}

fn counts(effects: &[Effect]) -> Vec<Figures> {
    let count = |effect: &Effect| Figures::Events { xi: effect.proportion * effect.effective, ni: effect.effective };
    effects.iter().map(count).collect()
}

fn estimates(effects: &[Effect]) -> Vec<Estimate> {
    effects.iter().map(|effect| Estimate { yi: effect.yi, vi: effect.vi }).collect()
}

/// A pair with what each rule did in it.
pub struct Compared {
    /// What was drawn.
    pub pair: Pair,
    /// In the order of [`RULES`].
    pub sums: Vec<Sums>,
}

/// Draws the runs of every pair that is not kept.
pub fn compare(kept: &Kept, runs: usize) -> std::io::Result<Vec<Compared>> {
    let pairs = Pair::all();
    let compared = pairs.par_iter().enumerate().map(|(index, &pair)| {
        let name = format!("groups-{index}");
        let read = kept.read_lines(&name, Sums::read).filter(|sums| sums.len() == RULES.len());
        if let Some(sums) = read {
            return Ok(Compared { pair, sums });
        }
        let mut sums = vec![Sums::default(); RULES.len()];
        for run in 0..runs {
            let mut random = Random::new(SEED + 1, (index * RUNS + run) as u64);
            let pools = pair.cells().map(|cell| Pool::draw(&cell, &mut random));
            RULES.iter().zip(&mut sums).for_each(|(rule, sums)| sums.add(&pair, &rule.answer(&pools)));
        }
        kept.write_lines(&name, sums.iter().map(|sums| sums.written()))?;
        eprintln!("groups: pair {} of {}", index + 1, pairs.len());
        Ok(Compared { pair, sums })
    });
    compared.collect()
}

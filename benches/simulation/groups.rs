//! Two groups compared: does the interval of their difference hold it, does their test keep its level?
//! And beside it the one prediction interval that is too slow for the large table, the bootstrap.

use std::fmt::Write as _;
use std::path::Path;

use forestable::effect::{Effect, Figures, Measure, Scale};
use forestable::evidence::Level;
use forestable::model::{
    Estimate, IntervalMethod as I, Limits, ModelKind, PredictionMethod as P, Spec, SubgroupTau2, Subgroups, fit,
    fit_counts, fit_counts_subgroups, fit_subgroups,
};
use forestable::num::Random;
use forestable::review::{Difference, Estimated};
use rayon::prelude::*;

use crate::SEED;
use crate::cell::{Cell, Pool, Precision};
use crate::page::{markdown, mean};
use crate::tally::share_held;

/// Runs a cell.
const RUNS: usize = 2000;
/// Runs a cell of the bootstrap.
const BOOTSTRAP_RUNS: usize = 200;
/// Series in the first and in the second group.
const SIZES: [(usize, usize); 2] = [(2, 2), (4, 4)];
/// Survival in the median series of either group.
const SURVIVALS: [(f64, f64); 4] = [(0.6, 0.6), (0.9, 0.9), (0.98, 0.98), (0.98, 0.9)];
/// Patients a series: each number from the first to the second is as likely.
const PATIENTS: (u64, u64) = (15, 100);
/// Median follow-up, in months.
const FOLLOW_UP: f64 = 24.0;
/// Standard deviation between series of log(−log S), in both groups.
const TAU: f64 = 0.5;

/// A way to compare.
struct Rule {
    name: &'static str,
    scale: Scale,
    model: ModelKind,
    interval: I,
}

const fn rule(name: &'static str, scale: Scale, model: ModelKind, interval: I) -> Rule {
    Rule { name, scale, model, interval }
}

const RULES: [Rule; 4] = [
    rule("log(−log S), mKH", Scale::Cloglog, ModelKind::Random, I::Mkh),
    rule("log(−log S), HKSJ", Scale::Cloglog, ModelKind::Random, I::Hksj),
    rule("logit, mKH", Scale::Logit, ModelKind::Random, I::Mkh),
    rule("binomial-normal, t", Scale::Logit, ModelKind::Glmm, I::T),
];

/// Two groups that are drawn.
#[derive(Debug, Clone, Copy)]
struct Pair {
    groups: [Cell; 2],
}

impl Pair {
    fn sizes(&self) -> (usize, usize) {
        (self.groups[0].k, self.groups[1].k)
    }

    fn survivals(&self) -> (f64, f64) {
        (self.groups[0].survival, self.groups[1].survival)
    }
}

fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (first, second) in SIZES {
        for survivals in SURVIVALS {
            let cell = |k, survival| Cell {
                k,
                n: PATIENTS,
                survival,
                tau: TAU,
                follow_up: FOLLOW_UP,
                printed: Precision::FollowUp,
            };
            pairs.push(Pair { groups: [cell(first, survivals.0), cell(second, survivals.1)] });
        }
    }
    pairs
}

/// What a rule did over the runs of a pair.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    runs: f64,
    tests: f64,
    rejected: f64,
    differences: f64,
    held: f64,
    error: f64,
    width: f64,
    pools: f64,
    pool_held: f64,
    pool_error: f64,
}

/// What a rule says of two groups: P, and each group's pool as a proportion.
type Answer = (Option<f64>, [Option<Estimated>; 2]);

impl Sums {
    fn add(&mut self, pair: &Pair, (p, [first, second]): &Answer) {
        let one = |yes: bool| f64::from(u8::from(yes));
        self.runs += 1.0;
        if let Some(p) = p {
            self.tests += 1.0;
            self.rejected += one(*p < 0.05);
        }
        if let Some(second) = second {
            let truth = pair.groups[1].survival;
            self.pools += 1.0;
            self.pool_held += one(second.lower <= truth && truth <= second.upper);
            self.pool_error += second.estimate - truth;
        }
        if let (Some(first), Some(second)) = (first, second) {
            let truth = pair.groups[0].survival - pair.groups[1].survival;
            let found = Difference::between(first, second);
            self.differences += 1.0;
            self.held += one(found.lower <= truth && truth <= found.upper);
            self.error += found.estimate - truth;
            self.width += found.upper - found.lower;
        }
    }
}

impl Rule {
    fn answer(&self, pools: &[Pool; 2]) -> Answer {
        let groups = [0, 1].map(|group: usize| pools[group].effects(self.scale));
        let effects: Vec<Effect> = groups.concat();
        let group_of: Vec<usize> = [0, 1].iter().flat_map(|&group| vec![group; groups[group].len()]).collect();
        let levels = ["first", "second"].map(str::to_owned);
        let spec = Spec { model: self.model, interval: self.interval, prediction: P::None, ..Spec::default() };
        let found = if self.model == ModelKind::Glmm {
            fit_counts_subgroups(&counts(&effects), Measure::Plo, &group_of, &levels, &spec)
        } else {
            fit_subgroups(&estimates(&effects), &group_of, &levels, &spec, SubgroupTau2::Common)
        }
        .ok();
        let test = found.as_ref().and_then(|found| found.test);
        let p = test.map(|test| test.p_value());
        (p, [0, 1].map(|group| self.pool(group, groups[group], found.as_ref(), &spec)))
    }

    /// Returns the pool of a group as a review shows it: of the common model, of the group alone where that has no answer, or its
    /// only series.
    fn pool(&self, group: usize, effects: &[Effect], found: Option<&Subgroups>, spec: &Spec) -> Option<Estimated> {
        let natural = |estimate: f64, Limits { lower, upper }: Limits| {
            let [estimate, a, b] = [estimate, lower, upper].map(|effect| self.scale.back(effect));
            Estimated { estimate, lower: a.min(b), upper: a.max(b), prediction: None }
        };
        if let [only] = effects {
            let Effect { proportion: estimate, lower, upper, .. } = *only;
            return Some(Estimated { estimate, lower, upper, prediction: None });
        }
        let found = found.map(|found| &found.groups[group]);
        if let Some(end) = found.and_then(|group| group.unbounded) {
            return Some(natural(end.estimate, Limits { lower: end.end, upper: end.estimate }));
        }
        let alone = || match self.model {
            ModelKind::Glmm => fit_counts(&counts(effects), Measure::Plo, spec).ok(),
            _ => fit(&estimates(effects), spec).ok(),
        };
        let fit = found.and_then(|group| group.fit.clone()).or_else(alone)?;
        Some(natural(fit.estimate, Limits { lower: fit.ci_lower, upper: fit.ci_upper }))
    }
}

fn counts(effects: &[Effect]) -> Vec<Figures> {
    let count = |effect: &Effect| Figures::Events { xi: effect.proportion * effect.effective, ni: effect.effective };
    effects.iter().map(count).collect()
}

fn estimates(effects: &[Effect]) -> Vec<Estimate> {
    effects.iter().map(|effect| Estimate { yi: effect.yi, vi: effect.vi }).collect()
}

/// Writes `docs/simulation-groups.md`.
pub fn write(runs: Option<usize>) -> std::io::Result<()> {
    let runs = runs.unwrap_or(RUNS);
    let pairs = pairs();
    let compared: Vec<[Sums; RULES.len()]> = pairs
        .par_iter()
        .enumerate()
        .map(|(index, pair)| {
            let mut sums = [Sums::default(); RULES.len()];
            for run in 0..runs {
                let mut random = Random::new(SEED + 1, (index * RUNS + run) as u64);
                let pools = pair.groups.map(|cell| Pool::draw(&cell, &mut random));
                RULES.iter().zip(&mut sums).for_each(|(rule, sums)| sums.add(pair, &rule.answer(&pools)));
            }
            eprintln!("groups: {index} of {}", pairs.len());
            sums
        })
        .collect();
    let page = page(&pairs, &compared, runs, &predictions(runs.min(BOOTSTRAP_RUNS)));
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/simulation-groups.md"), page)
}

fn page(pairs: &[Pair], compared: &[[Sums; RULES.len()]], runs: usize, predictions: &str) -> String {
    let of = |rule: usize, sizes: (usize, usize), survivals: (f64, f64)| -> Sums {
        let here = |pair: &Pair| pair.sizes() == sizes && pair.survivals() == survivals;
        pairs.iter().zip(compared).find(|(pair, _)| here(pair)).map(|(_, sums)| sums[rule]).unwrap_or_default()
    };
    let table = |kept: &dyn Fn((f64, f64)) -> bool, cell: &dyn Fn(&Sums) -> String| {
        let survivals: Vec<(f64, f64)> = SURVIVALS.into_iter().filter(|survivals| kept(*survivals)).collect();
        let columns: Vec<_> = SIZES.iter().flat_map(|sizes| survivals.iter().map(move |one| (*sizes, *one))).collect();
        let head = columns.iter().map(|((a, b), (first, second))| {
            format!("{a} and {b} series, {:.0} and {:.0}%", 100.0 * first, 100.0 * second)
        });
        let row = |rule: usize| columns.iter().map(|(sizes, survivals)| cell(&of(rule, *sizes, *survivals))).collect();
        markdown("", &head.collect::<Vec<_>>(), RULES.iter().enumerate().map(|(index, rule)| (rule.name, row(index))))
    };
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let differences = |s: &Sums| {
        let n = s.differences;
        format!("{}; {}; {:.0}", percent(s.held / n), signed(100.0 * s.error / n), 100.0 * s.width / n)
    };
    let level = |s: &Sums| format!("{}; {}", percent(s.rejected / s.tests), percent(1.0 - s.tests / s.runs));
    let pools = |s: &Sums| format!("{}; {}", percent(s.pool_held / s.pools), signed(100.0 * s.pool_error / s.pools));
    let (all, same, apart) = (|_: (f64, f64)| true, |(a, b): (f64, f64)| a == b, |(a, b): (f64, f64)| a != b);
    let mut page = format!(
        "<!-- Written by `cargo run --release -p forestable-benches --bin simulation groups`: change that, not this. -->\n\
         # What the choice of method does to a comparison of two groups\n\n\
         Each of {} cells draws {runs} pairs of groups (seed {}) of 2 and 2 or 4 and 4 series, drawn as in [the other simulation](simulation.md): 15 to 100 patients each, a median \
         follow-up of 24 months, a standard deviation between series of {TAU} on log(−log S) in both groups, and a survival at two years in the median series as the column says; beside \
         the rounded estimate stand n and the median follow-up. Both groups share τ² (`subgroup_tau2: common`), REML where effects are pooled. The difference has its interval by MOVER, as in the table of comparison. The Monte Carlo error \
         of a share of 95 or 5% is {:.1} points.\n",
        pairs.len(),
        SEED + 1,
        100.0 * (0.95_f64 * 0.05 / runs as f64).sqrt()
    );
    for (heading, lead, table) in [
        (
            "Does the interval hold the difference?",
            "Share of the 95% intervals of the difference in percentage points that hold it, in per cent; bias and mean width in points.",
            table(&all, &differences),
        ),
        (
            "Does the test keep its level?",
            "Share of tests with P < 0.05 where both groups have the same survival, in per cent: it should be 5; then the pairs that have no test.",
            table(&same, &level),
        ),
        ("What does it find?", "The same where the groups differ: the more the better.", table(&apart, &level)),
        (
            "And the pool of a group?",
            "Share of the 95% intervals of the second group's pool that hold its median series, in per cent; bias in points.",
            table(&all, &pools),
        ),
    ] {
        let _ = write!(page, "\n## {heading}\n\n{lead}\n\n{table}");
    }
    page + predictions
}

/// Returns the table of prediction intervals, with the bootstrap.
fn predictions(runs: usize) -> String {
    const METHODS: [(&str, I, P); 4] = [
        ("HK with mKH", I::Mkh, P::Hk),
        ("HK-PR with mKH", I::Mkh, P::HkPr),
        ("V", I::Classic, P::V),
        ("bootstrap", I::Mkh, P::Bootstrap),
    ];
    let sizes = [5, 10];
    let mut cells = Vec::new();
    for k in sizes {
        for survival in [0.3, 0.6, 0.9] {
            for tau in [0.5, 1.0] {
                let printed = Precision::Interval;
                cells.push(Cell { k, n: PATIENTS, survival, tau, follow_up: FOLLOW_UP, printed });
            }
        }
    }
    let held: Vec<[(f64, f64); METHODS.len()]> = cells
        .par_iter()
        .enumerate()
        .map(|(index, cell)| {
            let mut sums = [(0.0, 0.0); METHODS.len()];
            for run in 0..runs {
                let pool = Pool::draw(cell, &mut Random::new(SEED + 2, (index * RUNS + run) as u64));
                let estimates = estimates(pool.effects(Scale::Cloglog));
                for ((_, interval, prediction), (share, width)) in METHODS.iter().zip(&mut sums) {
                    let spec = Spec {
                        interval: *interval,
                        prediction: *prediction,
                        level: Level::NINETY_FIVE,
                        ..Spec::default()
                    };
                    let limits = fit(&estimates, &spec).ok().and_then(|fit| fit.prediction).map(|found| found.limits);
                    let Some(Limits { lower, upper }) = limits else { continue };
                    let (upper, lower) = (Scale::Cloglog.back(lower), Scale::Cloglog.back(upper));
                    *share += share_held(cell, (lower, upper)) / runs as f64;
                    *width += (upper - lower) / runs as f64;
                }
            }
            eprintln!("predictions: {index} of {}", cells.len());
            sums
        })
        .collect();
    let cell = |method: usize, k: usize| {
        let here: Vec<(f64, f64)> =
            cells.iter().zip(&held).filter(|(cell, _)| cell.k == k).map(|(_, sums)| sums[method]).collect();
        let least = here.iter().map(|one| one.0).fold(f64::INFINITY, f64::min);
        let (share, width) = (mean(here.iter().map(|one| one.0)), mean(here.iter().map(|one| one.1)));
        format!("{:.1} ({:.1}); {:.0}", 100.0 * share, 100.0 * least, 100.0 * width)
    };
    let head = sizes.map(|k| format!("k = {k}"));
    let rows = METHODS.iter().enumerate();
    let rows = rows.map(|(index, (name, ..))| (*name, sizes.map(|k| cell(index, k)).to_vec()));
    format!(
        "\n## Prediction intervals, with the bootstrap\n\nOne pool each, REML on log(−log S), printed intervals, a survival of 30, 60 and 90%, τ of 0.5 and 1; {runs} runs a cell (seed {}). Mean share of new series \
         held, in per cent, in parentheses the cell where it is lowest; mean width in points.\n\n{}",
        SEED + 2,
        markdown("", &head, rows)
    )
}

fn signed(points: f64) -> String {
    let text = format!("{:.1}", points.abs());
    if points < 0.0 && text != "0.0" { format!("−{text}") } else { text }
}

//! The page: tables of what was found, and what follows for a review.

use std::fmt::Write as _;

use crate::cell::{Cell, Precision, SURVIVALS};
use crate::rule::{DRAWS, RULES};
use crate::tally::Tally;
use crate::{Done, SEED, conclusion, is_drawn, is_of_half, over};

pub const SIZES: [usize; 4] = [2, 3, 5, 10];
pub const TAUS: [f64; 4] = [0.0, 0.25, 0.5, 1.0];
const INTERVALS: [(&str, &str); 6] = [
    ("classic, V", "classic"),
    ("t, HTS", "t"),
    ("HKSJ, HK", "HKSJ"),
    ("HKSJ-wide", "HKSJ-wide"),
    ("mKH, HK", "mKH"),
    ("KR, KR", "KR"),
];
pub const PREDICTIONS: [(&str, &str); 7] = [
    ("classic, V", "V"),
    ("t, HTS", "HTS"),
    ("HKSJ, HK", "HK with HKSJ"),
    ("mKH, HK", "HK with mKH"),
    ("HKSJ, HK-PR", "HK-PR with HKSJ"),
    ("mKH, HK-PR", "HK-PR with mKH"),
    ("KR, KR", "KR"),
];
/// Beside the bootstrap, in the cells in which it is tried.
const DRAWN: [(&str, &str); 4] =
    [("mKH, bootstrap", "bootstrap"), ("mKH, HK", "HK with mKH"), ("mKH, HK-PR", "HK-PR with mKH"), ("KR, KR", "KR")];
pub const ESTIMATORS: [(&str, &str); 10] = [
    ("DL", "DL"),
    ("HE", "HE"),
    ("HS", "HS"),
    ("HSk", "HSk"),
    ("SJ", "SJ"),
    ("ML", "ML"),
    ("mKH, HK", "REML"),
    ("EB", "EB"),
    ("PM", "PM"),
    ("PMM", "PMM"),
];
const TAU_INTERVALS: [(&str, &str); 4] = [("mKH, HK", "QP"), ("PL", "PL"), ("GENQ", "GENQ"), ("BJ", "BJ")];
const MODELS: [(&str, &str); 9] = [
    ("mKH, HK", "log(−log S), half an event at 0 and 100%"),
    ("0 and 100% left out", "log(−log S), 0 and 100% left out"),
    ("logit", "logit, half an event"),
    ("log", "log, half an event"),
    ("plain", "plain, half an event"),
    ("binomial-normal", "binomial-normal model, t"),
    ("binomial-normal, classic", "binomial-normal model, classic"),
    ("beta-binomial", "beta-binomial model, t"),
    ("Bayes, half-normal 0.5", "Bayes, log(−log S), τ half-normal 0.5"),
];
/// The two that a review near 100% has to choose between.
const NEAR_ALL: [(&str, &str); 3] = [
    ("mKH, HK", "log(−log S), half an event, mKH"),
    ("binomial-normal", "binomial-normal model, t"),
    ("binomial-normal, classic", "binomial-normal model, classic"),
];

/// Returns `docs/simulation.md`.
pub fn page(done: &[Done], runs: usize) -> String {
    let mut page = opening(done, runs);
    let mut table = |heading: &str, lead: &str, table: String| {
        let _ = write!(page, "\n## {heading}\n\n{lead}\n\n{table}");
    };
    table(
        "Does the 95% interval hold the truth?",
        "Mean coverage in per cent over the cells with a survival of 30 to 90%, and in parentheses the cell where it is lowest. Nearer to 0 and 100% the scale and the model \
         matter more than the interval: see the last tables. The plot is of the cells with τ above 0.\n\n![Coverage of the interval](simulation/intervals.svg)",
        by_size(done, &INTERVALS, Cell::is_inner, &|tallies| share(tallies, |tally| Some(tally.coverage()))),
    );
    table(
        "How wide is it?",
        "Mean width in percentage points, over the same cells.",
        by_size(done, &INTERVALS, Cell::is_inner, &|tallies| number(tallies, 0, Tally::width)),
    );
    table(
        "Does it matter how precision was obtained?",
        "Coverage of mKH with REML by what the papers print: the interval itself, or n and the median follow-up only (grade M of the ladder).",
        by_precision(done),
    );
    table(
        "Does the 95% prediction interval hold a new series' true survival?",
        "Mean share of new series held, in per cent, over the cells with τ above 0 and a survival of 30 to 90%; in parentheses the lowest. There is none for two series.\n\n\
         ![Coverage of the prediction interval](simulation/predictions.svg)",
        by_size(done, &PREDICTIONS, |cell| cell.is_inner() && cell.tau > 0.0, &|tallies| {
            share(tallies, Tally::prediction)
        }),
    );
    table(
        "Does the bootstrap hold it better?",
        &format!(
            "Nagashima's bootstrap draws from the exact distribution of τ², which takes hundreds of times as long as the others, and so is tried in half of these cells: small series with the shorter \
             follow-up, large ones with the longer; with {DRAWS} draws a pool, each from a seed of its own, where a review takes 25,000, which only scatter less. All on these cells."
        ),
        by_size(done, &DRAWN, is_drawn, &|tallies| share(tallies, Tally::prediction)),
    );
    table(
        "How well is τ estimated?",
        "Mean error of τ (root mean squared error), five series, a survival of 30 to 90%; τ on the scale log(−log S).\n\n![Error of τ](simulation/tau.svg)",
        by_tau(done, 5),
    );
    table(
        "Does the interval of τ hold it?",
        "Share of the 95% intervals that hold the true τ, in per cent, over the cells with a survival of 30 to 90%, and in parentheses the lowest: Q-profile (QP), profile \
         likelihood (PL), Jackson's (GENQ), Biggerstaff and Jackson's (BJ).",
        by_size(done, &TAU_INTERVALS, |cell| cell.is_inner() && is_of_half(cell), &|tallies| {
            share(tallies, Tally::tau_coverage)
        }),
    );
    table(
        "Does the estimator of τ² matter to the interval?",
        "Coverage of mKH with each, in per cent, over the cells with a survival of 30 to 90%, and in parentheses the lowest.",
        by_size(done, &ESTIMATORS, Cell::is_inner, &|tallies| share(tallies, |tally| Some(tally.coverage()))),
    );
    table(
        "Which scale, which model, which rule at 0 and 100%?",
        "Bias of the pooled survival in percentage points, then coverage in per cent with the lowest in parentheses, over k = 3, 5 and 10, all with mKH and REML where they apply. \
         The truth is the median series'; series scatter normally on log(−log S), which favours that scale where τ is large. Where survival is 100% no event ever happens \
         and τ is 0: what a rule then says of a survival that is exactly 100% is an error of its own making.",
        by_model(done),
    );
    table(
        "Pools without an answer",
        "Per cent of the pools of the last table: a model of counts needs an event in one series and a survivor in one, and left-out series must leave two.",
        by_survival(done, &MODELS, &|tallies| number(tallies, 1, |tally| 100.0 * tally.unanswered())),
    );
    table(
        "Near 100%, by the number of series",
        "Where local control lies: survival of 90 and 98%. Bias in percentage points; coverage in per cent (lowest); mean width in points; new series held by the prediction interval, in \
         per cent (τ above 0).\n\n![Coverage near 100%](simulation/near-100.svg)",
        near_all(done),
    );
    page
}

fn opening(done: &[Done], runs: usize) -> String {
    let inner = |name: &str| mean(over(done, name, Cell::is_inner).into_iter().map(Tally::unanswered));
    let unanswered = RULES
        .iter()
        .map(|rule| (rule.name, inner(rule.name)))
        .filter(|(_, share)| *share >= 1e-3)
        .map(|(name, share)| format!("{name} {:.1}%", 100.0 * share))
        .collect::<Vec<_>>();
    let unanswered = if unanswered.is_empty() {
        "With a survival of 30 to 90% every method gave an answer in 99.9% of the runs or more.".to_owned()
    } else {
        format!(
            "Pools without an answer are left out of the means; with a survival of 30 to 90% these are {}, and below 0.1% elsewhere.",
            unanswered.join(", ")
        )
    };
    let error = 100.0 * (0.95_f64 * 0.05 / runs as f64).sqrt();
    format!(
        "<!-- Written by `cargo run --release -p forestable-benches --bin simulation`: change that, not this. -->\n\
         # What the choice of method does in pools like this field's\n\n\
         Each of {cells} cells draws {runs} pools (seed {SEED}) of k = 2, 3, 5 or 10 series with 15 to 40 or 40 to 100 patients, a survival of 5, 30, 60, 90, 98 or 100% at two years in the \
         median series, a standard deviation τ between series of 0, 0.25, 0.5 or 1 on log(−log S), and exponential censoring with a median follow-up of 18 or 48 months. A \
         series' Kaplan-Meier estimate is rounded to whole per cent as papers print it; beside it stands its rounded 95% interval, or n and the median follow-up only. The figures \
         then take the way of `forestable build`: the ladder of precision, half an event added at 0% and 100%, the pool. A series whose last patient leaves before two years prints \
         nothing and is drawn again. The models of counts are tried in the half of \
         the cells in which small series have the shorter follow-up and large ones the longer, and so are Bayes, GENQ and BJ: tables in which they stand are of that half. The \
         Monte Carlo error of a coverage of 95% is {error:.2} points a cell. {unanswered}\n\n\
         As CSV: [the figures of every cell and method](simulation/cells.csv), and [of every k, τ, precision and method](simulation/coverage.csv) over survivals of 5 to 98%.\n{conclusion}",
        cells = done.len(),
        conclusion = conclusion::conclusion(done),
    )
}

fn by_size(
    done: &[Done],
    rules: &[(&str, &str)],
    kept: impl Fn(&Cell) -> bool + Copy,
    cell: &dyn Fn(&[&Tally]) -> String,
) -> String {
    let head = SIZES.map(|k| format!("k = {k}"));
    let row = |name: &str| SIZES.map(|k| cell(&over(done, name, move |cell| cell.k == k && kept(cell)))).to_vec();
    markdown("method", &head, rules.iter().map(|(name, words)| (*words, row(name))))
}

fn by_precision(done: &[Done]) -> String {
    let head = SIZES.map(|k| format!("k = {k}"));
    let rows = [Precision::Interval, Precision::FollowUp].map(|printed| {
        let kept = move |k: usize| move |cell: &Cell| cell.is_inner() && cell.k == k && cell.printed == printed;
        let cells = SIZES.map(|k| share(&over(done, "mKH, HK", kept(k)), |tally| Some(tally.coverage())));
        (printed.words(), cells.to_vec())
    });
    markdown("printed", &head, rows.into_iter())
}

fn by_tau(done: &[Done], k: usize) -> String {
    let head = TAUS.map(|tau| format!("τ = {tau}"));
    let row = |name: &str| {
        let cell = |tau: f64| {
            let tallies = over(done, name, move |cell| cell.is_inner() && cell.k == k && cell.tau == tau);
            format!("{} ({})", number(&tallies, 2, Tally::tau_bias), number(&tallies, 2, Tally::tau_rms))
        };
        TAUS.map(cell).to_vec()
    };
    markdown("estimator", &head, ESTIMATORS.iter().map(|(name, words)| (*words, row(name))))
}

fn by_model(done: &[Done]) -> String {
    by_survival(done, &MODELS, &|tallies| {
        format!("{}; {}", number(tallies, 1, Tally::bias), share(tallies, |tally| Some(tally.coverage())))
    })
}

fn by_survival(done: &[Done], rules: &[(&str, &str)], cell: &dyn Fn(&[&Tally]) -> String) -> String {
    let head = SURVIVALS.map(|survival| format!("S = {:.0}%", 100.0 * survival));
    let at = |name: &str, survival: f64| {
        cell(&over(done, name, move |cell| is_of_half(cell) && cell.survival == survival && cell.k > 2))
    };
    let row = |name: &str| SURVIVALS.map(|survival| at(name, survival)).to_vec();
    markdown("k = 3, 5, 10", &head, rules.iter().map(|(name, words)| (*words, row(name))))
}

fn near_all(done: &[Done]) -> String {
    let head = SIZES.map(|k| format!("k = {k}"));
    let mut rows = Vec::new();
    for survival in [0.9, 0.98] {
        for (name, words) in NEAR_ALL {
            let here = move |cell: &Cell, k: usize| is_of_half(cell) && cell.survival == survival && cell.k == k;
            let of = |k: usize| over(done, name, move |cell| here(cell, k));
            let new = |k: usize| over(done, name, move |cell| here(cell, k) && cell.tau > 0.0);
            let cell = |k: usize| {
                let Pooled { bias, covered, width } = Pooled::of(&of(k), Tally::bias);
                format!("{bias}; {covered}; {width}; {}", share(&new(k), Tally::prediction))
            };
            rows.push((format!("S = {:.0}%, {words}", 100.0 * survival), SIZES.map(cell).to_vec()));
        }
    }
    markdown("", &head, rows.iter().map(|(words, cells)| (words.as_str(), cells.clone())))
}

/// What became of a pooled value, as it is printed.
pub struct Pooled {
    /// Its mean error, in percentage points.
    pub bias: String,
    /// The coverage of its interval in per cent, the lowest in parentheses.
    pub covered: String,
    /// The interval's mean width, in points.
    pub width: String,
}

impl Pooled {
    /// Returns it over cells, with `bias` as the error: that of a share with the event is minus that of the share without.
    pub fn of(tallies: &[&Tally], bias: fn(&Tally) -> f64) -> Self {
        Self {
            bias: number(tallies, 1, bias),
            covered: share(tallies, |tally| Some(tally.coverage())),
            width: number(tallies, 0, Tally::width),
        }
    }

    /// Returns it as a part of a sentence.
    pub fn in_words(&self) -> String {
        let Self { bias, covered, width } = self;
        format!("{bias} points, {covered}, {width} points wide")
    }
}

/// Returns a table.
pub fn markdown<'a>(corner: &str, head: &[String], rows: impl Iterator<Item = (&'a str, Vec<String>)>) -> String {
    let mut table = format!("| {corner} | {} |\n|---|{}\n", head.join(" | "), "---:|".repeat(head.len()));
    for (name, cells) in rows {
        let _ = writeln!(table, "| {name} | {} |", cells.join(" | "));
    }
    table
}

/// Over cells.
#[derive(Clone, Copy)]
pub struct Summary {
    pub mean: f64,
    pub lowest: f64,
}

/// Returns the mean and the lowest of what is a number; no number where nothing is.
pub fn summary(tallies: &[&Tally], of: impl Fn(&Tally) -> Option<f64>) -> Summary {
    let values: Vec<f64> = tallies.iter().filter_map(|tally| of(tally)).filter(|value| value.is_finite()).collect();
    Summary { mean: mean(values.iter().copied()), lowest: values.into_iter().fold(f64::INFINITY, f64::min) }
}

/// Returns the mean in per cent, and the lowest in parentheses; a dash where there is none.
pub fn share(tallies: &[&Tally], of: impl Fn(&Tally) -> Option<f64>) -> String {
    let Summary { mean, lowest } = summary(tallies, of);
    if mean.is_nan() { "–".to_owned() } else { format!("{:.1} ({:.1})", 100.0 * mean, 100.0 * lowest) }
}

/// Returns the mean; a dash where no pool has an answer.
pub fn number(tallies: &[&Tally], digits: usize, of: impl Fn(&Tally) -> f64) -> String {
    let Summary { mean, .. } = summary(tallies, |tally| Some(of(tally)));
    if mean.is_nan() { "–".to_owned() } else { signed(mean, digits) }
}

/// Returns a number with a minus sign for a hyphen, and none before zero.
pub fn signed(value: f64, digits: usize) -> String {
    let value = format!("{value:.digits$}");
    match value.strip_prefix('-') {
        Some(size) if size.chars().any(|c| c.is_ascii_digit() && c != '0') => format!("−{size}"),
        Some(size) => size.to_owned(),
        None => value,
    }
}

/// Returns the mean; no number where there is nothing.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

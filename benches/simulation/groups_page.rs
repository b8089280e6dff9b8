//! The section of the page about two groups compared.

use std::fmt::Write as _;
use std::path::Path;

use crate::SEED;
use crate::groups::{COUNTS, Compared, Held, LOG_LOG, Pair, RULES, SIZES, SURVIVALS, Sums};
use crate::page::{markdown, mean, signed};

/// Between these lines of `docs/simulation.md` stands what this file writes.
const MARKS: [&str; 2] = ["<!-- groups: `… --bin simulation groups` writes it -->\n", "<!-- end of groups -->\n"];

/// Puts the section in the place of the one in `page`, or at its end.
pub fn set(page: &str, section: &str) -> String {
    let [start, end] = MARKS;
    let (before, rest) = page.split_once(start).unwrap_or((page, ""));
    let after = rest.split_once(end).map_or("", |(_, after)| after);
    let gap = if before.ends_with("\n\n") { "" } else { "\n" };
    format!("{before}{gap}{start}{section}{end}{after}")
}

/// Writes the section of the groups anew, in a page of which all else stays.
pub fn rewrite(docs: &Path, compared: &[Compared], runs: usize) -> std::io::Result<()> {
    let path = docs.join("simulation.md");
    let page = set(&std::fs::read_to_string(&path)?, &section(compared, runs));
    std::fs::write(path, page)
}

/// Returns the section with its tables.
pub fn section(compared: &[Compared], runs: usize) -> String {
    let mut section = opening(compared, runs);
    for (heading, lead, table) in [
        (
            "The pool of a group",
            "Groups of two series or more, each with the τ² of both. Bias in percentage points; coverage in per cent (lowest); mean width in points; groups without an answer, in per cent. One \
             series alone has no pool: its own interval stands in its place.",
            by_size(compared, |_| true, &|rule, here| held(&pooled(here, rule))),
        ),
        (
            "The difference",
            "In percentage points, with an interval by MOVER from those of both groups; the same four figures. A group of one series enters with its own interval, which knows nothing of \
             τ: with 1 and 2 series no way to pool can do much about that.",
            by_size(compared, |_| true, &|rule, here| held(&difference(here, rule))),
        ),
        (
            "The test between groups: how often it sees what is not there",
            "Share of tests with P < 0.05 where both groups have the same survival, in per cent (highest): it should be 5. Then the pairs without a test, in per cent.",
            by_size(compared, Pair::are_alike, &|rule, here| tests(here, rule, f64::max)),
        ),
        (
            "And how often what is there",
            "The same where the hazard of the second group is twice that of the first (lowest): the more the better.",
            by_size(compared, |pair| !pair.are_alike(), &|rule, here| tests(here, rule, f64::min)),
        ),
        (
            "The pool of all series",
            "Where both groups have the same survival, pooled as if there were none; the figures of the first table.",
            by_size(compared, Pair::are_alike, &|rule, here| held(&wholes(here, rule))),
        ),
    ] {
        let _ = write!(section, "\n### {heading}\n\n{lead}\n\n{table}");
    }
    section
}

fn opening(compared: &[Compared], runs: usize) -> String {
    format!(
        "## Two groups compared\n\n\
         Each of {} pairs of groups is drawn {runs} times (seed {}): 1 and 2, 2 and 2, 3 and 2 or 4 and 3 series of 15 to 100 patients, a survival of 60, 80, 90 or 98% at two years in the median series of the first group, \
         the same or twice its hazard in the second, τ of 0.25 or 0.5 within both, a median follow-up of 24 months, and beside each rounded estimate n and the median follow-up, as most series of local control here print. \
         Groups share τ² (`subgroup_tau2: common`), REML where effects are pooled. The Monte Carlo error of a coverage of 95% is {:.2} points a pair. Toxicity, a proportion that few have, is read from the same tables by its other end, against the logit: 2, 10, 20 and 40% with the event; \
         its pools without groups are [drawn by themselves](#toxicity-events-counted). `cargo run --release -p forestable-benches --bin simulation groups` draws this section alone.\n{}",
        compared.len(),
        SEED + 1,
        100.0 * (0.95_f64 * 0.05 / runs as f64).sqrt(),
        conclusion(compared),
    )
}

/// What follows for `review.yaml`, with the figures that it rests on.
fn conclusion(compared: &[Compared]) -> String {
    let here = |survival: f64, sizes: (usize, usize)| {
        over(compared, move |pair| pair.survival == survival && pair.sizes == sizes)
    };
    let group = |survival: f64, sizes, rule| words(&pooled(&here(survival, sizes), rule));
    let apart = |survival: f64, sizes, rule| words(&difference(&here(survival, sizes), rule));
    let all = |survival: f64, sizes, rule| {
        words(&wholes(
            &over(compared, move |pair| pair.are_alike() && pair.survival == survival && pair.sizes == sizes),
            rule,
        ))
    };
    let seen = |alike: bool, survival: f64, sizes, rule: usize| {
        let here =
            over(compared, move |pair| pair.are_alike() == alike && pair.survival == survival && pair.sizes == sizes);
        let shares = || here.iter().map(|one| 100.0 * one.sums[rule].rejected());
        if alike {
            format!("{:.1} ({:.1})", mean(shares()), shares().fold(0.0, f64::max))
        } else {
            format!("{:.1}", mean(shares()))
        }
    };
    let silent = |sizes, rule| {
        let cells = pooled(&here(0.98, sizes), rule);
        format!("{:.1}", 100.0 * mean(cells.iter().map(Held::unanswered)))
    };
    let (two, five, seven) = ((2, 2), (3, 2), (4, 3));
    format!(
        "\n### What follows for two groups\n\n\
         Local control and toxicity in [review.yaml](../review.yaml) are pooled by counts, groups with one τ² (`model: glmm`), and these tables support it. Bias, coverage in per cent (lowest), width.\n\n\
         - **The pool of a group**, 90%: with 4 and 3 series {} with mKH on log(−log S), {} by counts; with 3 and 2, {} and {}. At 80%, 4 and 3: {} and {}.\n\
         - **The difference**, 90%: with 4 and 3 series {} and {}. At 80%: {} and {}.\n\
         - **The test** finds a difference where there is none in {}% and {}% (highest, of 5) of the pairs of 4 and 3 series at 90%, in {}% and {}% at 80%; a doubled hazard in {} and {}%, and in {} and {}%. Counts see more \
         of what is there, and where mKH is too careful come nearer to the level; at 80% and a large τ they pass it a little.\n\
         - **All series as one pool**, 90%, 4 and 3: {} and {}; at 98% {} and {}.\n\
         - **The price**: at 98% a group by counts has no answer in {}% with 2 and 2 series and {}% with 4 and 3, and with 2 and 2 is wider ({} and {}). At 60% counts hold the truth too seldom ({} with 4 and 3 \
         series; log(−log S) {}): outcomes further from 100% stay on log(−log S).\n\
         - **Two series against two** tell next to nothing of a difference either way: a doubled hazard at 90% is found in {} and {}%; of 1 and 2 series, never. Their silence is no evidence.\n",
        group(0.9, seven, LOG_LOG),
        group(0.9, seven, COUNTS),
        group(0.9, five, LOG_LOG),
        group(0.9, five, COUNTS),
        group(0.8, seven, LOG_LOG),
        group(0.8, seven, COUNTS),
        apart(0.9, seven, LOG_LOG),
        apart(0.9, seven, COUNTS),
        apart(0.8, seven, LOG_LOG),
        apart(0.8, seven, COUNTS),
        seen(true, 0.9, seven, LOG_LOG),
        seen(true, 0.9, seven, COUNTS),
        seen(true, 0.8, seven, LOG_LOG),
        seen(true, 0.8, seven, COUNTS),
        seen(false, 0.9, seven, LOG_LOG),
        seen(false, 0.9, seven, COUNTS),
        seen(false, 0.8, seven, LOG_LOG),
        seen(false, 0.8, seven, COUNTS),
        all(0.9, seven, LOG_LOG),
        all(0.9, seven, COUNTS),
        all(0.98, seven, LOG_LOG),
        all(0.98, seven, COUNTS),
        silent(two, COUNTS),
        silent(seven, COUNTS),
        group(0.98, two, LOG_LOG),
        group(0.98, two, COUNTS),
        group(0.6, seven, COUNTS),
        group(0.6, seven, LOG_LOG),
        seen(false, 0.9, two, LOG_LOG),
        seen(false, 0.9, two, COUNTS),
    )
}

/// Returns bias, coverage with its lowest and mean width as a sentence has them.
fn words(cells: &[Held]) -> String {
    let [bias, covered, width, _] = figures(cells);
    format!("{bias} points, {covered}, {width} points wide")
}

/// Returns what became of each pool of two series or more.
fn pooled(here: &[&Compared], rule: usize) -> Vec<Held> {
    let of = |one: &&Compared| {
        let sizes = [one.pair.sizes.0, one.pair.sizes.1];
        let sums = one.sums[rule];
        [0, 1].into_iter().filter(move |&group| sizes[group] > 1).map(move |group| sums.groups[group])
    };
    here.iter().flat_map(of).collect()
}

fn difference(here: &[&Compared], rule: usize) -> Vec<Held> {
    here.iter().map(|one| one.sums[rule].difference).collect()
}

fn wholes(here: &[&Compared], rule: usize) -> Vec<Held> {
    here.iter().map(|one| one.sums[rule].whole).collect()
}

/// Returns bias, coverage with its lowest, mean width, and the share without an answer.
fn held(cells: &[Held]) -> String {
    figures(cells).join("; ")
}

fn figures(cells: &[Held]) -> [String; 4] {
    let over = |of: &dyn Fn(&Held) -> f64| mean(cells.iter().map(of));
    let lowest = cells.iter().map(Held::coverage).fold(f64::INFINITY, f64::min);
    [
        signed(over(&Held::bias), 1),
        format!("{:.1} ({:.1})", 100.0 * over(&Held::coverage), 100.0 * lowest),
        format!("{:.0}", over(&Held::width)),
        format!("{:.1}", 100.0 * over(&Held::unanswered)),
    ]
}

/// Returns the share of tests that reject, with the `worst`, and of the pairs that have none.
fn tests(here: &[&Compared], rule: usize, worst: fn(f64, f64) -> f64) -> String {
    let of = |share: fn(&Sums) -> f64| here.iter().map(move |one| share(&one.sums[rule]));
    let worst = of(Sums::rejected).reduce(worst).unwrap_or(f64::NAN);
    let none = mean(of(Sums::untested));
    format!("{:.1} ({:.1}); {:.1}", 100.0 * mean(of(Sums::rejected)), 100.0 * worst, 100.0 * none)
}

/// Returns the pairs that `kept` keeps.
fn over(compared: &[Compared], kept: impl Fn(&Pair) -> bool) -> Vec<&Compared> {
    compared.iter().filter(|one| kept(&one.pair)).collect()
}

/// Returns a table with a row for each survival and rule and a column for each two sizes.
fn by_size(
    compared: &[Compared],
    kept: impl Fn(&Pair) -> bool,
    cell: &dyn Fn(usize, &[&Compared]) -> String,
) -> String {
    let head = SIZES.map(|(first, second)| format!("{first} and {second}"));
    let mut rows = Vec::new();
    for survival in SURVIVALS {
        for (index, rule) in RULES.iter().enumerate() {
            let of = |sizes| {
                cell(index, &over(compared, |pair| kept(pair) && pair.survival == survival && pair.sizes == sizes))
            };
            rows.push((format!("S = {:.0}%, {}", 100.0 * survival, rule.name), SIZES.map(of).to_vec()));
        }
    }
    markdown("series", &head, rows.iter().map(|(words, cells)| (words.as_str(), cells.clone())))
}

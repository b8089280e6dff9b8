//! How often intervals hold the truth, and how far estimators miss it, in pools like this field's.
//!
//! `cargo run --release -p forestable-benches --bin simulation` writes `docs/simulation.md`, its plots and the figures behind them.
//! `… --bin simulation groups` draws two groups compared only, and writes their section of the page anew.
//! `… --bin simulation [groups] 100` does so with 100 runs a cell, to try it out. Each cell is kept in `target/simulation/` when it is done, so that a
//! run that was stopped goes on where it was.

mod cell;
mod conclusion;
mod csv;
mod groups;
mod groups_page;
mod kept;
mod page;
mod pictures;
mod rule;
mod tally;
mod toxicity;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use forestable::num::Random;
use rayon::prelude::*;

use cell::{Cell, Pool, Precision, SMALL, cells};
use kept::Kept;
use rule::{Pace, RULES, Rule};
use tally::Tally;

/// Runs a cell.
const RUNS: usize = 10_000;
/// The seed; each run of each cell has a stream of its own.
const SEED: u64 = 20_210_916;

/// A cell with what each rule did in it, in the order of [`RULES`].
pub struct Done {
    cell: Cell,
    tallies: Vec<Tally>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let groups_only = arguments.next_if_eq("groups").is_some();
    let runs = arguments.next().map_or(Ok(RUNS), |runs| runs.parse())?;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let groups = || groups::compare(&Kept::open(runs, &["benches/simulation/groups.rs"])?, runs);
    if groups_only {
        return Ok(groups_page::rewrite(&docs, &groups()?, runs)?);
    }
    let kept = Kept::open(runs, &["benches/simulation/rule.rs", "benches/simulation/tally.rs"])?;
    let cells = cells();
    let mut done: Vec<Done> =
        cells.iter().map(|&cell| Done { cell, tallies: vec![Tally::default(); RULES.len()] }).collect();
    for pace in [Pace::Quick, Pace::Counts, Pace::Slow, Pace::Draws, Pace::OfCounts] {
        let rules: Vec<usize> = (0..RULES.len()).filter(|&rule| RULES[rule].pace() == pace).collect();
        let finished = AtomicUsize::new(0);
        let taken: Vec<usize> = (0..cells.len()).filter(|&index| takes(pace, &cells[index])).collect();
        let tallies = taken.par_iter().map(|&index| {
            let tallies = kept.read(index, pace).filter(|tallies| tallies.len() == rules.len());
            let tallies = tallies.map_or_else(
                || {
                    let tallies = run(&cells[index], &rules, index * RUNS, runs);
                    kept.write(index, pace, &tallies).map(|()| tallies)
                },
                Ok,
            )?;
            eprintln!("{pace:?}: {} of {} cells", finished.fetch_add(1, Ordering::Relaxed) + 1, taken.len());
            Ok(tallies)
        });
        for (&index, tallies) in taken.iter().zip(tallies.collect::<std::io::Result<Vec<_>>>()?) {
            rules.iter().zip(tallies).for_each(|(&rule, tally)| done[index].tallies[rule] = tally);
        }
    }
    let figures = [("coverage.csv", csv::averages(&done)), ("cells.csv", csv::cells(&done))];
    let (counted, done): (Vec<Done>, Vec<Done>) =
        done.into_iter().partition(|done| done.cell.printed == Precision::Counts);
    let mut unsupported = conclusion::unsupported(&done);
    unsupported.extend(toxicity::unsupported(&counted));
    if !unsupported.is_empty() {
        let claims = unsupported.join("; ");
        let words = format!(
            "the page would say what its figures do not bear: {claims}: rewrite conclusion.rs or toxicity.rs in benches/simulation"
        );
        // Few runs scatter too much to contradict anything.
        if runs >= RUNS {
            return Err(words.into());
        }
        eprintln!("{words}");
    }
    let section = groups_page::section(&groups()?, runs);
    std::fs::create_dir_all(docs.join("simulation"))?;
    for (name, text) in figures.into_iter().chain(pictures::all(&done)) {
        std::fs::write(docs.join("simulation").join(name), text)?;
    }
    let page = page::page(&done, runs) + &toxicity::section(&counted);
    std::fs::write(docs.join("simulation.md"), groups_page::set(&page, &section))?;
    Ok(())
}

/// Returns whether rules of this pace are tried in a cell: counts and slow ones in half of those of survival, draws where their table looks.
fn takes(pace: Pace, cell: &Cell) -> bool {
    match pace {
        Pace::Quick => true,
        Pace::Counts | Pace::Slow => is_of_half(cell) || cell.printed == Precision::Counts,
        Pace::Draws => is_drawn(cell),
        Pace::OfCounts => cell.printed == Precision::Counts,
    }
}

/// Returns whether a cell is of the half in which small series have the shorter follow-up and large ones the longer.
pub fn is_of_half(cell: &Cell) -> bool {
    (cell.n == SMALL) == (cell.follow_up < 24.0)
}

/// Returns whether the bootstrap is tried in a cell: it takes a millisecond or two a pool, and so half of the cells have to do in which
/// prediction intervals are compared.
pub fn is_drawn(cell: &Cell) -> bool {
    cell.printed != Precision::Counts && cell.k > 2 && cell.tau > 0.0 && cell.is_inner() && is_of_half(cell)
}

fn run(cell: &Cell, rules: &[usize], first_stream: usize, runs: usize) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); rules.len()];
    for run in 0..runs {
        let pool = Pool::draw(cell, &mut Random::new(SEED, (first_stream + run) as u64));
        for (&rule, tally) in rules.iter().zip(&mut tallies) {
            tally.add(cell, &RULES[rule].answer(&pool));
        }
    }
    tallies
}

/// Returns the tallies of a rule over the cells that `kept` keeps and in which it was tried, cell by cell.
pub fn over<'a>(done: &'a [Done], name: &str, kept: impl Fn(&Cell) -> bool + 'a) -> Vec<&'a Tally> {
    let index = RULES.iter().position(|rule: &Rule| rule.name == name).expect("a rule of the list");
    let tallies = done.iter().filter(|done| kept(&done.cell)).map(|done| &done.tallies[index]);
    // Without a run the share of runs without an answer is no number.
    tallies.filter(|tally| !tally.unanswered().is_nan()).collect()
}

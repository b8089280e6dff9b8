//! How often intervals hold the truth, and how far estimators miss it, in pools like this field's.
//!
//! `cargo run --release -p forestable-benches --bin simulation` writes `docs/simulation.md`, its plots and the figures behind them.
//! `… --bin simulation 100` does so with 100 runs a cell, to try it out.

mod cell;
mod page;
mod pictures;
mod rule;
mod tally;

use std::path::Path;

use forestable::num::Random;
use rayon::prelude::*;

use cell::{Cell, Pool, cells};
use rule::{RULES, Rule};
use tally::Tally;

/// Runs a cell.
const RUNS: usize = 10_000;
/// Runs a cell of a rule that is slow: count models, posteriors, the bootstrap.
const SLOW_RUNS: usize = 500;
/// The seed; each run of each cell has a stream of its own.
const SEED: u64 = 20_210_916;

/// A cell with what each rule did in it, in the order of [`RULES`].
pub struct Done {
    cell: Cell,
    tallies: Vec<Tally>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runs = std::env::args().nth(1).map_or(Ok(RUNS), |runs| runs.parse())?;
    let done: Vec<Done> =
        cells().into_par_iter().enumerate().map(|(index, cell)| run(cell, index * RUNS, runs)).collect();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::create_dir_all(docs.join("simulation"))?;
    for (name, svg) in pictures::all(&done) {
        std::fs::write(docs.join("simulation").join(name), svg)?;
    }
    std::fs::write(docs.join("simulation/coverage.csv"), page::csv(&done))?;
    std::fs::write(docs.join("simulation.md"), page::page(&done, runs))?;
    Ok(())
}

fn run(cell: Cell, first_stream: usize, runs: usize) -> Done {
    let mut tallies = vec![Tally::default(); RULES.len()];
    for run in 0..runs {
        let pool = Pool::draw(&cell, &mut Random::new(SEED, (first_stream + run) as u64));
        for (rule, tally) in RULES.iter().zip(&mut tallies) {
            if run < SLOW_RUNS || !rule.is_slow() {
                tally.add(&cell, &rule.answer(&pool));
            }
        }
    }
    Done { cell, tallies }
}

/// Returns the tallies of a rule over the cells that `kept` keeps, added up cell by cell.
pub fn over<'a>(done: &'a [Done], name: &str, kept: impl Fn(&Cell) -> bool + 'a) -> Vec<&'a Tally> {
    let index = RULES.iter().position(|rule: &Rule| rule.name == name).expect("a rule of the list");
    done.iter().filter(|done| kept(&done.cell)).map(|done| &done.tallies[index]).collect()
}

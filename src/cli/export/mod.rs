//! `forestable export`: the references for other programs, and every pool for R.

use std::path::Path;

use forestable::evidence::Reference;
use forestable::render::{csv, references};
use forestable::report::recomputation::{COLUMNS, recomputation};
use forestable::review;
use forestable::source;

use super::args::{Args, ExportArgs, FindingsFormat};
use super::review::Review;
use super::{Failure, Status};

/// The script that computes every pool again.
const SCRIPT: &str = include_str!("check.R");

/// Prints the references, or writes a folder for R.
pub fn run(args: &Args, export: &ExportArgs) -> Result<Status, Failure> {
    let mut review = Review::read(&args.directory)?;
    if review.status(args) != Status::Clean {
        review.print_findings(args, FindingsFormat::default(), "nothing exported");
        return Ok(Status::Findings);
    }
    if let Some(folder) = &export.what.r {
        return r(args, &mut review, folder);
    }
    let works = review.evidence.studies.iter().map(|study| (study.id.clone(), study.reference.clone()));
    let works: std::collections::BTreeMap<String, Reference> = works.collect();
    let text = if export.what.ris {
        references::ris(&works)
    } else if export.what.csl_json {
        references::csl_json(&works)
    } else {
        references::bibtex(&works)
    };
    anstream::print!("{text}");
    Ok(Status::Clean)
}

/// Writes the effects of every pool, what came out, and the script that computes them again.
fn r(args: &Args, review: &mut Review, folder: &Path) -> Result<Status, Failure> {
    let findings = review::run(&review.evidence, &review.plan);
    for found in &findings.analyses {
        let pool = forestable::report::pool_data::pool_data(found);
        source::replace_file(&folder.join("pools").join(format!("{}.csv", pool.id)), csv::pool(&pool))?;
    }
    let rows = recomputation(&findings).rows;
    source::replace_file(&folder.join("pools.csv"), csv::rows(&COLUMNS, &rows))?;
    source::replace_file(&folder.join("check.R"), SCRIPT)?;
    if !args.quiet {
        let folder = folder.display();
        anstream::eprintln!("{} pools written into {folder}: run `Rscript check.R` there", rows.len());
    }
    Ok(Status::Clean)
}

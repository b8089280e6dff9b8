//! `forestable build`: the main job.

use std::collections::BTreeMap;

use forestable::render::templates::Templates;
use forestable::{render, report, review, source};

use super::args::{Args, FindingsArgs};
use super::review::Review;
use super::{Failure, Status};

/// The folder that a build writes, below the review's.
const OUTPUT: &str = "output";

/// Builds the review into `output/`, whole or not at all.
pub fn run(args: &Args, how: FindingsArgs) -> Result<Status, Failure> {
    let review = Review::read(&args.directory)?;
    if review.status(args) != Status::Clean {
        return Ok(review.report(args, how, "nothing written"));
    }
    review.report(args, how, "built all the same");
    let findings = review::run(&review.evidence, &review.plan);
    let report = report::assemble(&review.evidence, &review.plan, &findings);
    let templates = Templates::new(&BTreeMap::new())?;
    let mut artifacts = render::artifacts(&report, &templates)?;
    let inputs = review.sources.texts().map(|(path, text)| (path, text.as_bytes()));
    artifacts.push(render::manifest(inputs, &artifacts));
    let files: Vec<(String, Vec<u8>)> =
        artifacts.into_iter().map(|artifact| (artifact.path, artifact.bytes)).collect();
    source::write_folder(&args.directory.join(OUTPUT), &files)?;
    if !args.quiet {
        anstream::eprintln!(
            "built {} tables and {} figures from {} series into {}",
            report.tables.len(),
            report.figures.len(),
            review.evidence.studies.len(),
            args.directory.join(OUTPUT).join("index.html").display(),
        );
    }
    Ok(Status::Clean)
}

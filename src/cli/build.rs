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
    let mut review = Review::read(&args.directory)?;
    if review.status(args) == Status::Findings {
        review.print_findings(args, how, "nothing written");
        return Ok(Status::Findings);
    }
    let findings = review::run(&review.evidence, &review.plan);
    review.findings.extend(review::faults(&findings));
    if review.status(args) == Status::Findings {
        review.print_findings(args, how, "nothing written");
        return Ok(Status::Findings);
    }
    let report = report::assemble(&review.evidence, &review.plan, &findings);
    let templates = Templates::new(&BTreeMap::new())?;
    let mut artifacts = render::artifacts(&report, &templates)?;
    let inputs = review.sources.texts().map(|(path, text)| (path, text.as_bytes()));
    artifacts.push(render::manifest(inputs, &artifacts));
    let files: Vec<(String, Vec<u8>)> = artifacts.into_iter().map(|artifact| (artifact.path, artifact.bytes)).collect();
    let target = args.directory.join(OUTPUT);
    source::write_folder(&target, &files)?;
    let built = format!("{} files written into {}", files.len(), target.display());
    review.print_findings(args, how, &built);
    Ok(Status::Clean)
}

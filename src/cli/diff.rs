//! `forestable diff`: what changed between two states of a review, and which change moved what.

use std::path::Path;

use forestable::diag::{Severity, counted};
use forestable::render::templates::Templates;
use forestable::report::change::{ChangeReport, differing_parts};
use forestable::{render, report, review};

use super::args::{Args, DiffArgs, DiffFormat, FindingsFormat};
use super::review::Review;
use super::{Failure, Status};

/// Prints what changed.
pub fn run(args: &Args, how: &DiffArgs) -> Result<Status, Failure> {
    let before = read(args, &how.before)?;
    let after = match &how.after {
        Some(after) => read(args, after)?,
        None => Review::read(&args.directory)?,
    };
    let errors = |review: &Review| review.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors(&after) > 0 {
        after.print_findings(args, FindingsFormat::default(), "not compared");
        return Ok(Status::Findings);
    }
    if errors(&before) > 0 && !args.quiet {
        let errors = counted(errors(&before), "error");
        anstream::eprintln!("note: {} has {errors}: what could not be read there counts as not written", how.before);
    }
    let words = words(&before, &after);
    let text = match how.format {
        DiffFormat::Text => render::change::text(&words, &how.before),
        DiffFormat::Json => serde_json::to_string_pretty(&words)? + "\n",
        DiffFormat::Markdown => {
            let templates = Templates::new(&after.templates).map_err(|error| error.to_string())?;
            render::change::markdown(&words, &how.before, &templates).map_err(|error| error.to_string())?
        }
    };
    anstream::print!("{text}");
    Ok(Status::Clean)
}

/// Reads a folder with a review, or else a revision of the one worked in.
pub fn read(args: &Args, name: &str) -> Result<Review, Failure> {
    let folder = Path::new(name);
    if folder.is_dir() { Review::read(folder) } else { Review::read_revision(&args.directory, name) }
}

fn words(before: &Review, after: &Review) -> ChangeReport {
    let report = |of: &Review| report::assemble(&of.evidence, &of.plan, &review::run(&of.evidence, &of.plan));
    let (old, new) = (before.state(), after.state());
    let change = review::change(old, new);
    ChangeReport { files: differing_parts(&report(before), &report(after)), ..ChangeReport::new(old, new, &change) }
}

//! `forestable check`: read and report, write nothing.

use super::args::{Args, FindingsArgs};
use super::review::Review;
use super::{Failure, Status};

/// Reports what is wrong with the review.
pub fn run(args: &Args, how: FindingsArgs) -> Result<Status, Failure> {
    let review = Review::read(&args.directory)?;
    let status = review.report(args, how, "nothing written");
    if review.findings.is_empty() && !args.quiet && how.format == super::args::FindingsFormat::Text {
        anstream::eprintln!("{} studies, no findings", review.evidence.studies.len());
    }
    Ok(status)
}

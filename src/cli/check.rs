//! `forestable check`: read and report, write nothing.

use super::args::{Args, FindingsArgs};
use super::review::Review;
use super::{Failure, Status};

/// Reports what is wrong with the review.
pub fn run(args: &Args, how: FindingsArgs) -> Result<Status, Failure> {
    let review = Review::read(&args.directory)?;
    review.print_findings(args, how, "");
    Ok(review.status(args))
}

//! `forestable check`: read and report; with `--fix`, mend what is safe.

use forestable::diag::{counted, fixed};
use forestable::source;

use super::args::{Args, CheckArgs, FindingsFormat};
use super::review::Review;
use super::{Failure, Status};

/// No slip hides more than a few others.
const MOST_PASSES: usize = 8;

/// Reports what is wrong with the review.
pub fn run(args: &Args, check: CheckArgs, how: FindingsFormat) -> Result<Status, Failure> {
    let mut review = Review::read(&args.directory)?;
    if check.fix {
        let mut mended = 0;
        // One slip can hide another: `92·3` is first given its point, then its unit.
        for _ in 0..MOST_PASSES {
            let (texts, count) = fixed(&review.findings, &review.sources);
            if count == 0 {
                break;
            }
            mended += count;
            for (file, text) in texts {
                source::replace_file(&args.path(file), &text)?;
            }
            review = Review::read(&args.directory)?;
        }
        if !args.quiet {
            anstream::eprintln!("{} mended", counted(mended, "fault"));
        }
    }
    review.print_findings(args, how, "");
    Ok(review.status(args))
}

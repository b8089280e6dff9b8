//! `forestable new`: a study file laid out for this review.

use forestable::{report, source};

use super::args::{Args, NewArgs};
use super::review::Review;
use super::{Failure, Status};

/// Writes the file, never over one that is there.
pub fn run(args: &Args, new: &NewArgs) -> Result<Status, Failure> {
    if !is_id(&new.id) {
        return Err(format!("`{}` is not an id: family name and year, such as `trovo-2018`", new.id).into());
    }
    let review = Review::read(&args.directory)?;
    let path = args.directory.join("studies").join(format!("{}.yaml", new.id));
    source::create_file(&path, &report::skeleton(&new.id, &review.evidence.protocol, &review.plan))?;
    if !args.quiet {
        anstream::eprintln!("{} written: fill it in, then run `forestable check`", path.display());
    }
    Ok(Status::Clean)
}

/// Whether this is words in lower case joined by hyphens, the last of them a year.
fn is_id(id: &str) -> bool {
    let plain =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let year =
        id.rsplit('-').next().is_some_and(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    year && id.contains('-') && id.split('-').all(plain)
}

//! `forestable explain`: the page of a finding's code.

use forestable::diag::codes;

use super::args::ExplainArgs;
use super::{Failure, Status};

/// Prints what a code means, why it matters and how to mend it.
pub fn run(args: &ExplainArgs) -> Result<Status, Failure> {
    match codes::rule(&args.code) {
        Some(rule) => {
            anstream::print!("{}", rule.page);
            Ok(Status::Clean)
        }
        None => {
            let known: Vec<&str> = codes::RULES.iter().map(|rule| rule.code.0).collect();
            Err(format!("unknown code `{}`; the codes are {}", args.code, known.join(", ")).into())
        }
    }
}

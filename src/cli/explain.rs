//! `forestable explain`: the page of a finding's code, or the way from a quotation to a weight.

use forestable::diag::{Locate, codes, nearest};
use forestable::report;

use super::args::{Args, ExplainArgs};
use super::review::Review;
use super::{Failure, Status};

/// Prints what a code means, why it matters and how to mend it; or how a study's figure came into an analysis.
pub fn run(args: &Args, explain: &ExplainArgs) -> Result<Status, Failure> {
    match (&explain.study, codes::rule(&explain.what)) {
        (Some(study), _) => chain(args, &explain.what, study),
        (None, Some(rule)) => {
            anstream::print!("{}", rule.page);
            Ok(Status::Clean)
        }
        (None, None) => {
            let known: Vec<&str> = codes::RULES.iter().map(|rule| rule.code.0).collect();
            let what = &explain.what;
            let known = known.join(", ");
            Err(format!("unknown code `{what}`; the codes are {known}; an analysis is explained with a study").into())
        }
    }
}

fn chain(args: &Args, analysis: &str, study: &str) -> Result<Status, Failure> {
    let review = Review::read(&args.directory)?;
    let known = |what: &str, id: &str, ids: &[&str]| match ids.contains(&id) {
        true => Ok(()),
        false => {
            let meant = nearest(id, ids.iter().copied()).map(|meant| format!(": write `{meant}`"));
            Err(format!("the review has no {what} `{id}`{}", meant.unwrap_or_default()))
        }
    };
    let analyses: Vec<&str> = review.plan.analyses.iter().map(|analysis| analysis.id.as_str()).collect();
    let studies: Vec<&str> = review.evidence.studies.iter().map(|study| study.id.as_str()).collect();
    known("analysis", analysis, &analyses)?;
    known("study", study, &studies)?;
    let Some(chain) = report::chain(&review.evidence, &review.plan, analysis, study) else {
        return Err(format!("`{analysis}` could not be run: `forestable check` says why").into());
    };
    anstream::println!("{}\n", chain.title);
    let width = chain.links.iter().map(|link| link.term.chars().count()).max().unwrap_or(0);
    for link in &chain.links {
        anstream::println!("{:<width$}  {}", link.term, link.text);
    }
    if let Some(located) = chain.place.as_ref().and_then(|place| review.sources.locate(place)) {
        let file = chain.place.as_ref().map_or("", |place| &place.file);
        anstream::println!("{:<width$}  {file}:{}:{}", "Written at", located.start().line, located.start().column);
    }
    Ok(Status::Clean)
}

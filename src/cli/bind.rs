//! `forestable bind`: the numbers of a finished text, found in the data.

use forestable::diag::counted;
use forestable::report::manuscript::guard::{bookmark, comment};
use forestable::report::manuscript::{Proposal, propose};
use forestable::source;

use super::args::{Args, BindArgs, FindingsFormat};
use super::manuscript::{Material, Text};
use super::review::Review;
use super::{Failure, Status};

/// Shows what would be bound, and binds it where that is asked for.
pub fn run(args: &Args, bind: &BindArgs) -> Result<Status, Failure> {
    let mut review = Review::read(&args.directory)?;
    let material = Material::of(&mut review, args);
    let text = Text::read(&bind.manuscript, &mut review)?;
    let (Some(material), Some(text)) = (material, text) else {
        review.print_findings(args, FindingsFormat::default(), "nothing bound");
        return Ok(Status::Findings);
    };
    let proposals = propose(&text.draft.text, &text.bound(), &material.library.facts);
    for proposal in &proposals {
        show(&text, proposal);
    }
    let numbers = counted(proposals.len(), "number");
    if !bind.write {
        let next = if proposals.is_empty() { "" } else { ": bind with --write" };
        anstream::eprintln!("{numbers} of `{}` found in the data{next}", text.file);
        return Ok(Status::Clean);
    }
    let (bytes, refused) = match &text.word {
        Some(word) => {
            let known = word.bookmarks.len();
            let marks: Vec<_> = proposals
                .iter()
                .enumerate()
                .map(|(at, proposal)| (bookmark(known + at + 1, &proposal.id), proposal.span.clone()))
                .collect();
            word.with_bookmarks(&marks, &[]).map_err(|error| format!("cannot bind in `{}`: {error}", text.file))?
        }
        None => (with_comments(&text, &proposals).into_bytes(), Vec::new()),
    };
    source::replace_file(&bind.manuscript, &bytes)?;
    anstream::eprintln!("{} bound in `{}`", counted(proposals.len() - refused.len(), "number"), text.file);
    for name in refused {
        anstream::eprintln!("not bound, since it begins or ends within a field: {name}");
    }
    Ok(Status::Clean)
}

/// Prints a proposal: where, what, to which id, and what else would fit.
fn show(text: &Text, proposal: &Proposal) {
    let before = &text.draft.text[..proposal.span.start];
    let line = before.matches('\n').count() + 1;
    let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
    let words = text.draft.text[proposal.span.clone()].replace('\n', " ");
    let others = match proposal.others.as_slice() {
        [] => String::new(),
        others => format!("  (fits as well: {})", others.join(", ")),
    };
    anstream::println!("{}:{line}:{column}: {words} → {}{others}", text.file, proposal.id);
}

/// Returns the text with a comment behind each number.
fn with_comments(text: &Text, proposals: &[Proposal]) -> String {
    let latex = text.file.ends_with(".tex");
    let mut bound = String::with_capacity(text.draft.text.len() + proposals.len() * 32);
    let mut done = 0;
    for proposal in proposals {
        bound.push_str(&text.draft.text[done..proposal.span.end]);
        bound.push_str(&comment(&proposal.id, latex));
        done = proposal.span.end;
    }
    bound + &text.draft.text[done..]
}

//! `forestable check`: read and report; with `--fix`, mend what is safe; with `--manuscript`, guard a text's numbers.

use std::path::Path;

use forestable::diag::{counted, fixed};
use forestable::render::weave::{Dialect, Settings, has_tags};
use forestable::report::manuscript::guard;
use forestable::source;

use super::args::{Args, CheckArgs, FindingsFormat};
use super::manuscript::{Material, Text};
use super::review::Review;
use super::{Failure, Status};

/// No slip hides more than a few others.
const MOST_PASSES: usize = 8;

/// Reports what is wrong with the review.
pub fn run(args: &Args, check: &CheckArgs, how: FindingsFormat) -> Result<Status, Failure> {
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
    let manuscripts: Vec<_> = check.manuscript.iter().chain(&check.manuscripts).collect();
    if !manuscripts.is_empty()
        && let Some(mut material) = Material::of(&mut review, args)
    {
        for manuscript in manuscripts {
            guard(&mut review, &mut material, manuscript)?;
        }
    }
    review.print_findings(args, how, "");
    Ok(review.status(args))
}

/// Compares what is bound in a manuscript with the data, and tries its tags.
fn guard(review: &mut Review, material: &mut Material, path: &Path) -> Result<(), Failure> {
    let Some(text) = Text::read(path, review)? else { return Ok(()) };
    let findings = guard::check(&text.file, &text.draft.text, &text.bound(), &material.library.facts);
    review.findings.extend(findings);
    for (file, part) in text.draft.parts.values() {
        review.findings.extend(guard::check(file, part, &guard::comments(part), &material.library.facts));
    }
    let Some(dialect) = Dialect::of(&text.file).filter(|dialect| has_tags(&text.draft.text, *dialect)) else {
        return Ok(());
    };
    let (settings, faults) = Settings::read(&text.file, &text.draft.text);
    review.findings.extend(faults);
    if let Err(faults) = material.weave(&text.file, path, dialect, &text.draft, &settings) {
        review.findings.extend(faults);
    }
    Ok(())
}

//! `forestable weave`: a manuscript filled with the review's figures, tables, citations.

use std::path::Path;

use forestable::diag::{Place, codes};
use forestable::render::Pictures;
use forestable::render::templates::Templates;
use forestable::render::weave::{Citations, Dialect, Settings};
use forestable::report::manuscript::Bindings;
use forestable::source::{self, WordFile};

use super::args::{Args, FindingsFormat, Format, WeaveArgs};
use super::manuscript::{Material, dialect, written};
use super::review::Review;
use super::{Failure, Status};

/// Weaves a manuscript into a folder; the manuscript itself is never written to.
pub fn run(args: &Args, weave: &WeaveArgs) -> Result<Status, Failure> {
    let dialect = dialect(&weave.manuscript)?;
    let mut review = Review::read(&args.directory)?;
    let refused = |review: &Review| {
        review.print_findings(args, FindingsFormat::default(), "nothing written");
        Ok(Status::Findings)
    };
    let file = weave.manuscript.to_string_lossy().into_owned();
    let (draft, findings) = source::read_draft(&weave.manuscript, &mut review.sources)
        .map_err(|error| format!("cannot read `{file}`: {error}"))?;
    let (mut settings, more) = Settings::read(&file, &draft.text);
    review.findings.extend(findings.into_iter().chain(more));
    if let Some(citations) = &weave.citations {
        // A file that the command line names is looked for from here, one that the manuscript names from beside it.
        let csl = |file: &String| std::path::absolute(file).map_or(file.clone(), |path| path.to_string_lossy().into());
        settings.citations = match citations {
            Citations::Csl(name) => (Citations::Csl(csl(name)), Place::file(name)),
            style => (style.clone(), Place::file(&file)),
        };
    }
    settings.phrases.style = weave.numbers.unwrap_or(settings.phrases.style);
    if weave.keep_bindings {
        settings.phrases.bindings = Bindings::Kept;
    }
    let Some(mut material) = Material::of(&mut review, args) else { return refused(&review) };
    let woven = match material.weave(&file, &weave.manuscript, dialect, &draft, &settings) {
        Ok(woven) => woven,
        Err(findings) => {
            review.findings.extend(findings);
            return refused(&review);
        }
    };
    let pictures = material.pictures(&woven, Pictures::All);
    let stem = weave.manuscript.file_stem().unwrap_or_default().to_string_lossy();
    let styles = match &weave.reference_doc {
        Some(path) => Some(styles(path)?),
        None => None,
    };
    let files = Templates::new(&review.templates)
        .and_then(|templates| written(&woven, &templates, &stem, &pictures, styles.as_deref()));
    let files = match files {
        Ok(files) => files,
        Err(error) => {
            review.findings.push(error.diagnostic(codes::TEMPLATE));
            return refused(&review);
        }
    };
    let wanted = |path: &str| {
        let all = weave.to.is_empty() || dialect != Dialect::Markdown;
        all || weave.to.iter().any(|format| path.ends_with(format.ending()))
    };
    for file in files.iter().filter(|file| wanted(&file.path)).chain(&pictures) {
        let target = weave.out.join(&file.path);
        if is_same(&target, &weave.manuscript) {
            return Err(
                format!("`{}` is the manuscript itself: name another folder with --out", target.display()).into()
            );
        }
        source::replace_file(&target, &file.bytes)?;
        if !args.quiet && !file.path.starts_with("figures/") {
            anstream::eprintln!("{} written", target.display());
        }
    }
    Ok(review.status(args))
}

/// Returns the styles of the author's own Word file.
fn styles(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| format!("cannot read `{}`: {error}", path.display());
    let bytes = source::read_bytes(path).map_err(|error| unreadable(&error))?;
    Ok(WordFile::styles(&bytes).map_err(|error| unreadable(&error))?)
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Md => ".md",
            Self::Html => ".html",
            Self::Docx => ".docx",
            Self::Tex => ".tex",
        }
    }
}

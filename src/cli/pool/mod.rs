//! `forestable pool`: pool a plain table of numbers, without a review.

mod answer;
mod args;
mod faults;
mod figures;
mod forest;
mod moderators;
mod notes;
mod second;
mod studies;
mod table;
pub mod text;

use std::collections::BTreeMap;
use std::path::Path;

use forestable::diag::Diagnostic;
use forestable::diag::render::{Colour, full, resolve};
use forestable::render::templates::Templates;
use forestable::report::figure::style::Style;
use forestable::report::plots::style;
use forestable::source::{Numbers, replace_file};
use rayon::prelude::*;

use super::args::Args;
use super::{Failure, Status};
use answer::Answer;
use args::Format;
pub use args::{PoolArgs, level};
use studies::Studies;

/// So many tables are pooled before the first of them is printed: enough to keep every processor busy.
const AT_ONCE: usize = 32;

/// Pools each table, prints the answer and draws it where that is asked for; or prints what is wrong with the table.
pub fn run(program: &Args, args: &PoolArgs) -> Result<Status, Failure> {
    if let Some(contradiction) = args.contradiction() {
        return Err(contradiction.into());
    }
    if let Some(picture) = &args.forest {
        args.files.iter().try_for_each(|file| has_folder(&program.directory.join(picture.of(file))))?;
    }
    let templates = Templates::new(&BTreeMap::new())?;
    let looks = style(args.layout, args.width);
    let mut status = Status::Clean;
    for files in args.files.chunks(AT_ONCE) {
        let pooled: Vec<_> = files.par_iter().map(|file| one(program, args, file, &looks, &templates)).collect();
        // Written and printed in their order, up to the first that cannot be.
        for (file, pooled) in files.iter().zip(pooled) {
            match pooled? {
                Pooled::Answer { printed, picture } => {
                    if let (Some(asked), Some(bytes)) = (&args.forest, picture) {
                        replace_file(&program.directory.join(asked.of(file)), bytes)?;
                    }
                    anstream::print!("{printed}");
                }
                Pooled::Faulty(findings) => {
                    anstream::eprint!("{findings}");
                    status = Status::Findings;
                }
            }
        }
    }
    Ok(status)
}

/// Refuses a picture in a folder that is not there: most often its name is misspelt.
fn has_folder(picture: &Path) -> Result<(), Failure> {
    match picture.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(format!("`--forest`: there is no folder `{}`: make it first, or name another", folder.display()).into())
        }
        _ => Ok(()),
    }
}

/// What becomes of a table.
enum Pooled {
    Answer { printed: String, picture: Option<Vec<u8>> },
    Faulty(String),
}

fn one(program: &Args, args: &PoolArgs, file: &Path, looks: &Style, templates: &Templates) -> Result<Pooled, Failure> {
    let name = file.to_string_lossy().replace('\\', "/");
    let path = program.directory.join(file);
    let (table, faults) = Numbers::read(&path, &name).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let answer = if faults.is_empty() { answer(&table, args) } else { Err(faults) };
    match answer {
        Ok(answer) => {
            let picture = args.forest.as_ref().map(|asked| forest::picture(&answer, looks, asked.kind)).transpose()?;
            Ok(Pooled::Answer { printed: printed(&answer, args, templates)?, picture })
        }
        Err(findings) => Ok(Pooled::Faulty(full(&resolve(&findings, &table), Colour::Ansi))),
    }
}

fn answer(table: &Numbers, args: &PoolArgs) -> Result<Answer, Vec<Diagnostic>> {
    let studies = Studies::read(table, args)?;
    Answer::of(&studies, args).map_err(|error| vec![faults::no_fit(table, &studies, &error)])
}

fn printed(answer: &Answer, args: &PoolArgs, templates: &Templates) -> Result<String, Failure> {
    Ok(match args.format {
        Format::Json => serde_json::to_string_pretty(answer)? + "\n",
        Format::Table => text::table(&table::of(answer)),
        Format::Markdown => forestable::render::markdown::table(templates, &table::of(answer))?,
    })
}

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
use forestable::source::{Numbers, replace_file};

use super::args::Args;
use super::{Failure, Status};
use answer::Answer;
use args::Format;
pub use args::{PoolArgs, level};
use studies::Studies;

/// Pools each table, prints the answer and draws it where that is asked for; or prints what is wrong with the table.
pub fn run(program: &Args, args: &PoolArgs) -> Result<Status, Failure> {
    if let Some(contradiction) = args.contradiction() {
        return Err(contradiction.into());
    }
    if let Some(picture) = &args.forest {
        args.files.iter().try_for_each(|file| has_folder(&program.directory.join(picture.of(file))))?;
    }
    let templates = Templates::new(&BTreeMap::new())?;
    let statuses = args.files.iter().map(|file| one(program, args, file, &templates));
    let faulty = statuses.collect::<Result<Vec<_>, _>>()?.into_iter().find(|status| *status != Status::Clean);
    Ok(faulty.unwrap_or(Status::Clean))
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

fn one(program: &Args, args: &PoolArgs, file: &Path, templates: &Templates) -> Result<Status, Failure> {
    let name = file.to_string_lossy().replace('\\', "/");
    let path = program.directory.join(file);
    let (table, faults) = Numbers::read(&path, &name).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let answer = if faults.is_empty() { answer(&table, args) } else { Err(faults) };
    match answer {
        Ok(answer) => {
            if let Some(picture) = &args.forest {
                let bytes = forest::picture(&answer, args, picture.kind)?;
                replace_file(&program.directory.join(picture.of(file)), bytes)?;
            }
            anstream::print!("{}", printed(&answer, args, templates)?);
            Ok(Status::Clean)
        }
        Err(findings) => {
            anstream::eprint!("{}", full(&resolve(&findings, &table), Colour::Ansi));
            Ok(Status::Findings)
        }
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

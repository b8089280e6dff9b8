//! `forestable template`: the built-in templates, and which of them a review has taken over.

use std::path::Path;

use clap::Subcommand;
use forestable::diag::nearest;
use forestable::render::templates::{BUILT_IN, BuiltIn, FOLDER};
use forestable::source;

use super::args::Args;
use super::{Failure, Status};

/// Arguments of `template`.
#[derive(Debug, clap::Args)]
pub struct TemplateArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub command: TemplateCommand,
}

/// What to do with templates.
#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// List the built-in templates, and which of them the review has taken over.
    List,
    /// Print a built-in template.
    Show {
        /// Its name, such as `table.html`.
        name: String,
    },
    /// Copy built-in templates into the review's `templates/`, to be changed there; a file that is there stays as it is.
    Eject {
        /// Their names, such as `table.html page.css`.
        names: Vec<String>,
    },
}

/// Lists, prints or copies templates.
pub fn run(args: &Args, command: &TemplateCommand) -> Result<Status, Failure> {
    let folder = args.directory.join(FOLDER);
    match command {
        TemplateCommand::List => list(&folder),
        TemplateCommand::Show { name } => anstream::print!("{}", find(name)?.text),
        TemplateCommand::Eject { names } => {
            let chosen: Vec<&BuiltIn> = match names.as_slice() {
                [] => return Err("say which: `forestable template list` names them".into()),
                names => names.iter().map(|name| find(name)).collect::<Result<_, _>>()?,
            };
            for template in chosen {
                let path = folder.join(template.name);
                source::create_file(&path, template.text)?;
                if !args.quiet {
                    anstream::eprintln!("{} written: it takes the place of the built-in one", path.display());
                }
            }
        }
    }
    Ok(Status::Clean)
}

fn list(folder: &Path) {
    let width = BUILT_IN.iter().map(|template| template.name.len()).max().unwrap_or(0);
    for template in BUILT_IN {
        let own = if folder.join(template.name).is_file() { " (the review's own)" } else { "" };
        anstream::println!("{:<width$}  {}{own}", template.name, template.about);
    }
}

fn find(name: &str) -> Result<&'static BuiltIn, Failure> {
    let names = || BUILT_IN.iter().map(|template| template.name);
    BUILT_IN.iter().find(|template| template.name == name).ok_or_else(|| {
        let meant = nearest(name, names()).map(|meant| format!(": write `{meant}`"));
        let known = names().collect::<Vec<_>>().join(", ");
        format!("there is no built-in template `{name}`{}; there are {known}", meant.unwrap_or_default()).into()
    })
}

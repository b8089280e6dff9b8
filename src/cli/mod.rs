//! The commands: one file each; nothing else sees this room.

mod args;
mod bind;
mod build;
mod check;
mod diff;
mod explain;
mod init;
mod last;
mod manuscript;
mod new;
mod pool;
mod review;
mod schema;
mod shell;
mod survival;
mod watch;
mod weave;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command, FindingsArgs};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing was wrong: 0.
    Clean,
    /// The input has faults: 1.
    Findings,
    /// The command could not run: 2.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        })
    }
}

/// Why a command could not run, in words that name the path.
pub type Failure = Box<dyn std::error::Error>;

/// Parses the command line, runs the command and returns its exit status.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.command {
        None => build::run(&args, FindingsArgs::default()),
        Some(Command::Build(findings)) => build::run(&args, *findings),
        Some(Command::Check(check)) => check::run(&args, check),
        Some(Command::Init(init)) => init::run(&args, init),
        Some(Command::New(new)) => new::run(&args, new),
        Some(Command::Diff(diff)) => diff::run(&args, diff),
        Some(Command::Pool(pool)) => pool::run(&args, pool),
        Some(Command::Bind(bind)) => bind::run(&args, bind),
        Some(Command::Weave(weave)) => weave::run(&args, weave),
        Some(Command::Watch(watch)) => watch::run(&args, watch),
        Some(Command::Explain(explain)) => explain::run(&args, explain),
        Some(Command::Completions(completions)) => shell::completions(completions),
        Some(Command::Man) => shell::manual(),
        Some(Command::Schema) => schema::run(&args),
        Some(Command::Survival(survival)) => survival::run(&args, survival),
    };
    match done {
        Ok(status) => status.into(),
        Err(failure) => {
            anstream::eprintln!("error: {failure}");
            Status::Failed.into()
        }
    }
}

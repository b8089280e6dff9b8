//! The commands: one file each; nothing else sees this room.

mod adjudicate;
mod args;
mod bind;
mod build;
mod check;
mod diff;
mod explain;
mod export;
mod init;
mod last;
mod manuscript;
mod new;
mod pool;
mod progress;
mod register;
mod release;
mod review;
mod schema;
mod shell;
mod survival;
mod template;
mod watch;
mod weave;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

pub use args::Args;
use args::{BuildArgs, Command, FindingsArgs};

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
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Parses the command line, runs the command and returns its exit status.
pub fn main() -> ExitCode {
    let args = Args::parse();
    // This thread works with the others rather than wait for them: one thread less, and less memory set aside for each. Where it is
    // refused, rayon makes its own.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    run(&args)
}

/// Runs a command and returns its exit status; what goes wrong is printed.
pub fn run(args: &Args) -> ExitCode {
    let how = |findings: &FindingsArgs| findings.format.or(args.format).unwrap_or_default();
    let done = match &args.command {
        None => build::run(args, BuildArgs::default(), args.format.unwrap_or_default()),
        Some(Command::Build(asked)) => build::run(args, *asked, how(&asked.findings)),
        Some(Command::Check(check)) => check::run(args, check, how(&check.findings)),
        Some(_) if args.format.is_some() => {
            let words = "`--format` before a command is for `build` and `check`: write it after the command";
            Args::command().error(ErrorKind::ArgumentConflict, words).exit()
        }
        Some(Command::Init(init)) => init::run(args, init),
        Some(Command::New(new)) => new::run(args, new),
        Some(Command::Adjudicate(adjudicate)) => adjudicate::run(args, adjudicate),
        Some(Command::Register(register)) => register::run(args, register),
        Some(Command::Diff(diff)) => diff::run(args, diff),
        Some(Command::Release(release)) => release::run(args, release),
        Some(Command::Pool(pool)) => pool::run(args, pool),
        Some(Command::Bind(bind)) => bind::run(args, bind),
        Some(Command::Export(export)) => export::run(args, export),
        Some(Command::Weave(weave)) => weave::run(args, weave),
        Some(Command::Watch(watch)) => watch::run(args, watch),
        Some(Command::Explain(explain)) => explain::run(args, explain),
        Some(Command::Completions(completions)) => shell::completions(completions),
        Some(Command::Man) => shell::manual(),
        Some(Command::Schema) => schema::run(args),
        Some(Command::Template(template)) => template::run(args, &template.command),
        Some(Command::Survival(survival)) => survival::run(args, survival),
    };
    match done {
        Ok(status) => status.into(),
        Err(failure) => {
            anstream::eprintln!("error: {failure}");
            Status::Failed.into()
        }
    }
}

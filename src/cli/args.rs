//! The command line, as typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::pool::PoolArgs;
use super::survival::SurvivalArgs;

/// Forest plots and evidence tables from curated study files.
///
/// Reads `review.yaml` and `studies/*.yaml` in the current folder and writes tables, figures and a page into `output/`.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = "Example: forestable -C my-review build")]
pub struct Args {
    /// Work in this folder.
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".", global = true)]
    pub directory: PathBuf,
    /// Treat warnings as errors.
    #[arg(long, global = true)]
    pub strict: bool,
    /// Print errors only.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// What to do; `build` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the review into `output/`.
    #[command(after_help = "Example: forestable build --strict")]
    Build(FindingsArgs),
    /// Read the review and report what is wrong; write nothing.
    #[command(after_help = "Example: forestable check --format short")]
    Check(FindingsArgs),
    /// Start a study file, laid out for this review.
    #[command(after_help = "Example: forestable new trovo-2018")]
    New(NewArgs),
    /// Write the JSON Schemas that editors complete and check files with.
    #[command(after_help = "Example: forestable schema")]
    Schema,
    /// Say what changed between two states of the review, and which change moved what.
    #[command(
        after_help = "Examples:\n  forestable diff                     since the last commit\n  forestable diff v1.2 \
                      --format markdown\n  forestable diff v1.2 HEAD           between two revisions\n  forestable diff \
                      ../old-review .      between two folders"
    )]
    Diff(DiffArgs),
    /// Pool a plain table of numbers, without a review.
    Pool(PoolArgs),
    /// Print the page of a finding's code.
    #[command(after_help = "Example: forestable explain E204")]
    Explain(ExplainArgs),
    /// Survival over time: Kaplan-Meier, published curves, several times together.
    Survival(SurvivalArgs),
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FindingsArgs {
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: FindingsFormat,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// With the words underlined, what was expected, and a next step.
    #[default]
    Text,
    /// One line each.
    Short,
    /// A JSON array.
    Json,
}

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The earlier state: a git revision, or a folder with a review.
    #[arg(default_value = "HEAD")]
    pub before: String,
    /// The later state; the review as it stands in the folder if nothing is said.
    pub after: Option<String>,
    /// How the change is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// How a change is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For reading in a terminal.
    #[default]
    Text,
    /// For a pull request or a change log.
    Markdown,
    /// For programs.
    Json,
}

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The study's id: family name of the first author and year, such as `trovo-2018`.
    pub id: String,
}

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A finding's code, such as `E204`.
    pub code: String,
}

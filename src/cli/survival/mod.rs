//! `forestable survival`: the tools of survival analysis, on plain tables.

mod answer;
mod input;
mod joint;
mod km;
mod precision;
mod reconstruct;
mod summary;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use forestable::evidence::Level;

use super::args::Args;
use super::pool::level;
use super::{Failure, Status};

/// Arguments of `survival`.
#[derive(Debug, clap::Args)]
pub struct SurvivalArgs {
    /// The tool.
    #[command(subcommand)]
    pub tool: Tool,
}

/// The tools.
#[derive(Debug, Subcommand)]
pub enum Tool {
    /// Estimate survival from individual patients (Kaplan-Meier).
    #[command(after_help = "Columns: time, event (1 or 0)

Example: forestable survival km ipd.csv --at 12,24,36 --ci log-log")]
    Km(km::KmArgs),
    /// Pool the curves of several series without a distribution (Combescure et al. 2014).
    #[command(after_help = "Columns: study, time, survival, at_risk (where the interval that ends at this time begins)

Example: forestable survival summary curves.csv")]
    Summary(SummaryArgs),
    /// Find standard errors from published intervals, or impute them (Maruo et al. 2025).
    #[command(after_help = "Columns: survival, n, and any of ci_lower, ci_upper, at_risk, events, event_proportion

Example: forestable survival precision landmarks.csv --scale log-log")]
    Precision(precision::PrecisionArgs),
    /// Reconstruct individual times from a published curve (Guyot et al. 2012).
    #[command(after_help = "Columns: time, survival

Example: forestable survival reconstruct curve.csv --at-risk 0:44,12:33,24:21 --events 24 --out ipd.csv")]
    Reconstruct(reconstruct::ReconstructArgs),
    /// Pool survival at several times jointly, on the scale of log(-log S).
    #[command(after_help = "Columns: study, time, survival, se (of survival)

Example: forestable survival joint landmarks.csv --random random-intercept --at 12,24,36,60")]
    Joint(joint::JointArgs),
}

/// What every tool takes.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// The table: a CSV file with a header.
    pub file: PathBuf,
    /// The level of all intervals: 0.95 or 95%.
    #[arg(long, default_value = "0.95", value_parser = level)]
    pub level: Level,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `survival summary`.
#[derive(Debug, clap::Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    common: Common,
}

/// How the answer is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the terminal.
    #[default]
    Table,
    /// One object, in full double precision.
    Json,
}

/// Runs the tool.
pub fn run(program: &Args, args: &SurvivalArgs) -> Result<Status, Failure> {
    match &args.tool {
        Tool::Km(args) => answer::give(program, &args.common, |table| km::answer(table, args)),
        Tool::Summary(args) => answer::give(program, &args.common, |table| summary::answer(table, args.common.level)),
        Tool::Precision(args) => answer::give(program, &args.common, |table| precision::answer(table, args)),
        Tool::Reconstruct(args) => reconstruct::run(program, args),
        Tool::Joint(args) => answer::give(program, &args.common, |table| joint::answer(table, args)),
    }
}

/// Reads a time above 0.
fn time(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(time) if time > 0.0 && time.is_finite() => Ok(time),
        _ => Err("expected a time above 0, in the unit of the table".to_owned()),
    }
}

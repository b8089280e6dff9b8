//! `forestable pool`: pool a plain table of numbers, without a review.

mod answer;
mod studies;
mod table;
pub mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;
use forestable::diag::render::{Colour, full, resolve};
use forestable::diag::{Diagnostic, codes};
use forestable::effect::Measure;
use forestable::evidence::Level;
use forestable::model::bayes::{MuPrior, Priors, TauPrior};
use forestable::model::{FitError, IntervalMethod, ModelKind, PredictionMethod, Spec, SubgroupTau2, Tau2Method};
use forestable::render::templates::Templates;
use forestable::source::Numbers;

use super::args::Args;
use super::{Failure, Status};
use answer::Answer;
use studies::Studies;

/// Arguments of `pool`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Columns, by measure (and `study`, and any other as moderator or group):
  GEN                    yi,vi or yi,sei
  PR PLN PLO PAS PFT     xi,ni
  IR IRLN IRS IRFT       xi,ti
  OR RR RD AS PETO PHI   ai,n1i,ci,n2i
  MD SMD SMDH ROM        m1i,sd1i,n1i,m2i,sd2i,n2i
  COR UCOR ZCOR          ri,ni

Example: forestable pool control.csv --measure PLO --tau2 REML --interval HKSJ --group timing --format json")]
pub struct PoolArgs {
    /// The table: a CSV file with a header, one row a study.
    pub file: PathBuf,
    /// What is pooled: GEN PR PLN PLO PAS PFT IR IRLN IRS IRFT OR RR RD AS PETO PHI MD SMD SMDH ROM COR UCOR ZCOR.
    #[arg(long)]
    pub measure: Measure,
    /// The model: random, common, glmm, beta-binomial, mantel-haenszel, peto, bayes.
    #[arg(long, default_value_t = ModelKind::Random)]
    pub model: ModelKind,
    /// The estimator of the variance between studies: DL HE HS HSk SJ ML REML EB PM PMM.
    #[arg(long, default_value_t = Tau2Method::Reml)]
    pub tau2: Tau2Method,
    /// The interval of the pooled estimate: classic, t, HKSJ, mKH, HKSJ-wide, KR.
    #[arg(long, default_value_t = IntervalMethod::Hksj)]
    pub interval: IntervalMethod,
    /// The interval for a new study: V, HTS, HK, HK-PR, KR, none.
    #[arg(long, default_value_t = PredictionMethod::V)]
    pub prediction: PredictionMethod,
    /// The prior on the standard deviation between studies, for `bayes`: half-normal:SCALE, half-cauchy:SCALE, uniform, jeffreys.
    #[arg(long, default_value_t = Priors::default().tau)]
    pub tau_prior: TauPrior,
    /// The prior on the mean, for `bayes`: flat, normal:MEAN:SD.
    #[arg(long, default_value_t = Priors::default().mu, allow_hyphen_values = true)]
    pub mu_prior: MuPrior,
    /// The level of all intervals: 0.95 or 95%.
    #[arg(long, default_value = "0.95", value_parser = level)]
    pub level: Level,
    /// Pool by the values of this column, and test between them.
    #[arg(long, value_name = "COLUMN")]
    pub group: Option<String>,
    /// The variance between studies in groups: common, separate.
    #[arg(long, default_value_t = SubgroupTau2::Separate, requires = "group")]
    pub subgroup_tau2: SubgroupTau2,
    /// Regress on this column; a text column is a factor. May be given several times.
    #[arg(long, value_name = "COLUMN")]
    pub moderator: Vec<String>,
    /// What to add: sensitivity (to single studies), bias (small-study effects).
    #[arg(long, value_enum, value_delimiter = ',')]
    pub with: Vec<With>,
    /// Added to each cell of a study with an empty cell, where the measure needs it.
    #[arg(long, default_value_t = 0.5)]
    pub add: f64,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What a pool may be followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum With {
    /// Leave-one-out, cumulative, influence, Baujat, shrunken estimates.
    Sensitivity,
    /// Asymmetry tests, trim and fill, selection model and others.
    Bias,
}

/// How the answer is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the terminal.
    #[default]
    Table,
    /// One object, in full double precision.
    Json,
    /// A pipe table with its notes.
    Markdown,
}

impl PoolArgs {
    fn spec(&self) -> Spec {
        Spec {
            model: self.model,
            tau2: self.tau2,
            interval: self.interval,
            prediction: self.prediction,
            level: self.level,
        }
    }
}

/// Reads a level as `0.95` or `95%`.
pub fn level(text: &str) -> Result<Level, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse(),
    };
    match number {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(Level(level)),
        _ => Err("expected a level between 0 and 1, such as 0.95 or 95%".to_owned()),
    }
}

/// Pools the table and prints the answer, or what is wrong with the table.
pub fn run(program: &Args, args: &PoolArgs) -> Result<Status, Failure> {
    let name = args.file.to_string_lossy().replace('\\', "/");
    let path = program.directory.join(&args.file);
    let (table, faults) = Numbers::read(&path, &name).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let answer = match faults {
        faults if !faults.is_empty() => Err(faults),
        _ => Studies::read(&table, args)
            .and_then(|studies| Answer::of(&studies, args).map_err(|error| vec![no_fit(&table, &studies, &error)])),
    };
    match answer {
        Ok(answer) => {
            anstream::print!("{}", printed(&answer, args)?);
            Ok(Status::Clean)
        }
        Err(findings) => {
            anstream::eprint!("{}", full(&resolve(&findings, &table), Colour::Ansi));
            Ok(Status::Findings)
        }
    }
}

fn printed(answer: &Answer, args: &PoolArgs) -> Result<String, Failure> {
    Ok(match args.format {
        Format::Json => serde_json::to_string_pretty(answer)? + "\n",
        Format::Table => text::table(&table::of(answer)),
        Format::Markdown => {
            forestable::render::markdown::table(&Templates::new(&BTreeMap::new())?, &table::of(answer))?
        }
    })
}

/// Turns a failed fit into a finding, at the study or the moderator where it is one's.
fn no_fit(table: &Numbers, studies: &Studies, error: &FitError) -> Diagnostic {
    match error {
        FitError::Effect { index, .. } | FitError::Variance { index, .. } => {
            Diagnostic::new(codes::NO_FIT, table.row_place(*index), error.to_string())
        }
        FitError::SingularDesign { column } => {
            let name = studies.design.names().nth(column + 1).unwrap_or_default();
            let place = table.column(name).map_or(table.place(), |column| table.place().key(column.name()));
            let message = format!("the moderator `{name}` is constant, or follows from those before it");
            Diagnostic::new(codes::NO_FIT, place, message).help("leave it out")
        }
        _ => Diagnostic::new(codes::NO_FIT, table.place(), error.to_string()),
    }
}

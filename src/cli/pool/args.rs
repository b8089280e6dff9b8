//! What `forestable pool` is asked.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use forestable::effect::Measure;
use forestable::evidence::Level;
use forestable::model::bayes::{MuPrior, Priors, TauPrior};
use forestable::model::{IntervalMethod, ModelKind, PredictionMethod, Spec, SubgroupTau2, Tau2Interval, Tau2Method};
use forestable::review::{Layout, Width};

/// Arguments of `pool`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Columns, by measure (and `study`, and any other as moderator, group or cluster):
  GEN                    yi,vi or yi,sei
  PR PLN PLO PAS PFT     xi,ni
  IR IRLN IRS IRFT       xi,ti
  OR RR RD AS PETO PHI   ai,n1i,ci,n2i
  MD SMD SMDH ROM        m1i,sd1i,n1i,m2i,sd2i,n2i
  COR UCOR ZCOR          ri,ni
  HR                     hr,ci_lower,ci_upper (level: 95% unless said) or hr,p
  MEDIAN                 median,ci_lower,ci_upper (`not reached` for an upper end; level as above)

Examples:
  forestable pool control.csv --measure PLO --tau2 REML --interval HKSJ --group timing --format json
  forestable pool trials.csv --measure HR --forest trials.svg --layout jama
  forestable pool pools/*.csv --measure GEN --format markdown --forest 'figures/{}.svg'
  forestable pool trials.csv --measure GEN --moderator dose --moderator timing --at dose=50,timing=prospective")]
pub struct PoolArgs {
    /// The table: a CSV file with a header, one row a study; several are pooled one after the other.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What is pooled: GEN PR PLN PLO PAS PFT IR IRLN IRS IRFT OR RR RD AS PETO PHI MD SMD SMDH ROM COR UCOR ZCOR HR MEDIAN.
    #[arg(long)]
    pub measure: Measure,
    /// The model: random, common, glmm, beta-binomial, mantel-haenszel, peto, bayes.
    #[arg(long, default_value_t = ModelKind::Random)]
    pub model: ModelKind,
    /// The estimator of the variance between studies: DL HE HS HSk SJ ML REML EB PM PMM.
    #[arg(long, default_value_t = Tau2Method::Reml)]
    pub tau2: Tau2Method,
    /// The interval of that variance: QP (Q-profile), GENQ (Jackson), BJ (Biggerstaff and Jackson), PL (profile likelihood).
    #[arg(long, default_value_t = Tau2Interval::QProfile)]
    pub tau2_interval: Tau2Interval,
    /// The interval of the pooled estimate: classic, t, HKSJ, mKH, HKSJ-wide, KR.
    #[arg(long, default_value_t = IntervalMethod::Hksj)]
    pub interval: IntervalMethod,
    /// The interval for a new study: V, HTS, HK, HK-PR, KR, bootstrap, none.
    #[arg(long, default_value_t = PredictionMethod::V)]
    pub prediction: PredictionMethod,
    /// Ask how likely a new study's true value lies beyond this one, on the natural scale: 0.5 or 50%.
    #[arg(long, value_name = "VALUE", value_parser = value, allow_hyphen_values = true)]
    pub threshold: Option<f64>,
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
    /// Regress on this column; a text column is a factor. dose:timing is both with their interaction. May be given several times.
    #[arg(long, value_name = "COLUMN")]
    pub moderator: Vec<String>,
    /// Print what the regression expects at these values of moderators (the others at their mean). May be given several times.
    #[arg(long, value_name = "COLUMN=VALUE,…", value_parser = point, requires = "moderator", allow_hyphen_values = true)]
    pub at: Vec<Point>,
    /// Test the moderators by rearranging them among the studies: in every order, or in a sample of orders.
    #[arg(long, requires = "moderator")]
    pub permutation: bool,
    /// The seed of samples, of orders and of subsets.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Rows with the same value in this column belong together: leave each such cluster out, allow for it in errors (CR1, CR2),
    /// and pool by three levels.
    #[arg(long, value_name = "COLUMN")]
    pub cluster: Option<String>,
    /// Pool a second outcome of the same studies together with the first: columns y2i, v2i, v12i (the covariance of both errors).
    #[arg(long)]
    pub second: bool,
    /// What to add: sensitivity (to single studies), bias (small-study effects), gosh (all subsets), density (of a posterior).
    #[arg(long, value_enum, value_delimiter = ',')]
    pub with: Vec<With>,
    /// Added to each cell of a study with an empty cell, where the measure needs it.
    #[arg(long, default_value_t = 0.5, value_parser = addition)]
    pub add: f64,
    /// Draw the forest plot into this file: .svg, .png or .pdf; `{}` in it stands for the table's name.
    #[arg(long, value_name = "FILE", value_parser = picture)]
    pub forest: Option<Picture>,
    /// The looks of the forest plot: plain, revman, jama, bmj, lancet.
    #[arg(long, default_value_t = Layout::Plain, requires = "forest")]
    pub layout: Layout,
    /// The width that the forest plot is made for: one-column, two-columns.
    #[arg(long, default_value_t = Width::TwoColumns, requires = "forest")]
    pub width: Width,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What a pool may be followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum With {
    /// Leave-one-out, cumulative, influence, Baujat, shrunken estimates.
    Sensitivity,
    /// Asymmetry tests, trim and fill, PET-PEESE, selection model, fail-safe N and others.
    Bias,
    /// The pools of all subsets of the studies, or of a sample of them.
    Gosh,
    /// The densities of a posterior.
    Density,
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

/// Values of moderators, as typed.
#[derive(Debug, Clone)]
pub struct Point(pub Vec<(String, String)>);

/// A file that a picture is written into.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub kind: PictureKind,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// Lines and text.
    Svg,
    /// Pixels, 300 to the inch.
    Png,
    /// A page.
    Pdf,
}

impl Picture {
    /// Returns where the picture of `table` is written.
    pub fn of(&self, table: &Path) -> PathBuf {
        let stem = table.file_stem().unwrap_or_default().to_string_lossy();
        PathBuf::from(self.path.to_string_lossy().replace("{}", &stem))
    }

    /// Returns whether tables of different names have pictures of their own.
    fn is_one_each(&self) -> bool {
        self.path.to_string_lossy().contains("{}")
    }
}

impl PoolArgs {
    /// Returns how to pool.
    pub fn spec(&self) -> Spec {
        Spec {
            model: self.model,
            tau2: self.tau2,
            tau2_interval: self.tau2_interval,
            interval: self.interval,
            prediction: self.prediction,
            level: self.level,
        }
    }

    /// Returns the priors of a Bayesian pool.
    pub fn priors(&self) -> Priors {
        Priors { tau: self.tau_prior, mu: self.mu_prior }
    }

    /// Returns whether effects are pooled by inverse variance: what takes the pool apart is made for that.
    pub fn is_linear(&self) -> bool {
        matches!(self.model, ModelKind::Random | ModelKind::Common)
    }

    /// Returns what is wrong with flags that are sound one by one.
    pub fn contradiction(&self) -> Option<String> {
        let linear = self.is_linear();
        let flags = [
            ("--moderator", !self.moderator.is_empty()),
            ("--cluster", self.cluster.is_some()),
            ("--second", self.second),
            ("--with sensitivity", self.with.contains(&With::Sensitivity)),
            ("--with gosh", self.with.contains(&With::Gosh)),
        ];
        if let Some((flag, _)) = flags.into_iter().find(|(_, given)| *given && !linear) {
            return Some(format!(
                "`{flag}` needs `--model random` or `--model common`, found `--model {}`",
                self.model
            ));
        }
        if let Some(picture) = self.forest.as_ref().filter(|picture| self.files.len() > 1 && !picture.is_one_each()) {
            let path = picture.path.display();
            return Some(format!(
                "{} tables would be drawn into `{path}`, expected `{{}}` in its name, which stands for the table's",
                self.files.len()
            ));
        }
        if self.with.contains(&With::Density) && self.model != ModelKind::Bayes {
            return Some(format!("`--with density` needs `--model bayes`, found `--model {}`", self.model));
        }
        if let Some(value) = self.threshold.filter(|value| !self.measure.transform(*value, Some(1.0)).is_finite()) {
            let expected =
                if self.measure.is_proportion() { "a proportion between 0 and 1" } else { "a value above 0" };
            return Some(format!(
                "`--threshold {value}` has no place on the scale of {}, expected {expected}",
                self.measure
            ));
        }
        None
    }
}

/// Reads a level as `0.95` or `95%`.
pub fn level(text: &str) -> Result<Level, String> {
    match value(text) {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(Level(level)),
        _ => Err("expected a level between 0 and 1, such as 0.95 or 95%".to_owned()),
    }
}

/// Reads a finite number, or a percentage.
fn value(text: &str) -> Result<f64, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse(),
    };
    number.ok().filter(|number| number.is_finite()).ok_or_else(|| "expected a number, such as 0.5 or 50%".to_owned())
}

fn point(text: &str) -> Result<Point, String> {
    let part = |part: &str| {
        let (column, value) = part.split_once('=')?;
        let (column, value) = (column.trim(), value.trim());
        (!column.is_empty() && !value.is_empty()).then(|| (column.to_owned(), value.to_owned()))
    };
    let parts: Option<Vec<_>> = text.split(',').map(part).collect();
    parts.map(Point).ok_or_else(|| "expected COLUMN=VALUE, such as dose=50,timing=prospective".to_owned())
}

fn addition(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| "expected 0 or more, such as 0.5".to_owned())
}

fn picture(text: &str) -> Result<Picture, String> {
    let path = PathBuf::from(text);
    let kind = match Path::extension(&path).and_then(|extension| extension.to_str()) {
        Some("svg") => PictureKind::Svg,
        Some("png") => PictureKind::Png,
        Some("pdf") => PictureKind::Pdf,
        _ => return Err("expected a file whose name ends in .svg, .png or .pdf".to_owned()),
    };
    Ok(Picture { path, kind })
}

//! The command line, as typed.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum};
use forestable::render::weave::Citations;
use forestable::report::manuscript::NumberStyle;
use forestable::review::{Layout, Lettering, Resolution, Width};

use super::pool::PoolArgs;
use super::shell::CompletionsArgs;
use super::survival::SurvivalArgs;
use super::template::TemplateArgs;

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
    /// How `build` and `check` print findings.
    #[arg(long = "format", id = "findings-format", value_name = "FORMAT", value_enum)]
    pub format: Option<FindingsFormat>,
    /// What to do; `build` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// Returns a path below the folder worked in, as short as it can be said.
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        let here = self.directory == Path::new(".");
        if here { below.as_ref().to_owned() } else { self.directory.join(below) }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the review into `output/`.
    #[command(
        after_help = "Examples:\n  forestable build --strict\n  forestable build --layout jama --width one-column --dpi 600   all figures in these looks"
    )]
    Build(BuildArgs),
    /// Read the review and report what is wrong; write nothing.
    #[command(
        after_help = "Examples:\n  forestable check --format short\n  forestable check --fix                      mend \
                      what is safe: units, spelling of fields, order\n  forestable check --format sarif > check.sarif   for \
                      a code host"
    )]
    Check(CheckArgs),
    /// Start a new review that builds at once, with two made-up studies to be replaced.
    #[command(after_help = "Example: forestable init my-review")]
    Init(InitArgs),
    /// Start a study file, laid out for this review; its reference filled in from a record.
    #[command(
        after_help = "Examples:\n  forestable new trovo-2018                                           all blank\n  forestable \
                      new --from record.ris                                    RIS, BibTeX, CSL-JSON or PubMed's nbib\n  \
                      forestable new trovo-2018 --from 10.1016/j.radonc.2017.08.032   a bare DOI or PubMed number"
    )]
    New(NewArgs),
    /// Compare two extractions of a study, `STUDY.a.yaml` and `STUDY.b.yaml`, and write the agreed file.
    #[command(
        after_help = "Examples:\n  forestable adjudicate                            how far all extractions agree\n  forestable \
                      adjudicate trovo-2018                 asks, in a terminal, what is taken and why\n  forestable adjudicate \
                      trovo-2018 > decisions.yaml           elsewhere prints what is to be decided\n  forestable adjudicate \
                      trovo-2018 --decisions decisions.yaml"
    )]
    Adjudicate(AdjudicateArgs),
    /// Print what analyses rest on as the `registered` block of `review.yaml`, which later builds are held against.
    #[command(
        after_help = "Example: forestable register pfs-2y os-2y --on 2026-11-27 --where 'PROSPERO CRD42026000000' --prospective >> \
                      review.yaml"
    )]
    Register(RegisterArgs),
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
    /// Record what the review says now as a version, so that every later build can tell what changed.
    #[command(
        after_help = "Examples:\n  forestable release 1.0 --date 2026-11-23 --trigger \"First search\"\n  forestable release 1.1 \
                      --date 2027-02-01 --trigger \"Search of the quarter\" --since v1.0   a git revision or a folder: says which \
                      change moved what"
    )]
    Release(ReleaseArgs),
    /// Pool a plain table of numbers, without a review.
    Pool(PoolArgs),
    /// Build on every save and show the page in a browser, on this machine only; nothing is written.
    #[command(after_help = "Example: forestable watch")]
    Watch(WatchArgs),
    /// Find the numbers of a finished text in the data and bind them, so that `check --manuscript` can guard them.
    #[command(
        after_help = "Examples:\n  forestable bind paper.docx              show what would be bound\n  forestable bind paper.docx \
                      --write      bind it, by hidden bookmarks\n  forestable check --manuscript paper.docx"
    )]
    Bind(BindArgs),
    /// Export the references for other programs, or every pool with an R script that computes them again.
    #[command(
        after_help = "Examples:\n  forestable export --bibtex > references.bib\n  forestable export --r r-check && cd r-check \
                      && Rscript check.R"
    )]
    Export(ExportArgs),
    /// Fill a manuscript with the review's figures, tables, citations and cross-references.
    #[command(
        after_help = "Examples:\n  forestable weave paper.md                        woven/paper.md, .html, .docx, .tex\n  \
                      forestable weave paper.md --to docx --numbers lancet --citations vancouver\n  forestable weave \
                      paper.qmd                       stays Quarto: render it with quarto"
    )]
    Weave(WeaveArgs),
    /// Print the page of a finding's code, or how a study's figure became a weight in a pool.
    #[command(after_help = "Examples:\n  forestable explain E204\n  forestable explain pfs-2y weykamp-2020")]
    Explain(ExplainArgs),
    /// List, print or copy the built-in templates; a copy in the review's `templates/` takes the built-in one's place.
    #[command(
        after_help = "Examples:\n  forestable template list\n  forestable template show table.md\n  forestable template \
                      eject table.html page.css"
    )]
    Template(TemplateArgs),
    /// Print what a shell needs to complete commands.
    #[command(
        after_help = "Example: forestable completions bash > ~/.local/share/bash-completion/completions/forestable"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page.
    #[command(after_help = "Example: forestable man > forestable.1")]
    Man,
    /// Survival over time: Kaplan-Meier, published curves, several times together.
    Survival(SurvivalArgs),
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FindingsArgs {
    /// How findings are printed; as text, with the words underlined, unless said.
    #[arg(long, value_enum)]
    pub format: Option<FindingsFormat>,
}

/// Arguments of `build`.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct BuildArgs {
    /// How findings are printed.
    #[command(flatten)]
    pub findings: FindingsArgs,
    /// The looks of all figures: plain, revman, jama, bmj, lancet; what `review.yaml` says otherwise.
    #[arg(long)]
    pub layout: Option<Layout>,
    /// The width of all figures: one-column, two-columns.
    #[arg(long)]
    pub width: Option<Width>,
    /// Dots per inch of all PNG pictures: 300, 600.
    #[arg(long)]
    pub dpi: Option<Resolution>,
    /// The letters of all SVG pictures: text, outlines.
    #[arg(long)]
    pub lettering: Option<Lettering>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// With the words underlined, what was expected, and a next step.
    #[default]
    Text,
    /// One line each.
    Short,
    /// A JSON object.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
}

/// Arguments of `check`.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArgs {
    /// How findings are printed.
    #[command(flatten)]
    pub findings: FindingsArgs,
    /// Mend what is safe to mend, in the files themselves; then report what is left.
    #[arg(long)]
    pub fix: bool,
    /// Check a manuscript against the data too: Markdown, Quarto, LaTeX or Word, woven or not.
    #[arg(long, value_name = "FILE")]
    pub manuscript: Vec<PathBuf>,
    /// The same: manuscripts to check.
    #[arg(value_name = "MANUSCRIPT")]
    pub manuscripts: Vec<PathBuf>,
}

/// Arguments of `bind`.
#[derive(Debug, clap::Args)]
pub struct BindArgs {
    /// The finished text: Markdown, Quarto, LaTeX or Word.
    pub manuscript: PathBuf,
    /// Write the bindings into the file; without it they are only shown.
    #[arg(long)]
    pub write: bool,
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

/// Arguments of `release`.
#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    /// The version: whole numbers joined by points, such as `1.1`.
    pub version: String,
    /// When it is released: `2026-11-27`.
    #[arg(long, value_name = "DATE")]
    pub date: String,
    /// What led to it: a search by the calendar, a new trial, a correction.
    #[arg(long, value_name = "WORDS")]
    pub trigger: String,
    /// The state of the version before, a git revision or a folder with a review: to say which change moved what.
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// How it was made, where the version was not recorded at the time.
    #[arg(long, value_name = "WORDS")]
    pub reconstructed: Option<String>,
    /// A remark.
    #[arg(long, value_name = "WORDS")]
    pub note: Option<String>,
    /// Record the last version anew.
    #[arg(long)]
    pub replace: bool,
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
    /// The study's id: family name of the first author and year, such as `trovo-2018`; otherwise the record's.
    #[arg(required_unless_present = "from")]
    pub id: Option<String>,
    /// A file with the publication's record (a study for each, if it holds several), `-` for one that is pasted, a DOI or a
    /// PubMed number.
    #[arg(long, value_name = "RECORD")]
    pub from: Option<String>,
}

/// Arguments of `adjudicate`.
#[derive(Debug, clap::Args)]
pub struct AdjudicateArgs {
    /// The study's id; all studies with two extractions are compared if nothing is said.
    pub study: Option<String>,
    /// A YAML file with what was decided: `by`, `on` and `decisions`, as this command prints them.
    #[arg(long, value_name = "FILE", requires = "study")]
    pub decisions: Option<PathBuf>,
    /// Who decides.
    #[arg(long, value_name = "NAME", requires = "study")]
    pub by: Option<String>,
    /// When it was decided, such as `2026-11-23`.
    #[arg(long, value_name = "DATE", requires = "study")]
    pub on: Option<String>,
}

/// Arguments of `register`.
#[derive(Debug, clap::Args)]
pub struct RegisterArgs {
    /// Ids of the analyses; all if nothing is said.
    pub analyses: Vec<String>,
    /// When they are registered, such as `2026-11-23`.
    #[arg(long, value_name = "DATE")]
    pub on: String,
    /// Where: a register and its number, a protocol, this file.
    #[arg(long = "where", value_name = "PLACE")]
    pub place: String,
    /// No result of a study is known yet.
    #[arg(long)]
    pub prospective: bool,
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder of the new review; it is made if it is not there.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// What is exported.
    #[command(flatten)]
    pub what: Exported,
}

/// What is exported: one of these.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Exported {
    /// The references as BibTeX.
    #[arg(long)]
    pub bibtex: bool,
    /// The references as RIS.
    #[arg(long)]
    pub ris: bool,
    /// The references as CSL-JSON, for Zotero and pandoc.
    #[arg(long)]
    pub csl_json: bool,
    /// The effects of every pool and an R script (metafor, meta) into this folder.
    #[arg(long, value_name = "DIR")]
    pub r: Option<PathBuf>,
}

/// Arguments of `weave`.
#[derive(Debug, clap::Args)]
pub struct WeaveArgs {
    /// The manuscript: Markdown, Quarto or LaTeX with `{{ … }}`.
    pub manuscript: PathBuf,
    /// The folder to write into.
    #[arg(long, value_name = "DIR", default_value = "woven")]
    pub out: PathBuf,
    /// The formats to write of a Markdown manuscript; all if nothing is said.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub to: Vec<Format>,
    /// The style of citations: vancouver, frontiers, ama, apa, or a `.csl` file, which pandoc reads; the manuscript's own
    /// otherwise.
    #[arg(long, value_name = "STYLE")]
    pub citations: Option<Citations>,
    /// How figures are printed: plain, lancet, jama, bmj or comma; the manuscript's own otherwise.
    #[arg(long, value_name = "STYLE")]
    pub numbers: Option<NumberStyle>,
    /// A Word file whose styles the woven one takes: a journal's template.
    #[arg(long, value_name = "FILE.docx")]
    pub reference_doc: Option<PathBuf>,
    /// Leave a binding behind each figure of a text, so that the finished text can be checked.
    #[arg(long)]
    pub keep_bindings: bool,
}

/// What a manuscript is woven to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown.
    Md,
    /// One HTML page.
    Html,
    /// Word.
    Docx,
    /// LaTeX.
    Tex,
}

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A finding's code, such as `E204`, or the id of an analysis.
    pub what: String,
    /// The id of a study, for an analysis.
    pub study: Option<String>,
}

/// Arguments of `watch`.
#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 7878)]
    pub port: u16,
}

//! Reading a review as every command does: load, lower, check, plan; and printing what was found.

use std::collections::BTreeMap;
use std::path::Path;

use forestable::diag::render::{Colour, full, json, resolve, sarif, short, summary};
use forestable::diag::{Diagnostic, Severity};
use forestable::evidence::{self, Evidence};
use forestable::report;
use forestable::review::{self, KeptGrids, Plan, State};
use forestable::source::{self, Extractions, Raw, Sources};

use super::args::{Args, FindingsFormat};
use super::{Failure, Status, manuscript};

/// A review that was read, with everything that is wrong with it.
pub struct Review {
    /// The texts, to show findings in.
    pub sources: Sources,
    /// The studies.
    pub evidence: Evidence,
    /// What is to be done with them.
    pub plan: Plan,
    /// What nobody has accepted.
    pub findings: Vec<Diagnostic>,
    /// The review's own templates, name and text.
    pub templates: BTreeMap<String, String>,
    /// The review's own manuscript, if it has one among its templates.
    pub manuscript: Option<String>,
    /// What two people extracted from the same papers.
    pub extractions: Vec<Extractions>,
    /// The choice grids of the build before, where one build follows another.
    pub kept: Option<KeptGrids>,
    /// How many study files there are, faulty ones too.
    studies: usize,
}

impl Review {
    /// Reads the review in a folder.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        Ok(Self::understand(source::load(folder)?))
    }

    /// Reads the review in a folder as it was in a git revision.
    pub fn read_revision(folder: &Path, revision: &str) -> Result<Self, Failure> {
        Ok(Self::understand(source::load_revision(folder, revision)?))
    }

    fn understand((raw, sources, mut findings): (Raw, Sources, Vec<Diagnostic>)) -> Self {
        let (evidence, more) = evidence::lower(&raw);
        findings.extend(more);
        findings.extend(evidence::check(&evidence));
        let (plan, more) = review::plan(&raw, &evidence);
        findings.extend(more);
        findings.extend(report::unprintable(&evidence, &plan));
        let evidence = review::digitise(evidence, &plan);
        let findings = evidence::accept(&evidence, findings).open;
        let studies = raw.studies.len();
        let extractions = raw.extractions;
        let mut templates = raw.templates;
        let manuscript = templates.remove(manuscript::OWN);
        Self { sources, evidence, plan, findings, studies, templates, manuscript, extractions, kept: None }
    }

    /// Returns the studies and what is done with them.
    pub fn state(&self) -> State<'_> {
        State { evidence: &self.evidence, plan: &self.plan }
    }

    /// Adds what the run of the review found, as much as the review says that it weighs.
    pub fn add(&mut self, findings: Vec<Diagnostic>) {
        self.findings.extend(evidence::weigh(&self.evidence.protocol, findings));
    }

    /// Returns how a command ends that stops at these findings.
    pub fn status(&self, args: &Args) -> Status {
        let stops = |finding: &Diagnostic| args.strict || finding.severity == Severity::Error;
        if self.findings.iter().any(stops) { Status::Findings } else { Status::Clean }
    }

    /// Prints the findings; `consequence` ends the last line.
    pub fn print_findings(&self, args: &Args, how: FindingsFormat, consequence: &str) {
        let shown: Vec<Diagnostic> = self
            .findings
            .iter()
            .filter(|finding| !args.quiet || args.strict || finding.severity == Severity::Error)
            .cloned()
            .collect();
        let resolved = resolve(&shown, &self.sources);
        match how {
            FindingsFormat::Json => anstream::print!("{}", json(&resolved)),
            FindingsFormat::Sarif => anstream::print!("{}", sarif(&resolved)),
            FindingsFormat::Short => anstream::eprint!("{}", short(&resolved)),
            // The stream takes the colours out where it is no terminal.
            FindingsFormat::Text => anstream::eprint!("{}", full(&resolved, Colour::Ansi)),
        }
        let for_people = !matches!(how, FindingsFormat::Json | FindingsFormat::Sarif);
        if for_people && !(args.quiet && shown.is_empty()) {
            anstream::eprintln!("{}", summary(&shown, self.studies, consequence));
        }
    }
}

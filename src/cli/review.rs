//! Reading a review as every command does: load, lower, check, plan; and printing what was found.

use std::path::Path;

use forestable::diag::{Diagnostic, Severity, render};
use forestable::evidence::{self, Evidence};
use forestable::review::{self, Plan};
use forestable::source::{self, Sources};

use super::args::{Args, FindingsArgs, FindingsFormat};
use super::{Failure, Status};

/// A review that was read, with everything that is wrong with it.
pub struct Review {
    /// What was written in the files.
    pub raw: source::Raw,
    /// The texts, to show findings in.
    pub sources: Sources,
    /// The studies.
    pub evidence: Evidence,
    /// What is to be done with them.
    pub plan: Plan,
    /// Findings, in the order of their places.
    pub findings: Vec<Diagnostic>,
}

impl Review {
    /// Reads the review in a folder.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let (raw, sources, mut findings) = source::load(folder)?;
        let (evidence, more) = evidence::lower(&raw);
        findings.extend(more);
        findings.extend(evidence::check(&evidence));
        let (plan, more) = review::plan(&raw, &evidence);
        findings.extend(more);
        Ok(Self { raw, sources, evidence, plan, findings })
    }

    /// Prints the findings and returns how a command that stops here ends; `outcome` closes the last line.
    pub fn report(&self, args: &Args, how: FindingsArgs, outcome: &str) -> Status {
        let status = self.status(args);
        let shown: Vec<&Diagnostic> = self
            .findings
            .iter()
            .filter(|finding| !args.quiet || finding.severity == Severity::Error)
            .collect();
        let text = match how.format {
            FindingsFormat::Text => render::full(&shown, &self.sources),
            FindingsFormat::Short => render::short(&shown, &self.sources),
            FindingsFormat::Json => render::json(&shown, &self.sources),
        };
        if how.format == FindingsFormat::Json {
            anstream::print!("{text}");
            return status;
        }
        anstream::eprint!("{text}");
        if !shown.is_empty() {
            anstream::eprintln!("{}", render::summary(&shown, self.raw.studies.len(), outcome));
        }
        status
    }

    /// Returns how a command that stops at these findings ends.
    pub fn status(&self, args: &Args) -> Status {
        let counts = |finding: &Diagnostic| finding.severity == Severity::Error || args.strict;
        if self.findings.iter().any(counts) { Status::Findings } else { Status::Clean }
    }
}

//! Findings for programs.

use serde::Serialize;

use super::Resolved;
use crate::diag::{Code, Label, Located, Position, Severity};

#[derive(Serialize)]
struct Document<'a> {
    findings: Vec<Finding<'a>>,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    others: Vec<Place<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    /// The path in the document, such as `["cohorts", "all", "results", 2]`.
    path: &'a [crate::diag::Segment],
    start: Option<Position>,
    /// The character after the last.
    end: Option<Position>,
    words: Option<&'a str>,
    label: &'a str,
}

/// Returns one JSON object: `findings`, each with `file`, `path`, `start`, `end` (lines and columns from 1, columns in
/// characters) and `words`, and the numbers of `errors` and `warnings`. What does not exist is `null`.
#[must_use]
pub fn json(findings: &[Resolved<'_>]) -> String {
    let number = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let document = Document {
        findings: findings.iter().map(finding).collect(),
        errors: number(Severity::Error),
        warnings: number(Severity::Warning),
    };
    // Strings, numbers and lists always serialise.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn finding<'a>(finding: &'a Resolved<'a>) -> Finding<'a> {
    let diagnostic = finding.diagnostic;
    let others = diagnostic.secondary.iter().zip(&finding.secondary);
    Finding {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        place: place(&diagnostic.primary, finding.primary.as_ref()),
        others: others.map(|(label, located)| place(label, located.as_ref())).collect(),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
    }
}

fn place<'a>(label: &'a Label, located: Option<&'a Located<'a>>) -> Place<'a> {
    Place {
        file: &label.place.file,
        path: label.place.path(),
        start: located.map(Located::start),
        end: located.map(Located::end),
        words: located.map(Located::words),
        label: &label.text,
    }
}

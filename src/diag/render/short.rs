//! The short form: one line a finding, as compilers print and editors read.

use std::fmt::Write;

use super::Resolved;

/// Returns `FILE:LINE:COLUMN: error[E204]: message`, a line each.
#[must_use]
pub fn short(findings: &[Resolved<'_>]) -> String {
    let mut lines = String::new();
    for finding in findings {
        let diagnostic = finding.diagnostic;
        let position = finding.primary.as_ref().map(|located| located.start());
        let position = position.map(|start| format!(":{}:{}", start.line, start.column)).unwrap_or_default();
        let file = &diagnostic.primary.place.file;
        let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code);
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{file}{position}: {severity}[{code}]: {}", diagnostic.message);
    }
    lines
}

//! Findings as text for people (full, short) and for programs (JSON, SARIF).

mod full;
mod json;
mod sarif;
mod short;
mod summary;

pub use full::{Colour, full};
pub use json::json;
pub use sarif::sarif;
pub use short::short;
pub use summary::summary;

use super::{Diagnostic, Label, Locate, Located};

/// A finding whose places have been found in the text.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The finding.
    pub diagnostic: &'a Diagnostic,
    /// Where it is; `None` where the file has no text that could be shown.
    pub primary: Option<Located<'a>>,
    /// Where the other places are, in the order of [`Diagnostic::secondary`].
    pub secondary: Vec<Option<Located<'a>>>,
    /// Where the edits go, in the order of [`Diagnostic::edits`].
    pub edits: Vec<Option<Located<'a>>>,
}

impl<'a> Resolved<'a> {
    /// Returns every place that has a text, with its label; the one that is wrong comes first.
    fn labels(&self) -> impl Iterator<Item = (&'a Label, &Located<'a>)> {
        let others = self.diagnostic.secondary.iter().zip(&self.secondary);
        std::iter::once((&self.diagnostic.primary, &self.primary))
            .chain(others)
            .filter_map(|(label, located)| Some((label, located.as_ref()?)))
    }
}

/// Finds the places of all findings and puts them into the order in which one reads: by file, then down the page.
#[must_use]
pub fn resolve<'a>(findings: &'a [Diagnostic], sources: &'a dyn Locate) -> Vec<Resolved<'a>> {
    let mut resolved: Vec<_> = findings
        .iter()
        .map(|diagnostic| Resolved {
            diagnostic,
            primary: sources.locate(&diagnostic.primary.place),
            secondary: diagnostic.secondary.iter().map(|label| sources.locate(&label.place)).collect(),
            edits: diagnostic.edits.iter().map(|edit| sources.locate(&edit.place)).collect(),
        })
        .collect();
    resolved.sort_by(|a, b| {
        let key = |finding: &Resolved<'a>| {
            let start = finding.primary.as_ref().map(|located| located.span.start);
            (&finding.diagnostic.primary.place.file, start, finding.diagnostic.code)
        };
        key(a).cmp(&key(b))
    });
    resolved
}

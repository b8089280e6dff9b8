//! Texts with what is safe to mend mended.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Diagnostic, Locate};

/// One replacement in a text.
type Replacement<'a> = (Range<usize>, &'a str);

/// Returns the new text of every file that has findings with edits, by path, and how many findings that mends.
///
/// A finding is mended whole or not at all: one that would touch what another has mended waits for the next run.
#[must_use]
pub fn fixed(findings: &[Diagnostic], sources: &dyn Locate) -> (BTreeMap<String, String>, usize) {
    let mut files: BTreeMap<&str, (&str, Vec<Replacement<'_>>)> = BTreeMap::new();
    let mut mended = 0;
    for finding in findings.iter().filter(|finding| !finding.edits.is_empty()) {
        let located: Option<Vec<_>> =
            finding.edits.iter().map(|edit| Some((edit, sources.locate(&edit.place)?))).collect();
        let Some(located) = located else { continue };
        let taken = |file: &str, span: &Range<usize>| {
            let done = files.get(file).into_iter().flat_map(|(_, done)| done);
            done.into_iter().any(|(other, _)| other.start < span.end && span.start < other.end)
        };
        if located.iter().any(|(edit, found)| taken(&edit.place.file, &found.span)) {
            continue;
        }
        for (edit, found) in located {
            let (_, replacements) = files.entry(&edit.place.file).or_insert((found.text, Vec::new()));
            replacements.push((found.span, &edit.text));
        }
        mended += 1;
    }
    let texts = files.into_iter().map(|(file, (text, replacements))| (file.to_owned(), replace(text, replacements)));
    (texts.collect(), mended)
}

fn replace(text: &str, mut replacements: Vec<Replacement<'_>>) -> String {
    replacements.sort_by_key(|(span, _)| span.start);
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (span, words) in replacements {
        replaced.push_str(&text[done..span.start]);
        replaced.push_str(words);
        done = span.end;
    }
    replaced + &text[done..]
}

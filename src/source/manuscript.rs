//! Manuscripts: a text with the parts that it includes, read whole before anything is made of it.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

use super::Sources;
use super::files::{Unreadable, read_manuscript_text};
use crate::diag::{Diagnostic, Place, Spot, codes};

/// A manuscript as it was read.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its text; empty where it could not be read.
    pub text: String,
    /// The parts that it includes, by the name it includes them by: what findings call each, and its text.
    pub parts: BTreeMap<String, (String, String)>,
}

/// Reads a text file and every file that it includes (`{% include "NAME" %}`, from its own folder), and enters them into
/// `sources` under the names that findings use.
///
/// # Errors
/// The file itself cannot be read. Everything else is a finding: another encoding, a part that is not there or lies
/// elsewhere, parts that include one another.
pub fn read_draft(path: &Path, sources: &mut Sources) -> io::Result<(Draft, Vec<Diagnostic>)> {
    let file = path.to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut reading = Reading { folder, sources, draft: Draft::default(), findings: Vec::new() };
    match read_manuscript_text(path, &file)? {
        Ok(text) => {
            let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            reading.draft.text.clone_from(&text);
            reading.sources.insert(&file, text.clone(), false);
            reading.includes(&file, &text, &mut vec![own]);
        }
        Err(Unreadable { finding, text }) => {
            reading.sources.insert(&file, text, false);
            reading.findings.push(*finding);
        }
    }
    Ok((reading.draft, reading.findings))
}

struct Reading<'a> {
    folder: &'a Path,
    sources: &'a mut Sources,
    draft: Draft,
    findings: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Reads what a text includes; `chain` are the names that lead to it.
    fn includes(&mut self, file: &str, text: &str, chain: &mut Vec<String>) {
        for (name, span) in includes(text) {
            let place = Place { file: file.to_owned(), spot: Spot::Bytes(span) };
            if chain.iter().any(|above| above == name) {
                let finding = Diagnostic::new(codes::CIRCULAR_INCLUDE, place, "a manuscript that includes itself");
                let way = format!("{} → {name}", chain.join(" → "));
                self.findings.push(finding.found(way).help("take one of these includes out"));
                continue;
            }
            if self.draft.parts.contains_key(name) {
                continue;
            }
            match self.part(name, &place) {
                Ok((part, words)) => {
                    self.draft.parts.insert(name.to_owned(), (part.clone(), words.clone()));
                    chain.push(name.to_owned());
                    self.includes(&part, &words, chain);
                    chain.pop();
                }
                Err(finding) => self.findings.push(*finding),
            }
        }
    }

    fn part(&mut self, name: &str, place: &Place) -> Result<(String, String), Box<Diagnostic>> {
        let missing = |why: String| {
            let finding = Diagnostic::new(codes::MISSING_PART, place.clone(), format!("`{name}` cannot be included"));
            Box::new(finding.found(why).expected("a file in the manuscript's folder, or below it"))
        };
        let path = self.folder.join(name);
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { self.folder };
        let inside = |path: &Path| Some(path.canonicalize().ok()?.starts_with(folder.canonicalize().ok()?));
        match inside(&path) {
            Some(true) => {}
            Some(false) => return Err(missing("it lies outside the folder of the manuscript".to_owned())),
            None => return Err(missing("there is no such file".to_owned())),
        }
        let file = path.to_string_lossy().into_owned();
        match read_manuscript_text(&path, &file).map_err(|error| missing(error.to_string()))? {
            Ok(text) => {
                self.sources.insert(&file, text.clone(), false);
                Ok((file, text))
            }
            Err(Unreadable { finding, text }) => {
                self.sources.insert(&file, text, false);
                Err(finding)
            }
        }
    }
}

/// Returns the names that a text includes, each with the bytes of the name.
fn includes(text: &str) -> Vec<(&str, Range<usize>)> {
    let tags = text.match_indices("{%").filter_map(|(at, _)| {
        let inside = text[at + 2..].trim_start_matches('-').trim_start();
        let name = inside.strip_prefix("include")?.trim_start().strip_prefix(['"', '\''])?;
        let length = name.find(['"', '\'', '\n'])?;
        // What is left to read of the text begins with the name.
        let start = text.len() - name.len();
        Some((&name[..length], start..start + length))
    });
    tags.collect()
}

//! Text becomes raw records; the only room that reads or writes files.

mod files;
mod numbers;
pub mod raw;
mod schema;
mod shape;
mod sources;
mod structure;
mod tree;
mod yaml;

pub use files::{LoadError, WriteError, create_file, replace_file, write_folder};
pub use numbers::{Column, Numbers};
pub use schema::{review_schema, study_schema};
pub use sources::Sources;

use std::collections::BTreeMap;
use std::path::Path;

use raw::{RawReview, RawStudy};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Severity};
use shape::Shape;

/// Everything that was written in a review's folder, not yet understood.
#[derive(Debug)]
pub struct Raw {
    /// `review.yaml`.
    pub review: RawFile<RawReview>,
    /// `studies/*.yaml`, in the order of their ids.
    pub studies: Vec<RawFile<RawStudy>>,
    /// `templates/*`: the review's own templates, name and text.
    pub templates: BTreeMap<String, String>,
}

/// One file.
#[derive(Debug)]
pub struct RawFile<T> {
    /// The file's stem: a study's id.
    pub id: String,
    /// Its path from the review's folder, with `/` between folders.
    pub file: String,
    /// What is written in it; `None` where nothing could be read.
    pub record: Option<T>,
    /// Whether something in it could not be read: what seems to be missing may only be misspelt.
    pub faulty: bool,
}

/// Reads `review.yaml` and every study of the review in the folder `root`.
///
/// Every file is read, and every departure from the grammar in every file is returned: a field that cannot be read is
/// left out of the records, the rest is kept.
///
/// # Errors
/// [`LoadError`] where there is no review to read.
pub fn load(root: &Path) -> Result<(Raw, Sources, Vec<Diagnostic>), LoadError> {
    let found = files::find(root)?;
    let mut reader = Reader { sources: Sources::default(), findings: found.findings };
    let review = reader.read("review", files::REVIEW, found.review, &Shape::of(&review_schema()));
    let shape = Shape::of(&study_schema());
    let studies =
        found.studies.into_iter().map(|study| reader.read(&study.id, &study.file, study.text, &shape)).collect();
    let templates = found.templates.into_iter().filter_map(|(name, text)| reader.template(name, text)).collect();
    Ok((Raw { review, studies, templates }, reader.sources, reader.findings))
}

struct Reader {
    sources: Sources,
    findings: Vec<Diagnostic>,
}

impl Reader {
    fn template(&mut self, name: String, text: Result<String, files::Unreadable>) -> Option<(String, String)> {
        match text {
            Ok(text) => {
                self.sources.insert(&format!("{}/{name}", files::TEMPLATES), text.clone(), None);
                Some((name, text))
            }
            Err(unreadable) => {
                self.findings.push(*unreadable.finding);
                None
            }
        }
    }

    fn read<T>(&mut self, id: &str, file: &str, text: Result<String, files::Unreadable>, shape: &Shape) -> RawFile<T>
    where
        T: DeserializeOwned + JsonSchema,
    {
        let mut raw = RawFile { id: id.to_owned(), file: file.to_owned(), record: None, faulty: true };
        let text = match text {
            Ok(text) => text,
            Err(unreadable) => {
                self.sources.insert(file, unreadable.text, None);
                self.findings.push(*unreadable.finding);
                return raw;
            }
        };
        match tree::parse(file, &text) {
            Ok(root) => {
                let structure = structure::compare(file, &root, shape);
                raw.faulty = structure.findings.iter().any(|finding| finding.severity == Severity::Error);
                let readable = structure.readable(&text);
                self.findings.extend(structure.findings);
                match yaml::read(file, &readable) {
                    Ok(record) => raw.record = Some(record),
                    Err(_) if raw.faulty => {}
                    Err(finding) => {
                        raw.faulty = true;
                        self.findings.push(*finding);
                    }
                }
                self.sources.insert(file, text, Some(root));
            }
            Err(findings) => {
                self.findings.extend(findings);
                self.sources.insert(file, text, None);
            }
        }
        raw
    }
}

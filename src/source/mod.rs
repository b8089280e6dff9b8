//! Text becomes raw records; the only room that reads or writes files.

mod bibliography;
mod citeproc;
mod files;
mod manuscript;
mod numbers;
pub mod raw;
mod revision;
mod schema;
mod screening;
mod shape;
mod sources;
mod structure;
mod tree;
mod word;
mod written;
mod yaml;

pub use bibliography::{Record, RecordError, read_records};
pub use citeproc::{AND_OTHERS, CiteprocError, StyledCitations, StyledEntry, StyledWords, format_citations};
pub use files::{
    EXTRACTORS, Folder, LoadError, WriteError, create_file, extraction_of, is_id, read_bytes, read_standard_input,
    read_text, replace_file, version_numbers, write_folder,
};
pub use manuscript::{Draft, read_draft};
pub use numbers::{Column, Numbers};
pub use revision::RevisionError;
pub use schema::{review_schema, study_schema, version_schema};
pub use screening::{Screened, Screening};
pub use sources::Sources;
pub use word::{WordError, WordFile};
pub use written::Written;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use raw::{RawExtraction, RawReview, RawStudy, RawVersion};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::diag::{Diagnostic, Severity};
use files::{Found, TextFile, Unreadable};
use schema::decisions_schema;
use shape::Shape;

/// Everything that was written in a review's folder, not yet understood.
#[derive(Debug)]
pub struct Raw {
    /// `review.yaml`.
    pub review: RawFile<RawReview>,
    /// The same as plain data; `None` where nothing could be read.
    pub review_written: Option<Written>,
    /// `studies/*.yaml`, in the order of their ids.
    pub studies: Vec<RawFile<RawStudy>>,
    /// `studies/*.a.yaml` and `studies/*.b.yaml`: what two people extracted, in the order of the studies' ids.
    pub extractions: Vec<Extractions>,
    /// `templates/*`: the review's own templates, name and text.
    pub templates: BTreeMap<String, String>,
    /// `studies/curves/*.csv`: digitised curves, by their path from `studies/`, as a study names them.
    pub curves: BTreeMap<String, Numbers>,
    /// `screening/*.csv` and `screening/*.ris`: what became of every record, one file a version, in the order of their names.
    pub screening: Vec<Screening>,
    /// `versions/*.yaml`: what each released version of the review said, oldest first.
    pub versions: Vec<RawFile<RawVersion>>,
    /// The SHA-256 of `review.yaml` and of every study, by its path; of no file where there is no version to compare with.
    pub checksums: BTreeMap<String, String>,
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

/// What two people extracted from the paper of one study, each without the other.
#[derive(Debug)]
pub struct Extractions {
    /// The study's id.
    pub study: String,
    /// The two, as far as they are there.
    pub both: [Option<Extracted>; 2],
}

/// What one of the two wrote down. It is no study of the review: what is wrong with it stops nothing.
#[derive(Debug)]
pub struct Extracted {
    /// The file.
    pub raw: RawFile<RawStudy>,
    /// The same as plain data; `None` where nothing could be read.
    pub written: Option<Written>,
    /// Its departures from the grammar.
    pub findings: Vec<Diagnostic>,
}

/// Reads `review.yaml` and every study of the review in the folder `root`.
///
/// Every file is read, and every departure from the grammar in every file is returned: a field that cannot be read is
/// left out of the records, the rest is kept.
///
/// # Errors
/// [`LoadError`] where there is no review to read.
pub fn load(root: &Path) -> Result<(Raw, Sources, Vec<Diagnostic>), LoadError> {
    files::find(root).map(understand)
}

/// Reads the review in the folder `root` as it was in a git revision, as [`load`] does.
///
/// # Errors
/// [`RevisionError`] where git does not know the revision, or there is no review in it.
pub fn load_revision(root: &Path, revision: &str) -> Result<(Raw, Sources, Vec<Diagnostic>), RevisionError> {
    let files = revision::files(root, revision)?;
    load_files(&files).ok_or_else(|| RevisionError::NoReview(revision.to_owned()))
}

/// Reads a review whose files are at hand, path from its folder and bytes, as [`load`] does; `None` without `review.yaml`.
///
/// ```
/// use std::collections::BTreeMap;
/// let files = BTreeMap::from([("review.yaml".to_owned(), b"title: Nothing yet".to_vec())]);
/// let (raw, _, findings) = forestable::source::load_files(&files).unwrap();
/// assert_eq!((raw.studies.len(), findings[0].code.0), (0, "E107"));
/// ```
#[must_use]
pub fn load_files(files: &BTreeMap<String, Vec<u8>>) -> Option<(Raw, Sources, Vec<Diagnostic>)> {
    files::find_in(files).map(understand)
}

/// Reads what was decided between two extractions, in any YAML file; findings call it by its name.
///
/// # Errors
/// The file cannot be read.
pub fn load_decisions(path: &Path) -> io::Result<(RawFile<RawExtraction>, Sources, Vec<Diagnostic>)> {
    let (file, text) = (path.display().to_string(), Ok(read_text(path)?));
    let read = read(TextFile { id: String::new(), file, text }, &Shape::of(&decisions_schema()));
    let (mut sources, mut findings) = (Sources::default(), Vec::new());
    Ok((read.enter(&mut sources, &mut findings), sources, findings))
}

fn understand(found: Found) -> (Raw, Sources, Vec<Diagnostic>) {
    let study_shape = Shape::of(&study_schema());
    let review = read(found.review, &Shape::of(&review_schema()));
    let studies: Vec<_> = found.studies.into_par_iter().map(|study| read(study, &study_shape)).collect();
    let (mut sources, mut findings) = (Sources::default(), found.findings);
    let review_written = review.written();
    let review = review.enter(&mut sources, &mut findings);
    let studies = studies.into_iter().map(|study| study.enter(&mut sources, &mut findings)).collect();
    let mut pairs: BTreeMap<String, [Option<Extracted>; 2]> = BTreeMap::new();
    for extraction in found.extractions {
        let Some(study) = extraction_of(&extraction.id).map(str::to_owned) else { continue };
        let second = usize::from(extraction.id.ends_with(EXTRACTORS[1]));
        let read = read(extraction, &study_shape);
        let (written, mut findings) = (read.written(), Vec::new());
        let raw = read.enter(&mut sources, &mut findings);
        pairs.entry(study).or_default()[second] = Some(Extracted { raw, written, findings });
    }
    let extractions = pairs.into_iter().map(|(study, both)| Extractions { study, both }).collect();
    let mut templates = BTreeMap::new();
    for TextFile { id, file, text } in found.templates {
        match text {
            Ok(text) => {
                sources.insert(&file, text.clone(), false);
                templates.insert(id, text);
            }
            Err(unreadable) => findings.push(*unreadable.finding),
        }
    }
    let curves = found.curves.into_iter().map(|curve| table(curve, &mut sources, &mut findings)).collect();
    let screening = found.screening.into_iter().map(|file| screened(file, &mut sources, &mut findings)).collect();
    let released = Shape::of(&version_schema());
    let versions = found.versions.into_iter();
    let versions: Vec<_> = versions.map(|file| read(file, &released).enter(&mut sources, &mut findings)).collect();
    let checksums = if versions.is_empty() { BTreeMap::new() } else { checksums(&sources) };
    let raw = Raw { review, review_written, studies, extractions, templates, curves, screening, versions, checksums };
    (raw, sources, findings)
}

/// Whether a version records this file: `review.yaml`, and the studies but for their double extractions.
fn is_compared(file: &str) -> bool {
    let study = file.strip_prefix("studies/").and_then(|name| name.strip_suffix(".yaml"));
    file == "review.yaml" || study.is_some_and(|stem| extraction_of(stem).is_none())
}

/// Returns the SHA-256 of `review.yaml` and of every study, by its path: what the record of a version keeps of the files.
#[must_use]
pub fn checksums(sources: &Sources) -> BTreeMap<String, String> {
    let compared = sources.texts().filter(|(file, _)| is_compared(file));
    compared.map(|(file, text)| (file.to_owned(), checksum(text.as_bytes()))).collect()
}

/// Returns the SHA-256 of a file's content, in hexadecimal digits.
///
/// ```
/// use forestable::source::checksum;
/// assert!(checksum(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
#[must_use]
pub fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a screening file.
fn screened(found: TextFile, sources: &mut Sources, findings: &mut Vec<Diagnostic>) -> Screening {
    let TextFile { id, file, text } = found;
    let text = text.unwrap_or_else(|unreadable| {
        findings.push(*unreadable.finding);
        unreadable.text
    });
    let (stem, ending) = id.rsplit_once('.').unwrap_or((id.as_str(), ""));
    let records = if ending == "ris" {
        let records = screening::of_ris(&file, &text);
        sources.insert(&file, text, false);
        records
    } else {
        let (table, mut faults) = Numbers::parse(&file, text);
        let (records, more) = screening::of_table(&table);
        faults.extend(more);
        findings.extend(faults);
        sources.insert_table(&file, table);
        records
    };
    Screening { version: stem.to_owned(), file, records }
}

/// Reads a digitised curve; the path is the one by which a study names it.
fn table(found: TextFile, sources: &mut Sources, findings: &mut Vec<Diagnostic>) -> (String, Numbers) {
    let (text, unreadable) = match found.text {
        Ok(text) => (text, None),
        Err(Unreadable { finding, text }) => (text, Some(*finding)),
    };
    let (table, faults) = Numbers::parse(&found.file, text);
    // What is wrong with the part that was read is a consequence.
    match unreadable {
        Some(finding) => findings.push(finding),
        None => findings.extend(faults),
    }
    sources.insert_table(&found.file, table.clone());
    (format!("curves/{}", found.id), table)
}

/// One file read: the record, and what is kept of its text.
struct Read<T> {
    raw: RawFile<T>,
    text: String,
    /// Whether the text is one plain YAML document.
    readable: bool,
    findings: Vec<Diagnostic>,
}

fn read<T: DeserializeOwned>(found: TextFile, shape: &Shape) -> Read<T> {
    let TextFile { id, file, text } = found;
    let raw = RawFile { id, file, record: None, faulty: true };
    let text = match text {
        Ok(text) => text,
        Err(Unreadable { finding, text }) => return Read { raw, text, readable: false, findings: vec![*finding] },
    };
    let root = match tree::parse(&raw.file, &text) {
        Ok(root) => root,
        Err(findings) => return Read { raw, text, readable: false, findings },
    };
    let structure = structure::compare(&raw.file, &root, shape);
    let readable = structure.readable(&text);
    let mut findings = structure.findings;
    let sound = findings.iter().all(|finding| finding.severity == Severity::Warning);
    let (record, faulty) = match yaml::read(&raw.file, &readable) {
        Ok(record) => (Some(record), !sound),
        Err(finding) => {
            // In a faulty file it is a consequence of what was found before.
            findings.extend(sound.then_some(*finding));
            (None, true)
        }
    };
    Read { raw: RawFile { record, faulty, ..raw }, text, readable: true, findings }
}

impl<T> Read<T> {
    /// Returns the file as plain data; `None` where it cannot be read.
    fn written(&self) -> Option<Written> {
        self.readable.then(|| Written::parse(&self.text)).flatten()
    }

    fn enter(self, sources: &mut Sources, findings: &mut Vec<Diagnostic>) -> RawFile<T> {
        sources.insert(&self.raw.file, self.text, self.readable);
        findings.extend(self.findings);
        self.raw
    }
}

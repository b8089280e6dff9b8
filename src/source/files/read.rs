//! A review's folder on disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;

use super::list::{LoadError, entries, names, strays};
use crate::diag::{Diagnostic, Place, Spot, codes};

/// The file that makes a folder a review.
pub(super) const REVIEW: &str = "review.yaml";

const STUDIES: &str = "studies";

/// The folder of a review's own templates, read by name over the built-in ones.
const TEMPLATES: &str = "templates";

/// The folder of digitised curves, beside the studies that name them.
const CURVES: &str = "studies/curves";

/// The folder of screening files, one a version of the review.
const SCREENING: &str = "screening";

/// The folder of the review's released versions, one record each.
const VERSIONS: &str = "versions";

/// How the files of the two people who read the same paper end, before `.yaml`.
pub const EXTRACTORS: [&str; 2] = ["a", "b"];

/// Larger than any study file; reading stops here, so that a stray file cannot fill the memory.
const LARGEST: u64 = 4 << 20;

/// A table of a million studies is smaller.
const LARGEST_TABLE: u64 = 64 << 20;

/// What a review's folder holds.
pub(in crate::source) struct Found {
    pub review: TextFile,
    pub studies: Vec<TextFile>,
    /// Files with one of two extractions of a study, `STUDY.a` or `STUDY.b` for an id.
    pub extractions: Vec<TextFile>,
    /// The review's own templates, each with its whole name for an id.
    pub templates: Vec<TextFile>,
    /// The digitised curves, each with its whole name for an id.
    pub curves: Vec<TextFile>,
    /// The screening files, each with its whole name for an id.
    pub screening: Vec<TextFile>,
    /// The records of released versions, each with its version for an id, oldest first.
    pub versions: Vec<TextFile>,
    pub findings: Vec<Diagnostic>,
}

/// One file, read.
pub(in crate::source) struct TextFile {
    pub id: String,
    /// From the review's folder, with `/`.
    pub file: String,
    pub text: Result<String, Unreadable>,
}

/// Why a file gave no text, with what can be shown of it.
pub(in crate::source) struct Unreadable {
    pub finding: Box<Diagnostic>,
    pub text: String,
}

/// Reads `review.yaml` and the studies in the folder `root`, in the order of their names.
pub(in crate::source) fn find(root: &Path) -> Result<Found, LoadError> {
    let root = match root.canonicalize() {
        Ok(path) if path.is_dir() => path,
        _ => return Err(LoadError::NoFolder(root.to_owned())),
    };
    if fs::symlink_metadata(root.join(REVIEW)).is_err() {
        return Err(LoadError::NoReview(root));
    }
    let studies = entries(&root, STUDIES)?;
    let mut unread = strays(&studies, STUDIES);
    let studies = names(&studies, STUDIES, &mut unread);
    let mut names = |folder: &str| entries(&root, folder).map(|entries| names(&entries, folder, &mut unread));
    let names = Names {
        studies,
        templates: names(TEMPLATES)?,
        curves: names(CURVES)?,
        screening: names(SCREENING)?,
        versions: names(VERSIONS)?,
    };
    let mut found = gather(&names, |file| read(&root, file));
    found.findings.extend(unread);
    Ok(found)
}

/// Takes `review.yaml` and the studies out of files that were read before, path and bytes; `None` without `review.yaml`.
pub(in crate::source) fn find_in(files: &BTreeMap<String, Vec<u8>>) -> Option<Found> {
    files.get(REVIEW)?;
    let names = |folder: &str| -> Vec<String> {
        let inside = files.keys().filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'));
        inside.filter(|name| !name.starts_with('.') && !name.contains('/')).map(str::to_owned).collect()
    };
    let text = |file: &str| decode(file, files.get(file).cloned().unwrap_or_default());
    let names = Names {
        studies: names(STUDIES),
        templates: names(TEMPLATES),
        curves: names(CURVES),
        screening: names(SCREENING),
        versions: names(VERSIONS),
    };
    Some(gather(&names, text))
}

/// The names of the files in each folder of a review, sorted.
struct Names {
    studies: Vec<String>,
    templates: Vec<String>,
    curves: Vec<String>,
    screening: Vec<String>,
    versions: Vec<String>,
}

/// Returns the files of a review, given the names in its folders and a reader of files.
fn gather(names: &Names, read: impl Fn(&str) -> Result<String, Unreadable> + Sync) -> Found {
    let text_file = |id: &str, file: String| TextFile { id: id.to_owned(), text: read(&file), file };
    let templates = names.templates.iter().filter(|name| is_template(name));
    let curves = names.curves.iter().filter(|name| name.ends_with(".csv"));
    let screening = names.screening.iter().filter(|name| name.ends_with(".csv") || name.ends_with(".ris"));
    let mut found = Found {
        review: text_file("review", REVIEW.to_owned()),
        studies: Vec::new(),
        extractions: Vec::new(),
        templates: templates.map(|name| text_file(name, format!("{TEMPLATES}/{name}"))).collect(),
        curves: curves.map(|name| text_file(name, format!("{CURVES}/{name}"))).collect(),
        screening: screening.map(|name| text_file(name, format!("{SCREENING}/{name}"))).collect(),
        versions: Vec::new(),
        findings: Vec::new(),
    };
    for name in &names.versions {
        let Some(version) = name.strip_suffix(".yaml") else { continue };
        let file = format!("{VERSIONS}/{name}");
        if version_numbers(version).is_some() {
            found.versions.push(text_file(version, file));
        } else {
            let finding = Diagnostic::new(codes::BAD_ID, Place::file(file), format!("`{version}` is not a version"));
            let finding = finding.expected("whole numbers joined by points, such as `1.0`");
            found.findings.push(finding.help("rename the file: `versions/1.0.yaml`"));
        }
    }
    // 1.10 comes after 1.9.
    found.versions.sort_by_cached_key(|file| version_numbers(&file.id));
    let stems: Vec<&str> = names.studies.iter().filter_map(|name| name.strip_suffix(".yaml")).collect();
    let files: Vec<TextFile> = stems.par_iter().map(|stem| text_file(stem, format!("{STUDIES}/{stem}.yaml"))).collect();
    (found.extractions, found.studies) = files.into_iter().partition(|file| extraction_of(&file.id).is_some());
    for name in &names.studies {
        let file = format!("{STUDIES}/{name}");
        match name.rsplit_once('.') {
            Some((stem, "yaml")) if extraction_of(stem).is_none() && !is_id(stem) => {
                let finding = Diagnostic::new(codes::BAD_ID, Place::file(&file), format!("`{stem}` is not an id"))
                    .expected("words in lower case and digits, joined by hyphens, such as `milano-2012`");
                found.findings.push(finding.help("rename the file: family name, hyphen, year"));
            }
            Some((_, "yaml")) => {}
            Some((stem, ending)) if is_yaml(ending) => found.findings.push(
                Diagnostic::new(codes::FILE_NOT_READ, Place::file(file), "this file is not read")
                    .expected("file names that end in `.yaml`")
                    .help(format!("rename it to `{stem}.yaml`")),
            ),
            _ => {}
        }
    }
    found
}

/// Whether `text` is words in lower case and digits, joined by single hyphens.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// Returns the numbers of a version, by which versions are ordered; `None` where it is none.
///
/// ```
/// use forestable::source::version_numbers;
/// assert!(version_numbers("1.10") > version_numbers("1.9"));
/// assert_eq!(version_numbers("v1"), None);
/// ```
#[must_use]
pub fn version_numbers(version: &str) -> Option<Vec<u32>> {
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    version.split('.').map(number).collect()
}

/// Whether a file with this ending is meant to be YAML.
pub(super) fn is_yaml(ending: &str) -> bool {
    ["yaml", "yml"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether this file in the folder of templates is one.
fn is_template(name: &str) -> bool {
    [".html", ".css", ".md", ".tex", ".xml"].iter().any(|ending| name.ends_with(ending))
}

/// Returns the study of which this file is one of two independent extractions: `x` of `x.a` and `x.b`.
#[must_use]
pub fn extraction_of(stem: &str) -> Option<&str> {
    EXTRACTORS.iter().find_map(|extractor| stem.strip_suffix(extractor)?.strip_suffix('.'))
}

/// Returns the text of one file without its byte order mark.
fn read(root: &Path, file: &str) -> Result<String, Unreadable> {
    let finding = |code, message: &str| Diagnostic::new(code, Place::file(file), message);
    let refuse = |finding| Unreadable { finding: Box::new(finding), text: String::new() };
    let path = root.join(file);
    let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link && !path.canonicalize().is_ok_and(|path| path.starts_with(root)) {
        return Err(refuse(
            finding(codes::UNREADABLE_FILE, "this link leads out of the review's folder, or nowhere")
                .expected("a file inside the folder")
                .help("copy the file into the folder"),
        ));
    }
    let bytes = bytes(&path, LARGEST).map_err(|error| {
        refuse(
            finding(codes::UNREADABLE_FILE, &format!("cannot read this file: {error}"))
                .help("check that it is a file and its permissions"),
        )
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(refuse(
            finding(codes::TOO_LARGE, "this file is too large for a record")
                .expected(format!("at most {} MiB", LARGEST >> 20))
                .help("is it a record at all? keep other files out of `studies/`"),
        ));
    }
    decode(file, bytes)
}

/// Returns the text of a table of numbers, which may be larger than a record; `file` is what findings call it.
pub(in crate::source) fn read_table(path: &Path, file: &str) -> io::Result<Result<String, Unreadable>> {
    let bytes = bytes(path, LARGEST_TABLE)?;
    if bytes.len() as u64 > LARGEST_TABLE {
        let finding =
            Diagnostic::new(codes::TOO_LARGE, Place::file(file), "this file is too large for a table of studies")
                .expected(format!("at most {} MiB", LARGEST_TABLE >> 20));
        return Ok(Err(Unreadable { finding: Box::new(finding), text: String::new() }));
    }
    Ok(decode(file, bytes))
}

/// Returns the text of a small file that is not part of a review, such as a bibliographic record or the last output.
///
/// # Errors
/// It cannot be read, is larger than 4 MiB, or is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    small_text(bytes(path, LARGEST)?)
}

/// Returns what is piped or pasted into the program.
///
/// # Errors
/// As for [`read_text`].
pub fn read_standard_input() -> io::Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
    small_text(bytes)
}

fn small_text(bytes: Vec<u8>) -> io::Result<String> {
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    decode("", bytes).map_err(|_| io::Error::other("it is not UTF-8: save it in the encoding UTF-8"))
}

/// Returns the text of a manuscript; `file` is what findings call it.
pub(in crate::source) fn read_manuscript_text(path: &Path, file: &str) -> io::Result<Result<String, Unreadable>> {
    Ok(decode(file, read_bytes(path)?))
}

/// Returns the bytes of a file that is not part of a review, such as a manuscript.
///
/// # Errors
/// It cannot be read, or is larger than 64 MiB.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = bytes(path, LARGEST_TABLE)?;
    if bytes.len() as u64 > LARGEST_TABLE {
        return Err(io::Error::other(format!("it is larger than {} MiB", LARGEST_TABLE >> 20)));
    }
    Ok(bytes)
}

/// Returns the text in `bytes` without its byte order mark.
fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Unreadable> {
    let mut text = String::from_utf8(bytes).map_err(|error| not_utf8(file, &error))?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// Reads one byte more than is allowed at most.
fn bytes(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn not_utf8(file: &str, error: &std::string::FromUtf8Error) -> Unreadable {
    let start = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(start).copied().unwrap_or_default();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let place =
        Place { file: file.to_owned(), spot: Spot::Bytes(start..start + char::REPLACEMENT_CHARACTER.len_utf8()) };
    let finding = Diagnostic::new(codes::NOT_UTF8, place, "this file is not UTF-8")
        .found(format!("byte 0x{byte:02x} at offset {start}"))
        .help("save the file in the encoding UTF-8");
    Unreadable { finding: Box::new(finding), text }
}

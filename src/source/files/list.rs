//! What lies in a review's folders: the files that are read, and what looks like a study and is none.

use std::fmt;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::read::{REVIEW, is_yaml};
use crate::diag::{Diagnostic, Place, codes};

/// Folders within folders are looked into this far; it ends every walk.
const DEEPEST: usize = 8;

/// Why there is no review to read.
#[derive(Debug)]
pub enum LoadError {
    /// The folder does not exist, or is no folder.
    NoFolder(PathBuf),
    /// The folder has no `review.yaml`.
    NoReview(PathBuf),
    /// The system refuses to read it.
    Unreadable(PathBuf, io::Error),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(path) => write!(f, "there is no folder `{}`", path.display()),
            Self::NoReview(path) => {
                write!(
                    f,
                    "there is no `{REVIEW}` in `{}`: run this in a review's folder, or name one with `-C DIR`",
                    path.display()
                )
            }
            Self::Unreadable(path, error) => {
                write!(f, "cannot read `{}`: {error}; {}", path.display(), next_step(error.kind()))
            }
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            Self::NoFolder(_) | Self::NoReview(_) => None,
        }
    }
}

/// Returns what mends a folder that cannot be read.
fn next_step(error: io::ErrorKind) -> &'static str {
    match error {
        io::ErrorKind::NotADirectory => "it must be a folder: move the file out of the way",
        io::ErrorKind::PermissionDenied => "look at its permissions: you must be allowed to read and to enter it",
        _ => "look whether it is there, and whether its disk is",
    }
}

/// Returns what `folder` of the review holds, sorted by name; nothing where there is no such folder.
pub(super) fn entries(root: &Path, folder: &str) -> Result<Vec<DirEntry>, LoadError> {
    let path = root.join(folder);
    let unreadable = |error| LoadError::Unreadable(path.clone(), error);
    match fs::read_dir(&path) {
        Ok(entries) => {
            let mut entries: Vec<DirEntry> = entries.collect::<Result<_, _>>().map_err(unreadable)?;
            entries.sort_by_cached_key(DirEntry::file_name);
            Ok(entries)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// Whether an entry is a folder, or a link to one.
fn is_folder(entry: &DirEntry) -> bool {
    // Most systems tell the kind with the name; only a link has to be followed.
    entry.file_type().is_ok_and(|kind| if kind.is_symlink() { entry.path().is_dir() } else { kind.is_dir() })
}

/// Returns the names of the files among `entries` of `folder` that are not hidden; a name that is no text is reported.
pub(super) fn names(entries: &[DirEntry], folder: &str, unread: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || is_folder(entry) {
            continue;
        }
        match name.into_string() {
            Ok(name) => names.push(name),
            Err(name) => {
                let file = format!("{folder}/{}", name.to_string_lossy());
                let finding = Diagnostic::new(codes::BAD_ID, Place::file(file), "this file's name is not UTF-8");
                unread.push(
                    finding.expected("words in lower case and digits, joined by hyphens").help("rename the file"),
                );
            }
        }
    }
    names
}

/// Reports what looks like a study among the entries of the folder of studies and is not read: hidden files, and what lies in other
/// folders.
pub(super) fn strays(entries: &[DirEntry], studies: &str) -> Vec<Diagnostic> {
    entries.iter().filter_map(|entry| stray(entry, studies)).collect()
}

fn stray(entry: &DirEntry, studies: &str) -> Option<Diagnostic> {
    let name = entry.file_name().to_string_lossy().into_owned();
    let not_read = |file: String, message: &str| Diagnostic::new(codes::FILE_NOT_READ, Place::file(file), message);
    let file = format!("{studies}/{name}");
    if let Some(shown) = name.strip_prefix('.') {
        // `.#name.yaml` and `._name.yaml` are notes that editors and systems leave beside a file.
        let is_note = !shown.starts_with(|first: char| first.is_alphanumeric());
        let help = format!("rename it to `{shown}`, or take it away");
        return (!is_note && ends_in_yaml(shown)).then(|| not_read(file, "this hidden file is not read").help(help));
    }
    if !is_folder(entry) {
        return None;
    }
    if entry.file_type().is_ok_and(|kind| kind.is_symlink()) && name != "curves" {
        let help = format!("copy the studies it leads to into `{studies}/`");
        return Some(not_read(file, "this link leads to a folder, and is not followed").help(help));
    }
    let within = yaml_within(&entry.path(), DEEPEST);
    let Some(first) = within.first() else {
        let help = format!("is it a study's file unpacked? put the file itself into `{studies}/`");
        return ends_in_yaml(&name).then(|| not_read(file, "this is a folder, and no study").help(help));
    };
    let first = first.strip_prefix(entry.path()).unwrap_or(first).to_string_lossy().replace('\\', "/");
    let others = match within.len() - 1 {
        0 => String::new(),
        more => format!(", nor {}", crate::diag::counted(more, "other file")) + " of this folder",
    };
    let finding = not_read(format!("{file}/{first}"), &format!("this file is not read{others}"));
    Some(
        finding
            .expected(format!("study files in `{studies}/` itself"))
            .help(format!("move it up into `{studies}/`, or out of `{studies}/` where it is no part of the review")),
    )
}

fn ends_in_yaml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| is_yaml(ending))
}

/// Returns the YAML files below a folder, in the order of their paths; links are not followed.
fn yaml_within(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.file_type() {
            _ if name.starts_with('.') => {}
            Ok(kind) if kind.is_dir() && depth > 0 => found.extend(yaml_within(&entry.path(), depth - 1)),
            Ok(kind) if !kind.is_dir() && ends_in_yaml(&name) => found.push(entry.path()),
            _ => {}
        }
    }
    found.sort();
    found
}

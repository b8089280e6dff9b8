//! A review as it was in a git revision, read from git itself: nothing is checked out, nothing is written.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What of a folder makes a review.
const PARTS: [&str; 5] = ["review.yaml", "studies", "templates", "screening", "versions"];

/// Why a revision could not be read.
#[derive(Debug)]
pub enum RevisionError {
    /// git is not installed, or could not be run.
    NoGit(io::Error),
    /// git does not know the revision, or the folder is in no repository; with what git says.
    Unknown(String, String),
    /// There is no `review.yaml` in the folder at that revision.
    NoReview(String),
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGit(error) => write!(f, "cannot run git: {error}"),
            Self::Unknown(revision, words) if words.is_empty() => {
                write!(f, "`{revision}` is neither a folder with a review nor a revision that git knows")
            }
            Self::Unknown(revision, words) => write!(f, "cannot read the revision `{revision}`: {words}"),
            Self::NoReview(revision) => write!(f, "there was no `review.yaml` in this folder at `{revision}`"),
        }
    }
}

impl std::error::Error for RevisionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoGit(error) => Some(error),
            Self::Unknown(..) | Self::NoReview(_) => None,
        }
    }
}

/// Returns the files of the review in `root` at `revision`, path from `root` and bytes; links are left out.
pub(super) fn files(root: &Path, revision: &str) -> Result<BTreeMap<String, Vec<u8>>, RevisionError> {
    let refused = |words: String| RevisionError::Unknown(revision.to_owned(), words);
    let git = |args: &[&str], input: &[u8]| git(root, args, input).map_err(RevisionError::NoGit)?.map_err(refused);
    // Named by its hash from here on, it can no longer be taken for an option.
    let commit =
        git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")], b"")?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let mut list = vec!["ls-tree", "-r", "-z", &commit, "--"];
    list.extend(PARTS);
    let listing = git(&list, b"")?;
    let entries: Vec<(String, String)> = String::from_utf8_lossy(&listing).split('\0').filter_map(entry).collect();
    let wanted: String = entries.iter().map(|(object, _)| format!("{object}\n")).collect();
    let contents = git(&["cat-file", "--batch"], wanted.as_bytes())?;
    let files = split(&contents, entries.into_iter().map(|(_, file)| file));
    files.ok_or_else(|| refused("git's answer ended early".to_owned()))
}

/// Returns object and path of one line of `git ls-tree`: `100644 blob HASH<tab>PATH`, for plain files.
fn entry(line: &str) -> Option<(String, String)> {
    let (meta, file) = line.split_once('\t')?;
    let [mode, "blob", object] = meta.split(' ').collect::<Vec<_>>()[..] else { return None };
    mode.starts_with("100").then(|| (object.to_owned(), file.to_owned()))
}

/// Takes the contents apart that `git cat-file --batch` writes one after another: `HASH blob SIZE`, the bytes, a line end.
fn split(mut contents: &[u8], files: impl Iterator<Item = String>) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for file in files {
        let line = contents.iter().position(|byte| *byte == b'\n')?;
        let size: usize = std::str::from_utf8(&contents[..line]).ok()?.rsplit(' ').next()?.parse().ok()?;
        let rest = &contents[line + 1..];
        found.insert(file, rest.get(..size)?.to_vec());
        contents = rest.get(size + 1..)?;
    }
    Some(found)
}

/// Runs git in `root`: what it writes, or what it says when it refuses.
fn git(root: &Path, args: &[&str], input: &[u8]) -> io::Result<Result<Vec<u8>, String>> {
    let mut command = Command::new("git");
    fed(command.arg("-C").arg(root).args(args), input)
}

/// Runs a program on an input: what it writes, or what it says when it refuses.
pub(super) fn fed(command: &mut Command, input: &[u8]) -> io::Result<Result<Vec<u8>, String>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Written beside the reading: a pipe holds little, and each side would wait for the other.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    })?;
    let words = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok(if output.status.success() { Ok(output.stdout) } else { Err(words()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_may_hold_anything() {
        let files = ["a", "b", "c"].map(str::to_owned);
        let found = split(b"1f blob 3\nx\ny\n2f blob 0\n\n3f blob 2\n\xff\xfe\n", files.into_iter()).unwrap();
        assert_eq!(found["a"], b"x\ny");
        assert_eq!(found["b"], b"");
        assert_eq!(found["c"], b"\xff\xfe");
        assert_eq!(split(b"1f missing\n", ["a".to_owned()].into_iter()), None);
    }

    #[test]
    fn links_are_no_files() {
        assert_eq!(entry("100644 blob 1f\tstudies/x y.yaml"), Some(("1f".into(), "studies/x y.yaml".into())));
        assert_eq!(entry("120000 blob 1f\tstudies/x.yaml"), None);
        assert_eq!(entry(""), None);
    }
}

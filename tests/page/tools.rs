//! Programs that read what was written: a test that needs one is skipped aloud where it is missing, and fails where
//! `FORESTABLE_REQUIRE_TOOLS=1` says that it must not be.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the path of a program on the search path, or nothing after saying so.
pub fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file());
    present(program, found)
}

/// Returns the file that an environment variable names, or nothing after saying so.
pub fn find_by_variable(variable: &str) -> Option<PathBuf> {
    present(variable, std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file()))
}

/// Returns the path of a program that a machine need not have, or nothing after saying so.
pub fn find_if_there(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: {program} is not there");
    }
    found
}

/// Returns the text of every part of a zip file that is text.
pub fn unzip(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip file");
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let mut text = String::new();
        if part.read_to_string(&mut text).is_ok() {
            parts.insert(part.name().expect("UTF-8").into_owned(), text);
        }
    }
    parts
}

fn present(name: &str, found: Option<PathBuf>) -> Option<PathBuf> {
    if found.is_none() {
        assert_ne!(std::env::var("FORESTABLE_REQUIRE_TOOLS").as_deref(), Ok("1"), "{name} is not there");
        eprintln!("skipped: {name} is not there");
    }
    found
}

/// Runs a program on an input and returns what it writes.
pub fn run(program: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads its input");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

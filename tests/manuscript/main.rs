//! Manuscripts end to end: woven, bound, guarded; and what leaves the program for others.

mod bad_input;
mod exported;
mod guarded;
mod styles;
mod woven;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A copy of this repository's review in a folder of its own.
fn review() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(root.join("review.yaml"), folder.path().join("review.yaml")).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for entry in fs::read_dir(root.join("studies")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join("studies").join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// Runs the program in a folder, so that paths are those of the user.
fn forestable(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestable")).current_dir(folder).args(args).output().unwrap()
}

/// Runs the program, which is to find nothing wrong, and returns what it prints.
fn sound(folder: &Path, args: &[&str]) -> String {
    let output = forestable(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the program, which is to find faults, and returns those in the manuscript: code, line and column, message.
fn faults(folder: &Path, args: &[&str]) -> Vec<(String, usize, usize, String)> {
    let mut args = args.to_vec();
    if args[0] == "check" {
        args.extend(["--format", "short"]);
    }
    let output = forestable(folder, &args);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stderr).unwrap();
    text.lines().filter_map(fault).collect()
}

/// Reads `paper.md:3:5: error[E602]: …`.
fn fault(line: &str) -> Option<(String, usize, usize, String)> {
    let (place, message) = line.split_once(": error[")?;
    let (code, message) = message.split_once("]: ")?;
    let mut parts = place.rsplitn(3, ':');
    let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((code.to_owned(), line, column, message.to_owned()))
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

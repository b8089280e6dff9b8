//! Programs that read what was written: a test that needs one is skipped aloud where it is missing, and fails where
//! `FORESTABLE_REQUIRE_TOOLS=1` says that it must not be.

use std::io::Write;
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

//! Input that wears a program down: files too large or too clever, values that YAML has other ideas of, runs that are cut short.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// The small sound review of the checks, in a folder of its own.
fn base() -> TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
    let review = TempDir::new().unwrap();
    fs::create_dir(review.path().join("studies")).unwrap();
    for file in ["review.yaml", "studies/base-2020.yaml"] {
        fs::copy(from.join(file), review.path().join(file)).unwrap();
    }
    review
}

fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestable"));
    command.arg("-C").arg(folder).args(args);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Checks a review with no more address space than `megabytes`.
#[cfg(unix)]
fn check_within(megabytes: u64, folder: &Path) -> Output {
    let limit = format!("ulimit -v {}; exec \"$0\" -C \"$1\" check --format short", megabytes << 10);
    let program = env!("CARGO_BIN_EXE_forestable");
    Command::new("sh").args(["-c", &limit, program]).arg(folder).output().unwrap()
}

#[cfg(unix)]
#[test]
fn memory_is_bounded_whatever_the_file() {
    let review = base();
    let study = |name: &str| review.path().join("studies").join(name);
    // Two gigabytes that take no room on the disk.
    File::create(study("large-2001.yaml")).unwrap().set_len(2 << 30).unwrap();
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (letter, before) in ('b'..='z').zip('a'..) {
        bomb += &format!("{letter}: &{letter} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}]\n");
    }
    fs::write(study("bomb-2001.yaml"), bomb).unwrap();
    fs::write(study("deep-2001.yaml"), "- ".repeat(1 << 20)).unwrap();
    fs::write(study("wide-2001.yaml"), "- {outcome: os}\n".repeat(1 << 18)).unwrap();
    fs::write(study("keys-2001.yaml"), (0..200_000).map(|key| format!("key{key}: 1\n")).collect::<String>()).unwrap();
    let output = check_within(1500, review.path());
    let words = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    for finding in [
        "studies/large-2001.yaml: error[E111]",
        "studies/bomb-2001.yaml:1:4: error[E110]: anchors are not read here",
        "error[E111]: the document nests too deeply",
        "studies/keys-2001.yaml: error[E111]: more than 200 faults",
        "studies/wide-2001.yaml",
    ] {
        assert!(words.contains(finding), "{finding}\n{}", words.chars().take(4000).collect::<String>());
    }
    assert!(words.lines().count() < 600, "{} findings", words.lines().count());
}

#[test]
fn words_that_yaml_reads_otherwise_are_what_the_author_wrote() {
    let review = base();
    let path = review.path().join("studies/base-2020.yaml");
    let sound = fs::read_to_string(&path).unwrap();
    let check = |from: &str, to: &str| {
        assert!(sound.contains(from));
        fs::write(&path, sound.replace(from, to)).unwrap();
        text(&program(review.path(), &["check", "--format", "short"]).output().unwrap().stderr)
    };
    for value in ["1e3", ".nan", ".inf", "0x64", "no", "1_000", "100.0", "-1"] {
        let words = check("patients: 100", &format!("patients: {value}"));
        assert!(words.contains(&format!("error[E203]: `{value}` is not a count")), "{value}: {words}");
    }
    for value in ["7e-1", ".nan", "no", "yes", "0x1", "+70%"] {
        let words = check("estimate: 70.0%", &format!("estimate: {value}"));
        assert!(words.contains(&format!("error[E201]: `{value}` is not a proportion")), "{value}: {words}");
    }
    for value in ["no", "1.10", "2020-01-01", "1e3", ".nan"] {
        let words = check("journal: Journal of Series", &format!("journal: {value}"));
        assert!(words.contains("no findings"), "{value}: {words}");
        assert_eq!(program(review.path(), &["build"]).output().unwrap().status.code(), Some(0));
        let page = fs::read_to_string(review.path().join("output/report.md")).unwrap();
        assert!(page.replace('\\', "").contains(&format!("{value}. 2020")), "{value}: {page}");
    }
}

/// Returns every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn two_builds_at_once_leave_one_whole_output() {
    let review = base();
    let start = || program(review.path(), &["build"]).stderr(Stdio::null()).spawn().unwrap();
    let mut builds = [start(), start(), start()];
    assert!(builds.iter_mut().all(|build| build.wait().unwrap().success()));
    let together = contents(&review.path().join("output"));
    assert!(program(review.path(), &["build"]).output().unwrap().status.success());
    assert!(together == contents(&review.path().join("output")));
}

#[test]
fn a_build_that_is_cut_short_leaves_the_last_output() {
    let review = base();
    assert!(program(review.path(), &["build"]).output().unwrap().status.success());
    let output = review.path().join("output");
    let before = contents(&output);
    let path = review.path().join("studies/base-2020.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("Base AB", "Renamed AB")).unwrap();
    for milliseconds in [5, 50, 150, 300, 600] {
        let mut build = program(review.path(), &["build"]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let done = build.try_wait().unwrap().is_some();
        build.kill().unwrap();
        build.wait().unwrap();
        let now = contents(&output);
        let whole = String::from_utf8_lossy(&now["report.md"]).contains("Renamed");
        assert!(now == before || (whole && now.len() == before.len()), "after {milliseconds} ms: {:?}", now.keys());
        if done {
            break;
        }
    }
    assert!(program(review.path(), &["build"]).output().unwrap().status.success());
    let mut left: Vec<_> = fs::read_dir(review.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["output", "review.yaml", "studies"], "nothing is left lying about");
}

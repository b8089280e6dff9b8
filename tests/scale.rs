//! What holds at any size: one processor writes the bytes that two write, and a long build shows how far it is, to people alone.
#![cfg(unix)]

#[path = "../benches/generated.rs"]
mod generated;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_forestable");
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// What a review of this repository is made of.
const PARTS: [&str; 5] = ["review.yaml", "studies", "templates", "screening", "versions"];

fn generated(studies: usize) -> TempDir {
    let folder = TempDir::new().unwrap();
    let protocol = fs::read_to_string(Path::new(REPOSITORY).join("benches/scale.yaml")).unwrap();
    generated::write(folder.path(), &protocol, studies).unwrap();
    folder
}

fn copied(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copied(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.exists() {
        fs::copy(from, to).unwrap();
    }
}

fn build(review: &Path, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let mut command = Command::new(PROGRAM);
    command.arg("-C").arg(review).args(["build", "--quiet"]).env("RAYON_NUM_THREADS", threads.to_string());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files = BTreeMap::new();
    read(&review.join("output"), "", &mut files);
    files
}

fn read(folder: &Path, under: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

/// Asserts that one thread and two write the same files.
fn assert_alike(review: &Path) {
    let (one, two) = (build(review, 1), build(review, 2));
    assert!(one.len() > 50 && one.contains_key("index.html"), "{:?}", one.keys());
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(two[path] == *bytes, "{path} differs between one thread and two");
    }
}

#[test]
fn one_thread_writes_the_review_of_this_repository_as_two_do() {
    let folder = TempDir::new().unwrap();
    for part in PARTS {
        copied(&Path::new(REPOSITORY).join(part), &folder.path().join(part));
    }
    assert_alike(folder.path());
}

#[test]
fn one_thread_writes_a_review_of_sixty_series_as_two_do() {
    assert_alike(generated(60).path());
}

/// Builds with a terminal for all that is printed, as `script` of util-linux gives one; `None` where it is not there.
fn on_terminal(review: &Path, more: &str) -> Option<Output> {
    let line = format!("exec '{PROGRAM}' -C '{}' build {more}", review.display());
    match Command::new("script").args(["--quiet", "--return", "--command", &line, "/dev/null"]).output() {
        Ok(output) => Some(output),
        Err(error) => {
            assert_ne!(std::env::var("FORESTABLE_REQUIRE_TOOLS").as_deref(), Ok("1"), "`script` is not there: {error}");
            eprintln!("skipped: `script` of util-linux is not there, which gives a program a terminal");
            None
        }
    }
}

fn shows_bar(output: &[u8]) -> bool {
    let words = String::from_utf8_lossy(output);
    words.contains('━') || words.contains("\u{1b}[2K")
}

#[test]
fn a_build_of_more_than_a_second_shows_a_bar_on_a_terminal_and_nowhere_else() {
    let mut studies = 60;
    let review = loop {
        let review = generated(studies);
        let start = Instant::now();
        let Some(shown) = on_terminal(review.path(), "") else { return };
        let took = start.elapsed();
        let words = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.status.success(), "{words}");
        // What ends within its first second shows none: then a larger review tells.
        if took > Duration::from_millis(1500) {
            let drawn = words.matches("\u{1b}[2K").count();
            assert!(drawn > 2 && words.contains('━') && words.contains("drawing"), "{took:?}: {words:?}");
            // The bar is gone before the last line.
            assert!(words.rsplit("\u{1b}[2K").next().is_some_and(|rest| rest.contains("files written")), "{words:?}");
            break review;
        }
        studies *= 2;
    };
    let piped = Command::new(PROGRAM).arg("-C").arg(review.path()).arg("build").output().unwrap();
    let words = String::from_utf8_lossy(&piped.stderr).into_owned();
    assert!(piped.status.success() && words.contains("files written"), "{words}");
    assert!(!shows_bar(&piped.stderr) && !shows_bar(&piped.stdout), "{words:?}");
    let quiet = on_terminal(review.path(), "--quiet").unwrap();
    assert!(quiet.status.success() && !shows_bar(&quiet.stdout), "{:?}", String::from_utf8_lossy(&quiet.stdout));
}

/// `benches/README.md` has the peak of each size, as `scale` measured it.
#[test]
fn the_measured_memory_keeps_its_bound_and_grows_no_faster_than_the_review() {
    let document = fs::read_to_string(Path::new(REPOSITORY).join("benches/README.md")).unwrap();
    let table = document.split_once("<!-- scale -->").unwrap().1.split_once("<!-- end of scale -->").unwrap().0;
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    let peak = |series: &str| -> f64 {
        let row = rows.iter().find(|row| row.get(1) == Some(&series)).unwrap_or_else(|| panic!("no row for {series}"));
        row[5].trim_end_matches(" MB").parse().unwrap()
    };
    let (hundred, thousand, most) = (peak("100"), peak("1000"), peak("10000"));
    assert!(most <= 1000.0, "{most} MB");
    assert!(most / thousand <= 10.0 && thousand / hundred <= 10.0, "{hundred}, {thousand} and {most} MB");
}

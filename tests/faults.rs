//! What can go wrong while a build writes: whatever it is, the last good output stays whole, and the program says what happened.
//!
//! Unix only: the faults are made with signals, limits and permissions.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use forestable::num::Random;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_forestable");

/// A new review of two studies, built.
fn built() -> TempDir {
    let folder = TempDir::new().unwrap();
    let init = Command::new(PROGRAM).arg("init").arg(folder.path().join("review")).output().unwrap();
    assert!(init.status.success(), "{}", words(&init));
    let review = folder.path().join("review");
    let output = build(&review);
    assert!(output.status.success(), "{}", words(&output));
    folder
}

fn build(review: &Path) -> Output {
    Command::new(PROGRAM).arg("-C").arg(review).arg("build").output().unwrap()
}

fn start(review: &Path) -> Child {
    Command::new(PROGRAM)
        .arg("-C")
        .arg(review)
        .arg("build")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asserts that `output/` holds what its manifest names, byte for byte and nothing else, and returns the bytes.
fn whole(review: &Path) -> BTreeMap<String, Vec<u8>> {
    let output = review.join("output");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(output.join("manifest.json")).expect("a manifest")).expect("whole");
    let mut named = BTreeMap::new();
    for entry in manifest["outputs"].as_array().expect("outputs") {
        let path = entry["path"].as_str().expect("a path");
        let bytes = fs::read(output.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Some(hash.as_str()), entry["sha256"].as_str(), "{path}");
        named.insert(path.to_owned(), bytes);
    }
    assert_eq!(count(&output), named.len() + 1, "a file that the manifest does not name");
    named
}

fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

/// Gives the review another title, so that every build differs from the last.
fn retitle(review: &Path, title: &str) {
    let path = review.join("review.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| if line.starts_with("title:") { title.to_owned() } else { line.to_owned() });
    fs::write(&path, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
}

fn nothing_beside(review: &Path) {
    let names = fs::read_dir(review).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let left: Vec<String> = names.filter(|name| name.starts_with(".output")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Returns a command that runs the program as somebody who is not root, to whom permissions apply.
fn as_nobody(folder: &Path) -> Command {
    let root = rustix::process::geteuid().is_root();
    if root {
        for path in [folder.to_owned(), folder.join("review")] {
            std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
        }
        let all = Command::new("chown").arg("-R").arg("65534:65534").arg(folder).status().unwrap();
        assert!(all.success());
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM]);
        command
    } else {
        Command::new(PROGRAM)
    }
}

#[test]
fn killed_at_any_of_200_moments_the_last_good_output_is_whole() {
    let folder = built();
    let review = folder.path().join("review");
    let started = std::time::Instant::now();
    assert!(build(&review).status.success());
    let duration = started.elapsed();
    let mut random = Random::new(11, 0);
    let mut midway = 0;
    for round in 0..200 {
        retitle(&review, &format!("title: Round {round}"));
        let mut child = start(&review);
        thread::sleep(duration.mul_f64(1.1 * random.uniform()));
        let process = rustix::process::Pid::from_child(&child);
        let signal = if round % 2 == 0 { rustix::process::Signal::KILL } else { rustix::process::Signal::INT };
        // It may have ended by itself.
        let _ = rustix::process::kill_process(process, signal);
        midway += usize::from(child.wait().unwrap().signal().is_some());
        whole(&review);
    }
    assert!(midway >= 50, "only {midway} of 200 builds were still at work when they were killed");
    assert!(build(&review).status.success());
    nothing_beside(&review);
    let page = whole(&review).remove("index.html").unwrap();
    assert!(String::from_utf8(page).unwrap().contains("Round 199"));
}

#[test]
fn a_full_disk_is_said_and_the_last_output_stays() {
    let folder = built();
    let review = folder.path().join("review");
    let before = whole(&review);
    retitle(&review, "title: Another");
    // A file may not pass 16 blocks of 512 bytes: the write fails midway, as on a full disk.
    let script = r#"trap '' XFSZ; ulimit -f 16; exec "$0" -C "$1" build"#;
    let output = Command::new("sh").args(["-c", script, PROGRAM]).arg(&review).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(words(&output).contains("cannot write"), "{}", words(&output));
    assert_eq!(whole(&review), before);
    nothing_beside(&review);
}

/// The review is on a disk of its own, with room for the last output and half of the next.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_without_room_is_said_and_the_last_output_stays() {
    let folder = built();
    let review = folder.path().join("review");
    let before = whole(&review);
    let size: usize = before.values().map(|bytes| bytes.len().next_multiple_of(4096)).sum();
    let (disk, after) = (folder.path().join("disk"), folder.path().join("after"));
    fs::create_dir(&disk).unwrap();
    // What is mounted in a name space of its own is gone with it: what was left on the disk is copied out before.
    let script = r#"mount -t tmpfs -o size="$4" none "$2" || exit 77
        cp -r "$1"/. "$2"
        sed -i 's/^title:.*/title: Another/' "$2/review.yaml"
        "$0" -C "$2" build; status=$?
        cp -r "$2" "$3"; exit $status"#;
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, PROGRAM]).args([&review, &disk, &after]);
    let output = command.arg((size * 3 / 2).to_string()).output().unwrap();
    if output.status.code() == Some(77) || words(&output).starts_with("unshare:") {
        eprintln!("skipped: nothing may be mounted here; the limit on files stands in for a full disk");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(words(&output).contains("cannot write") && words(&output).contains("No space left"), "{}", words(&output));
    assert_eq!(whole(&after), before);
    nothing_beside(&after);
}

#[test]
fn a_read_only_folder_is_said_and_the_last_output_stays() {
    let folder = built();
    let review = folder.path().join("review");
    let mut program = as_nobody(folder.path());
    fs::set_permissions(&review, fs::Permissions::from_mode(0o555)).unwrap();
    let before = whole(&review);
    let output = program.arg("-C").arg(&review).arg("build").output().unwrap();
    fs::set_permissions(&review, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(words(&output).contains("cannot write"), "{}", words(&output));
    assert!(words(&output).contains("look at the permissions"), "{}", words(&output));
    assert_eq!(whole(&review), before);
}

#[test]
fn permission_lost_midway_leaves_a_whole_output() {
    let folder = built();
    let review = folder.path().join("review");
    let started = std::time::Instant::now();
    assert!(build(&review).status.success());
    let duration = started.elapsed();
    let mut random = Random::new(12, 0);
    let (mut refused, mut clean) = (0, 0);
    for round in 0..30 {
        retitle(&review, &format!("title: Round {round}"));
        let mut program = as_nobody(folder.path());
        let mut child = program.arg("-C").arg(&review).arg("build").stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(duration.mul_f64(1.1 * random.uniform()));
        fs::set_permissions(&review, fs::Permissions::from_mode(0o555)).unwrap();
        let status = child.wait().unwrap();
        fs::set_permissions(&review, fs::Permissions::from_mode(0o755)).unwrap();
        match status.code() {
            Some(0) => clean += 1,
            Some(2) => refused += 1,
            other => panic!("exit {other:?}"),
        }
        whole(&review);
    }
    assert!(refused > 0, "all {clean} builds were over before they lost the folder");
    assert!(build(&review).status.success());
    nothing_beside(&review);
}

#[test]
fn four_builds_at_once_leave_one_whole_output() {
    let folder = built();
    let review = folder.path().join("review");
    let before = whole(&review);
    for _ in 0..3 {
        let children: Vec<Child> = (0..4).map(|_| start(&review)).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(whole(&review), before);
        nothing_beside(&review);
    }
}

#[test]
fn a_file_in_the_place_of_the_output_is_left_alone() {
    let folder = built();
    let review = folder.path().join("review");
    fs::remove_dir_all(review.join("output")).unwrap();
    fs::write(review.join("output"), "mine").unwrap();
    let output = build(&review);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("is not a folder: move it out of the way"), "{}", words(&output));
    assert_eq!(fs::read_to_string(review.join("output")).unwrap(), "mine");
}

#[test]
fn a_link_in_the_place_of_the_output_is_not_followed() {
    let folder = built();
    let review = folder.path().join("review");
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(review.join("output"), &elsewhere).unwrap();
    symlink(&elsewhere, review.join("output")).unwrap();
    let files = count(&elsewhere);
    let output = build(&review);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("is not a folder: move it out of the way"), "{}", words(&output));
    assert_eq!(count(&elsewhere), files);
    assert!(fs::symlink_metadata(review.join("output")).unwrap().is_symlink());
}

#[test]
fn a_clock_set_back_changes_nothing() {
    let folder = built();
    let review = folder.path().join("review");
    let before = whole(&review);
    // The inputs come from the future, the last output from 1970.
    let future = SystemTime::now() + Duration::from_secs(10 * 365 * 24 * 3600);
    fs::File::options().write(true).open(review.join("review.yaml")).unwrap().set_modified(future).unwrap();
    let manifest = fs::File::options().write(true).open(review.join("output/manifest.json")).unwrap();
    manifest.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert!(build(&review).status.success());
    assert_eq!(whole(&review), before);
}

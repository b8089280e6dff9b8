//! The JSON Schemas that editors check with, held against the files by a validator of another author (python3-jsonschema).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use forestable::source::{review_schema, study_schema, version_schema};
use serde_json::{Value, json};

/// Reads `{schema, documents}` and prints the names of the documents that the schema refuses.
const VALIDATOR: &str = "
import json, sys
from jsonschema import Draft7Validator
given = json.load(sys.stdin)
Draft7Validator.check_schema(given['schema'])
validator = Draft7Validator(given['schema'])
print(json.dumps([name for name, document in given['documents'].items() if not validator.is_valid(document)]))
";

/// Returns the names of the documents that a schema refuses; `None` where the validator is not installed.
fn refused(schema: &Value, documents: &serde_json::Map<String, Value>) -> Option<Vec<String>> {
    let spawned = Command::new("python3")
        .args(["-c", VALIDATOR])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return missing(&error.to_string()),
    };
    let given = json!({"schema": schema, "documents": documents}).to_string();
    let written = child.stdin.take().unwrap().write_all(given.as_bytes());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if words.contains("ModuleNotFoundError") {
        return missing(&words);
    }
    written.unwrap();
    assert!(output.status.success(), "{words}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn missing(words: &str) -> Option<Vec<String>> {
    assert!(std::env::var_os("FORESTABLE_REQUIRE_TOOLS").is_none(), "python3-jsonschema is not installed: {words}");
    eprintln!("skipped: python3-jsonschema is not installed");
    None
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
}

/// Returns the documents in these files by name; a file that is no YAML has none.
fn documents(paths: &[PathBuf]) -> serde_json::Map<String, Value> {
    let read = |path: &PathBuf| serde_yaml::from_str(&fs::read_to_string(path).ok()?).ok();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().filter_map(|path| Some((name(path), read(path)?))).collect()
}

/// Returns the paths of studies and of reviews among files that may be either; the records of versions are left out.
fn split(mut paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    paths.retain(|path| !String::from_utf8_lossy(&fs::read(path).unwrap()).starts_with("# as: versions/"));
    let is_review = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name == "review.yaml")
            || String::from_utf8_lossy(&fs::read(path).unwrap()).starts_with("# as: review.yaml")
    };
    paths.into_iter().partition(|path| !is_review(path))
}

#[test]
fn sound_files_are_accepted() {
    let folders = [".", "studies", "src/cli/init", "tests/checks/base", "tests/checks/base/studies"];
    let (studies, reviews) = split(folders.iter().flat_map(|folder| files(folder)).collect());
    assert!(studies.len() > 15 && reviews.len() == 3);
    let versions = files("versions");
    assert!(versions.len() > 1);
    for (schema, paths) in [(study_schema(), studies), (review_schema(), reviews), (version_schema(), versions)] {
        if let Some(refused) = refused(&schema, &documents(&paths)) {
            assert!(refused.is_empty(), "{refused:?}");
        }
    }
}

/// What a schema can see: one file by itself, each value by itself.
const SEEN: [&str; 9] = ["E104", "E106", "E107", "E108", "E109", "E201", "E202", "E203", "E209"];

#[test]
fn faulty_files_are_refused_and_no_others() {
    let (studies, reviews) = split(files("tests/checks"));
    for (schema, paths) in [(study_schema(), studies), (review_schema(), reviews)] {
        let documents = documents(&paths);
        let Some(refused) = refused(&schema, &documents) else { return };
        for name in documents.keys() {
            let (code, is_refused) = (&name[..4], refused.contains(name));
            // One unit for both ends of an interval, a rule for the risk that an analysis asks for, a time by its number and its unit:
            // matters of two values.
            let of_two =
                ["E201-unit", "E107-risk-rule", "E107-living", "E202-impossible", "E202-table", "E203-fractions"];
            let of_two = of_two.contains(&name.as_str());
            assert!(is_refused || !SEEN.contains(&code) || of_two, "{name} is not refused");
            // A warning is a file that is built: an editor must not call it wrong.
            assert!(!is_refused || !code.starts_with('W'), "{name} is refused");
        }
    }
}

#[test]
fn findings_in_sarif_are_valid() {
    let schema = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/sarif-2.1.0.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
    let mut logs = serde_json::Map::new();
    for case in files("tests/checks") {
        let text = fs::read(&case).unwrap();
        if String::from_utf8_lossy(&text).starts_with("# as: ") {
            continue;
        }
        let review = tempfile::tempdir().unwrap();
        fs::create_dir(review.path().join("studies")).unwrap();
        fs::copy(base.join("review.yaml"), review.path().join("review.yaml")).unwrap();
        fs::write(review.path().join("studies/case-2021.yaml"), text).unwrap();
        let program = Command::new(env!("CARGO_BIN_EXE_forestable"))
            .arg("-C")
            .arg(review.path())
            .args(["check", "--format", "sarif"])
            .output()
            .unwrap();
        let name = case.file_stem().unwrap().to_str().unwrap().to_owned();
        logs.insert(name, serde_json::from_slice(&program.stdout).unwrap());
    }
    assert!(logs.len() > 30);
    if let Some(refused) = refused(&schema, &logs) {
        assert!(refused.is_empty(), "{refused:?}");
    }
}

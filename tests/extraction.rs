//! Double extraction end to end: two files compared, decided, agreed on, and shown in the report.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A review of this repository's protocol in which two people extracted one study, and nobody has decided.
fn review() -> TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let studies = folder.path().join("studies");
    fs::create_dir(&studies).unwrap();
    let review = fs::read_to_string(root.join("review.yaml")).unwrap();
    fs::write(folder.path().join("review.yaml"), review.split("exceptions:").next().unwrap()).unwrap();
    fs::copy(root.join("studies/onal-2018.yaml"), studies.join("onal-2018.yaml")).unwrap();
    let first = fs::read_to_string(root.join("studies/trovo-2018.yaml")).unwrap();
    let second = first
        .replace("at: 2 years, estimate: 53%", "at: 24 months, estimate: 0.43")
        .replace("timing: prospective", "timing: retrospective")
        .replace("- {outcome: toxicity-g2, grade: 2, events: 2,", "- {outcome: toxicity-g2, grade: 1, events: 2,");
    fs::write(studies.join("trovo-2018.a.yaml"), first + "extraction: {by: A One, on: 2026-11-01}\n").unwrap();
    fs::write(studies.join("trovo-2018.b.yaml"), second + "extraction: {by: B Two, on: 2026-11-02}\n").unwrap();
    folder
}

fn forestable(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestable")).arg("-C").arg(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Fills in what `adjudicate` prints to be decided: one field after another.
fn decide(template: &str, takes: &[&str]) -> String {
    let mut takes = takes.iter();
    let decided =
        |part: &str| part.replacen("take: ,", &format!("take: \"{}\",", takes.next().copied().unwrap_or_default()), 1);
    let parts: Vec<String> = template.split_inclusive("why: ").map(decided).collect::<Vec<_>>();
    parts.join("").replace("why: }", "why: read again}")
}

#[test]
fn two_extractions_become_one_with_who_when_and_why() {
    let review = review();
    let checked = forestable(review.path(), &["check", "--format", "short"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    assert!(text(&checked.stderr).contains("studies/trovo-2018.a.yaml: warning[W102]"), "{}", text(&checked.stderr));

    let asked = forestable(review.path(), &["adjudicate", "trovo-2018", "--by", "E Three", "--on", "2026-11-23"]);
    assert_eq!(asked.status.code(), Some(1), "{}", text(&asked.stderr));
    let template = text(&asked.stdout);
    for line in [
        "by: E Three\non: 2026-11-23\n",
        "- {field: design.timing, a: prospective, b: retrospective, take: , why: }",
        "- {field: \"cohorts.all.results[pfs at 2 years].estimate\", a: 53%, b: 0.43, take: , why: }",
    ] {
        assert!(template.contains(line), "{line}\n{template}");
    }
    assert!(!review.path().join("studies/trovo-2018.yaml").exists());

    let file = review.path().join("decisions.yaml");
    fs::write(&file, &template).unwrap();
    let adjudicate = || forestable(review.path(), &["adjudicate", "trovo-2018", "--decisions", file.to_str().unwrap()]);
    let blank = adjudicate();
    assert_eq!(blank.status.code(), Some(1));
    assert!(text(&blank.stderr).contains("`take` has no value"), "{}", text(&blank.stderr));

    // The result that only one has is one field on each side.
    fs::write(&file, decide(&template, &["a", "b", "a", "neither"])).unwrap();
    let decided = adjudicate();
    assert_eq!(decided.status.code(), Some(0), "{}", text(&decided.stderr));
    let agreed = fs::read_to_string(review.path().join("studies/trovo-2018.yaml")).unwrap();
    for line in [
        "design: {timing: prospective,",
        "- {outcome: pfs, at: 2 years, estimate: 0.43,",
        "extraction:\n  by: E Three\n  on: 2026-11-23\n  extractors: [A One, B Two]\n",
        "a: 53%, b: 0.43, take: b, why: read again}",
    ] {
        assert!(agreed.contains(line), "{line}\n{agreed}");
    }
    let again = adjudicate();
    assert!(text(&again.stderr).contains("it is left as it is"), "{}", text(&again.stderr));
    assert_eq!(fs::read_to_string(review.path().join("studies/trovo-2018.yaml")).unwrap(), agreed);

    let built = forestable(review.path(), &["build"]);
    assert_eq!(built.status.code(), Some(0), "{}", text(&built.stderr));
    let table = |id: &str| fs::read_to_string(review.path().join(format!("output/tables/{id}.csv"))).unwrap();
    assert!(table("agreement").contains("Category: timing,1,0,0.0,–"), "{}", table("agreement"));
    assert!(
        table("decisions").contains("Trovo et al. 2018,design.timing,prospective,retrospective,prospective,read again")
    );
    let page = fs::read_to_string(review.path().join("output/report.md")).unwrap();
    assert!(page.contains("Trovo et al. 2018 by E Three on 2026-11-23, between A One and B Two."), "{page}");
}

#[test]
fn agreement_counts_what_means_the_same() {
    let review = review();
    let output = forestable(review.path(), &["adjudicate"]);
    assert_eq!(output.status.code(), Some(0));
    let words = text(&output.stdout);
    let line =
        |name: &str| words.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}\n{words}"));
    assert!(line("Category: unit").contains("1 of   1 agree (100.0%)"), "{words}");
    assert!(line("Category: timing").contains("0 of   1 agree (0.0%)"), "{words}");
    assert!(line("Category: status").contains("agree (100.0%)") && !line("Category: status").contains('κ'), "{words}");
    assert!(line("All fields").contains("κ").eq(&false), "{words}");
}

#[test]
fn decisions_that_decide_nothing_are_named() {
    let review = review();
    let file = review.path().join("decisions.yaml");
    let run = |decisions: &str, more: &[&str]| {
        fs::write(&file, decisions).unwrap();
        let args = [&["adjudicate", "trovo-2018", "--decisions", file.to_str().unwrap()], more].concat();
        let output = forestable(review.path(), &args);
        assert_ne!(output.status.code(), Some(0), "{decisions}");
        assert!(!review.path().join("studies/trovo-2018.yaml").exists());
        text(&output.stderr)
    };
    let signed = ["--by", "E", "--on", "2026-11-23"];
    let none = run("by: E\non: 2026-11-23\n", &[]);
    assert!(none.contains("not decided") && none.contains("design.timing"), "{none}");
    let unknown = run("decisions: [{field: design.timings, take: a, why: x}]", &signed);
    assert!(unknown.contains("write `design.timing`"), "{unknown}");
    assert!(run("decisions: [{field: design.timing, take: a, why: x}]", &[]).contains("say who decides and when"));
    assert!(run("on: soon", &[]).contains("E205"));
    assert!(run("decisions: [{field: design.timing, tak: a, why: x}]", &signed).contains("write `take`"));
    let output = forestable(review.path(), &["adjudicate", "trovo-2019"]);
    assert!(text(&output.stderr).contains("write `trovo-2018`"), "{}", text(&output.stderr));
    let output = forestable(review.path(), &["adjudicate", "trovo-2018", "--by", "E", "--on", "tomorrow"]);
    assert!(text(&output.stderr).contains("expected a date"), "{}", text(&output.stderr));
}

#[test]
fn a_faulty_extraction_stops_no_build_but_the_decision() {
    let review = review();
    let studies = review.path().join("studies");
    let path = studies.join("trovo-2018.b.yaml");
    let faulty = fs::read_to_string(&path).unwrap().replace("estimate: 0.43", "estimate: 43");
    fs::write(&path, faulty).unwrap();
    let output = forestable(review.path(), &["adjudicate", "trovo-2018"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--> studies/trovo-2018.b.yaml:"), "{}", text(&output.stderr));
    fs::copy(studies.join("trovo-2018.a.yaml"), studies.join("trovo-2018.yaml")).unwrap();
    let output = forestable(review.path(), &["build", "--format", "short"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("trovo-2018.b.yaml: warning[W102]: this extraction has 1 fault"));
    fs::remove_file(studies.join("trovo-2018.b.yaml")).unwrap();
    let output = forestable(review.path(), &["check", "--format", "short"]);
    assert!(text(&output.stderr).contains("the other extraction of `trovo-2018` is missing"));
}

#[test]
fn an_extraction_starts_like_a_study() {
    let review = review();
    assert_eq!(forestable(review.path(), &["new", "piras-2022.a"]).status.code(), Some(0));
    let text = fs::read_to_string(review.path().join("studies/piras-2022.a.yaml")).unwrap();
    assert!(text.contains("  year: 2022\n"), "{text}");
}

//! What changed: between revisions and folders, from one build to the next, and how much of it each change made.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use forestable::evidence::{Evidence, lower};
use forestable::review::{Correction, Plan, State, Step, change, plan};
use forestable::source::load;
use tempfile::TempDir;

const NEWCOMER: &str = "\
reference:
  authors: [Example A, Sample B]
  title: Stereotactic radiotherapy of oligometastatic breast cancer
  journal: A Journal
  year: 2023
  doi: 10.1000/example
design: {timing: prospective, kind: phase 2}
cohorts:
  all:
    primary: breast
    patients: 50
    results:
      - {outcome: pfs, at: 2 years, estimate: 46%, ci: [32%, 59%], source: abstract, quote: 2-year PFS was 46%}
sources:
  abstract: {where: abstract, url: https://doi.org/10.1000/example}
";

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

/// Adds a study, corrects one and takes one away.
fn edit(folder: &Path) {
    fs::write(folder.join("studies/example-2023.yaml"), NEWCOMER).unwrap();
    fs::remove_file(folder.join("studies/onal-2018.yaml")).unwrap();
    let trovo = folder.join("studies/trovo-2018.yaml");
    let text = fs::read_to_string(&trovo).unwrap();
    fs::write(trovo, text.replace("at: 2 years, estimate: 53%", "at: 2 years, estimate: 43%")).unwrap();
}

fn read(folder: &Path) -> (Evidence, Plan) {
    let (raw, ..) = load(folder).unwrap();
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    (evidence, plan)
}

fn forestable(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestable")).arg("-C").arg(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    let command =
        command.arg("-C").arg(folder).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]).args(args);
    assert!(command.output().unwrap().status.success(), "git {args:?}");
}

#[test]
fn the_parts_add_up_to_the_whole() {
    let (old, new) = (review(), review());
    edit(new.path());
    let ((old_evidence, old_plan), (new_evidence, new_plan)) = (read(old.path()), read(new.path()));
    let change =
        change(State { evidence: &old_evidence, plan: &old_plan }, State { evidence: &new_evidence, plan: &new_plan });
    let kinds: Vec<(&str, &str)> = change
        .steps
        .iter()
        .map(|step| match step {
            Step::Plan { .. } => ("plan", ""),
            Step::Corrected { study, .. } => ("corrected", study.as_str()),
            Step::Removed { study } => ("removed", study.as_str()),
            Step::Added { study } => ("added", study.as_str()),
        })
        .collect();
    assert_eq!(kinds, [("corrected", "trovo-2018"), ("removed", "onal-2018"), ("added", "example-2023")]);
    let mut attributed = 0;
    for pool in &change.pools {
        let estimate = |state: &Option<forestable::review::PoolState>| Some(state.as_ref()?.estimated?.estimate);
        let parts: Option<f64> = pool.causes.iter().map(|cause| cause.moved).sum();
        if let (Some(before), Some(after), Some(parts)) = (estimate(&pool.before), estimate(&pool.after), parts) {
            assert!((after - before - parts).abs() < 1e-12);
            attributed += usize::from(pool.causes.len() == 3);
        }
    }
    assert!(attributed > 0, "two-year progression-free survival moves at every step");
}

#[test]
fn moved_lines_and_comments_are_no_change() {
    let (old, new) = (review(), review());
    let path = new.path().join("studies/trovo-2018.yaml");
    fs::write(&path, format!("# a comment\n\n{}", fs::read_to_string(&path).unwrap())).unwrap();
    let ((old_evidence, old_plan), (new_evidence, new_plan)) = (read(old.path()), read(new.path()));
    let change =
        change(State { evidence: &old_evidence, plan: &old_plan }, State { evidence: &new_evidence, plan: &new_plan });
    assert!(change.steps.is_empty() && change.pools.is_empty(), "{change:?}");
}

#[test]
fn a_result_put_before_others_is_one_correction() {
    let (old, new) = (review(), review());
    let path = new.path().join("studies/trovo-2018.yaml");
    let added = "results:\n      - {outcome: os, at: 4 years, estimate: 80%, source: abstract, quote: made up}\n";
    let text = fs::read_to_string(&path).unwrap().replacen("results:\n", added, 1);
    fs::write(&path, text).unwrap();
    let ((old_evidence, old_plan), (new_evidence, new_plan)) = (read(old.path()), read(new.path()));
    let change =
        change(State { evidence: &old_evidence, plan: &old_plan }, State { evidence: &new_evidence, plan: &new_plan });
    let [Step::Corrected { corrections, .. }] = change.steps.as_slice() else { panic!("{:?}", change.steps) };
    assert!(matches!(corrections.as_slice(), [Correction::Result { before: None, after: Some(_), .. }]));
}

#[test]
fn diff_tells_a_revision_from_the_folder() {
    let folder = review();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    let same = forestable(folder.path(), &["diff"]);
    assert_eq!(text(&same.stdout), "nothing changed since HEAD\n");
    edit(folder.path());
    let output = forestable(folder.path(), &["diff"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let words = text(&output.stdout);
    for expected in [
        "Trovo et al. 2018 is corrected: 2-year PFS 53% → 43%.",
        "Onal et al. 2018 is gone.",
        "Example et al. 2023 is new: prospective, n = 50.",
        " from the new Example et al. 2023",
        "tables/prospective",
        "figures/pfs-2y-forest",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    let markdown = text(&forestable(folder.path(), &["diff", "--format", "markdown"]).stdout);
    assert!(markdown.starts_with("## What changed since HEAD\n") && markdown.contains("| Because of |"), "{markdown}");
    let json = forestable(folder.path(), &["diff", "HEAD", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["steps"].as_array().unwrap().len(), 3);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "second"]);
    let between = forestable(folder.path(), &["diff", "HEAD~1", "HEAD"]);
    assert_eq!(text(&between.stdout), words.replace("since HEAD", "since HEAD~1"));
}

#[test]
fn diff_tells_two_folders_apart() {
    let (old, new) = (review(), review());
    edit(new.path());
    let paths = [old.path(), new.path()].map(|path| path.to_str().unwrap().to_owned());
    let output = forestable(Path::new("."), &["diff", &paths[0], &paths[1]]);
    assert!(text(&output.stdout).contains("Onal et al. 2018 is gone."), "{}", text(&output.stdout));
}

#[test]
fn a_state_that_is_not_there_is_named() {
    let folder = review();
    for revision in ["HEAD", "nonsense", "--output=x"] {
        let output = forestable(folder.path(), &["diff", "--", revision]);
        assert_eq!(output.status.code(), Some(2), "{revision}");
        assert!(text(&output.stderr).contains(revision), "{}", text(&output.stderr));
    }
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["commit", "--allow-empty", "-qm", "nothing"]);
    let output = forestable(folder.path(), &["diff"]);
    assert!(text(&output.stderr).contains("there was no `review.yaml`"), "{}", text(&output.stderr));
}

#[test]
fn faults_stop_the_comparison() {
    let (old, new) = (review(), review());
    let path = new.path().join("studies/trovo-2018.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("estimate: 53%", "estimate: 53")).unwrap();
    let paths = [old.path(), new.path()].map(|path| path.to_str().unwrap().to_owned());
    let forwards = forestable(Path::new("."), &["diff", &paths[0], &paths[1]]);
    assert_eq!(forwards.status.code(), Some(1));
    assert!(text(&forwards.stderr).contains("studies/trovo-2018.yaml:"), "{}", text(&forwards.stderr));
    let backwards = forestable(Path::new("."), &["diff", &paths[1], &paths[0]]);
    assert_eq!(backwards.status.code(), Some(0), "an earlier state may have had faults");
    assert!(text(&backwards.stderr).contains("1 error"), "{}", text(&backwards.stderr));
}

#[test]
fn a_build_ends_with_what_it_changed() {
    let folder = review();
    let build = || text(&forestable(folder.path(), &["build"]).stderr);
    assert!(!build().contains("last build"), "there was none");
    assert!(build().ends_with("nothing changed since the last build\n"));
    edit(folder.path());
    let words = build();
    for expected in
        ["since the last build changed:", "+ studies/example-2023.yaml", "2-year progression-free survival: "]
    {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    fs::write(folder.path().join("output/pooled.json"), "not JSON").unwrap();
    assert!(!build().contains("last build"), "an output that cannot be compared is not");
}

#[test]
fn changes_to_the_methods_are_told_by_their_names() {
    let (old, new) = (review(), review());
    let path = new.path().join("review.yaml");
    let text_of_review = fs::read_to_string(&path).unwrap();
    let changed =
        text_of_review.replace("tau2: REML", "tau2: DL").replace("  os-1y-breast: {", "  # a comment\n  os-1y-sole: {");
    fs::write(&path, changed.replace("analysis: os-1y-breast}", "analysis: os-1y-sole}")).unwrap();
    let paths = [old.path(), new.path()].map(|path| path.to_str().unwrap().to_owned());
    let markdown = text(&forestable(Path::new("."), &["diff", &paths[0], &paths[1], "--format", "markdown"]).stdout);
    let heads: Vec<&str> = markdown.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(heads, ["Changes to the methods", "Changes to the series", "Changes to the results"], "{markdown}");
    assert!(markdown.contains("- methods.tau2 REML → DL\n"), "{markdown}");
    assert!(
        markdown.contains("- analyses.os-1y-breast removed\n") && markdown.contains("- analyses.os-1y-sole added\n"),
        "{markdown}"
    );
    assert!(markdown.contains("\n13 series before, 13 now.\n"), "{markdown}");
    assert!(!markdown.contains("comment"), "{markdown}");
}

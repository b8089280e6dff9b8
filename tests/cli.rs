//! The program end to end: what a user types, what it prints, what it leaves on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A copy of this repository's review in a folder of its own.
fn review() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(root.join("review.yaml"), folder.path().join("review.yaml")).unwrap();
    for part in ["studies", "templates"] {
        copy_part(folder.path(), part);
    }
    folder
}

/// Copies the files of one folder of the review in this repository.
fn copy_part(folder: &Path, part: &str) {
    fs::create_dir(folder.join(part)).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(part)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.join(part).join(path.file_name().unwrap())).unwrap();
        }
    }
}

fn forestable(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestable")).arg("-C").arg(folder).args(args).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
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
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn build_is_the_default_and_gives_the_committed_output() {
    let folder = review();
    copy_part(folder.path(), "versions");
    let output = forestable(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let built = contents(&folder.path().join("output"));
    let committed = contents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("output"));
    assert_eq!(built.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in &built {
        assert!(committed[name] == *bytes, "output/{name} is not what a build gives; build and commit it");
    }
}

#[test]
fn two_builds_give_the_same_bytes() {
    let folder = review();
    assert_eq!(forestable(folder.path(), &["build"]).status.code(), Some(0));
    let first = contents(&folder.path().join("output"));
    assert_eq!(forestable(folder.path(), &["build"]).status.code(), Some(0));
    assert!(first == contents(&folder.path().join("output")));
}

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    use sha2::{Digest, Sha256};
    let folder = review();
    forestable(folder.path(), &["build"]);
    let built = contents(&folder.path().join("output"));
    let manifest: serde_json::Value = serde_json::from_slice(&built["manifest.json"]).unwrap();
    let listed: BTreeMap<&str, &str> = manifest["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["sha256"].as_str().unwrap()))
        .collect();
    assert_eq!(listed.len(), built.len() - 1, "every file but the manifest itself");
    for (name, bytes) in built.iter().filter(|(name, _)| *name != "manifest.json") {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(listed[name.as_str()], hash, "{name}");
    }
    let inputs = manifest["inputs"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap());
    assert_eq!(inputs.filter(|path| !path.starts_with("templates/")).count(), 14);
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_fault_stops_the_build_and_leaves_the_last_output() {
    let folder = review();
    forestable(folder.path(), &["build"]);
    let before = contents(&folder.path().join("output"));
    let path = folder.path().join("studies/trovo-2018.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("estimate: 53%", "estimate: 53");
    fs::write(&path, text).unwrap();
    let output = forestable(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("--> studies/trovo-2018.yaml:"), "{message}");
    assert!(message.contains("write 53% or 0.53"), "{message}");
    assert!(message.contains("nothing written"), "{message}");
    assert!(before == contents(&folder.path().join("output")));
}

#[test]
fn check_is_clean_and_writes_nothing() {
    let folder = review();
    let output = forestable(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!folder.path().join("output").exists());
}

#[test]
fn a_folder_without_a_review_could_not_run() {
    let folder = TempDir::new().unwrap();
    let output = forestable(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("review.yaml"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_two() {
    let folder = TempDir::new().unwrap();
    assert_eq!(forestable(folder.path(), &["biuld"]).status.code(), Some(2));
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = TempDir::new().unwrap();
    for command in [
        "build",
        "check",
        "init",
        "new",
        "adjudicate",
        "diff",
        "pool",
        "watch",
        "explain",
        "completions",
        "man",
        "schema",
    ] {
        let output = forestable(folder.path(), &[command, "--help"]);
        assert!(stdout(&output).contains("Example"), "{command}");
    }
}

#[test]
fn new_starts_a_file_that_check_guides_to_the_end() {
    let folder = review();
    assert_eq!(forestable(folder.path(), &["new", "piras-2022"]).status.code(), Some(0));
    let path = folder.path().join("studies/piras-2022.yaml");
    assert!(path.exists());
    assert_eq!(forestable(folder.path(), &["check"]).status.code(), Some(1), "the blanks are to be filled in");
    let before = fs::read(&path).unwrap();
    assert_ne!(forestable(folder.path(), &["new", "piras-2022"]).status.code(), Some(0), "never over a file");
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// What an author writes into the blanks of `new`, one line after another, from a (made-up) abstract.
const FILLED: &str = "\
reference:
  authors: [Example A, Sample B]
  title: Stereotactic radiotherapy of oligometastatic breast cancer
  journal: A Journal
  year: 2023
  doi: 10.1000/example
design: {timing: prospective, kind: phase 2}
follow_up: {median: 30 months}
cohorts:
  all:
    primary: breast
    patients: 50
    results:
      - {outcome: pfs, at: 2 years, estimate: 46%, ci: [32%, 59%], source: abstract, quote: 2-year PFS was 46%}
sources:
  abstract: {where: abstract, url: https://doi.org/10.1000/example}
";

#[test]
fn a_new_study_stands_in_table_plot_and_pool() {
    let folder = review();
    assert_eq!(forestable(folder.path(), &["build"]).status.code(), Some(0));
    let before = contents(&folder.path().join("output"));
    assert_eq!(forestable(folder.path(), &["new", "example-2023"]).status.code(), Some(0));
    fs::write(folder.path().join("studies/example-2023.yaml"), FILLED).unwrap();
    let checked = forestable(folder.path(), &["check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", stderr(&checked));
    assert!(
        stderr(&checked).contains("warning[W213]: 13 studies are included, `studies/` has 14"),
        "{}",
        stderr(&checked)
    );
    let path = folder.path().join("review.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("\"Citations\": 2", "\"Citations\": 3");
    fs::write(&path, text.replace("{studies: 13, reports: 13}", "{studies: 14, reports: 14}")).unwrap();
    let checked = forestable(folder.path(), &["check", "--strict"]);
    assert_eq!(checked.status.code(), Some(0), "{}", stderr(&checked));
    assert_eq!(forestable(folder.path(), &["build"]).status.code(), Some(0));
    let after = contents(&folder.path().join("output"));
    for file in ["tables/prospective.md", "figures/pfs-2y-forest.svg", "index.html"] {
        assert!(!String::from_utf8_lossy(&before[file]).contains("Example et al. 2023"), "{file}");
        assert!(String::from_utf8_lossy(&after[file]).contains("Example et al. 2023"), "{file}");
    }
    assert!(String::from_utf8_lossy(&after["pools/pfs-2y.csv"]).contains("example-2023,"));
    assert_eq!(before["pools/os-2y.csv"], after["pools/os-2y.csv"], "a pool that it does not report for is as it was");
}

#[test]
fn a_pool_without_an_answer_stops_the_build_at_its_analysis() {
    let folder = review();
    let path = folder.path().join("review.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("pfs-2y: {outcome: pfs,", "pfs-2y: {tau2: DL, interval: KR, outcome: pfs,");
    fs::write(&path, text).unwrap();
    let output = forestable(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("error[E401]") && message.contains("--> review.yaml:"), "{message}");
    assert!(!folder.path().join("output").exists());
}

#[test]
fn a_template_of_the_review_takes_the_place_of_the_built_in_one() {
    let folder = review();
    fs::write(folder.path().join("templates/table.md"), "MY OWN {{ table.caption }}\n").unwrap();
    assert_eq!(forestable(folder.path(), &["build"]).status.code(), Some(0));
    let table = fs::read_to_string(folder.path().join("output/tables/retrospective.md")).unwrap();
    assert_eq!(table, "MY OWN Review of the literature, retrospective series\n");
    fs::write(folder.path().join("templates/table.md"), "{{ table.capton }}\n").unwrap();
    let output = forestable(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("error[E501]") && message.contains("templates/table.md:1:"), "{message}");
}

#[test]
fn templates_are_listed_shown_and_copied_and_a_copy_is_never_written_over() {
    let folder = review();
    fs::remove_dir_all(folder.path().join("templates")).unwrap();
    let listed = forestable(folder.path(), &["template", "list"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("table.tex") && !listed.contains("the review's own"), "{listed}");
    let shown = forestable(folder.path(), &["template", "show", "table.md"]);
    assert_eq!(shown.stdout, include_bytes!("../templates/table.md"));

    assert_eq!(forestable(folder.path(), &["template", "eject", "table.md"]).status.code(), Some(0));
    let copy = folder.path().join("templates/table.md");
    assert_eq!(fs::read(&copy).unwrap(), shown.stdout);
    fs::write(&copy, "{{ table.captoin }}").unwrap();
    let again = forestable(folder.path(), &["template", "eject", "table.md"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&copy).unwrap(), "{{ table.captoin }}");
    let listed = forestable(folder.path(), &["template", "list"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains("a table in Markdown (the review's own)"));
    let built = forestable(folder.path(), &["build"]);
    let message = stderr(&built);
    assert!(message.contains("templates/table.md:1:10") && message.contains("caption"), "{message}");

    let unknown = forestable(folder.path(), &["template", "show", "tabel.md"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("write `table.md`"), "{}", stderr(&unknown));
}

#[test]
fn a_review_without_studies_is_none() {
    let folder = review();
    fs::remove_dir_all(folder.path().join("studies")).unwrap();
    let output = forestable(folder.path(), &["build", "--format", "short"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("review.yaml: error[E114]: there are no studies to review"),
        "{}",
        stderr(&output)
    );
    assert!(!folder.path().join("output").exists());
}

#[test]
fn ids_that_would_lead_out_of_the_output_are_refused() {
    let folder = review();
    let path = folder.path().join("review.yaml");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("\n  os-1y: ", "\n  ../os-1y: "),
        ("\n  retrospective:\n", "\n  /tmp/x:\n"),
        ("\n  os-panel: ", "\n  Os_Panel: "),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let output = forestable(folder.path(), &["build", "--format", "short"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("error[E112]: `"), "{to}: {}", stderr(&output));
        assert!(!folder.path().join("output").exists());
    }
}

#[test]
fn options_may_stand_before_the_command_that_is_not_said() {
    let folder = review();
    let here = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_forestable")).current_dir(folder.path()).args(args).output().unwrap()
    };
    let output = here(&["--format", "short"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains(" files written into output\n"), "{}", stderr(&output));
    let path = folder.path().join("studies/trovo-2018.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("estimate: 53%", "estimate: 53")).unwrap();
    for args in [
        &["--format", "short", "check"][..],
        &["check", "--format", "short"],
        &["--format", "json", "check", "--format", "short"],
    ] {
        assert!(stderr(&here(args)).starts_with("studies/trovo-2018.yaml:"), "{args:?}");
    }
    assert_eq!(here(&["--format", "short", "schema"]).status.code(), Some(2), "it would say nothing");
}

#[test]
fn a_change_of_what_is_registered_stops_until_the_amendment_that_is_asked_for_stands() {
    let folder = review();
    let path = folder.path().join("review.yaml");
    let text = fs::read_to_string(&path).unwrap();
    // As the command words it, the review's own block is what is there.
    let (before, rest) = text.split_once("\nregistered:").unwrap();
    let after = &rest[rest.find("\nfigures:").unwrap()..];
    fs::write(&path, format!("{before}{after}")).unwrap();
    let asked = ["--on", "2026-11-27", "--where", "this file: \"here\""];
    let ids = ["os-2y", "pfs-2y", "lc-2y", "toxicity-g2"];
    let block = stdout(&forestable(folder.path(), &[&["register"], &ids[..], &asked[..]].concat()));
    assert!(
        block.starts_with("registered:\n  date: 2026-11-27\n") && block.contains("    pfs-2y: {outcome: pfs"),
        "{block}"
    );
    let registered = format!("{before}{after}{block}");
    let check = |text: &str| {
        fs::write(&path, text).unwrap();
        let output = forestable(folder.path(), &["check"]);
        (output.status.code(), stderr(&output))
    };
    assert_eq!(check(&registered).0, Some(0), "what was just registered is what is made");
    let again = forestable(folder.path(), &[&["register"], &asked[..]].concat());
    assert_eq!((again.status.code(), stdout(&again).as_str()), (Some(1), ""), "nothing to append a second time");
    assert!(stderr(&again).contains("has a `registered` block already"), "{}", stderr(&again));
    let scoped = [
        ("  tau2: REML", "  tau2: PM"),
        ("  interval: mKH", "  interval: classic"),
        ("  prediction: HK", "  prediction: none"),
        ("  level: 95%", "  level: 90%"),
        ("  missing_precision: impute", "  missing_precision: sample-size"),
        ("  level: 95%", "  level: 95%\n  subgroup_tau2: separate\n  overlap_rule: most-recent\n  tau2_interval: PL"),
        ("dfs: {name: disease-free survival, pool: true}", "dfs: {name: disease-free survival, pool: false}"),
        ("kind: survival, mix: [unit, method]", "kind: survival, mix: [method]"),
        ("  pfs-2y: {outcome: pfs, at: 2 years,", "  pfs-2y: {outcome: pfs, at: 1 year, scale: logit, model: common,"),
        ("  pfs-2y: {outcome: pfs, at: 2 years,", "  pfs-2y: {outcome: os, at: 2 years, exclude: [onal-2018],"),
        (
            "  os-2y: {outcome: os, at: 2 years, cohort: [breast, any], group_by: timing,",
            "  os-2y: {outcome: os, at: 2 years, cohort: any, risk: [low], status: [verified, secondary],",
        ),
        ("  lc-2y: {outcome: lc,", "  lc-2y: {pick: {milano-2019: all}, outcome: lc,"),
    ];
    for (is, becomes) in scoped {
        let plan = &registered[..registered.len() - block.len()];
        assert!(plan.contains(is), "{is}");
        let changed = plan.replacen(is, becomes, 1) + &block;
        let (status, said) = check(&changed);
        if said.contains("error[E2") {
            panic!("{becomes}: {said}");
        }
        assert!(status == Some(1) && said.contains("error[E311]"), "{becomes}: {said}");
        let suggested = said.lines().filter_map(|line| line.split("under `amendments`: `").nth(1));
        let suggested: Vec<&str> = suggested.map(|words| words.trim_end_matches('`')).collect();
        assert_eq!(suggested.len(), said.matches("error[").count(), "{said}");
        let amendments = suggested
            .iter()
            .map(|one| format!("  - {}\n", one.replacen('…', "2026-12-01", 1).replacen('…', "a reason", 1)));
        let amended = format!("{changed}amendments:\n{}", amendments.collect::<String>());
        let (status, said) = check(&amended);
        assert_eq!(status, Some(0), "{becomes}: {said}");
        assert_eq!(
            check(&format!(
                "{registered}amendments:\n  - {}\n",
                suggested[0].replacen('…', "2026-12-01", 1).replacen('…', "a reason", 1)
            ))
            .0,
            Some(1),
            "an amendment that nothing follows"
        );
    }
}

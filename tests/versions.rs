//! A living review: versions recorded and read back, what changed in each, how much the next series could move, when to stop.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use forestable::diag::Diagnostic;
use forestable::evidence::lower;
use forestable::review::{Findings, Plan, Pool, Position, plan, run, shifts_by_size};
use forestable::source::load_files;
use tempfile::TempDir;

const REVIEW: &str = "\
title: A living review
vocabulary: {primary: {breast: Breast}}
outcomes:
  os: {name: Overall survival, short: OS, kind: survival}
  tox: {name: Toxicity, kind: proportion}
methods: {interval: mKH, prediction: HK}
analyses:
  os-2y: {outcome: os, at: 2 years, cohort: breast, group_by: timing}
  tox: {outcome: tox, cohort: breast}
tables:
  series: {outcomes: [os]}
";

/// A series of so many patients, half of them followed for two years.
fn study(family: &str, year: u32, patients: u32, percent: u32) -> String {
    format!(
        "reference:\n  authors: [{family} A]\n  title: A series of {family}\n  journal: A Journal\n  year: {year}\n  \
         doi: 10.1000/{family}{year}\ndesign: {{timing: retrospective}}\nfollow_up: {{median: 24 months}}\ncohorts:\n  all:\n    \
         primary: breast\n    patients: {patients}\n    results:\n      - {{outcome: os, at: 2 years, estimate: {percent}%, source: \
         abstract, quote: \"2-year OS was {percent}%\"}}\nsources:\n  abstract: {{where: abstract}}\n"
    )
}

fn folder(review: &str, studies: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (id, text) in studies {
        fs::write(folder.path().join(format!("studies/{id}.yaml")), text).unwrap();
    }
    folder
}

fn three() -> Vec<(&'static str, String)> {
    vec![
        ("able-2015", study("Able", 2015, 60, 60)),
        ("baker-2016", study("Baker", 2016, 80, 70)),
        ("cole-2017", study("Cole", 2017, 50, 55)),
    ]
}

fn forestable(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestable")).arg("-C").arg(folder).args(args).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn release(folder: &Path, version: &str, date: &str, more: &[&str]) -> Output {
    let args = [&["release", version, "--date", date, "--trigger", "A search"], more].concat();
    forestable(folder, &args)
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

/// Reads a review from texts, with what is wrong with it.
fn understood(files: &[(&str, String)]) -> (Findings, Plan, Vec<Diagnostic>) {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())).collect();
    let (raw, _, mut findings) = load_files(&files).unwrap();
    let (evidence, more) = lower(&raw);
    findings.extend(more);
    let (plan, more) = plan(&raw, &evidence);
    findings.extend(more);
    (run(&evidence, &plan), plan, findings)
}

#[test]
fn versions_are_recorded_and_a_build_tells_what_each_changed() {
    let before = folder(REVIEW, &three());
    assert!(release(before.path(), "1.0", "2026-01-15", &[]).status.success());
    let now = folder(REVIEW, &three());
    fs::create_dir(now.path().join("versions")).unwrap();
    fs::copy(before.path().join("versions/1.0.yaml"), now.path().join("versions/1.0.yaml")).unwrap();
    fs::write(now.path().join("studies/dunn-2020.yaml"), study("Dunn", 2020, 90, 90)).unwrap();
    let corrected = read(now.path(), "studies/able-2015.yaml").replace("60%", "65%");
    fs::write(now.path().join("studies/able-2015.yaml"), corrected).unwrap();
    fs::remove_file(now.path().join("studies/cole-2017.yaml")).unwrap();
    // The state must be that of the version before, whatever it is called.
    let other = release(now.path(), "1.1", "2026-04-01", &["--since", now.path().to_str().unwrap()]);
    assert_eq!(other.status.code(), Some(2));
    assert!(words(&other).contains("is not what version 1.0 recorded: the pool `os-2y`"), "{}", words(&other));
    let since = before.path().to_str().unwrap();
    let released = release(now.path(), "1.1", "2026-04-01", &["--since", since]);
    assert!(released.status.success(), "{}", words(&released));
    assert!(forestable(now.path(), &["build"]).status.success());
    let log = read(now.path(), "output/changes.md").replace('\\', "");
    let at = |text: &str| log.find(text).unwrap_or_else(|| panic!("no `{text}` in\n{log}"));
    assert!(at("## Version 1.1, 2026-04-01") < at("## Version 1.0, 2026-01-15"));
    at("3 series before, 3 now.");
    at("Dunn 2020 is new: retrospective, n = 90.");
    at("Able 2015 is corrected: 2-year OS 60% → 65%");
    at("Cole 2017 is gone.");
    // What the causes moved is what the pool moved.
    let pools: serde_json::Value = serde_yaml::from_str(&read(now.path(), "versions/1.1.yaml")).unwrap();
    let pool = |of: &serde_json::Value| of["pools"].as_array().unwrap()[0].clone();
    let earlier: serde_json::Value = serde_yaml::from_str(&read(now.path(), "versions/1.0.yaml")).unwrap();
    let moved: f64 =
        pool(&pools)["because"].as_array().unwrap().iter().map(|cause| cause["moved"].as_f64().unwrap()).sum();
    let estimate = |of: &serde_json::Value| pool(of)["estimate"].as_f64().unwrap();
    assert!((moved - (estimate(&pools) - estimate(&earlier))).abs() < 1e-9);
    // `diff` says the same of the same two states.
    let diff = forestable(now.path(), &["diff", since, "--format", "json"]);
    let diff: serde_json::Value = serde_json::from_slice(&diff.stdout).unwrap();
    for pool in diff["pools"].as_array().unwrap() {
        for part in ["before", "after", "because"] {
            at(pool[part].as_str().unwrap());
        }
    }
    assert!(!log.contains("Not released yet"));
    // Nothing is rebuilt otherwise: same files, same bytes.
    let table = read(now.path(), "output/tables/versions.csv");
    fs::write(now.path().join("studies/dunn-2020.yaml"), study("Dunn", 2020, 90, 80)).unwrap();
    assert!(forestable(now.path(), &["build", "--quiet"]).status.success());
    let log = read(now.path(), "output/changes.md");
    assert!(log.contains("## Not released yet") && log.contains("The file of Dunn 2020 is changed."), "{log}");
    assert_ne!(read(now.path(), "output/tables/versions.csv"), table);
}

#[test]
fn a_release_is_refused_that_would_tell_another_story() {
    let review = folder(REVIEW, &three());
    let refused = |version: &str, date: &str, more: &[&str], expected: &str| {
        let output = release(review.path(), version, date, more);
        assert!(!output.status.success() && words(&output).contains(expected), "{expected}: {}", words(&output));
    };
    refused("v1", "2026-01-15", &[], "`v1` is not a version");
    refused("1.0", "15/01/2026", &[], "is not a date");
    refused("1.0", "2026-01-15", &["--since", "."], "`--since` needs a version before this one");
    assert!(release(review.path(), "1.0", "2026-01-15", &[]).status.success());
    refused("1.0", "2026-02-01", &[], "version 1.0 is released already: add `--replace`");
    refused("0.9", "2026-02-01", &[], "version 1.0 is released already: take a later version");
    refused("1.1", "2026-01-01", &[], "2026-01-01 is before version 1.0 was released, 2026-01-15");
    assert!(release(review.path(), "1.0", "2026-01-16", &["--replace"]).status.success());
    assert!(read(review.path(), "versions/1.0.yaml").contains("date: 2026-01-16"));
    // 1.10 comes after 1.9, and a version without `--since` says that it has no causes.
    fs::write(review.path().join("studies/dunn-2020.yaml"), study("Dunn", 2020, 90, 90)).unwrap();
    let output = release(review.path(), "1.9", "2026-02-01", &[]);
    assert!(words(&output).contains("note: which change moved which pool is not recorded"), "{}", words(&output));
    assert!(release(review.path(), "1.10", "2026-03-01", &[]).status.success());
    // A study with an error is not released.
    fs::write(review.path().join("studies/eden-2021.yaml"), study("Eden", 2021, 90, 90).replace("90%", "90")).unwrap();
    let output = release(review.path(), "2.0", "2026-04-01", &[]);
    assert!(output.status.code() == Some(1) && !review.path().join("versions/2.0.yaml").exists());
}

#[test]
fn a_record_that_does_not_follow_from_the_one_before_is_refused() {
    let sum = "a".repeat(64);
    let version = |date: &str, studies: &[&str], changes: &str| {
        let studies: String = studies.iter().map(|id| format!("  {id}: {sum}\n")).collect();
        format!("date: {date}\ntrigger: A search\nstudies:\n{studies}changes: [{changes}]\npools: []\n")
    };
    let found = |first: String, second: String| -> Vec<(String, String)> {
        let mut files: Vec<(&str, String)> = vec![
            ("review.yaml", REVIEW.to_owned()),
            ("studies/able-2015.yaml", study("Able", 2015, 60, 60)),
            ("studies/baker-2016.yaml", study("Baker", 2016, 80, 70)),
        ];
        files.extend([("versions/1.0.yaml", first), ("versions/1.1.yaml", second)]);
        let (_, _, findings) = understood(&files);
        findings.iter().map(|finding| (finding.code.to_string(), finding.message.clone())).collect()
    };
    let added = "{kind: added, study: baker-2016}";
    let sound = found(version("2026-01", &["able-2015"], ""), version("2026-02", &["able-2015", "baker-2016"], added));
    assert!(sound.is_empty(), "{sound:?}");
    for (second, code, message) in [
        (version("2025-12", &["able-2015"], ""), "E205", "version 1.1 is older than version 1.0"),
        (version("2026-02", &["able-2015", "baker-2016"], ""), "E241", "was not in version 1.0, and no change adds it"),
        (version("2026-02", &["able-2015"], "{kind: added, study: able-2015}"), "E241", "is added again"),
        (version("2026-02", &["able-2015"], added), "E241", "is changed, and this version does not include it"),
        (version("2026-02", &["baker-2016"], added), "E241", "was in version 1.0, and no change removes it"),
        (version("2026-02", &["able-2015"], "{kind: added}"), "E107", "a study is added, and it is not said which"),
    ] {
        let found = found(version("2026-01", &["able-2015"], ""), second);
        assert!(found.iter().any(|(c, m)| c == code && m.contains(message)), "{message}: {found:?}");
    }
}

fn living(rule: &str, studies: &[(&str, String)]) -> (Findings, Plan) {
    let review = format!("{REVIEW}living: {{new_series: 50, {rule}}}\n");
    let mut files: Vec<(String, String)> = vec![("review.yaml".to_owned(), review)];
    files.extend(studies.iter().map(|(id, text)| (format!("studies/{id}.yaml"), text.clone())));
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    let (findings, plan, faults) = understood(&files);
    assert!(faults.is_empty(), "{faults:?}");
    (findings, plan)
}

#[test]
fn the_next_series_moves_a_pool_as_the_pool_with_it_says() {
    let (findings, _) = living("", &three());
    let found = findings.analysis("os-2y").unwrap();
    let next = &found.next[0];
    assert_eq!((next.k, next.group.is_none(), next.follow_up.unwrap().0), (3, true, 24.0));
    let (lower, upper) = found.pool.estimated().unwrap().prediction.unwrap();
    let at: Vec<(Position, f64)> =
        next.scenarios.iter().map(|scenario| (scenario.position, scenario.proportion)).collect();
    let pooled = found.pool.estimated().unwrap().estimate;
    assert_eq!(at, [(Position::Lower, lower), (Position::Pooled, pooled), (Position::Upper, upper)]);
    // A series of 50 that was really published at that place does the same: as many decimals as a file can hold.
    for scenario in &next.scenarios {
        let mut studies = three();
        let percent = format!("{:.10}%", 100.0 * scenario.proportion);
        studies
            .push(("dunn-2020", study("Dunn", 2020, 50, 90).replace("estimate: 90%", &format!("estimate: {percent}"))));
        let (with, _) = living("", &studies);
        let then = with.analysis("os-2y").unwrap().pool.estimated().copied().unwrap();
        let expected = scenario.then.unwrap();
        assert!((then.estimate - expected.estimate).abs() < 1e-7, "{then:?} {expected:?}");
        assert!((scenario.shift.unwrap() - (then.estimate - pooled)).abs() < 1e-7);
        assert!((then.upper - then.lower - (expected.upper - expected.lower)).abs() < 1e-6);
        let entry =
            with.analysis("os-2y").unwrap().entries.iter().find(|entry| entry.key.study == "dunn-2020").unwrap();
        let p = entry.effect.proportion;
        assert!((scenario.se - (p * (1.0 - p) / entry.effect.effective).sqrt()).abs() < 1e-7);
    }
}

#[test]
fn a_larger_series_moves_a_pool_further() {
    let files: BTreeMap<String, Vec<u8>> = [("review.yaml".to_owned(), REVIEW.as_bytes().to_vec())]
        .into_iter()
        .chain(three().into_iter().map(|(id, text)| (format!("studies/{id}.yaml"), text.into_bytes())))
        .collect();
    let (raw, ..) = load_files(&files).unwrap();
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let findings = run(&evidence, &plan);
    let shifts = shifts_by_size(&evidence, findings.analysis("os-2y").unwrap(), &[10, 50, 400]);
    let upper = |index: usize| shifts[index].1.iter().find(|(position, _)| *position == Position::Upper).unwrap().1;
    assert!(0.0 < upper(0) && upper(0) < upper(1) && upper(1) < upper(2), "{shifts:?}");
    // Not a living review: nothing is asked of its pools.
    assert!(findings.analysis("os-2y").unwrap().next.is_empty());
}

#[test]
fn the_signal_is_given_where_every_declared_limit_is_kept() {
    let signal = |rule: &str| {
        living(&format!("stop_when: {{{rule}, reason: tried}}"), &three()).0.analysis("os-2y").unwrap().next[0].signal
    };
    let of = |rule: &str| signal(rule).unwrap();
    assert!(of("shift_below: 50 points").is_given());
    assert!(!of("shift_below: 0.01 points").is_given());
    let both = of("shift_below: 50 points, width_below: 1 point");
    assert!(!both.is_given() && both.shift.unwrap().1 && !both.width.unwrap().1 && both.narrowing.is_none());
    assert!(of("narrowing_below: 90 points").is_given());
    // None is built in.
    assert!(living("", &three()).0.analysis("os-2y").unwrap().next[0].signal.is_none());
}

#[test]
fn with_few_series_it_is_said_what_does_not_exist() {
    let rule = "stop_when: {shift_below: 50 points, reason: tried}";
    let next = |studies: &[(&str, String)]| living(rule, studies).0.analysis("os-2y").unwrap().next[0].clone();
    let two = next(&three()[..2]);
    assert_eq!(two.scenarios.iter().map(|scenario| scenario.position).collect::<Vec<_>>(), [Position::Pooled]);
    assert!(two.now.unwrap().prediction.is_none() && two.signal.is_none());
    let one = next(&three()[..1]);
    assert!(one.now.is_none() && one.scenarios.is_empty() && one.signal.is_none());
    let findings = living(rule, &three()).0;
    let none = &findings.analysis("tox").unwrap();
    assert!(matches!(none.pool, Pool::Empty) && none.next[0].k == 0 && none.next[0].now.is_none());
    let review = folder(&format!("{REVIEW}living: {{{rule}}}\n"), &three()[..2]);
    assert!(forestable(review.path(), &["build", "--quiet"]).status.success());
    let table = read(review.path(), "output/tables/next-series.md");
    assert!(table.contains("cannot be judged: no prediction interval") && table.contains("no series"), "{table}");
}

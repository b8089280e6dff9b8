//! Every code has a faulty file in `tests/checks/` that shows exactly the findings it must give.
//!
//! A case is a study beside the sound ones in `tests/checks/base`; `# as: PATH` in its first line puts it elsewhere. A
//! comment underlines the expected words of the line above it and names the code: `#   ^^^ E204`. (At the start of a line
//! the `#` itself counts as an underline; a code without underline means the file as a whole.)

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use forestable::diag::render::{Colour, full, resolve};
use forestable::diag::{Diagnostic, Severity, codes};
use forestable::evidence::{accept, check, lower};
use forestable::report::page::Block;
use forestable::report::{assemble, unprintable};
use forestable::review::{self, plan, run};
use forestable::source::{Sources, load};

/// Codes whose fault is not in a study or a review: a link, a folder without studies (`tests/cli.rs`), a row of a table
/// (`tests/pool.rs`), a pool without an answer or a verdict (`tests/cli.rs`), a digitised curve (`tests/curves.rs`), a template (`tests/page`), a
/// manuscript (`tests/manuscript`).
const WITHOUT_FILE: [&str; 16] = [
    "E113", "E114", "E219", "E225", "E226", "E302", "E401", "E501", "E601", "E602", "E603", "E604", "E605", "E606",
    "E607", "W401",
];

/// Code, line, first and last column (the character after); no position for a whole file.
type Expected = (String, Option<(usize, usize, usize)>);

struct Case {
    name: String,
    content: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| Case { name: name(path), content: fs::read(path).unwrap() }).collect()
}

impl Case {
    fn code(&self) -> &str {
        &self.name[..4]
    }

    /// Where the case stands in the review.
    fn file(&self) -> String {
        let text = String::from_utf8_lossy(&self.content);
        let file = text.lines().next().and_then(|line| line.strip_prefix("# as: "));
        file.unwrap_or("studies/case-2021.yaml").to_owned()
    }

    fn findings(&self) -> (Vec<Diagnostic>, Sources) {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
        let review = tempfile::tempdir().unwrap();
        fs::create_dir_all(review.path().join("studies/curves")).unwrap();
        fs::create_dir(review.path().join("versions")).unwrap();
        for file in ["review.yaml", "studies/base-2020.yaml"] {
            fs::copy(base.join(file), review.path().join(file)).unwrap();
        }
        let curve = "curves/base.csv";
        if String::from_utf8_lossy(&self.content).contains(curve) {
            fs::copy(base.join("..").join(curve), review.path().join("studies").join(curve)).unwrap();
        }
        fs::write(review.path().join(self.file()), &self.content).unwrap();
        findings(review.path())
    }

    fn expected(&self) -> BTreeSet<Expected> {
        let text = String::from_utf8_lossy(&self.content);
        let mut expected = BTreeSet::new();
        let mut line = 0;
        for (index, words) in text.lines().enumerate() {
            match annotation(words) {
                Some((code, Some((start, end)))) => expected.insert((code, Some((line, start, end)))),
                Some((code, None)) => expected.insert((code, None)),
                None => {
                    line = index + 1;
                    false
                }
            };
        }
        expected
    }
}

fn annotation(line: &str) -> Option<(String, Option<(usize, usize)>)> {
    let comment = line.trim_start().strip_prefix('#')?.trim_start();
    let code = comment.trim_start_matches('^').trim_start();
    if !codes::RULES.iter().any(|rule| rule.code.0 == code) {
        return None;
    }
    let carets = comment.chars().take_while(|character| *character == '^').count();
    if carets == 0 {
        return Some((code.to_owned(), None));
    }
    let first = line.chars().position(|character| character == '^').unwrap();
    let start = if first == 1 { 0 } else { first };
    Some((code.to_owned(), Some((start + 1, first + carets + 1))))
}

fn findings(root: &Path) -> (Vec<Diagnostic>, Sources) {
    let (raw, sources, mut findings) = load(root).unwrap();
    let (evidence, faults) = lower(&raw);
    findings.extend(faults);
    findings.extend(check(&evidence));
    let (plan, faults) = plan(&raw, &evidence);
    findings.extend(faults);
    findings.extend(unprintable(&evidence, &plan));
    if findings.iter().all(|finding| finding.severity == Severity::Warning) {
        findings.extend(review::faults(&plan, &run(&evidence, &plan)));
    }
    (accept(&evidence, findings).open, sources)
}

#[test]
fn every_faulty_file_gives_exactly_its_findings() {
    let mut failures = Vec::new();
    for case in cases() {
        let (diagnostics, sources) = case.findings();
        let resolved = resolve(&diagnostics, &sources);
        let found: BTreeSet<Expected> = resolved
            .iter()
            .map(|finding| {
                assert_eq!(finding.diagnostic.primary.place.file, case.file(), "{}", case.name);
                let position = finding.primary.as_ref().map(|located| {
                    let (start, end) = (located.start(), located.end());
                    (start.line, start.column, end.column)
                });
                (finding.diagnostic.code.to_string(), position)
            })
            .collect();
        let expected = case.expected();
        assert!(expected.iter().any(|(code, _)| code == case.code()), "{} shows no {}", case.name, case.code());
        if found != expected {
            let text = full(&resolved, Colour::Plain);
            failures.push(format!("{}: expected {expected:?}\nfound {found:?}\n{text}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_has_a_case_and_an_explanation() {
    let cases = cases();
    for rule in codes::RULES {
        let code = rule.code.0;
        assert!(WITHOUT_FILE.contains(&code) || cases.iter().any(|case| case.code() == code), "{code} has no case");
        for heading in ["# ", "## What it finds", "## Why it matters", "## Example", "## How to mend it"] {
            assert!(rule.page.contains(heading), "the page of {code} has no `{heading}`");
        }
        assert!(rule.page.starts_with(&format!("# {code}: {}\n", rule.title)), "the page of {code} has another title");
    }
}

#[test]
fn findings_read_as_they_always_did() {
    let text: String = cases()
        .iter()
        .map(|case| {
            let (diagnostics, sources) = case.findings();
            format!("──── {}\n{}\n", case.name, full(&resolve(&diagnostics, &sources), Colour::Plain))
        })
        .collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_review_sets_how_much_a_finding_weighs() {
    let case = cases().into_iter().find(|case| case.name == "W203").unwrap();
    let weighed = |severity: &str| -> Vec<(String, Severity)> {
        let review = tempfile::tempdir().unwrap();
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
        fs::create_dir(review.path().join("studies")).unwrap();
        fs::copy(base.join("studies/base-2020.yaml"), review.path().join("studies/base-2020.yaml")).unwrap();
        let rising = String::from_utf8_lossy(&case.content).replace(
            "results:",
            "results:\n      - {outcome: os, at: 1 year, estimate: 60%, source: abstract, quote: \"…\"}\n      \
             - {outcome: os, at: 2 years, estimate: 70%, source: abstract, quote: \"…\"}",
        );
        fs::write(review.path().join("studies/case-2021.yaml"), rising).unwrap();
        let protocol = fs::read_to_string(base.join("review.yaml")).unwrap();
        fs::write(review.path().join("review.yaml"), format!("{protocol}\nseverity: {severity}\n")).unwrap();
        let (mut found, _) = findings(review.path());
        found.sort_by_key(|finding| finding.code);
        found.into_iter().map(|finding| (finding.code.to_string(), finding.severity)).collect()
    };
    let (error, warning) = (Severity::Error, Severity::Warning);
    let of = |expected: &[(&str, Severity)]| -> Vec<(String, Severity)> {
        expected.iter().map(|(code, severity)| ((*code).to_owned(), *severity)).collect()
    };
    assert_eq!(weighed("[]"), of(&[("E220", error), ("W203", warning), ("W203", warning)]));
    assert_eq!(
        weighed("[{code: W203, is: error}, {code: E220, is: warning, reason: two curves}]"),
        of(&[("E220", warning), ("W203", error), ("W203", error)])
    );
    assert_eq!(weighed("[{code: W203, is: off, reason: rates of those evaluable}]"), of(&[("E220", error)]));
    assert_eq!(
        weighed("[{code: E220, is: off}]"),
        of(&[("E107", error), ("E220", error), ("W203", warning), ("W203", warning)]),
        "not without a reason"
    );
}

#[test]
fn the_report_prints_why_a_finding_is_accepted_or_weighs_less() {
    let review = tempfile::tempdir().unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
    fs::create_dir(review.path().join("studies")).unwrap();
    fs::copy(base.join("studies/base-2020.yaml"), review.path().join("studies/base-2020.yaml")).unwrap();
    let protocol = fs::read_to_string(base.join("review.yaml")).unwrap();
    let set = "exceptions: [{code: W203, study: base-2020, reason: rates of those evaluable}]\n\
               severity: [{code: W210, is: off, reason: endpoints are mixed on purpose}, {code: W208, is: error}]\n";
    fs::write(review.path().join("review.yaml"), protocol + set).unwrap();
    let (raw, ..) = load(review.path()).unwrap();
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let report = assemble(&evidence, &plan, &run(&evidence, &plan));
    let section = report.page.sections.iter().find(|section| section.id == "exceptions").unwrap();
    let [Block::Facts(facts)] = &section.blocks[..] else { panic!("a list of facts") };
    let facts: Vec<_> = facts.iter().map(|fact| (fact.term.as_str(), fact.text.as_str())).collect();
    assert_eq!(
        facts,
        [
            ("Base et al. 2020, W203", "rates of those evaluable"),
            ("W210 (one curve under two endpoints), not reported", "endpoints are mixed on purpose"),
        ]
    );
}

#[test]
fn a_sound_review_gives_no_finding() {
    let (diagnostics, _) = findings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base"));
    assert_eq!(diagnostics, []);
}

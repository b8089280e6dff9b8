//! Digitised curves in a review: read, checked cell by cell, reconstructed, pooled.

use std::fs;

use forestable::diag::render::resolve;
use forestable::diag::{Diagnostic, Severity};
use forestable::effect::{PrecisionGrade, Rung};
use forestable::evidence::Evidence;
use forestable::review::{AnalysisFindings, Findings, Plan, Reason};
use forestable::source::Sources;
use forestable::survival::{Exit, KaplanMeier, Subject};
use forestable::{evidence, report, review, source};
use tempfile::TempDir;

const REVIEW: &str = "
title: A review with a curve
vocabulary: {primary: {any: Any}}
outcomes: {os: {name: Overall survival, short: OS, kind: survival}}
analyses:
  os-1y: {outcome: os, at: 1 year, cohort: any}
  os-2y: {outcome: os, at: 2 years, cohort: any}
  os-10y: {outcome: os, at: 10 years, cohort: any}
";

/// Forty patients: every third is censored, at times that spread over four years.
fn patients() -> Vec<Subject> {
    let exit = |i: u32| if i.is_multiple_of(3) { Exit::Censored } else { Exit::Event };
    (1..=40).map(|i| Subject { time: f64::from((i * 29) % 49) + 0.5, exit: exit(i) }).collect()
}

/// What a journal prints of them: the curve at every month to three decimals.
fn curve(truth: &KaplanMeier) -> String {
    let row = |month: u32| format!("{month},{:.3}\n", truth.at(f64::from(month)).unwrap().survival);
    (0..48).map(row).fold("time,survival\n".to_owned(), |text, row| text + &row)
}

fn at_risk(truth: &KaplanMeier) -> String {
    let row = |month: u32| format!("{month} months: {}", truth.at(f64::from(month)).unwrap().at_risk);
    let rows: Vec<String> = [12, 24, 36].map(row).into();
    format!("{{0: 40, {}}}", rows.join(", "))
}

struct Read {
    evidence: Evidence,
    plan: Plan,
    findings: Vec<Diagnostic>,
    sources: Sources,
}

/// Reads a review of one study with these results, beside this curve.
fn read(results: &str, curve: &str) -> Read {
    let folder = TempDir::new().unwrap();
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    fs::create_dir_all(folder.path().join("studies/curves")).unwrap();
    write("review.yaml", REVIEW);
    write("studies/curves/os.csv", curve);
    let study = format!(
        "reference: {{authors: [Curve A], title: T, journal: J, year: 2020, doi: 10.1/c}}\n\
         design: {{timing: prospective}}\n\
         follow_up: {{median: 30 months}}\n\
         cohorts:\n  all:\n    primary: any\n    patients: 40\n    results:\n{results}\n"
    );
    write("studies/curve-2020.yaml", &study);
    let (raw, sources, mut findings) = source::load(folder.path()).unwrap();
    let (evidence, more) = evidence::lower(&raw);
    findings.extend(more);
    findings.extend(evidence::check(&evidence));
    let (plan, more) = review::plan(&raw, &evidence);
    findings.extend(more);
    findings.retain(|finding| finding.severity == Severity::Error || finding.code.0 == "W101");
    Read { evidence: review::digitise(evidence, &plan), plan, findings, sources }
}

fn run(results: &str, curve: &str) -> (Findings, Evidence) {
    let read = read(results, curve);
    assert_eq!(read.findings, []);
    (review::run(&read.evidence, &read.plan), read.evidence)
}

fn rung(found: &AnalysisFindings) -> Rung {
    found.entries[0].effect.rung
}

#[test]
fn a_curve_gives_the_rates_the_median_and_their_precision() {
    let truth = KaplanMeier::new(&patients()).unwrap();
    let result = format!("      - {{outcome: os, curve: curves/os.csv, at_risk: {}}}", at_risk(&truth));
    let (findings, evidence) = run(&result, &curve(&truth));
    for (id, months) in [("os-1y", 12.0), ("os-2y", 24.0)] {
        let found = findings.analysis(id).unwrap();
        let expected = truth.at(months).unwrap();
        assert!((found.entries[0].effect.proportion - expected.survival).abs() < 0.005, "{id}");
        let Rung::Digitised(digitised) = rung(found) else { panic!("{:?}", rung(found)) };
        assert_eq!((rung(found).grade(), digitised.at_risk), (PrecisionGrade::D, 4));
        assert!((digitised.se / expected.se.unwrap() - 1.0).abs() < 0.05, "{id}: {digitised:?}");
        assert!(digitised.rms_distance <= digitised.max_distance && digitised.max_distance < 0.02);
    }
    assert_eq!(
        findings.analysis("os-10y").unwrap().left_out[0].reason,
        Reason::OtherTimes(vec![forestable::evidence::Months(12.0), forestable::evidence::Months(24.0)])
    );
    let (_, median) = &findings.medians[0].series[0].published;
    let median = median.median.value().unwrap().0;
    assert!((median - truth.median().unwrap()).abs() <= 1.0, "{median}");
    let read = &findings.curves[0];
    assert_eq!(read.reconstruction.subjects.len(), 40);
    let page = report::assemble(&evidence, &review::Plan::default(), &findings);
    let table = |id: &str| page.tables.iter().find(|table| table.id == id).unwrap();
    assert_eq!(table("curves").rows.len(), 1);
    let obtained: Vec<&str> = table("precision").rows.iter().map(|row| row.cells[5].text.as_str()).collect();
    assert!(obtained.iter().all(|words| words.starts_with("Digitised curve with 4 numbers at risk")), "{obtained:?}");
}

#[test]
fn what_is_printed_stays_and_takes_its_precision_from_the_curve() {
    let truth = KaplanMeier::new(&patients()).unwrap();
    let result = format!(
        "      - {{outcome: os, at: 2 years, estimate: 50%}}\n      \
         - {{outcome: os, at: 1 year, estimate: 76%, se: 7%}}\n      \
         - {{outcome: os, curve: curves/os.csv, at_risk: {}}}",
        at_risk(&truth)
    );
    let (findings, _) = run(&result, &curve(&truth));
    let found = findings.analysis("os-2y").unwrap();
    assert_eq!((found.entries[0].effect.proportion, rung(found).grade()), (0.5, PrecisionGrade::D));
    assert_eq!(rung(findings.analysis("os-1y").unwrap()).grade(), PrecisionGrade::A);
    // The printed standard error is predicted from the curve, in the honesty table.
    assert_eq!(findings.predictions[0].imputed[0].0, PrecisionGrade::D);
}

#[test]
fn without_numbers_at_risk_a_curve_gives_its_rates_and_no_precision() {
    let truth = KaplanMeier::new(&patients()).unwrap();
    let (findings, _) = run("      - {outcome: os, curve: curves/os.csv}", &curve(&truth));
    let found = findings.analysis("os-2y").unwrap();
    assert!((found.entries[0].effect.proportion - truth.at(24.0).unwrap().survival).abs() < 0.01);
    assert_eq!(rung(found).grade(), PrecisionGrade::M);
    assert!(findings.medians[0].series[0].effect.is_none());
    let events = "      - {outcome: os, curve: curves/os.csv, total_events: 27}";
    let (findings, _) = run(events, &curve(&truth));
    assert_eq!(rung(findings.analysis("os-2y").unwrap()).grade(), PrecisionGrade::D);
}

#[test]
fn the_unit_of_time_is_heeded() {
    let years = "time,survival\n0,100%\n1,80%\n2,60%\n4,40%\n";
    let result = "      - {outcome: os, curve: curves/os.csv, time_unit: years, at_risk: {0: 40, 2 years: 20}}";
    let (findings, _) = run(result, years);
    assert!((findings.analysis("os-2y").unwrap().entries[0].effect.proportion - 0.6).abs() < 0.02);
}

/// Returns the findings as `CODE FILE:LINE:COLUMN words`.
fn faults(results: &str, curve: &str) -> Vec<String> {
    let read = read(results, curve);
    let resolved = resolve(&read.findings, &read.sources);
    let words = resolved.iter().map(|finding| {
        let place = finding.primary.as_ref().map_or_else(String::new, |located| {
            format!(":{}:{} {}", located.start().line, located.start().column, located.words())
        });
        format!("{} {}{place}", finding.diagnostic.code, finding.diagnostic.primary.place.file)
    });
    words.collect()
}

#[test]
fn faults_of_a_curve_are_shown_in_its_cells() {
    let result = "      - {outcome: os, curve: curves/os.csv, at_risk: {0: 40}}";
    let file = "studies/curves/os.csv";
    for (curve, found) in [
        ("time,survival\n0,1\n12,0.8\n6,0.7\n", vec![format!("E225 {file}:4:1 6")]),
        ("time,survival\n0,1\n12,0.8\n24,0.9\n", vec![format!("E220 {file}:4:4 0.9")]),
        ("time,survival\n0,1\n12,80\n24,60\n", vec![format!("E201 {file}:3:4 80")]),
        ("time,survival\n0,1\n12,-0.2\n", vec![format!("E201 {file}:3:4 -0.2")]),
        ("time,survival\n0,1\n12,120%\n", vec![format!("E201 {file}:3:4 120%")]),
        ("time,survival\n0,1\n,0.8\n", vec![format!("E108 {file}:3:1 ,")]),
        ("time,survival\n0,1\n-3,0.8\n", vec![format!("E202 {file}:3:1 -3")]),
        ("time,survival\n0,1\n12,\n", vec![format!("E108 {file}:3:4")]),
        ("time,survival\n0,1\nsix,0.8\n", vec![format!("E208 {file}:3:1 six")]),
        ("time;survival\n0;1\n6;0,8\n", vec![format!("E208 {file}:3:3 0,8")]),
        ("month,survival\n0,1\n", vec![format!("E107 {file}:1:1 month,survival")]),
        ("time,survival\n", vec![format!("E103 {file}")]),
        ("", vec![format!("E103 {file}"), format!("E107 {file}:1:1"), format!("E107 {file}:1:1")]),
    ] {
        let said = faults(result, curve);
        assert_eq!(said.len(), found.len(), "{curve}: {said:?}");
        for (said, found) in said.iter().zip(&found) {
            assert!(said.starts_with(found.trim_end_matches(" ,")), "{curve}: {said}");
        }
    }
}

#[test]
fn faults_beside_a_curve_are_shown_in_the_study() {
    let sound = "time,survival\n0,1\n12,0.8\n24,0.6\n";
    for (result, found) in [
        ("at_risk: {0: 40, 12 months: 30, 24 months: 31}", "E226 studies/curve-2020.yaml:9:88 31"),
        ("at_risk: {0: 40, 24 months: 30, 12 months: 20}", "E225 studies/curve-2020.yaml:9:77 12 months"),
        ("at_risk: {0: 41}", "E204 studies/curve-2020.yaml:9:"),
        ("total_events: 41", "E204 studies/curve-2020.yaml:9:"),
        ("time_unit: fortnights", "E202 studies/curve-2020.yaml:9:"),
    ] {
        let said = faults(&format!("      - {{outcome: os, curve: curves/os.csv, {result}}}"), sound);
        assert!(said.len() == 1 && said[0].starts_with(found), "{result}: {said:?}");
    }
    let said = faults("      - {outcome: os, curve: curves/pfs.csv}", sound);
    let unread = "W101 studies/curves/os.csv";
    assert!(said.len() == 2 && said[0].starts_with("E219 studies/curve-2020.yaml:9:") && said[1] == unread, "{said:?}");
}

//! Doses as figures: BED and EQD2 in tables and in regressions, ranges and shares, the rule of ten series.

use std::collections::BTreeMap;

use forestable::diag::Severity;
use forestable::evidence::{Evidence, Gray, NoDose, lower};
use forestable::report::table::Table;
use forestable::review::{Findings, Moderator, NoRegression, moderator_number, plan, run};
use forestable::source::load_files;
use forestable::{num, report};

/// A review of series whose 2-year local control and treatment are these.
fn review(analysis: &str, more: &str, studies: &[(u32, String)]) -> (Evidence, Findings, report::Report) {
    let review = format!(
        "title: A review of doses\nvocabulary: {{primary: {{breast: Breast}}}}\noutcomes:\n  lc: {{name: Local control, short: LC, \
         kind: survival}}\nanalyses:\n  lc-2y: {{outcome: lc, at: 2 years, cohort: breast{analysis}}}\n{more}"
    );
    let mut files = BTreeMap::from([("review.yaml".to_owned(), review.into_bytes())]);
    for (index, (percent, treatment)) in studies.iter().enumerate() {
        let letter = char::from(b'a' + u8::try_from(index).unwrap());
        let text = format!(
            "reference: {{authors: [{}name A], title: Series {letter}, journal: J, year: {}, doi: 10.1/{letter}}}\ndesign: {{timing: \
             retrospective}}\n{treatment}\ncohorts:\n  all:\n    primary: breast\n    patients: 300\n    results:\n      - {{outcome: lc, at: 2 \
             years, estimate: {percent}%, se: 5%, source: abstract, quote: \"{percent}%\"}}\nsources:\n  abstract: {{where: abstract}}\n",
            letter.to_ascii_uppercase(),
            2008 + index,
        );
        files.insert(format!("studies/{letter}name-{}.yaml", 2008 + index), text.into_bytes());
    }
    let (raw, _, mut findings) = load_files(&files).unwrap();
    let (evidence, more) = lower(&raw);
    findings.extend(more);
    let (plan, more) = plan(&raw, &evidence);
    findings.extend(more);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let found = run(&evidence, &plan);
    let report = report::assemble(&evidence, &plan, &found);
    (evidence, found, report)
}

fn schedule(dose: &str, fractions: &str) -> String {
    format!("treatment: {{schedules: [{{dose: {dose}, fractions: {fractions}, source: abstract}}]}}")
}

/// Series whose local control rises with the dose in three fractions.
fn rising(series: u32) -> Vec<(u32, String)> {
    (0..series).map(|i| (60 + 3 * i, schedule(&format!("{} Gy", 30 + 3 * i), "3"))).collect()
}

fn cell(table: &Table, row: usize, column: &str) -> String {
    let at = table.columns.iter().position(|known| known.id == column).unwrap();
    table.rows[row].cells[at].text.clone()
}

fn table<'a>(report: &'a report::Report, id: &str) -> &'a Table {
    report.tables.iter().find(|table| table.id == id).unwrap()
}

fn footer(report: &report::Report, id: &str) -> String {
    let figure = &report.figures.iter().find(|plot| plot.id == id).unwrap().figure;
    serde_json::to_string(figure).unwrap()
}

#[test]
fn characteristics_print_what_a_schedule_is_worth() {
    let range = "treatment: {dose: 24–60 Gy, fractions: 3–8}".to_owned();
    let words = "treatment: {dose: \"54 Gy\", fractions: \"3\"}".to_owned();
    let vague = "treatment: {dose: \"median 45 Gy (12–60)\", fractions: \"median 3 (1–5)\"}".to_owned();
    let two = "treatment: {schedules: [{dose: 45 Gy, fractions: 3, share: 80%, technique: SBRT, source: abstract}, {dose: 60 Gy, \
               fractions: 25, share: 20%, technique: IMRT, source: abstract}]}"
        .to_owned();
    let at = "treatment: {schedules: [{dose: 4000 cGy, fractions: 4, statistic: median, prescribed_to: 80% isodose, source: abstract}]}"
        .to_owned();
    let studies = [(80, range), (81, words), (82, vague), (83, two), (84, at), (85, "definition: none".to_owned())];
    let (evidence, _, report) = review("", "", &studies);
    let characteristics = table(&report, "characteristics");
    let column = |id: &str| -> Vec<String> { (0..6).map(|row| cell(characteristics, row, id)).collect() };
    assert_eq!(
        column("bed"),
        [
            "31.2–180",
            "151.2",
            "–",
            "112.5 (80%, SBRT); 74.4 (20%, IMRT)",
            "80 (at the medians, prescribed to the 80% isodose)",
            "–"
        ]
    );
    assert_eq!(column("eqd2")[1], "126");
    assert_eq!(column("dose"), ["24–60 Gy", "54 Gy", "median 45 Gy (12–60)", "45 Gy; 60 Gy", "40 Gy", "–"]);
    assert_eq!(column("fractions")[3..5], ["3; 25", "4"]);
    let given: Vec<Result<f64, NoDose>> = evidence
        .studies
        .iter()
        .map(|study| study.given(&study.cohorts[0], Gray(10.0)).map(|given| given.bed.0))
        .collect();
    // By hand: 54 × (1 + 18/10); 0.8 × 45 × 2.5 + 0.2 × 60 × 1.24; 40 × (1 + 10/10).
    let expected = [None, Some(151.2), None, Some(0.8 * 112.5 + 0.2 * 74.4), Some(80.0), None];
    for (given, expected) in given.iter().zip(expected) {
        assert!(given.ok().zip(expected).is_none_or(|(a, b)| (a - b).abs() < 1e-9), "{given:?} {expected:?}");
        assert_eq!(given.is_ok(), expected.is_some());
    }
    assert_eq!((given[0], given[2]), (Err(NoDose::Range), Err(NoDose::NotEntered)));
    // Another α/β is another dose under another name.
    let (_, _, report) = review("", "radiotherapy: {alpha_beta: 4 Gy}\n", &studies[1..2]);
    let characteristics = table(&report, "characteristics");
    assert_eq!(cell(characteristics, 0, "bed"), "297");
    assert!(characteristics.columns.iter().any(|column| column.header == "BED₄"));
    assert!(characteristics.notes.iter().any(|note| note.contains("BED₄") && note.contains("α/β = 4 Gy")));
    // A review without a schedule has no such columns.
    let (_, _, report) = review("", "", &studies[5..6]);
    assert!(table(&report, "characteristics").columns.iter().all(|column| column.id != "bed"));
}

#[test]
fn a_schedule_without_shares_or_of_some_patients_is_no_dose() {
    let of = |schedules: &str| {
        let studies = [(80, format!("treatment: {{schedules: [{schedules}]}}"))];
        let (evidence, ..) = review("", "", &studies);
        evidence.studies[0].given(&evidence.studies[0].cohorts[0], Gray(10.0)).map(|given| given.dose.0)
    };
    let (a, b) =
        ("{dose: 45 Gy, fractions: 3, source: abstract}", "{dose: 60 Gy, fractions: 25, share: 30%, source: abstract}");
    assert_eq!(of(&format!("{a}, {b}")), Err(NoDose::NoShares));
    assert_eq!(of(b), Err(NoDose::SharesIncomplete));
    assert_eq!(of(a), Ok(45.0));
    // That of another cohort is not this one's.
    assert_eq!(of("{dose: 45 Gy, fractions: 3, cohort: all, source: abstract}"), Ok(45.0));
}

#[test]
fn effects_are_regressed_on_dose_from_ten_series_up() {
    let (evidence, findings, report) = review(
        ", moderators: [bed10]",
        "figures:\n  b: {kind: bubble, analysis: lc-2y, moderator: bed10}\n",
        &rising(10),
    );
    let found = findings.analysis("lc-2y").unwrap();
    let moderated = found.moderated.as_ref().unwrap();
    let regression = moderated.regression.as_ref().unwrap();
    assert_eq!((moderated.k, moderated.forced, regression.coefficients[1].name.as_str()), (10, false, "BED₁₀, Gy"));
    // By hand: least squares with the weights of the fit.
    let bed = |dose: f64| dose * (1.0 + dose / 3.0 / 10.0);
    let points: Vec<(f64, f64, f64)> = found
        .entries
        .iter()
        .enumerate()
        .map(|(i, entry)| (bed(30.0 + 3.0 * i as f64), entry.effect.yi, 1.0 / (entry.effect.vi + regression.tau2)))
        .collect();
    let sum = |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let w = sum(&|p| p.2);
    let (x, y) = (sum(&|p| p.2 * p.0) / w, sum(&|p| p.2 * p.1) / w);
    let slope = sum(&|p| p.2 * (p.0 - x) * (p.1 - y)) / sum(&|p| p.2 * (p.0 - x).powi(2));
    assert!((regression.coefficients[1].estimate - slope).abs() < 1e-9);
    assert!(slope < 0.0 && num::exp(slope) < 1.0, "fewer events at higher doses");
    let first = moderator_number(&evidence, &found.entries[0], Moderator::Eqd2).unwrap();
    assert!((first - bed(30.0) / 1.2).abs() < 1e-9);
    let moderators = table(&report, "moderators");
    let notes = moderators.notes.join(" ");
    assert!(notes.contains("ecological bias") && notes.contains("BED₁₀, biologically effective dose at α/β = 10 Gy"));
    let drawn = footer(&report, "b");
    for words in ["by permutation P", "ecological bias", "Regression on BED₁₀, k = 10"] {
        assert!(drawn.contains(words), "{words}");
    }
    assert!(!drawn.contains("Forced"));
}

#[test]
fn fewer_than_ten_series_are_refused_unless_forced_and_then_labelled() {
    let figure = |more: &str| format!("figures:\n  b: {{kind: bubble, analysis: lc-2y, moderator: dose{more}}}\n");
    for on in ["dose", "year"] {
        let (_, findings, report) = review(&format!(", moderators: [{on}]"), &figure(""), &rising(5));
        let moderated = findings.analysis("lc-2y").unwrap().moderated.as_ref().unwrap();
        assert!(matches!(moderated.regression, Err(NoRegression::TooFew)) && moderated.permutation.is_none());
        let row = cell(table(&report, "moderators"), 1, "term");
        assert_eq!(row, "No regression, k = 5: 5 series, fewer than 10");
        let drawn = footer(&report, "b");
        assert!(drawn.contains("No regression: 5 series, fewer than 10.") && !drawn.contains("by permutation"));
        let (_, findings, report) =
            review(&format!(", moderators: [{on}], force: true"), &figure(", force: true"), &rising(5));
        let moderated = findings.analysis("lc-2y").unwrap().moderated.as_ref().unwrap();
        assert!(moderated.forced && moderated.regression.is_ok() && moderated.permutation.is_some());
        let last = table(&report, "moderators").rows.len() - 1;
        let row = cell(table(&report, "moderators"), last, "term");
        assert_eq!(row, "All moderators, k = 5; forced: 5 series, fewer than 10");
        let drawn = footer(&report, "b");
        for words in ["Forced: 5 series, fewer than 10.", "ecological bias", "by permutation P", "(forced)"] {
            assert!(drawn.contains(words), "{words}");
        }
    }
    // From ten up nothing was forced, though it is allowed.
    let (_, findings, _) = review(", tau2: DL, moderators: [dose], force: true", "", &rising(10));
    assert!(!findings.analysis("lc-2y").unwrap().moderated.as_ref().unwrap().forced);
}

#[test]
fn points_of_prescription_are_never_mixed_in_silence() {
    let mut studies = rising(6);
    let said = |report: &report::Report| {
        let rows = &table(report, "moderators").rows;
        let said = rows.iter().find(|row| row.cells[0].text.starts_with("Doses are prescribed to different points"));
        said.map(|row| row.cells[0].text.clone())
    };
    let figure = "figures:\n  b: {kind: bubble, analysis: lc-2y, moderator: eqd2}\n";
    assert_eq!(said(&review(", moderators: [eqd2]", figure, &studies).2), None);
    studies[5].1 = studies[5].1.replace("source:", "prescribed_to: 80% isodose, source:");
    let (.., report) = review(", moderators: [eqd2]", figure, &studies);
    let words = said(&report).unwrap();
    assert!(
        words.contains("to the 80% isodose in Fname 2013") && words.contains("not stated in Aname 2008"),
        "{words}"
    );
    assert!(footer(&report, "b").contains("different points"));
    // One that has no dose is left out by name.
    studies[0].1 = "definition: none".to_owned();
    let (.., report) = review(", moderators: [eqd2]", figure, &studies);
    let rows = &table(&report, "moderators").rows;
    assert!(rows.iter().any(|row| row.cells[0].text == "Left out: Aname 2008 (dose: not given)"));
    assert!(footer(&report, "b").contains("Not shown: Aname 2008"));
}

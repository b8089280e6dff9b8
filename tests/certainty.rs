//! Certainty: what the figures suggest, what people judge, and that nothing is graded in silence.

use std::fs;

use forestable::evidence::{Evidence, lower};
use forestable::report::{Report, assemble};
use forestable::review::{self, Certainty, Domain, Findings, Plan, plan, run};
use forestable::source::load;

const DOMAINS: [&str; 5] = ["risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"];

/// Three series of 40 at 2 years, and what `review.yaml` says beside.
fn review_of(extra: &str, rating: &str) -> (Evidence, Plan, Findings, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (id, percent) in [("first-2001", 60), ("second-2002", 70), ("third-2003", 80)] {
        let study = format!(
            "reference: {{authors: [{id} A], title: {id}, journal: J, year: 2001, doi: 10.1000/{id}}}\n\
             design: {{timing: retrospective}}\n{rating}cohorts:\n  all:\n    primary: any\n    patients: 40\n    results:\n      \
             - {{outcome: os, at: 2 years, estimate: {percent}%}}\n"
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), study).unwrap();
    }
    let review = format!(
        "title: A review\noutcomes: {{os: {{name: Overall survival, short: OS, kind: survival, of_100: are alive}}}}\n\
         analyses: {{os-2y: {{outcome: os, at: 2 years}}}}\n{extra}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    let (raw, _, read) = load(folder.path()).unwrap();
    assert!(read.iter().all(|finding| finding.code.0.starts_with('W')), "{read:?}");
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let findings = run(&evidence, &plan);
    let codes = review::faults(&plan, &findings).iter().map(|finding| finding.code.0).collect();
    (evidence, plan, findings, codes)
}

fn certainty(framing: &str, down: &[(&str, u8)]) -> String {
    let judged = |(domain, down): &(&str, u8)| format!("{domain}: {{down: {down}, reason: it is so}}");
    let judged: Vec<String> = down.iter().map(judged).collect();
    format!("certainty: {{framing: {framing}, by: A Rater, grades: {{os-2y: {{{}}}}}}}", judged.join(", "))
}

fn all(levels: [u8; 5]) -> Vec<(&'static str, u8)> {
    DOMAINS.into_iter().zip(levels).collect()
}

#[test]
fn the_framing_sets_the_start_and_judgements_lower_it() {
    let level = |framing: &str, levels, rating: &str| {
        review_of(&certainty(framing, &all(levels)), rating).2.certainty[0].certainty.unwrap()
    };
    assert_eq!(level("prognosis", [0; 5], ""), Certainty::High);
    assert_eq!(level("prognosis", [1, 1, 0, 0, 0], ""), Certainty::Low);
    assert_eq!(level("prognosis", [2; 5], ""), Certainty::VeryLow);
    assert_eq!(level("intervention", [0; 5], ""), Certainty::Low);
    let compared =
        "risk_of_bias: {tool: ROBINS-I V2, comparator: a registry, items: {confounding: {answer: low, reason: x}}}\n";
    assert_eq!(level("intervention", [0; 5], compared), Certainty::High);
    let alone = "risk_of_bias: {tool: ROBINS-I V2, items: {confounding: {answer: low, reason: x}}}\n";
    assert_eq!(level("intervention", [0; 5], alone), Certainty::Low, "without a comparator it stays low");
}

#[test]
fn nothing_is_graded_until_every_domain_is_judged() {
    let (evidence, plan, findings, codes) = review_of(&certainty("prognosis", &all([0; 5])[..3]), "");
    assert_eq!(findings.certainty[0].certainty, None);
    assert_eq!(codes, ["W402", "W402"], "imprecision and publication bias");
    let report = assemble(&evidence, &plan, &findings);
    assert_eq!(table(&report, "summary-of-findings").rows[0].cells[6].text, "not graded");
    assert_eq!(review_of(&certainty("prognosis", &all([0; 5])), "").3, Vec::<&str>::new());
}

#[test]
fn suggestions_follow_from_the_intervals() {
    let (_, _, findings, _) = review_of(&certainty("prognosis", &all([0; 5])), "");
    let pooled = findings.analysis("os-2y").unwrap().pool.estimated().unwrap();
    let graded = &findings.certainty[0];
    let width = |lower: f64, upper: f64| u8::from(upper - lower > 0.2) + u8::from(upper - lower > 0.4);
    let (low, high) = pooled.prediction.unwrap();
    assert_eq!(graded.suggestion(Domain::Inconsistency).unwrap().down, Some(width(low, high)));
    assert_eq!(graded.suggestion(Domain::Imprecision).unwrap().down, Some(width(pooled.lower, pooled.upper)));
    assert_eq!(graded.suggestion(Domain::PublicationBias).unwrap().down, None, "three series tell nothing");
    assert!(graded.suggestion(Domain::Indirectness).is_none(), "figures know nothing of it");
}

#[test]
fn the_summary_speaks_of_patients_and_of_no_effect() {
    let (evidence, plan, findings, _) = review_of(&certainty("prognosis", &all([1, 0, 0, 0, 0])), "");
    let report = assemble(&evidence, &plan, &findings);
    let summary = table(&report, "summary-of-findings");
    let row: Vec<&str> = summary.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    let pooled = findings.analysis("os-2y").unwrap().pool.estimated().unwrap();
    assert!(
        row[5].starts_with(&format!("{:.0} of 100 (", pooled.estimate * 100.0))
            && row[5].ends_with("are alive at 2 years")
    );
    assert_eq!(row[6], "⊕⊕⊕◯ moderate");
    assert_eq!(summary.footnotes.len(), 1, "one domain lowers it");
    assert!(summary.notes.iter().any(|note| note.contains("no comparator")));
}

fn table<'a>(report: &'a Report, id: &str) -> &'a forestable::report::table::Table {
    report.tables.iter().find(|table| table.id == id).unwrap()
}

//! Screening files: the flow counted record by record, held against the study files, version upon version.

use std::fs;

use forestable::evidence::{Evidence, lower};
use forestable::report::assemble;
use forestable::review::{plan, run};
use forestable::source::load;

const FIRST: &str = "\
decision,found,via,reason,study
duplicate,PubMed,,,
duplicate,Embase,,,
removed,Embase,,automation tool,
excluded,PubMed,,,
excluded,Embase,,,
excluded,PubMed,database,,
not retrieved,Embase,,,
ineligible,PubMed,,no SBRT,
ineligible,Embase,,no SBRT,
included,PubMed,,,first-2001
ineligible,Citations,other,all primaries,
included,Citations,other,,second-2002
included,Embase,,,second-2002
";

/// What the review says, and the codes and lines of what is wrong with it.
fn review_of(files: &[(&str, &str)], flow: &str) -> (Evidence, Vec<String>, forestable::report::Report) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["studies", "screening"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    for id in ["first-2001", "second-2002"] {
        let study = format!(
            "reference: {{authors: [{id} A], title: {id}, journal: J, year: 2001, doi: 10.1000/{id}}}\n\
             design: {{timing: retrospective}}\ncohorts: {{all: {{primary: any, patients: 40}}}}\n"
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), study).unwrap();
    }
    for (name, text) in files {
        fs::write(folder.path().join("screening").join(name), text).unwrap();
    }
    let review = format!("title: A review\noutcomes: {{os: {{name: Survival, kind: survival}}}}\n{flow}\n");
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    let (raw, sources, mut findings) = load(folder.path()).unwrap();
    let (evidence, more) = lower(&raw);
    findings.extend(more);
    let resolved = forestable::diag::render::resolve(&findings, &sources);
    let lines = resolved.iter().map(|finding| {
        let line = finding.primary.as_ref().map_or(0, |located| located.start().line);
        format!("{} {}:{line}", finding.diagnostic.code, finding.diagnostic.primary.place.file)
    });
    let lines = lines.collect();
    let (plan, _) = plan(&raw, &evidence);
    let report = assemble(&evidence, &plan, &run(&evidence, &plan));
    (evidence, lines, report)
}

#[test]
fn every_record_is_counted_once_where_it_went() {
    let (evidence, findings, report) = review_of(&[("1.csv", FIRST)], "");
    assert_eq!(findings, Vec::<String>::new());
    let flow = evidence.protocol.flow.unwrap();
    let named =
        |counts: &[(&str, u64)]| counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(flow.identified, named(&[("PubMed", 5), ("Embase", 6)]));
    assert_eq!(flow.removed, named(&[("duplicates", 2), ("automation tool", 1)]));
    assert_eq!((flow.screened, flow.excluded), (8, 3));
    assert_eq!((flow.reports.sought, flow.reports.not_retrieved, flow.reports.assessed), (5, 1, 4));
    assert_eq!(flow.reports.reasons, named(&[("no SBRT", 2)]));
    let other = flow.other.unwrap();
    assert_eq!((other.identified, other.reports.assessed), (named(&[("Citations", 2)]), 2));
    // Two reports of the second study.
    assert_eq!((flow.included.studies, flow.included.reports), (2, 3));
    let text = report.diagrams.iter().find(|diagram| diagram.id == "flow").unwrap();
    assert!(text.mermaid.contains("Records screened (n = 8)") && text.mermaid.contains("-->"));
    assert!(text.text.as_ref().unwrap().ends_with("Studies included (n = 2), in reports (n = 3)\n"));
    assert!(report.tables.iter().all(|table| table.id != "flow-versions"), "one version is not stacked");
}

#[test]
fn versions_are_stacked() {
    let first = FIRST.replace("second-2002", "first-2001");
    let second = "TY  - JOUR\nDB  - PubMed\nN1  - decision: excluded\nER  - \nTY  - JOUR\nDB  - PubMed\nN1  - decision: \
                  included; study: second-2002\nER  - \n";
    let (evidence, findings, report) = review_of(&[("1.csv", &first), ("2.ris", second)], "");
    assert_eq!(findings, Vec::<String>::new());
    let flow = evidence.protocol.flow.unwrap();
    assert_eq!(flow.previous.map(|previous| (previous.studies, previous.reports)), Some((1, 3)));
    assert_eq!((flow.screened, flow.included.studies, flow.included.reports), (2, 2, 4));
    let table = report.tables.iter().find(|table| table.id == "flow-versions").unwrap();
    let rows: Vec<Vec<&str>> =
        table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
    assert_eq!(rows[0], ["1", "13", "3", "8", "3", "7", "1", "3", "3", "1", "1"]);
    assert_eq!(rows[1], ["2", "2", "0", "2", "1", "1", "0", "0", "1", "1", "2"]);
}

#[test]
fn what_does_not_add_up_is_named_with_its_place() {
    let unknown = FIRST.replace("excluded,Embase", "maybe,Embase");
    assert_eq!(review_of(&[("1.csv", &unknown)], "").1, ["E230 screening/1.csv:6"]);
    let nobody = FIRST.replace("included,PubMed,,,first-2001", "included,PubMed,,,third-2003");
    assert_eq!(review_of(&[("1.csv", &nobody)], "").1, ["E230 screening/1.csv:0", "E230 screening/1.csv:11"]);
    let both = "flow: {other: {identified: {Citations: 2}}, included: {studies: 2, reports: 2}}";
    assert_eq!(review_of(&[("1.csv", FIRST)], both).1, ["E230 review.yaml:3"]);
    assert_eq!(review_of(&[("1.csv", "found,reason\nPubMed,x\n")], "").1, ["E107 screening/1.csv:1"]);
}

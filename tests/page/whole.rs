//! A whole review of nasty texts, with an analysis that finds no study: every file it gives is sound.

use std::collections::BTreeMap;
use std::fs;

use forestable::evidence::lower;
use forestable::render::templates::Templates;
use forestable::render::{Artifact, Pictures, artifacts};
use forestable::report::assemble;
use forestable::review::{TableKind, TablePlan, TableStyle, plan, run};
use forestable::source::load;
use roxmltree::Document;

use crate::tools;

const REVIEW: &str = r#"
title: "<script>alert(1)</script> | 100% & a_b \\ {x} $y$ #z ~ ^"
vocabulary: {primary: {breast: "Breast | <b>"}}
outcomes:
  os: {name: "Overall_survival & <i>", short: "O_S %", kind: survival}
  tox: {name: Toxicity, kind: proportion}
tables:
  series: {title: "S & <u> | %", outcomes: [os], marks: {nothing: "<none> | &"}}
  comparison: {outcomes: [os]}
  toxicity: {outcomes: [tox]}
  few: {outcomes: [os], columns: [os, author], digits: 0, sort: label}
analyses:
  nobody: {outcome: os, at: 9 years, cohort: breast, group_by: timing}
  os-2y: {outcome: os, at: 2 years, cohort: breast, group_by: timing}
  tox: {outcome: tox, cohort: breast, group_by: timing}
figures:
  two-years: {kind: forest, analysis: os-2y}
"#;

fn study(timing: &str, estimate: &str) -> String {
    format!(
        r##"
label: "דוד <script>alert(2)</script> | é_q̣̇ & % \\ \x07"
reference: {{authors: ["O'Neill </noscript><b> A"], title: "<script>alert(3)</script> | & % _ דוד \u202e q\u0323", journal: "J & K", year: 2020, doi: 10.1000/{timing}}}
design: {{timing: {timing}, kind: "a|b & <i>"}}
definition: "≤5 | sites_& % $x$ {{y}} #1"
treatment: {{technique: "# SBRT *x* [a](javascript:alert(4))", dose: "`5` Gy"}}
cohorts:
  all: {{primary: breast, patients: 40, results: [
    {{outcome: os, at: 2 years, estimate: {estimate}, source: a, quote: "\"q\" <script>", note: "| & % _ <b>"}}]}}
sources: {{a: {{where: "Table_1 | <b> & %", url: "javascript:alert(5)"}}}}
notes: |
  <script>alert(6)</script> **bold** | 5% & a_b

  - item <img src=x onerror=alert(7)>
"##
    )
}

fn build(studies: &[(&str, String)], own: &BTreeMap<String, String>) -> Vec<Artifact> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("studies")).expect("a folder");
    fs::write(folder.path().join("review.yaml"), REVIEW).expect("writes");
    for (id, text) in studies {
        fs::write(folder.path().join(format!("studies/{id}.yaml")), text).expect("writes");
    }
    let (raw, ..) = load(folder.path()).expect("loads");
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let report = assemble(&evidence, &plan, &run(&evidence, &plan));
    artifacts(&report, &Templates::new(own).expect("parses"), Pictures::Vector).expect("renders")
}

fn sound(artifacts: &[Artifact]) {
    for Artifact { path, bytes } in artifacts {
        let text = || String::from_utf8(bytes.clone()).expect("UTF-8");
        match path.rsplit_once('.').expect("an ending").1 {
            "html" => {
                let page = text();
                let body = &page[page.find("<body>").expect("a body")..page.rfind("</body>").expect("its end") + 7];
                let read = Document::parse(body).unwrap_or_else(|error| panic!("{path}: {error}"));
                for node in read.descendants().filter(roxmltree::Node::is_element) {
                    assert!(
                        !matches!(node.tag_name().name(), "img" | "iframe"),
                        "{path} holds an element of the input"
                    );
                    assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")), "{path}");
                    let script = |value: &str| value.trim_start().starts_with("javascript:");
                    assert!(!node.attribute("href").is_some_and(script), "{path} leads to a script");
                }
                assert!(!page.contains("<script>alert"), "{path}");
                // A browser with scripts takes a picture for text up to the first end of its wrapping.
                let wrappings = ["<noscript>", "</noscript"].map(|tag| page.matches(tag).count());
                assert_eq!(wrappings[0], wrappings[1], "{path}");
            }
            "svg" => drop(Document::parse(&text()).unwrap_or_else(|error| panic!("{path}: {error}"))),
            "json" => drop(serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON")),
            "csv" => {
                let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
                assert!(reader.records().all(|record| record.is_ok()), "{path}");
            }
            "docx" => {
                for (name, part) in tools::unzip(bytes) {
                    if let Err(error) = Document::parse(&part) {
                        panic!("{path}, {name}: {error}");
                    }
                }
            }
            _ => {}
        }
    }
}

#[test]
fn nasty_texts_and_an_analysis_of_nobody_give_sound_files() {
    let studies = [("pro-2020", study("prospective", "62%")), ("retro-2020", study("retrospective", "100%"))];
    let files = build(&studies, &BTreeMap::new());
    sound(&files);
    for path in ["tables/series.docx", "tables/comparison.tex", "tables/characteristics.json", "tables/completeness.md"]
    {
        assert!(files.iter().any(|file| file.path == path), "{path} is missing");
    }
    let page = files.iter().find(|file| file.path == "index.html").expect("the page");
    let pictures = String::from_utf8_lossy(&page.bytes).into_owned();
    let pictures: Vec<&str> =
        pictures.split("<noscript>").skip(1).filter_map(|part| part.split("</svg>").next()).collect();
    assert!(
        pictures.iter().any(|picture| picture.contains("&lt;/noscript&gt;&lt;b")),
        "a picture names a series: {pictures:#?}"
    );
    let few = files.iter().find(|file| file.path == "tables/few.csv").expect("the table");
    assert!(String::from_utf8_lossy(&few.bytes).starts_with("row,key,group,os,author,notes\n"));
}

#[test]
fn a_review_in_which_nothing_is_reported_gives_sound_files() {
    let silent = study("prospective", "not reported");
    sound(&build(&[("silent-2020", silent)], &BTreeMap::new()));
    sound(&build(&[], &BTreeMap::new()));
}

/// A template of the review's own for Word and LaTeX takes the place of the built-in one.
#[test]
fn own_templates_for_latex_and_word_are_used() {
    let own = BTreeMap::from([
        ("table.tex".to_owned(), "OWN << table.caption >>".to_owned()),
        ("word-caption.xml".to_owned(), "<w:p><w:r><w:t>OWN {{ captioned.caption }}</w:t></w:r></w:p>".to_owned()),
    ]);
    let files = build(&[("pro-2020", study("prospective", "62%"))], &own);
    let of = |path: &str| files.iter().find(|file| file.path == path).expect("the file").bytes.clone();
    assert_eq!(String::from_utf8_lossy(&of("tables/series.tex")), r"OWN S \& \textless{}u\textgreater{} | \%");
    assert!(tools::unzip(&of("tables/series.docx"))["word/document.xml"].contains("OWN S &amp; &lt;u&gt; | %"));
}

/// In every table the marks for absence and the decimals of pooled figures are those of the plan.
#[test]
fn marks_and_digits_hold_in_every_table() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("studies/curves")).expect("a folder");
    let review = "
title: T
vocabulary: {primary: {breast: Breast}}
outcomes:
  os: {name: Overall survival, short: OS, kind: survival}
  tox: {name: Toxicity, kind: proportion, grade: '2+'}
clusters: {Two: [a-2001, b-2002], Rest: [c-2003, d-2004]}
methods: {threshold: 50%, sensitivity: [{name: Logit, scale: logit}]}
analyses:
  os-1y: {outcome: os, at: 1 year, cohort: breast, group_by: timing, moderators: [year, follow-up]}
  os-2y: {outcome: os, at: 2 years, cohort: breast, group_by: timing, moderators: [year]}
  tox: {outcome: tox, cohort: breast, group_by: timing}
";
    fs::write(folder.path().join("review.yaml"), review).expect("writes");
    fs::write(folder.path().join("studies/curves/d.csv"), "time,survival\n0,1.0\n6,0.95\n12,0.9\n24,0.8\n")
        .expect("writes");
    for (id, timing, one, two) in [
        ("a-2001", "prospective", "91%", "71%"),
        ("b-2002", "prospective", "87%", "not reported"),
        ("c-2003", "retrospective", "95%", "82%"),
        ("d-2004", "retrospective", "not reported", "80%"),
    ] {
        let curve = if id == "d-2004" {
            "{outcome: os, curve: curves/d.csv, at_risk: {0: 50, 12 months: 40, 24 months: 30}, source: a},"
        } else {
            ""
        };
        let text = format!(
            "reference: {{authors: [A], title: T, journal: J, year: {}}}
design: {{timing: {timing}}}
cohorts: {{all: {{primary: breast, patients: 50, lesions: not reported, results: [
  {{outcome: os, at: 1 year, estimate: {one}, source: a}}, {{outcome: os, at: 2 years, estimate: {two}, source: a}}, {curve}
  {{outcome: os, median: not reached, source: a}},
  {{outcome: tox, grade: '2+', events: 5, of: 50, source: a}}]}}}}
sources: {{a: {{where: abstract}}}}
",
            &id[2..]
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), text).expect("writes");
    }
    let (raw, ..) = load(folder.path()).expect("loads");
    let (evidence, errors) = lower(&raw);
    assert!(errors.iter().all(|finding| !finding.code.to_string().starts_with('E')), "{errors:?}");
    let (mut plan, _) = plan(&raw, &evidence);
    let mark = |words: &str| format!("<{words}>");
    let style = TableStyle {
        digits: 3,
        not_reported: mark("a"),
        not_reached: mark("b"),
        not_applicable: mark("c"),
        unclear: mark("d"),
        nothing: mark("e"),
    };
    let kinds = [TableKind::Series, TableKind::Comparison, TableKind::Toxicity].into_iter().chain(TableKind::BUILT_IN);
    plan.tables = kinds
        .map(|kind| TablePlan {
            outcomes: vec!["os".to_owned(), "tox".to_owned()],
            style: style.clone(),
            ..TablePlan::built_in(kind)
        })
        .collect();
    let report = assemble(&evidence, &plan, &run(&evidence, &plan));
    let of = |kind: TableKind| report.tables.iter().find(|table| table.id == kind.as_str()).expect("the table");
    for planned in &plan.tables {
        let table = of(planned.kind);
        for cell in table.rows.iter().flat_map(|row| &row.cells) {
            let usual = ["–", "NR", "NRe", "?"];
            assert!(!usual.contains(&cell.text.as_str()), "{}: {:?}", planned.kind, table.rows);
        }
        let notes = table.notes.join(" ");
        assert!(!notes.contains("–, ") && !notes.contains("NR, "), "{}: {notes}", planned.kind);
    }
    for kind in [
        TableKind::Series,
        TableKind::Comparison,
        TableKind::Toxicity,
        TableKind::OverTime,
        TableKind::Sensitivity,
        TableKind::ChoiceGrid,
        TableKind::Clusters,
    ] {
        let texts: Vec<&str> = of(kind).rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.as_str()).collect();
        let decimals =
            |text: &str| text.split_once('.').map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
        assert!(texts.iter().any(|text| text.contains('(') && decimals(text) == Some(3)), "{kind}: {texts:?}");
    }
    for kind in [
        TableKind::Moderators,
        TableKind::Heterogeneity,
        TableKind::Clusters,
        TableKind::Curves,
        TableKind::Completeness,
    ] {
        assert!(!of(kind).rows.is_empty(), "{kind} shows nothing");
    }
    let marked = |kind: TableKind, mark: &str| {
        assert!(
            of(kind).rows.iter().flat_map(|row| &row.cells).any(|cell| cell.text.contains(mark)),
            "{kind} has no {mark}: {:?}",
            of(kind).rows
        );
    };
    marked(TableKind::Moderators, "<e>");
    marked(TableKind::Clusters, "<e>");
    marked(TableKind::Curves, "<b>");
    marked(TableKind::Completeness, "<a>");
}

/// What `columns:` is checked against is what the tables have.
#[test]
fn the_plan_knows_the_columns_of_every_table() {
    let (raw, ..) = load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).expect("loads");
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let report = assemble(&evidence, &plan, &run(&evidence, &plan));
    let mut checked = 0;
    for table in &report.tables {
        let planned = plan.tables.iter().find(|planned| planned.id == table.id);
        let Some(kind) = planned.map(|planned| planned.kind).or_else(|| table.id.parse().ok()) else { continue };
        let all: Vec<String> = evidence.protocol.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        let known = kind.columns(planned.map_or(&all, |planned| &planned.outcomes));
        // Those of rungs that nobody needed, and of a threshold that nobody named, are not there.
        let there: Vec<&String> =
            known.iter().filter(|id| table.columns.iter().any(|column| column.id == **id)).collect();
        let columns: Vec<&String> = table.columns.iter().map(|column| &column.id).collect();
        assert_eq!(there, columns, "table {}", table.id);
        let optional = matches!(kind, TableKind::Honesty | TableKind::Heterogeneity);
        assert!(optional || known.len() == columns.len(), "table {}", table.id);
        checked += 1;
    }
    assert!(checked >= 12, "only {checked} tables");
}

//! The page of the review in this repository: what it weighs, how fast it opens, and that all is on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use forestable::evidence::lower;
use forestable::render::templates::Templates;
use forestable::render::{Artifact, Pictures, artifacts};
use forestable::report::plots::other_looks;
use forestable::report::table::RowKind;
use forestable::report::{Report, assemble};
use forestable::review::{plan, run};
use forestable::source::load;

/// The report, and every file of it but the pictures that are no vectors.
static BUILT: LazyLock<(Report, Vec<Artifact>)> = LazyLock::new(|| {
    let (raw, ..) = load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("loads");
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let findings = run(&evidence, &plan);
    let mut report = assemble(&evidence, &plan, &findings);
    report.other_looks = other_looks(&evidence, &plan, &findings, &report.figures);
    let templates = Templates::new(&BTreeMap::new()).expect("the built-in templates parse");
    let files = artifacts(&report, &templates, Pictures::Vector).expect("renders");
    (report, files)
});

/// Returns the review's report.
pub fn report() -> &'static Report {
    &BUILT.0
}

/// Returns the text of a file of the review's output.
pub fn file(path: &str) -> &'static str {
    let file = BUILT.1.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    std::str::from_utf8(&file.bytes).expect("UTF-8")
}

/// Returns the review's page.
pub fn page() -> &'static str {
    file("index.html")
}

#[test]
fn the_page_weighs_less_than_one_and_a_half_megabytes() {
    assert!(page().len() < 1_500_000, "{} bytes", page().len());
}

/// What makes the page open fast: a browser with scripts makes few elements of it before it can be read. Pictures, 7,000 elements
/// in all, are text to it until they are drawn.
#[test]
fn few_elements_stand_before_the_page_can_be_read() {
    const MOST: usize = 13_500;
    let mut first = page().to_owned();
    for name in ["noscript", "template", "style", "script"] {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        while let Some(start) = first.find(&open) {
            let end = first[start..].find(&close).expect("its end") + start + close.len();
            first.replace_range(start..end, "");
        }
    }
    let elements =
        first.match_indices('<').filter(|(at, _)| first[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()));
    let elements = elements.count();
    assert!(elements < MOST, "{elements} elements");
    assert!(!first.contains("<svg"), "a picture is drawn at once");
}

/// What divides the series stands in the caption of a figure, and not along its axis or at each series.
#[test]
fn an_axis_does_not_repeat_the_grouping() {
    let drawing = roxmltree::Document::parse(file("figures/pfs-2y-risk-forest.svg")).expect("XML");
    let texts = |name: &'static str| {
        let nodes = drawing.descendants().filter(move |node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
        nodes.map(|node| {
            node.descendants().filter_map(|inside| inside.is_text().then(|| inside.text()).flatten()).collect()
        })
    };
    let titles: Vec<String> = texts("title").collect();
    let (own, of_series) = titles.split_first().expect("its title");
    assert_eq!(own, "2-year progression-free survival, by risk of bias");
    assert!(of_series.len() > 5 && of_series.iter().all(|title| !title.contains("by risk")), "{of_series:?}");
    let lettering: Vec<String> = texts("text").collect();
    assert!(lettering.iter().any(|text| text.ends_with("survival, %")), "{lettering:?}");
    assert!(lettering.iter().all(|text| !text.contains("by risk")), "{lettering:?}");
}

/// The contents of the page, in the order in which they are read.
#[test]
fn every_part_is_on_the_page() {
    let sections: Vec<&str> = report().page.sections.iter().map(|section| section.id.as_str()).collect();
    let places = [
        "results",
        "comparison",
        "figures",
        "tables",
        "toxicity",
        "studies",
        "precision",
        "left-out",
        "contradictions",
        "completeness",
        "methods",
        "references",
        "versions",
    ]
    .map(|id| sections.iter().position(|section| *section == id).unwrap_or_else(|| panic!("no section {id}")));
    assert!(places.is_sorted(), "{sections:?}");
    for table in [
        "retrospective",
        "prospective",
        "comparison",
        "characteristics",
        "toxicity",
        "precision",
        "sensitivity",
        "left-out",
        "contradictions",
        "completeness",
    ] {
        assert!(page().contains(&format!("<div class=\"evidence\" id=\"table-{table}\">")), "no table {table}");
        for kind in ["md", "html", "tex", "csv", "json"] {
            assert!(!file(&format!("tables/{table}.{kind}")).is_empty());
        }
    }
}

/// Every forest of the review in five layouts, on two scales where it shows series.
#[test]
fn forests_have_every_layout_and_scale() {
    let looks = |id: &str| report().other_looks.iter().find(|looks| looks.id == id).expect("its looks");
    let own_and_others = |id: &str| 1 + looks(id).others.len();
    assert_eq!(own_and_others("pfs-2y-forest"), 5 * 2);
    assert_eq!(own_and_others("toxicity-g2-forest"), 5 * 2);
    assert_eq!(own_and_others("comparison-summary"), 5);
    let scales = |id: &str| looks(id).scales.iter().map(|scale| scale.as_str()).collect::<Vec<_>>();
    assert_eq!(scales("pfs-2y-forest"), ["plain", "cloglog"]);
    assert_eq!(scales("toxicity-g2-forest"), ["plain", "logit"]);
}

/// Analyses that differ in their groups alone are one line, and one figure of each series.
#[test]
fn a_time_stands_once_under_each_outcome() {
    let table = report().tables.iter().find(|table| table.id == "over-time").expect("the table");
    for rows in table.rows.split(|row| row.kind == RowKind::Group) {
        let times: Vec<&str> = rows.iter().map(|row| row.cells[0].text.as_str()).collect();
        let mut once = times.clone();
        once.dedup();
        assert_eq!(times, once);
    }
}

//! The PRISMA 2020 flow in words: as a Mermaid graph, as plain lines, and version by version for a living review.

use super::diagram::{Diagram, mermaid_words};
use super::format::whole;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use crate::evidence::flow::total;
use crate::evidence::{Evidence, Flow, Included, ReportFlow};

/// The boxes of the flow in the order read, and which leads to which.
#[derive(Default)]
struct Boxes {
    words: Vec<String>,
    arrows: Vec<(usize, usize)>,
}

impl Boxes {
    fn put(&mut self, words: String, from: &[usize]) -> usize {
        let here = self.words.len();
        self.words.push(words);
        self.arrows.extend(from.iter().map(|from| (*from, here)));
        here
    }

    /// Puts the boxes of reports of one way; returns the one that leads on.
    fn reports(&mut self, way: &str, reports: &ReportFlow, from: usize) -> usize {
        let sought = self.put(counted(&format!("Reports sought for retrieval{way}"), reports.sought), &[from]);
        self.put(counted(&format!("Reports not retrieved{way}"), reports.not_retrieved), &[sought]);
        let assessed =
            self.put(counted(&format!("Reports assessed for eligibility{way}"), reports.assessed), &[sought]);
        if !reports.reasons.is_empty() {
            self.put(listed(&format!("Reports excluded{way}"), &reports.reasons), &[assessed]);
        }
        assessed
    }

    fn of(flow: &Flow) -> Self {
        let mut boxes = Self::default();
        let mut ends = Vec::new();
        if !flow.identified.is_empty() {
            let found = boxes.put(listed("Records identified from databases and registers", &flow.identified), &[]);
            if !flow.removed.is_empty() {
                boxes.put(listed("Records removed before screening", &flow.removed), &[found]);
            }
            let screened = boxes.put(counted("Records screened", flow.screened), &[found]);
            boxes.put(counted("Records excluded", flow.excluded), &[screened]);
            ends.push(boxes.reports("", &flow.reports, screened));
        }
        if let Some(other) = &flow.other {
            let found = boxes.put(listed("Records identified by other methods", &other.identified), &[]);
            ends.push(boxes.reports(" (other methods)", &other.reports, found));
        }
        ends.extend(
            flow.previous.map(|previous| boxes.put(included("Studies of the previous version", previous), &[])),
        );
        boxes.put(included("Studies included", flow.included), &ends);
        boxes
    }
}

/// Returns the flow as Mermaid and as plain lines; `None` where the review gives none.
#[must_use]
pub fn flow_diagram(evidence: &Evidence) -> Option<Diagram> {
    let boxes = Boxes::of(evidence.protocol.flow.as_ref()?);
    let mut mermaid = "graph TD\n".to_owned();
    for (index, words) in boxes.words.iter().enumerate() {
        mermaid.push_str(&format!("  b{index}[\"{}\"]\n", mermaid_words(words)));
    }
    for (from, to) in &boxes.arrows {
        mermaid.push_str(&format!("  b{from} --> b{to}\n"));
    }
    let text = boxes.words.iter().map(|words| format!("{words}\n")).collect();
    Some(Diagram { id: "flow".to_owned(), mermaid, text: Some(text) })
}

/// Returns the flow of each version, newest last; `None` unless the review has several.
#[must_use]
pub fn flow_versions_table(evidence: &Evidence) -> Option<Table> {
    let versions = &evidence.protocol.flow_versions;
    let row = |(version, flow): &(String, Flow)| {
        let other = flow.other.as_ref();
        let both = |of: fn(&ReportFlow) -> u64| of(&flow.reports) + other.map_or(0, |other| of(&other.reports));
        let before = flow.previous.unwrap_or(Included { studies: 0, reports: 0 });
        let cells = [
            total(&flow.identified) + other.map_or(0, |other| total(&other.identified)),
            total(&flow.removed),
            flow.screened,
            flow.excluded,
            both(|reports| reports.sought),
            both(|reports| reports.not_retrieved),
            both(|reports| total(&reports.reasons)),
            flow.included.reports - before.reports.min(flow.included.reports),
            flow.included.studies - before.studies.min(flow.included.studies),
            flow.included.studies,
        ];
        let cells = std::iter::once(version.clone()).chain(cells.map(whole));
        Row { kind: RowKind::Entry, key: None, cells: cells.map(Cell::text).collect() }
    };
    let columns = [
        ("version", "Version"),
        ("identified", "Records identified"),
        ("removed", "Removed"),
        ("screened", "Screened"),
        ("excluded", "Excluded"),
        ("sought", "Reports sought"),
        ("not-retrieved", "Not retrieved"),
        ("ineligible", "Not eligible"),
        ("reports", "Reports included"),
        ("new", "New studies"),
        ("studies", "Studies in all"),
    ];
    let columns = columns.into_iter().enumerate().map(|(index, (id, header))| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align: if index == 0 { Align::Left } else { Align::Right },
    });
    (versions.len() > 1).then(|| Table {
        id: "flow-versions".to_owned(),
        caption: "Flow of records, reports and studies, version by version".to_owned(),
        columns: columns.collect(),
        rows: versions.iter().map(row).collect(),
        footnotes: Vec::new(),
        notes: vec!["Databases, registers and other methods together; removed, screened and excluded are records of databases and registers.".to_owned()],
    })
}

fn counted(words: &str, count: u64) -> String {
    format!("{words} (n = {})", whole(count))
}

fn listed(words: &str, counts: &[(String, u64)]) -> String {
    let each: Vec<String> = counts.iter().map(|(name, count)| counted(name, *count)).collect();
    format!("{words}: {}", each.join(", "))
}

fn included(words: &str, included: Included) -> String {
    format!("{}, in {}", counted(words, included.studies), counted("reports", included.reports))
}

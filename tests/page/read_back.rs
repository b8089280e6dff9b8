//! What other programs read in a rendered table is, cell by cell, what the model holds.

use std::collections::BTreeMap;

use forestable::render::templates::Templates;
use forestable::render::{csv, html, markdown};
use forestable::report::table::{RowKind, Table};
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::{fixture, tools};

/// The tables that every reader is tried on.
fn tables() -> [Table; 4] {
    [fixture::retrospective(), fixture::prospective(), fixture::comparison(), fixture::hostile()]
}

fn templates() -> Templates {
    Templates::new(&BTreeMap::new()).expect("the built-in templates parse")
}

/// Returns the text as a reader of running text sees it: white space is one space.
fn plain(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns header and rows as a pipe table is meant to show them.
fn shown_in_markdown(table: &Table) -> Vec<Vec<String>> {
    let header = table.columns.iter().map(|column| match &column.spanner {
        Some(spanner) => plain(&format!("{spanner}: {}", column.header)),
        None => plain(&column.header),
    });
    let mut rows = vec![header.collect::<Vec<_>>()];
    for row in table.rows.iter().filter(|row| row.kind != RowKind::Remark) {
        let raised = |mark: &String| ["ᵃ", "ᵇ", "ᶜ", "ᵈ"][(mark.as_bytes()[0] - b'a') as usize];
        let text = |cell: &forestable::report::table::Cell| {
            plain(&cell.text) + &cell.marks.iter().map(raised).collect::<Vec<_>>().join("\u{202f}")
        };
        let mut cells: Vec<String> = row.cells.iter().map(text).collect();
        cells.resize(table.columns.len(), String::new());
        rows.push(cells);
    }
    rows
}

#[test]
fn pandoc_reads_every_cell_of_the_markdown() {
    let Some(pandoc) = tools::find("pandoc") else { return };
    for table in tables() {
        let source = markdown::table(&templates(), &table).expect("renders");
        for format in ["markdown", "gfm"] {
            let read: Value =
                serde_json::from_str(&tools::run(&pandoc, &["-f", format, "-t", "json"], &source)).expect("JSON");
            let (caption, rows) = pandoc_table(&read);
            assert_eq!(rows, shown_in_markdown(&table), "{format}, table {}", table.id);
            if format == "markdown" {
                assert_eq!(caption, plain(&table.caption), "table {}", table.id);
            }
        }
    }
}

#[test]
fn word_holds_every_cell_of_the_markdown() {
    let Some(pandoc) = tools::find("pandoc") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for table in tables() {
        let source = markdown::table(&templates(), &table).expect("renders");
        let word = folder.path().join("table.docx").display().to_string();
        tools::run(&pandoc, &["-f", "markdown", "-o", &word], &source);
        let read = tools::run(&pandoc, &["-f", "docx", "-t", "json", &word], "");
        let (_, rows) = pandoc_table(&serde_json::from_str(&read).expect("JSON"));
        assert_eq!(rows, shown_in_markdown(&table), "table {}", table.id);
    }
}

/// GitHub's reader is cmark-gfm; comrak is its port, tables and bare links included.
#[test]
fn github_reads_every_cell_of_the_markdown() {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    for table in tables() {
        let source = markdown::table(&templates(), &table).expect("renders");
        let html = comrak::markdown_to_html(&source, &options);
        let (start, end) = (html.find("<table>").expect("a table"), html.find("</table>").expect("its end"));
        let read = Document::parse(&html[start..end + "</table>".len()]).expect("well-formed");
        let rows: Vec<Vec<String>> = elements(read.root(), "tr")
            .map(|row| row.children().filter(Node::is_element).map(|cell| plain(&text(cell))).collect())
            .collect();
        assert_eq!(rows, shown_in_markdown(&table), "table {}", table.id);
    }
}

#[test]
fn the_fragment_is_well_formed_and_holds_every_cell() {
    for table in tables() {
        let fragment = html::table(&templates(), &table).expect("renders");
        let read = Document::parse(&fragment).expect("well-formed XML");
        let caption = elements(read.root(), "caption").next().expect("a caption");
        assert_eq!(text(caption), table.caption);
        let head: Vec<String> = elements(read.root(), "th")
            .filter(|cell| matches!(cell.attribute("scope"), Some("col")))
            .map(text)
            .collect();
        let mut headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
        let mut sorted = head.clone();
        sorted.sort_unstable();
        headers.sort_unstable();
        assert_eq!(sorted, headers, "table {}", table.id);

        let rows = elements(read.root(), "tbody").flat_map(|body| elements(body, "tr"));
        for (read, row) in rows.zip(&table.rows).filter(|(_, row)| row.kind != RowKind::Remark) {
            let cells: Vec<(String, Vec<String>)> = read.children().filter(Node::is_element).map(cell).collect();
            let model: Vec<(String, Vec<String>)> =
                row.cells.iter().map(|cell| (cell.text.clone(), cell.marks.clone())).collect();
            assert_eq!(cells, model, "table {}", table.id);
        }
        let rows = elements(read.root(), "tbody").flat_map(|body| elements(body, "tr")).count();
        assert_eq!(rows, table.rows.len());
    }
}

/// Every relation of a fragment holds: headers, footnotes and citations are there, and no id is there twice.
#[test]
fn every_id_is_unique_and_every_link_arrives() {
    for table in tables() {
        let fragment = html::table(&templates(), &table).expect("renders");
        let read = Document::parse(&fragment).expect("well-formed XML");
        let mut ids: Vec<&str> = read.descendants().filter_map(|node| node.attribute("id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id of table {} is there twice", table.id);
        let named = ["headers", "aria-labelledby", "popovertarget"];
        for node in read.descendants() {
            let targets = named.iter().filter_map(|name| node.attribute(*name)).flat_map(str::split_whitespace);
            for target in targets.chain(node.attribute("href").and_then(|href| href.strip_prefix('#'))) {
                assert!(ids.binary_search(&target).is_ok(), "nothing has the id {target}");
            }
        }
        let cited = table.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.citation.is_some()).count();
        assert_eq!(elements(read.root(), "button").count(), cited);
    }
}

#[test]
fn a_spreadsheet_reads_every_cell() {
    for table in tables() {
        let written = csv::table(&table);
        let mut reader = ::csv::Reader::from_reader(written.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let first = header.iter().position(|name| name == table.columns[0].id).expect("the first column");
        let records: Vec<::csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
        let rows: Vec<_> = table.rows.iter().filter(|row| row.kind != RowKind::Group).collect();
        assert_eq!(records.len(), rows.len());
        for (record, row) in records.iter().zip(rows) {
            assert_eq!(record.get(1), Some(row.key.as_deref().unwrap_or("")));
            if row.kind != RowKind::Remark {
                let cells: Vec<&str> = record.iter().skip(first).take(table.columns.len()).collect();
                assert_eq!(cells, row.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>());
            }
        }
    }
}

/// Returns the text and the marks of an HTML cell.
fn cell(node: Node) -> (String, Vec<String>) {
    let marks = elements(node, "sup").flat_map(|sup| elements(sup, "span")).map(text).collect();
    let inside = |node: Node| node.ancestors().any(|outer| outer.has_tag_name("sup"));
    let own = node.descendants().filter(|node| node.is_text() && !inside(*node)).filter_map(|node| node.text());
    (own.collect(), marks)
}

fn elements<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.descendants().filter(move |node| node.has_tag_name(name))
}

fn text(node: Node) -> String {
    node.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}

/// Returns caption and rows of the one table in pandoc's JSON.
fn pandoc_table(document: &Value) -> (String, Vec<Vec<String>>) {
    let blocks = document["blocks"].as_array().expect("blocks");
    let table = blocks.iter().find(|block| block["t"] == "Table").expect("a table");
    let parts = &table["c"];
    let mut rows = Vec::new();
    let head = parts[3][1].as_array().expect("a head").iter();
    let bodies = parts[4].as_array().expect("bodies").iter();
    for row in head.chain(bodies.flat_map(|body| body[3].as_array().expect("rows"))) {
        let cells = row[1].as_array().expect("cells").iter();
        rows.push(cells.map(|cell| plain(&pandoc_blocks(&cell[4]))).collect());
    }
    (plain(&pandoc_blocks(&parts[1][1])), rows)
}

fn pandoc_blocks(blocks: &Value) -> String {
    blocks.as_array().expect("blocks").iter().map(|block| pandoc_inlines(&block["c"])).collect()
}

/// Reads words, spaces, bold and bare links; any other markup in a cell was not meant.
fn pandoc_inlines(inlines: &Value) -> String {
    let inline = |inline: &Value| match inline["t"].as_str() {
        // pandoc keeps `et al.` and what follows on one line.
        Some("Str") => inline["c"].as_str().expect("words").replace('\u{a0}', " "),
        Some("Space" | "SoftBreak") => " ".to_owned(),
        Some("Strong") => pandoc_inlines(&inline["c"]),
        Some("Link") => pandoc_inlines(&inline["c"][1]),
        other => panic!("a cell holds {other:?}: {inline}"),
    };
    inlines.as_array().expect("inlines").iter().map(inline).collect()
}

//! What other programs read in a rendered table is, cell by cell, what the model holds.

use std::collections::BTreeMap;

use forestable::evidence::lower;
use forestable::render::prose::paragraphs;
use forestable::render::templates::Templates;
use forestable::render::{csv, html, json, latex, markdown, word};
use forestable::report::table::{Cell, RowKind, Table};
use forestable::report::{Report, assemble};
use forestable::review::{plan, run};
use forestable::source::load;
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::{fixture, tools};

/// The tables that every reader is tried on: those of nasty texts, and every one of the review that ships with the program.
fn tables() -> Vec<Table> {
    let fixtures = [fixture::retrospective(), fixture::prospective(), fixture::comparison(), fixture::hostile()];
    fixtures.into_iter().chain(review().tables).collect()
}

fn review() -> Report {
    let (raw, ..) = load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the review is there");
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    assemble(&evidence, &plan, &run(&evidence, &plan))
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
        let text = |cell: &Cell| plain(&cell.text) + &raised(cell);
        let mut cells: Vec<String> = row.cells.iter().map(text).collect();
        cells.resize(table.columns.len(), String::new());
        rows.push(cells);
    }
    rows
}

/// Returns the marks of a cell as a pipe table has them.
fn raised(cell: &Cell) -> String {
    let raised = |mark: &String| mark.chars().map(|letter| RAISED[(letter as u8 - b'a') as usize]).collect::<String>();
    cell.marks.iter().map(raised).collect::<Vec<_>>().join("\u{202f}")
}

const RAISED: [&str; 26] = [
    "ᵃ", "ᵇ", "ᶜ", "ᵈ", "ᵉ", "ᶠ", "ᵍ", "ʰ", "ⁱ", "ʲ", "ᵏ", "ˡ", "ᵐ", "ⁿ", "ᵒ", "ᵖ", "⁽q⁾", "ʳ", "ˢ", "ᵗ", "ᵘ", "ᵛ",
    "ʷ", "ˣ", "ʸ", "ᶻ",
];

/// Returns header and rows as LaTeX and Word are meant to show them: two header lines where spanners stand, marks as
/// `^a,b`, a heading or a remark as one cell.
fn shown_with_spans(table: &Table) -> Vec<Vec<String>> {
    let mut spanners: Vec<Option<&String>> = Vec::new();
    for column in &table.columns {
        if column.spanner.is_none() || spanners.last() != Some(&column.spanner.as_ref()) {
            spanners.push(column.spanner.as_ref());
        }
    }
    let mut rows = Vec::new();
    if spanners.iter().any(Option::is_some) {
        rows.push(spanners.iter().map(|spanner| spanner.map_or_else(String::new, |text| plain(text))).collect());
    }
    rows.push(table.columns.iter().map(|column| plain(&column.header)).collect());
    for row in &table.rows {
        let text = |cell: &Cell| match (row.kind, cell.marks.as_slice()) {
            (RowKind::Remark, _) => remark(&cell.text),
            (_, []) => plain(&cell.text),
            (_, marks) => format!("{}^{}", plain(&cell.text), marks.join(",")),
        };
        rows.push(row.cells.iter().map(text).collect());
    }
    rows
}

/// Returns the authors' Markdown without its markup.
fn remark(text: &str) -> String {
    let paragraph =
        |runs: &[forestable::render::prose::Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
    let all: Vec<String> = paragraphs(text).iter().map(|read| plain(&paragraph(&read.runs))).collect();
    plain(&all.join(" "))
}

/// Quotation marks as TeX sets them.
fn typographic(text: &str) -> String {
    text.replace('\'', "’").replace('`', "‘")
}

#[test]
fn pandoc_reads_every_cell_of_the_latex() {
    let Some(pandoc) = tools::find("pandoc") else { return };
    for table in tables() {
        let source = latex::table(&templates(), &table).expect("renders");
        let read = tools::run(&pandoc, &["-f", "latex", "-t", "json"], &source);
        let (caption, mut rows) = pandoc_table(&serde_json::from_str(&read).expect("JSON"));
        let shown: Vec<Vec<String>> = shown_with_spans(&table)
            .into_iter()
            .map(|row| row.iter().map(|text| typographic(text)).collect())
            .collect();
        // A long table has its header twice: for its first page, and for the others.
        let header = shown.len() - table.rows.len();
        if rows.len() == shown.len() + header {
            assert_eq!(rows[..header], rows[header..2 * header], "table {}", table.id);
            rows.drain(..header);
        }
        // pandoc fills a row up that has a cell across columns.
        for (row, shown) in rows.iter_mut().zip(&shown) {
            assert!(row.iter().skip(shown.len()).all(String::is_empty), "table {}: {row:?}", table.id);
            row.truncate(shown.len());
        }
        assert_eq!(rows, shown, "table {}", table.id);
        assert_eq!(caption, typographic(&plain(&table.caption)), "table {}", table.id);
        for footnote in &table.footnotes {
            let text = tools::run(&pandoc, &["-f", "latex", "-t", "plain", "--wrap=none"], &source);
            assert!(plain(&text).contains(&typographic(&plain(&footnote.text))), "table {}: {footnote:?}", table.id);
        }
    }
}

#[test]
fn pandoc_reads_every_cell_of_the_word_file() {
    let Some(pandoc) = tools::find("pandoc") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.docx");
    let file = path.display().to_string();
    for table in tables() {
        std::fs::write(&path, word::table(&templates(), &table).expect("renders")).expect("writes");
        let read: Value =
            serde_json::from_str(&tools::run(&pandoc, &["-f", "docx", "-t", "json", &file], "")).expect("JSON");
        let (_, mut rows) = pandoc_table(&read);
        let shown = shown_with_spans(&table);
        let header = shown.len() - table.rows.len();
        if header == 2 {
            // Word has a header over one column in its upper line; the cell below goes on with it.
            let upper: Vec<String> = rows[0].iter().filter(|text| !text.is_empty()).cloned().collect();
            let expected: Vec<String> = table
                .columns
                .iter()
                .enumerate()
                .filter_map(|(at, column)| {
                    let first = at == 0 || table.columns[at - 1].spanner != column.spanner;
                    match &column.spanner {
                        Some(spanner) => first.then(|| plain(spanner)),
                        None => Some(plain(&column.header)),
                    }
                })
                .filter(|text| !text.is_empty())
                .collect();
            assert_eq!(upper, expected, "table {}", table.id);
            let lower: Vec<String> = rows[1].iter().filter(|text| !text.is_empty()).cloned().collect();
            let expected: Vec<String> = table
                .columns
                .iter()
                .filter(|column| column.spanner.is_some())
                .map(|column| plain(&column.header))
                .filter(|text| !text.is_empty())
                .collect();
            assert_eq!(lower, expected, "table {}", table.id);
        } else {
            assert_eq!(rows[0], shown[0], "table {}", table.id);
        }
        for (row, shown) in rows.iter_mut().zip(&shown).skip(header) {
            assert!(row.iter().skip(shown.len()).all(String::is_empty), "table {}: {row:?}", table.id);
            row.truncate(shown.len());
        }
        assert_eq!(rows[header..], shown[header..], "table {}", table.id);
        let text = tools::run(&pandoc, &["-f", "docx", "-t", "plain", "--wrap=none", &file], "");
        let text = plain(&text);
        for words in table.footnotes.iter().map(|note| &note.text).chain(&table.notes).chain([&table.caption]) {
            // pandoc sets a caption in its own way.
            let start: String = plain(words).chars().take(40).collect();
            assert!(text.contains(&start) || text.contains(&start.replace('*', "\\*")), "table {}: {words}", table.id);
        }
    }
}

/// What Word wants of a file beyond what a lenient reader asks for.
#[test]
fn the_word_file_has_header_rows_fields_and_words_for_the_table() {
    for table in tables() {
        let bytes = word::table(&templates(), &table).expect("renders");
        assert_eq!(bytes, word::table(&templates(), &table).expect("renders"), "the same bytes twice");
        let parts = tools::unzip(&bytes);
        for (name, text) in parts.iter().filter(|(name, _)| name.ends_with(".xml") || name.ends_with(".rels")) {
            Document::parse(text).unwrap_or_else(|error| panic!("{name} of table {}: {error}", table.id));
        }
        let body = Document::parse(&parts["word/document.xml"]).expect("well-formed");
        let lines = if table.columns.iter().any(|column| column.spanner.is_some()) { 2 } else { 1 };
        assert_eq!(elements(body.root(), "tblHeader").count(), lines);
        assert_eq!(elements(body.root(), "tr").count(), lines + table.rows.len());
        assert!(elements(body.root(), "instrText").any(|field| text(field).contains("SEQ Table")));
        let described = elements(body.root(), "tblDescription").next().expect("words for the table");
        let value = described.attributes().next().expect("its value").value();
        assert_eq!(plain(value), plain(&table.alternative()));
        let grid = elements(body.root(), "gridCol").count();
        assert_eq!(grid, table.columns.len());
        for row in elements(body.root(), "tr") {
            let span = |cell: Node| {
                let span = elements(cell, "gridSpan").next().and_then(|span| span.attributes().next());
                span.map_or(1, |span| span.value().parse::<usize>().expect("a number"))
            };
            let columns: usize = row.children().filter(|node| node.has_tag_name("tc")).map(span).sum();
            assert_eq!(columns, grid, "a row of table {} has other columns", table.id);
        }
    }
}

#[test]
fn json_holds_every_cell() {
    for table in tables() {
        let read: Value = serde_json::from_str(&json::table(&table)).expect("JSON");
        assert_eq!(read["caption"], table.caption.as_str());
        assert_eq!(read["anchor"], table.anchor().as_str());
        assert_eq!(read["alternative"], table.alternative().as_str());
        for (read, row) in read["rows"].as_array().expect("rows").iter().zip(&table.rows) {
            for (read, cell) in read["cells"].as_array().expect("cells").iter().zip(&row.cells) {
                assert_eq!(read["text"], cell.text.as_str());
                assert_eq!(read["marks"].as_array().expect("marks").len(), cell.marks.len());
            }
        }
        assert_eq!(read["footnotes"].as_array().expect("footnotes").len(), table.footnotes.len());
    }
}

/// TeX itself takes every table but those with letters that its own fonts lack.
#[test]
fn tex_takes_every_table_of_the_review() {
    let Some(pdflatex) = tools::find_if_there("pdflatex") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("preamble.tex"), latex::preamble(&templates()).expect("renders"))
        .expect("writes");
    let mut document = "\\documentclass[a4paper]{article}\\input{preamble}\\begin{document}\n".to_owned();
    for table in review().tables {
        let name = format!("{}.tex", table.id);
        std::fs::write(folder.path().join(&name), latex::table(&templates(), &table).expect("renders"))
            .expect("writes");
        document.push_str(&format!("\\begin{{landscape}}\\input{{{}}}\\end{{landscape}}\n", table.id));
    }
    document.push_str("\\end{document}\n");
    let path = folder.path().join("all.tex");
    std::fs::write(&path, document).expect("writes");
    let place = format!("-output-directory={}", folder.path().display());
    let inputs = format!("{}:", folder.path().display());
    let written = std::process::Command::new(pdflatex)
        .args(["-interaction=nonstopmode", "-halt-on-error", "-draftmode", &place])
        .arg(&path)
        .env("TEXINPUTS", inputs)
        .output()
        .expect("TeX runs");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stdout));
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
fn pandoc_takes_every_cell_of_the_markdown_into_word() {
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
    let table = blocks.iter().find_map(find_table).expect("a table");
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

/// Returns the first table of a block, which may stand in divisions.
fn find_table(block: &Value) -> Option<&Value> {
    match block["t"].as_str() {
        Some("Table") => Some(block),
        Some("Div") => block["c"][1].as_array()?.iter().find_map(find_table),
        _ => None,
    }
}

fn pandoc_blocks(blocks: &Value) -> String {
    let blocks = blocks.as_array().expect("blocks").iter();
    blocks.map(|block| pandoc_inlines(&block["c"])).collect::<Vec<_>>().join(" ")
}

/// Reads words, spaces, bold and bare links, and the marks of footnotes as `^a`; any other markup in a cell was not meant.
fn pandoc_inlines(inlines: &Value) -> String {
    let inline = |inline: &Value| match inline["t"].as_str() {
        // pandoc keeps `et al.` and what follows on one line.
        Some("Str") => inline["c"].as_str().expect("words").replace('\u{a0}', " "),
        Some("Space" | "SoftBreak") => " ".to_owned(),
        Some("Strong" | "Emph") => pandoc_inlines(&inline["c"]),
        Some("Quoted") => format!("“{}”", pandoc_inlines(&inline["c"][1])),
        Some("Superscript") => format!("^{}", pandoc_inlines(&inline["c"])),
        Some("Code") => inline["c"][1].as_str().expect("words").to_owned(),
        Some("Link" | "Span") => pandoc_inlines(&inline["c"][1]),
        other => panic!("a cell holds {other:?}: {inline}"),
    };
    inlines.as_array().expect("inlines").iter().map(inline).collect()
}

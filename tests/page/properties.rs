//! Whatever is typed: text stays text, raw HTML stays unread, no shape of table reaches a panic.

use std::collections::BTreeMap;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use forestable::render::templates::Templates;
use forestable::render::{csv, html, markdown};
use forestable::report::page::{Block, Page, Section};
use forestable::report::table::{Align, Cell, Citation, Footnote, Row, RowKind, Table};
use proptest::prelude::*;
use roxmltree::Document;

use crate::fixture::column;

/// Pieces that mean something to some reader of Markdown or HTML.
const PIECES: [&str; 40] = [
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
    "<a href=\"",
    "\">",
    "\n",
    "\n\n",
    "\r\n",
    "> ",
    "- ",
    "1. ",
    "# ",
    "\t",
    "    ",
    "é",
    "דוד",
    "\u{301}",
    "`",
    "```\n",
    "\\",
    "|",
    "&lt;",
    "&",
    "[x](",
    ")",
    "![",
    "]",
    "*",
    "_",
    "~~",
    "www.",
    "https://",
    "word",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..14).prop_map(|pieces| pieces.concat())
}

fn templates() -> Templates {
    Templates::new(&BTreeMap::new()).expect("the built-in templates parse")
}

fn gfm() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options
}

fn prose(text: &str) -> Page {
    let blocks = vec![Block::Prose(text.to_owned())];
    Page {
        title: "T".into(),
        lang: "en".into(),
        question: Vec::new(),
        lead: String::new(),
        sections: vec![Section { id: "s".into(), title: "S".into(), blocks }],
        colophon: String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn raw_html_is_never_read_in_markdown(text in text()) {
        let written = markdown::page(&templates(), &prose(&text)).expect("renders");
        let arena = Arena::new();
        for node in parse_document(&arena, &written, &gfm()).descendants() {
            let raw = matches!(node.data.borrow().value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_));
            prop_assert!(!raw, "raw HTML is read in {written:?}");
        }
    }

    #[test]
    fn the_page_of_any_prose_is_well_formed(text in text()) {
        let page = html::page(&templates(), &prose(&text)).expect("renders");
        let body = &page[page.find("<body>").expect("a body")..page.find("</body>").expect("its end") + "</body>".len()];
        let read = Document::parse(body);
        prop_assert!(read.is_ok(), "{:?}: {body}", read.err());
    }

    #[test]
    fn a_cell_reads_back_as_it_was(left in text(), right in text()) {
        let table = Table {
            id: "t".into(),
            caption: "C".into(),
            columns: vec![column("a", "A", None, Align::Left), column("b", "B", None, Align::Decimal)],
            rows: vec![Row { kind: RowKind::Entry, key: None, cells: vec![Cell::text(&left), Cell::text(&right)] }],
            footnotes: Vec::new(),
            notes: Vec::new(),
        };
        let plain = |text: &str| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let written = markdown::table(&templates(), &table).expect("renders");
        let read = comrak::markdown_to_html(&written, &gfm());
        let read = &read[read.find("<tbody>").expect("a body")..read.find("</tbody>").expect("its end") + "</tbody>".len()];
        let read = Document::parse(read).expect("well-formed");
        let cells: Vec<String> = read
            .descendants()
            .filter(|node| node.has_tag_name("td"))
            .map(|cell| plain(&cell.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect::<String>()))
            .collect();
        prop_assert_eq!(cells, [plain(&left), plain(&right)]);
    }

    /// Rows with too few cells or too many, marks without a footnote, a group without words, no column at all.
    #[test]
    fn any_shape_of_table_is_rendered(
        columns in 0usize..4,
        rows in proptest::collection::vec((0usize..5, 0usize..6), 0..8),
        text in text(),
    ) {
        let kinds = [RowKind::Group, RowKind::Entry, RowKind::Continuation, RowKind::Pooled, RowKind::Remark];
        let cell = |at: usize| Cell {
            text: if at.is_multiple_of(2) { text.clone() } else { String::new() },
            marks: vec!["q".into(), "aa".into()],
            citation: at.is_multiple_of(3).then(|| Box::new(Citation {
                path: text.clone(),
                source: None,
                url: Some(text.clone()),
                quote: Some(text.clone()),
                page: None,
                precision: None,
            })),
        };
        let aligns = [Align::Decimal, Align::Left, Align::Right, Align::Center];
        let table = Table {
            id: text.clone(),
            caption: text.clone(),
            columns: (0..columns).map(|at| column("c", &text, (at > 0).then_some("over"), aligns[at])).collect(),
            rows: rows
                .iter()
                .map(|&(kind, cells)| Row { kind: kinds[kind], key: Some(text.clone()), cells: (0..cells).map(cell).collect() })
                .collect(),
            footnotes: vec![Footnote { mark: "q".into(), text: text.clone() }],
            notes: vec![text.clone()],
        };
        let fragment = html::table(&templates(), &table).expect("renders");
        prop_assert!(Document::parse(&fragment).is_ok(), "{fragment}");
        markdown::table(&templates(), &table).expect("renders");
        prop_assert!(csv::table(&table).starts_with("row,key,"));
    }
}

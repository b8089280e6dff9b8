//! Text that would break out of a cell, an attribute, a page: it is shown, and nothing of it is obeyed.

use std::collections::BTreeMap;

use forestable::render::templates::Templates;
use forestable::render::{html, markdown};
use forestable::report::page::{Block, Fact, FileLink, KeyResult, KeyValue, Page, Reference, Section, TableBlock};
use roxmltree::Document;

use crate::{fixture, tools};

const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}</title></style>";

fn templates() -> Templates {
    Templates::new(&BTreeMap::new()).expect("the built-in templates parse")
}

/// A page with hostile text wherever an author's words can stand.
fn page() -> Page {
    let evil = || EVIL.to_owned();
    let file = || FileLink { label: evil(), path: evil(), note: evil() };
    let fact = || Fact { term: evil(), text: format!("{EVIL} [a](javascript:alert(3)) ![p](https://x.org/p.png)") };
    let value = KeyValue { label: evil(), value: evil(), detail: evil() };
    let blocks = vec![
        Block::Prose(format!(
            "# A\n\n{EVIL}\n\n<div onclick=alert(4)>\nraw\n</div>\n\n[a](javascript:alert(3))\n\n![p](https://x.org/p.png)"
        )),
        Block::KeyResults(vec![KeyResult {
            label: evil(),
            values: vec![value],
            sentence: evil(),
            anchor: Some(evil()),
        }]),
        Block::Table(TableBlock { table: fixture::hostile(), files: vec![file()] }),
        Block::Facts(vec![fact()]),
        Block::References(vec![Reference { id: evil(), text: evil(), doi: Some(evil()), pmid: Some(evil()) }]),
        Block::Files(vec![file()]),
    ];
    Page {
        title: evil(),
        lang: "en".into(),
        question: vec![fact()],
        lead: evil(),
        sections: vec![Section { id: evil(), title: evil(), blocks }],
        colophon: evil(),
    }
}

#[test]
fn nothing_hostile_is_an_element_or_an_attribute() {
    let page = html::page(&templates(), &page()).expect("renders");
    // Inside `<style>` the parser of XML sees markup where that of HTML does not: nothing of the input may be there.
    let style = &page[page.find("<style>").expect("style")..page.find("</style>").expect("its end")];
    assert!(!style.contains("alert"));
    let body = &page[page.find("<body>").expect("a body")..page.find("</body>").expect("its end") + "</body>".len()];
    let read = Document::parse(body).expect("the body is well-formed XML");
    // The page's own script is the last thing in it, and holds nothing of the input.
    let own = read.root_element().last_element_child().filter(|last| last.has_tag_name("script")).expect("its script");
    assert!(own.text().is_some_and(|script| !script.contains("alert")));
    for node in read.descendants().filter(|node| node.is_element() && *node != own) {
        let name = node.tag_name().name();
        assert!(
            !matches!(name, "script" | "img" | "iframe" | "object" | "style" | "link" | "base"),
            "an element {name}"
        );
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "an attribute {}", attribute.name());
            if attribute.name() == "href" {
                assert!(!attribute.value().trim_start().starts_with("javascript:"), "{}", attribute.value());
            }
        }
    }
    let texts: String = read.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
    assert!(texts.contains(EVIL), "what was typed is shown");
}

#[test]
fn a_citation_leads_to_the_web_or_nowhere() {
    let mut table = fixture::retrospective();
    for citation in table.rows.iter_mut().flat_map(|row| &mut row.cells).filter_map(|cell| cell.citation.as_mut()) {
        citation.url = Some("javascript:alert(1)".into());
    }
    assert!(!html::table(&templates(), &table).expect("renders").contains("javascript:"));
}

#[test]
fn raw_html_in_a_remark_stays_text_in_markdown() {
    let Some(pandoc) = tools::find("pandoc") else { return };
    let source = markdown::page(&templates(), &page()).expect("renders");
    for format in ["markdown", "gfm"] {
        let read = tools::run(&pandoc, &["-f", format, "-t", "json"], &source);
        assert!(!read.contains("RawInline") && !read.contains("RawBlock"), "{format} finds raw HTML");
    }
}

//! Every link of the documentation leads to a file and a heading that are there; every page is a chapter of the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Anchorizer, Arena, Options, parse_document};

use super::docs;

/// A Markdown file: its anchors, and its links with their lines.
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<(usize, String)>,
}

/// Returns the anchor that GitHub and mdBook give a heading.
pub fn slug(heading: &str) -> String {
    Anchorizer::new().anchorize(heading)
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.autolink = true;
    let root = parse_document(&arena, &text, &options);
    let mut anchors = Anchorizer::new();
    let mut page = Page { anchors: BTreeSet::new(), links: Vec::new() };
    for node in root.descendants() {
        let data = node.data.borrow();
        match &data.value {
            NodeValue::Heading(_) => drop(page.anchors.insert(anchors.anchorize(&words(node)))),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                page.links.push((data.sourcepos.start.line, link.url.clone()));
            }
            _ => {}
        }
    }
    page
}

/// Returns the words of a heading.
fn words<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            _ => {}
        }
    }
    words
}

/// Returns every page of documentation, by its path.
fn pages() -> BTreeMap<PathBuf, Page> {
    let root = docs().parent().unwrap().to_owned();
    let mut paths = vec![
        root.join("README.md"),
        root.join("CONTRIBUTING.md"),
        root.join("benches/README.md"),
        root.join("fuzz/README.md"),
    ];
    for folder in [docs(), docs().join("reference")] {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// Returns the path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut faults = Vec::new();
    for (path, page) in &pages {
        for (line, link) in &page.links {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { plain(&path.parent().unwrap().join(file)) };
            let chapter = target.extension().is_some_and(|ending| ending == "md");
            let fault = if !target.exists() {
                "no such file"
            } else if chapter && path.starts_with(docs()) && !target.starts_with(docs()) {
                "the book has no such chapter"
            } else if !anchor.is_empty() && !pages.get(&target).is_none_or(|page| page.anchors.contains(anchor)) {
                "no such heading"
            } else {
                continue;
            };
            faults.push(format!("{}:{line}: {link}: {fault}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_is_a_chapter_of_the_book() {
    let summary = docs().join("SUMMARY.md");
    let chapters: BTreeSet<PathBuf> = read(&summary).links.iter().map(|(_, link)| docs().join(link)).collect();
    let pages: BTreeSet<PathBuf> =
        pages().into_keys().filter(|path| path.starts_with(docs()) && *path != summary).collect();
    assert_eq!(chapters, pages);
}

#[test]
fn a_heading_has_the_anchor_that_browsers_know() {
    assert_eq!(slug("Where a standard error comes from"), "where-a-standard-error-comes-from");
    assert_eq!(slug("E204: more events than people"), "e204-more-events-than-people");
    assert_eq!(slug("`cohorts.NAME.results[]`"), "cohortsnameresults");
}

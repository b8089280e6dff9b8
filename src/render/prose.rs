//! Authors' Markdown, made safe: the only file that names comrak.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

/// The highest heading that running text may bring: the page and its sections own the two above.
const FIRST_HEADING: u8 = 3;

/// Returns the HTML of a Markdown text: raw HTML is shown as it was typed, script addresses lose their target, pictures
/// become links (the page loads nothing), and its highest heading comes right below a section's.
pub(super) fn to_html(text: &str) -> String {
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, text, &options);
    let highest = root.descendants().filter_map(heading_level).min().unwrap_or(1);
    for node in root.descendants() {
        let mut data = node.data.borrow_mut();
        match &mut data.value {
            NodeValue::Heading(heading) => heading.level = (heading.level - highest + FIRST_HEADING).min(6),
            NodeValue::Image(link) => data.value = NodeValue::Link(link.clone()),
            _ => {}
        }
    }
    let mut html = String::new();
    format_html(root, &options, &mut html).expect("a string takes every write");
    html.trim_end().to_owned()
}

/// Returns the HTML of a manuscript's Markdown: as an author of a paper writes it, with raised figures and footnotes;
/// comments are left out, other raw HTML is shown as it was typed, pictures become links.
pub(super) fn manuscript_html(text: &str) -> String {
    let arena = Arena::new();
    let mut options = options();
    options.extension.superscript = true;
    options.extension.footnotes = true;
    options.parse.smart = false;
    let text = without_comments(text);
    let root = parse_document(&arena, &text, &options);
    for node in root.descendants() {
        let mut data = node.data.borrow_mut();
        if let NodeValue::Image(link) = &data.value {
            data.value = NodeValue::Link(link.clone());
        }
    }
    let mut html = String::new();
    format_html(root, &options, &mut html).expect("a string takes every write");
    html
}

/// Returns the text without its comments.
pub(super) fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        let Some((_, behind)) = after.split_once("-->") else { return kept };
        rest = behind;
    }
    kept + rest
}

/// Returns the Markdown text itself with the `<` of raw HTML as an entity, so that no later reader obeys it
/// (a backslash would not do: after a bare address it belongs to the address).
pub(super) fn to_markdown(text: &str) -> String {
    let mut text = text.trim_end().replace("\r\n", "\n");
    while let Some(openings) = raw_html(&text) {
        // Without a place to mend, every `<` is: each round leaves fewer of them.
        if openings.is_empty() {
            return text.replace('<', "&lt;");
        }
        for &at in openings.iter().rev() {
            text.replace_range(at..=at, "&lt;");
        }
    }
    text
}

/// Returns where the `<` of raw HTML stand, in order; nothing if there is none.
fn raw_html(text: &str) -> Option<BTreeSet<usize>> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut raw = root.descendants().filter(|node| is_raw_html(node)).peekable();
    raw.peek()?;
    let openings = raw.flat_map(|node| {
        let place = node.data.borrow().sourcepos;
        let (start, end) = (offset(text, place.start), offset(text, place.end).saturating_add(1));
        let words = text.get(start..end.min(text.len())).unwrap_or_default();
        words.match_indices('<').map(move |(at, _)| start + at)
    });
    Some(openings.collect())
}

fn heading_level<'a>(node: &'a AstNode<'a>) -> Option<u8> {
    match &node.data.borrow().value {
        NodeValue::Heading(heading) => Some(heading.level),
        _ => None,
    }
}

fn is_raw_html<'a>(node: &'a AstNode<'a>) -> bool {
    matches!(node.data.borrow().value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_))
}

/// Returns the byte of a line and column, both from 1.
fn offset(text: &str, place: comrak::nodes::LineColumn) -> usize {
    let line_start = match place.line {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(text.len(), |(at, _)| at + 1),
    };
    line_start + place.column.saturating_sub(1)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.escape = true;
    options
}

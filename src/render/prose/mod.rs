//! Authors' Markdown, made safe: the only folder that names comrak.

mod paragraphs;

use std::collections::BTreeSet;

use crate::report::manuscript::Bindings;
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

pub(super) use paragraphs::manuscript_paragraphs;
pub use paragraphs::{Paragraph, ParagraphKind, Run, paragraphs};

/// The highest heading that running text may bring: the page and its sections own the two above.
const FIRST_HEADING: u8 = 3;

/// Returns the HTML of a Markdown text: raw HTML is shown as it was typed, script addresses lose their target, pictures
/// become links (the page loads nothing), and its highest heading comes right below a section's.
pub(super) fn to_html(text: &str) -> String {
    html(text, &options())
}

/// Returns the HTML of a Markdown text as [`to_html`] does, its raw HTML obeyed but for what could run or load something.
pub(super) fn to_html_with_raw(text: &str) -> String {
    let mut options = options();
    options.render.escape = false;
    options.render.r#unsafe = true;
    html(text, &options)
}

/// Elements that run, load or send something, or change what stands after them; GitHub's list and what it lacks.
const REFUSED: [&str; 16] = [
    "base",
    "embed",
    "form",
    "iframe",
    "link",
    "meta",
    "noembed",
    "noframes",
    "object",
    "plaintext",
    "script",
    "style",
    "svg",
    "textarea",
    "title",
    "xmp",
];

/// Returns raw HTML with the `<` of every refused element as an entity.
fn disarmed(html: &str) -> String {
    let mut parts = html.split('<');
    let mut safe = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let refused = REFUSED.contains(&name.to_ascii_lowercase().as_str());
        safe.push_str(if refused { "&lt;" } else { "<" });
        safe.push_str(part);
    }
    safe
}

fn html(text: &str, options: &Options) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, text, options);
    let highest = root.descendants().filter_map(heading_level).min().unwrap_or(1);
    for node in root.descendants() {
        let mut data = node.data.borrow_mut();
        match &mut data.value {
            NodeValue::Heading(heading) => heading.level = (heading.level - highest + FIRST_HEADING).min(6),
            NodeValue::Image(link) => data.value = NodeValue::Link(link.clone()),
            NodeValue::HtmlBlock(html) if options.render.r#unsafe => html.literal = disarmed(&html.literal),
            NodeValue::HtmlInline(html) if options.render.r#unsafe => *html = disarmed(html),
            _ => {}
        }
    }
    let mut html = String::new();
    format_html(root, options, &mut html).expect("a string takes every write");
    html.trim_end().to_owned()
}

/// Returns the HTML of a manuscript's Markdown: as an author of a paper writes it, with raised figures;
/// comments are left out, other raw HTML is shown as it was typed, pictures become links.
pub(super) fn manuscript_html(text: &str) -> String {
    let arena = Arena::new();
    let options = manuscript_options();
    let text = without_comments(text, Bindings::None);
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

/// Returns the text without its comments, those left that bind a number where these are kept.
pub(super) fn without_comments(text: &str, bindings: Bindings) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        let Some((inside, behind)) = after.split_once("-->") else { return kept };
        if bindings == Bindings::Kept && inside.split_whitespace().count() == 1 {
            kept.push_str(&format!("<!--{inside}-->"));
        }
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

fn manuscript_options() -> Options<'static> {
    let mut options = options();
    options.extension.superscript = true;
    options
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.escape = true;
    options
}

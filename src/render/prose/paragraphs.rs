//! Markdown as paragraphs of runs, for formats that have styles in place of markup: Word and LaTeX.

use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};
use serde::Serialize;

use super::{manuscript_options, options, without_comments};
use crate::report::manuscript::Bindings;

/// A paragraph of running text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// What it is.
    #[serde(flatten)]
    pub kind: ParagraphKind,
    /// Its text, piece by piece.
    pub runs: Vec<Run>,
}

/// What a paragraph is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ParagraphKind {
    /// Running text.
    #[default]
    Text,
    /// A heading of this level, from 1.
    Heading {
        /// Its level.
        level: u8,
    },
    /// A line of a list.
    Item {
        /// How many lists it stands in.
        depth: u8,
        /// What stands before it: `•`, `2.`
        marker: String,
    },
    /// Words of somebody else.
    Quote,
    /// Text as it was typed, one paragraph a line.
    Code,
}

/// A piece of text that is set alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is set as typed.
    pub code: bool,
    /// Whether it is raised, as the mark of a footnote is.
    pub raised: bool,
    /// The web address it leads to.
    pub link: Option<String>,
}

impl Run {
    /// Returns plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Returns the paragraphs of a Markdown text: raw HTML is text as it was typed, a picture is a link, a row of a table is a
/// line with its cells apart by tabs.
///
/// ```
/// use forestable::render::prose::{Run, paragraphs};
/// let read = paragraphs("Alive at *two* years");
/// assert_eq!(read[0].runs[1], Run { text: "two".into(), italic: true, ..Run::default() });
/// ```
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    read(text, &options())
}

/// Returns the paragraphs of a manuscript's Markdown: as [`paragraphs`] does, with raised text and without comments, but for
/// those that bind a number, which may be kept: each is a run of its own.
pub(in crate::render) fn manuscript_paragraphs(text: &str, bindings: Bindings) -> Vec<Paragraph> {
    read(&without_comments(text, bindings), &manuscript_options())
}

fn read(text: &str, options: &Options) -> Vec<Paragraph> {
    let arena = Arena::new();
    let mut writer = Writer::default();
    writer.blocks(parse_document(&arena, text, options), &ParagraphKind::Text);
    writer.paragraphs
}

#[derive(Default)]
struct Writer {
    paragraphs: Vec<Paragraph>,
    depth: u8,
}

impl Writer {
    fn blocks<'a>(&mut self, parent: &'a AstNode<'a>, kind: &ParagraphKind) {
        for node in parent.children() {
            self.block(node, kind);
        }
    }

    fn block<'a>(&mut self, node: &'a AstNode<'a>, kind: &ParagraphKind) {
        match &node.data.borrow().value {
            NodeValue::Paragraph => self.push(kind, runs(node)),
            NodeValue::Heading(heading) => self.push(&ParagraphKind::Heading { level: heading.level }, runs(node)),
            NodeValue::BlockQuote => self.blocks(node, &ParagraphKind::Quote),
            NodeValue::List(list) => {
                self.depth = self.depth.saturating_add(1);
                for (at, item) in node.children().enumerate() {
                    let marker = match list.list_type {
                        ListType::Bullet => "•".to_owned(),
                        ListType::Ordered => format!("{}.", list.start.saturating_add(at)),
                    };
                    self.blocks(item, &ParagraphKind::Item { depth: self.depth, marker });
                }
                self.depth -= 1;
            }
            NodeValue::CodeBlock(code) => self.lines(&code.literal, &ParagraphKind::Code),
            NodeValue::HtmlBlock(html) => self.lines(&html.literal, kind),
            NodeValue::TableRow(_) => {
                let cells = node.children().map(runs);
                let row = cells.reduce(|mut row, cell| {
                    row.push(Run::plain("\t"));
                    row.extend(cell);
                    row
                });
                self.push(kind, row.unwrap_or_default());
            }
            _ => self.blocks(node, kind),
        }
    }

    fn lines(&mut self, text: &str, kind: &ParagraphKind) {
        for line in text.lines() {
            self.push(kind, vec![Run::plain(line)]);
        }
    }

    fn push(&mut self, kind: &ParagraphKind, runs: Vec<Run>) {
        self.paragraphs.push(Paragraph { kind: kind.clone(), runs });
    }
}

/// Returns the text inside a block or a cell.
fn runs<'a>(block: &'a AstNode<'a>) -> Vec<Run> {
    let mut found = Vec::new();
    for node in block.children() {
        collect(node, &Run::default(), &mut found);
    }
    found
}

/// Adds the text of a node, set as its surroundings are and as it says itself.
fn collect<'a>(node: &'a AstNode<'a>, around: &Run, found: &mut Vec<Run>) {
    let mut set = around.clone();
    match &node.data.borrow().value {
        NodeValue::Text(text) => set.text = text.to_string(),
        NodeValue::HtmlInline(html) => set.text.clone_from(html),
        NodeValue::SoftBreak | NodeValue::LineBreak => set.text = " ".to_owned(),
        NodeValue::Code(code) => {
            set.text.clone_from(&code.literal);
            set.code = true;
        }
        NodeValue::Strong => set.bold = true,
        NodeValue::Emph => set.italic = true,
        NodeValue::Superscript => set.raised = true,
        NodeValue::Link(link) | NodeValue::Image(link) => {
            let web = link.url.starts_with("https://") || link.url.starts_with("http://");
            set.link = web.then(|| link.url.clone());
        }
        _ => {}
    }
    if set.text.is_empty() {
        for child in node.children() {
            collect(child, &set, found);
        }
    } else {
        found.push(set);
    }
}

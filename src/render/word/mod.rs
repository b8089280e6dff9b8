//! Word: headings, paragraphs, tables and figures as one `.docx`, of the same bytes every time.
//!
//! The body and the styles are templates; the package around them is fixed.

mod package;
mod styles;
mod table;

use std::collections::BTreeSet;

use serde::Serialize;

use self::package::Media;
use self::styles::Styles;
use self::table::TableView;
use super::prose::{Paragraph, ParagraphKind, Run};
use super::templates::{RenderError, Templates};
use crate::report::table::{Table, anchor};

/// What a Word file holds, from top to bottom.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    /// Its title, in the file's properties.
    pub title: &'a str,
    /// The styles of another Word file: ours are added where it has none.
    pub styles: Option<&'a str>,
    /// What it holds.
    pub blocks: Vec<Block<'a>>,
}

/// One block of a Word file.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// A heading, running text, a line of a list.
    Paragraph(Paragraph),
    /// A table under its numbered caption, its notes below. One with many columns stands on pages turned on their side.
    Table(&'a Table, Number),
    /// A picture over its numbered caption.
    Figure(Figure<'a>, Number),
}

/// The number of a table or a figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Number {
    /// One more than the last.
    #[default]
    Next,
    /// This one, of the text.
    Text(usize),
    /// This one, of the supplement: `S1`.
    Supplement(usize),
}

/// A picture for a Word file.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    /// Its id, for references in the file.
    pub id: &'a str,
    /// The caption, without a number.
    pub caption: &'a str,
    /// What it shows, in words.
    pub alternative: &'a str,
    /// The picture.
    pub png: &'a [u8],
    /// Its dots per inch.
    pub resolution: u16,
}

/// Returns the table as a Word file of its own.
///
/// # Errors
/// As [`document`].
pub fn table(templates: &Templates, table: &Table) -> Result<Vec<u8>, RenderError> {
    document(
        templates,
        &Document { title: &table.caption, styles: None, blocks: vec![Block::Table(table, Number::Next)] },
    )
}

/// Returns a Word file; equal documents give equal bytes.
///
/// # Errors
/// A template of the review's own that can't be filled; a file too large for its format.
pub fn document(templates: &Templates, document: &Document<'_>) -> Result<Vec<u8>, RenderError> {
    let mut arranging = Arranging::new(templates);
    let view = DocumentView { sections: arranging.sections(&document.blocks)? };
    let body = templates.render("word-document.xml", "document", view)?;
    let styles = templates.render("word-styles.xml", "document", DocumentView { sections: Vec::new() })?;
    let styles = match document.styles {
        Some(other) => Styles::of_another(other, styles.trim()),
        None => Styles::ours(styles),
    };
    let body = styles.renaming(body);
    let links: Vec<String> = arranging.links.iter().map(|link| escape(link)).collect();
    package::package(&escape(document.title), &body, &styles.xml, &links, &arranging.media).map_err(|error| {
        RenderError {
            template: "word-document.xml".to_owned(),
            position: None,
            message: format!("no Word file can be made of it: {error}"),
        }
    })
}

/// Returns the text with every character escaped that XML takes for markup; those that it can't hold are left out.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// What `word-document.xml` is given.
#[derive(Serialize)]
struct DocumentView<'a> {
    sections: Vec<SectionView<'a>>,
}

/// A run of blocks on pages of one orientation.
#[derive(Serialize)]
struct SectionView<'a> {
    orientation: Orientation,
    blocks: Vec<BlockView<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Orientation {
    Portrait,
    Landscape,
}

impl Orientation {
    /// How many columns a table may have on an upright page.
    const UPRIGHT: usize = 8;

    fn of(block: &Block) -> Self {
        match block {
            Block::Table(table, _) if table.columns.len() > Self::UPRIGHT => Self::Landscape,
            _ => Self::Portrait,
        }
    }

    /// Returns the width between the margins of A4, in twentieths of a point.
    fn line(self) -> usize {
        match self {
            Self::Portrait => 9638,
            Self::Landscape => 14570,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "block", rename_all = "kebab-case")]
enum BlockView<'a> {
    Paragraph { paragraph: ParagraphView },
    Table { table: TableView<'a> },
    Figure { figure: FigureView<'a> },
}

impl BlockView<'_> {
    fn is_heading(&self) -> bool {
        matches!(self, Self::Paragraph { paragraph } if paragraph.style.starts_with("Heading"))
    }
}

#[derive(Serialize)]
struct ParagraphView {
    style: String,
    /// How far it is set in, in twentieths of a point.
    indent: usize,
    marker: Option<String>,
    runs: Vec<RunView>,
}

#[derive(Serialize)]
struct RunView {
    #[serde(flatten)]
    run: Run,
    /// The relation that holds the run's address.
    relation: Option<String>,
}

#[derive(Serialize)]
struct FigureView<'a> {
    #[serde(flatten)]
    bookmark: Bookmark,
    #[serde(flatten)]
    number: NumberView,
    relation: String,
    caption: &'a str,
    alternative: &'a str,
    /// Width and height in English metric units, 914,400 to the inch.
    width: usize,
    height: usize,
}

/// A number as a field of Word counts it.
#[derive(Serialize)]
struct NumberView {
    number: usize,
    /// Whether the field is told the number, since it does not follow from the last.
    restart: bool,
    supplement: bool,
}

/// A place in the file that a reference can name.
#[derive(Serialize)]
struct Bookmark {
    bookmark: String,
    bookmark_id: usize,
}

/// The numbers that run through a document.
struct Arranging<'a> {
    templates: &'a Templates,
    tables: usize,
    figures: usize,
    links: Vec<String>,
    media: Vec<Media<'a>>,
    bookmarks: BTreeSet<String>,
}

impl<'a> Arranging<'a> {
    fn new(templates: &'a Templates) -> Self {
        let (links, media, bookmarks) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { templates, tables: 0, figures: 0, links, media, bookmarks }
    }

    /// Returns the blocks in sections; a document without blocks is one empty page.
    fn sections(&mut self, blocks: &[Block<'a>]) -> Result<Vec<SectionView<'a>>, RenderError> {
        let mut sections: Vec<SectionView> = Vec::new();
        for block in blocks {
            let orientation = Orientation::of(block);
            let view = self.block(block, orientation)?;
            match sections.last_mut() {
                Some(last) if last.orientation == orientation => last.blocks.push(view),
                last => {
                    // A heading goes with what it heads, even onto a page turned otherwise.
                    let heads = last.into_iter().flat_map(|last| {
                        let text = last.blocks.iter().rposition(|block| !block.is_heading()).map_or(0, |at| at + 1);
                        last.blocks.split_off(text)
                    });
                    let blocks = heads.chain([view]).collect();
                    sections.retain(|section| !section.blocks.is_empty());
                    sections.push(SectionView { orientation, blocks });
                }
            }
        }
        if sections.is_empty() {
            sections.push(SectionView { orientation: Orientation::Portrait, blocks: Vec::new() });
        }
        Ok(sections)
    }

    fn block(&mut self, block: &Block<'a>, orientation: Orientation) -> Result<BlockView<'a>, RenderError> {
        Ok(match block {
            Block::Paragraph(paragraph) => BlockView::Paragraph { paragraph: self.paragraph(paragraph) },
            Block::Table(table, number) => {
                let number = numbered(&mut self.tables, *number);
                let bookmark = self.bookmark(&table.anchor());
                BlockView::Table { table: TableView::new(table, number, bookmark, orientation.line(), self)? }
            }
            Block::Figure(figure, number) => {
                BlockView::Figure { figure: self.figure(figure, *number, orientation.line()) }
            }
        })
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> ParagraphView {
        const STEP: usize = 360;
        let (style, depth, marker) = match &paragraph.kind {
            ParagraphKind::Text => ("BodyText".to_owned(), 0, None),
            ParagraphKind::Heading { level } => (format!("Heading{}", level.clamp(&1, &6)), 0, None),
            ParagraphKind::Item { depth, marker } => ("ListParagraph".to_owned(), *depth, Some(marker.clone())),
            ParagraphKind::Quote => ("Quote".to_owned(), 0, None),
            ParagraphKind::Code => ("Code".to_owned(), 0, None),
        };
        let runs = paragraph.runs.iter().map(|run| RunView { run: run.clone(), relation: self.relation(run) });
        ParagraphView { style, indent: STEP * usize::from(depth), marker, runs: runs.collect() }
    }

    /// Returns the relation of a run's address.
    fn relation(&mut self, run: &Run) -> Option<String> {
        let link = run.link.as_ref()?;
        let at = self.links.iter().position(|known| known == link).unwrap_or_else(|| {
            self.links.push(link.clone());
            self.links.len() - 1
        });
        Some(package::link_relation(at))
    }

    fn figure(&mut self, figure: &Figure<'a>, number: Number, line: usize) -> FigureView<'a> {
        const PER_INCH: usize = 914_400;
        const PER_TWIP: usize = 635;
        let per_pixel = PER_INCH / usize::from(figure.resolution.max(1));
        self.media.push(Media { png: figure.png });
        let (width, height) = package::pixels(figure.png);
        let (width, height) = (width * per_pixel, height * per_pixel);
        let fitting = width.min(line * PER_TWIP);
        FigureView {
            bookmark: self.bookmark(&anchor("figure", figure.id)),
            number: numbered(&mut self.figures, number),
            relation: package::media_relation(self.media.len() - 1),
            caption: figure.caption,
            alternative: figure.alternative,
            width: fitting,
            height: (height * fitting).checked_div(width).unwrap_or(0),
        }
    }

    /// Returns an anchor as Word wants a bookmark: letters, figures and `_`, at most 40 of them, each once in a file.
    fn bookmark(&mut self, anchor: &str) -> Bookmark {
        let name: String = anchor.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(36).collect();
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.bookmarks.contains(name));
        let bookmark = free.unwrap_or(name);
        self.bookmarks.insert(bookmark.clone());
        Bookmark { bookmark, bookmark_id: self.bookmarks.len() }
    }
}

/// Returns the number of the next table or figure, and counts it.
fn numbered(last: &mut usize, number: Number) -> NumberView {
    let (next, supplement) = match number {
        Number::Next => (*last + 1, false),
        Number::Text(number) => (number, false),
        Number::Supplement(number) => (number, true),
    };
    let restart = !supplement && next != *last + 1;
    if !supplement {
        *last = next;
    }
    NumberView { number: next, restart, supplement }
}

//! A page arranged for `page.html`: tables and figures are counted, every anchor is settled.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::super::templates::{RenderError, Templates};
use super::looks::LooksView;
use super::table::TableView;
use crate::report::page::{Block, Fact, FigureBlock, FileLink, KeyResult, Page, Reference, Section};
use crate::report::table::{Table, anchor, plain_name};

/// What a page adds where scripts run; no template, since the page's policy lets this script run and no other.
const SCRIPT: &str = include_str!("page.js");

/// What `page.html` is given.
#[derive(Serialize)]
pub(super) struct PageView<'a> {
    title: &'a str,
    lang: &'a str,
    question: &'a [Fact],
    lead: &'a str,
    sections: Vec<SectionView<'a>>,
    colophon: &'a str,
    /// Studies and analyses that stand in more than one place, for highlighting.
    keys: Vec<String>,
    script: &'static str,
    /// By which the page's policy knows its script: `sha256-…`.
    script_hash: String,
}

#[derive(Serialize)]
struct SectionView<'a> {
    anchor: String,
    title: &'a str,
    blocks: Vec<BlockView<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum BlockView<'a> {
    Prose { text: &'a str },
    KeyResults { results: &'a [KeyResult] },
    Table { table: TableView<'a> },
    Figure { figure: FigureView<'a> },
    Facts { facts: &'a [Fact] },
    References { references: Vec<ReferenceView<'a>> },
    Files { files: &'a [FileLink] },
}

#[derive(Serialize)]
struct FigureView<'a> {
    anchor: String,
    number: String,
    caption: &'a str,
    alt: &'a str,
    svg: &'a str,
    /// The style that keeps the picture's place until it is drawn.
    frame: Option<String>,
    looks: Option<LooksView<'a>>,
    data: Option<TableView<'a>>,
    files: &'a [FileLink],
}

#[derive(Serialize)]
struct ReferenceView<'a> {
    anchor: String,
    reference: &'a Reference,
}

/// Past this many, a rule for each would cost more than it shows.
const MOST_KEYS: usize = 60;

impl<'a> PageView<'a> {
    /// Arranges a page.
    ///
    /// # Errors
    /// A template of the review's own that a long table cannot be filled in.
    pub(super) fn new(templates: &Templates, page: &'a Page) -> Result<Self, RenderError> {
        let mut counting = Counting { templates, tables: 0, figures: 0, keys: BTreeMap::new() };
        let sections = page.sections.iter().map(|section| counting.section(section)).collect::<Result<_, _>>()?;
        let mut keys: Vec<_> =
            counting.keys.into_iter().filter(|(_, places)| *places > 1).map(|(key, _)| key).collect();
        if keys.len() > MOST_KEYS {
            keys.clear();
        }
        Ok(Self {
            title: &page.title,
            lang: &page.lang,
            question: &page.question,
            lead: &page.lead,
            sections,
            colophon: &page.colophon,
            keys,
            script: SCRIPT,
            script_hash: format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(SCRIPT))),
        })
    }
}

/// The running numbers of tables and figures, and in how many places each study or analysis stands.
struct Counting<'t> {
    templates: &'t Templates,
    tables: usize,
    figures: usize,
    keys: BTreeMap<String, usize>,
}

impl Counting<'_> {
    fn section<'a>(&mut self, section: &'a Section) -> Result<SectionView<'a>, RenderError> {
        let blocks = section.blocks.iter().map(|block| self.block(block)).collect::<Result<_, _>>()?;
        Ok(SectionView { anchor: anchor("section", &section.id), title: &section.title, blocks })
    }

    fn block<'a>(&mut self, block: &'a Block) -> Result<BlockView<'a>, RenderError> {
        Ok(match block {
            Block::Prose(text) => BlockView::Prose { text },
            Block::KeyResults(results) => BlockView::KeyResults { results },
            Block::Table(block) => {
                self.tables += 1;
                self.keys(&block.table);
                let number = format!("Table {}", self.tables);
                BlockView::Table { table: TableView::new(self.templates, &block.table, Some(number), &block.files)? }
            }
            Block::Figure(figure) => BlockView::Figure { figure: self.figure(figure)? },
            Block::Facts(facts) => BlockView::Facts { facts },
            Block::References(references) => {
                let view =
                    |reference: &'a Reference| ReferenceView { anchor: anchor("reference", &reference.id), reference };
                BlockView::References { references: references.iter().map(view).collect() }
            }
            Block::Files(files) => BlockView::Files { files },
        })
    }

    fn figure<'a>(&mut self, figure: &'a FigureBlock) -> Result<FigureView<'a>, RenderError> {
        self.figures += 1;
        let data = figure.data.as_ref().map(|table| {
            self.keys(table);
            TableView::new(self.templates, table, None, &[])
        });
        Ok(FigureView {
            anchor: anchor("figure", &figure.id),
            number: format!("Figure {}", self.figures),
            caption: &figure.caption,
            alt: &figure.alt,
            svg: drawing(&figure.svg),
            frame: frame(&figure.svg),
            looks: figure.looks.as_ref().map(LooksView::new),
            data: data.transpose()?,
            files: &figure.files,
        })
    }

    fn keys(&mut self, table: &Table) {
        let keys: BTreeSet<String> = table.rows.iter().filter_map(|row| row.key.as_deref()).map(plain_name).collect();
        for key in keys {
            *self.keys.entry(key).or_default() += 1;
        }
    }
}

/// Returns the `<svg>` element of a document, without the declarations that a page may not hold.
pub(super) fn drawing(svg: &str) -> &str {
    svg.find("<svg").map_or("", |start| &svg[start..])
}

/// Returns a picture's width and shape, as its `<svg>` element has them.
fn frame(svg: &str) -> Option<String> {
    let (head, _) = drawing(svg).split_once('>')?;
    let of = |name: &str| head.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value);
    let mut corners = of("viewBox")?.split(' ').skip(2);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    let [width, across, down] = [of("width")?, corners.next()?, corners.next()?].map(number);
    Some(format!("--width:{}px;--shape:{}/{}", width?, across?, down?))
}

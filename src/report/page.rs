//! The page model: the whole report as plain data, every figure already text; a renderer only arranges it.

use serde::Serialize;

use super::table::Table;

/// A report: one page, read from top to bottom.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The review's title, plain text.
    pub title: String,
    /// The language of its words, as the `lang` attribute wants it: `en`.
    pub lang: String,
    /// The question, item by item: population, intervention, outcomes.
    pub question: Vec<Fact>,
    /// What the review found, in a few sentences; Markdown.
    pub lead: String,
    /// The sections, in reading order.
    pub sections: Vec<Section>,
    /// The last lines: the program and its version, how to make the page again; Markdown.
    pub colophon: String,
}

/// One section; `section-ID` is its anchor and its title stands in the contents.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its id, unique among the page's sections.
    pub id: String,
    /// Its title, plain text.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// One block of a section.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", content = "content", rename_all = "kebab-case")]
pub enum Block {
    /// Running text: Markdown, in which raw HTML is shown and not obeyed.
    Prose(String),
    /// The answers at a glance, one card each.
    KeyResults(Vec<KeyResult>),
    /// A table.
    Table(TableBlock),
    /// A figure.
    Figure(FigureBlock),
    /// Named facts: exceptions with their reasons, settings.
    Facts(Vec<Fact>),
    /// The numbered list of references.
    References(Vec<Reference>),
    /// Files that were written beside the page.
    Files(Vec<FileLink>),
}

/// A name and what is said of it.
#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    /// The name, plain text.
    pub term: String,
    /// What is said, Markdown.
    pub text: String,
}

/// One answer at a glance: an outcome at a time, the groups side by side.
#[derive(Debug, Clone, Serialize)]
pub struct KeyResult {
    /// What was measured: `Progression-free survival at 2 years`.
    pub label: String,
    /// A value for each group, in the order they are read.
    pub values: Vec<KeyValue>,
    /// The answer in a sentence, plain text.
    pub sentence: String,
    /// The page's anchor that shows more, without `#`: `figure-pfs-2y-forest`.
    pub anchor: Option<String>,
}

/// One group's value in a [`KeyResult`].
#[derive(Debug, Clone, Serialize)]
pub struct KeyValue {
    /// The group: `Retrospective`.
    pub label: String,
    /// Its value: `42%`, or a mark for absence.
    pub value: String,
    /// What qualifies it: `95% CI 24 to 60; 5 series, 266 patients`.
    pub detail: String,
}

/// A table in its place on the page.
#[derive(Debug, Clone, Serialize)]
pub struct TableBlock {
    /// The table.
    pub table: Table,
    /// The same table as files.
    pub files: Vec<FileLink>,
}

/// A figure in its place on the page.
#[derive(Debug, Clone, Serialize)]
pub struct FigureBlock {
    /// Its id: the file's stem, and `figure-ID` is its anchor; stable between builds.
    pub id: String,
    /// The caption, plain text, without a number.
    pub caption: String,
    /// What the figure shows, in words, for whoever can't see it.
    pub alt: String,
    /// The picture, a whole SVG document; trusted, since the program drew it.
    pub svg: String,
    /// The same in other layouts and on other scales, if a reader may have them.
    pub looks: Option<FigureLooks>,
    /// The numbers that were drawn, folded away under the figure.
    pub data: Option<Table>,
    /// The same figure as files; the first is the picture that a Markdown page shows.
    pub files: Vec<FileLink>,
}

/// The looks that a reader can give a figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigureLooks {
    /// The layouts there are.
    pub layouts: Vec<Look>,
    /// The scales of its axis there are; empty where there is no choice.
    pub scales: Vec<Look>,
    /// The other pictures.
    pub others: Vec<OtherPicture>,
}

/// A layout or a scale to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Look {
    /// Its name, as `review.yaml` has it.
    pub name: String,
    /// Its name, as a reader sees it.
    pub label: String,
    /// Whether the figure's own picture has it.
    pub own: bool,
}

/// A figure in another look.
#[derive(Debug, Clone, Serialize)]
pub struct OtherPicture {
    /// The name of its layout.
    pub layout: String,
    /// The name of its scale.
    pub scale: String,
    /// The picture, a whole SVG document; trusted, since the program drew it.
    pub svg: String,
}

/// One entry of the reference list; `reference-ID` is its anchor.
#[derive(Debug, Clone, Serialize)]
pub struct Reference {
    /// The study's id.
    pub id: String,
    /// Authors, title, journal, year, volume, pages: plain text.
    pub text: String,
    /// The DOI, bare: `10.1186/1748-717X-7-164`.
    pub doi: Option<String>,
    /// The PubMed number.
    pub pmid: Option<String>,
}

/// A file that stands beside the page.
#[derive(Debug, Clone, Serialize)]
pub struct FileLink {
    /// What the link says: `CSV`.
    pub label: String,
    /// Its path from the page's folder, with `/` between folders.
    pub path: String,
    /// What is said of it: its SHA-256, its content; may be empty.
    pub note: String,
}

//! The table model: plain data with every text already formatted; a renderer only arranges it.

use serde::Serialize;

/// One table.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// Its id: the file's stem, and `table-ID` is its anchor; stable between builds.
    pub id: String,
    /// The caption, plain text, without a number.
    pub caption: String,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows, top to bottom.
    pub rows: Vec<Row>,
    /// Lettered footnotes, in the order their marks first appear (row by row).
    pub footnotes: Vec<Footnote>,
    /// Unmarked lines under the table: abbreviations, legend of glyphs, how the pool was made.
    pub notes: Vec<String>,
}

/// One column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Its id, the CSV header.
    pub id: String,
    /// The header's text.
    pub header: String,
    /// A header over this column and its neighbours with the same words.
    pub spanner: Option<String>,
    /// How its cells are set.
    pub align: Align,
}

/// How a column's cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// Words.
    Left,
    /// Marks and short words.
    Center,
    /// Figures.
    Right,
    /// Figures that begin with a number: `84.5% (72 to 91)` and `100%` stand with their whole parts under each other.
    Decimal,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A heading over the rows that follow: one cell across all columns.
    Group,
    /// The first line of a study, or a plain line.
    Entry,
    /// A further line of the entry above (its first cells are empty).
    Continuation,
    /// A pooled result.
    Pooled,
    /// The authors' free text under an entry: one cell across all columns, Markdown.
    Remark,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// The study (or analysis) it belongs to, for anchors and highlighting.
    pub key: Option<String>,
    /// One cell a column; exactly one for `Group` and `Remark`.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Cell {
    /// What it shows, plain text (Markdown in a `Remark`).
    pub text: String,
    /// Letters of its footnotes, in order.
    pub marks: Vec<String>,
    /// Where its figure comes from.
    pub citation: Option<Citation>,
}

impl Cell {
    /// Returns a cell with this text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A number is a citation: where a cell's figure was read and how its precision was obtained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Citation {
    /// File and path in the review's folder: `studies/x.yaml: cohorts.all.results[2]`.
    pub path: String,
    /// The source in words, such as `abstract`.
    pub source: Option<String>,
    /// A web address to read it at.
    pub url: Option<String>,
    /// The words quoted from it.
    pub quote: Option<String>,
    /// The page.
    pub page: Option<String>,
    /// Grade letter, glyph and words of the precision: `A ● published interval (log-log)`.
    pub precision: Option<String>,
}

/// A lettered footnote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Footnote {
    /// Its letter: a, b, … z, aa.
    pub mark: String,
    /// Its text, plain.
    pub text: String,
}

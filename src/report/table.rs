//! The table model: plain data with every text already formatted; a renderer only arranges it.

use serde::Serialize;

use super::footnotes::{self, Footnotes};
use super::format::counted;

/// One table.
#[derive(Debug, Clone, Default, Serialize)]
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

impl Table {
    /// Returns it with these columns in this order, all of them where none is named, and with the footnotes that are left,
    /// lettered again.
    #[must_use]
    pub fn with_columns(mut self, ids: &[String]) -> Self {
        if ids.is_empty() {
            return self;
        }
        let chosen: Vec<usize> =
            ids.iter().filter_map(|id| self.columns.iter().position(|column| column.id == *id)).collect();
        self.columns = chosen.iter().map(|&at| self.columns[at].clone()).collect();
        let mut left = Footnotes::default();
        for row in &mut self.rows {
            if !matches!(row.kind, RowKind::Group | RowKind::Remark) {
                row.cells = chosen.iter().map(|&at| row.cells.get(at).cloned().unwrap_or_default()).collect();
            }
            for cell in &mut row.cells {
                let notes = cell.marks.iter().filter_map(|mark| self.footnotes.iter().find(|note| note.mark == *mark));
                cell.marks = notes.map(|note| left.mark(note.text.clone())).collect();
                footnotes::order(&mut cell.marks);
            }
        }
        self.footnotes = left.into_vec();
        self
    }

    /// Returns it without the room that its texts and rows grew into: all tables stay until the last is written.
    pub(super) fn tight(mut self) -> Self {
        for row in &mut self.rows {
            for cell in &mut row.cells {
                cell.text.shrink_to_fit();
                cell.marks.shrink_to_fit();
                if let Some(Citation { path, source, url, quote, page, precision }) = cell.citation.as_deref_mut() {
                    path.shrink_to_fit();
                    [source, url, quote, page, precision].into_iter().flatten().for_each(String::shrink_to_fit);
                }
            }
            row.cells.shrink_to_fit();
        }
        self.rows.shrink_to_fit();
        self
    }

    /// Returns its anchor, the same in every rendering and every build: `table-pfs`.
    #[must_use]
    pub fn anchor(&self) -> String {
        anchor("table", &self.id)
    }

    /// Returns what it is in words, for whoever can't see it: its size, its columns and the headings of its rows.
    ///
    /// The caption is not repeated: it is read out before.
    #[must_use]
    pub fn alternative(&self) -> String {
        let headers = self.columns.iter().map(|column| match &column.spanner {
            Some(spanner) => format!("{spanner}: {}", column.header),
            None => column.header.clone(),
        });
        let groups = self.rows.iter().filter(|row| row.kind == RowKind::Group);
        let groups: Vec<&str> = groups.filter_map(|row| Some(row.cells.first()?.text.as_str())).collect();
        let rows = self.rows.len() - groups.len();
        let mut words = format!(
            "Table of {} and {}: {}.",
            counted(rows as u64, "row", "rows"),
            counted(self.columns.len() as u64, "column", "columns"),
            headers.collect::<Vec<_>>().join("; ")
        );
        if !groups.is_empty() {
            words.push_str(&format!(" Its rows stand under these headings: {}.", groups.join("; ")));
        }
        words
    }

    /// Returns the cells of a column, those of rows across all columns left out.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &Cell> {
        let rows = self.rows.iter().filter(|row| !matches!(row.kind, RowKind::Group | RowKind::Remark));
        rows.filter_map(move |row| row.cells.get(column))
    }

    /// Returns how many characters a column's longest text has, a word of its header or a cell.
    #[must_use]
    pub fn width(&self, column: usize) -> usize {
        let header = self.columns.get(column).map_or("", |column| column.header.as_str());
        let words = header.split_whitespace().map(|word| word.chars().count());
        words.chain(self.cells(column).map(|cell| cell.text.chars().count())).max().unwrap_or(0)
    }

    /// Returns how many characters of a line each column gets: figures what they need, words their longest one and, in
    /// proportion to their length, what is left.
    ///
    /// A table that fits gets what it needs, and no more; one that cannot fit is cut in proportion.
    #[must_use]
    pub fn shares(&self, line: usize) -> Vec<usize> {
        /// How many characters a column of words is made wide for at most.
        const WIDEST: usize = 40;
        /// Words as short as these are not broken over lines.
        const SHORT: usize = 18;
        let columns = || 0..self.columns.len();
        let needs: Vec<usize> = columns().map(|at| self.width(at).clamp(3, WIDEST)).collect();
        let all: usize = needs.iter().sum();
        if all <= line {
            return needs;
        }
        let floor = |at: usize| match self.columns[at].align {
            Align::Left if needs[at] > SHORT => self.longest_word(at).clamp(3, needs[at]),
            _ => needs[at],
        };
        let floors: Vec<usize> = columns().map(floor).collect();
        let least: usize = floors.iter().sum();
        if least >= line {
            return floors.iter().map(|floor| (floor * line / least).max(3)).collect();
        }
        columns().map(|at| floors[at] + (needs[at] - floors[at]) * (line - least) / (all - least)).collect()
    }

    /// Returns how many characters the longest word of a column has.
    fn longest_word(&self, column: usize) -> usize {
        let header = self.columns.get(column).map_or("", |column| column.header.as_str());
        let texts = std::iter::once(header).chain(self.cells(column).map(|cell| cell.text.as_str()));
        texts.flat_map(str::split_whitespace).map(|word| word.chars().count()).max().unwrap_or(0)
    }
}

/// Returns the anchor of a table, a figure or a section: its kind and its id, as attributes, addresses and labels hold it.
#[must_use]
pub fn anchor(kind: &str, id: &str) -> String {
    format!("{kind}-{}", plain_name(id))
}

/// Returns the id as a name that an attribute, an address and a style sheet can hold: any other character becomes `-`.
#[must_use]
pub fn plain_name(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect()
}

/// Where decimal points meet: how far each figure of a decimal column is set in.
#[derive(Debug)]
pub struct Decimals(Vec<usize>);

impl Decimals {
    /// How long a mark of absence may be to stand flush with the figures: `NR`, `–`.
    const SHORT_MARK: usize = 3;

    /// Measures the columns of a table.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let width = |(at, column): (usize, &Column)| match column.align {
            Align::Decimal => table.cells(at).map(|cell| Self::whole_part(&cell.text)).max().unwrap_or(0),
            _ => 0,
        };
        Self(table.columns.iter().enumerate().map(width).collect())
    }

    /// Returns by how many figures' widths a text of this column is set in; 0 for words and in other columns.
    #[must_use]
    pub fn indent(&self, column: usize, text: &str) -> usize {
        match Self::whole_part(text) {
            0 => 0,
            whole => self.0.get(column).map_or(0, |width| width.saturating_sub(whole)),
        }
    }

    /// Returns how many characters stand before the decimal point, counted as a whole in a short mark of absence.
    fn whole_part(text: &str) -> usize {
        match leading_figures(text) {
            0 if text.chars().count() <= Self::SHORT_MARK => text.chars().count(),
            end => text[..end].chars().count(),
        }
    }
}

/// Returns the byte where the figures end that a text begins with, a sign before them allowed for; 0 if it begins with
/// words.
#[must_use]
pub fn leading_figures(text: &str) -> usize {
    let sign = text.find(|c: char| !matches!(c, '<' | '>' | '≤' | '≥' | '−' | '-' | '+' | '~' | ' ')).unwrap_or(0);
    match text[sign..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - sign) {
        0 => 0,
        figures => sign + figures,
    }
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
    /// Where its figure comes from; set apart, since most cells of a large table have none.
    pub citation: Option<Box<Citation>>,
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

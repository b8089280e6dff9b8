//! LaTeX: each table for booktabs and threeparttable, to be taken into a document by `\input`.

use serde::Serialize;

use super::parts::Parts;
use super::prose::{Run, paragraphs};
use super::templates::{Part, RenderError, Templates};
use crate::report::table::{Align, Cell, Column, Decimals, Footnote, Row, RowKind, Table};

/// Returns the table as LaTeX; one of more lines than a page holds may break over pages, its header repeated.
///
/// Decimal figures are set by their whole parts, which costs no package that journals lack.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn table(templates: &Templates, table: &Table) -> Result<String, RenderError> {
    templates.render("table.tex", "table", TableView::new(templates, table)?)
}

/// Returns what a document needs before `\begin{document}` for any of the tables.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn preamble(templates: &Templates) -> Result<String, RenderError> {
    templates.render("preamble.tex", "version", env!("CARGO_PKG_VERSION"))
}

/// How many lines a table may have, its notes counted, to stand on one upright page, and on one turned on its side.
const LONGEST_FLOAT: usize = 36;
const LONGEST_SIDEWAYS: usize = 24;

/// How many columns a table may have to stand on an upright page.
const PORTRAIT: usize = 8;

/// How many characters fit the line of an upright page in small type.
const PORTRAIT_LINE: usize = 95;

/// How many characters fit the line of a page turned on its side.
const LANDSCAPE_LINE: usize = 150;

/// Returns the text on one line, with every character escaped that LaTeX takes for markup or a ligature.
///
/// ```
/// use forestable::render::latex::escape;
/// assert_eq!(escape("100% & a_b"), r"100\% \& a\_b");
/// assert_eq!(escape("\"x\" -- [1]"), r#"{"}x{"} -{}- {[}1{]}"#);
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for word in text.split_ascii_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
            before = ' ';
        }
        for character in word.chars().filter(|character| !character.is_control()) {
            match character {
                '\\' => escaped.push_str(r"\textbackslash{}"),
                '~' => escaped.push_str(r"\textasciitilde{}"),
                '^' => escaped.push_str(r"\textasciicircum{}"),
                '<' => escaped.push_str(r"\textless{}"),
                '>' => escaped.push_str(r"\textgreater{}"),
                '{' | '}' | '$' | '&' | '#' | '%' | '_' => escaped.extend(['\\', character]),
                // A star or a bracket after a line's end would be its argument; quotation marks are made of a pair.
                '[' | ']' | '*' | '"' | '`' => escaped.extend(['{', character, '}']),
                '-' | ',' | '\'' if before == character => escaped.extend(['{', '}', character]),
                _ => escaped.push(character),
            }
            before = character;
        }
    }
    escaped
}

/// Returns Markdown as LaTeX in one paragraph.
pub(super) fn prose(text: &str) -> String {
    let set: Vec<String> =
        paragraphs(text).iter().map(|paragraph| paragraph.runs.iter().map(run).collect::<String>()).collect();
    set.join(" ")
}

pub(super) fn run(run: &Run) -> String {
    let edge = |inside: Option<char>| if inside.is_some_and(char::is_whitespace) { " " } else { "" };
    let mut text = escape(&run.text);
    for (wanted, command) in [(run.bold, "textbf"), (run.italic, "emph"), (run.code, "texttt")] {
        if wanted {
            text = format!("\\{command}{{{text}}}");
        }
    }
    if run.raised {
        text = format!("\\textsuperscript{{{text}}}");
    }
    if let Some(link) = &run.link {
        text = format!("\\href{{{}}}{{{text}}}", link.replace('%', "\\%").replace('#', "\\#"));
    }
    format!("{}{text}{}", edge(run.text.chars().next()), edge(run.text.chars().last()))
}

/// A table, arranged for `table.tex`.
#[derive(Serialize)]
struct TableView<'a> {
    anchor: String,
    caption: &'a str,
    alternative: String,
    /// Whether it may break over pages.
    long: bool,
    /// The argument of `tabular`: LaTeX already.
    columns: String,
    /// The header over the header, and the rules under it, where there are spanners.
    spanners: Vec<Span<'a>>,
    rules: Vec<String>,
    headers: Vec<&'a str>,
    width: usize,
    /// The first rows of a long table, filled already.
    filled: Vec<Part>,
    rows: Vec<RowView<'a>>,
    footnotes: &'a [Footnote],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Span<'a> {
    text: &'a str,
    columns: usize,
}

/// Some rows of a long table, for `rows.tex`.
#[derive(Serialize)]
struct RowsView<'a> {
    width: usize,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    kind: RowKind,
    cells: Vec<CellView<'a>>,
}

#[derive(Serialize)]
struct CellView<'a> {
    text: &'a str,
    /// Figures as wide as those that are missing before the decimal point.
    #[serde(skip_serializing_if = "String::is_empty")]
    indent: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    marks: String,
}

impl<'a> TableView<'a> {
    /// Arranges a table; the rows of a long one are filled part by part, unless the review's own template may ask for them all.
    fn new(templates: &Templates, table: &'a Table) -> Result<Self, RenderError> {
        let (spanners, decimals) = (spanners(&table.columns), Decimals::of(table));
        let (width, shares) = (table.columns.len(), table.shares(line(table)));
        let mut rows = Parts::new(templates, "table.tex", "rows.tex", "table", |rows| RowsView { width, rows });
        table.rows.iter().try_for_each(|row| rows.push(RowView::new(row, &decimals)))?;
        let (filled, rows) = rows.finish()?;
        Ok(Self {
            anchor: table.anchor(),
            caption: &table.caption,
            alternative: table.alternative(),
            long: is_long(table, &shares),
            columns: columns(table, &shares),
            rules: rules(&spanners),
            spanners,
            headers: table.columns.iter().map(|column| column.header.as_str()).collect(),
            width,
            filled,
            rows,
            footnotes: &table.footnotes,
            notes: &table.notes,
        })
    }
}

impl<'a> RowView<'a> {
    fn new(row: &'a Row, decimals: &Decimals) -> Self {
        let cell = |(at, cell): (usize, &'a Cell)| CellView {
            text: &cell.text,
            indent: "0".repeat(decimals.indent(at, &cell.text)),
            marks: cell.marks.join(","),
        };
        Self { kind: row.kind, cells: row.cells.iter().enumerate().map(cell).collect() }
    }
}

/// Returns the headers over columns, an empty one where a column has none; nothing if no column has one.
fn spanners(columns: &[Column]) -> Vec<Span<'_>> {
    let mut spans: Vec<Span> = Vec::new();
    let mut previous = None;
    for column in columns {
        match (&column.spanner, spans.last_mut()) {
            (Some(spanner), Some(last)) if previous == Some(spanner) => last.columns += 1,
            (spanner, _) => spans.push(Span { text: spanner.as_deref().unwrap_or_default(), columns: 1 }),
        }
        previous = column.spanner.as_ref();
    }
    if spans.iter().all(|span| span.text.is_empty()) { Vec::new() } else { spans }
}

/// Returns the columns that a rule stands over, under each spanner: `2-3`.
fn rules(spanners: &[Span]) -> Vec<String> {
    let mut first = 1;
    let mut rules = Vec::new();
    for span in spanners {
        if !span.text.is_empty() {
            rules.push(format!("{first}-{}", first + span.columns - 1));
        }
        first += span.columns;
    }
    rules
}

/// Returns how many characters a line of the table has for its columns.
fn line(table: &Table) -> usize {
    let count = table.columns.len();
    let line = if count > PORTRAIT { LANDSCAPE_LINE } else { PORTRAIT_LINE };
    line - 2 * count.min(PORTRAIT_LINE / 4)
}

/// Whether a table has more lines than one page holds.
fn is_long(table: &Table, shares: &[usize]) -> bool {
    let lines = |text: &str, room: usize| text.chars().count().div_ceil(room.max(1)).max(1);
    let whole = line(table);
    let rows = table.rows.iter().map(|row| match row.kind {
        RowKind::Group | RowKind::Remark => row.cells.first().map_or(1, |cell| lines(&cell.text, whole)),
        _ => row.cells.iter().zip(shares).map(|(cell, share)| lines(&cell.text, *share)).max().unwrap_or(1),
    });
    let footnotes = table.footnotes.iter().map(|note| lines(&note.text, whole));
    let all: usize = rows.chain(footnotes).chain(table.notes.iter().map(|note| lines(note, whole))).sum();
    all > if table.columns.len() > PORTRAIT { LONGEST_SIDEWAYS } else { LONGEST_FLOAT }
}

/// Returns the columns as `tabular` wants them: as wide as their words where the line holds them, else in proportion.
fn columns(table: &Table, shares: &[usize]) -> String {
    let (count, line) = (table.columns.len(), line(table));
    let column = |(at, share): (usize, &usize)| match table.columns[at].align {
        Align::Center => "c".to_owned(),
        Align::Right => "r".to_owned(),
        Align::Left | Align::Decimal if table.width(at) <= *share => "l".to_owned(),
        // What the gaps between the columns leave of the line, in thousandths.
        Align::Left | Align::Decimal => {
            format!(r"p{{0.{:03}\linewidth}}", share * 1000_usize.saturating_sub(17 * count) / line)
        }
    };
    shares.iter().enumerate().map(column).collect()
}

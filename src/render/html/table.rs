//! A table arranged for `table.html`: spans, ids and relations are settled here, since a template does not count.

use serde::Serialize;

use super::super::parts::{Parts, is_zero};
use super::super::templates::{Part, RenderError, Templates};
use super::web_address;
use crate::report::page::FileLink;
use crate::report::table::{Align, Cell, Citation, Column, Decimals, Row, RowKind, Table, leading_figures, plain_name};

/// One table.
#[derive(Serialize)]
pub(super) struct TableView<'a> {
    anchor: String,
    /// `Table 2`, on a page that counts its tables.
    number: Option<String>,
    caption: &'a str,
    /// The table in words, for whoever can't see it.
    alternative: String,
    /// Whether it has so many columns that they are set closer.
    dense: bool,
    columns: Vec<&'static str>,
    head: Vec<Vec<HeadView<'a>>>,
    bodies: Vec<BodyView<'a>>,
    footnotes: Vec<FootnoteView<'a>>,
    notes: &'a [String],
    /// The first citations of a long table, filled already.
    cited: Vec<Part>,
    citations: Vec<CitationView<'a>>,
    files: &'a [FileLink],
}

/// A header over one column, or over several.
#[derive(Serialize)]
struct HeadView<'a> {
    id: String,
    text: &'a str,
    class: &'static str,
    scope: &'static str,
    columns: usize,
    lines: usize,
}

/// A run of rows under one heading, or under none.
#[derive(Serialize)]
struct BodyView<'a> {
    heading: Option<CellView<'a>>,
    /// How many columns the table has.
    columns: usize,
    /// The first rows of a long table, filled already.
    filled: Vec<Part>,
    rows: Vec<RowView<'a>>,
}

/// Some rows of a long table, for `rows.html`.
#[derive(Serialize)]
struct RowsView<'a> {
    columns: usize,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    kind: RowKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    cells: Vec<CellView<'a>>,
}

/// A cell; what it does not have is not handed over, since there are so many of them.
#[derive(Serialize)]
struct CellView<'a> {
    /// Its id, if it is a row's header.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Ids of its headers, where scope alone would not tell them: in the further lines of an entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    class: &'static str,
    text: &'a str,
    /// How many figures to set the text in by, so that decimal points meet.
    #[serde(skip_serializing_if = "is_zero")]
    indent: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<MarkView<'a>>,
    /// The anchor of its citation.
    #[serde(skip_serializing_if = "Option::is_none")]
    citation: Option<String>,
}

#[derive(Serialize)]
struct MarkView<'a> {
    mark: &'a str,
    note: String,
    /// An anchor to come back to, on the first of its kind.
    id: Option<String>,
}

#[derive(Serialize)]
struct FootnoteView<'a> {
    anchor: String,
    back: String,
    mark: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct CitationView<'a> {
    anchor: String,
    /// What the figure is: row, line and column.
    about: String,
    text: &'a str,
    url: Option<&'a str>,
    citation: &'a Citation,
}

impl<'a> TableView<'a> {
    /// Arranges a table; the rows of a long one are filled part by part, unless the review's own template may ask for them all.
    ///
    /// # Errors
    /// A template of the review's own that cannot be filled.
    pub(super) fn new(
        templates: &Templates,
        table: &'a Table,
        number: Option<String>,
        files: &'a [FileLink],
    ) -> Result<Self, RenderError> {
        const OWN: &str = "table.html";
        let mut arranging = Arranging::new(table);
        let columns = table.columns.len();
        let rows = || Parts::new(templates, OWN, "rows.html", "body", |rows| RowsView { columns, rows });
        let mut citations = Parts::new(templates, OWN, "sources.html", "sources", |citations| citations);
        let (mut bodies, mut open) = (Vec::new(), None);
        let close = |(heading, rows): (_, Parts<'_, _, _>)| -> Result<BodyView, RenderError> {
            let (filled, rows) = rows.finish()?;
            Ok(BodyView { heading, columns, filled, rows })
        };
        for row in &table.rows {
            if row.kind == RowKind::Group {
                bodies.extend(open.take().map(close).transpose()?);
                open = Some((row.cells.first().map(|cell| arranging.cell(cell, 0, row)), rows()));
                continue;
            }
            let (_, rows) = open.get_or_insert_with(|| (None, rows()));
            rows.push(arranging.row(row))?;
            // The last stays: the next may be equal to it.
            let settled = arranging.citations.len().saturating_sub(1);
            arranging.citations.drain(..settled).try_for_each(|citation| citations.push(citation))?;
        }
        bodies.extend(open.map(close).transpose()?);
        let (cited, mut citations) = citations.finish()?;
        citations.append(&mut arranging.citations);
        let footnotes = table.footnotes.iter().map(|note| FootnoteView {
            anchor: arranging.note(&note.mark),
            back: arranging.reference(&note.mark),
            mark: &note.mark,
            text: &note.text,
        });
        Ok(Self {
            number,
            caption: &table.caption,
            alternative: table.alternative(),
            dense: table.columns.len() > ROOMY_COLUMNS,
            columns: arranging.classes.clone(),
            head: arranging.head(),
            footnotes: footnotes.collect(),
            notes: &table.notes,
            bodies,
            cited,
            citations,
            anchor: arranging.anchor,
            files,
        })
    }
}

/// The state of one walk through a table's rows.
struct Arranging<'a> {
    table: &'a Table,
    anchor: String,
    /// What the ids inside begin with: shorter than the anchor, since there are many.
    name: String,
    /// For each column, how its cells are set; nothing for words from the left.
    classes: Vec<&'static str>,
    decimals: Decimals,
    /// Which columns say what a row is about: none of their cells is cited.
    plain: Vec<bool>,
    marks_met: Vec<&'a str>,
    citations: Vec<CitationView<'a>>,
    /// How many citations there were, those included that are filled already.
    cited: usize,
    row_header: Option<(String, &'a str)>,
    rows_met: usize,
}

impl<'a> Arranging<'a> {
    fn new(table: &'a Table) -> Self {
        Self {
            table,
            anchor: table.anchor(),
            name: plain_name(&table.id),
            classes: table
                .columns
                .iter()
                .enumerate()
                .map(|(at, column)| class(column.align, table.cells(at)))
                .collect(),
            decimals: Decimals::of(table),
            plain: (0..table.columns.len()).map(|at| table.cells(at).all(|cell| cell.citation.is_none())).collect(),
            marks_met: Vec::new(),
            citations: Vec::new(),
            cited: 0,
            row_header: None,
            rows_met: 0,
        }
    }

    fn note(&self, mark: &str) -> String {
        format!("{}:note-{mark}", self.anchor)
    }

    fn reference(&self, mark: &str) -> String {
        format!("{}:mark-{mark}", self.anchor)
    }

    fn column(&self, at: usize) -> String {
        format!("{}:c{at}", self.name)
    }

    /// Returns the header lines: one, or two where spanners stand over the columns.
    fn head(&self) -> Vec<Vec<HeadView<'a>>> {
        let columns = &self.table.columns;
        let view = |at: usize, column: &'a Column, lines| HeadView {
            id: self.column(at),
            text: &column.header,
            class: self.classes[at],
            scope: "col",
            columns: 1,
            lines,
        };
        if columns.iter().all(|column| column.spanner.is_none()) {
            return vec![columns.iter().enumerate().map(|(at, column)| view(at, column, 1)).collect()];
        }
        let (mut upper, mut lower): (Vec<HeadView>, Vec<HeadView>) = (Vec::new(), Vec::new());
        let mut previous = None;
        for (at, column) in columns.iter().enumerate() {
            match (&column.spanner, upper.last_mut()) {
                (None, _) => upper.push(view(at, column, 2)),
                (Some(spanner), Some(last)) if previous == Some(spanner) => last.columns += 1,
                (Some(spanner), _) => upper.push(HeadView {
                    id: format!("{}:over-{at}", self.anchor),
                    text: spanner,
                    class: "spanner",
                    scope: "colgroup",
                    columns: 1,
                    lines: 1,
                }),
            }
            if column.spanner.is_some() {
                lower.push(view(at, column, 1));
            }
            previous = column.spanner.as_ref();
        }
        vec![upper, lower]
    }

    fn row(&mut self, row: &'a Row) -> RowView<'a> {
        self.rows_met += 1;
        let opens = row.cells.first().is_some_and(|cell| !cell.text.is_empty());
        if row.kind == RowKind::Remark {
            let cells = row.cells.iter().map(|cell| self.cell(cell, 0, row)).collect();
            return RowView { kind: row.kind, key: row.key.as_deref().map(plain_name), cells };
        }
        let mut cells = Vec::with_capacity(self.table.columns.len());
        if opens {
            self.row_header = row.cells.first().map(|cell| (format!("{}:r{}", self.name, self.rows_met), &*cell.text));
        }
        for (at, cell) in row.cells.iter().enumerate() {
            let mut view = self.cell(cell, at, row);
            match &self.row_header {
                Some((id, _)) if opens && at == 0 => view.id = Some(id.clone()),
                Some((id, _)) if !opens => view.headers = Some(format!("{} {id}", self.column(at))),
                _ => {}
            }
            cells.push(view);
        }
        RowView { kind: row.kind, key: row.key.as_deref().map(plain_name), cells }
    }

    fn cell(&mut self, cell: &'a Cell, at: usize, row: &'a Row) -> CellView<'a> {
        let marks = cell.marks.iter().map(|mark| {
            let first = !self.marks_met.contains(&mark.as_str());
            if first {
                self.marks_met.push(mark);
            }
            MarkView {
                mark,
                note: format!("{}:note-{mark}", self.anchor),
                id: first.then(|| format!("{}:mark-{mark}", self.anchor)),
            }
        });
        let marks = marks.collect();
        CellView {
            id: None,
            headers: None,
            class: self.class(at, cell),
            text: &cell.text,
            indent: self.decimals.indent(at, &cell.text),
            marks,
            citation: cell.citation.as_deref().map(|citation| self.cite(citation, cell, at, row)),
        }
    }

    /// Returns a cell's classes: its column's, and `figure` where a figure among words is not to be broken over lines.
    fn class(&self, at: usize, cell: &Cell) -> &'static str {
        // `≤5 lesions in 1–3 organs` begins with a figure and is words all the same.
        let words = cell.text.starts_with(['≤', '≥']) || cell.text.chars().count() > LONGEST_FIGURE;
        let figure = !words && leading_figures(&cell.text) > 0;
        match self.classes.get(at).copied().unwrap_or("") {
            "" if figure => "figure",
            column => column,
        }
    }

    /// Keeps a citation for the list under the table, and returns its anchor; equal ones of one row are kept once.
    fn cite(&mut self, citation: &'a Citation, cell: &'a Cell, at: usize, row: &'a Row) -> String {
        let about = self.about(at, row);
        if let Some(known) = self.citations.last().filter(|known| known.citation == citation && known.about == about) {
            return known.anchor.clone();
        }
        self.cited += 1;
        let anchor = format!("{}:s{}", self.name, self.cited);
        self.citations.push(CitationView {
            anchor: anchor.clone(),
            about,
            text: &cell.text,
            url: citation.url.as_deref().and_then(web_address),
            citation,
        });
        anchor
    }

    /// Says which figure stands at a column of a row: `Milano et al., 2 years, OS, % (95% CI)`. Columns under a spanner tell of its
    /// figure, not of the row.
    fn about(&self, at: usize, row: &'a Row) -> String {
        let row_header = self.row_header.as_ref().map_or("", |(_, text)| *text);
        let columns = &self.table.columns;
        let of_row = |left: &usize| {
            self.plain.get(*left) == Some(&true) && columns.get(*left).is_some_and(|column| column.spanner.is_none())
        };
        let line = (1..at).rev().filter(of_row).find_map(|left| row.cells.get(left));
        let (spanner, column) =
            columns.get(at).map_or(("", ""), |column| (column.spanner.as_deref().unwrap_or_default(), &*column.header));
        let parts = [row_header, line.map_or("", |cell| &cell.text), spanner, column];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// How many columns fit a page without being set closer.
const ROOMY_COLUMNS: usize = 8;

/// How long words may be to stay on one line: `Last follow-up`.
const SHORT_WORDS: usize = 14;

/// How long a figure with its interval may be to stay on one line: `−11.1 (−27.3 to 3.3)`.
const LONGEST_FIGURE: usize = 24;

/// Returns the classes of a column: how it is set, and whether its words are too short to be broken over lines.
fn class<'a>(align: Align, mut cells: impl Iterator<Item = &'a Cell>) -> &'static str {
    match align {
        Align::Left if cells.all(|cell| cell.text.chars().count() <= SHORT_WORDS) => "short",
        Align::Left => "",
        Align::Center => "center",
        Align::Right => "right",
        Align::Decimal => "decimal",
    }
}

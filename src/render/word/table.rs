//! A table arranged for `word-table.xml`: spans, widths and alignment are settled here.

use serde::Serialize;

use super::super::parts::{Parts, is_zero};
use super::super::templates::{Part, RenderError};
use super::{Arranging, Bookmark, NumberView, ParagraphView};
use crate::render::prose::paragraphs;
use crate::report::table::{Align, Cell, Column, Decimals, Footnote, Row, RowKind, Table};

/// The width of a figure in the type of tables, 8 points of a type whose figures are 0.556 of its size, in twips.
const FIGURE: usize = 89;

/// The room that a character of the same type takes, bold letters allowed for, in twips.
const CHARACTER: usize = 86;

/// What stands left and right of a cell's text, in twips.
const MARGINS: usize = 120;

/// One table.
#[derive(Serialize)]
pub(super) struct TableView<'a> {
    #[serde(flatten)]
    bookmark: Bookmark,
    #[serde(flatten)]
    number: NumberView,
    caption: &'a str,
    alternative: String,
    /// The widths of its columns, in twips.
    widths: Vec<usize>,
    width: usize,
    head: Vec<Vec<HeadView<'a>>>,
    /// The first rows of a long table, filled already.
    filled: Vec<Part>,
    rows: Vec<RowView<'a>>,
    footnotes: &'a [Footnote],
    notes: &'a [String],
}

/// A header over one column, or over several.
#[derive(Serialize)]
struct HeadView<'a> {
    text: &'a str,
    align: &'static str,
    columns: usize,
    width: usize,
    /// `restart` where a cell goes on in the line below, `continue` there.
    merge: Option<&'static str>,
}

/// Some rows of a long table, for `word-rows.xml`.
#[derive(Serialize)]
struct RowsView<'a> {
    widths: &'a [usize],
    width: usize,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    kind: RowKind,
    cells: Vec<CellView<'a>>,
    /// The text of a remark.
    paragraphs: Vec<ParagraphView>,
}

#[derive(Serialize)]
struct CellView<'a> {
    text: &'a str,
    align: &'static str,
    /// How far its figures are set in so that decimal points meet, in twips.
    #[serde(skip_serializing_if = "is_zero")]
    indent: usize,
    #[serde(skip_serializing_if = "String::is_empty")]
    marks: String,
    width: usize,
}

impl<'a> TableView<'a> {
    /// Arranges a table; the rows of a long one are filled part by part, unless the review's own template may ask for them all.
    pub(super) fn new(
        table: &'a Table,
        number: NumberView,
        bookmark: Bookmark,
        line: usize,
        document: &mut Arranging<'_>,
    ) -> Result<Self, RenderError> {
        let templates = document.templates;
        let decimals = Decimals::of(table);
        let widths = widths(table, line);
        let mut row = |row: &'a Row| RowView {
            kind: row.kind,
            cells: row
                .cells
                .iter()
                .enumerate()
                .map(|(at, cell)| CellView::new(table, &decimals, &widths, (at, cell)))
                .collect(),
            paragraphs: match (row.kind, row.cells.first()) {
                (RowKind::Remark, Some(cell)) => {
                    let remarks = paragraphs(&cell.text);
                    let remark =
                        |paragraph| ParagraphView { style: "TableRemark".to_owned(), ..document.paragraph(paragraph) };
                    remarks.iter().map(remark).collect()
                }
                _ => Vec::new(),
            },
        };
        let (all, width) = (&widths, widths.iter().sum());
        let part = |rows| RowsView { widths: all, width, rows };
        let mut rows = Parts::new(templates, "word-table.xml", "word-rows.xml", "table", part);
        table.rows.iter().try_for_each(|next| rows.push(row(next)))?;
        let (filled, rows) = rows.finish()?;
        Ok(Self {
            bookmark,
            number,
            caption: &table.caption,
            alternative: table.alternative(),
            filled,
            rows,
            width,
            head: head(&table.columns, &widths),
            widths: widths.clone(),
            footnotes: &table.footnotes,
            notes: &table.notes,
        })
    }
}

impl<'a> CellView<'a> {
    fn new(table: &Table, decimals: &Decimals, widths: &[usize], (at, cell): (usize, &'a Cell)) -> Self {
        Self {
            width: widths.get(at).copied().unwrap_or(0),
            text: &cell.text,
            align: table.columns.get(at).map_or("left", |column| alignment(column.align)),
            indent: FIGURE * decimals.indent(at, &cell.text),
            marks: cell.marks.join(","),
        }
    }
}

fn alignment(align: Align) -> &'static str {
    match align {
        Align::Left | Align::Decimal => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

/// Returns the widths of the columns; together they are never wider than the line.
fn widths(table: &Table, line: usize) -> Vec<usize> {
    let margins = MARGINS * table.columns.len();
    let shares = table.shares(line.saturating_sub(margins) / CHARACTER);
    let widths: Vec<usize> = shares.iter().map(|share| share * CHARACTER + MARGINS).collect();
    match widths.iter().sum::<usize>() {
        all if all > line => widths.iter().map(|width| width * line / all).collect(),
        _ => widths,
    }
}

/// Returns the header lines: one, or two where spanners stand over the columns.
fn head<'a>(columns: &'a [Column], widths: &[usize]) -> Vec<Vec<HeadView<'a>>> {
    let view = |at: usize, text: &'a str, merge| HeadView {
        text,
        align: alignment(columns[at].align),
        columns: 1,
        width: widths[at],
        merge,
    };
    if columns.iter().all(|column| column.spanner.is_none()) {
        return vec![columns.iter().enumerate().map(|(at, column)| view(at, &column.header, None)).collect()];
    }
    let (mut upper, mut lower): (Vec<HeadView>, Vec<HeadView>) = (Vec::new(), Vec::new());
    let mut previous = None;
    for (at, column) in columns.iter().enumerate() {
        match (&column.spanner, upper.last_mut()) {
            (None, _) => upper.push(view(at, &column.header, Some("restart"))),
            (Some(spanner), Some(last)) if previous == Some(spanner) => {
                last.columns += 1;
                last.width += widths[at];
            }
            (Some(spanner), _) => upper.push(HeadView { align: "center", ..view(at, spanner, None) }),
        }
        lower.push(match column.spanner {
            Some(_) => view(at, &column.header, None),
            None => view(at, "", Some("continue")),
        });
        previous = column.spanner.as_ref();
    }
    vec![upper, lower]
}

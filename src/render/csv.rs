//! CSV: a table's cells as they are printed, with what a spreadsheet needs to tell its rows apart.

use std::collections::BTreeMap;

use crate::report::figure::data::Data;
use crate::report::pool_data::{COLUMNS, PoolData};
use crate::report::table::{RowKind, Table};

/// Returns the series of a pool as CSV.
#[must_use]
pub fn pool(pool: &PoolData) -> String {
    records(&COLUMNS, &pool.rows)
}

/// Returns the numbers behind a figure as CSV.
#[must_use]
pub fn data(data: &Data) -> String {
    records(&data.columns, &data.rows)
}

/// Returns rows under their columns as CSV.
#[must_use]
pub fn rows<R: AsRef<[String]>>(columns: &[&str], rows: &[R]) -> String {
    records(columns, rows)
}

fn records<R: AsRef<[String]>>(header: &[impl AsRef<str>], rows: &[R]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let header = header.iter().map(AsRef::as_ref);
    writer.write_record(header).expect("a vector takes every write");
    for row in rows {
        writer.write_record(row.as_ref()).expect("every record has the header's fields");
    }
    finish(writer)
}

/// Returns the table as CSV (UTF-8 without a byte order mark, lines ended by LF).
///
/// The columns are `row` (what the row is: `entry`, `continuation`, `pooled`, `remark`), `key` (the study or analysis),
/// `group` (the heading it stands under; only where the table has groups), the table's own by id with every cell's very
/// text, and `notes`: the footnotes of its cells as `COLUMN: text`, or the text of a remark.
#[must_use]
pub fn table(table: &Table) -> String {
    let grouped = table.rows.iter().any(|row| row.kind == RowKind::Group);
    let footnotes: BTreeMap<&str, &str> =
        table.footnotes.iter().map(|note| (note.mark.as_str(), note.text.as_str())).collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let mut write = |fields: Vec<&str>| writer.write_record(fields).expect("every record has the header's fields");

    let mut header = vec!["row", "key"];
    header.extend(grouped.then_some("group"));
    header.extend(table.columns.iter().map(|column| column.id.as_str()));
    header.push("notes");
    write(header);

    let mut group = "";
    for row in &table.rows {
        let kind = match row.kind {
            RowKind::Group => {
                group = row.cells.first().map_or("", |cell| &cell.text);
                continue;
            }
            RowKind::Entry => "entry",
            RowKind::Continuation => "continuation",
            RowKind::Pooled => "pooled",
            RowKind::Remark => "remark",
        };
        let mut notes = Vec::new();
        let mut cells = vec![""; table.columns.len()];
        if row.kind == RowKind::Remark {
            notes.extend(row.cells.iter().map(|cell| cell.text.clone()));
        } else {
            for ((slot, cell), column) in cells.iter_mut().zip(&row.cells).zip(&table.columns) {
                *slot = &cell.text;
                let texts = cell.marks.iter().filter_map(|mark| footnotes.get(mark.as_str()));
                notes.extend(texts.map(|text| format!("{}: {text}", column.id)));
            }
        }
        let notes = notes.join("; ");
        let mut fields = vec![kind, row.key.as_deref().unwrap_or("")];
        fields.extend(grouped.then_some(group));
        fields.extend(cells);
        fields.push(&notes);
        write(fields);
    }
    finish(writer)
}

fn finish(writer: ::csv::Writer<Vec<u8>>) -> String {
    let bytes = writer.into_inner().expect("a vector takes every write");
    String::from_utf8_lossy(&bytes).into_owned()
}

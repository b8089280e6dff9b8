//! A table as plain text, its columns aligned.

use super::table::OVERALL;
use forestable::report::table::{Align, RowKind, Table};
use unicode_width::UnicodeWidthStr as _;

/// Returns the table's rows with a rule under the header, over each group and over the pool of all, then its notes.
pub fn table(table: &Table) -> String {
    let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
    let rows = || table.rows.iter().filter(|row| row.cells.len() == headers.len());
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(index, header)| rows().map(|row| row.cells[index].text.width()).max().unwrap_or(0).max(header.width()))
        .collect();
    let line = |cells: &[&str]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .zip(&table.columns)
            .map(|((cell, width), column)| {
                let space = " ".repeat(width.saturating_sub(cell.width()));
                if column.align == Align::Right { space + cell } else { (*cell).to_owned() + &space }
            })
            .collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let rule = "─".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)) + "\n";
    let mut text = line(&headers) + &rule;
    for (index, row) in table.rows.iter().enumerate() {
        let overall = row.key.as_deref() == Some(OVERALL);
        if overall || (row.kind == RowKind::Group && index > 0) {
            text += &rule;
        }
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        text += &line(&cells);
    }
    text.push('\n');
    for note in &table.notes {
        text += note;
        text.push('\n');
    }
    text
}

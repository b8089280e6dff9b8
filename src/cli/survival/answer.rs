//! From a table to an answer in print, or to what is wrong with the table.

use forestable::diag::Diagnostic;
use forestable::diag::render::{Colour, full, resolve};
use forestable::report::table::{Align, Cell, Column, Row, RowKind, Table};
use forestable::source::Numbers;
use serde::Serialize;

use super::super::args::Args;
use super::super::pool::text;
use super::super::{Failure, Status};
use super::{Common, Format};

/// An answer: for programs, and for people.
pub struct Answer<T> {
    /// Printed as JSON.
    pub object: T,
    /// Printed as a table.
    pub grid: Grid,
}

/// A plain table with notes under it.
pub struct Grid {
    /// The header.
    pub header: Vec<&'static str>,
    /// The rows, as long as the header.
    pub rows: Vec<Vec<String>>,
    /// Lines under the table.
    pub notes: Vec<String>,
}

/// Reads the table, computes and prints.
pub fn give<T: Serialize>(
    program: &Args,
    common: &Common,
    compute: impl FnOnce(&Numbers) -> Result<Answer<T>, Vec<Diagnostic>>,
) -> Result<Status, Failure> {
    let name = common.file.to_string_lossy().replace('\\', "/");
    let path = program.directory.join(&common.file);
    let (table, faults) = Numbers::read(&path, &name).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let answer = if faults.is_empty() { compute(&table) } else { Err(faults) };
    match answer {
        Ok(answer) => {
            match common.format {
                Format::Json => anstream::println!("{}", serde_json::to_string_pretty(&answer.object)?),
                Format::Table => anstream::print!("{}", text::table(&answer.grid.table())),
            }
            Ok(Status::Clean)
        }
        Err(findings) => {
            anstream::eprint!("{}", full(&resolve(&findings, &table), Colour::Ansi));
            Ok(Status::Findings)
        }
    }
}

impl Grid {
    fn table(&self) -> Table {
        let column = |(index, header): (usize, &&str)| Column {
            id: (*header).to_owned(),
            header: (*header).to_owned(),
            spanner: None,
            align: if index == 0 { Align::Left } else { Align::Right },
        };
        let row = |cells: &Vec<String>| Row {
            kind: RowKind::Entry,
            key: None,
            cells: cells.iter().map(Cell::text).collect(),
        };
        Table {
            id: "survival".to_owned(),
            caption: String::new(),
            columns: self.header.iter().enumerate().map(column).collect(),
            rows: self.rows.iter().map(row).collect(),
            footnotes: Vec::new(),
            notes: self.notes.clone(),
        }
    }
}

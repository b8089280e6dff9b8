//! Tables of numbers in CSV: digitised curves, and what the commands take that work without a review.

use std::io;
use std::ops::Range;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::files;
use crate::diag::{Diagnostic, Locate, Located, Place, Segment, Spot, codes, nearest};

/// A table with a header: rows of text cells, each of which can be found again in the file.
///
/// Commas, semicolons or tabs separate the cells, whichever the header has most of. A finding's place is the path
/// `[row, column name]`.
#[derive(Debug, Clone)]
pub struct Numbers {
    file: String,
    text: String,
    separator: u8,
    header: Row,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    cells: StringRecord,
    start: usize,
}

/// One column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    table: &'a Numbers,
    index: usize,
}

impl Numbers {
    /// Reads the table in the file `path`, called `file` in findings, with everything that is wrong with its shape: an empty file, a doubled column, a row
    /// that is too long or too short.
    ///
    /// # Errors
    /// The system's error when the file cannot be read.
    pub fn read(path: &Path, file: &str) -> io::Result<(Self, Vec<Diagnostic>)> {
        Ok(match files::read_table(path, file)? {
            Ok(text) => Self::parse(file, text),
            Err(unreadable) => {
                let mut table = Self::parse(file, unreadable.text).0;
                table.rows.clear();
                (table, vec![*unreadable.finding])
            }
        })
    }

    /// Reads the table in `text`; `file` is what findings call it.
    #[must_use]
    pub fn parse(file: &str, text: String) -> (Self, Vec<Diagnostic>) {
        let separator = separator(&text);
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(separator)
            .from_reader(text.as_bytes());
        for record in reader.records().flatten() {
            let start = record.position().map_or(0, |position| position.byte() as usize);
            // A line that only looks filled, such as `,,,` at the end of an exported sheet, is no row.
            if record.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { cells: record, start });
            }
        }
        if rows.is_empty() {
            let finding = Diagnostic::new(codes::EMPTY_FILE, Place::file(file), "this table is empty");
            findings.push(finding.expected("a header with the names of the columns, and rows under it"));
            rows.push(Row { cells: StringRecord::new(), start: 0 });
        }
        let header = rows.remove(0);
        let table = Self { file: file.to_owned(), text, separator, header, rows };
        findings.extend(table.faults_of_shape());
        (table, findings)
    }

    fn faults_of_shape(&self) -> Vec<Diagnostic> {
        let header = &self.header.cells;
        let doubled = header.iter().enumerate().filter(|(index, name)| header.iter().take(*index).any(|n| n == *name));
        let doubled = doubled.map(|(_, name)| {
            let place = Place::file(&self.file).key(name);
            Diagnostic::new(codes::DOUBLED_FIELD, place, format!("two columns are named `{name}`"))
                .help("rename one of them")
        });
        let ragged = self.rows.iter().enumerate().filter(|(_, row)| row.cells.len() != header.len());
        let ragged = ragged.map(|(index, row)| {
            let cells = row.cells.len();
            Diagnostic::new(codes::WRONG_KIND, Place::file(&self.file).index(index), "this row does not fit the header")
                .found(format!("{cells} cells"))
                .expected(format!("{} cells, one a column", header.len()))
                .help("a text that holds the separator must stand in double quotes")
        });
        doubled.chain(ragged).collect()
    }

    /// Returns the whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of rows, without the header.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the column of this name, if there is one.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Column<'_>> {
        let index = self.header.cells.iter().position(|cell| cell == name)?;
        Some(Column { table: self, index })
    }

    /// Returns the column of this name.
    ///
    /// # Errors
    /// A finding that names the columns there are.
    pub fn required(&self, name: &str) -> Result<Column<'_>, Diagnostic> {
        self.column(name).ok_or_else(|| {
            let names: Vec<&str> = self.header.cells.iter().collect();
            let finding =
                Diagnostic::new(codes::MISSING_FIELD, self.header_place(), format!("there is no column `{name}`"))
                    .found(format!("the columns are {}", crate::diag::one_of(&names).replace(" or ", " and ")));
            // A name that starts otherwise is another column's.
            let alike = names.into_iter().filter(|other| other.chars().next() == name.chars().next());
            match nearest(name, alike) {
                Some(near) => finding.help(format!("is `{near}` meant? rename it to `{name}`")),
                None => finding.help(format!("name the column that holds it `{name}`, or add it")),
            }
        })
    }

    /// Returns the place of the whole file.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::file(&self.file)
    }

    /// Returns the place of a row.
    #[must_use]
    pub fn row_place(&self, row: usize) -> Place {
        self.place().index(row)
    }

    fn header_place(&self) -> Place {
        let start = self.header.start;
        let end = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |length| start + length);
        Place { file: self.file.clone(), spot: Spot::Bytes(start..end) }
    }

    /// Returns the bytes of each cell of a row, quotes left out.
    fn spans(&self, row: &Row) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut spans = Vec::new();
        // The reader's position may stand before blank lines that it skips.
        let mut at = row.start + bytes[row.start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        loop {
            let start = at;
            let mut quoted = false;
            while let Some(&byte) = bytes.get(at) {
                match byte {
                    b'"' => quoted = !quoted,
                    b'\n' | b'\r' if !quoted => break,
                    byte if byte == self.separator && !quoted => break,
                    _ => {}
                }
                at += 1;
            }
            let raw = &self.text[start..at];
            let cell = raw.trim().trim_matches('"');
            let offset = start + raw.find(cell).unwrap_or(0);
            spans.push(offset..offset + cell.len());
            if bytes.get(at) != Some(&self.separator) {
                return spans;
            }
            at += 1;
        }
    }
}

impl<'a> Column<'a> {
    /// Returns the column's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.table.header.cells.get(self.index).unwrap_or_default()
    }

    /// Returns the text of each cell, empty where there is none.
    pub fn texts(self) -> impl Iterator<Item = &'a str> {
        (0..self.table.rows.len()).map(move |row| self.text(row))
    }

    /// Returns the text of the cell in this row, empty where there is none.
    #[must_use]
    pub fn text(self, row: usize) -> &'a str {
        self.table.rows.get(row).and_then(|row| row.cells.get(self.index)).unwrap_or_default()
    }

    /// Returns the place of the cell in this row.
    #[must_use]
    pub fn place(&self, row: usize) -> Place {
        self.table.row_place(row).key(self.name())
    }

    /// Returns the number in this row.
    ///
    /// # Errors
    /// A finding that shows the cell: empty, or not a finite number.
    pub fn number(&self, row: usize) -> Result<f64, Diagnostic> {
        let text = self.text(row);
        match text.replace('−', "-").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ if text.is_empty() => {
                Err(Diagnostic::new(codes::EMPTY_VALUE, self.place(row), format!("`{}` has no value", self.name()))
                    .expected("a number")
                    .help("fill it in, or take the row out"))
            }
            _ => {
                let finding = Diagnostic::new(codes::BAD_NUMBER, self.place(row), format!("`{text}` is not a number"))
                    .expected("a number such as `0.25`");
                let point = text.replace(',', ".");
                Err(match point.parse::<f64>() {
                    Ok(number) if number.is_finite() => finding.help(format!("write `{point}`, with a point")),
                    _ => finding.help("correct it, or take the row out"),
                })
            }
        }
    }
}

impl Locate for Numbers {
    fn locate(&self, place: &Place) -> Option<Located<'_>> {
        if place.file != self.file {
            return None;
        }
        let column = |name: &str| self.header.cells.iter().position(|cell| cell == name);
        let span = match (&place.spot, place.path()) {
            (Spot::Bytes(span), _) => span.clone(),
            // The last of two columns with one name is the one that is too many.
            (_, [Segment::Key(name)]) => {
                let index = self.header.cells.iter().enumerate().filter(|(_, cell)| *cell == name).last()?.0;
                self.spans(&self.header).get(index)?.clone()
            }
            (_, [Segment::Index(row)]) => {
                let spans = self.spans(self.rows.get(*row)?);
                spans.first()?.start..spans.last()?.end
            }
            (_, [Segment::Index(row), Segment::Key(name)]) => {
                let spans = self.spans(self.rows.get(*row)?);
                spans.get(column(name)?).or(spans.last())?.clone()
            }
            _ => return None,
        };
        Some(Located { text: &self.text, span: super::sources::within_line(&self.text, span) })
    }
}

/// Returns the separator that the first line has most of.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default().as_bytes();
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_again_behind_quotes_blank_lines_and_accents() {
        let text = "study,xi,ni\n\n\"Müller, A\", 3 ,41\r\nPiras,x,12\n";
        let (table, findings) = Numbers::parse("t.csv", text.to_owned());
        assert!(findings.is_empty());
        assert_eq!(table.len(), 2);
        assert_eq!(table.column("study").unwrap().texts().next(), Some("Müller, A"));
        let xi = table.column("xi").unwrap();
        assert_eq!(xi.number(0), Ok(3.0));
        let finding = xi.number(1).unwrap_err();
        let located = table.locate(&finding.primary.place).unwrap();
        assert_eq!((located.words(), located.start().line, located.start().column), ("x", 4, 7));
        let located = table.locate(&xi.place(0)).unwrap();
        assert_eq!((located.words(), located.start().line, located.start().column), ("3", 3, 14));
    }

    #[test]
    fn semicolons_and_decimal_commas_are_answered() {
        let (table, _) = Numbers::parse("t.csv", "study;yi;vi\nA;0,5;0.1\n".to_owned());
        let finding = table.column("yi").unwrap().number(0).unwrap_err();
        assert_eq!(finding.help.as_deref(), Some("write `0.5`, with a point"));
        let (table, _) = Numbers::parse("t.csv", "yi\nNaN\n".to_owned());
        let finding = table.column("yi").unwrap().number(0).unwrap_err();
        assert_eq!(finding.help.as_deref(), Some("correct it, or take the row out"));
    }

    #[test]
    fn faults_of_shape_are_all_found() {
        let (_, findings) = Numbers::parse("t.csv", "yi,vi,yi\n1,2\n1,2,3\n".to_owned());
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [codes::DOUBLED_FIELD, codes::WRONG_KIND]);
        let (_, findings) = Numbers::parse("t.csv", String::new());
        assert_eq!(findings[0].code, codes::EMPTY_FILE);
    }
}

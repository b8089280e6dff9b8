//! From a place to line, column and the words themselves.

use std::ops::Range;

use serde::Serialize;

use super::Place;

/// Finds places in the text of the author's files.
pub trait Locate {
    /// Returns the file's text and the bytes meant; `None` where the file has no text that could be shown.
    fn locate(&self, place: &Place) -> Option<Located<'_>>;
}

/// A place found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<'a> {
    /// The whole text of the file.
    pub text: &'a str,
    /// The bytes that are meant: within one line, on character boundaries.
    pub span: Range<usize>,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Located<'_> {
    /// Returns where the words start.
    #[must_use]
    pub fn start(&self) -> Position {
        self.position(self.span.start)
    }

    /// Returns where the words end: the character after the last.
    #[must_use]
    pub fn end(&self) -> Position {
        self.position(self.span.end)
    }

    /// Returns the words.
    #[must_use]
    pub fn words(&self) -> &str {
        self.text.get(self.span.clone()).unwrap_or_default()
    }

    fn position(&self, byte: usize) -> Position {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

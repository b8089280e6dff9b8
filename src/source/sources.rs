//! The texts that were read, kept so that findings can show their words.

use std::collections::BTreeMap;
use std::ops::Range;

use super::numbers::Numbers;
use super::tree::Node;
use crate::diag::{Locate, Located, Place, Spot};

/// The author's files: their texts, and where every path stands in them.
#[derive(Debug, Default)]
pub struct Sources {
    files: BTreeMap<String, File>,
}

#[derive(Debug)]
enum File {
    /// A record, and where its values stand.
    Record { text: String, root: Option<Node> },
    /// A table, which knows its cells.
    Table(Numbers),
}

impl Sources {
    /// Returns the paths and texts of all files, in the order of their paths.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, file)| {
            let text = match file {
                File::Record { text, .. } => text,
                File::Table(table) => table.text(),
            };
            (path.as_str(), text)
        })
    }

    /// Adds a text that is no part of the review, such as the words of a Word file, so that findings can show them.
    pub fn add(&mut self, path: &str, text: String) {
        self.insert(path, text, None);
    }

    pub(super) fn insert(&mut self, path: &str, text: String, root: Option<Node>) {
        self.files.insert(path.to_owned(), File::Record { text, root });
    }

    pub(super) fn insert_table(&mut self, path: &str, table: Numbers) {
        self.files.insert(path.to_owned(), File::Table(table));
    }
}

impl Locate for Sources {
    fn locate(&self, place: &Place) -> Option<Located<'_>> {
        let (text, root) = match self.files.get(&place.file)? {
            File::Record { text, root } => (text, root),
            File::Table(table) => return table.locate(place),
        };
        let path = place.path();
        // The nearest place that is written: a field that is missing is looked for in its record.
        let found = |key| (0..=path.len()).rev().find_map(|length| root.as_ref()?.find(&path[..length], key));
        let span = match &place.spot {
            Spot::File => return None,
            Spot::Value(_) => found(false)?,
            Spot::Key(_) => found(true)?,
            Spot::Bytes(span) => span.clone(),
        };
        Some(Located { text, span: within_line(text, span) })
    }
}

/// Cuts `span` at the end of its first line, widens an empty one to a character, and moves both ends onto character
/// boundaries.
pub(super) fn within_line(text: &str, span: Range<usize>) -> Range<usize> {
    let start = floor(text, span.start.min(text.len()));
    let rest = &text[start..];
    let line = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let end = floor(text, span.end.clamp(start, line));
    let one_character = rest.chars().next().filter(|_| line > start).map_or(0, char::len_utf8);
    start..end.max(start + one_character)
}

fn floor(text: &str, byte: usize) -> usize {
    (0..=byte).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or(0)
}

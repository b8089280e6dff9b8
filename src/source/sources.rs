//! The texts that were read, kept so that findings can show their words.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::numbers::Numbers;
use super::tree::{self, Node};
use crate::diag::{Locate, Located, Place, Spot};

/// The author's files: their texts, and where every path stands in them.
#[derive(Debug, Default)]
pub struct Sources {
    files: BTreeMap<String, File>,
}

#[derive(Debug)]
enum File {
    /// A record.
    Record { text: String, tree: Tree },
    /// A table, which knows its cells.
    Table(Numbers),
}

/// Where the values of a record stand: told again from its text once a finding asks, since of most files none does.
#[derive(Debug)]
enum Tree {
    /// The text is no record, or none that can be read.
    None,
    Told(OnceLock<Option<Node>>),
}

impl Tree {
    fn root(&self, text: &str) -> Option<&Node> {
        match self {
            Self::None => None,
            Self::Told(root) => root.get_or_init(|| tree::parse("", text).ok()).as_ref(),
        }
    }
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
        self.insert(path, text, false);
    }

    /// Adds a text; `readable` says whether it is a record with values to point to.
    pub(super) fn insert(&mut self, path: &str, text: String, readable: bool) {
        let tree = if readable { Tree::Told(OnceLock::new()) } else { Tree::None };
        self.files.insert(path.to_owned(), File::Record { text, tree });
    }

    pub(super) fn insert_table(&mut self, path: &str, table: Numbers) {
        self.files.insert(path.to_owned(), File::Table(table));
    }
}

impl Locate for Sources {
    fn locate(&self, place: &Place) -> Option<Located<'_>> {
        let (text, tree) = match self.files.get(&place.file)? {
            File::Record { text, tree } => (text, tree),
            File::Table(table) => return table.locate(place),
        };
        let path = place.path();
        // The nearest place that is written: a field that is missing is looked for in its record.
        let found = |key| {
            let root = tree.root(text)?;
            (0..=path.len()).rev().find_map(|length| root.find(&path[..length], key))
        };
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

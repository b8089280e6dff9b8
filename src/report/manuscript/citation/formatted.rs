//! Citations as a style of the user's own had them formatted, by a program that reads such styles.

use super::{CitationStyle, Run};

/// How works are cited.
#[derive(Debug, Clone, Copy)]
pub enum Citing<'a> {
    /// In one of our own styles.
    Style(CitationStyle),
    /// As another program formatted them.
    Formatted(&'a Formatted),
}

/// The citations of one manuscript, formatted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The mark of each place that cites, in the order of the places.
    pub marks: Vec<Vec<Run>>,
    /// The reference list, in its order.
    pub entries: Vec<FormattedEntry>,
    /// Whether marks name authors: a study's name in a table is then its citation.
    pub names_authors: bool,
}

/// An entry of the reference list, formatted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormattedEntry {
    /// Id of the study, or key of the bibliography.
    pub id: String,
    /// What stands before it, such as `1.` or `[1]`; none in a list by author.
    pub label: Option<String>,
    /// What it says.
    pub runs: Vec<Run>,
}

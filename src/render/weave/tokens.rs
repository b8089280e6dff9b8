//! Marks in woven text for what is settled only when the whole text is known: numbers of tables, figures, citations.

use std::fmt;

use crate::report::manuscript::END;

/// Begins a mark.
const START: char = '\u{e000}';

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A work is cited.
    Cite(String),
    /// A table stands here.
    Table { id: String, supplement: bool },
    /// A figure stands here.
    Figure { id: String, supplement: bool },
    /// The text speaks of a table.
    SeeTable(String),
    /// The text speaks of a figure.
    SeeFigure(String),
    /// The reference list stands here.
    References,
    /// The figure before is bound to this id.
    Bind(String),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |supplement: &bool| if *supplement { "supplement" } else { "text" };
        match self {
            Self::Cite(id) => write!(f, "{START}cite {id}{END}"),
            Self::Table { id, supplement } => write!(f, "{START}table {id} {}{END}", place(supplement)),
            Self::Figure { id, supplement } => write!(f, "{START}figure {id} {}{END}", place(supplement)),
            Self::SeeTable(id) => write!(f, "{START}see-table {id}{END}"),
            Self::SeeFigure(id) => write!(f, "{START}see-figure {id}{END}"),
            Self::References => write!(f, "{START}references{END}"),
            Self::Bind(id) => write!(f, "{START}bind {id}{END}"),
        }
    }
}

impl Token {
    fn read(words: &str) -> Option<Self> {
        // An id may have been escaped on its way through the text.
        let words = words.replace('\\', "");
        let mut parts = words.split(' ');
        let (kind, id, place) = (parts.next()?, parts.next().unwrap_or_default().to_owned(), parts.next());
        let supplement = place == Some("supplement");
        Some(match kind {
            "cite" => Self::Cite(id),
            "table" => Self::Table { id, supplement },
            "figure" => Self::Figure { id, supplement },
            "see-table" => Self::SeeTable(id),
            "see-figure" => Self::SeeFigure(id),
            "references" => Self::References,
            "bind" => Self::Bind(id),
            _ => return None,
        })
    }
}

/// A stretch of woven text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stretch<'a> {
    Text(&'a str),
    Token(Token),
}

/// Splits woven text at its marks; what only looks like one stays text.
pub(super) fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(START) {
        let inside = start + START.len_utf8();
        let Some(length) = rest[inside..].find(END) else { break };
        let Some(token) = Token::read(&rest[inside..inside + length]) else {
            stretches.push(Stretch::Text(&rest[..inside]));
            rest = &rest[inside..];
            continue;
        };
        if start > 0 {
            stretches.push(Stretch::Text(&rest[..start]));
        }
        stretches.push(Stretch::Token(token));
        rest = &rest[inside + length + END.len_utf8()..];
    }
    if !rest.is_empty() {
        stretches.push(Stretch::Text(rest));
    }
    stretches
}

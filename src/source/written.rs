//! A document as plain data: what two people wrote down can be compared, and what they agree on written out again.

use serde::{Serialize, Serializer};

use super::tree::{self, Content, Node};

/// Lines are broken before this many characters where a collection can be.
const WIDTH: usize = 120;

/// What is written at a place of a document, words kept as they are spelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A single value; `plain` where it needs no quotes to be read as what it is.
    Value {
        /// Its text, without quotes.
        text: String,
        /// Whether it is written without quotes.
        plain: bool,
    },
    /// A list.
    List(Vec<Written>),
    /// A mapping, in the author's order.
    Record(Vec<(String, Written)>),
}

impl From<&Node> for Written {
    fn from(node: &Node) -> Self {
        match &node.content {
            Content::Scalar { text, plain } => Self::Value { text: text.clone(), plain: *plain },
            Content::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Content::Mapping(entries) => {
                Self::Record(entries.iter().map(|entry| (entry.key.clone(), Self::from(&entry.value))).collect())
            }
        }
    }
}

/// Written in one line, as inside brackets.
impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value { text, plain } => f.write_str(&scalar(text, *plain)),
            Self::List(items) => write!(f, "[{}]", parts(items).join(", ")),
            Self::Record(entries) => write!(f, "{{{}}}", pairs(entries).join(", ")),
        }
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Written {
    /// Returns a value that is a word or a figure.
    pub fn value(text: impl Into<String>) -> Self {
        Self::Value { text: text.into(), plain: true }
    }

    /// Returns what a piece of YAML says; `None` where it is none, or says nothing.
    ///
    /// ```
    /// use forestable::source::Written;
    /// assert_eq!(Written::parse("[41%, 72%]").unwrap().to_string(), "[41%, 72%]");
    /// assert_eq!(Written::parse("[41%"), None);
    /// ```
    #[must_use]
    pub fn parse(yaml: &str) -> Option<Self> {
        tree::parse("", yaml).ok().map(|node| Self::from(&node))
    }

    /// Returns the value at a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Record(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Self::Value { .. } | Self::List(_) => None,
        }
    }

    /// Returns the text of a single value.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Value { text, .. } => Some(text),
            Self::List(_) | Self::Record(_) => None,
        }
    }

    /// Returns a whole document that reads as this: a field a line, what is short in brackets.
    #[must_use]
    pub fn document(&self) -> String {
        match self {
            Self::Record(entries) if !entries.is_empty() => {
                let mut text = String::new();
                record(entries, 0, &mut text);
                text
            }
            other => format!("{other}\n"),
        }
    }

    /// Whether it holds nothing that wants lines of its own.
    fn is_flat(&self) -> bool {
        let is_value = |item: &Self| item.text().is_some_and(|text| !text.contains('\n'));
        match self {
            Self::Value { .. } => is_value(self),
            Self::List(items) => items.iter().all(is_value),
            Self::Record(entries) => {
                entries.iter().all(|(_, value)| !matches!(value, Self::Record(_)) && value.is_flat())
            }
        }
    }
}

fn parts(items: &[Written]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn pairs(entries: &[(String, Written)]) -> Vec<String> {
    entries.iter().map(|(key, value)| format!("{}: {value}", scalar(key, true))).collect()
}

/// Writes the fields of a mapping, a line each.
fn record(entries: &[(String, Written)], indent: usize, text: &mut String) {
    for (key, value) in entries {
        let start = format!("{:indent$}{}:", "", scalar(key, true));
        let line = format!("{start} {value}");
        match value {
            Written::Value { text: words, .. } if is_block(words) => {
                text.push_str(&start);
                text.push_str(" |\n");
                for line in words.lines() {
                    let line = format!("{:width$}{line}", "", width = indent + 2);
                    text.push_str(line.trim_end());
                    text.push('\n');
                }
                continue;
            }
            Written::List(items) if !value.is_flat() => {
                text.push_str(&start);
                items.iter().for_each(|item| list_item(item, indent + 2, text));
            }
            Written::Record(entries) if !value.is_flat() || line.chars().count() > WIDTH => {
                text.push_str(&start);
                text.push('\n');
                record(entries, indent + 2, text);
                continue;
            }
            _ => text.push_str(line.trim_end()),
        }
        text.push('\n');
    }
}

/// Writes one item of a list in brackets, broken between its parts where it is long.
fn list_item(item: &Written, indent: usize, text: &mut String) {
    let (open, parts, close) = match item {
        Written::Value { .. } => ("", vec![item.to_string()], ""),
        Written::List(items) => ("[", parts(items), "]"),
        Written::Record(entries) => ("{", pairs(entries), "}"),
    };
    let mut line = format!("\n{:indent$}- {open}", "");
    for (index, part) in parts.iter().enumerate() {
        let length = line.chars().count() + part.chars().count();
        if index > 0 {
            line.push_str(if length > WIDTH { ",\n" } else { ", " });
        }
        if index > 0 && length > WIDTH {
            text.push_str(&line);
            line = format!("{:width$}", "", width = indent + 3);
        }
        line.push_str(part);
    }
    text.push_str(&line);
    text.push_str(close);
}

/// Whether words of several lines read the same from a block: nothing in them that its indentation could swallow.
fn is_block(words: &str) -> bool {
    let ends_once = words.ends_with('\n') && !words.ends_with("\n\n");
    let sound = |line: &str| !line.starts_with(' ') && !line.ends_with(' ') && !line.contains(is_special);
    ends_once && !words.starts_with('\n') && words.lines().all(sound)
}

/// Returns a single value as YAML reads it back, wherever it stands; a blank is left blank.
fn scalar(text: &str, plain: bool) -> String {
    let safe = plain
        && text.trim() == text
        && !text.contains(is_special)
        && !text.contains([',', '[', ']', '{', '}'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text.starts_with(['?', ':', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'])
        && text.strip_prefix('-').is_none_or(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    if safe { text.to_owned() } else { quoted(text) }
}

/// Returns a text in double quotes, with escapes for whatever is no printing character.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if is_special(letter) => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// Whether YAML takes a character for a line end or does not take it at all.
fn is_special(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written() -> impl Strategy<Value = Written> {
        let text = prop_oneof![
            "[a-z0-9%.+-]{1,12}",
            "\\PC{1,20}",
            "([a-z#:]{1,4} ?){1,4}\n([a-z]{1,8}\n){0,2}",
            any::<String>()
        ];
        let value = (text, any::<bool>()).prop_map(|(text, plain)| Written::Value { text, plain });
        let value = value
            .prop_filter("an empty value is none", |value| value.text().is_some_and(|text| !text.trim().is_empty()));
        value.prop_recursive(3, 24, 4, |inner| {
            let record = proptest::collection::btree_map("[a-z_]{1,8}|\\PC{1,8}", inner.clone(), 1..4);
            prop_oneof![
                proptest::collection::vec(inner, 1..4).prop_map(Written::List),
                record.prop_map(|record| Written::Record(record.into_iter().collect())),
            ]
        })
    }

    /// Both texts, apart from how they are quoted.
    fn same(one: &Written, other: &Written) -> bool {
        match (one, other) {
            (Written::Value { text: one, .. }, Written::Value { text: other, .. }) => one == other,
            (Written::List(one), Written::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
            }
            (Written::Record(one), Written::Record(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|((key, one), (name, other))| key == name && same(one, other))
            }
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_document_reads_as_what_was_written(field in written()) {
            let written = Written::Record(vec![("field".to_owned(), field)]);
            let text = written.document();
            let read = Written::parse(&text);
            prop_assert!(read.as_ref().is_some_and(|read| same(read, &written)), "{text}\n{read:?}\n{written:?}");
        }
    }

    #[test]
    fn documents_look_like_the_files_of_a_review() {
        let text = "\
reference:
  authors: [Trovo M, Furlan C]
  title: \"Radical Radiation Therapy for Oligometastatic Breast Cancer: Results of a Prospective Phase II Trial\"
  year: 2018
design: {timing: prospective, kind: \"phase 2, single arm\"}
cohorts:
  all:
    primary: breast
    patients: 54
    results:
      - {outcome: os, at: 2 years, estimate: 95%, ci: [83.3%, 99.8%], source: abstract,
         quote: \"Two-year LC and OS were 97% and 95%, respectively, in all of the patients who were enrolled.\"}
notes: |
  Ten of the 54 had conventional fractions.

  No outcome is reported without them.
";
        assert_eq!(Written::parse(text).unwrap().document(), text);
    }
}

//! Compares a document with the grammar: every unknown, doubled, missing or empty field and every value of the wrong kind.

use std::ops::Range;

use super::shape::{Field, Need, Shape};
use super::tree::{Content, Entry, Node, doubled_keys};
use crate::diag::{Diagnostic, Path, Place, Segment, Spot, all_of, codes, counted, nearest, one_of};

/// So many departures are shown of one file; with more, it is something else than a record.
const MOST_FINDINGS: usize = 200;

/// What the comparison found.
#[derive(Default)]
pub(super) struct Structure {
    /// Every departure from the grammar.
    pub findings: Vec<Diagnostic>,
    /// What the typed reader is given in place of what it could not read.
    repairs: Vec<(Range<usize>, &'static str)>,
}

impl Structure {
    /// Returns `text` with every value that cannot be read left empty, so that one slip does not keep the typed reader
    /// from the rest of the file, and the other faults there from being found.
    pub fn readable(&self, text: &str) -> String {
        let mut repairs: Vec<_> = self.repairs.iter().collect();
        repairs.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut readable = String::with_capacity(text.len());
        let mut done = 0;
        for (span, stand_in) in repairs.into_iter().filter(|(span, _)| !span.is_empty()) {
            // What lies within a repaired value went with it.
            if span.start >= done {
                readable.push_str(&text[done..span.start]);
                readable.push_str(stand_in);
                done = span.end;
            }
        }
        readable.push_str(&text[done..]);
        readable
    }
}

/// Compares `root` with `shape`.
pub(super) fn compare(file: &str, root: &Node, shape: &Shape) -> Structure {
    let mut walk = Walk { file, structure: Structure::default() };
    walk.node(root, shape, Path::file(file), root);
    if walk.is_full() {
        let finding = Diagnostic::new(codes::TOO_LARGE, Place::file(file), format!("more than {MOST_FINDINGS} faults"));
        walk.structure.findings.push(finding.help("is this a record at all? mend the first ones and check again"));
    }
    walk.structure
}

struct Walk<'a> {
    file: &'a str,
    structure: Structure,
}

impl Walk<'_> {
    fn is_full(&self) -> bool {
        self.structure.findings.len() >= MOST_FINDINGS
    }

    /// Checks one node; `field` is the value of the innermost record field that it is, or is part of.
    fn node(&mut self, node: &Node, shape: &Shape, path: Path<'_>, field: &Node) {
        if self.is_full() {
            return;
        }
        if node.is_empty() {
            let place = named(path);
            let message = match place.path().last() {
                Some(Segment::Key(key)) => format!("`{key}` has no value"),
                _ => "an item without a value".to_owned(),
            };
            let finding = Diagnostic::new(codes::EMPTY_VALUE, place, message)
                .expected(describe(shape))
                .help("write the value, or remove the field; say `not reported` where the paper is silent");
            self.structure.findings.push(finding);
            self.structure.repairs.push((field.span.clone(), "~"));
            return;
        }
        if let Content::Scalar { text, .. } = &node.content
            && let Some(letter) = text.chars().find(|letter| is_unprintable(*letter))
        {
            let finding =
                Diagnostic::new(codes::WRONG_KIND, path.place(), "the value holds a character that prints nothing");
            let finding =
                finding.found(format!("U+{:04X}", u32::from(letter))).expected("letters, signs and line ends");
            self.unreadable(finding.help("remove it: it came in with a copy from elsewhere"), node, shape, field);
            return;
        }
        match (shape, &node.content) {
            (Shape::Scalar, Content::Scalar { .. }) => {}
            (Shape::Words(words), Content::Scalar { text, .. }) => {
                if !words.contains(text) {
                    let finding = Diagnostic::new(codes::UNKNOWN_WORD, path.place(), format!("unknown word `{text}`"));
                    let help = nearest(text, words).map(|word| format!("write `{word}`"));
                    let help = help.unwrap_or_else(|| "take one of these words".to_owned());
                    self.unreadable(finding.expected(describe(shape)).help(help), node, shape, field);
                }
            }
            (Shape::List { item, least, most }, Content::List(items)) => {
                let length = items.len() as u64;
                if length < *least || most.is_some_and(|most| length > most) {
                    let finding = Diagnostic::new(codes::WRONG_KIND, path.place(), "the list has the wrong length")
                        .found(counted(items.len(), "value"))
                        .expected(describe(shape))
                        .help("add what is missing or remove what is too much");
                    self.unreadable(finding, node, shape, field);
                }
                for (index, node) in items.iter().enumerate() {
                    self.node(node, item, path.index(index), field);
                }
            }
            (Shape::Record(fields), Content::Mapping(entries)) => self.record(node, entries, fields, path),
            (Shape::Map { value, least }, Content::Mapping(entries)) => {
                if (entries.len() as u64) < *least {
                    let finding = Diagnostic::new(codes::MISSING_FIELD, named(path), "nothing is entered here");
                    self.structure.findings.push(finding.expected(describe(shape)).help("enter the first one"));
                }
                self.doubled(entries);
                for entry in entries {
                    self.node(&entry.value, value, path.key(&entry.key), field);
                }
            }
            (Shape::Either(shapes), content) => match shapes.iter().find(|shape| fits(shape, content)) {
                Some(shape) => self.node(node, shape, path, field),
                None => self.wrong_kind(node, shape, path, field),
            },
            _ => self.wrong_kind(node, shape, path, field),
        }
    }

    fn record(&mut self, node: &Node, entries: &[Entry], fields: &[Field], path: Path<'_>) {
        let again = self.doubled(entries);
        self.structure.repairs.extend(again.iter().map(|key| (key.clone(), "written-twice")));
        let free: Vec<_> = fields.iter().filter(|field| entries.iter().all(|entry| entry.key != field.name)).collect();
        let mut mistyped = Vec::new();
        for entry in entries {
            if self.is_full() || again.binary_search_by_key(&entry.key_span.start, |span| span.start).is_ok() {
                continue;
            }
            let here = path.key(&entry.key);
            if let Some(field) = fields.iter().find(|field| field.name == entry.key) {
                self.node(&entry.value, &field.shape, here, &entry.value);
                continue;
            }
            let names: Vec<_> = free.iter().map(|field| &field.name).collect();
            let place = named(here);
            let finding =
                Diagnostic::new(codes::UNKNOWN_FIELD, place.clone(), format!("unknown field `{}`", entry.key));
            let meant = nearest(&entry.key, names.iter().copied());
            self.structure.findings.push(match meant {
                Some(name) => finding.help(format!("write `{name}`")).edit(place, name),
                None => finding.expected(one_of(&names)).help("remove it, or say it in words in `note` or `notes`"),
            });
            mistyped.extend(meant.map(str::to_owned));
        }
        let missing = |need| {
            let fields = free.iter().filter(move |field| field.need == need);
            fields.filter(|field| !mistyped.contains(&field.name))
        };
        let owner = owner(node, entries, path);
        for field in missing(Need::Required) {
            let finding = Diagnostic::new(codes::MISSING_FIELD, owner.clone(), format!("`{}` is missing", field.name));
            let finding = finding.note(field.about.as_str()).help(format!("add `{}:` here", field.name));
            self.structure.findings.push(finding);
        }
        let names: Vec<_> = missing(Need::Recommended).map(|field| field.name.as_str()).collect();
        if !names.is_empty() {
            let verb = if names.len() == 1 { "is" } else { "are" };
            let finding =
                Diagnostic::new(codes::RECOMMENDED_FIELD, owner, format!("{} {verb} not given", all_of(&names)));
            self.structure.findings.push(finding.help("add what the paper gives, so that a reader can look it up"));
        }
    }

    /// Reports every key written twice, and returns where the later ones stand.
    fn doubled(&mut self, entries: &[Entry]) -> Vec<Range<usize>> {
        let spot = |span: &Range<usize>| Place { file: self.file.to_owned(), spot: Spot::Bytes(span.clone()) };
        let mut again = Vec::new();
        for (second, first) in doubled_keys(entries).into_iter().take(MOST_FINDINGS) {
            let message = format!("`{}` is written twice", second.key);
            let finding = Diagnostic::new(codes::DOUBLED_FIELD, spot(&second.key_span), message).found("again here");
            let finding = finding.against(spot(&first.key_span), "first here").help("keep one of the two");
            self.structure.findings.push(finding);
            again.push(second.key_span.clone());
        }
        again
    }

    fn wrong_kind(&mut self, node: &Node, shape: &Shape, path: Path<'_>, field: &Node) {
        let found = match &node.content {
            Content::Scalar { .. } => "a single value",
            Content::List(_) => "a list",
            Content::Mapping(_) => "a mapping",
        };
        let help = match shape {
            Shape::List { .. } => "write the values in brackets: `[a, b]`",
            Shape::Record(_) | Shape::Map { .. } => "write `key: value` lines, indented, or `{key: value}`",
            _ => "write one value; put words with `: ` or ` #` in quotes",
        };
        let finding = Diagnostic::new(codes::WRONG_KIND, path.place(), "the value is of the wrong kind").found(found);
        self.unreadable(finding.expected(describe(shape)).help(help), node, shape, field);
    }

    /// Reports a value that no typed reader could read: a record is emptied, of anything else the whole field.
    fn unreadable(&mut self, finding: Diagnostic, node: &Node, shape: &Shape, field: &Node) {
        self.structure.findings.push(finding);
        self.structure.repairs.push(match shape {
            Shape::Record(_) => (node.span.clone(), "{}"),
            _ => (field.span.clone(), "~"),
        });
    }
}

/// A field is named by its key, anything else by its first line.
fn named(path: Path<'_>) -> Place {
    let place = path.place();
    match place.path().last() {
        Some(Segment::Key(_)) => place.as_key(),
        _ => place,
    }
}

/// A record is named by its key; the document, which has none, by its first.
fn owner(node: &Node, entries: &[Entry], path: Path<'_>) -> Place {
    let place = named(path);
    match place.spot {
        Spot::File => {
            let span = entries.first().map_or(&node.span, |entry| &entry.key_span);
            Place { spot: Spot::Bytes(span.clone()), ..place }
        }
        _ => place,
    }
}

/// Whether a character stands for nothing that a page or a picture could show.
fn is_unprintable(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

fn fits(shape: &Shape, content: &Content) -> bool {
    match shape {
        Shape::Scalar | Shape::Words(_) => matches!(content, Content::Scalar { .. }),
        Shape::List { .. } => matches!(content, Content::List(_)),
        Shape::Record(_) | Shape::Map { .. } => matches!(content, Content::Mapping(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(shape, content)),
    }
}

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Scalar => "a single value".to_owned(),
        Shape::Words(words) => one_of(words),
        Shape::List { least, most: Some(most), .. } if least == most => format!("a list of {least} values"),
        Shape::List { .. } => "a list".to_owned(),
        Shape::Record(fields) => format!("a mapping with {}", all_of(fields.iter().map(|field| &field.name))),
        Shape::Map { .. } => "a mapping, each entry under an id".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}

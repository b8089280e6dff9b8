//! Compares a document with the grammar: every unknown, doubled, missing or empty field and every value of the wrong kind.

use std::ops::Range;

use super::shape::{Field, Need, Shape};
use super::tree::{Content, Entry, Node, doubled_keys};
use crate::diag::{Diagnostic, Path, Place, Segment, Spot, codes, counted, nearest, one_of};

/// What the comparison found.
#[derive(Default)]
pub(super) struct Structure {
    /// Every departure from the grammar.
    pub findings: Vec<Diagnostic>,
    /// Keys of the fields that no typed reader could read. Hidden from it, they leave the rest of the file readable,
    /// so that one slip does not keep the other faults from being found.
    pub unreadable: Vec<Range<usize>>,
}

/// Compares `root` with `shape`.
pub(super) fn compare(file: &str, root: &Node, shape: &Shape) -> Structure {
    let mut walk = Walk { file, structure: Structure::default() };
    walk.node(root, shape, Path::file(file), None);
    walk.structure
}

struct Walk<'a> {
    file: &'a str,
    structure: Structure,
}

impl Walk<'_> {
    /// Checks one node; `field` is the key of the innermost record field around it.
    fn node(&mut self, node: &Node, shape: &Shape, path: Path<'_>, field: Option<&Entry>) {
        if node.is_empty() {
            let name = path.place();
            let finding = Diagnostic::new(
                codes::EMPTY_VALUE,
                if field.is_some() { name.as_key() } else { name },
                "nothing is written here",
            )
            .expected(describe(shape))
            .help("write the value, or remove the field; say `not reported` where the paper is silent");
            return self.unreadable(finding, field);
        }
        match (shape, &node.content) {
            (Shape::Scalar, Content::Scalar { .. }) => {}
            (Shape::Words(words), Content::Scalar { text, .. }) => {
                if !words.contains(text) {
                    let finding = Diagnostic::new(codes::UNKNOWN_WORD, path.place(), format!("unknown word `{text}`"))
                        .expected(describe(shape))
                        .help(match nearest(text, words) {
                            Some(word) => format!("write `{word}`"),
                            None => "take one of these words".to_owned(),
                        });
                    self.unreadable(finding, field);
                }
            }
            (Shape::List { item, least, most }, Content::List(items)) => {
                let length = items.len() as u64;
                if length < *least || most.is_some_and(|most| length > most) {
                    let finding = Diagnostic::new(codes::WRONG_KIND, path.place(), "the list has the wrong length")
                        .found(counted(items.len(), "value"))
                        .expected(describe(shape))
                        .help("add what is missing or remove what is too much");
                    self.unreadable(finding, field);
                }
                for (index, node) in items.iter().enumerate() {
                    self.node(node, item, path.index(index), field);
                }
            }
            (Shape::Record(fields), Content::Mapping(entries)) => self.record(node, entries, fields, path),
            (Shape::Map { value, least }, Content::Mapping(entries)) => {
                if (entries.len() as u64) < *least {
                    let finding = Diagnostic::new(codes::MISSING_FIELD, path.place(), "nothing is entered here")
                        .expected(describe(shape))
                        .help("enter the first one");
                    self.structure.findings.push(finding);
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
        self.structure.unreadable.extend(again.iter().cloned());
        let absent = |name: &str| entries.iter().all(|entry| entry.key != name);
        let mut mistyped = Vec::new();
        for entry in entries {
            if again.binary_search_by_key(&entry.key_span.start, |span| span.start).is_ok() {
                continue;
            }
            let here = path.key(&entry.key);
            if let Some(field) = fields.iter().find(|field| field.name == entry.key) {
                self.node(&entry.value, &field.shape, here, Some(entry));
                continue;
            }
            let meant = nearest(&entry.key, fields.iter().map(|field| &field.name).filter(|name| absent(name)));
            let finding =
                Diagnostic::new(codes::UNKNOWN_FIELD, here.place().as_key(), format!("unknown field `{}`", entry.key));
            self.structure.findings.push(match meant {
                Some(name) => finding.help(format!("write `{name}`")),
                None => finding.expected(describe_fields(fields)).help("remove it, or put it into `note`"),
            });
            mistyped.extend(meant);
        }
        for field in fields.iter().filter(|field| absent(&field.name) && !mistyped.contains(&field.name.as_str())) {
            let name = &field.name;
            let (code, message) = match field.need {
                Need::Required => (codes::MISSING_FIELD, format!("`{name}` is missing")),
                Need::Recommended => (codes::RECOMMENDED_FIELD, format!("`{name}` is not given")),
                Need::Optional => continue,
            };
            let finding = Diagnostic::new(code, owner(node, path), message).expected(describe(&field.shape));
            self.structure.findings.push(finding.help(format!("add `{name}:` here")));
        }
    }

    /// Reports every key written twice, and returns where the later ones stand.
    fn doubled(&mut self, entries: &[Entry]) -> Vec<Range<usize>> {
        let spot = |span: &Range<usize>| Place { file: self.file.to_owned(), spot: Spot::Bytes(span.clone()) };
        let doubled = doubled_keys(entries);
        for (second, first) in &doubled {
            let finding = Diagnostic::new(
                codes::DOUBLED_FIELD,
                spot(&second.key_span),
                format!("`{}` is written twice", second.key),
            )
            .found("again here")
            .against(spot(&first.key_span), "first here")
            .help("keep one of the two");
            self.structure.findings.push(finding);
        }
        doubled.into_iter().map(|(second, _)| second.key_span.clone()).collect()
    }

    fn wrong_kind(&mut self, node: &Node, shape: &Shape, path: Path<'_>, field: Option<&Entry>) {
        let found = match &node.content {
            Content::Scalar { .. } => "a single value",
            Content::List(_) => "a list",
            Content::Mapping(_) => "a mapping",
        };
        let finding = Diagnostic::new(codes::WRONG_KIND, path.place(), "the value is of the wrong kind")
            .found(found)
            .expected(describe(shape));
        let help = match shape {
            Shape::List { .. } => "write the values in brackets: `[a, b]`",
            Shape::Record(_) | Shape::Map { .. } => "write `key: value` lines, indented, or `{key: value}`",
            _ => "write one value; put words with `: ` or ` #` in quotes",
        };
        self.unreadable(finding.help(help), field);
    }

    fn unreadable(&mut self, finding: Diagnostic, field: Option<&Entry>) {
        self.structure.findings.push(finding);
        self.structure.unreadable.extend(field.map(|entry| entry.key_span.clone()));
    }
}

/// A record is named by its key; one without, by its first line.
fn owner(node: &Node, path: Path<'_>) -> Place {
    let place = path.place();
    match place.path().last() {
        Some(Segment::Key(_)) => place.as_key(),
        Some(Segment::Index(_)) => place,
        None => Place { file: place.file, spot: Spot::Bytes(node.span.clone()) },
    }
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
        Shape::Record(fields) => format!("a mapping with {}", describe_fields(fields)),
        Shape::Map { .. } => "a mapping, each entry under an id".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}

fn describe_fields(fields: &[Field]) -> String {
    one_of(fields.iter().map(|field| &field.name))
}

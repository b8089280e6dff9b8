//! A YAML document with the place of every node: what serde_yaml does not tell.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::diag::{Diagnostic, Place, Segment, Spot, codes};

/// Deeper nesting than any study needs; it bounds every walk over a tree.
const DEEPEST: usize = 64;

/// So many uses of what YAML can do and records cannot are shown of one file.
const MOST_FAULTS: usize = 50;

/// One node of a document.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes, from its first character to its last.
    pub span: Range<usize>,
    pub content: Content,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Content {
    /// The text, unquoted and unfolded; `plain` where it is written without quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

impl Node {
    /// Returns the bytes at the end of `path`: of the key or of the value there.
    pub fn find(&self, path: &[Segment], key: bool) -> Option<Range<usize>> {
        let Some((last, before)) = path.split_last() else { return Some(self.span.clone()) };
        let parent = before.iter().try_fold(self, |node, segment| node.child(segment).map(|(_, child)| child))?;
        let (key_span, child) = parent.child(last)?;
        Some(if key { key_span } else { child.span.clone() })
    }

    fn child(&self, segment: &Segment) -> Option<(Range<usize>, &Node)> {
        match (&self.content, segment) {
            (Content::Mapping(entries), Segment::Key(key)) => {
                entries.iter().find(|entry| entry.key == *key).map(|entry| (entry.key_span.clone(), &entry.value))
            }
            (Content::List(items), Segment::Index(index)) => items.get(*index).map(|item| (item.span.clone(), item)),
            _ => None,
        }
    }

    /// Whether nothing is written here: an empty value, `""`, `~` or `null`.
    pub fn is_empty(&self) -> bool {
        let Content::Scalar { text, plain } = &self.content else { return false };
        text.trim().is_empty() || (*plain && matches!(text.as_str(), "~" | "null" | "Null" | "NULL"))
    }
}

/// Returns the document in `text`, or what keeps it from being one plain YAML document.
///
/// # Errors
/// Every use of anchors, aliases, tags and further documents, and the first break of the syntax.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, Vec<Diagnostic>> {
    if let Some(at) = text.find('\0') {
        let place = Place { file: file.to_owned(), spot: Spot::Bytes(at..at + 1) };
        let finding =
            Diagnostic::new(codes::NOT_YAML, place, "this is not YAML").found("a NUL byte, which ends a text");
        return Err(vec![finding.help("take it out; with many of them the file is damaged, or of another kind")]);
    }
    let mut builder =
        Builder { file, bytes: ByteIndex::new(text), text, open: Vec::new(), told: 0, root: None, faults: Vec::new() };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                builder.faults.push(builder.syntax(&error));
                return Err(builder.faults);
            }
        }
        if let Some(deepest) = builder.open.get(DEEPEST) {
            builder.faults.push(builder.too_deep(deepest.start));
            return Err(builder.faults);
        }
    }
    match builder.root {
        Some(root) if builder.faults.is_empty() && !root.is_empty() => Ok(root),
        _ if builder.faults.is_empty() => Err(vec![
            Diagnostic::new(codes::EMPTY_FILE, Place::file(file), "the file holds no YAML").help(start_of(file)),
        ]),
        _ => Err(builder.faults),
    }
}

/// Returns what starts a file of this name.
fn start_of(file: &str) -> &'static str {
    match file {
        "review.yaml" => "write it; `forestable init DIR` starts a review",
        file if file.starts_with("studies/") => "write it; `forestable new ID` starts a study file",
        _ => "write it, or take it away",
    }
}

/// A collection that is not closed yet.
struct Open {
    start: usize,
    content: Content,
    /// A key that waits for its value.
    key: Option<(String, Range<usize>)>,
}

struct Builder<'a> {
    file: &'a str,
    text: &'a str,
    bytes: ByteIndex,
    open: Vec<Open>,
    /// Where the last event ended: the parser reads ahead of what it tells.
    told: usize,
    root: Option<Node>,
    faults: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        let span = self.bytes.range(span);
        self.told = self.told.max(span.end);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(&span, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                self.add(Node { span: self.trim(span), content: Content::Scalar { text: text.into_owned(), plain } });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(&span, anchor, tag.is_some());
                self.open.push(Open { start: span.start, content: Content::List(Vec::new()), key: None });
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(&span, anchor, tag.is_some());
                self.open.push(Open { start: span.start, content: Content::Mapping(Vec::new()), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { start, content, .. }) = self.open.pop() {
                    let span = self.trim(start..span.end.max(start));
                    self.add(Node { span, content });
                }
            }
            Event::Alias(_) => {
                self.refuse(span.clone(), "aliases are not read here", "write the value out");
                self.add(Node { span, content: Content::Scalar { text: String::new(), plain: false } });
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                self.refuse(span, "a file holds one document", "move the second document into a file of its own");
            }
            _ => {}
        }
    }

    fn add(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match (&mut open.content, open.key.take()) {
            (Content::List(items), _) => items.push(node),
            (Content::Mapping(entries), Some((key, key_span))) => entries.push(Entry { key, key_span, value: node }),
            (Content::Mapping(_), None) => match node.content {
                Content::Scalar { text, .. } => open.key = Some((text, node.span)),
                Content::List(_) | Content::Mapping(_) => {
                    open.key = Some((String::new(), node.span.clone()));
                    self.refuse(node.span, "a key is a word", "write the key as plain text");
                }
            },
            (Content::Scalar { .. }, _) => {}
        }
    }

    fn refuse_extras(&mut self, span: &Range<usize>, anchor: usize, tagged: bool) {
        if anchor > 0 {
            self.refuse(span.clone(), "anchors are not read here", "remove the `&name` in front of the value");
        }
        if tagged {
            self.refuse(span.clone(), "tags are not read here", "remove the `!tag` in front of the value");
        }
    }

    fn refuse(&mut self, span: Range<usize>, message: &str, help: &str) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let place = self.place(span);
        self.faults.push(
            Diagnostic::new(codes::YAML_FEATURE, place, message)
                .expected("plain mappings, lists and values")
                .help(help),
        );
    }

    fn too_deep(&self, start: usize) -> Diagnostic {
        let place = self.place(start..start + 1);
        let finding = Diagnostic::new(codes::TOO_LARGE, place, "the document nests too deeply");
        let finding = finding.found(format!("more than {DEEPEST} levels"));
        finding.help("flatten it: a study file needs no more than six levels")
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = self.bytes.at(error.marker().index());
        // The parser reads ahead and gives up long before it tells of so many levels.
        if error.info().contains("recursion limit") {
            return self.too_deep(self.unclosed(at).unwrap_or(at.saturating_sub(1)));
        }
        let line = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let tab = self.text[line..].find('\t').filter(|_| error.info().contains("tab")).map(|offset| line + offset);
        let start = tab.unwrap_or(at);
        let finding = Diagnostic::new(codes::NOT_YAML, self.place(start..start + 1), "this is not YAML");
        let finding = finding.found(error.info());
        match (tab, self.unclosed(at)) {
            (Some(_), _) => finding.help("indent with spaces: YAML allows no tabs there"),
            (None, Some(bracket)) => {
                let close = if self.text[bracket..].starts_with('{') { '}' } else { ']' };
                let opened = self.place(bracket..bracket + 1);
                finding.against(opened, "opened here").help(format!("is the `{close}` missing? check from here on"))
            }
            (None, None) => {
                finding.help("check the indentation, the quotes and the brackets on this line and the one above")
            }
        }
    }

    /// Returns where a bracket stands that is not closed before the byte `end`: one of those that the parser has looked at and
    /// not told yet, else the innermost that it has told.
    fn unclosed(&self, end: usize) -> Option<usize> {
        let ahead = self.text.get(self.told..end).unwrap_or_default();
        let (mut open, mut quote) = (Vec::new(), None);
        for (offset, letter) in ahead.char_indices() {
            match (letter, quote) {
                ('"' | '\'', None) => quote = Some(letter),
                (_, Some(quoted)) => quote = (letter != quoted).then_some(quoted),
                ('{' | '[', None) => open.push(self.told + offset),
                ('}' | ']', None) => drop(open.pop()),
                _ => {}
            }
        }
        let told = self.open.iter().map(|open| open.start);
        open.first().copied().or_else(|| told.rev().find(|start| self.text[*start..].starts_with(['{', '['])))
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { file: self.file.to_owned(), spot: Spot::Bytes(span) }
    }

    /// A block collection reaches to the next token: its trailing blank lines and comments are not its own words.
    fn trim(&self, span: Range<usize>) -> Range<usize> {
        let words = self.text.get(span.clone()).unwrap_or_default();
        span.start..span.start + words.trim_end().len()
    }
}

/// The parser counts characters, the program bytes.
struct ByteIndex {
    /// Byte of each character; empty where every character is one byte.
    starts: Vec<usize>,
    length: usize,
}

impl ByteIndex {
    fn new(text: &str) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(byte, _)| byte).collect() };
        Self { starts, length: text.len() }
    }

    fn at(&self, character: usize) -> usize {
        if self.starts.is_empty() {
            return character.min(self.length);
        }
        self.starts.get(character).copied().unwrap_or(self.length)
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.at(span.start.index());
        start..self.at(span.end.index()).max(start)
    }
}

/// Returns the second and first key of every pair of equal keys, with the path of their mapping.
pub(super) fn doubled_keys(entries: &[Entry]) -> Vec<(&Entry, &Entry)> {
    let mut first: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut doubled = Vec::new();
    for entry in entries {
        match first.get(entry.key.as_str()) {
            Some(earlier) => doubled.push((entry, *earlier)),
            None => {
                first.insert(&entry.key, entry);
            }
        }
    }
    doubled
}

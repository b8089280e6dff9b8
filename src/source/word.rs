//! Word files as texts: the words, the bookmarks in them, and whether changes are tracked. Reading keeps everything else
//! of the file, so that bookmarks can be added without touching another byte of its parts.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Cursor, Read, Seek, Write};
use std::ops::Range;

use roxmltree::{Document, Node};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The part of a Word file that holds its text.
const BODY: &str = "word/document.xml";

/// Larger than the text of any manuscript, unpacked.
const LARGEST: u64 = 64 << 20;

/// Why a Word file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordError(String);

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WordError {}

impl WordError {
    fn of(error: impl fmt::Display) -> Self {
        Self(format!("it is no Word file (.docx): {error}"))
    }
}

/// A Word file, read.
#[derive(Debug, Clone)]
pub struct WordFile {
    bytes: Vec<u8>,
    xml: String,
    /// Its words, a line each paragraph and each row of a table.
    pub text: String,
    /// Its bookmarks: name, and the bytes of the text that they hold.
    pub bookmarks: Vec<(String, Range<usize>)>,
    /// The bytes at which tracked changes stand.
    pub tracked: Vec<usize>,
    runs: Vec<Piece>,
    highest_id: u64,
}

/// The text of one run.
#[derive(Debug, Clone)]
struct Piece {
    /// In the text.
    text: Range<usize>,
    /// The run's element in the XML.
    element: Range<usize>,
    /// Its properties.
    properties: Option<Range<usize>>,
    /// Whether it holds nothing but this text: only then can it be split.
    plain: bool,
}

impl WordFile {
    /// Returns the styles of a Word file, to be taken for another.
    ///
    /// # Errors
    /// It is no Word file, or has no styles.
    pub fn styles(bytes: &[u8]) -> Result<String, WordError> {
        part(&mut ZipArchive::new(Cursor::new(bytes)).map_err(WordError::of)?, "word/styles.xml")
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    /// It is no Word file, or larger than 64 MiB unpacked.
    pub fn read(bytes: Vec<u8>) -> Result<Self, WordError> {
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).map_err(WordError::of)?;
        let xml = part(&mut archive, BODY)?;
        let mut word = Self {
            bytes: Vec::new(),
            text: String::new(),
            bookmarks: Vec::new(),
            tracked: Vec::new(),
            runs: Vec::new(),
            highest_id: 0,
            xml: String::new(),
        };
        word.understand(&Document::parse(&xml).map_err(WordError::of)?);
        word.bytes = bytes;
        word.xml = xml;
        Ok(word)
    }

    fn understand(&mut self, document: &Document<'_>) {
        let mut open: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for node in document.descendants().filter(Node::is_element) {
            match node.tag_name().name() {
                "p" => self.begin_paragraph(node),
                "r" => self.run(node),
                "ins" | "del" | "moveFrom" | "moveTo" => self.tracked.push(self.text.len()),
                "bookmarkStart" => {
                    let name = attribute(node, "name").to_owned();
                    let id = attribute(node, "id").to_owned();
                    self.highest_id = self.highest_id.max(id.parse().unwrap_or(0));
                    open.insert(id, (name, self.text.len()));
                }
                "bookmarkEnd" => {
                    if let Some((name, start)) = open.remove(attribute(node, "id")) {
                        self.bookmarks.push((name, start..self.text.len()));
                    }
                }
                _ => {}
            }
        }
    }

    /// Begins a line, in a table a cell: `| Lemoine et al. | 58%` stands on one line, as in Markdown.
    fn begin_paragraph(&mut self, node: Node<'_, '_>) {
        let cell = node.parent().filter(|parent| parent.tag_name().name() == "tc");
        let begins_cell = cell.is_some_and(|cell| named_first(cell, "p") == Some(node));
        let begins_row = cell.zip(cell.and_then(|cell| cell.parent()));
        let begins_row = begins_row.is_some_and(|(cell, row)| named_first(row, "tc") == Some(cell));
        let line = if self.text.is_empty() { "" } else { "\n" };
        match (cell, begins_cell) {
            (None, _) => self.text.push_str(line),
            (Some(_), false) => self.text.push(' '),
            (Some(_), true) if begins_row => {
                self.text.push_str(line);
                self.text.push_str("| ");
            }
            (Some(_), true) => self.text.push_str(" | "),
        }
    }

    fn run(&mut self, node: Node<'_, '_>) {
        let start = self.text.len();
        let mut texts = 0;
        let mut others = 0;
        let mut properties = None;
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "t" => {
                    texts += 1;
                    self.text.push_str(&child.text().unwrap_or_default().replace('\n', " "));
                }
                "rPr" => properties = Some(child.range()),
                "tab" => {
                    others += 1;
                    self.text.push('\t');
                }
                "br" | "cr" => {
                    others += 1;
                    self.text.push(' ');
                }
                "noBreakHyphen" => {
                    others += 1;
                    self.text.push('-');
                }
                _ => others += 1,
            }
        }
        let plain = texts == 1 && others == 0;
        self.runs.push(Piece { text: start..self.text.len(), element: node.range(), properties, plain });
    }

    /// Returns the file's bytes with these bookmarks added, name and the bytes of the text that each is to hold; and the
    /// names of those that could not be, since they would begin or end within a field or a picture. Runs that lie within
    /// `without` are taken out.
    ///
    /// # Errors
    /// The file cannot be packed again.
    pub fn with_bookmarks(
        &self,
        marks: &[(String, Range<usize>)],
        without: &[Range<usize>],
    ) -> Result<(Vec<u8>, Vec<String>), WordError> {
        let mut refused = Vec::new();
        // What goes into the text, by the byte of the text: an end stands before a start at the same place.
        let mut points: Vec<(usize, bool, String)> = Vec::new();
        for (at, (name, span)) in marks.iter().enumerate() {
            let id = self.highest_id + 1 + at as u64;
            if !self.can_split(span.start) || !self.can_split(span.end) {
                refused.push(name.clone());
                continue;
            }
            points.push((span.start, true, format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/>")));
            points.push((span.end, false, format!("<w:bookmarkEnd w:id=\"{id}\"/>")));
        }
        points.sort();
        let mut xml = String::with_capacity(self.xml.len() + points.len() * 64);
        let mut done = 0;
        let mut points = points.into_iter().peekable();
        for run in self.runs.iter().filter(|run| !run.text.is_empty()) {
            // An end belongs to the run before it, a start to the run after it.
            let mut inside = Vec::new();
            while let Some((at, is_start, _)) = points.peek() {
                let here = *at < run.text.end || (*at == run.text.end && !is_start);
                if !here {
                    break;
                }
                inside.extend(points.next());
            }
            let out = without.iter().any(|range| range.start <= run.text.start && run.text.end <= range.end);
            if inside.is_empty() && !out {
                continue;
            }
            xml.push_str(&self.xml[done..run.element.start]);
            done = run.element.end;
            if out {
                inside.into_iter().for_each(|(.., mark)| xml.push_str(&mark));
                continue;
            }
            let mut from = run.text.start;
            for (at, _, mark) in inside {
                self.split(&mut xml, run, from..at.max(from));
                from = at.max(from);
                xml.push_str(&mark);
            }
            self.split(&mut xml, run, from..run.text.end);
        }
        xml.push_str(&self.xml[done..]);
        Ok((self.packed(&xml)?, refused))
    }

    /// Whether a bookmark can begin or end at this byte.
    fn can_split(&self, at: usize) -> bool {
        let within = self.runs.iter().find(|run| run.text.start < at && at < run.text.end);
        within.is_none_or(|run| run.plain && self.text.is_char_boundary(at))
    }

    /// Writes a part of a run, or the whole as it is.
    fn split(&self, xml: &mut String, run: &Piece, part: Range<usize>) {
        if part == run.text {
            xml.push_str(&self.xml[run.element.clone()]);
        } else if !part.is_empty() {
            let properties = run.properties.as_ref().map_or("", |range| &self.xml[range.clone()]);
            let text = self.text[part].replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            xml.push_str(&format!("<w:r>{properties}<w:t xml:space=\"preserve\">{text}</w:t></w:r>"));
        }
    }

    /// Returns the file with another body; every other part stays as it was packed.
    fn packed(&self, xml: &str) -> Result<Vec<u8>, WordError> {
        let failed = |error: &dyn fmt::Display| WordError(format!("it cannot be packed again: {error}"));
        let mut archive = ZipArchive::new(Cursor::new(&self.bytes)).map_err(|error| failed(&error))?;
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let part = archive.by_index_raw(at).map_err(|error| failed(&error))?;
            if part.name().is_ok_and(|name| name == BODY) {
                drop(part);
                writer.start_file(BODY, SimpleFileOptions::default()).map_err(|error| failed(&error))?;
                writer.write_all(xml.as_bytes()).map_err(|error| failed(&error))?;
            } else {
                writer.raw_copy_file(part).map_err(|error| failed(&error))?;
            }
        }
        Ok(writer.finish().map_err(|error| failed(&error))?.into_inner())
    }
}

/// Returns the text of one part.
fn part<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str) -> Result<String, WordError> {
    let mut text = String::new();
    let part = archive.by_name(name).map_err(WordError::of)?;
    part.take(LARGEST).read_to_string(&mut text).map_err(WordError::of)?;
    Ok(text)
}

/// Returns the first child of this name.
fn named_first<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    parent.children().find(|child| child.tag_name().name() == name)
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attributes().find(|attribute| attribute.name() == name).map_or("", |attribute| attribute.value())
}

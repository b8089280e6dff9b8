//! Markdown that GitHub and pandoc read alike: pipe tables without tricks, and the whole report.

use serde::Serialize;

use super::parts::Parts;
use super::templates::{Part, RenderError, Templates};
use crate::report::page::{Block, Fact, FileLink, KeyResult, Page, Reference};
use crate::report::table::{Align, Cell, Column, Footnote, RowKind, Table};

/// Returns the table as Markdown: caption, pipe table, footnotes, notes and the authors' remarks.
///
/// A pipe table has one header line and no cell across columns: a spanner stands before its columns' headers
/// (`Retrospective: k`), a group's heading is a bold first cell, and a remark follows the table under its row's name.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn table(templates: &Templates, table: &Table) -> Result<String, RenderError> {
    templates.render("table.md", "table", TableView::new(templates, table)?)
}

/// Returns the whole report as Markdown; figures are linked as files.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn page(templates: &Templates, page: &Page) -> Result<String, RenderError> {
    templates.render("page.md", "page", PageView::new(templates, page)?)
}

/// Returns the text on one line, with every character escaped that GitHub or pandoc could take for markup.
///
/// ```
/// use forestable::render::markdown::escape;
/// assert_eq!(escape("a|b <i> 84.5% (72–91)"), r"a\|b \<i\> 84.5% (72–91)");
/// assert_eq!(escape("https://x.org ... said \"no\""), r#"https\://x.org .\.\. said \"no\""#);
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    // A line's end would end a table's row.
    for word in text.split_ascii_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        let mut before = ' ';
        for (at, character) in word.char_indices() {
            let markup = match character {
                // pandoc makes dashes and an ellipsis of a run; GitHub makes a link of `www.`.
                '-' => before == '-',
                '.' => before == '.' || last_word(&word[..at]).eq_ignore_ascii_case("www"),
                // GitHub makes a link of an address, and would show the backslashes in it.
                ':' => word[at..].starts_with("://"),
                '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '^' | '$' | '@' | '&'
                | '"' | '\'' => true,
                _ => false,
            };
            if markup {
                escaped.push('\\');
            }
            escaped.push(character);
            before = character;
        }
    }
    escaped
}

fn last_word(text: &str) -> &str {
    text.rsplit(|character: char| !character.is_alphanumeric()).next().unwrap_or_default()
}

/// Returns [`escape`]d text that may begin a line: nothing at its start reads as a heading, a list or a caption.
///
/// ```
/// use forestable::render::markdown::escape_line;
/// assert_eq!(escape_line("1. # of sites"), r"1\. # of sites");
/// assert_eq!(escape_line("review.yaml. +2.7 points"), "review.yaml. +2.7 points");
/// ```
#[must_use]
pub fn escape_line(text: &str) -> String {
    let mut escaped = escape(text);
    let word = escaped.find(' ').unwrap_or(escaped.len());
    if is_marker(&escaped[..word]) {
        escaped.insert(word - 1, '\\');
    }
    let mut characters = escaped.chars();
    let bullet = match (characters.next(), characters.next()) {
        (Some('+' | '-' | '='), None | Some(' ')) | (Some('-'), Some('\\')) => true,
        (Some(first @ ('+' | '=')), Some(second)) => first == second,
        (first, _) => first.is_some_and(|first| "#%:!".contains(first)),
    };
    if bullet {
        escaped.insert(0, '\\');
    }
    escaped
}

/// Returns whether a line's first word could number a list, as pandoc counts (`1.`, `#.`, `(b)`, `iv)`), or begin the caption of a table.
fn is_marker(word: &str) -> bool {
    let Some(inner) = word.strip_suffix(['.', ')', ':']) else { return false };
    if word.ends_with(':') {
        return inner.eq_ignore_ascii_case("table");
    }
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let mut characters = inner.chars();
    match (characters.next(), characters.next()) {
        (None, _) => false,
        (Some(one), None) => one == '#' || one.is_alphanumeric(),
        _ => {
            inner.chars().all(|character| character.is_ascii_digit())
                || inner.chars().all(|character| "ivxlcdmIVXLCDM".contains(character))
        }
    }
}

/// Returns an address as it can stand between `<` and `>`.
pub(super) fn escape_address(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    for character in address.chars() {
        if character.is_whitespace() || character.is_control() || "<>\\\"`|{}^".contains(character) {
            let mut bytes = [0; 4];
            escaped.extend(character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Returns footnote letters as raised Unicode letters, which survive GitHub, pandoc and Word alike.
///
/// A letter that Unicode has not raised stands in raised brackets; a thin space keeps two marks apart.
fn raised(marks: &[String]) -> String {
    const RAISED: [char; 26] = [
        'ᵃ', 'ᵇ', 'ᶜ', 'ᵈ', 'ᵉ', 'ᶠ', 'ᵍ', 'ʰ', 'ⁱ', 'ʲ', 'ᵏ', 'ˡ', 'ᵐ', 'ⁿ', 'ᵒ', 'ᵖ', '\0', 'ʳ', 'ˢ', 'ᵗ', 'ᵘ', 'ᵛ',
        'ʷ', 'ˣ', 'ʸ', 'ᶻ',
    ];
    let letter = |c: char| match (c as usize).checked_sub('a' as usize).and_then(|at| RAISED.get(at)) {
        Some('\0') | None => format!("⁽{c}⁾"),
        Some(raised) => raised.to_string(),
    };
    let marks: Vec<String> = marks.iter().map(|mark| mark.chars().map(letter).collect()).collect();
    marks.join("\u{202f}")
}

/// A table, arranged for `table.md`.
#[derive(Serialize)]
struct TableView<'a> {
    id: &'a str,
    caption: &'a str,
    columns: Vec<ColumnView>,
    /// The first rows of a long table, filled already.
    filled: Vec<Part>,
    rows: Vec<RowView<'a>>,
    footnotes: Vec<FootnoteView<'a>>,
    notes: &'a [String],
    remarks: Vec<Remark<'a>>,
}

#[derive(Serialize)]
struct ColumnView {
    header: String,
    rule: String,
}

/// Some rows of a long table, for `rows.md`.
#[derive(Serialize)]
struct RowsView<'a> {
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    kind: RowKind,
    cells: Vec<CellView<'a>>,
}

#[derive(Clone, Default, Serialize)]
struct CellView<'a> {
    text: &'a str,
    marks: String,
}

#[derive(Serialize)]
struct FootnoteView<'a> {
    mark: String,
    text: &'a str,
}

#[derive(Serialize)]
struct Remark<'a> {
    about: &'a str,
    text: &'a str,
}

impl<'a> TableView<'a> {
    /// Arranges a table; the rows of a long one are filled part by part, unless the review's own template may ask for them all.
    fn new(templates: &Templates, table: &'a Table) -> Result<Self, RenderError> {
        let mut rows = Parts::new(templates, "table.md", "rows.md", "table", |rows| RowsView { rows });
        let mut remarks = Vec::new();
        let (mut about, mut group) = ("", "");
        for row in &table.rows {
            if row.kind == RowKind::Remark {
                // One that belongs to no row is about the rows under its heading.
                let about = if row.key.is_some() { about } else { group };
                remarks.extend(row.cells.iter().map(|cell| Remark { about, text: &cell.text }));
                continue;
            }
            about = row.cells.first().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).unwrap_or(about);
            if row.kind == RowKind::Group {
                group = about;
            }
            let missing = table.columns.len().saturating_sub(row.cells.len());
            let empty = std::iter::repeat_n(CellView::default(), missing);
            let cells = row.cells.iter().map(CellView::new).chain(empty).collect();
            rows.push(RowView { kind: row.kind, cells })?;
        }
        let (filled, rows) = rows.finish()?;
        Ok(Self {
            id: &table.id,
            caption: &table.caption,
            columns: (0..table.columns.len()).map(|at| ColumnView::new(table, at)).collect(),
            filled,
            rows,
            footnotes: table.footnotes.iter().map(FootnoteView::new).collect(),
            notes: &table.notes,
            remarks,
        })
    }
}

impl ColumnView {
    /// The dashes of the rule follow the column's longest text: pandoc takes the widths of a wide table from them.
    fn new(table: &Table, at: usize) -> Self {
        const WIDEST: usize = 40;
        let column = &table.columns[at];
        let header = full_header(column);
        let cells = table.rows.iter().filter(|row| row.cells.len() > 1).filter_map(|row| row.cells.get(at));
        let longest = cells.map(|cell| cell.text.chars().count()).chain([header.chars().count()]).max().unwrap_or(0);
        let dashes = "-".repeat(longest.clamp(3, WIDEST));
        let rule = match column.align {
            Align::Left => format!(":{dashes}"),
            Align::Center => format!(":{dashes}:"),
            Align::Right | Align::Decimal => format!("{dashes}:"),
        };
        Self { header, rule }
    }
}

/// Returns a column's header with its spanner before it, since a pipe table has one header line.
fn full_header(column: &Column) -> String {
    match &column.spanner {
        Some(spanner) if column.header.is_empty() => spanner.clone(),
        Some(spanner) => format!("{spanner}: {}", column.header),
        None => column.header.clone(),
    }
}

impl<'a> CellView<'a> {
    fn new(cell: &'a Cell) -> Self {
        Self { text: &cell.text, marks: raised(&cell.marks) }
    }
}

impl<'a> FootnoteView<'a> {
    fn new(footnote: &'a Footnote) -> Self {
        Self { mark: raised(std::slice::from_ref(&footnote.mark)), text: &footnote.text }
    }
}

/// A page, arranged for `page.md`.
#[derive(Serialize)]
struct PageView<'a> {
    title: &'a str,
    question: &'a [Fact],
    lead: &'a str,
    sections: Vec<SectionView<'a>>,
    colophon: &'a str,
}

#[derive(Serialize)]
struct SectionView<'a> {
    title: &'a str,
    blocks: Vec<BlockView<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum BlockView<'a> {
    Prose { text: &'a str },
    KeyResults { results: &'a [KeyResult] },
    Table { table: TableView<'a>, files: &'a [FileLink] },
    Figure { caption: &'a str, alt: &'a str, data: Option<TableView<'a>>, files: &'a [FileLink] },
    Facts { facts: &'a [Fact] },
    References { references: &'a [Reference] },
    Files { files: &'a [FileLink] },
}

impl<'a> PageView<'a> {
    fn new(templates: &Templates, page: &'a Page) -> Result<Self, RenderError> {
        let section = |section: &'a crate::report::page::Section| {
            let blocks = section.blocks.iter().map(|block| BlockView::new(templates, block));
            Ok(SectionView { title: &section.title, blocks: blocks.collect::<Result<_, _>>()? })
        };
        Ok(Self {
            title: &page.title,
            question: &page.question,
            lead: &page.lead,
            sections: page.sections.iter().map(section).collect::<Result<_, _>>()?,
            colophon: &page.colophon,
        })
    }
}

impl<'a> BlockView<'a> {
    fn new(templates: &Templates, block: &'a Block) -> Result<Self, RenderError> {
        Ok(match block {
            Block::Prose(text) => Self::Prose { text },
            Block::KeyResults(results) => Self::KeyResults { results },
            Block::Table(block) => Self::Table { table: TableView::new(templates, &block.table)?, files: &block.files },
            Block::Figure(figure) => Self::Figure {
                caption: &figure.caption,
                alt: &figure.alt,
                data: figure.data.as_ref().map(|table| TableView::new(templates, table)).transpose()?,
                files: &figure.files,
            },
            Block::Facts(facts) => Self::Facts { facts },
            Block::References(references) => Self::References { references },
            Block::Files(files) => Self::Files { files },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_line};

    /// A reader who opens the file as text sees what was written, wherever no program could take it for markup.
    #[test]
    fn what_is_no_markup_stays_as_it_is() {
        for text in [
            "review.yaml is changed: flow.other.identified 1 → 2; 95% CI 0.4–1.2, P = 0.03!",
            "one-arm studies/milano-2012.yaml: k = 3 (n = 1,516)",
            "a:/b, 3 + 4 = 7, # of sites, 100%",
            "None. Then more.",
            "(as printed) in text",
            "+2.7 from the new series",
        ] {
            assert_eq!(escape_line(text), text);
        }
    }

    #[test]
    fn what_could_be_markup_is_escaped() {
        for character in "\\`*_{}[]<>|~^$@&\"'".chars() {
            assert_eq!(escape(&format!("a{character}b")), format!("a\\{character}b"));
        }
        assert_eq!(escape("www.x.org, (WWW.y.org), http://z.org"), r"www\.x.org, (WWW\.y.org), http\://z.org");
        assert_eq!(escape("a -- b... c"), r"a -\- b.\.\. c");
    }

    #[test]
    fn what_could_begin_a_block_is_escaped_at_a_lines_start() {
        for (text, expected) in [
            ("# a", r"\# a"),
            ("#. a", r"\#\. a"),
            ("12. a", r"12\. a"),
            ("12) a", r"12\) a"),
            ("(2) a", r"(2\) a"),
            ("iv. a", r"iv\. a"),
            ("A. a", r"A\. a"),
            ("1.", r"1\."),
            ("- a", r"\- a"),
            ("---", r"\-\-\-"),
            ("-", r"\-"),
            ("+ a", r"\+ a"),
            ("===", r"\==="),
            (": a", r"\: a"),
            ("% a", r"\% a"),
            ("Table: a", r"Table\: a"),
            ("* a", r"\* a"),
            ("> a", r"\> a"),
        ] {
            assert_eq!(escape_line(text), expected);
        }
    }
}

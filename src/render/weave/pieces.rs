//! Woven text becomes pieces: everything numbered in the order in which the text first speaks of it.

use super::counting::{Counting, Number};
use super::names::Fault;
use super::tags::Dialect;
use super::tokens::{Stretch, Token, stretches};
use crate::render::markdown;
use crate::report::Report;
use crate::report::manuscript::guard::comment;
use crate::report::manuscript::{CitationStyle, Citing, Library, Run};
use crate::report::table::{RowKind, Table, anchor};

/// One piece of a woven manuscript.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text in the manuscript's own language.
    Text(String),
    /// A table.
    Table {
        /// Its number; none where the manuscript's own tool counts.
        number: Option<Number>,
        /// The table; its rows cite their studies.
        table: Table,
    },
    /// A figure.
    Figure {
        /// Its number; none where the manuscript's own tool counts.
        number: Option<Number>,
        /// Its id: the stem of its files.
        id: String,
        /// The caption, with the works that it rests on.
        caption: String,
        /// What it shows, in words.
        alt: String,
    },
    /// The reference list.
    References(Vec<Entry>),
}

/// An entry of the reference list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What stands before it, such as `1.`; none in a list by author.
    pub label: Option<String>,
    /// Id of the study, or key of the bibliography.
    pub id: String,
    /// What it says.
    pub runs: Vec<Run>,
}

/// Woven text, arranged.
pub(super) struct Arranged {
    pub pieces: Vec<Piece>,
    /// The works cited at each place that cites, in order.
    pub cited: Vec<Vec<String>>,
    /// The works in the order of their numbers.
    pub works: Vec<String>,
    /// What the text refers to without showing it, each with the id.
    pub faults: Vec<(String, Fault)>,
}

/// Arranges woven text.
pub(super) fn pieces(text: &str, dialect: Dialect, citing: Citing<'_>, report: &Report, library: &Library) -> Arranged {
    let stretches = stretches(text);
    let mut counting = Counting::new(report, library);
    for stretch in &stretches {
        if let Stretch::Token(token) = stretch {
            counting.see(token);
        }
    }
    let faults = counting.faults();
    let mut arranging =
        Arranging { counting, dialect, citing, cited: Vec::new(), pieces: Vec::new(), text: String::new() };
    let mut rest = stretches.as_slice();
    while let [first, others @ ..] = rest {
        rest = match first {
            Stretch::Text(text) => {
                arranging.text.push_str(text);
                others
            }
            Stretch::Token(Token::Cite(_)) => arranging.citations(rest),
            Stretch::Token(token) => {
                arranging.token(token);
                others
            }
        };
    }
    arranging.finish();
    let works = arranging.counting.works.ids().map(str::to_owned).collect();
    Arranged { pieces: arranging.pieces, cited: arranging.cited, works, faults }
}

struct Arranging<'a> {
    counting: Counting<'a>,
    dialect: Dialect,
    citing: Citing<'a>,
    cited: Vec<Vec<String>>,
    pieces: Vec<Piece>,
    text: String,
}

impl Arranging<'_> {
    /// Returns the mark of works cited together at the next place that cites.
    fn mark(&mut self, ids: &[&str]) -> Vec<Run> {
        let place = self.cited.len();
        self.cited.push(ids.iter().map(|&id| id.to_owned()).collect());
        match self.citing {
            Citing::Style(style) => self.counting.works.mark(style, ids),
            Citing::Formatted(formatted) => formatted.marks.get(place).cloned().unwrap_or_default(),
        }
    }

    /// Writes the mark of works cited together, and returns what follows them.
    fn citations<'t, 's>(&mut self, stretches: &'t [Stretch<'s>]) -> &'t [Stretch<'s>] {
        let mut ids: Vec<&str> = Vec::new();
        let mut rest = stretches;
        let mut after = stretches;
        while let [first, others @ ..] = rest {
            match first {
                Stretch::Token(Token::Cite(id)) => {
                    ids.push(id);
                    after = others;
                }
                Stretch::Text(text) if text.trim_matches([' ', ',', ';']).is_empty() && !text.contains('\n') => {}
                _ => break,
            }
            rest = others;
        }
        let mark = match self.dialect {
            Dialect::Markdown => in_markdown(&self.mark(&ids)),
            Dialect::Quarto => format!("[@{}]", ids.join("; @")),
            Dialect::Latex => format!("\\cite{{{}}}", ids.join(",")),
        };
        self.text.push_str(&mark);
        after
    }

    fn token(&mut self, token: &Token) {
        match token {
            Token::SeeTable(id) => self.see(false, id),
            Token::SeeFigure(id) => self.see(true, id),
            Token::Table { id, .. } => self.table(id),
            Token::Figure { id, .. } => self.figure(id),
            Token::References => self.references(),
            Token::Bind(id) => {
                self.text.push_str(&comment(id, self.dialect == Dialect::Latex));
            }
            Token::Cite(_) => {}
        }
    }

    fn see(&mut self, figure: bool, id: &str) {
        let words = match (self.dialect, figure) {
            (Dialect::Markdown, _) => {
                let name = if figure { "Figure" } else { "Table" };
                self.number(figure, id).map(|number| format!("{name} {number}")).unwrap_or_default()
            }
            (Dialect::Quarto, false) => format!("@tbl-{id}"),
            (Dialect::Quarto, true) => format!("@fig-{id}"),
            (Dialect::Latex, false) => format!("Table~\\ref{{{}}}", anchor("table", id)),
            (Dialect::Latex, true) => format!("Figure~\\ref{{{}}}", anchor("figure", id)),
        };
        self.text.push_str(&words);
    }

    fn number(&self, figure: bool, id: &str) -> Option<Number> {
        let number = self.counting.numbers.get(&(figure, id.to_owned())).copied();
        number.filter(|_| self.dialect == Dialect::Markdown)
    }

    fn table(&mut self, id: &str) {
        let Some(table) = self.counting.report.tables.iter().find(|table| table.id == id) else { return };
        let mut table = table.clone();
        // The authors' notes on each series belong to the report.
        table.rows.retain(|row| row.kind != RowKind::Remark);
        for row in &mut table.rows {
            row.cells.iter_mut().for_each(|cell| cell.citation = None);
            let cited = row
                .key
                .as_deref()
                .filter(|key| row.kind == RowKind::Entry && self.counting.library.works.contains_key(*key));
            if let (Some(key), Some(cell), Dialect::Markdown) = (cited, row.cells.first_mut(), self.dialect) {
                cell.text.push_str(&self.mark_in_cell(key));
            }
        }
        let number = self.number(false, id);
        self.piece(Piece::Table { number, table });
    }

    /// Returns what follows a study's name in a table; nothing where the name is its citation.
    fn mark_in_cell(&mut self, id: &str) -> String {
        let mark = self.mark(&[id]);
        let words: String = mark.iter().map(|run| run.text.as_str()).collect();
        let names_authors = match self.citing {
            Citing::Style(style) => style == CitationStyle::Apa,
            Citing::Formatted(formatted) => formatted.names_authors,
        };
        if names_authors || words.is_empty() {
            return String::new();
        }
        // Raised figures would be read as a footnote's mark.
        if mark.iter().any(|run| run.raised) { format!(" [{words}]") } else { format!(" {words}") }
    }

    fn figure(&mut self, id: &str) {
        let Some(plot) = self.counting.report.figures.iter().find(|plot| plot.id == id) else { return };
        let block = plot.block();
        let studies = self.counting.library.figure_studies.get(id).map(Vec::as_slice).unwrap_or_default();
        let studies: Vec<&str> =
            studies.iter().map(String::as_str).filter(|id| self.counting.library.works.contains_key(*id)).collect();
        let mut caption = block.caption;
        if self.dialect == Dialect::Markdown && !studies.is_empty() {
            let mark: String = self.mark(&studies).into_iter().map(|run| run.text).collect();
            caption = format!("{} Series: {}.", closed(&caption), mark.trim_matches(['(', ')', '[', ']']));
        }
        let number = self.number(true, id);
        self.piece(Piece::Figure { number, id: id.to_owned(), caption, alt: block.alt });
    }

    fn references(&mut self) {
        match self.dialect {
            Dialect::Quarto => self.text.push_str("::: {#refs}\n:::"),
            Dialect::Latex => self.text.push_str("\\bibliography{references}"),
            Dialect::Markdown => {
                let entries = match self.citing {
                    Citing::Style(style) => self.entries(style),
                    Citing::Formatted(formatted) => {
                        let entries = formatted.entries.iter().cloned();
                        entries.map(|entry| Entry { label: entry.label, id: entry.id, runs: entry.runs }).collect()
                    }
                };
                self.piece(Piece::References(entries));
            }
        }
    }

    fn entries(&self, style: CitationStyle) -> Vec<Entry> {
        let entries = self.counting.works.entries(style).into_iter().enumerate();
        let label = |at: usize| (style != CitationStyle::Apa).then(|| format!("{}.", at + 1));
        entries.map(|(at, (id, runs))| Entry { label: label(at), id: id.to_owned(), runs }).collect()
    }

    fn piece(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.pieces.push(Piece::Text(text));
        }
    }

    /// Ends the manuscript: with the reference list, where works are cited and no place was given to it.
    fn finish(&mut self) {
        let placed = self.pieces.iter().any(|piece| matches!(piece, Piece::References(_)));
        if self.dialect == Dialect::Markdown && !placed && !self.counting.works.is_empty() {
            self.text.push_str("\n\n## References\n");
            self.references();
        }
        self.flush();
    }
}

/// Returns a caption with its full stop.
pub(super) fn closed(caption: &str) -> String {
    let caption = caption.trim();
    if caption.ends_with(['.', '?', '!']) { caption.to_owned() } else { format!("{caption}.") }
}

/// Returns runs as Markdown.
pub(super) fn in_markdown(runs: &[Run]) -> String {
    let runs = runs.iter().map(|run| {
        let mut words = markdown::escape(&run.text);
        for (wanted, sign) in [(run.italic, "*"), (run.bold, "**"), (run.raised, "^")] {
            if wanted && !words.is_empty() {
                words = format!("{sign}{words}{sign}");
            }
        }
        // `escape` takes the spaces at both ends.
        let space = |wanted: bool| if wanted { " " } else { "" };
        format!("{}{words}{}", space(run.text.starts_with(' ')), space(run.text.len() > 1 && run.text.ends_with(' ')))
    });
    runs.collect()
}

//! A woven manuscript written down: in its own language, as HTML, as LaTeX, as Word.

use std::collections::BTreeMap;

use super::counting::Number;
use super::pieces::{Entry, Piece, closed, in_markdown};
use super::{Dialect, Woven, front_matter};
use crate::render::prose::{Paragraph, ParagraphKind, Run, manuscript_html, manuscript_paragraphs};
use crate::render::templates::{RenderError, Templates};
use crate::render::{html, latex, markdown, word};
use crate::report::manuscript::guard::{comment, comments};
use crate::report::table::{Table, anchor};

/// What a written manuscript takes from outside: the pictures of its figures, the looks of its Word file.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The folder, from the manuscript's own: `figures`.
    pub folder: &'a str,
    /// The picture of each figure that is shown, an SVG document, by the figure's id.
    pub svgs: &'a BTreeMap<String, String>,
    /// The same as PNG.
    pub pngs: &'a BTreeMap<String, Vec<u8>>,
    /// Dots per inch of the PNG.
    pub resolution: u16,
    /// The styles of a Word file of the author's, in place of our own.
    pub word_styles: Option<&'a str>,
}

impl Woven {
    /// Returns the ids of the figures that it shows.
    pub fn figures(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Figure { id, .. } => Some(id.as_str()),
            _ => None,
        })
    }

    /// Returns it in its own language: Markdown as GitHub and pandoc read it, Quarto, LaTeX.
    ///
    /// # Errors
    /// A template of the review's own that can't be filled.
    pub fn text(&self, templates: &Templates, around: Surroundings<'_>) -> Result<String, RenderError> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Table { number, table } => block(&mut text, &self.table(templates, *number, table)?),
                Piece::Figure { number, id, caption, alt } => {
                    block(&mut text, &self.figure(*number, id, caption, alt, around.folder));
                }
                Piece::References(entries) => block(&mut text, &references(entries)),
            }
        }
        Ok(tidy(&text))
    }

    fn table(&self, templates: &Templates, number: Option<Number>, table: &Table) -> Result<String, RenderError> {
        if self.dialect == Dialect::Latex {
            return latex::table(templates, table);
        }
        let mut table = table.clone();
        if let Some(number) = number {
            table.caption = format!("Table {number}. {}", closed(&table.caption));
        }
        let text = markdown::table(templates, &table)?;
        // Quarto takes the id of a table from the line of its caption.
        Ok(match (self.dialect, text.split_once('\n')) {
            (Dialect::Quarto, Some((caption, rest))) => format!("{caption} {{#tbl-{}}}\n{rest}", table.id),
            _ => text,
        })
    }

    fn figure(&self, number: Option<Number>, id: &str, caption: &str, alt: &str, folder: &str) -> String {
        let (caption_text, alt_text) = (markdown::escape(&closed(caption)), markdown::escape(alt));
        match self.dialect {
            Dialect::Markdown => {
                let number = number.map(|number| format!("**Figure {number}.** ")).unwrap_or_default();
                format!("![{alt_text}]({folder}/{id}.svg)\n\n{number}{caption_text}")
            }
            Dialect::Quarto => {
                let alt = alt.replace(['"', '\n'], "'");
                format!("![{caption_text}]({folder}/{id}.svg){{#fig-{id} fig-alt=\"{alt}\"}}")
            }
            Dialect::Latex => latex_figure(None, id, caption, folder),
        }
    }

    /// Returns it as one HTML page, its pictures inside.
    ///
    /// # Errors
    /// A template of the review's own that can't be filled.
    pub fn html(&self, templates: &Templates, around: Surroundings<'_>) -> Result<String, RenderError> {
        let mut body = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => body.push_str(&manuscript_html(&words[front_matter(words)..])),
                Piece::Table { number, table } => {
                    body.push_str(&html::numbered_table(templates, table, &label("Table", *number))?);
                }
                Piece::Figure { number, id, caption, alt } => {
                    let svg = around.svgs.get(id).map_or("", String::as_str);
                    let label = label("Figure", *number);
                    body.push_str(&html::manuscript_figure(id, &label, &closed(caption), alt, svg));
                }
                Piece::References(entries) => body.push_str(&html::reference_list(entries)),
            }
            body.push('\n');
        }
        html::manuscript(templates, self.title(), &body)
    }

    /// Returns it as a whole LaTeX document, to be set with any engine; its pictures are taken from the folder.
    ///
    /// # Errors
    /// A template of the review's own that can't be filled.
    pub fn latex(&self, templates: &Templates, around: Surroundings<'_>) -> Result<String, RenderError> {
        let mut text = format!(
            "\\documentclass{{article}}\n{}\n\\usepackage[a4paper,margin=20mm]{{geometry}}\n\\usepackage{{graphicx,hyperref}}\n\\title{{{}}}\n\\author{{}}\n\\date{{}}\n\n\
             \\begin{{document}}\n\\maketitle\n\n",
            latex::preamble(templates)?.trim(),
            latex::escape(self.title())
        );
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => {
                    latex_paragraphs(&mut text, &manuscript_paragraphs(&words[front_matter(words)..], self.bindings))
                }
                Piece::Table { number, table } => {
                    let set = latex_number("table", *number) + latex::table(templates, table)?.trim();
                    let wide = table.columns.len() > UPRIGHT;
                    let set = if wide { format!("\\begin{{landscape}}\n{set}\n\\end{{landscape}}") } else { set };
                    block(&mut text, &set);
                }
                Piece::Figure { number, id, caption, .. } => {
                    block(&mut text, &latex_figure(*number, id, caption, around.folder));
                }
                Piece::References(entries) => block(&mut text, &latex_references(entries)),
            }
        }
        Ok(format!("{}\n\n\\end{{document}}\n", text.trim_end()))
    }

    /// Returns it as a Word file; the same manuscript gives the same bytes. Where bindings are kept they stand in the text as
    /// comments, which are to become bookmarks.
    ///
    /// # Errors
    /// A template of the review's own that can't be filled; a file too large for its format.
    pub fn word(&self, templates: &Templates, around: Surroundings<'_>) -> Result<Vec<u8>, RenderError> {
        let title = Paragraph { kind: ParagraphKind::Heading { level: 1 }, runs: vec![Run::plain(self.title())] };
        let mut blocks = vec![word::Block::Paragraph(title)];
        let captions: Vec<String> = self.pieces.iter().map(caption).collect();
        for (piece, caption) in self.pieces.iter().zip(&captions) {
            match piece {
                Piece::Text(words) => {
                    let paragraphs = manuscript_paragraphs(&words[front_matter(words)..], self.bindings);
                    blocks.extend(paragraphs.into_iter().map(word::Block::Paragraph));
                }
                Piece::Table { number, table } => blocks.push(word::Block::Table(table, word_number(*number))),
                Piece::Figure { number, id, alt, .. } => {
                    let png = around.pngs.get(id).map_or(&[][..], Vec::as_slice);
                    let resolution = around.resolution;
                    let figure = word::Figure { id, caption, alternative: alt, png, resolution };
                    blocks.push(word::Block::Figure(figure, word_number(*number)));
                }
                Piece::References(entries) => blocks.extend(entries.iter().map(word_reference)),
            }
        }
        word::document(templates, &word::Document { title: self.title(), styles: around.word_styles, blocks })
    }

    fn title(&self) -> &str {
        self.title.as_deref().unwrap_or("Manuscript")
    }
}

/// More columns than this stand on a page turned on its side.
const UPRIGHT: usize = 8;

fn label(name: &str, number: Option<Number>) -> String {
    number.map_or_else(|| name.to_owned(), |number| format!("{name} {number}"))
}

/// Returns the caption of a figure; nothing for another piece.
fn caption(piece: &Piece) -> String {
    match piece {
        Piece::Figure { caption, .. } => closed(caption),
        _ => String::new(),
    }
}

/// Adds a block with an empty line before and after it.
fn block(text: &mut String, block: &str) {
    text.truncate(text.trim_end().len());
    text.push_str("\n\n");
    text.push_str(block.trim());
    text.push_str("\n\n");
}

/// Returns the text without the empty lines that tags leave behind.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        empty = if line.trim().is_empty() && !fenced { empty + 1 } else { 0 };
        if empty < 2 {
            tidied.push_str(if empty == 1 { "" } else { line });
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    tidied.push('\n');
    tidied
}

/// Returns the reference list in Markdown.
fn references(entries: &[Entry]) -> String {
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            let text = in_markdown(&entry.runs);
            match &entry.label {
                Some(label) if is_list_marker(label) => format!("{label} {text}"),
                Some(label) => format!("{} {text}\n", markdown::escape(label)),
                None => format!("{text}\n"),
            }
        })
        .collect();
    lines.join("\n")
}

/// Whether a label begins a line of a Markdown list: `1.`
fn is_list_marker(label: &str) -> bool {
    label.strip_suffix('.').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn latex_references(entries: &[Entry]) -> String {
    let items = entries.iter().map(|entry| {
        // Brackets would end the optional argument.
        let number = entry.label.as_ref().map(|label| format!("{{{}}}", latex::escape(label))).unwrap_or_default();
        let runs = entry.runs.iter().map(|run| latex::run(&plain(run)));
        format!("\\item[{number}] {}\n", runs.collect::<String>())
    });
    format!("\\begin{{enumerate}}\n{}\\end{{enumerate}}", items.collect::<String>())
}

fn word_reference<'a>(entry: &Entry) -> word::Block<'a> {
    let kind = match &entry.label {
        Some(label) => ParagraphKind::Item { depth: 1, marker: label.clone() },
        None => ParagraphKind::Text,
    };
    word::Block::Paragraph(Paragraph { kind, runs: entry.runs.iter().map(plain).collect() })
}

/// Returns a piece of a reference as a run of text.
fn plain(run: &crate::report::manuscript::Run) -> Run {
    Run { italic: run.italic, bold: run.bold, raised: run.raised, ..Run::plain(run.text.clone()) }
}

fn word_number(number: Option<Number>) -> word::Number {
    match number {
        None => word::Number::Next,
        Some(Number { number, supplement: true }) => word::Number::Supplement(number),
        Some(Number { number, supplement: false }) => word::Number::Text(number),
    }
}

/// Returns what gives the next table or figure its number.
fn latex_number(kind: &str, number: Option<Number>) -> String {
    number.map_or_else(String::new, |Number { number, supplement }| {
        let sign = if supplement { "S" } else { "" };
        let last = number - 1;
        format!("\\setcounter{{{kind}}}{{{last}}}\\renewcommand{{\\the{kind}}}{{{sign}\\arabic{{{kind}}}}}\n")
    })
}

fn latex_figure(number: Option<Number>, id: &str, caption: &str, folder: &str) -> String {
    format!(
        "{}\\begin{{figure}}[htbp]\n\\centering\n\\includegraphics[width=\\linewidth]{{{folder}/{id}.pdf}}\n\
         \\caption{{{}}}\n\\label{{{}}}\n\\end{{figure}}",
        latex_number("figure", number),
        latex::escape(&closed(caption)),
        anchor("figure", id)
    )
}

/// Returns a run as LaTeX, a binding hidden from it.
fn latex_run(run: &Run) -> String {
    match comments(&run.text).first() {
        Some(bound) if run.text.starts_with("<!--") => comment(&bound.name, true),
        _ => latex::run(run),
    }
}

/// Adds paragraphs as LaTeX, the lines of a list in their list.
fn latex_paragraphs(text: &mut String, paragraphs: &[Paragraph]) {
    let mut depth = 0;
    for paragraph in paragraphs {
        let words: String = paragraph.runs.iter().map(latex_run).collect();
        let wanted = match paragraph.kind {
            ParagraphKind::Item { depth, .. } => depth.min(4),
            _ => 0,
        };
        for _ in depth..wanted {
            text.push_str("\\begin{itemize}\n");
        }
        for _ in wanted..depth {
            text.push_str("\\end{itemize}\n");
        }
        depth = wanted;
        match &paragraph.kind {
            ParagraphKind::Heading { level } => {
                let command = ["section", "section", "subsection", "subsubsection"].get(usize::from(*level) - 1);
                block(text, &format!("\\{}*{{{words}}}", command.unwrap_or(&"paragraph")));
            }
            ParagraphKind::Item { marker, .. } => {
                text.push_str(&format!("\\item[{}] {words}\n", latex::escape(marker)))
            }
            ParagraphKind::Quote => block(text, &format!("\\begin{{quote}}\n{words}\n\\end{{quote}}")),
            ParagraphKind::Text | ParagraphKind::Code => block(text, &words),
        }
    }
    for _ in 0..depth {
        text.push_str("\\end{itemize}\n");
    }
}

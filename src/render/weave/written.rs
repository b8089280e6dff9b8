//! A woven manuscript written down: as Markdown (or in its own language), as HTML.

use std::collections::BTreeMap;

use super::pieces::{Entry, Piece, closed};
use super::{Dialect, Woven, front_matter};
use crate::render::templates::{RenderError, Templates};
use crate::render::{html, markdown, prose};
use crate::report::table::Table;

/// Where a written manuscript finds the pictures of its figures.
#[derive(Debug, Clone, Copy)]
pub struct Pictures<'a> {
    /// The folder, from the manuscript's own: `figures`.
    pub folder: &'a str,
    /// The picture of each figure that is shown, an SVG document, by the figure's id.
    pub svgs: &'a BTreeMap<String, String>,
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
    pub fn text(&self, templates: &Templates, pictures: Pictures<'_>) -> Result<String, RenderError> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Table { label, table } => block(&mut text, &self.table(templates, label, table)?),
                Piece::Figure { label, id, caption, alt } => {
                    block(&mut text, &self.figure(label, id, caption, alt, pictures.folder));
                }
                Piece::References(entries) => block(&mut text, &references(entries)),
            }
        }
        Ok(tidy(&text))
    }

    fn table(&self, templates: &Templates, label: &str, table: &Table) -> Result<String, RenderError> {
        let mut table = table.clone();
        if self.dialect == Dialect::Markdown {
            table.caption = format!("{label}. {}", closed(&table.caption));
        }
        let text = markdown::table(templates, &table)?;
        // Quarto takes the id of a table from the line of its caption.
        Ok(match (self.dialect, text.split_once('\n')) {
            (Dialect::Quarto, Some((caption, rest))) => format!("{caption} {{#tbl-{}}}\n{rest}", table.id),
            _ => text,
        })
    }

    fn figure(&self, label: &str, id: &str, caption: &str, alt: &str, folder: &str) -> String {
        let (caption_text, alt_text) = (markdown::escape(&closed(caption)), markdown::escape(alt));
        match self.dialect {
            Dialect::Markdown => {
                format!("![{alt_text}]({folder}/{id}.svg)\n\n**{label}.** {caption_text}")
            }
            Dialect::Quarto => {
                let alt = alt.replace(['"', '\n'], "'");
                format!("![{caption_text}]({folder}/{id}.svg){{#fig-{id} fig-alt=\"{alt}\"}}")
            }
            Dialect::Latex => format!(
                "\\begin{{figure}}\n\\centering\n\\includegraphics[width=\\linewidth]{{{folder}/{id}.pdf}}\n\
                 \\caption{{{}}}\n\\label{{fig:{id}}}\n\\end{{figure}}",
                escape_latex(&closed(caption))
            ),
        }
    }

    /// Returns it as one HTML page, its pictures inside.
    ///
    /// # Errors
    /// A template of the review's own that can't be filled.
    pub fn html(&self, templates: &Templates, pictures: Pictures<'_>) -> Result<String, RenderError> {
        let mut body = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => body.push_str(&prose::manuscript_html(&words[front_matter(words)..])),
                Piece::Table { label, table } => {
                    body.push_str(&html::numbered_table(templates, table, label)?);
                }
                Piece::Figure { label, id, caption, alt } => {
                    let svg = pictures.svgs.get(id).map_or("", String::as_str);
                    body.push_str(&html::manuscript_figure(id, label, &closed(caption), alt, svg));
                }
                Piece::References(entries) => body.push_str(&html::reference_list(entries)),
            }
            body.push('\n');
        }
        html::manuscript(templates, self.title.as_deref().unwrap_or("Manuscript"), &body)
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
        let begins_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        fenced ^= begins_fence;
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

fn references(entries: &[Entry]) -> String {
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            let runs = entry.runs.iter().map(|run| {
                let text = markdown::escape(&run.text);
                // `escape` takes the spaces at both ends.
                let padded = |side: bool| if side { " " } else { "" };
                let words = if run.italic { format!("*{text}*") } else { text };
                format!("{}{words}{}", padded(run.text.starts_with(' ')), padded(run.text.ends_with(' ')))
            });
            let text: String = runs.collect();
            match entry.number {
                Some(number) => format!("{number}. {text}"),
                None => format!("{text}\n"),
            }
        })
        .collect();
    lines.join("\n")
}

/// Returns the text with every character escaped that LaTeX obeys.
#[must_use]
pub(super) fn escape_latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '–' => escaped.push_str("--"),
            '−' => escaped.push_str("$-$"),
            '≥' => escaped.push_str("$\\geq$"),
            '≤' => escaped.push_str("$\\leq$"),
            '·' => escaped.push_str("\\textperiodcentered{}"),
            other => escaped.push(other),
        }
    }
    escaped
}

//! Template tags in texts that have braces of their own: Quarto's shortcodes and `{#labels}`, LaTeX groups, fenced code.
//!
//! The template engine is given delimiters that no text has; only what is a tag is written with them. So everything else
//! passes as it stands.

use std::ops::Range;

use tera::Delimiters;

use crate::diag::{Place, Spot};

/// What a manuscript is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Markdown: woven to Markdown, HTML, LaTeX and Word.
    Markdown,
    /// Quarto: stays Quarto, its own cross-references and citations written for it.
    Quarto,
    /// LaTeX: stays LaTeX.
    Latex,
}

impl Dialect {
    /// Returns the dialect of a file by its name; `None` where it is none that can be woven.
    #[must_use]
    pub fn of(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1 {
            "md" | "markdown" => Some(Self::Markdown),
            "qmd" | "Rmd" => Some(Self::Quarto),
            "tex" => Some(Self::Latex),
            _ => None,
        }
    }
}

/// What a manuscript can call with its first argument unnamed, and what that argument is called.
pub(super) const FUNCTIONS: [&str; 12] = [
    "pool",
    "difference",
    "range",
    "reported",
    "sensitivity",
    "result",
    "study",
    "count",
    "table",
    "figure",
    "cite",
    "references",
];

/// The words that a block tag begins with.
const BLOCKS: [&str; 17] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "break",
    "continue",
    "set",
    "set_global",
    "endset",
    "include",
    "block",
    "endblock",
    "filter",
    "endfilter",
    "raw",
];

/// Returns the delimiters that prepared texts have.
pub(super) fn delimiters() -> Delimiters {
    let [variable_start, variable_end, block_start, block_end, comment_start, comment_end] =
        ["\u{1}{", "}\u{1}", "\u{1}%", "%\u{1}", "\u{1}#", "#\u{1}"].map(Into::into);
    Delimiters { block_start, block_end, variable_start, variable_end, comment_start, comment_end }
}

/// Returns a message of the template engine with the delimiters as the author wrote them.
pub(super) fn as_written(message: &str) -> String {
    message.replace("\u{1}{", "{{").replace("}\u{1}", "}}").replace("\u{1}%", "{%").replace("%\u{1}", "%}")
}

/// A text as the template engine reads it.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub text: String,
    /// Where tags stand in it.
    tags: Vec<Range<usize>>,
    /// Where stretches begin that were taken over: their byte here, and in the author's text.
    taken: Vec<(usize, usize)>,
}

impl Prepared {
    pub fn new(text: &str, dialect: Dialect) -> Self {
        let mut prepared = Self { text: String::with_capacity(text.len() + 64), tags: Vec::new(), taken: vec![(0, 0)] };
        let mut fence: Option<&str> = None;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let begins_line = at == 0 || text[..at].ends_with('\n');
            if begins_line && dialect != Dialect::Latex {
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
                let inside = fence.is_some();
                match (fence, mark) {
                    (None, Some(mark)) => fence = Some(mark),
                    (Some(open), Some(mark)) if open == mark => fence = None,
                    _ => {}
                }
                if inside || mark.is_some() {
                    prepared.text.push_str(line);
                    at += line.len();
                    continue;
                }
            }
            match tag(rest, dialect) {
                Some(length) => {
                    prepared.tag(&rest[..length], at);
                    at += length;
                    prepared.taken.push((prepared.text.len(), at));
                }
                None => {
                    let letter = rest.chars().next().unwrap_or_default();
                    prepared.text.push(letter);
                    at += letter.len_utf8();
                }
            }
        }
        prepared
    }

    /// Whether the text has a tag.
    pub fn has_tags(&self) -> bool {
        !self.tags.is_empty()
    }

    /// Adds a tag, delimiters and calls rewritten; `at` is its byte in the author's text.
    fn tag(&mut self, tag: &str, at: usize) {
        let start = self.text.len();
        let (open, close) = if tag.starts_with("{{") { ("\u{1}{", "}\u{1}") } else { ("\u{1}%", "%\u{1}") };
        let ended = tag.len() >= 4 && (tag.ends_with("}}") || tag.ends_with("%}"));
        let inside = if ended { &tag[2..tag.len() - 2] } else { &tag[2..] };
        self.text.push_str(open);
        let mut done = 0;
        for (span, words) in rewritten(inside) {
            self.text.push_str(&inside[done..span.start]);
            self.text.push_str(&words);
            done = span.end;
            self.taken.push((self.text.len(), at + 2 + done));
        }
        self.text.push_str(&inside[done..]);
        if ended {
            self.text.push_str(close);
        }
        self.tags.push(start..self.text.len());
    }

    /// Returns the place in the author's file of bytes of the prepared text.
    pub fn place(&self, file: &str, span: &Range<usize>) -> Place {
        let back = |at: usize| {
            let stretch = self.taken.partition_point(|(here, _)| *here <= at).saturating_sub(1);
            self.taken.get(stretch).map_or(at, |(here, there)| there + (at - here))
        };
        Place { file: file.to_owned(), spot: Spot::Bytes(back(span.start)..back(span.end).max(back(span.start) + 1)) }
    }

    /// Takes the tag out that holds this byte, so that what follows it can be tried; `false` where there is none, or it
    /// is a block, without which the rest would mean something else.
    pub fn blank(&mut self, at: usize) -> bool {
        let tag = self.tags.iter().find(|tag| tag.contains(&at) && self.text[(*tag).clone()].starts_with("\u{1}{"));
        let Some(tag) = tag.cloned() else { return false };
        let blanks: String =
            self.text[tag.clone()].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
        let fits = blanks.len() == tag.len();
        self.text.replace_range(tag.clone(), &if fits { blanks } else { " ".repeat(tag.len()) });
        true
    }

    /// Returns the byte of a line and a column, both from 1.
    pub fn byte(&self, line: usize, column: usize) -> usize {
        let start: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let columns = self.text.get(start..).unwrap_or_default().chars();
        start + columns.take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
    }
}

/// Returns the length of the tag that the text begins with; `None` where it begins with none.
fn tag(text: &str, dialect: Dialect) -> Option<usize> {
    let inside = |rest: &str| rest.trim_start_matches('-').trim_start().to_owned();
    let word = |rest: &str| -> String {
        inside(rest).chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
    };
    let close = if let Some(rest) = text.strip_prefix("{{") {
        let ours = match dialect {
            // `{{< shortcode >}}`, and a doubled brace of another tool.
            Dialect::Markdown | Dialect::Quarto => !rest.starts_with(['<', '{']),
            Dialect::Latex => rest.trim_start_matches('-').starts_with(' ') && !word(rest).is_empty(),
        };
        if !ours && !FUNCTIONS.contains(&word(rest).as_str()) {
            return None;
        }
        "}}"
    } else if let Some(rest) = text.strip_prefix("{%") {
        if !BLOCKS.contains(&word(rest).as_str()) {
            return None;
        }
        "%}"
    } else {
        return None;
    };
    Some(end(text, close).unwrap_or_else(|| text.find("\n\n").unwrap_or(text.len())))
}

/// Returns the byte after the delimiter that closes a tag; one within quotes closes nothing.
fn end(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices().skip(2) {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, _) if text[at..].starts_with(close) => return Some(at + close.len()),
            _ => {}
        }
    }
    None
}

/// Returns what is written otherwise within a tag, in order: a first argument gets its name, and a field behind a call,
/// which the engine does not read, becomes an argument: `pool("a").k` is `pool(id="a", field="k")`.
fn rewritten(inside: &str) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut calls: Vec<(bool, bool)> = Vec::new();
    let mut quote = None;
    for (at, letter) in inside.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '(') => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let name = &inside[inside[..at].trim_end_matches(is_word).len()..at];
                let argument = inside[at + 1..].trim_start();
                let word = argument.trim_start_matches(is_word).trim_start();
                let is_named = !argument.starts_with(['"', '\'']) && word.starts_with('=') && !word.starts_with("==");
                let (ours, empty) = (FUNCTIONS.contains(&name), argument.starts_with(')'));
                if ours && !empty && !is_named {
                    edits.push((at + 1..at + 1, "id=".to_owned()));
                }
                calls.push((ours, empty));
            }
            (None, ')') => {
                let Some((true, empty)) = calls.pop() else { continue };
                let path = inside[at + 1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
                let end = path.map_or(inside.len(), |length| at + 1 + length);
                if let Some(path) = inside[at + 1..end].strip_prefix('.') {
                    let comma = if empty { "" } else { ", " };
                    edits.push((at..end, format!("{comma}field=\"{path}\")")));
                }
            }
            _ => {}
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str, dialect: Dialect) -> String {
        as_written(&Prepared::new(text, dialect).text)
    }

    #[test]
    fn a_first_argument_needs_no_name() {
        assert_eq!(
            prepared(
                "{{ pool(\"a\", group=\"b\") }} {{pool(id=\"a\")}} {{ study(x).cite }} {{ ref(table=\"t\") }}",
                Dialect::Markdown
            ),
            "{{ pool(id=\"a\", group=\"b\") }} {{pool(id=\"a\")}} {{ study(id=x, field=\"cite\") }} {{ ref(table=\"t\") }}"
        );
    }

    #[test]
    fn braces_of_other_tools_are_left_alone() {
        let quarto = "# A {#sec-a}\n\n{{< include x.qmd >}}\n\n```{r}\nf({{ x }})\n```\n";
        assert!(!Prepared::new(quarto, Dialect::Quarto).has_tags());
        assert_eq!(Prepared::new(quarto, Dialect::Quarto).text, quarto);
        let latex = "\\title{{SABR} and {{\\bf x}}}{%\n}\\newcommand{\\a}[1]{{#1}}";
        assert!(!Prepared::new(latex, Dialect::Latex).has_tags());
        assert_eq!(Prepared::new(latex, Dialect::Latex).text, latex);
        assert!(Prepared::new("{{ pool(\"a\") | text }}", Dialect::Latex).has_tags());
    }

    #[test]
    fn places_are_those_of_the_authors_text() {
        let text = "é {{ pool(\"a\").k }} {{ pool(\"b\") }}";
        let prepared = Prepared::new(text, Dialect::Markdown);
        let at = prepared.text.find("\"b\"").unwrap();
        let Spot::Bytes(span) = prepared.place("m.md", &(at..at + 3)).spot else { panic!() };
        assert_eq!(&text[span], "\"b\"");
    }
}

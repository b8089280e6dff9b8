//! The full form: the line itself, the words underlined, what was found and expected, one next step.

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::Resolved;
use crate::diag::{Label, Located, Severity};

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For files and pipes.
    Plain,
    /// For terminals.
    Ansi,
}

/// Returns the findings one after another, each followed by a blank line, and a hint where to read more.
#[must_use]
pub fn full(findings: &[Resolved<'_>], colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    let findings_text = findings.iter().map(|finding| renderer.render(&[group(finding)]) + "\n\n");
    let hint = findings.first().map(|first| {
        format!(
            "hint: `forestable explain {}` tells what is behind a finding and how to mend it\n",
            first.diagnostic.code
        )
    });
    findings_text.chain(hint).collect()
}

fn group<'a>(finding: &'a Resolved<'a>) -> Group<'a> {
    let diagnostic = finding.diagnostic;
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.0).elements(places(finding));
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// Returns a snippet a file; the file of the words that are wrong comes first.
fn places<'a>(finding: &'a Resolved<'a>) -> Vec<Element<'a>> {
    let main = &finding.diagnostic.primary;
    if finding.primary.is_none() {
        return vec![Origin::path(main.place.file.as_str()).into()];
    }
    let mut files: Vec<&str> = Vec::new();
    for (label, _) in finding.labels() {
        if !files.contains(&label.place.file.as_str()) {
            files.push(&label.place.file);
        }
    }
    files.into_iter().map(|file| snippet(file, finding).into()).collect()
}

fn snippet<'a>(file: &'a str, finding: &'a Resolved<'a>) -> Snippet<'a, Annotation<'a>> {
    let labels: Vec<_> = finding.labels().filter(|(label, _)| label.place.file == file).collect();
    let text = labels.first().map_or("", |(_, located)| located.text);
    let (from, to) = window(text, &labels);
    let line = text[..from].matches('\n').count() + 1;
    let annotations = labels.into_iter().map(|(label, located)| {
        let kind = if std::ptr::eq(label, &finding.diagnostic.primary) {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let words = Some(label.text.as_str()).filter(|words| !words.is_empty());
        kind.span(located.span.start - from..located.span.end - from).label(words)
    });
    Snippet::source(&text[from..to]).line_start(line).path(file).annotations(annotations)
}

/// Returns the bytes of the lines from the first label to the last: the rest of a long file need not be looked at.
fn window(text: &str, labels: &[(&Label, &Located<'_>)]) -> (usize, usize) {
    let first = labels.iter().map(|(_, located)| located.span.start).min().unwrap_or(0);
    let last = labels.iter().map(|(_, located)| located.span.end).max().unwrap_or(0);
    let from = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
    let to = text[last..].find(['\r', '\n']).map_or(text.len(), |end| last + end);
    (from, to)
}

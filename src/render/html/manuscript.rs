//! A woven manuscript as a page: its tables and figures numbered by the manuscript, not by the page.

use serde::Serialize;

use super::page::drawing;
use super::table::TableView;
use crate::render::templates::{RenderError, Templates};
use crate::render::weave::Entry;
use crate::report::manuscript::Run;
use crate::report::table::{Table, anchor};

/// What `manuscript.html` is given.
#[derive(Serialize)]
struct View<'a> {
    title: &'a str,
    body: &'a str,
}

/// Returns the page with this body, which is HTML already.
pub(in crate::render) fn manuscript(templates: &Templates, title: &str, body: &str) -> Result<String, RenderError> {
    templates.render("manuscript.html", "manuscript", &View { title, body })
}

/// Returns a table under a label such as `Table S1`.
pub(in crate::render) fn numbered_table(
    templates: &Templates,
    table: &Table,
    label: &str,
) -> Result<String, RenderError> {
    templates.render("table.html", "table", TableView::new(templates, table, Some(label.to_owned()), &[])?)
}

/// Returns a figure with its caption; the picture is a whole SVG document.
pub(in crate::render) fn manuscript_figure(id: &str, label: &str, caption: &str, alt: &str, svg: &str) -> String {
    let [label, caption, alt] = [label, caption, alt].map(escaped);
    format!(
        "<figure id=\"{}\">\n<div class=\"scroll\" role=\"img\" aria-label=\"{alt}\" tabindex=\"0\">{}</div>\n\
         <figcaption><b>{label}.</b> {caption}</figcaption>\n</figure>",
        anchor("figure", id),
        drawing(svg)
    )
}

/// Returns the reference list.
pub(in crate::render) fn reference_list(entries: &[Entry]) -> String {
    // A browser counts as `1.` does; another label stands in the text.
    let counted = entries.iter().enumerate().all(|(at, entry)| entry.label.as_ref() == Some(&format!("{}.", at + 1)));
    let items: String = entries
        .iter()
        .map(|entry| {
            let label = entry.label.as_ref().filter(|_| !counted).map(|label| format!("{} ", escaped(label)));
            let runs: String = entry.runs.iter().map(marked).collect();
            let label = label.unwrap_or_default();
            format!("<li id=\"{}\">{label}{runs}</li>\n", anchor("reference", &entry.id))
        })
        .collect();
    let list = if counted { "ol" } else { "ul" };
    format!("<{list} class=\"references\">\n{items}</{list}>")
}

fn marked(run: &Run) -> String {
    let mut text = linked(&run.text);
    for (wanted, tag) in [(run.italic, "i"), (run.bold, "b"), (run.raised, "sup")] {
        if wanted {
            text = format!("<{tag}>{text}</{tag}>");
        }
    }
    text
}

/// Returns the text with a DOI at its end as a link.
fn linked(text: &str) -> String {
    let marks = ["https://doi.org/", "doi: ", "doi:"];
    let found = marks.iter().find_map(|mark| text.rfind(mark).map(|at| (at, at + mark.len())));
    match found {
        Some((at, end)) => {
            let doi = escaped(&text[end..]);
            format!("{}<a href=\"https://doi.org/{doi}\">{}{doi}</a>", escaped(&text[..at]), escaped(&text[at..end]))
        }
        None => escaped(text),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

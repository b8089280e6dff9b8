//! JSON: each table and figure for programs, with what stands around it.

use serde::Serialize;

use crate::report::page::FileLink;
use crate::report::plots::Plot;
use crate::report::table::{Table, anchor};

/// Returns the table as JSON: caption, alternative text, anchor, and every cell with its marks and its citation.
#[must_use]
pub fn table(table: &Table) -> String {
    let alternative = table.alternative();
    written(&TableFragment { anchor: table.anchor(), alternative, table })
}

/// Returns what stands around a figure as JSON: caption, alternative text, anchor and files.
#[must_use]
pub fn figure(plot: &Plot) -> String {
    let block = plot.block();
    written(&FigureFragment {
        anchor: anchor("figure", &block.id),
        alternative: &block.alt,
        id: &block.id,
        caption: &block.caption,
        files: &block.files,
    })
}

fn written(fragment: &impl Serialize) -> String {
    serde_json::to_string_pretty(fragment).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct TableFragment<'a> {
    anchor: String,
    alternative: String,
    #[serde(flatten)]
    table: &'a Table,
}

#[derive(Serialize)]
struct FigureFragment<'a> {
    id: &'a str,
    anchor: String,
    caption: &'a str,
    alternative: &'a str,
    files: &'a [FileLink],
}

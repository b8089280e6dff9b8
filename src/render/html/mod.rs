//! HTML: each table as a fragment of its own, and the whole page in one file that asks for nothing else.

mod looks;
mod manuscript;
mod page;
mod table;

pub(super) use manuscript::{manuscript, manuscript_figure, numbered_table, reference_list};

use super::templates::{RenderError, Templates};
use crate::report::page::Page;
use crate::report::table::Table;

/// Returns the table as an HTML fragment, well-formed XML as well: caption, columns, headers with their scope, a body for
/// each group, footnotes linked both ways, and every cited figure a button that opens where it was read.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn table(templates: &Templates, table: &Table) -> Result<String, RenderError> {
    templates.render("table.html", "table", table::TableView::new(templates, table, None, &[])?)
}

/// Returns the table as a small page of its own, with the page's looks: what an `<iframe>` shows.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn embedded(templates: &Templates, table: &Table) -> Result<String, RenderError> {
    templates.render("embed.html", "table", table::TableView::new(templates, table, None, &[])?)
}

/// Returns the whole page: one file with its style, pictures and script inside, readable from disk and without the script.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn page(templates: &Templates, page: &Page) -> Result<String, RenderError> {
    templates.render("page.html", "page", page::PageView::new(templates, page)?)
}

/// Returns the address if a reader may be sent there: the web, and nothing else.
fn web_address(url: &str) -> Option<&str> {
    (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
}

//! A report becomes artifacts: Markdown, HTML, SVG, PNG, CSV, JSON.

pub mod csv;
pub mod html;
pub mod markdown;
mod prose;
pub mod templates;

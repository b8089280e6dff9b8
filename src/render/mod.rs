//! A report becomes artifacts: Markdown, HTML, SVG, PNG, CSV, JSON.

pub mod figure;
mod plot;
mod png;
mod scene;
mod svg;

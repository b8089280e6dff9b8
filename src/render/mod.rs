//! A report becomes artifacts: Markdown, HTML, SVG, PNG, PDF, CSV, JSON.

mod artifacts;
pub mod change;
pub mod csv;
pub mod figure;
mod glyphs;
pub mod html;
pub mod markdown;
mod palette;
mod pdf;
mod plot;
mod png;
mod prose;
mod scene;
mod svg;
pub mod templates;
pub mod weave;

pub use artifacts::{Artifact, Pictures, artifacts, manifest};

//! A report becomes artifacts: Markdown, HTML, SVG, PNG, CSV, JSON.

mod artifacts;
pub mod change;
pub mod csv;
pub mod figure;
pub mod html;
pub mod markdown;
mod plot;
mod png;
mod prose;
mod scene;
mod svg;
pub mod templates;

pub use artifacts::{Artifact, Pictures, artifacts, manifest};

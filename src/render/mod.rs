//! A report becomes artifacts: Markdown, HTML, LaTeX, Word, SVG, PNG, PDF, CSV, JSON.

mod artifacts;
pub mod change;
pub mod csv;
pub mod figure;
mod glyphs;
pub mod html;
pub mod json;
pub mod latex;
pub mod markdown;
mod palette;
mod parts;
mod pdf;
mod plot;
mod png;
pub mod prose;
pub mod references;
mod scene;
mod stamps;
mod svg;
pub mod templates;
pub mod weave;
pub mod word;

pub use artifacts::{Artifact, Hashed, Pictures, artifacts, checklists, each_artifact, manifest, page};

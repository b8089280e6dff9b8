//! A report becomes files: every table, figure and pool, the page, and the manifest that names them all.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::templates::{RenderError, Templates};
use super::{csv, figure, html, markdown};
use crate::report::Report;
use crate::report::figure::style::Style;
use crate::report::page::Block;

/// Dots per inch of the PNG pictures.
const RESOLUTION: u16 = 300;

/// One file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its path in the output folder, with `/` between folders.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Artifact {
    /// Returns a file with this text.
    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: text.into().into_bytes() }
    }
}

/// Which pictures are made of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// SVG alone, which takes no time.
    Vector,
    /// SVG and PNG.
    All,
}

/// Returns every file of a report but the manifest, sorted by path.
///
/// # Errors
/// A template of the review's own that can't be filled, or a figure too large for a picture.
pub fn artifacts(report: &Report, templates: &Templates, pictures: Pictures) -> Result<Vec<Artifact>, RenderError> {
    let mut artifacts = Vec::new();
    for table in &report.tables {
        artifacts.push(Artifact::text(format!("tables/{}.md", table.id), markdown::table(templates, table)?));
        artifacts.push(Artifact::text(format!("tables/{}.html", table.id), html::table(templates, table)?));
        artifacts.push(Artifact::text(format!("tables/{}.csv", table.id), csv::table(table)));
    }
    for pool in &report.pools {
        artifacts.push(Artifact::text(format!("pools/{}.csv", pool.id), csv::pool(pool)));
    }
    let mut page = report.page.clone();
    let style = Style::plain();
    for forest in &report.figures {
        let drawn = forest.lay_out(&style);
        let svg = figure::svg(&drawn);
        for section in &mut page.sections {
            for block in &mut section.blocks {
                if let Block::Figure(block) = block
                    && block.id == forest.id
                {
                    block.svg.clone_from(&svg);
                }
            }
        }
        if pictures == Pictures::All
            && let Ok(png) = figure::png(&drawn, RESOLUTION)
        {
            artifacts.push(Artifact { path: format!("figures/{}.png", forest.id), bytes: png });
        }
        artifacts.push(Artifact::text(format!("figures/{}.svg", forest.id), svg));
    }
    artifacts.push(Artifact::text("index.html", html::page(templates, &page)?));
    artifacts.push(Artifact::text("report.md", markdown::page(templates, &page)?));
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// Returns the manifest: the version, and every input and output with its SHA-256, sorted by path, itself left out.
///
/// `inputs` are the paths and contents of the files that were read.
#[must_use]
pub fn manifest<'a>(inputs: impl IntoIterator<Item = (&'a str, &'a [u8])>, outputs: &[Artifact]) -> Artifact {
    let mut manifest = Manifest {
        version: env!("CARGO_PKG_VERSION"),
        inputs: inputs.into_iter().map(|(path, bytes)| hashed(path, bytes)).collect(),
        outputs: outputs.iter().map(|artifact| hashed(&artifact.path, &artifact.bytes)).collect(),
    };
    manifest.inputs.sort();
    manifest.outputs.sort();
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    Artifact::text("manifest.json", text)
}

#[derive(Serialize)]
struct Manifest {
    version: &'static str,
    inputs: Vec<Hashed>,
    outputs: Vec<Hashed>,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Hashed {
    path: String,
    sha256: String,
}

fn hashed(path: &str, bytes: &[u8]) -> Hashed {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Hashed { path: path.to_owned(), sha256 }
}

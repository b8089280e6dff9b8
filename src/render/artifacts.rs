//! A report becomes files: every table, figure and pool, the page, and the manifest that names them all.

use rayon::prelude::*;
use serde::Serialize;

use super::figure::Drawing;
use super::templates::{RenderError, Templates};
use super::{change, csv, html, json, latex, markdown, word};
use crate::evidence::checksum;
use crate::report::Report;
use crate::report::page::{Block, FigureLooks, Page};
use crate::report::plots::{Lettering, OtherLooks, Plot};
use crate::report::table::Table;

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
    /// SVG, PNG and PDF.
    All,
}

/// A figure as every file that shows it.
struct Drawn {
    id: String,
    csv: String,
    json: String,
    /// The stem of each page's file and its picture.
    svg: Vec<(String, String)>,
    /// The pictures as they stand on the report's page.
    inline: String,
    /// `None` for a picture that is too large, is in pages or that the format cannot hold.
    png: Option<Vec<u8>>,
    pdf: Option<Vec<u8>>,
}

impl Drawn {
    fn of(plot: &Plot, pictures: Pictures) -> Self {
        let drawings: Vec<Drawing> = plot.pages().map(Drawing::of).collect();
        let svg = |drawing: &Drawing| match plot.lettering {
            Lettering::Text => drawing.svg(),
            Lettering::Outlines => drawing.outlined_svg(),
        };
        let all = pictures == Pictures::All;
        let png = match drawings.as_slice() {
            [only] if all => only.png(plot.resolution.dots_per_inch()).ok(),
            _ => None,
        };
        Self {
            id: plot.id.clone(),
            csv: csv::data(&plot.data),
            json: json::figure(plot),
            inline: drawings.iter().map(|drawing| drawing.inline_svg(plot.lettering)).collect(),
            svg: plot.pages().map(|page| page.id.clone()).zip(drawings.iter().map(svg)).collect(),
            png,
            pdf: all.then(|| Drawing::pages(&drawings).ok()).flatten(),
        }
    }

    fn into_artifacts(self) -> impl Iterator<Item = Artifact> {
        let [csv, json] = [self.csv, self.json].map(|text| Some(text.into_bytes()));
        let files = [("csv", csv), ("json", json), ("png", self.png), ("pdf", self.pdf)];
        let path = |stem: &str, kind: &str| format!("figures/{stem}.{kind}");
        let files = files
            .into_iter()
            .filter_map(move |(kind, bytes)| Some(Artifact { path: path(&self.id, kind), bytes: bytes? }));
        let pages = self.svg.into_iter().map(move |(stem, svg)| Artifact::text(path(&stem, "svg"), svg));
        files.chain(pages)
    }
}

/// Returns every file of a report but the manifest, sorted by path.
///
/// # Errors
/// A template of the review's own that can't be filled, or a figure too large for a picture.
pub fn artifacts(report: &Report, templates: &Templates, pictures: Pictures) -> Result<Vec<Artifact>, RenderError> {
    artifacts_with_progress(report, templates, pictures, &|| {})
}

/// Returns what [`artifacts`] returns, and calls `each` when a table or a figure is drawn: as often as the report has them, from any thread.
///
/// # Errors
/// As [`artifacts`].
pub fn artifacts_with_progress(
    report: &Report,
    templates: &Templates,
    pictures: Pictures,
    each: &(dyn Fn() + Sync),
) -> Result<Vec<Artifact>, RenderError> {
    let table = |table| {
        let files = written(table, templates);
        each();
        files
    };
    let tables: Vec<[Artifact; 6]> = report.tables.par_iter().map(table).collect::<Result<_, _>>()?;
    let mut artifacts: Vec<Artifact> = tables.into_iter().flatten().collect();
    if !report.tables.is_empty() {
        artifacts.push(Artifact::text("tables/preamble.tex", latex::preamble(templates)?));
    }
    for pool in &report.pools {
        artifacts.push(Artifact::text(format!("pools/{}.csv", pool.id), csv::pool(pool)));
    }
    let figure = |plot| {
        let drawn = Drawn::of(plot, pictures);
        each();
        drawn
    };
    let drawn: Vec<Drawn> = report.figures.par_iter().map(figure).collect();
    for diagram in &report.diagrams {
        artifacts.push(Artifact::text(format!("figures/{}.mmd", diagram.id), diagram.mermaid.as_str()));
        let text = diagram.text.as_deref();
        artifacts.extend(text.map(|text| Artifact::text(format!("figures/{}.txt", diagram.id), text)));
    }
    if let Some(log) = &report.change_log {
        artifacts.push(Artifact::text("changes.md", change::log(log, templates)?));
    }
    let mut page = illustrated(&report.page, &drawn);
    dress(&mut page, &report.other_looks);
    artifacts.push(Artifact::text("gallery.html", html::page(templates, &illustrated(&report.gallery, &drawn))?));
    artifacts.extend(drawn.into_iter().flat_map(Drawn::into_artifacts));
    artifacts.push(Artifact::text("index.html", html::page(templates, &page)?));
    artifacts.push(Artifact::text("report.md", markdown::page(templates, &page)?));
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// Returns a table as every file that it is written as.
fn written(table: &Table, templates: &Templates) -> Result<[Artifact; 6], RenderError> {
    let path = |kind: &str| format!("tables/{}.{kind}", table.id);
    Ok([
        Artifact::text(path("md"), markdown::table(templates, table)?),
        Artifact::text(path("html"), html::embedded(templates, table)?),
        Artifact::text(path("tex"), latex::table(templates, table)?),
        Artifact::text(path("csv"), csv::table(table)),
        Artifact::text(path("json"), json::table(table)),
        Artifact { path: path("docx"), bytes: word::table(templates, table)? },
    ])
}

/// Returns the checklists as files, in Markdown and as pages.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn checklists(checklists: &[Table], templates: &Templates) -> Result<Vec<Artifact>, RenderError> {
    let mut artifacts = Vec::new();
    for list in checklists {
        artifacts.push(Artifact::text(format!("checklists/{}.html", list.id), html::embedded(templates, list)?));
        artifacts.push(Artifact::text(format!("checklists/{}.md", list.id), markdown::table(templates, list)?));
    }
    Ok(artifacts)
}

/// Returns the page with its pictures.
fn illustrated(page: &Page, drawn: &[Drawn]) -> Page {
    let mut page = page.clone();
    for block in page.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Figure(block) = block
            && let Some(drawn) = drawn.iter().find(|drawn| drawn.id == block.id)
        {
            block.svg.clone_from(&drawn.inline);
        }
    }
    page
}

/// Gives the figures of a page their other looks.
fn dress(page: &mut Page, looks: &[OtherLooks]) {
    let mut drawn: Vec<(&str, FigureLooks)> = looks
        .par_iter()
        .map(|looks| (looks.id.as_str(), looks.drawn(|figure| Drawing::of(figure).inline_svg(Lettering::Text))))
        .collect();
    for block in page.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Figure(block) = block
            && let Some(at) = drawn.iter().position(|(id, _)| *id == block.id)
        {
            block.looks = Some(drawn.swap_remove(at).1);
        }
    }
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
    Hashed { path: path.to_owned(), sha256: checksum(bytes) }
}

//! A report becomes files: every table, figure and pool, the page, and the manifest that names them all.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::Serialize;

use super::figure::{Book, Drawing};
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

/// So many pages of a figure are laid out and drawn at once: enough to keep every processor busy, too few to fill the memory.
const AT_ONCE: usize = 4;

/// A table of more cells fills so much memory while its templates are filled that no other should be at the same time.
const MOST_CELLS_BESIDE_OTHERS: usize = 20_000;

/// … and one of more than this so much that no other format is written while its page is, which holds every citation too.
const MOST_CELLS_BESIDE_ITS_PAGE: usize = 100_000;

/// A figure's picture as it stands on the report's pages.
struct Inline {
    id: String,
    svg: String,
}

/// Draws what the page shows of a figure.
fn inline(plot: &Plot) -> Inline {
    let pages = (0..plot.page_count()).filter(|at| plot.on_page(*at)).filter_map(|at| plot.page(at));
    Inline { id: plot.id.clone(), svg: pages.map(|page| Drawing::of(&page).inline_svg(plot.lettering)).collect() }
}

/// Hands over every file that shows a figure.
///
/// There is no PNG of a picture that is too large or in pages, and no PDF of what the format cannot hold.
fn figure(plot: &Plot, pictures: Pictures, take: &(dyn Fn(Artifact) + Sync)) {
    let all = pictures == Pictures::All;
    let path = |stem: &str, kind: &str| format!("figures/{stem}.{kind}");
    take(Artifact::text(path(&plot.id, "csv"), csv::data(&plot.data)));
    take(Artifact::text(path(&plot.id, "json"), json::figure(plot)));
    let page = |at: usize| {
        let page = plot.page(at)?;
        let drawing = Drawing::of(&page);
        let svg = match plot.lettering {
            Lettering::Text => drawing.svg(),
            Lettering::Outlines => drawing.outlined_svg(),
        };
        take(Artifact::text(path(&page.id, "svg"), svg));
        if all && plot.page_count() == 1 {
            let png = drawing.png(plot.resolution.dots_per_inch()).ok();
            png.into_iter().for_each(|bytes| take(Artifact { path: path(&plot.id, "png"), bytes }));
        }
        Some(drawing)
    };
    let mut book = all.then(Book::new).and_then(Result::ok);
    for first in (0..plot.page_count()).step_by(AT_ONCE) {
        let last = plot.page_count().min(first + AT_ONCE);
        let drawings: Vec<Drawing> = (first..last).into_par_iter().filter_map(page).collect();
        for drawing in drawings {
            book = book.and_then(|mut book| book.add(&drawing).is_ok().then_some(book));
        }
    }
    let pdf = book.and_then(|book| book.finish().ok());
    pdf.into_iter().for_each(|bytes| take(Artifact { path: path(&plot.id, "pdf"), bytes }));
}

/// Returns every file of a report but the manifest, sorted by path.
///
/// # Errors
/// A template of the review's own that can't be filled, or a figure too large for a picture.
pub fn artifacts(report: &Report, templates: &Templates, pictures: Pictures) -> Result<Vec<Artifact>, RenderError> {
    let taken = Mutex::new(Vec::new());
    let take = |artifact| taken.lock().unwrap_or_else(PoisonError::into_inner).push(artifact);
    each_artifact(report, templates, pictures, &take, &|| {})?;
    let mut artifacts = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// Returns `index.html` alone, as [`artifacts`] has it, in a fraction of the time.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn page(report: &Report, templates: &Templates) -> Result<String, RenderError> {
    let drawn: Vec<Inline> = report.figures.par_iter().map(inline).collect();
    with_looks(report, &drawn, templates)
}

fn with_looks(report: &Report, drawn: &[Inline], templates: &Templates) -> Result<String, RenderError> {
    let mut page = illustrated(&report.page, drawn);
    dress(&mut page, &report.other_looks);
    html::page(templates, &page)
}

/// Hands each file that [`artifacts`] returns to `take` as soon as it is made, in no order and from any thread, and keeps none; calls
/// `step` when a table or a figure is done: as often as the report has them.
///
/// # Errors
/// As [`artifacts`].
pub fn each_artifact(
    report: &Report,
    templates: &Templates,
    pictures: Pictures,
    take: &(dyn Fn(Artifact) + Sync),
    step: &(dyn Fn() + Sync),
) -> Result<(), RenderError> {
    let written = rayon::scope(|scope| {
        // The pages wait for what they show of every figure, and for nothing else; a page is written by one processor, so that they come
        // first. Tables are the smallest pieces, and come last.
        let begun = |plot| {
            scope.spawn(move |_| {
                figure(plot, pictures, take);
                step();
            });
            inline(plot)
        };
        let drawn: Vec<Inline> = report.figures.par_iter().map(begun).collect();
        let (pages, tables) =
            rayon::join(|| each_page(report, &drawn, templates, take), || each_table(report, templates, take, step));
        pages.and(tables)
    });
    written?;
    for pool in &report.pools {
        take(Artifact::text(format!("pools/{}.csv", pool.id), csv::pool(pool)));
    }
    for diagram in &report.diagrams {
        take(Artifact::text(format!("figures/{}.mmd", diagram.id), diagram.mermaid.as_str()));
        let text = diagram.text.as_deref();
        text.into_iter().for_each(|text| take(Artifact::text(format!("figures/{}.txt", diagram.id), text)));
    }
    if let Some(log) = &report.change_log {
        take(Artifact::text("changes.md", change::log(log, templates)?));
    }
    Ok(())
}

/// Hands over the pages, each of which shows all of the report in its way.
fn each_page(
    report: &Report,
    drawn: &[Inline],
    templates: &Templates,
    take: &(dyn Fn(Artifact) + Sync),
) -> Result<(), RenderError> {
    let page = || -> Result<(), RenderError> {
        take(Artifact::text("index.html", with_looks(report, drawn, templates)?));
        Ok(())
    };
    let others = || -> Result<(), RenderError> {
        // In Markdown a figure is a link to its file.
        take(Artifact::text("report.md", markdown::page(templates, &report.page)?));
        take(Artifact::text("gallery.html", html::page(templates, &illustrated(&report.gallery, drawn))?));
        Ok(())
    };
    let (page, others) = rayon::join(page, others);
    page.and(others)
}

/// Hands over every table, and what LaTeX needs for them.
fn each_table(
    report: &Report,
    templates: &Templates,
    take: &(dyn Fn(Artifact) + Sync),
    step: &(dyn Fn() + Sync),
) -> Result<(), RenderError> {
    let (large, small): (Vec<&Table>, Vec<&Table>) =
        report.tables.iter().partition(|table| cells(table) > MOST_CELLS_BESIDE_OTHERS);
    let each = |table: &Table| -> Result<(), RenderError> {
        written(table, templates, take)?;
        step();
        Ok(())
    };
    large.iter().try_for_each(|table| each(table))?;
    small.par_iter().try_for_each(|table| each(table))?;
    if !report.tables.is_empty() {
        take(Artifact::text("tables/preamble.tex", latex::preamble(templates)?));
    }
    Ok(())
}

/// Hands over a table as every file that it is written as.
fn written(table: &Table, templates: &Templates, take: &(dyn Fn(Artifact) + Sync)) -> Result<(), RenderError> {
    let path = |kind: &str| format!("tables/{}.{kind}", table.id);
    let page = || -> Result<(), RenderError> {
        take(Artifact::text(path("html"), html::embedded(templates, table)?));
        Ok(())
    };
    let data = || {
        take(Artifact::text(path("json"), json::table(table)));
        take(Artifact::text(path("csv"), csv::table(table)));
    };
    let word = || -> Result<(), RenderError> {
        take(Artifact { path: path("docx"), bytes: word::table(templates, table)? });
        Ok(())
    };
    let text = || -> Result<(), RenderError> {
        take(Artifact::text(path("md"), markdown::table(templates, table)?));
        Ok(())
    };
    let latex = || -> Result<(), RenderError> {
        take(Artifact::text(path("tex"), latex::table(templates, table)?));
        Ok(())
    };
    if cells(table) > MOST_CELLS_BESIDE_ITS_PAGE {
        page()?;
        let ((), word) = rayon::join(data, word);
        let (text, latex) = rayon::join(text, latex);
        return word.and(text).and(latex);
    }
    let (screens, paper) =
        rayon::join(|| page().map(|()| data()), || word().and_then(|()| text()).and_then(|()| latex()));
    screens.and(paper)
}

fn cells(table: &Table) -> usize {
    table.rows.len() * table.columns.len()
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
fn illustrated(page: &Page, drawn: &[Inline]) -> Page {
    let mut page = page.clone();
    for block in page.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Figure(block) = block
            && let Some(drawn) = drawn.iter().find(|drawn| drawn.id == block.id)
        {
            block.svg.clone_from(&drawn.svg);
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
pub fn manifest<'a>(inputs: impl IntoIterator<Item = (&'a str, &'a [u8])>, outputs: Vec<Hashed>) -> Artifact {
    let mut manifest = Manifest {
        version: env!("CARGO_PKG_VERSION"),
        inputs: inputs.into_iter().map(|(path, bytes)| Hashed::of(path, bytes)).collect(),
        outputs,
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

/// A file as the manifest names it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hashed {
    path: String,
    sha256: String,
}

impl Hashed {
    /// Returns the name of a file with this content.
    #[must_use]
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), sha256: checksum(bytes) }
    }
}

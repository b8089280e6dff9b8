//! `forestable build`: the main job.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use forestable::diag::{Diagnostic, codes};
use forestable::render::templates::{FOLDER, RenderError, Templates};
use forestable::render::weave::{Dialect, Settings, Woven};
use forestable::render::{self, Artifact, Hashed, Pictures};
use forestable::report::plots::other_looks;
use forestable::review::{Findings, Looks, Plan, PoolState};
use forestable::source::Draft;
use forestable::{report, review, source};

use super::args::{Args, BuildArgs, FindingsFormat};
use super::last::{LastOutput, POOLED};
use super::manuscript::Material;
use super::progress::{Progress, Stage};
use super::review::Review;
use super::{Failure, Status, manuscript};

/// The folder that a build writes, below the review's.
const OUTPUT: &str = "output";

/// Builds the review into `output/`, whole or not at all.
pub fn run(args: &Args, asked: BuildArgs, how: FindingsFormat) -> Result<Status, Failure> {
    let progress = if args.quiet { Progress::silent() } else { Progress::on_terminal() };
    let mut review = Review::read(&args.directory)?;
    dress(&mut review.plan, asked);
    let Some(ready) = ready(&mut review, args, Pictures::All, &progress) else {
        drop(progress);
        review.print_findings(args, how, "nothing written");
        return Ok(Status::Findings);
    };
    let target = args.path(OUTPUT);
    // Read first: from here on other runs wait, and at the end it is gone.
    let last = LastOutput::read(&target);
    let writing =
        Writing { folder: source::Folder::begin(&target)?, files: AtomicUsize::new(0), failed: OnceLock::new() };
    let made = ready.files(&review, Pictures::All, &progress, &|artifact| writing.take(&artifact));
    let made = match made {
        Ok(made) => made,
        Err(fault) => {
            drop((progress, writing));
            review.findings.push(unfilled(&fault));
            review.print_findings(args, how, "nothing written");
            return Ok(Status::Findings);
        }
    };
    progress.stage(Stage::Write, 1);
    let change = last.map(|last| last.change(&made.pools, &made.manifest, review.state()));
    let written = writing.finish();
    drop(progress);
    let (files, left) = written?;
    review.print_findings(args, how, &format!("{files} files written into {}", target.display()));
    if let Some(folder) = left {
        let folder = folder.display();
        anstream::eprintln!("warning: the output before this one could not be removed and is at `{folder}`: delete it");
    }
    if let Some(change) = change.filter(|_| !args.quiet) {
        anstream::eprint!("{}", render::change::summary(&change));
    }
    // The process ends here, and the system takes its memory back at once.
    std::mem::forget((ready, review));
    Ok(Status::Clean)
}

/// The output folder, as it fills.
struct Writing {
    folder: source::Folder,
    files: AtomicUsize,
    /// The first file that could not be written; none is tried after it.
    failed: OnceLock<source::WriteError>,
}

impl Writing {
    fn take(&self, artifact: &Artifact) {
        if self.failed.get().is_some() {
            return;
        }
        match self.folder.put(&artifact.path, &artifact.bytes) {
            Ok(()) => drop(self.files.fetch_add(1, Ordering::Relaxed)),
            // A later failure says no more than the first.
            Err(error) => drop(self.failed.set(error)),
        }
    }

    /// Puts the files in the place of the last ones. Returns how many they are, and where the last ones are if they cannot be removed.
    fn finish(self) -> Result<(usize, Option<PathBuf>), source::WriteError> {
        match self.failed.into_inner() {
            Some(error) => Err(error),
            None => self.folder.finish().map(|left| (self.files.into_inner(), left)),
        }
    }
}

/// Gives all figures the looks that the command line asks for.
fn dress(plan: &mut Plan, asked: BuildArgs) {
    for Looks { layout, width, resolution, lettering, .. } in plan.figures.iter_mut().map(|figure| &mut figure.looks) {
        *layout = asked.layout.unwrap_or(*layout);
        *width = asked.width.unwrap_or(*width);
        *resolution = asked.dpi.unwrap_or(*resolution);
        *lettering = asked.lettering.unwrap_or(*lettering);
    }
}

/// A review that can be written: its findings, and the texts that show them. Nothing is drawn yet.
pub struct Ready {
    findings: Findings,
    material: Material,
    templates: Templates,
    manuscript: Option<Woven>,
    headings: Vec<String>,
}

/// What of the files is asked for after they are written.
pub struct Made {
    pools: Vec<PoolState>,
    manifest: Artifact,
}

/// Runs the review; `None` with a finding that stops the build.
pub fn ready(review: &mut Review, args: &Args, pictures: Pictures, progress: &Progress) -> Option<Ready> {
    let findings = pool(review, args, progress)?;
    progress.stage(Stage::Arrange, 1);
    let arranged = arrange(review, findings, pictures);
    match arranged {
        Ok(ready) => {
            if let Some(kept) = &mut review.kept {
                kept.keep(&ready.findings);
            }
            Some(ready)
        }
        Err(faults) => {
            review.findings.extend(faults);
            None
        }
    }
}

/// Returns what the analyses find; `None` with a finding that stops the build.
fn pool(review: &mut Review, args: &Args, progress: &Progress) -> Option<Findings> {
    let clean = |review: &Review| review.status(args) == Status::Clean;
    if !clean(review) {
        return None;
    }
    progress.stage(Stage::Pool, review.plan.analyses.len());
    let mut findings = review::run_with_progress(&review.evidence, &review.plan, &|| progress.step());
    if let Some(kept) = &mut review.kept {
        kept.hand_to(&review.evidence, &mut findings);
    }
    review.add(review::faults(&review.plan, &findings));
    clean(review).then_some(findings)
}

fn arrange(review: &Review, findings: Findings, pictures: Pictures) -> Result<Ready, Vec<Diagnostic>> {
    let mut templates = Templates::new(&review.templates).map_err(|error| vec![unfilled(&error)])?;
    if review.evidence.protocol.raw_html {
        templates = templates.with_raw_html();
    }
    let mut material = Material::new(review, &findings);
    if pictures == Pictures::All {
        let figures = &material.report.figures;
        material.report.other_looks = other_looks(&review.evidence, &review.plan, &findings, figures);
    }
    let (mut manuscript, mut headings) = (None, Vec::new());
    if let Some(text) = &review.manuscript {
        headings = manuscript::headings(text);
        let file = format!("{FOLDER}/{}", manuscript::OWN);
        let draft = Draft { text: text.clone(), parts: BTreeMap::new() };
        let (settings, faults) = Settings::read(&file, text);
        if !faults.is_empty() {
            return Err(faults);
        }
        manuscript = Some(material.weave(&file, Path::new(&file), Dialect::Markdown, &draft, &settings)?);
    }
    Ok(Ready { findings, material, templates, manuscript, headings })
}

/// Returns the finding of a template that can't be filled.
pub fn unfilled(error: &RenderError) -> Diagnostic {
    error.diagnostic(codes::TEMPLATE)
}

impl Ready {
    /// Returns the page alone, which is what somebody who writes waits for.
    pub fn page(&self) -> Result<String, RenderError> {
        render::page(&self.material.report, &self.templates)
    }

    /// Hands over every file of the review, each as soon as it is made; stops at a template that can't be filled.
    pub fn files(
        &self,
        review: &Review,
        pictures: Pictures,
        progress: &Progress,
        take: &(dyn Fn(Artifact) + Sync),
    ) -> Result<Made, RenderError> {
        let (report, templates) = (&self.material.report, &self.templates);
        progress.stage(Stage::Draw, report.tables.len() + report.figures.len());
        let hashed = Mutex::new(Vec::new());
        let take = |artifact: Artifact| {
            let hash = Hashed::of(&artifact.path, &artifact.bytes);
            hashed.lock().unwrap_or_else(PoisonError::into_inner).push(hash);
            take(artifact);
        };
        render::each_artifact(report, templates, pictures, &take, &|| progress.step())?;
        if let Some(woven) = &self.manuscript {
            let drawn = self.material.pictures(woven, pictures);
            manuscript::written(woven, templates, "manuscript", &drawn, None)?.into_iter().for_each(take);
        }
        render::checklists(&report::checklists(&report.page, &self.headings), templates)?.into_iter().for_each(take);
        let pooled = serde_json::to_string_pretty(&review::states(&self.findings)).unwrap_or_default() + "\n";
        // As a later build will read them.
        let pools = serde_json::from_str(&pooled).unwrap_or_default();
        take(Artifact::text(POOLED, pooled));
        let inputs = review.sources.texts().map(|(path, text)| (path, text.as_bytes()));
        let hashed = std::mem::take(&mut *hashed.lock().unwrap_or_else(PoisonError::into_inner));
        let manifest = render::manifest(inputs, hashed);
        take(manifest.clone());
        Ok(Made { pools, manifest })
    }
}

//! `forestable build`: the main job.

use std::collections::BTreeMap;
use std::path::Path;

use forestable::diag::{Diagnostic, codes};
use forestable::render::templates::{FOLDER, RenderError, Templates};
use forestable::render::weave::{Dialect, Settings};
use forestable::render::{self, Artifact, Pictures};
use forestable::report::plots::other_looks;
use forestable::review::{Findings, Looks, Plan};
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
    let Some(artifacts) = make(&mut review, args, Pictures::All, &progress) else {
        drop(progress);
        review.print_findings(args, how, "nothing written");
        return Ok(Status::Findings);
    };
    let target = args.path(OUTPUT);
    let last = LastOutput::read(&target);
    let change = last.map(|last| last.change(&artifacts, review.state()));
    let files: Vec<(String, Vec<u8>)> = artifacts.into_iter().map(|artifact| (artifact.path, artifact.bytes)).collect();
    progress.stage(Stage::Write, 1);
    let written = source::write_folder(&target, &files);
    drop(progress);
    written?;
    review.print_findings(args, how, &format!("{} files written into {}", files.len(), target.display()));
    if let Some(change) = change.filter(|_| !args.quiet) {
        anstream::eprint!("{}", render::change::summary(&change));
    }
    Ok(Status::Clean)
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

/// Returns the files of the review; `None` with a finding that stops the build.
pub fn make(review: &mut Review, args: &Args, pictures: Pictures, progress: &Progress) -> Option<Vec<Artifact>> {
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
    if !clean(review) {
        return None;
    }
    let rendered = render(review, &findings, pictures, progress);
    if let Some(kept) = &mut review.kept {
        kept.keep(&findings);
    }
    match rendered {
        Ok(artifacts) => Some(artifacts),
        Err(faults) => {
            review.findings.extend(faults);
            None
        }
    }
}

fn render(
    review: &Review,
    findings: &Findings,
    pictures: Pictures,
    progress: &Progress,
) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let unfilled = |error: RenderError| vec![error.diagnostic(codes::TEMPLATE)];
    progress.stage(Stage::Arrange, 1);
    let mut material = Material::new(review, findings);
    if pictures == Pictures::All {
        let figures = &material.report.figures;
        material.report.other_looks = other_looks(&review.evidence, &review.plan, findings, figures);
    }
    progress.stage(Stage::Draw, material.report.tables.len() + material.report.figures.len());
    let mut templates = Templates::new(&review.templates).map_err(unfilled)?;
    if review.evidence.protocol.raw_html {
        templates = templates.with_raw_html();
    }
    let drawn = render::artifacts_with_progress(&material.report, &templates, pictures, &|| progress.step());
    let mut artifacts = drawn.map_err(unfilled)?;
    let mut headings = Vec::new();
    if let Some(text) = &review.manuscript {
        headings = manuscript::headings(text);
        let file = format!("{FOLDER}/{}", manuscript::OWN);
        let draft = Draft { text: text.clone(), parts: BTreeMap::new() };
        let (settings, faults) = Settings::read(&file, text);
        if !faults.is_empty() {
            return Err(faults);
        }
        let woven = material.weave(&file, Path::new(&file), Dialect::Markdown, &draft, &settings)?;
        // What is sent to a journal is drawn twice as fine as what is looked at.
        let drawn = match pictures {
            Pictures::All => material.pictures(&woven),
            Pictures::Vector => Vec::new(),
        };
        let drawn = if drawn.is_empty() { &artifacts } else { &drawn };
        artifacts.extend(manuscript::written(&woven, &templates, "manuscript", drawn, None).map_err(unfilled)?);
    }
    artifacts.extend(
        render::checklists(&report::checklists(&material.report.page, &headings), &templates).map_err(unfilled)?,
    );
    let pooled = serde_json::to_string_pretty(&review::states(findings)).unwrap_or_default() + "\n";
    artifacts.push(Artifact::text(POOLED, pooled));
    let inputs = review.sources.texts().map(|(path, text)| (path, text.as_bytes()));
    artifacts.push(render::manifest(inputs, &artifacts));
    Ok(artifacts)
}

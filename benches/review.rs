//! The review in this repository, from its files to what `forestable check` prints and `forestable build` writes, all but the writing.

use std::fs;
use std::path::Path;

use divan::Bencher;
use forestable::diag::Diagnostic;
use forestable::diag::render::{Colour, full, resolve};
use forestable::evidence::Evidence;
use forestable::render;
use forestable::render::Pictures;
use forestable::render::templates::Templates;
use forestable::report::Report;
use forestable::review::Plan;
use forestable::source::Sources;
use forestable::{evidence, report, review, source};
use forestable_benches::generated;
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// The review in this repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Reads and checks a review.
fn read(root: &Path) -> (Evidence, Plan, Sources, Vec<Diagnostic>) {
    let (raw, sources, mut findings) = source::load(root).expect("the review is there");
    let (evidence, more) = evidence::lower(&raw);
    findings.extend(more);
    findings.extend(evidence::check(&evidence));
    let (plan, more) = review::plan(&raw, &evidence);
    findings.extend(more);
    let findings = evidence::accept(&evidence, findings).open;
    (evidence, plan, sources, findings)
}

/// Reads the review, runs its analyses and assembles its report.
fn assembled() -> Report {
    let (evidence, plan, ..) = read(root());
    report::assemble(&evidence, &plan, &review::run(&evidence, &plan))
}

fn templates() -> Templates {
    Templates::new(&std::collections::BTreeMap::new()).expect("our own templates are sound")
}

#[divan::bench(sample_count = 20)]
fn check(bencher: Bencher) {
    bencher.bench(|| checked(root()));
}

/// Returns what `check` prints.
fn checked(root: &Path) -> String {
    let (.., sources, findings) = read(root);
    full(&resolve(&findings, &sources), Colour::Plain)
}

/// Writes a review of `k` made-up series under this review's protocol.
fn generated(k: usize) -> TempDir {
    let folder = TempDir::new().expect("a folder for the studies");
    let protocol = fs::read_to_string(root().join("review.yaml")).expect("the protocol is there");
    generated::write(folder.path(), &protocol, k).expect("the studies can be written");
    folder
}

#[divan::bench(sample_count = 20)]
fn check_1000_studies(bencher: Bencher) {
    let review = generated(1000);
    bencher.bench(|| checked(review.path()));
}

/// Every combination of choices of the 2-year progression-free survival, about 3,000: at most 50 ms a thousand.
#[divan::bench(sample_count = 20)]
fn choice_grid_of_pfs_2y(bencher: Bencher) {
    let (raw, ..) = source::load(root()).expect("the review is there");
    let (evidence, _) = evidence::lower(&raw);
    let (plan, _) = review::plan(&raw, &evidence);
    // A grid is made once: asked for again, it is the same. So each sample has findings of its own.
    let grid = |findings: &mut review::Findings| {
        let found = findings.analysis("pfs-2y").expect("it is planned");
        review::choice_grid(&evidence, found).expect("it has a pool").specifications.len()
    };
    bencher.with_inputs(|| review::run(&evidence, &plan)).bench_refs(grid);
}

#[divan::bench(sample_count = 20)]
fn build_without_png(bencher: Bencher) {
    bencher.bench(|| render::artifacts(&assembled(), &templates(), Pictures::Vector).map(|artifacts| artifacts.len()));
}

#[divan::bench(sample_count = 10)]
fn build_with_png(bencher: Bencher) {
    bencher.bench(|| render::artifacts(&assembled(), &templates(), Pictures::All).map(|artifacts| artifacts.len()));
}

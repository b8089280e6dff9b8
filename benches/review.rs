//! The review in this repository, from its files to what `forestable check` prints and `forestable build` writes, all but the writing.

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

fn main() {
    divan::main();
}

/// Reads and checks the review.
fn read() -> (Evidence, Plan, Sources, Vec<Diagnostic>) {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
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
    let (evidence, plan, ..) = read();
    report::assemble(&evidence, &plan, &review::run(&evidence, &plan))
}

fn templates() -> Templates {
    Templates::new(&std::collections::BTreeMap::new()).expect("our own templates are sound")
}

#[divan::bench(sample_count = 20)]
fn check(bencher: Bencher) {
    bencher.bench(|| {
        let (.., sources, findings) = read();
        full(&resolve(&findings, &sources), Colour::Plain)
    });
}

#[divan::bench(sample_count = 20)]
fn build_without_png(bencher: Bencher) {
    bencher.bench(|| render::artifacts(&assembled(), &templates(), Pictures::Vector).map(|artifacts| artifacts.len()));
}

#[divan::bench(sample_count = 10)]
fn build_with_png(bencher: Bencher) {
    bencher.bench(|| render::artifacts(&assembled(), &templates(), Pictures::All).map(|artifacts| artifacts.len()));
}

//! Reads one file of a small review, checks it, and prints every finding.

use std::collections::BTreeMap;

use forestable::diag::render::{Colour, full, json, resolve, sarif, short};
use forestable::diag::{Diagnostic, Locate, fixed};
use forestable::{evidence, review, source};

const REVIEW: &[u8] = include_bytes!("../../tests/checks/base/review.yaml");
const STUDY: &[u8] = include_bytes!("../../tests/checks/base/studies/base-2020.yaml");

/// Checks the review with `content` as its `file`.
#[allow(dead_code, reason = "tables are no part of a review")]
pub fn check(file: &str, content: &[u8]) {
    let mut files = BTreeMap::from([
        ("review.yaml".to_owned(), REVIEW.to_vec()),
        ("studies/base-2020.yaml".to_owned(), STUDY.to_vec()),
        ("studies/base-2020.b.yaml".to_owned(), STUDY.to_vec()),
    ]);
    files.insert(file.to_owned(), content.to_vec());
    let Some((raw, sources, mut findings)) = source::load_files(&files) else { return };
    let (evidence, faults) = evidence::lower(&raw);
    findings.extend(faults);
    findings.extend(evidence::check(&evidence));
    findings.extend(review::plan(&raw, &evidence).1);
    let findings = evidence::accept(&evidence, findings).open;
    print(&findings, &sources, content);
    let _ = fixed(&findings, &sources);
}

/// Writes findings in every form, and asserts that they stay of a size.
pub fn print(findings: &[Diagnostic], sources: &dyn Locate, content: &[u8]) {
    let resolved = resolve(findings, sources);
    let short = short(&resolved);
    assert!(short.len() < 64 << 20, "findings of {} bytes are {} bytes", content.len(), short.len());
    // The other three say the same at length, which takes longer than all else: one input in eight has them.
    if content.len() % 8 == 0 {
        for text in [full(&resolved, Colour::Plain), json(&resolved), sarif(&resolved)] {
            assert!(text.len() < 64 << 20, "findings of {} bytes are {} bytes", content.len(), text.len());
        }
    }
}

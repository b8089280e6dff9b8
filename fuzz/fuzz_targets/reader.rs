//! Whatever the bytes of a study or of `review.yaml`: findings, never a panic.

#![no_main]

use std::collections::BTreeMap;

use forestable::diag::fixed;
use forestable::diag::render::{Colour, full, json, resolve, sarif, short};
use forestable::{evidence, review, source};
use libfuzzer_sys::fuzz_target;

const REVIEW: &[u8] = include_bytes!("../../tests/checks/base/review.yaml");
const STUDY: &[u8] = include_bytes!("../../tests/checks/base/studies/base-2020.yaml");

fuzz_target!(|bytes: &[u8]| {
    // The first byte says which file the rest is.
    let (file, content) = match bytes.split_first() {
        Some((b'R', rest)) => ("review.yaml", rest),
        Some((b'C', rest)) => ("studies/curves/base.csv", rest),
        Some((b'A', rest)) => ("studies/base-2020.a.yaml", rest),
        _ => ("studies/case-2021.yaml", bytes),
    };
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
    let resolved = resolve(&findings, &sources);
    for text in [full(&resolved, Colour::Plain), short(&resolved), json(&resolved), sarif(&resolved)] {
        assert!(text.len() < 64 << 20, "findings of {} bytes are {} bytes", content.len(), text.len());
    }
    let _ = fixed(&findings, &sources);
});

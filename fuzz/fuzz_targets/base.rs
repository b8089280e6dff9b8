//! A small review that templates and manuscripts are filled from.

use std::collections::BTreeMap;

use forestable::report::manuscript::Library;
use forestable::report::{self, Report};
use forestable::{evidence, review, source};

const REVIEW: &[u8] = include_bytes!("../../tests/checks/base/review.yaml");
const STUDY: &[u8] = include_bytes!("../../tests/checks/base/studies/base-2020.yaml");

/// Returns what a template or a manuscript of the review can show.
pub fn material() -> (Report, Library) {
    let files = BTreeMap::from([
        ("review.yaml".to_owned(), REVIEW.to_vec()),
        ("studies/base-2020.yaml".to_owned(), STUDY.to_vec()),
    ]);
    let (raw, ..) = source::load_files(&files).expect("the review is there");
    let (evidence, _) = evidence::lower(&raw);
    let (plan, _) = review::plan(&raw, &evidence);
    let findings = review::run(&evidence, &plan);
    (report::assemble(&evidence, &plan, &findings), Library::new(&evidence, &plan, &findings))
}

//! The same people in two series are declared.

use super::super::overlap::{Overlap, Standing, overlaps};
use super::super::{Evidence, Study};
use crate::diag::{Diagnostic, codes, counted};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let study = |id: &String| evidence.study(id);
    let undeclared = overlaps(evidence).into_iter().filter(|overlap| overlap.standing != Standing::Declared);
    undeclared
        .filter_map(|overlap| {
            let [earlier, later] = &overlap.studies;
            Some(finding(study(earlier)?, study(later)?, &overlap))
        })
        .collect()
}

fn finding(earlier: &Study, later: &Study, overlap: &Overlap) -> Diagnostic {
    let signs = [
        ("reference", "authors", "author", &overlap.authors),
        ("design", "institutions", "centre", &overlap.institutions),
        ("design", "registries", "registry", &overlap.registries),
    ];
    let shared: Vec<_> = signs.into_iter().filter(|(.., shared)| !shared.is_empty()).collect();
    // Authors are shared by chance more often than the rest: they come first only where there is nothing else.
    let (record, field, ..) = shared.last().copied().unwrap_or(signs[0]);
    let words: Vec<String> = shared.iter().map(|(.., noun, shared)| counted(shared.len(), noun)).collect();
    let message = format!("`{}` and `{}` may report the same patients", later.id, earlier.id);
    Diagnostic::new(codes::SUSPECTED_OVERLAP, later.place.key(record).key(field), message)
        .found(format!("{} in common", words.join(", ")))
        .against(earlier.place.key(record).key(field), "with these")
        .note("nothing known of their enrolment keeps them apart")
        .expected(format!("`overlaps: [{}]`, or an exception in review.yaml that says why not", earlier.id))
        .help("compare centres and dates in both papers")
}

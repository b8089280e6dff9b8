//! The same people in two series are declared.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Date, Evidence, Study};
use crate::diag::{Diagnostic, codes};

/// So many authors in common, at least, make one group of patients likely when enrolment overlaps.
const SHARED_AUTHORS: usize = 2;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut by_author: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (index, study) in evidence.studies.iter().enumerate() {
        let authors: BTreeSet<_> = study.reference.authors.iter().map(|author| author.to_lowercase()).collect();
        for author in authors {
            let earlier = by_author.entry(author).or_default();
            for other in earlier.iter() {
                *shared.entry((*other, index)).or_default() += 1;
            }
            earlier.push(index);
        }
    }
    let pairs = shared.into_iter().filter(|(_, authors)| *authors >= SHARED_AUTHORS);
    pairs
        .filter_map(|((earlier, later), authors)| {
            let (earlier, later) = (&evidence.studies[earlier], &evidence.studies[later]);
            let undeclared = !later.overlaps.contains(&earlier.id);
            // The same publication twice is another finding.
            let same = later.reference.doi.is_some() && later.reference.doi == earlier.reference.doi;
            (undeclared && !same && may_overlap(earlier, later)).then(|| finding(earlier, later, authors))
        })
        .collect()
}

/// Whether some patients may have been enrolled in both; where a date is not known, they may.
fn may_overlap(one: &Study, other: &Study) -> bool {
    one.design
        .enrolment
        .zip(other.design.enrolment)
        .is_none_or(|(one, other)| starts_by(one.0, other.1) && starts_by(other.0, one.1))
}

fn starts_by(first: Date, last: Date) -> bool {
    (first.year, first.month.unwrap_or(1)) <= (last.year, last.month.unwrap_or(12))
}

fn finding(earlier: &Study, later: &Study, authors: usize) -> Diagnostic {
    let message = format!("`{}` and `{}` may report the same patients", later.id, earlier.id);
    Diagnostic::new(codes::SUSPECTED_OVERLAP, later.place.key("reference").key("authors"), message)
        .found(format!("{authors} authors in common"))
        .against(earlier.place.key("reference").key("authors"), "with these")
        .note("nothing known of their enrolment keeps them apart")
        .expected(format!("`overlaps: [{}]`, or an exception in review.yaml that says why not", earlier.id))
        .help("compare centres and dates in both papers")
}

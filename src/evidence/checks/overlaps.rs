//! The same people in two series are declared.

use super::super::overlap::{Overlap, Overlaps, Standing, overlaps};
use super::super::{Evidence, Study};
use crate::diag::{Diagnostic, all_of, codes, counted};

/// So many series that one may overlap with are named, at most.
const MOST_NAMED: usize = 5;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for Overlaps { pairs, further } in overlaps(evidence, MOST_NAMED) {
        let undeclared = pairs.iter().filter(|overlap| overlap.standing != Standing::Declared);
        let (accepted, open): (Vec<&Overlap>, Vec<&Overlap>) =
            undeclared.partition(|overlap| overlap.standing != Standing::Open);
        // One finding a series: a hundred reports of one registry are not thousands of findings.
        let groups = accepted.iter().map(|overlap| (std::slice::from_ref(overlap), 0)).chain([(&open[..], further)]);
        findings.extend(groups.filter_map(|(group, further)| {
            let [earlier, later] = group.first()?.studies.each_ref().map(|id| evidence.study(id));
            finding(earlier?, later?, group, further)
        }));
    }
    findings
}

/// Says that a series may report the patients of the first of these others, and of which more.
fn finding(earlier: &Study, later: &Study, group: &[&Overlap], further: usize) -> Option<Diagnostic> {
    let (overlap, others) = group.split_first()?;
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
    let all: Vec<&str> = group.iter().map(|overlap| overlap.studies[0].as_str()).collect();
    let declared = if further == 0 { all.join(", ") } else { format!("{}, …", all.join(", ")) };
    let mut finding = Diagnostic::new(codes::SUSPECTED_OVERLAP, later.place.key(record).key(field), message)
        .found(format!("{} in common", words.join(", ")))
        .against(earlier.place.key(record).key(field), "with these")
        .note("nothing known of their enrolment keeps them apart");
    if !others.is_empty() {
        let more = if further == 0 { String::new() } else { format!(", and {further} more") };
        finding = finding.note(format!("it may report those of {}{more} as well", all_of(&all[1..])));
    }
    Some(
        finding
            .expected(format!("`overlaps: [{declared}]`, or an exception in review.yaml that says why not"))
            .help("compare centres and dates in the papers"),
    )
}

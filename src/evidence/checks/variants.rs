//! One curve has one endpoint.

use super::super::{Evidence, Months, ResultEntry};
use super::survival;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    cohorts
        .flat_map(|cohort| {
            let figures: Vec<_> = cohort.results.iter().filter_map(figure).collect();
            let mixed: Vec<_> = figures.iter().filter_map(|(result, _)| mixed(result, &figures)).collect();
            mixed
        })
        .collect()
}

type Figure<'a> = (&'a ResultEntry, Months);

fn figure(result: &ResultEntry) -> Option<Figure<'_>> {
    Some((result, survival(result)?.0.at.months()?))
}

/// Compares a figure of a variant with those without one from the same source.
fn mixed(result: &ResultEntry, figures: &[Figure<'_>]) -> Option<Diagnostic> {
    result.variant.as_ref()?;
    let same = |other: &ResultEntry| other.outcome == result.outcome && other.source == result.source;
    let of_variants = || figures.iter().filter(|(other, _)| same(other) && other.variant.is_some());
    let plain = || figures.iter().filter(|(other, _)| same(other) && other.variant.is_none());
    // Where one time has both, the paper tells them apart.
    let told_apart = plain().any(|(_, at)| of_variants().any(|(_, time)| time == at));
    let (other, _) = plain().next().filter(|_| !told_apart)?;
    Some(finding(result, other))
}

fn finding(result: &ResultEntry, plain: &ResultEntry) -> Diagnostic {
    let variant = result.variant.as_deref().unwrap_or_default();
    let message = format!("`{}` is `{variant}` at one time and not at another", result.outcome);
    Diagnostic::new(codes::MIXED_VARIANTS, result.place.key("variant"), message)
        .found("a variant here")
        .against(plain.place.key("outcome"), "none here, from the same source")
        .expected("one endpoint for the figures of one curve")
        .help(format!(
            "add `variant: {variant}` to the other, or remove it here; if the paper has both curves, accept it"
        ))
}

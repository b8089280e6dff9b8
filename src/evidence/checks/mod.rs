//! What can be wrong with evidence that is understood: one check a file, each the words for its findings and nothing else.

mod bounds;
mod dates;
mod disagreement;
mod duplicates;
mod events;
mod exceptions;
mod implied_size;
mod intervals;
mod lesions;
mod levels;
mod medians;
mod overlaps;
mod reasons;
mod rising;
mod short_of_size;
mod standard_errors;
mod subgroups;
mod symmetry;
mod variants;
mod weights;
mod whole_numbers;

pub use exceptions::{Accepted, accept};
pub(super) use weights::faults as weight_faults;
pub use weights::weigh;

use rayon::prelude::*;

use super::{Cohort, Evidence, Printed, Published, ResultEntry, Study, Survival, Unit};
use crate::diag::{Diagnostic, Place};

/// The checks, in the order in which they run.
const CHECKS: [fn(&Evidence) -> Vec<Diagnostic>; 19] = [
    intervals::check,
    dates::check,
    events::check,
    subgroups::check,
    lesions::check,
    duplicates::check,
    rising::check,
    bounds::check,
    implied_size::check,
    short_of_size::check,
    standard_errors::check,
    symmetry::check,
    levels::check,
    whole_numbers::check,
    medians::check,
    disagreement::check,
    variants::check,
    overlaps::check,
    reasons::check,
];

/// Returns everything in the evidence that cannot be, or hardly can be.
///
/// Exceptions are not applied: [`accept`] does that, to the findings of every stage together. `conflicts` are what a study
/// says of figures it does not use: they are exempt.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let found: Vec<Vec<Diagnostic>> = CHECKS.par_iter().map(|check| check(evidence)).collect();
    found.into_iter().flatten().map(|finding| with_origin(evidence, finding)).collect()
}

/// Says where in the paper the figure of a finding was read, so that it can be looked up there.
fn with_origin(evidence: &Evidence, finding: Diagnostic) -> Diagnostic {
    let place = &finding.primary.place;
    let origin = evidence.study_in(&place.file).and_then(|study| {
        let mut results = study.cohorts.iter().flat_map(|cohort| &cohort.results);
        origin(study, results.find(|result| place.path().starts_with(result.place.path()))?)
    });
    match origin {
        Some(words) => finding.note(words),
        None => finding,
    }
}

/// Returns `read in abstract, page 3: “Two-year OS was 70%.”`
fn origin(study: &Study, result: &ResultEntry) -> Option<String> {
    let source = study.source(result.source.as_ref()?)?;
    let page = result.page.as_ref().map(|page| format!(", page {page}")).unwrap_or_default();
    let quote = result.quote.as_ref().map(|quote| format!(": “{quote}”")).unwrap_or_default();
    Some(format!("read in {}{page}{quote}", source.location))
}

/// Returns every result with its cohort and study.
fn results(evidence: &Evidence) -> impl Iterator<Item = (&Study, &Cohort, &ResultEntry)> {
    evidence.studies.iter().flat_map(|study| {
        let cohorts = study.cohorts.iter();
        cohorts.flat_map(move |cohort| cohort.results.iter().map(move |result| (study, cohort, result)))
    })
}

/// Returns how many patients (or lesions, if they are the unit) a result can speak of at most, and where that is written.
fn size(cohort: &Cohort, result: &ResultEntry) -> Option<(u64, Place)> {
    if let Some(n) = result.n {
        return Some((n, result.place.key("n")));
    }
    let patients = cohort.patients.value().map(|patients| (patients, cohort.place.key("patients")));
    let lesions =
        cohort.lesions.and_then(|lesions| lesions.value()).map(|lesions| (lesions, cohort.place.key("lesions")));
    match result.unit {
        Unit::Patients => patients,
        Unit::Lesions => lesions,
        Unit::Unclear => patients.into_iter().chain(lesions).max_by_key(|(size, _)| *size),
    }
}

/// Returns the survival proportion of a result with its figure, if it has one.
fn survival(result: &ResultEntry) -> Option<(&Survival, Printed)> {
    match &result.published {
        Published::Survival(survival) => Some((survival, survival.estimate.value()?)),
        _ => None,
    }
}

/// Whether two results speak of the same endpoint, counted in the same unit, by methods that can be compared.
fn comparable(one: &ResultEntry, other: &ResultEntry) -> bool {
    let same_method = one.method.is_none() || other.method.is_none() || one.method == other.method;
    one.outcome == other.outcome && one.variant == other.variant && one.unit == other.unit && same_method
}

/// Returns what people are called in a unit.
fn people(unit: Unit) -> &'static str {
    if unit == Unit::Lesions { "lesions" } else { "patients" }
}

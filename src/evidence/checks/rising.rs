//! Survival never rises with time.

use super::super::{Evidence, Months, OutcomeKind, Printed, ResultEntry};
use super::{comparable, survival};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    cohorts
        .flat_map(|cohort| {
            let mut figures: Vec<_> = cohort.results.iter().filter_map(|result| figure(evidence, result)).collect();
            figures.sort_by(|(_, one, _), (_, other, _)| one.0.total_cmp(&other.0));
            let rising: Vec<_> = (0..figures.len()).filter_map(|index| rising(&figures, index)).collect();
            rising
        })
        .collect()
}

type Figure<'a> = (&'a ResultEntry, Months, Printed);

fn figure<'a>(evidence: &Evidence, result: &'a ResultEntry) -> Option<Figure<'a>> {
    let of_survival =
        evidence.protocol.outcome(&result.outcome).is_none_or(|outcome| outcome.kind == OutcomeKind::Survival);
    let (survival, printed) = survival(result).filter(|_| of_survival)?;
    Some((result, survival.at.months()?, printed))
}

/// Compares a figure with the lowest before it.
fn rising(figures: &[Figure<'_>], index: usize) -> Option<Diagnostic> {
    let (result, time, printed) = figures[index];
    let (lower, earlier, before) = figures[..index]
        .iter()
        .filter(|(earlier, earlier_time, _)| *earlier_time < time && comparable(earlier, result))
        .min_by(|(_, _, one), (_, _, other)| one.value.0.total_cmp(&other.value.0))?;
    printed.exceeds(*before).then(|| {
        let message = format!("survival rises from {before} at {earlier} to {printed} at {time}");
        Diagnostic::new(codes::RISING_SURVIVAL, result.place.key("estimate"), message)
            .found(format!("at {time}"))
            .against(lower.place.key("estimate"), format!("at {earlier}"))
            .expected(format!("at most {before} at {time}"))
            .help("check both in the source: another cohort, another endpoint (`variant`), or swapped times?")
    })
}

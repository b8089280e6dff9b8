//! An outcome that counts death as an event never lies above survival itself.

use super::super::{Evidence, ResultEntry, TimePoint};
use super::survival;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    let pairs = cohorts.flat_map(|cohort| {
        let results = &cohort.results;
        results.iter().flat_map(move |one| results.iter().map(move |other| (one, other)))
    });
    pairs.filter_map(|(result, bound)| above(evidence, result, bound)).collect()
}

fn above(evidence: &Evidence, result: &ResultEntry, bound: &ResultEntry) -> Option<Diagnostic> {
    let outcome = evidence.protocol.outcome(&result.outcome)?;
    let counts_death =
        result.variant.as_ref().is_none_or(|id| outcome.variant(id).is_some_and(|variant| variant.counts_death));
    if outcome.at_most.as_deref() != Some(&bound.outcome) || bound.variant.is_some() || !counts_death {
        return None;
    }
    let ((one, printed), (other, limit)) = (survival(result)?, survival(bound)?);
    let time = same_time(one.at, other.at).filter(|_| printed.exceeds(limit) && result.unit == bound.unit)?;
    let limiting = evidence.protocol.outcome(&bound.outcome).map_or(bound.outcome.as_str(), |outcome| &outcome.short);
    Some(
        Diagnostic::new(
            codes::ABOVE_BOUND,
            result.place.key("estimate"),
            format!("{} of {printed} is above {limiting} of {limit} {time}", outcome.short),
        )
        .found(outcome.short.clone())
        .against(bound.place.key("estimate"), limiting)
        .expected(format!("at most {limit}, since death counts as an event"))
        .help("check both in the source: is it an endpoint that leaves death out (`variant`)?"),
    )
}

/// Returns when two figures hold, if that is the same time: within half a month.
fn same_time(one: TimePoint, other: TimePoint) -> Option<String> {
    match (one, other) {
        (TimePoint::At(one), TimePoint::At(other)) => ((one.0 - other.0).abs() <= 0.5).then(|| format!("at {one}")),
        (TimePoint::LastFollowUp, TimePoint::LastFollowUp) => Some("at the last follow-up".to_owned()),
        _ => None,
    }
}

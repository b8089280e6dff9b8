//! One curve has one endpoint.

use super::super::{Evidence, ResultEntry, TimePoint};
use super::survival;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    let findings = cohorts.flat_map(|cohort| {
        let timed = |result: &ResultEntry| Some((survival(result)?.0.at.months()?, result.variant.is_some()));
        cohort.results.iter().filter_map(move |result| {
            let (time, _) = timed(result).filter(|(_, variant)| *variant)?;
            let same_source = |other: &&ResultEntry| other.outcome == result.outcome && other.source == result.source;
            let others: Vec<_> = cohort.results.iter().filter(same_source).collect();
            // Where both endpoints are told at one time, they are two.
            let told_apart = others.iter().filter(|other| other.variant.is_none()).any(|plain| {
                let twin = |other: &&&ResultEntry| other.variant.is_some() && same_time(other, plain);
                others.iter().any(|other| twin(&other))
            });
            let plain = others.iter().find(|other| timed(other).is_some_and(|(at, variant)| !variant && at != time))?;
            (!told_apart).then(|| finding(result, plain))
        })
    });
    findings.collect()
}

fn same_time(one: &ResultEntry, other: &ResultEntry) -> bool {
    let time = |result: &ResultEntry| survival(result).map(|(survival, _)| survival.at);
    matches!((time(one), time(other)), (Some(TimePoint::At(one)), Some(TimePoint::At(other))) if one == other)
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

//! Neither survival nor the number at risk ever rises with time.

use super::super::{Evidence, Months, OutcomeKind, Printed, ResultEntry};
use super::{comparable, survival};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    cohorts
        .flat_map(|cohort| {
            let mut figures: Vec<_> = cohort.results.iter().filter_map(|result| figure(evidence, result)).collect();
            figures.sort_by(|(_, one, ..), (_, other, ..)| one.0.total_cmp(&other.0));
            let found: Vec<_> = (0..figures.len())
                .flat_map(|index| [rising(&figures, index), growing(&figures, index)])
                .flatten()
                .collect();
            found
        })
        .collect()
}

type Figure<'a> = (&'a ResultEntry, Months, Printed, Option<u64>);

fn figure<'a>(evidence: &Evidence, result: &'a ResultEntry) -> Option<Figure<'a>> {
    let of_survival =
        evidence.protocol.outcome(&result.outcome).is_none_or(|outcome| outcome.kind == OutcomeKind::Survival);
    let (survival, printed) = survival(result).filter(|_| of_survival)?;
    Some((result, survival.at.months()?, printed, survival.at_risk))
}

/// Returns the figures before one that belong to the same curve.
fn before<'a>(figures: &'a [Figure<'a>], index: usize) -> impl Iterator<Item = &'a Figure<'a>> {
    let (result, time, ..) = figures[index];
    figures[..index].iter().filter(move |(earlier, at, ..)| *at < time && comparable(earlier, result))
}

/// Compares a figure with the lowest before it.
fn rising(figures: &[Figure<'_>], index: usize) -> Option<Diagnostic> {
    let (result, time, printed, _) = figures[index];
    let (lower, earlier, before, _) =
        before(figures, index).min_by(|(.., one, _), (.., other, _)| one.value.0.total_cmp(&other.value.0))?;
    printed.exceeds(*before).then(|| {
        let message = format!("survival rises from {before} at {earlier} to {printed} at {time}");
        Diagnostic::new(codes::RISING_SURVIVAL, result.place.key("estimate"), message)
            .found(format!("at {time}"))
            .against(lower.place.key("estimate"), format!("at {earlier}"))
            .expected(format!("at most {before} at {time}"))
            .help("check both in the source: another cohort, another endpoint (`variant`), or swapped times?")
    })
}

/// Compares a number at risk with the lowest before it.
fn growing(figures: &[Figure<'_>], index: usize) -> Option<Diagnostic> {
    let (result, time, _, at_risk) = figures[index];
    let (fewest, lower, earlier) = before(figures, index)
        .filter_map(|(lower, earlier, _, at_risk)| Some(((*at_risk)?, lower, earlier)))
        .min_by_key(|(at_risk, ..)| *at_risk)?;
    let at_risk = at_risk.filter(|at_risk| *at_risk > fewest)?;
    let message = format!("the number at risk grows from {fewest} at {earlier} to {at_risk} at {time}");
    Some(
        Diagnostic::new(codes::AT_RISK_GROWS, result.place.key("at_risk"), message)
            .found(format!("at {time}"))
            .against(lower.place.key("at_risk"), format!("at {earlier}"))
            .expected(format!("at most {fewest} at {time}"))
            .help("check both in the source: was one read from another row, or does it stand under another time?"),
    )
}

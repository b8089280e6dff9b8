//! A crude percentage is a whole number of people.

use super::super::{Ascertainment, Evidence, Printed, ResultEntry, Survival, TimePoint};
use super::{people, results, size, survival};
use crate::diag::{Diagnostic, Place, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, cohort, result)| {
        let (published, estimate) = survival(result).filter(|(published, _)| is_crude(result, published))?;
        // Events that are printed beside the percentage must give it themselves.
        let (n, place) = size(cohort, result)?;
        let counts: Vec<u64> = match published.events {
            Some(events) if events <= n => vec![events, n - events],
            _ => nearest_counts(estimate, n),
        };
        let gives = counts.iter().any(|count| prints_as(*count, n, estimate));
        (!gives).then(|| finding(estimate, n, &counts, result, place))
    });
    findings.collect()
}

fn is_crude(result: &ResultEntry, published: &Survival) -> bool {
    result.method == Some(Ascertainment::Crude) || published.at == TimePoint::LastFollowUp
}

/// The whole numbers of `n` on both sides of a proportion.
fn nearest_counts(estimate: Printed, n: u64) -> Vec<u64> {
    let below = (estimate.value.0 * n as f64).floor() as u64;
    vec![below.min(n), (below + 1).min(n)]
}

fn prints_as(count: u64, n: u64, estimate: Printed) -> bool {
    // The last digit may have been rounded or cut, and the figure is held in binary.
    (count as f64 / n as f64 - estimate.value.0).abs() <= estimate.half_unit + 1e-9
}

fn finding(estimate: Printed, n: u64, counts: &[u64], result: &ResultEntry, place: Place) -> Diagnostic {
    let noun = people(result.unit);
    let near: Vec<_> =
        counts.iter().map(|count| format!("{count}/{n} = {:.1}%", 100.0 * *count as f64 / n as f64)).collect();
    Diagnostic::new(
        codes::NO_WHOLE_NUMBER,
        result.place.key("estimate"),
        format!("no whole number of {n} {noun} is {estimate}"),
    )
    .found(near.join(", "))
    .against(place, format!("{n} {noun}"))
    .expected(format!("a whole number of {n}"))
    .help("check the denominator: is it of those evaluable (`n`), or of lesions (`unit: lesions`)?")
}

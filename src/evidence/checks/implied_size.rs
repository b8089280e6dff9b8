//! An interval is not narrower than its patients allow.

use super::super::{Evidence, implied_size, size_implied_by_se};
use super::{people, results, size, survival};
use crate::diag::{Diagnostic, codes};

/// An interval may imply this much more than there are: formulas differ, and follow-up of lesions is counted in odd ways.
const TOLERANCE: f64 = 1.10;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, cohort, result)| {
        let (published, estimate) = survival(result)?;
        let (n, n_place) = size(cohort, result)?;
        let (key, implied) = match (published.ci, published.se) {
            // One that cannot be is a finding already, and implies nothing.
            (Some(ci), _) if ci.lower.exceeds(estimate) || estimate.exceeds(ci.upper) => return None,
            (Some(ci), _) => ("ci", implied_size(estimate, &ci)?),
            (None, Some(se)) => ("se", size_implied_by_se(estimate, se)?),
            (None, None) => return None,
        };
        let noun = people(result.unit);
        (implied > TOLERANCE * n as f64).then(|| {
            let message = format!("the precision of {estimate} takes {implied:.0} {noun}, and there are {n}");
            Diagnostic::new(codes::IMPLIED_SIZE, result.place.key(key), message)
                .found(format!("implies at least {implied:.0} {noun}"))
                .against(n_place, format!("{n} {noun}"))
                .note("implied size: S(1 − S)/SE², with the standard error from the interval, the rounding of all figures allowed for")
                .expected(format!("at most {:.0}, a tenth above {n}", TOLERANCE * n as f64))
                .help("check the cohort that the figure belongs to; if it is printed so, move it to `conflicts` with `kind: implausible`")
        })
    });
    findings.collect()
}

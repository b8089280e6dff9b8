//! An interval is not far wider than its patients explain.

use super::super::{Evidence, largest_implied_size};
use super::{people, results, size, survival};
use crate::diag::{Diagnostic, codes};

/// Censoring widens an interval; below this share of the patients it is hardly the reason.
const LEAST_SHARE: f64 = 0.2;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, cohort, result)| {
        let (published, estimate) = survival(result)?;
        let (n, n_place) = size(cohort, result)?;
        let ci = published.ci.filter(|ci| !ci.lower.exceeds(estimate) && !estimate.exceeds(ci.upper))?;
        // With few at risk at that time, few is what the interval implies.
        let n = published.at_risk.map_or(n, |at_risk| at_risk.min(n));
        let implied = largest_implied_size(estimate, &ci)?;
        let noun = people(result.unit);
        (implied < LEAST_SHARE * n as f64).then(|| {
            let message = format!("the interval of {estimate} is as wide as of {implied:.0} {noun}, and there are {n}");
            Diagnostic::new(codes::SHORT_OF_SIZE, result.place.key("ci"), message)
                .found(format!("implies at most {implied:.0} {noun}"))
                .against(n_place, format!("{n} {noun}"))
                .note("implied size: S(1 − S)/SE², with the standard error from the interval, the rounding of all figures allowed for")
                .expected(format!("at least {:.0}, a fifth of {n}", LEAST_SHARE * n as f64))
                .help("check the cohort that the figure belongs to, and the interval's level; enter `at_risk` where few were left")
        })
    });
    findings.collect()
}

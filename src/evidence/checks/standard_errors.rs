//! A standard error and an interval of one figure tell of one precision.

use super::super::{Evidence, Printed, implied_size, largest_implied_size, size_implied_by_se};
use super::{results, survival};
use crate::diag::{Diagnostic, codes};

/// Formulas differ by this much in patients, a fifth in the standard error.
const TOLERANCE: f64 = 1.5;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, _, result)| {
        let (published, estimate) = survival(result)?;
        let se = published.se?;
        let ci = published.ci.filter(|ci| !ci.lower.exceeds(estimate) && !estimate.exceeds(ci.upper))?;
        let least = implied_size(estimate, &ci)?;
        let most = largest_implied_size(estimate, &ci);
        let too_large = largest_size(estimate, se).is_some_and(|size| TOLERANCE * size < least);
        let too_small = size_implied_by_se(estimate, se).zip(most).is_some_and(|(size, most)| size > TOLERANCE * most);
        let from = |size: f64| percent((estimate.value.0 * (1.0 - estimate.value.0) / size).sqrt());
        let gives = match most {
            Some(most) => format!("from {} to {}", from(most), from(least)),
            None => format!("of at most {}", from(least)),
        };
        (too_small || too_large).then(|| {
            let message = format!("`se` is {se}, and the interval of {estimate} gives one {gives}");
            Diagnostic::new(codes::CONTRADICTING_PRECISION, result.place.key("se"), message)
                .found("another precision than the interval's")
                .against(result.place.key("ci"), format!("gives a standard error {gives}"))
                .note("the interval is what is used; the rounding of all figures is allowed for")
                .expected(format!("a standard error {gives}"))
                .help("check both in the source: is one of another time or scale? keep the one that is printed for this figure")
        })
    });
    findings.collect()
}

/// Returns the most patients that a standard error can imply; `None` where its digits allow any number.
fn largest_size(estimate: Printed, se: Printed) -> Option<f64> {
    let narrowest = se.value.0 - se.half_unit;
    (narrowest > 0.0).then(|| estimate.value.0 * (1.0 - estimate.value.0) / (narrowest * narrowest))
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

//! An interval is symmetric on the scale it was built on.

use super::super::{CiScale, Evidence, interval_symmetry};
use super::{results, survival};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, _, result)| {
        let (published, estimate) = survival(result)?;
        let ci = published.ci?;
        let (lower, upper, value) = (ci.lower.value.0, ci.upper.value.0, estimate.value.0);
        // At 0% or 100%, or out of order, there are no two halves to compare.
        if !(0.0 < lower && lower < value && value < upper && upper < 1.0) {
            return None;
        }
        let symmetry = interval_symmetry(estimate, &ci);
        symmetry.scale.is_none().then(|| {
            let message = format!("{estimate} ({} to {}) is symmetric on no scale", ci.lower, ci.upper);
            Diagnostic::new(codes::ASYMMETRIC_INTERVAL, result.place.key("ci"), message)
                .found(format!(
                    "upper half {:.2} times the lower, on the {} scale",
                    symmetry.ratio,
                    name(symmetry.nearest)
                ))
                .expected("halves equal to a tenth on the log-log, log, plain or logit scale, or by rounding")
                .help("check the three figures in the source; an exact binomial interval may be left as it is")
        })
    });
    findings.collect()
}

fn name(scale: CiScale) -> &'static str {
    match scale {
        CiScale::LogLog => "log-log",
        CiScale::Log => "log",
        CiScale::Plain => "plain",
        CiScale::Logit => "logit",
    }
}

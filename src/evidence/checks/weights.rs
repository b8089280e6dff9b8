//! How much findings weigh, where the review says otherwise than usual.

use super::super::{Protocol, Weighing, Weight};
use super::exceptions::is_judgement;
use crate::diag::{At, Code, Diagnostic, Severity, codes};

/// Gives each finding the severity that the review sets for its code, and leaves out what it turns off.
#[must_use]
pub fn weigh(protocol: &Protocol, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let weight = |code: Code| protocol.severities.iter().find(|set| set.code == code).map(|set| set.weight);
    let weighed = findings.into_iter().filter_map(|finding| match weight(finding.code) {
        None => Some(finding),
        Some(Weight::Error) => Some(Diagnostic { severity: Severity::Error, ..finding }),
        Some(Weight::Warning) => Some(Diagnostic { severity: Severity::Warning, ..finding }),
        Some(Weight::Off) => None,
    });
    weighed.collect()
}

/// Returns what is wrong with a severity that the review sets, where `earlier` are those before it.
pub(in crate::evidence) fn faults(at: &At<'_, Weighing>, earlier: &[Weighing]) -> Option<Diagnostic> {
    let Weighing { code, weight, reason } = at.value;
    let place = at.path.place();
    if !is_judgement(*code) {
        let finding = Diagnostic::new(
            codes::UNKNOWN_WORD,
            place.key("code"),
            format!("what {code} finds is no matter of judgement"),
        );
        return Some(
            finding
                .found("always an error")
                .expected("a warning, or an error from E220 to E224")
                .help("remove this, and mend what is found"),
        );
    }
    if earlier.iter().any(|other| other.code == *code) {
        let finding =
            Diagnostic::new(codes::DOUBLED_FIELD, place.key("code"), format!("the severity of {code} is set twice"));
        return Some(finding.expected("one entry a code").help("keep one of the two"));
    }
    let lower = *weight == Weight::Off || (*weight == Weight::Warning && code.severity() == Severity::Error);
    if lower && reason.is_none() {
        let finding =
            Diagnostic::new(codes::MISSING_FIELD, place, format!("{code} is made less of without a `reason`"));
        return Some(
            finding.expected("why, in words that the report prints").help("add `reason: …`, or remove this entry"),
        );
    }
    None
}

//! Dates stand in their order.

use super::super::{Date, Evidence};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for study in &evidence.studies {
        let Some((first, last)) = study.design.enrolment else { continue };
        let enrolment = study.place.key("design").key("enrolment");
        let year = study.reference.year;
        if first.is_after(last) {
            let finding = Diagnostic::new(codes::BAD_DATE, enrolment, "enrolment ends before it begins");
            findings.push(finding.expected("the first date, then the last").help("exchange the two dates"));
        } else if year > 0 && last.year > year {
            let finding = Diagnostic::new(
                codes::BAD_DATE,
                enrolment.index(1),
                format!("enrolment ends in {}, after publication", last.year),
            );
            let finding = finding.against(study.place.key("reference").key("year"), "published");
            findings.push(finding.expected(format!("a date up to {year}")).help("check both in the source"));
        }
    }
    findings
}

impl Date {
    /// Whether this date lies after `other`, as far as both are known.
    fn is_after(self, other: Self) -> bool {
        let by_month = self.month.zip(other.month).map_or(std::cmp::Ordering::Equal, |(one, other)| one.cmp(&other));
        let by_day = self.day.zip(other.day).map_or(std::cmp::Ordering::Equal, |(one, other)| one.cmp(&other));
        self.year.cmp(&other.year).then(by_month).then(by_day).is_gt()
    }
}

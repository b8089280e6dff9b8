//! Dates stand in their order.

use super::super::{Date, Evidence, Study};
use crate::diag::{Diagnostic, Place, codes};

/// Articles appear before the issue that they are printed in.
const AHEAD_OF_PRINT: u16 = 1;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for study in &evidence.studies {
        findings.extend(future(study));
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

/// The program asks no clock, but a file says when its paper was read: what lies after that had not happened.
fn future(study: &Study) -> Vec<Diagnostic> {
    let read = study.sources.iter().filter_map(|source| Some((source.read?, &source.place)));
    let Some((last, source)) = read.max_by_key(|(read, _)| *read) else { return Vec::new() };
    let published = (study.reference.year > last.year + AHEAD_OF_PRINT)
        .then(|| (study.place.key("reference").key("year"), study.reference.year.to_string()));
    let enrolled = (study.design.enrolment.map(|(_, end)| end))
        .filter(|end| end.is_after(last))
        .map(|end| (study.place.key("design").key("enrolment").index(1), end.to_string()));
    let finding = |(place, date): (Place, String)| {
        Diagnostic::new(codes::BAD_DATE, place, format!("{date} was in the future when the source was read"))
            .against(source.key("read"), "read")
            .expected(format!("a date up to {last}"))
            .help("check both dates")
    };
    published.into_iter().chain(enrolled).map(finding).collect()
}

impl Date {
    /// Whether this date lies after `other`, as far as both are known.
    fn is_after(self, other: Self) -> bool {
        let by_month = self.month.zip(other.month).map_or(std::cmp::Ordering::Equal, |(one, other)| one.cmp(&other));
        let by_day = self.day.zip(other.day).map_or(std::cmp::Ordering::Equal, |(one, other)| one.cmp(&other));
        self.year.cmp(&other.year).then(by_month).then(by_day).is_gt()
    }
}

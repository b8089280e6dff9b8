//! Screening files become the flow: every record is counted once, where it went.

use std::collections::BTreeSet;

use super::Lower;
use crate::diag::{Diagnostic, Place, codes, counted, one_of};
use crate::evidence::flow::{Flow, Included, OtherFlow, ReportFlow};
use crate::source::{Screened, Screening};

/// What can become of a record, in the order of the flow.
const DECISIONS: [&str; 6] = ["duplicate", "removed", "excluded", "not retrieved", "ineligible", "included"];

/// What is said where nothing is.
const UNNAMED: &str = "not stated";

/// Named counts, in the order met.
type Counts = Vec<(String, u64)>;

impl Lower<'_> {
    /// Returns the flow of each version, the earlier versions' included studies carried on; counts of `review.yaml` beside
    /// them, unknown decisions and studies that no record names are reported.
    pub(super) fn screening(&mut self, files: &[Screening], written: Option<Place>) -> Vec<(String, Flow)> {
        let (Some(last), false) = (files.last(), files.is_empty()) else { return Vec::new() };
        if let Some(place) = written {
            let finding = Diagnostic::new(codes::FLOW, place, "the flow is counted here and in `screening/`");
            self.report(
                finding.expected("one of the two").help("remove `flow`: it is counted from the screening files"),
            );
        }
        let mut versions = Vec::new();
        let (mut studies, mut reports) = (BTreeSet::new(), 0);
        for file in files {
            let sound: Vec<&Screened> = file.records.iter().filter(|record| self.sound(record)).collect();
            let before = (studies.len() as u64, reports);
            let included: Vec<&&Screened> = sound.iter().filter(|record| record.decision == "included").collect();
            reports += included.len() as u64;
            studies.extend(included.into_iter().map(|record| record.study.clone()));
            let previous = (!versions.is_empty()).then_some(Included { studies: before.0, reports: before.1 });
            let now = Included { studies: studies.len() as u64, reports };
            versions.push((file.version.clone(), flow(&sound, previous, now)));
        }
        let unnamed: Vec<&str> = self.studies.iter().copied().filter(|id| !studies.contains(*id)).collect();
        // A file without a record could not be read: what seems to be missing may stand in it.
        if !unnamed.is_empty() && files.iter().all(|file| !file.records.is_empty()) {
            let message = format!("no included record names {}", counted(unnamed.len(), "study"));
            let finding = Diagnostic::new(codes::FLOW, Place::file(&last.file), message);
            self.report(
                finding
                    .found(one_of(&unnamed))
                    .note(format!("not named: {}", unnamed.join(", ")))
                    .help("name the study in the column `study` of the record that reports it, or remove its file"),
            );
        }
        versions
    }

    /// Whether a record says what became of it, in words that are known.
    fn sound(&mut self, record: &Screened) -> bool {
        let Some(place) = &record.place else { return false };
        if !DECISIONS.contains(&record.decision.as_str()) {
            let message = format!("`{}` is no decision on a record", record.decision);
            let finding = Diagnostic::new(codes::FLOW, place.clone(), message).expected(one_of(DECISIONS));
            self.report(finding.help("write what became of it; where raters differ, what they settled on"));
            return false;
        }
        if record.decision == "included" && !self.studies.contains(&record.study.as_str()) {
            let message = match record.study.as_str() {
                "" => "an included record names no study".to_owned(),
                study => format!("an included record names `{study}`, which is no study of the review"),
            };
            let finding = Diagnostic::new(codes::FLOW, place.clone(), message);
            self.report(finding.expected("the id of a file in `studies/`").help("enter it under `study`"));
            return false;
        }
        true
    }
}

/// Returns the flow of these records.
fn flow(records: &[&Screened], previous: Option<Included>, included: Included) -> Flow {
    let (other, searched): (Vec<&Screened>, Vec<&Screened>) = records.iter().partition(|record| record.via == "other");
    let of = |decision: &str| searched.iter().filter(|record| record.decision == decision).count() as u64;
    let mut removed =
        counts(searched.iter().filter(|record| record.decision == "removed").map(|record| &record.reason));
    if of("duplicate") > 0 {
        removed.insert(0, ("duplicates".to_owned(), of("duplicate")));
    }
    let screened = searched.len() as u64 - of("duplicate") - of("removed");
    Flow {
        identified: counts(searched.iter().map(|record| &record.found)),
        removed,
        screened,
        excluded: of("excluded"),
        reports: reports(&searched),
        other: (!other.is_empty()).then(|| OtherFlow {
            identified: counts(other.iter().map(|record| &record.found)),
            reports: reports(&other),
        }),
        previous,
        included,
    }
}

fn reports(records: &[&Screened]) -> ReportFlow {
    let of = |decision: &str| records.iter().filter(|record| record.decision == decision).count() as u64;
    let ineligible = records.iter().filter(|record| record.decision == "ineligible");
    let assessed = of("ineligible") + of("included");
    ReportFlow {
        sought: assessed + of("not retrieved"),
        not_retrieved: of("not retrieved"),
        assessed,
        reasons: counts(ineligible.map(|record| &record.reason)),
    }
}

/// Counts each name, in the order met.
fn counts<'a>(names: impl Iterator<Item = &'a String>) -> Counts {
    let mut counts: Counts = Vec::new();
    for name in names {
        let name = if name.is_empty() { UNNAMED } else { name };
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.to_owned(), 1)),
        }
    }
    counts
}

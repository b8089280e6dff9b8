//! No more events than people.

use super::super::{Cohort, Contrast, Count, Curve, Evidence, Published, ResultEntry, Survival, Unit};
use super::{people, results, size};
use crate::diag::{Diagnostic, Place, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (_, cohort, result) in results(evidence) {
        findings.extend(own_number(cohort, result));
        match &result.published {
            Published::Count(count) => of_count(count, cohort, result, &mut findings),
            Published::Survival(survival) => of_survival(survival, cohort, result, &mut findings),
            Published::Curve(curve) => of_curve(curve, cohort, result, &mut findings),
            Published::Median(_) | Published::Mean(_) => {}
        }
    }
    for comparison in evidence.studies.iter().flat_map(|study| &study.comparisons) {
        let Contrast::Counts { events, of } = comparison.contrast else { continue };
        for (index, (events, of)) in [(events.0, of.0), (events.1, of.1)].into_iter().enumerate() {
            let places = [comparison.place.key("events").index(index), comparison.place.key("of").index(index)];
            findings.extend(above(events, "events", of, "patients", places));
        }
    }
    findings
}

/// A result's own number of people is of its cohort's: most often one above it counts lesions.
fn own_number(cohort: &Cohort, result: &ResultEntry) -> Option<Diagnostic> {
    let n = result.n.filter(|_| result.unit == Unit::Patients)?;
    let places = [result.place.key("n"), cohort.place.key("patients")];
    let finding = above(n, "counted", cohort.patients.value()?, "patients", places)?;
    let lesions = cohort.lesions.and_then(|lesions| lesions.value());
    Some(if lesions == Some(n) {
        finding.help("that is the number of lesions: write `unit: lesions`")
    } else {
        finding
    })
}

fn of_count(count: &Count, cohort: &Cohort, result: &ResultEntry, findings: &mut Vec<Diagnostic>) {
    let noun = people(result.unit);
    let of = count.of.map(|of| (of, result.place.key("of")));
    let size = size(cohort, result);
    if let (Some(events), Some((n, place))) = (count.events.value(), of.clone().or_else(|| size.clone())) {
        findings.extend(above(events, "events", n, noun, [result.place.key("events"), place]));
    }
    if let (Some((of, place)), Some((n, n_place))) = (of, size) {
        findings.extend(above(of, "counted", n, noun, [place, n_place]));
    }
}

fn of_survival(survival: &Survival, cohort: &Cohort, result: &ResultEntry, findings: &mut Vec<Diagnostic>) {
    let Some((n, n_place)) = size(cohort, result) else { return };
    let noun = people(result.unit);
    let parts = [("at_risk", survival.at_risk), ("events", survival.events), ("censored", survival.censored)];
    let before = findings.len();
    for (key, count) in parts {
        let what = key.replace('_', " ");
        findings.extend(count.and_then(|count| above(count, &what, n, noun, [result.place.key(key), n_place.clone()])));
    }
    let together: u64 = parts.iter().filter_map(|(_, count)| *count).fold(0, u64::saturating_add);
    if findings.len() == before && together > n {
        let message = format!("{together} at risk, with an event and censored together, in {n} {noun}");
        let finding = Diagnostic::new(codes::EVENTS_ABOVE_N, result.place.clone(), message)
            .against(n_place, format!("{n} {noun}"));
        findings.push(
            finding.expected("at risk + events + censored ≤ n").help("check the number at risk: is it at this time?"),
        );
    }
}

fn of_curve(curve: &Curve, cohort: &Cohort, result: &ResultEntry, findings: &mut Vec<Diagnostic>) {
    let Some((n, n_place)) = size(cohort, result) else { return };
    let most = curve.at_risk.iter().map(|(_, at_risk)| *at_risk).max();
    for (key, what, count) in [("at_risk", "at risk", most), ("total_events", "events", curve.total_events)] {
        let places = [result.place.key(key), n_place.clone()];
        findings.extend(count.and_then(|count| above(count, what, n, people(result.unit), places)));
    }
}

fn above(count: u64, what: &str, n: u64, noun: &str, [place, n_place]: [Place; 2]) -> Option<Diagnostic> {
    (count > n).then(|| {
        Diagnostic::new(codes::EVENTS_ABOVE_N, place, format!("{count} {what} in {n} {noun}"))
            .found(format!("{count} {what}"))
            .against(n_place, format!("{n} {noun}"))
            .expected(format!("at most {n}"))
            .help("check the source: were columns swapped, or events counted where people should be?")
    })
}

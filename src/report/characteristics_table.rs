//! The included studies: how each was done, who was treated, how, and followed for how long.

use super::audit_tables::table;
use super::dose_words::{DoseWords, dose_note};
use super::format;
use super::series_table::{self, nothing_words, studies};
use super::table::{Align, Cell, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Absence, Centres, Date, Evidence, FollowUp, Months, Reported, TimeUnit};
use crate::review::{TablePlan, TableStyle};

/// Returns the characteristics of the included studies, one line a cohort that is no part of another.
#[must_use]
pub fn characteristics_table(evidence: &Evidence, plan: &TablePlan) -> Table {
    let style = &plan.style;
    let (ratio, dosed) = (evidence.protocol.alpha_beta, dose_note(evidence));
    let mut rows = Vec::new();
    for study in studies(evidence, plan) {
        let mut kind = RowKind::Entry;
        for cohort in study.cohorts.iter().filter(|cohort| cohort.of.is_none()) {
            let of_study = |words: Option<String>| match kind {
                RowKind::Entry => style.or_nothing(words),
                _ => String::new(),
            };
            let treatment = &study.treatment;
            let dose = DoseWords::of(study, cohort, ratio);
            let mut texts = vec![
                if kind == RowKind::Entry { study.label_year() } else { String::new() },
                of_study(Some(series_table::design(study))),
                of_study(study.design.centres.map(centres)),
                of_study(study.design.enrolment.map(enrolment)),
                wording::cohort(&evidence.protocol, cohort).to_owned(),
                style.count(cohort.patients),
                style.or_nothing(cohort.lesions.map(|lesions| style.count(lesions))),
                style.or_nothing(series_table::definition(study, cohort).map(str::to_owned)),
                style.or_nothing(study.follow_up_of(cohort).map(|follow_up| self::follow_up(follow_up, style))),
                of_study(treatment.technique.clone()),
                of_study(dose.dose),
                of_study(dose.fractions),
            ];
            if dosed.is_some() {
                texts.extend([of_study(dose.bed), of_study(dose.eqd2)]);
            }
            texts.extend([of_study(treatment.systemic.clone()), of_study(treatment.sites.clone())]);
            rows.push(Row { kind, key: Some(study.id.clone()), cells: texts.into_iter().map(Cell::text).collect() });
            kind = RowKind::Continuation;
        }
    }
    let marks = [Absence::NotReported, Absence::NotReached, Absence::Unclear]
        .map(|absence| format!("{}, {}", style.absence(absence), wording::absence_words(absence)));
    let bed = ratio.bed();
    let mut columns = vec![
        ("study", "Study", Align::Left),
        ("design", "Design", Align::Left),
        ("centres", "Centres", Align::Left),
        ("enrolment", "Enrolment", Align::Left),
        ("cohort", "Primary", Align::Left),
        ("patients", "Patients", Align::Right),
        ("lesions", "Lesions", Align::Right),
        ("definition", "Definition", Align::Left),
        ("follow-up", "Follow-up, months", Align::Left),
        ("technique", "Technique", Align::Left),
        ("dose", "Dose", Align::Left),
        ("fractions", "Fractions", Align::Left),
    ];
    if dosed.is_some() {
        columns.extend([("bed", bed.as_str(), Align::Left), ("eqd2", "EQD2", Align::Left)]);
    }
    columns.extend([("systemic", "Systemic therapy", Align::Left), ("sites", "Sites", Align::Left)]);
    let mut notes = vec![
        format!("{}; {}.", nothing_words(style, "not found in the sources that were read"), marks.join("; ")),
        "Follow-up is the median; in brackets its range, else its quartiles (IQR) or its 95% confidence interval (CI)."
            .to_owned(),
    ];
    notes.extend(dosed);
    table(&columns, rows, notes)
}

/// Returns how many centres took part: `3`, `several`.
fn centres(centres: Centres) -> String {
    match centres {
        Centres::Count(count) => count.to_string(),
        Centres::Multicentre => "several".to_owned(),
    }
}

/// Returns first and last date of enrolment: `2007-07 to 2010-06`.
fn enrolment((first, last): (Date, Date)) -> String {
    if first == last { date(first) } else { format!("{} to {}", date(first), date(last)) }
}

fn date(date: Date) -> String {
    match (date.month, date.day) {
        (Some(month), Some(day)) => format!("{}-{month:02}-{day:02}", date.year),
        (Some(month), None) => format!("{}-{month:02}", date.year),
        _ => date.year.to_string(),
    }
}

/// Returns a follow-up in months: `17 (6–55)`.
fn follow_up(follow_up: &FollowUp, style: &TableStyle) -> String {
    let median = match follow_up.median {
        Reported::Value(months) => format::trimmed(months.0),
        Reported::Absent(absence) => style.absence(absence).to_owned(),
    };
    let range = |(from, to): (Months, Months)| format!("{}–{}", format::trimmed(from.0), format::trimmed(to.0));
    let spread =
        (follow_up.range.map(range)).or_else(|| follow_up.iqr.map(|iqr| format!("IQR {}", range(iqr)))).or_else(|| {
            follow_up.ci.map(|(lower, upper)| format!("CI {}", style.bound_range(lower, upper, TimeUnit::Months, 0)))
        });
    match spread {
        Some(spread) => format!("{median} ({spread})"),
        None => median,
    }
}

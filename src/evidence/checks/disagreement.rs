//! One quantity has one value; what another source says is a conflict.

use super::super::{Count, Evidence, Published, Reported, ResultEntry, Study, TimePoint};
use super::comparable;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for study in &evidence.studies {
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                let earlier = cohort.results[..index].iter().find(|earlier| same_quantity(earlier, result));
                let Some(earlier) = earlier.filter(|_| !declared(study, &cohort.id, result)) else { continue };
                let agree = value(earlier) == value(result);
                let message = if agree { "one quantity is entered twice" } else { "one quantity has two values" };
                findings.push(
                    Diagnostic::new(codes::UNEXPLAINED_DISAGREEMENT, result.place.key(field(result)), message)
                        .found(source(result))
                        .against(earlier.place.key(field(earlier)), source(earlier))
                        .expected("the one value that is used")
                        .help("keep one, and move the other to `conflicts` with its `resolution`"),
                );
            }
        }
    }
    findings
}

fn same_quantity(one: &ResultEntry, other: &ResultEntry) -> bool {
    comparable(one, other)
        && one.n == other.n
        && match (&one.published, &other.published) {
            (Published::Survival(one), Published::Survival(other)) => same_time(one.at, other.at),
            (Published::Count(one), Published::Count(other)) => label(one) == label(other),
            (Published::Median(_), Published::Median(_)) => true,
            _ => false,
        }
}

fn same_time(one: TimePoint, other: TimePoint) -> bool {
    match (one, other) {
        (TimePoint::At(one), TimePoint::At(other)) => (one.0 - other.0).abs() <= 0.5,
        (TimePoint::NotStated, TimePoint::NotStated) => false,
        (one, other) => one == other,
    }
}

/// What a count is of, apart from its figures.
fn label(count: &Count) -> impl PartialEq + '_ {
    (count.grade, count.phase.unwrap_or_default(), &count.event, count.at)
}

/// The figure by which results are told apart.
fn value(result: &ResultEntry) -> Option<[f64; 2]> {
    Some(match &result.published {
        Published::Survival(survival) => [survival.estimate.value()?.value.0, 0.0],
        Published::Count(count) => [count.events.value()? as f64, count.of.unwrap_or_default() as f64],
        Published::Median(median) => match median.median {
            Reported::Value(months) => [months.0, 0.0],
            Reported::Absent(_) => return None,
        },
        Published::Curve(_) | Published::Mean(_) => return None,
    })
}

fn field(result: &ResultEntry) -> &'static str {
    match result.published {
        Published::Survival(_) => "estimate",
        Published::Count(_) => "events",
        Published::Median(_) => "median",
        Published::Curve(_) => "curve",
        Published::Mean(_) => "mean",
    }
}

fn source(result: &ResultEntry) -> String {
    result.source.as_ref().map_or_else(String::new, |source| format!("from `{source}`"))
}

/// Whether a conflict speaks of this very quantity.
fn declared(study: &Study, cohort: &str, result: &ResultEntry) -> bool {
    let at = match &result.published {
        Published::Survival(survival) => survival.at.months(),
        Published::Count(count) => count.at.and_then(TimePoint::months),
        Published::Median(_) | Published::Curve(_) | Published::Mean(_) => None,
    };
    study.conflicts.iter().any(|conflict| {
        conflict.outcome.as_ref() == Some(&result.outcome)
            && conflict.cohort.as_deref().is_none_or(|other| other == cohort)
            && conflict.at.zip(at).is_none_or(|(one, other)| (one.0 - other.0).abs() <= 0.5)
    })
}

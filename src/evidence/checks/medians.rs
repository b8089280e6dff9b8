//! Survival stands above a half before its median and below it after.

use super::super::{Absence, Evidence, Median, Months, Printed, Published, Reported, ResultEntry};
use super::{comparable, survival};
use crate::diag::{Diagnostic, codes};

/// Times are printed to the month at best.
const MONTH: f64 = 1.0;

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    let pairs = cohorts.flat_map(|cohort| {
        let results = &cohort.results;
        results.iter().flat_map(move |one| results.iter().map(move |other| (one, other)))
    });
    pairs.filter_map(|(one, other)| contradiction(one, other)).collect()
}

fn contradiction(median_of: &ResultEntry, rate_of: &ResultEntry) -> Option<Diagnostic> {
    let Published::Median(Median { median, .. }) = &median_of.published else { return None };
    let (published, printed) = survival(rate_of).filter(|_| comparable(median_of, rate_of))?;
    let time = published.at.months()?;
    let (expected, words) = expectation(*median, time)?;
    if !expected.excludes(printed) {
        return None;
    }
    let message = format!("survival of {printed} at {time} contradicts {words}");
    Some(
        Diagnostic::new(codes::MEDIAN_MISMATCH, median_of.place.key("median"), message)
            .found(words)
            .against(rate_of.place.key("estimate"), format!("{printed} at {time}"))
            .expected(match expected {
                Side::Above => format!("at least 50% at {time}"),
                Side::Below => format!("at most 50% at {time}"),
            })
            .help("check both in the source: same patients, same endpoint? is it the median of those with an event?"),
    )
}

/// On which side of a half survival must lie.
#[derive(Clone, Copy)]
enum Side {
    Above,
    Below,
}

impl Side {
    /// Whether a printed figure lies on the other side by more than its rounding.
    fn excludes(self, printed: Printed) -> bool {
        match self {
            Self::Above => printed.value.0 + printed.half_unit < 0.5,
            Self::Below => printed.value.0 - printed.half_unit > 0.5,
        }
    }
}

fn expectation(median: Reported<Months>, time: Months) -> Option<(Side, String)> {
    match median {
        Reported::Value(median) if time.0 < median.0 - MONTH => Some((Side::Above, format!("a median of {median}"))),
        Reported::Value(median) if time.0 > median.0 + MONTH => Some((Side::Below, format!("a median of {median}"))),
        Reported::Absent(Absence::NotReached) => Some((Side::Above, "a median that was not reached".to_owned())),
        Reported::Value(_) | Reported::Absent(_) => None,
    }
}

//! An interval has its lower end first and holds its estimate.

use std::fmt::Display;

use super::super::{Bound, Contrast, Evidence, FollowUp, Median, Months, Printed, Published, Reported, Spread};
use super::results;
use crate::diag::{Diagnostic, Place, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let of_results = results(evidence).flat_map(|(_, _, result)| match &result.published {
        Published::Survival(survival) => survival.ci.map_or_else(Vec::new, |ci| {
            let figures =
                Figures { name: "estimate", estimate: survival.estimate.value(), lower: ci.lower, upper: ci.upper };
            judge(&result.place, "ci", figures, Printed::exceeds)
        }),
        Published::Median(median) => of_median(median, &result.place),
        Published::Count(_) | Published::Curve(_) | Published::Mean(_) => Vec::new(),
    });
    let of_follow_up = evidence.studies.iter().flat_map(|study| {
        let cohorts = study.cohorts.iter().filter_map(|cohort| cohort.follow_up.as_ref());
        study.follow_up.iter().chain(cohorts).flat_map(of_follow_up)
    });
    let of_ratios = evidence.studies.iter().flat_map(|study| &study.comparisons).flat_map(|comparison| {
        let Contrast::HazardRatio { ratio, ci: Some((lower, upper, _)), .. } = comparison.contrast else {
            return Vec::new();
        };
        let figures = Figures { name: "hazard_ratio", estimate: Some(ratio), lower, upper };
        judge(&comparison.place, "ci", figures, |a, b| a > b)
    });
    of_results.chain(of_follow_up).chain(of_ratios).collect()
}

fn of_median(median: &Median, place: &Place) -> Vec<Diagnostic> {
    let Some(spread) = median.spread else { return Vec::new() };
    let (key, lower, upper) = match spread {
        Spread::Confidence(lower, upper, _) => ("ci", lower, upper),
        Spread::Range(lower, upper) => ("range", lower, upper),
        Spread::Quartiles(lower, upper) => ("iqr", lower, upper),
    };
    let estimate = match median.median {
        Reported::Value(months) => Some(Bound::At(months)),
        Reported::Absent(_) => None,
    };
    judge(place, key, Figures { name: "median", estimate, lower, upper }, later)
}

fn of_follow_up(follow_up: &FollowUp) -> Vec<Diagnostic> {
    let estimate = follow_up.median.value().map(Bound::At);
    let times = |(lower, upper): (Months, Months)| (Bound::At(lower), Bound::At(upper));
    [("ci", follow_up.ci), ("range", follow_up.range.map(times)), ("iqr", follow_up.iqr.map(times))]
        .into_iter()
        .filter_map(|(key, ends)| ends.map(|(lower, upper)| (key, Figures { name: "median", estimate, lower, upper })))
        .flat_map(|(key, figures)| judge(&follow_up.place, key, figures, later))
        .collect()
}

/// `not reached` lies after every time.
fn later(one: Bound, other: Bound) -> bool {
    match (one, other) {
        (Bound::At(one), Bound::At(other)) => one > other,
        (one, other) => one == Bound::NotReached && other != Bound::NotReached,
    }
}

/// An estimate, the key of its field, and the ends of its interval.
struct Figures<T> {
    name: &'static str,
    estimate: Option<T>,
    lower: T,
    upper: T,
}

fn judge<T: Copy + Display>(
    place: &Place,
    key: &str,
    figures: Figures<T>,
    above: impl Fn(T, T) -> bool,
) -> Vec<Diagnostic> {
    let interval = place.key(key);
    if above(figures.lower, figures.upper) {
        let finding =
            Diagnostic::new(codes::REVERSED_INTERVAL, interval.clone(), "the interval's lower end is above its upper");
        let finding =
            finding.expected("the lower end first").help("exchange the two ends, or check them in the source");
        // Exchanged, they must hold their estimate: else it is no slip of order.
        let holds =
            figures.estimate.is_some_and(|estimate| !above(figures.upper, estimate) && !above(estimate, figures.lower));
        return vec![if holds {
            let (first, second) = (interval.index(0), interval.index(1));
            finding.edit(first, figures.upper.to_string()).edit(second, figures.lower.to_string())
        } else {
            finding
        }];
    }
    let outside =
        figures.estimate.is_some_and(|estimate| above(figures.lower, estimate) || above(estimate, figures.upper));
    if !outside {
        return Vec::new();
    }
    let finding = Diagnostic::new(
        codes::ESTIMATE_OUTSIDE,
        interval,
        format!("the interval does not hold its `{}`", figures.name),
    );
    let finding = finding.against(place.key(figures.name), "lies outside").expected("lower end ≤ estimate ≤ upper end");
    vec![finding.help("check all three figures in the source: are they of the same cohort and time?")]
}

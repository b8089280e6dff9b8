//! What a study published, as facts.

use super::facts::{Measure, Published};
use super::gather::slug;
use crate::evidence::{self, Bound, Cohort, ResultEntry, TimePoint};
use crate::report::result_cell::figure;
use crate::review::TableStyle;

/// Returns the id of a published figure: `lemoine-2021/all/pfs/2y`, `…/median`, `…/grade-2+`.
pub(super) fn result_id(study: &evidence::Study, cohort: &Cohort, result: &ResultEntry) -> String {
    let time = |at: TimePoint| match at {
        TimePoint::At(months) if months.0 % 12.0 == 0.0 => format!("{}y", months.0 / 12.0),
        TimePoint::At(months) => format!("{}mo", months.0),
        TimePoint::LastFollowUp => "last-follow-up".to_owned(),
        TimePoint::NotStated => "not-stated".to_owned(),
    };
    let when = match &result.published {
        evidence::Published::Survival(survival) => time(survival.at),
        evidence::Published::Count(count) => {
            let grade = count.grade.map(|grade| format!("grade-{grade}"));
            let event = count.event.as_deref().map(slug);
            grade.or(event).or(count.at.map(time)).unwrap_or_else(|| "count".to_owned())
        }
        evidence::Published::Median(_) => "median".to_owned(),
        evidence::Published::Curve(_) => "curve".to_owned(),
        evidence::Published::Mean(_) => "mean".to_owned(),
    };
    let outcome = match &result.variant {
        Some(variant) => format!("{}-{variant}", result.outcome),
        None => result.outcome.clone(),
    };
    format!("{}/{}/{outcome}/{when}", study.id, cohort.id)
}

/// Returns a result as it was published.
pub(super) fn published(id: String, study: &evidence::Study, cohort: &Cohort, result: &ResultEntry) -> Published {
    let mut published = Published {
        id,
        study: study.id.clone(),
        measure: Measure::Proportion,
        printed: figure(result, &TableStyle::default()),
        estimate: None,
        lower: None,
        upper: None,
        computed: None,
        se: None,
        level: 0.95,
        patients: result.n.or(cohort.patients.value()),
        events: None,
    };
    match &result.published {
        evidence::Published::Survival(survival) => {
            published.estimate = survival.proportion().map(|proportion| proportion.0);
            published.se = survival.se.map(|se| se.value.0);
            if let Some(ci) = &survival.ci {
                published.lower = Some(ci.lower.value.0);
                published.upper = Some(ci.upper.value.0);
                published.level = ci.level.0;
            }
        }
        evidence::Published::Count(count) => {
            published.events = count.events.value();
            published.patients = count.of.or(published.patients);
            published.estimate = count.events.value().zip(count.of).map(|(events, of)| events as f64 / of as f64);
        }
        evidence::Published::Median(median) => {
            published.measure = Measure::Months;
            published.estimate = median.median.value().map(|months| months.0);
            if let Some(
                evidence::Spread::Confidence(lower, upper, _)
                | evidence::Spread::Range(lower, upper)
                | evidence::Spread::Quartiles(lower, upper),
            ) = median.spread
            {
                published.lower = months(lower);
                published.upper = months(upper);
            }
        }
        evidence::Published::Curve(_) | evidence::Published::Mean(_) => {}
    }
    published
}

fn months(bound: Bound) -> Option<f64> {
    match bound {
        Bound::At(months) => Some(months.0),
        Bound::NotReached => None,
    }
}

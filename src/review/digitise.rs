//! Digitised curves: patients are reconstructed from each, and tell the rates and the median that nobody printed.

use super::findings::ResultKey;
use super::plan::Plan;
use super::select::{TIME_TOLERANCE, denominator};
use crate::effect::Scale;
use crate::evidence::{
    Bound, Cohort, Curve, Digitised, Evidence, Level, Median, Months, Printed, Proportion, Published, Reported,
    ResultEntry, Spread, Study, Survival, TimePoint, TimeUnit,
};
use crate::survival::{AtRisk, Censoring, CurvePoint, KaplanMeier, Reconstruction, reconstruct};

/// Figures of a curve are told to a tenth of a percentage point.
const HALF_UNIT: f64 = 0.0005;

/// What a reader sees beside a figure that stands in no text.
const NOTE: &str = "Reconstructed from the digitised curve";

/// A digitised curve, and the patients behind it.
#[derive(Debug, Clone)]
pub struct DigitisedCurve {
    /// The result that names it.
    pub key: ResultKey,
    /// The patients, and how well they give the curve back.
    pub reconstruction: Reconstruction,
    /// Their curve; times are months.
    pub curve: KaplanMeier,
    /// Their follow-up, by reverse Kaplan-Meier.
    pub follow_up: KaplanMeier,
    /// How many numbers at risk are printed under it, that of the start included.
    pub at_risk: usize,
}

/// Returns every digitised curve of the evidence, in the order of keys; one without a number of patients tells nothing and
/// is left out.
#[must_use]
pub fn digitised_curves(evidence: &Evidence) -> Vec<DigitisedCurve> {
    let cohorts = evidence.studies.iter().flat_map(|study| study.cohorts.iter().map(move |cohort| (study, cohort)));
    cohorts
        .flat_map(|(study, cohort)| {
            let results = cohort.results.iter().enumerate();
            results.filter_map(move |(index, result)| read(study, cohort, index, result))
        })
        .collect()
}

/// Returns the evidence with what its curves tell: each survival proportion at a time that the plan pools, and each median, that
/// a cohort does not print; and beside those that it prints, the standard error.
///
/// A standard error is told only where the numbers at risk or the total of events say how many were censored.
#[must_use]
pub fn digitise(mut evidence: Evidence, plan: &Plan) -> Evidence {
    for found in digitised_curves(&evidence) {
        let study = evidence.studies.iter_mut().find(|study| study.id == found.key.study);
        let cohort = study.and_then(|study| study.cohorts.iter_mut().find(|cohort| cohort.id == found.key.cohort));
        let Some((cohort, own)) = cohort.and_then(|cohort| {
            let own = cohort.results.get(found.key.index)?.clone();
            Some((cohort, own))
        }) else {
            continue;
        };
        let same = |other: &ResultEntry| {
            (&other.outcome, &other.variant, other.unit) == (&own.outcome, &own.variant, own.unit)
        };
        for survival in cohort.results.iter_mut().filter(|other| same(other)).filter_map(printed_survival) {
            survival.digitised = survival.at.months().and_then(|at| found.standard_error(at));
        }
        let mut times: Vec<Months> =
            plan.analyses.iter().filter(|of| of.outcome == own.outcome).filter_map(|of| of.at).collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        times.dedup();
        let near = |survival: &Survival, time: Months| {
            survival.at.months().is_some_and(|at| (at.0 - time.0).abs() <= TIME_TOLERANCE)
        };
        times.retain(|time| {
            let mut printed = cohort.results.iter_mut().filter(|other| same(other)).filter_map(printed_survival);
            !printed.any(|survival| near(survival, *time))
        });
        let mut told: Vec<Published> =
            times.iter().filter_map(|time| found.survival(*time)).map(Published::Survival).collect();
        let median_printed = |other: &ResultEntry| same(other) && matches!(other.published, Published::Median(_));
        if !cohort.results.iter().any(median_printed) {
            told.extend(found.median().map(Published::Median));
        }
        let n =
            own.n.or_else(|| cohort.patients.value().is_none().then_some(found.reconstruction.subjects.len() as u64));
        let note = own.note.as_ref().map_or_else(|| NOTE.to_owned(), |note| format!("{NOTE}. {note}"));
        let entry = |published| ResultEntry { published, n, note: Some(note.clone()), ..own.clone() };
        cohort.results.extend(told.into_iter().map(entry));
    }
    evidence
}

/// Returns the survival proportion of a result that prints one at a stated time.
fn printed_survival(result: &mut ResultEntry) -> Option<&mut Survival> {
    match &mut result.published {
        Published::Survival(survival) if survival.proportion().is_some() && survival.at.months().is_some() => {
            Some(survival)
        }
        _ => None,
    }
}

fn read(study: &Study, cohort: &Cohort, index: usize, result: &ResultEntry) -> Option<DigitisedCurve> {
    let Published::Curve(curve) = &result.published else { return None };
    let at_risk = numbers_at_risk(curve, denominator(study, cohort, result).n);
    let points: Vec<CurvePoint> =
        curve.points.iter().map(|(time, survival)| CurvePoint { time: time.0, survival: survival.0 }).collect();
    let reconstruction = reconstruct(&points, &at_risk, curve.total_events).ok()?;
    Some(DigitisedCurve {
        key: ResultKey { study: study.id.clone(), cohort: cohort.id.clone(), index },
        curve: KaplanMeier::new(&reconstruction.subjects).ok()?,
        follow_up: KaplanMeier::of_follow_up(&reconstruction.subjects).ok()?,
        reconstruction,
        at_risk: at_risk.len(),
    })
}

/// Returns the numbers at risk with that of the start, which is the number of patients where none is printed.
fn numbers_at_risk(curve: &Curve, n: Option<u64>) -> Vec<AtRisk> {
    let printed = curve.at_risk.iter().map(|(time, at_risk)| AtRisk { time: time.0, at_risk: *at_risk });
    let from_start = curve.at_risk.first().is_some_and(|(time, _)| time.0 == 0.0);
    let start = n.filter(|_| !from_start).map(|n| AtRisk { time: 0.0, at_risk: n });
    start.into_iter().chain(printed).collect()
}

impl DigitisedCurve {
    /// Returns the standard error that it gives to a proportion at a time.
    fn standard_error(&self, at: Months) -> Option<Digitised> {
        let Reconstruction { censoring, max_distance, rms_distance, .. } = self.reconstruction;
        let se = self.curve.at(at.0)?.se.filter(|se| *se > 0.0 && censoring != Censoring::Unknown)?;
        Some(Digitised { se, at_risk: self.at_risk, max_distance, rms_distance })
    }

    fn survival(&self, at: Months) -> Option<Survival> {
        let landmark = self.curve.at(at.0)?;
        // At 100% there is no standard error: the number still at risk tells what that is worth.
        let known = self.reconstruction.censoring != Censoring::Unknown;
        Some(Survival {
            at: TimePoint::At(at),
            estimate: Reported::Value(Printed { value: Proportion(landmark.survival), half_unit: HALF_UNIT }),
            ci: None,
            se: None,
            at_risk: (landmark.survival >= 1.0 && known).then_some(landmark.at_risk),
            events: None,
            censored: None,
            digitised: self.standard_error(at),
        })
    }

    /// Returns the median with its interval, symmetric on the log-log scale; none where the censoring is not known.
    fn median(&self) -> Option<Median> {
        let bound = |end: Option<f64>| end.map_or(Bound::NotReached, |end| Bound::At(Months(end)));
        let [lower, upper] = self.curve.median_interval(Scale::Cloglog, Level::NINETY_FIVE).map(bound);
        let known = self.reconstruction.censoring != Censoring::Unknown;
        Some(Median {
            median: Reported::Value(Months(self.curve.median()?)),
            spread: known.then_some(Spread::Confidence(lower, upper, Level::NINETY_FIVE)),
            unit: TimeUnit::Months,
            decimals: 0,
        })
    }
}

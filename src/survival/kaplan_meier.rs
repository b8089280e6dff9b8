//! The survival curve of individual patients.

use serde::Serialize;

use super::SurvivalError;
use super::error::not_negative;
use crate::effect::{Limits, Scale};
use crate::evidence::Level;
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// Survival this close to one half counts as one half: a curve that rests there has its median midway along the rest.
const TIE: f64 = 1e-9;

/// How a patient leaves observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// By the event.
    Event,
    /// Without it.
    Censored,
}

/// One patient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Subject {
    /// Time of exit, in any unit.
    pub time: f64,
    /// How.
    pub exit: Exit,
}

/// One time at which somebody leaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// The time.
    pub time: f64,
    /// Patients at risk just before it.
    pub at_risk: u64,
    /// Events at it.
    pub events: u64,
    /// Censored at it, after the events.
    pub censored: u64,
    /// Survival from this time on.
    pub survival: f64,
    /// Greenwood's sum Σ d/(n(n − d)) up to this time: the variance of ln S; infinite once S is 0.
    pub greenwood: f64,
}

/// The curve at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Landmark {
    /// Survival, as a proportion.
    pub survival: f64,
    /// Its standard error by Greenwood; `None` once survival is 0.
    pub se: Option<f64>,
    /// Patients whose time is this or later.
    pub at_risk: u64,
}

/// A mean time up to a horizon, in the unit of the times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RestrictedMean {
    /// The area under the curve from 0 to the horizon.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
}

/// The product-limit estimate of a survival curve.
///
/// # Agreement
/// survival 3.5-3, `survfit`: 1e-8, in every kind of interval.
///
/// # References
/// Kaplan & Meier (1958), <https://doi.org/10.1080/01621459.1958.10501452>; intervals: Borgan & Liestøl (1990).
///
/// # Examples
/// ```
/// use forestable::survival::{Exit, KaplanMeier, Subject};
/// let subjects = [(1.0, Exit::Event), (2.0, Exit::Censored), (3.0, Exit::Event), (4.0, Exit::Censored)]
///     .map(|(time, exit)| Subject { time, exit });
/// let curve = KaplanMeier::new(&subjects)?;
/// assert_eq!(curve.at(3.5).map(|landmark| landmark.survival), Some(0.75 * 0.5));
/// assert_eq!(curve.median(), Some(3.0));
/// # Ok::<(), forestable::survival::SurvivalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KaplanMeier {
    steps: Vec<Step>,
}

impl KaplanMeier {
    /// Returns the curve of `subjects`, in any order.
    ///
    /// # Errors
    /// [`SurvivalError::TooFew`] without subjects, [`SurvivalError::Figure`] at a time that is negative or no number.
    pub fn new(subjects: &[Subject]) -> Result<Self, SurvivalError> {
        if subjects.is_empty() {
            return Err(SurvivalError::TooFew { what: "patients", found: 0, needed: 1 });
        }
        for (index, subject) in subjects.iter().enumerate() {
            not_negative(index, "time", subject.time)?;
        }
        let mut sorted = subjects.to_vec();
        sorted.sort_by(|a, b| a.time.total_cmp(&b.time));
        let mut at_risk = sorted.len() as u64;
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut steps = Vec::new();
        for exits in sorted.chunk_by(|a, b| a.time == b.time) {
            let events = exits.iter().filter(|subject| subject.exit == Exit::Event).count() as u64;
            let (n, d) = (at_risk as f64, events as f64);
            if events > 0 {
                survival *= 1.0 - d / n;
                greenwood += d / (n * (n - d));
            }
            let censored = exits.len() as u64 - events;
            steps.extend(exits.first().map(|first| Step {
                time: first.time,
                at_risk,
                events,
                censored,
                survival,
                greenwood,
            }));
            at_risk -= exits.len() as u64;
        }
        Ok(Self { steps })
    }

    /// Returns the curve of the follow-up: events and censoring change places, so that its median is the median
    /// follow-up by the reverse Kaplan-Meier method.
    ///
    /// # Errors
    /// As [`KaplanMeier::new`].
    ///
    /// # References
    /// Schemper & Smith (1996), <https://doi.org/10.1016/0197-2456(96)00075-X>
    pub fn of_follow_up(subjects: &[Subject]) -> Result<Self, SurvivalError> {
        let reversed: Vec<Subject> = subjects
            .iter()
            .map(|subject| Subject {
                exit: match subject.exit {
                    Exit::Event => Exit::Censored,
                    Exit::Censored => Exit::Event,
                },
                ..*subject
            })
            .collect();
        Self::new(&reversed)
    }

    /// Returns the steps of the curve, by time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the curve at `time`; `None` after the last exit, unless the curve has come down to 0.
    #[must_use]
    pub fn at(&self, time: f64) -> Option<Landmark> {
        let passed = self.steps.partition_point(|step| step.time <= time);
        let ahead = self.steps.partition_point(|step| step.time < time);
        let at_risk = self.steps.get(ahead).map_or(0, |step| step.at_risk);
        let (survival, greenwood) = match passed.checked_sub(1).and_then(|last| self.steps.get(last)) {
            Some(step) => (step.survival, step.greenwood),
            None => (1.0, 0.0),
        };
        (at_risk > 0 || survival == 0.0).then(|| Landmark {
            survival,
            se: (survival > 0.0).then(|| survival * greenwood.sqrt()),
            at_risk,
        })
    }

    /// Returns the interval about survival at `time`, symmetric on `scale`.
    ///
    /// # Boundary
    /// Where survival is 0 or 1 Greenwood's formula says nothing, and there is no interval.
    #[must_use]
    pub fn interval(&self, time: f64, scale: Scale, level: Level) -> Option<Limits> {
        let landmark = self.at(time)?;
        limits(landmark.survival, landmark.se?, scale, level)
    }

    /// Returns the median: the first time at which survival is one half or less, midway where it rests at one half.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        crossing(self.event_steps().map(|step| (step.time, step.survival)))
    }

    /// Returns the ends of the median's interval: where the lower and upper limits of the curve cross one half.
    /// `None` is an end that is not reached.
    ///
    /// # References
    /// Brookmeyer & Crowley (1982), <https://doi.org/10.2307/2530286>
    #[must_use]
    pub fn median_interval(&self, scale: Scale, level: Level) -> [Option<f64>; 2] {
        let end = |pick: fn(Limits) -> f64| {
            crossing(self.event_steps().filter_map(|step| {
                let se = step.survival * step.greenwood.sqrt();
                limits(step.survival, se, scale, level).map(|limits| (step.time, pick(limits)))
            }))
        };
        [end(|limits| limits.lower), end(|limits| limits.upper)]
    }

    /// Returns the mean time up to `horizon`, with the standard error `√Σ A² d/(n(n − d))`, A the area from each event
    /// to the horizon; `None` where the curve ends above 0 before it.
    ///
    /// # References
    /// Klein & Moeschberger, Survival Analysis (2003), section 4.5.
    #[must_use]
    pub fn restricted_mean(&self, horizon: f64) -> Option<RestrictedMean> {
        self.at(horizon)?;
        let mut value = 0.0;
        let mut variance = 0.0;
        // From the horizon back to 0: `value` is the area to the right of `until`.
        let mut until = horizon;
        for step in self.event_steps().filter(|step| step.time <= horizon).collect::<Vec<_>>().into_iter().rev() {
            value += step.survival * (until - step.time);
            until = step.time;
            if step.survival > 0.0 {
                let (n, d) = (step.at_risk as f64, step.events as f64);
                variance += value * value * d / (n * (n - d));
            }
        }
        Some(RestrictedMean { value: value + until, se: variance.sqrt() })
    }

    fn event_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.events > 0)
    }
}

/// Returns the interval of a proportion with this standard error, symmetric on `scale`; `None` at 0 and 1.
fn limits(survival: f64, se: f64, scale: Scale, level: Level) -> Option<Limits> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let half = Normal.quantile(Tail::above(level.0)) * se * scale.slope(survival);
    let centre = scale.transform(survival);
    let (a, b) = (scale.back(centre - half), scale.back(centre + half));
    Some(Limits { lower: a.min(b), upper: a.max(b) })
}

/// Returns the first time at which a falling step curve is one half or less, midway to the next step where it is equal.
fn crossing(mut steps: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (time, survival) = steps.find(|(_, survival)| *survival <= 0.5 + TIE)?;
    match steps.next() {
        Some((next, _)) if (survival - 0.5).abs() <= TIE => Some(0.5 * (time + next)),
        _ => Some(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(rows: &[(f64, Exit)]) -> Vec<Subject> {
        rows.iter().map(|&(time, exit)| Subject { time, exit }).collect()
    }

    #[test]
    fn without_censoring_the_error_is_binomial_and_the_mean_is_the_mean() {
        let times = [1.0, 2.0, 3.0, 5.0, 8.0, 9.0, 11.0, 13.0];
        let curve = KaplanMeier::new(&times.map(|time| Subject { time, exit: Exit::Event })).unwrap();
        let landmark = curve.at(4.0).unwrap();
        assert!((landmark.survival - 5.0 / 8.0).abs() < 1e-15);
        assert!((landmark.se.unwrap() - (5.0 / 8.0 * 3.0 / 8.0 / 8.0_f64).sqrt()).abs() < 1e-15);
        let mean = curve.restricted_mean(13.0).unwrap();
        assert!((mean.value - times.iter().sum::<f64>() / 8.0).abs() < 1e-12);
        assert_eq!(curve.median(), Some(6.5));
        assert_eq!(curve.at(20.0).unwrap(), Landmark { survival: 0.0, se: None, at_risk: 0 });
    }

    #[test]
    fn a_curve_says_nothing_after_its_last_patient() {
        let curve = KaplanMeier::new(&subjects(&[(1.0, Exit::Event), (2.0, Exit::Censored)])).unwrap();
        assert!(curve.at(2.0).is_some());
        assert_eq!(curve.at(2.1), None);
        assert_eq!(curve.restricted_mean(2.1), None);
    }

    #[test]
    fn a_curve_that_has_not_moved_has_no_interval_and_no_median() {
        let curve = KaplanMeier::new(&subjects(&[(5.0, Exit::Censored), (6.0, Exit::Censored)])).unwrap();
        assert_eq!(curve.interval(3.0, Scale::Log, Level::NINETY_FIVE), None);
        assert_eq!(curve.median(), None);
        assert_eq!(curve.median_interval(Scale::Cloglog, Level::NINETY_FIVE), [None, None]);
    }

    #[test]
    fn the_median_follow_up_counts_the_censored() {
        let rows = [(1.0, Exit::Event), (10.0, Exit::Censored), (20.0, Exit::Censored), (30.0, Exit::Censored)];
        assert_eq!(KaplanMeier::of_follow_up(&subjects(&rows)).unwrap().median(), Some(20.0));
    }

    #[test]
    fn a_time_that_is_no_time_is_named() {
        let faulty = KaplanMeier::new(&subjects(&[(1.0, Exit::Event), (-2.0, Exit::Event)]));
        assert_eq!(faulty.unwrap_err().index(), Some(1));
        assert!(KaplanMeier::new(&[]).is_err());
    }
}

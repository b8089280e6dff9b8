//! The schedules of radiotherapy in a study file: entered one by one, or read from the words for dose and fractions.

use super::quantity::{dose_in_words, fractions_in_words};
use super::study::Ids;
use super::{Lower, words};
use crate::diag::{At, Diagnostic, Path, codes, field};
use crate::evidence::{Gray, Proportion, Reach, Schedule};
use crate::source::raw::{RawSchedule, RawTreatment};

impl Lower<'_> {
    /// Returns the schedules of a treatment; without any that is entered, the one that its words give without a doubt.
    pub(super) fn schedules(&mut self, at: At<'_, RawTreatment>, ids: &Ids<'_>) -> Vec<Schedule> {
        let schedules = field!(at.schedules);
        if at.value.schedules.is_none() {
            return in_words(at).into_iter().collect();
        }
        let found: Vec<Schedule> = schedules.items().filter_map(|at| self.schedule(at, ids)).collect();
        self.check_shares(&found, &schedules.path);
        found
    }

    fn schedule(&mut self, at: At<'_, RawSchedule>, ids: &Ids<'_>) -> Option<Schedule> {
        let raw = at.value;
        let (dose, fractions) = (field!(at.dose), field!(at.fractions));
        let dose: Vec<Gray> = dose.each().into_iter().filter_map(|at| self.parse(at.map(|dose| &**dose))).collect();
        let fractions: Vec<u64> =
            fractions.each().into_iter().filter_map(|at| self.parse(at.map(|count| &**count))).collect();
        let dose = self.reach(&dose, &at.path.key("dose"))?;
        let fractions = self.reach(&fractions, &at.path.key("fractions"))?;
        if fractions.from == 0 {
            let place = at.path.key("fractions").place();
            let finding = Diagnostic::new(codes::BAD_COUNT, place, "a dose in no fraction is none");
            self.report(finding.expected("a whole number from 1").help("write how many fractions there were"));
            return None;
        }
        let share: Option<Proportion> = self.read(field!(at.share));
        Some(Schedule {
            dose,
            fractions,
            statistic: raw.statistic.unwrap_or_default(),
            share: share.map(|share| share.0),
            prescribed_to: words(&raw.prescribed_to),
            technique: words(&raw.technique),
            cohort: self.known(field!(at.cohort), codes::UNKNOWN_COHORT, ids.cohorts.iter().copied()),
            from_words: false,
            source: self.known(field!(at.source), codes::UNKNOWN_SOURCE, ids.sources.iter().copied()),
            quote: words(&raw.quote),
            page: words(&raw.page),
            note: words(&raw.note),
            place: at.path.place(),
        })
    }

    /// Returns one figure or a range, after reporting anything else.
    fn reach<T: Copy + PartialOrd>(&mut self, values: &[T], path: &Path<'_>) -> Option<Reach<T>> {
        match *values {
            [only] => Some(Reach { from: only, to: only }),
            [from, to] if from <= to => Some(Reach { from, to }),
            [_, _] => {
                let finding =
                    Diagnostic::new(codes::REVERSED_INTERVAL, path.place(), "the lower end is above the upper");
                self.report(finding.expected("the lower end first").help("swap them"));
                None
            }
            // What could not be read is reported already.
            [] => None,
            _ => {
                let message = format!("a range has two ends, here are {}", values.len());
                let finding = Diagnostic::new(codes::WRONG_KIND, path.place(), message);
                self.report(finding.expected("one value, or `[FROM, TO]`").help("enter several schedules one by one"));
                None
            }
        }
    }

    /// Reports schedules of one cohort that more than all patients had.
    fn check_shares(&mut self, schedules: &[Schedule], path: &Path<'_>) {
        const ROUNDING: f64 = 0.015;
        let mut cohorts: Vec<&Option<String>> = schedules.iter().map(|schedule| &schedule.cohort).collect();
        cohorts.sort();
        cohorts.dedup();
        for cohort in cohorts {
            let shares =
                schedules.iter().filter(|schedule| schedule.cohort == *cohort).filter_map(|schedule| schedule.share);
            let whole: f64 = shares.sum();
            if whole > 1.0 + ROUNDING {
                let message = format!("{:.0}% of the patients had one of these schedules", 100.0 * whole);
                let finding = Diagnostic::new(codes::SCHEDULE, path.place().as_key(), message);
                self.report(
                    finding
                        .expected("shares that are 100% together at most")
                        .help("correct the shares, or leave them out where patients had several schedules"),
                );
            }
        }
    }
}

/// Returns the schedule that the words for dose and fractions give without a doubt.
fn in_words(at: At<'_, RawTreatment>) -> Option<Schedule> {
    let (from, to) = dose_in_words(at.value.dose.as_deref()?)?;
    let (fewest, most) = fractions_in_words(at.value.fractions.as_deref()?)?;
    Some(Schedule {
        dose: Reach { from, to },
        fractions: Reach { from: fewest, to: most },
        statistic: Default::default(),
        share: None,
        prescribed_to: None,
        technique: words(&at.value.technique),
        cohort: None,
        from_words: true,
        source: None,
        quote: None,
        page: None,
        note: None,
        place: at.path.key("dose").place(),
    })
}

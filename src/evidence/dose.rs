//! Radiotherapy as it was given: dose, fractions, and what they are worth biologically.

use std::fmt;

use serde::Serialize;

use super::{Cohort, Study};
use crate::diag::Place;
pub use crate::source::raw::ScheduleStatistic;

/// A dose in gray.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Gray(pub f64);

/// Prints `54 Gy`, `37.5 Gy`.
impl fmt::Display for Gray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.2}", self.0);
        write!(f, "{} Gy", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A figure, or from the smallest to the largest where a paper gives a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reach<T> {
    /// The smallest.
    pub from: T,
    /// The largest.
    pub to: T,
}

impl<T: Copy + PartialEq> Reach<T> {
    /// Returns the reach of one figure.
    #[must_use]
    pub fn only(value: T) -> Self {
        Self { from: value, to: value }
    }

    /// Returns the figure; `None` for a range.
    #[must_use]
    pub fn single(&self) -> Option<T> {
        (self.from == self.to).then_some(self.from)
    }
}

/// A dose in a number of fractions.
#[derive(Debug, Clone, Serialize)]
pub struct Schedule {
    /// The total dose.
    pub dose: Reach<Gray>,
    /// The number of fractions.
    pub fractions: Reach<u64>,
    /// What dose and fractions are of the patients'.
    pub statistic: ScheduleStatistic,
    /// The share of patients (or lesions) that had it, from 0 to 1.
    pub share: Option<f64>,
    /// The isodose or point that the dose is prescribed to, in the paper's words.
    pub prescribed_to: Option<String>,
    /// The technique, where the study has several.
    pub technique: Option<String>,
    /// The cohort that had it; `None` for all.
    pub cohort: Option<String>,
    /// Whether it was read from the words of `treatment.dose` and `treatment.fractions`.
    pub from_words: bool,
    /// Id of the source.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// The page it stands on.
    pub page: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// Returns the biologically effective dose of `total` in `fractions` equal ones, `BED = D (1 + d/(α/β))` with `d = D/n`.
///
/// # References
/// Fowler, British Journal of Radiology 1989;62:679, equation 3; Jones et al., Clinical Oncology 2001;13:71.
///
/// # Examples
/// ```
/// use forestable::evidence::{Gray, bed};
/// // Three fractions of 20 Gy, α/β 10 Gy: 60 × (1 + 20/10).
/// assert_eq!(bed(Gray(60.0), 3.0, Gray(10.0)), Gray(180.0));
/// ```
#[must_use]
pub fn bed(total: Gray, fractions: f64, alpha_beta: Gray) -> Gray {
    Gray(total.0 * (1.0 + total.0 / fractions / alpha_beta.0))
}

/// Returns the dose in fractions of 2 Gy that has the same effect as a biologically effective dose, `EQD2 = BED/(1 + 2/(α/β))`.
///
/// # References
/// Fowler (1989), as [`bed`]; Bentzen et al., Radiotherapy and Oncology 2012;105:266.
///
/// # Examples
/// ```
/// use forestable::evidence::{Gray, bed, eqd2};
/// let dose = eqd2(bed(Gray(60.0), 30.0, Gray(10.0)), Gray(10.0));
/// assert!((dose.0 - 60.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn eqd2(bed: Gray, alpha_beta: Gray) -> Gray {
    Gray(bed.0 / (1.0 + 2.0 / alpha_beta.0))
}

impl Schedule {
    /// Returns the reach of its biologically effective dose: a range is from the lowest dose in the most fractions to the highest in
    /// the fewest, since a paper that gives ranges does not say which went with which.
    #[must_use]
    pub fn bed(&self, alpha_beta: Gray) -> Reach<Gray> {
        Reach {
            from: bed(self.dose.from, self.fractions.to as f64, alpha_beta),
            to: bed(self.dose.to, self.fractions.from as f64, alpha_beta),
        }
    }

    /// Returns the reach of its equivalent dose in fractions of 2 Gy, as [`Self::bed`].
    #[must_use]
    pub fn eqd2(&self, alpha_beta: Gray) -> Reach<Gray> {
        let Reach { from, to } = self.bed(alpha_beta);
        Reach { from: eqd2(from, alpha_beta), to: eqd2(to, alpha_beta) }
    }
}

/// What a series was given, as one figure each.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Total dose.
    pub dose: Gray,
    /// Fractions.
    pub fractions: f64,
    /// Biologically effective dose.
    pub bed: Gray,
    /// Equivalent dose in fractions of 2 Gy.
    pub eqd2: Gray,
    /// What each schedule is prescribed to; `None` where the paper does not say.
    pub prescribed_to: Vec<Option<String>>,
}

/// Why a series has no such figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoDose {
    /// No schedule is entered.
    NotEntered,
    /// A range only: which dose went with which number of fractions is not known.
    Range,
    /// Several schedules, and not for all is said what share of the patients had it.
    NoShares,
    /// The shares leave patients out.
    SharesIncomplete,
}

/// The shares of all schedules may miss the whole by so much, for their rounding.
const ROUNDING: f64 = 0.015;

impl Study {
    /// Returns the schedules that a cohort had: those of the whole study, its own and those of the cohorts that contain it.
    pub fn schedules_of<'a>(&'a self, cohort: &'a Cohort) -> impl Iterator<Item = &'a Schedule> {
        let had = move |schedule: &&Schedule| schedule.cohort.as_ref().is_none_or(|id| self.lies_in(cohort, id));
        self.treatment.schedules.iter().filter(had)
    }

    /// Whether a cohort is the one with this id, or a part of it.
    #[must_use]
    pub fn lies_in(&self, cohort: &Cohort, id: &str) -> bool {
        let mut here = Some(cohort);
        // Cohorts that contain themselves are refused elsewhere; here they must only come to an end.
        for _ in 0..=self.cohorts.len() {
            let Some(at) = here else { return false };
            if at.id == id {
                return true;
            }
            here = at.of.as_ref().and_then(|parent| self.cohort(parent));
        }
        false
    }

    /// Returns what a cohort was given as one figure each: of one schedule its own, of several the mean over the patients, each
    /// schedule's figure weighted by its share. The biologically effective dose is taken schedule by schedule, before the mean.
    ///
    /// # Errors
    /// [`NoDose`].
    pub fn given(&self, cohort: &Cohort, alpha_beta: Gray) -> Result<Given, NoDose> {
        let schedules: Vec<&Schedule> = self.schedules_of(cohort).collect();
        let single = |schedule: &&Schedule| Some((schedule.dose.single()?, schedule.fractions.single()?));
        let shares: Vec<f64> = match schedules.as_slice() {
            [] => return Err(NoDose::NotEntered),
            [only] => vec![only.share.unwrap_or(1.0)],
            several => several.iter().map(|schedule| schedule.share).collect::<Option<_>>().ok_or(NoDose::NoShares)?,
        };
        let whole: f64 = shares.iter().sum();
        if whole < 1.0 - ROUNDING {
            return Err(NoDose::SharesIncomplete);
        }
        let figures: Vec<(Gray, u64)> = schedules.iter().map(single).collect::<Option<_>>().ok_or(NoDose::Range)?;
        let mean = |of: &dyn Fn((Gray, u64)) -> f64| {
            figures.iter().zip(&shares).map(|(figure, share)| of(*figure) * share).sum::<f64>() / whole
        };
        let effective = Gray(mean(&|(dose, fractions)| bed(dose, fractions as f64, alpha_beta).0));
        Ok(Given {
            dose: Gray(mean(&|(dose, _)| dose.0)),
            fractions: mean(&|(_, fractions)| fractions as f64),
            bed: effective,
            eqd2: eqd2(effective, alpha_beta),
            prescribed_to: schedules.iter().map(|schedule| schedule.prescribed_to.clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Gray = Gray(10.0);

    fn rounded(total: f64, fractions: f64, alpha_beta: f64) -> (f64, f64) {
        let effective = bed(Gray(total), fractions, Gray(alpha_beta));
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        (tenths(effective.0), tenths(eqd2(effective, Gray(alpha_beta)).0))
    }

    /// By hand, and as radiotherapy papers print them: 3 × 18 Gy is BED₁₀ 151.2, 4 × 12 Gy 105.6, 5 × 10 Gy 100, 60 Gy in 30
    /// fractions 72, 30 Gy in 10 fractions 39.
    #[test]
    fn published_schedules() {
        for (total, fractions, alpha_beta, expected) in [
            (60.0, 3.0, 10.0, (180.0, 150.0)),
            (54.0, 3.0, 10.0, (151.2, 126.0)),
            (50.0, 5.0, 10.0, (100.0, 83.3)),
            (48.0, 4.0, 10.0, (105.6, 88.0)),
            (24.0, 1.0, 10.0, (81.6, 68.0)),
            (60.0, 30.0, 10.0, (72.0, 60.0)),
            (30.0, 10.0, 10.0, (39.0, 32.5)),
            (75.0, 3.0, 10.0, (262.5, 218.8)),
            (60.0, 3.0, 3.0, (460.0, 276.0)),
            (40.0, 15.0, 4.0, (66.7, 44.4)),
        ] {
            assert_eq!(rounded(total, fractions, alpha_beta), expected, "{total} Gy in {fractions}, α/β {alpha_beta}");
        }
    }

    #[test]
    fn fractions_of_two_gray_are_their_own_equivalent() {
        for fractions in [1.0, 7.0, 33.0] {
            for alpha_beta in [1.5, 4.0, 10.0] {
                let total = Gray(2.0 * fractions);
                let back = eqd2(bed(total, fractions, Gray(alpha_beta)), Gray(alpha_beta));
                assert!((back.0 - total.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_range_reaches_from_the_mildest_to_the_strongest() {
        let schedule = Schedule {
            dose: Reach { from: Gray(24.0), to: Gray(60.0) },
            fractions: Reach { from: 3, to: 8 },
            statistic: ScheduleStatistic::Prescribed,
            share: None,
            prescribed_to: None,
            technique: None,
            cohort: None,
            from_words: false,
            source: None,
            quote: None,
            page: None,
            note: None,
            place: Place::file(""),
        };
        let Reach { from, to } = schedule.bed(TEN);
        assert!((from.0 - 31.2).abs() < 1e-12 && (to.0 - 180.0).abs() < 1e-12);
        assert_eq!(schedule.dose.single(), None);
    }

    #[test]
    fn doses_print_short() {
        assert_eq!([54.0, 37.5, 8.25].map(|dose| Gray(dose).to_string()), ["54 Gy", "37.5 Gy", "8.25 Gy"]);
    }
}

//! The standard error of published survival proportions, by the rules of Maruo et al. to the letter.
//!
//! A review does not come here: its ladder stands in [`crate::effect`], knows more rungs and telescopes the sum below. This is
//! the method as its authors' program computes it, to compare with and to repeat what was published.

use serde::Serialize;

use super::SurvivalError;
use super::error::{above_zero, not_above, proportion};
use crate::diag::named;
use crate::effect::{Limits, Scale};
use crate::evidence::Level;
use crate::num;
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// Halves of an interval may differ by this part of the lower one; beyond, the interval is not believed.
const ASYMMETRY: f64 = 0.10;

/// The scales on which an interval may be symmetric, in the order in which equals are preferred.
const SCALES: [Scale; 3] = [Scale::Plain, Scale::Log, Scale::Cloglog];

named! {
    /// How Greenwood's sum is taken over numbers at risk that are no whole numbers.
    RiskSum, "sum":
    /// Over n_t, n_t + 1, … up to n − 1, as metaSurvMissCI does: what lies between the last of them and n is lost.
    Steps = "steps",
    /// In closed form, 1/(n_t − 1) − 1/(n − 1): the same for whole numbers, and without loss for others.
    Telescoped = "telescoped",
}

/// What a paper prints of one proportion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PublishedSurvival {
    /// Survival.
    pub survival: f64,
    /// Its interval.
    pub ci: Option<Limits>,
    /// Patients from the start.
    pub n: f64,
    /// Patients at risk at that time.
    pub at_risk: Option<f64>,
    /// Events over n, in the whole of the follow-up.
    pub event_proportion: Option<f64>,
}

/// The precision of one proportion on a scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PublishedPrecision {
    /// The proportion on the scale; `None` where it has no place there (0 and 1).
    pub transformed: Option<f64>,
    /// Its standard error on the scale; `None` where nothing gives one.
    pub se: Option<f64>,
    /// Whether it is imputed, not taken from an interval.
    pub imputed: bool,
}

/// Returns the standard error of each of `rows` on `scale`: from its interval, on the one of plain, log and log-log where its
/// halves are most equal, or imputed from n and the number at risk, itself imputed from the proportion of events.
///
/// Imputed: `SE = S √(p* Σ 1/(j(j − 1)))`, j from n_t to n − 1, `p* = (n + n_t)/(n − n_t) · (1 − S)/(1 + S)` at most 1. Without n_t,
/// `n_t = n ((p + 1)S + p − 1)/((p − 1)S + p + 1)` with p the proportion of events (the mean of the other rows' where it is not
/// known), held within 2 and n − 1.
///
/// # Boundary
/// At 0 and 1 there is no standard error. The authors' program puts 0.01 and 0.99 there, which makes up deaths, the more of them
/// the larger the series; this one doesn't.
///
/// # Errors
/// [`SurvivalError::Figure`] at a survival or proportion outside 0 and 1, or n not above 0; [`SurvivalError::Order`] where the
/// interval does not hold the estimate, or more are at risk than there were.
///
/// # Agreement
/// metaSurvMissCI 0.1.0, with [`RiskSum::Steps`]: 1e-12.
///
/// # References
/// Maruo et al., Research Synthesis Methods 2025.
pub fn published_precision(
    rows: &[PublishedSurvival],
    scale: Scale,
    sum: RiskSum,
    level: Level,
) -> Result<Vec<PublishedPrecision>, SurvivalError> {
    for (index, row) in rows.iter().enumerate() {
        check(index, row)?;
    }
    let known: Vec<f64> = rows.iter().filter_map(|row| row.event_proportion).collect();
    let usual = (!known.is_empty()).then(|| num::sum(known.iter().copied()) / known.len() as f64);
    let precision = |row: &PublishedSurvival| {
        let survival = row.survival;
        if survival <= 0.0 || survival >= 1.0 {
            let transformed = Some(scale.transform(survival)).filter(|y| y.is_finite());
            return PublishedPrecision { transformed, se: None, imputed: false };
        }
        let printed = row.ci.and_then(|ci| from_interval(survival, ci, level));
        let se = printed.or_else(|| imputed(row, row.event_proportion.or(usual), sum));
        PublishedPrecision {
            transformed: Some(scale.transform(survival)),
            se: se.map(|se| se * scale.slope(survival)),
            imputed: printed.is_none() && se.is_some(),
        }
    };
    Ok(rows.iter().map(precision).collect())
}

fn check(index: usize, row: &PublishedSurvival) -> Result<(), SurvivalError> {
    proportion(index, "survival", row.survival)?;
    above_zero(index, "n", row.n)?;
    if let Some(ci) = row.ci {
        proportion(index, "ci_lower", ci.lower)?;
        proportion(index, "ci_upper", ci.upper)?;
        for (name, value, previous, outside, expected) in [
            ("ci_lower", ci.lower, row.survival, ci.lower > row.survival, "no more than `survival`"),
            ("ci_upper", ci.upper, row.survival, ci.upper < row.survival, "no less than `survival`"),
        ] {
            if outside {
                return Err(SurvivalError::Order { index, name, value, previous, expected });
            }
        }
    }
    if let Some(at_risk) = row.at_risk {
        above_zero(index, "at_risk", at_risk)?;
        not_above(index, "at_risk", at_risk, row.n)?;
    }
    row.event_proportion.map_or(Ok(()), |events| proportion(index, "event_proportion", events).map(|_| ()))
}

/// Returns the standard error of the proportion itself; `None` where the interval is symmetric on no scale.
fn from_interval(survival: f64, ci: Limits, level: Level) -> Option<f64> {
    let z = Normal.quantile(Tail::above(level.0));
    let candidates = SCALES.map(|scale| {
        let [lower, centre, upper] = [ci.lower, survival, ci.upper].map(|p| scale.transform(p));
        (((upper - centre) / (centre - lower) - 1.0).abs(), (upper - lower).abs() / (2.0 * z) / scale.slope(survival))
    });
    let (_, se) = candidates
        .into_iter()
        .filter(|(asymmetry, se)| *asymmetry <= ASYMMETRY && *se > 0.0 && se.is_finite())
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(se)
}

/// Returns the imputed standard error of the proportion itself.
fn imputed(row: &PublishedSurvival, events: Option<f64>, sum: RiskSum) -> Option<f64> {
    let (survival, n) = (row.survival, row.n);
    let at_risk = match (row.at_risk, events) {
        (Some(at_risk), _) => at_risk,
        (None, Some(p)) => n * ((p + 1.0) * survival + p - 1.0) / ((p - 1.0) * survival + p + 1.0),
        (None, None) => return None,
    };
    let at_risk = at_risk.min(n - 1.0).max(2.0);
    if at_risk >= n {
        return None;
    }
    let share = ((n + at_risk) / (n - at_risk) * (1.0 - survival) / (1.0 + survival)).min(1.0);
    let total = match sum {
        RiskSum::Telescoped => 1.0 / (at_risk - 1.0) - 1.0 / (n - 1.0),
        RiskSum::Steps => {
            // As many whole steps as fit up to n − 1; the small allowance keeps a step that rounding would lose.
            let steps = (n - 1.0 - at_risk + 1e-10).floor();
            1.0 / (at_risk - 1.0) - 1.0 / (at_risk + steps)
        }
    };
    Some(survival * (share * total).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: PublishedSurvival =
        PublishedSurvival { survival: 0.8, ci: None, n: 100.0, at_risk: Some(50.0), event_proportion: None };

    fn se(row: PublishedSurvival, sum: RiskSum) -> Option<f64> {
        published_precision(&[row], Scale::Plain, sum, Level::NINETY_FIVE).unwrap()[0].se
    }

    #[test]
    fn both_sums_are_one_for_whole_numbers_and_the_effect_rooms() {
        let by_steps = se(ROW, RiskSum::Steps).unwrap();
        assert!((by_steps - se(ROW, RiskSum::Telescoped).unwrap()).abs() < 1e-15);
        assert!((by_steps - crate::effect::precision::from_at_risk(0.8, 100.0, 50.0).unwrap()).abs() < 1e-15);
        let direct: f64 = (50..100).map(|j| 1.0 / f64::from(j * (j - 1))).sum();
        let share: f64 = 150.0 / 50.0 * 0.2 / 1.8;
        assert!((by_steps - 0.8 * (share * direct).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn whatever_is_not_known_is_not_made_up() {
        assert_eq!(se(PublishedSurvival { at_risk: None, ..ROW }, RiskSum::Steps), None);
        assert_eq!(se(PublishedSurvival { survival: 1.0, ..ROW }, RiskSum::Steps), None);
        assert_eq!(
            se(PublishedSurvival { n: 2.0, at_risk: None, event_proportion: Some(0.5), ..ROW }, RiskSum::Steps),
            None
        );
        let asymmetric = Some(Limits { lower: 0.4, upper: 0.81 });
        let found = published_precision(
            &[PublishedSurvival { ci: asymmetric, ..ROW }],
            Scale::Cloglog,
            RiskSum::Steps,
            Level::NINETY_FIVE,
        );
        assert!(found.unwrap()[0].imputed);
    }

    #[test]
    fn faults_are_named_with_their_row() {
        for faulty in [
            PublishedSurvival { survival: 80.0, ..ROW },
            PublishedSurvival { ci: Some(Limits { lower: 0.85, upper: 0.9 }), ..ROW },
            PublishedSurvival { ci: Some(Limits { lower: 0.7, upper: 0.75 }), ..ROW },
            PublishedSurvival { at_risk: Some(101.0), ..ROW },
            PublishedSurvival { event_proportion: Some(1.2), ..ROW },
            PublishedSurvival { n: 0.0, at_risk: None, ..ROW },
        ] {
            let found = published_precision(&[ROW, faulty], Scale::Log, RiskSum::Steps, Level::NINETY_FIVE);
            assert_eq!(found.unwrap_err().index(), Some(1), "{faulty:?}");
        }
    }
}

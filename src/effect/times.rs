//! Effects that are not proportions: median times and hazard ratios, both on the log scale.

use serde::Serialize;

use super::measure::positive;
use super::{EffectError, Estimate, Measure};
use crate::evidence::{Bound, Level, Median, Reported, Spread};
use crate::num;
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// How the standard error of a median or of a hazard ratio was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogPrecision {
    /// From both ends of the interval.
    Interval,
    /// From the lower end alone: the upper is not reached.
    LowerHalf,
    /// From the two-sided P value.
    PValue,
}

/// Returns the effect ln m of a median with its interval, in months; `None` where the median is not a time or no confidence
/// interval tells its precision (a range or quartiles do not).
///
/// `SE = (ln u − ln l)/2z`; with the upper end not reached, `(ln m − ln l)/z`.
///
/// ```
/// use forestable::effect::{LogPrecision, median};
/// use forestable::evidence::{Bound, Level, Median, Months, Reported, Spread, TimeUnit};
/// let published = Median {
///     median: Reported::Value(Months(31.2)),
///     spread: Some(Spread::Confidence(Bound::At(Months(15.6)), Bound::At(Months(58.8)), Level::NINETY_FIVE)),
///     unit: TimeUnit::Years,
///     decimals: 1,
/// };
/// let (effect, how) = median(&published).unwrap();
/// assert!((effect.vi.sqrt() - (58.8_f64 / 15.6).ln() / 3.919_928).abs() < 1e-6);
/// assert_eq!(how, LogPrecision::Interval);
/// ```
#[must_use]
pub fn median(published: &Median) -> Option<(Estimate, LogPrecision)> {
    let Reported::Value(median) = published.median else { return None };
    let Some(Spread::Confidence(Bound::At(lower), upper, level)) = published.spread else { return None };
    let upper = match upper {
        Bound::At(upper) => Some(upper.0),
        Bound::NotReached => None,
    };
    with_ends(median.0, lower.0, upper, level)
}

/// Returns the effect of a median in any unit of time; an upper end that is not reached is `None`.
fn with_ends(median: f64, lower: f64, upper: Option<f64>, level: Level) -> Option<(Estimate, LogPrecision)> {
    if lower <= 0.0 || lower >= median {
        return None;
    }
    let z = quantile(level);
    let (se, how) = match upper {
        Some(upper) => ((num::ln(upper) - num::ln(lower)) / (2.0 * z), LogPrecision::Interval),
        None => ((num::ln(median) - num::ln(lower)) / z, LogPrecision::LowerHalf),
    };
    Some((Estimate { yi: num::ln(median), vi: se * se }, how))
}

/// Returns the effect ln HR of a hazard ratio, from its interval or, without one, from its two-sided P value; `None` where
/// neither tells its precision.
///
/// `SE = (ln u − ln l)/2z`, or `|ln HR|/z(P)`.
///
/// # References
/// Tierney et al., Trials 2007, 8:16, sections 3 and 7.
#[must_use]
pub fn hazard_ratio(ratio: f64, ci: Option<(f64, f64, Level)>, p: Option<f64>) -> Option<(Estimate, LogPrecision)> {
    let yi = num::ln(ratio);
    let (se, how) = match (ci, p) {
        (Some((lower, upper, level)), _) => {
            ((num::ln(upper) - num::ln(lower)) / (2.0 * quantile(level)), LogPrecision::Interval)
        }
        (None, Some(p)) => (yi.abs() / Normal.quantile(Tail::Upper(p / 2.0)), LogPrecision::PValue),
        (None, None) => return None,
    };
    (yi.is_finite() && se.is_finite() && se > 0.0).then_some((Estimate { yi, vi: se * se }, how))
}

/// Returns the effect of [`hazard_ratio`], or which of its figures is out of range.
pub(super) fn log_hazard_ratio(
    hr: f64,
    ci: Option<(f64, f64, Level)>,
    p: Option<f64>,
) -> Result<Estimate, EffectError> {
    positive("hr", hr)?;
    if let Some((lower, upper, _)) = ci {
        positive("ci_upper", upper)?;
        about("hr", hr, (lower, upper))?;
    }
    if let Some(value) = p.filter(|p| !(*p > 0.0 && *p < 1.0)) {
        return Err(EffectError::Figure { name: "p", value, expected: "a number between 0 and 1" });
    }
    hazard_ratio(hr, ci, p).map(|(effect, _)| effect).ok_or(EffectError::Undefined(Measure::Hr))
}

/// Returns the effect of [`median`], or which of its figures is out of range; an upper end that is not reached is infinite.
pub(super) fn log_median(value: f64, (lower, upper): (f64, f64), level: Level) -> Result<Estimate, EffectError> {
    positive("median", value)?;
    about("median", value, (lower, upper))?;
    let effect = with_ends(value, lower, Some(upper).filter(|upper| upper.is_finite()), level);
    effect.map(|(effect, _)| effect).ok_or(EffectError::Undefined(Measure::Median))
}

/// Checks that positive ends stand in order about their estimate.
fn about(name: &'static str, value: f64, (lower, upper): (f64, f64)) -> Result<(), EffectError> {
    positive("ci_lower", lower)?;
    if lower.partial_cmp(&upper) != Some(std::cmp::Ordering::Less) {
        Err(EffectError::ReversedInterval { lower, upper })
    } else if (lower..=upper).contains(&value) {
        Ok(())
    } else {
        Err(EffectError::OutsideInterval { name, value, ends: (lower, upper) })
    }
}

fn quantile(level: Level) -> f64 {
    Normal.quantile(Tail::above(level.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_and_p_value_of_one_normal_estimate_agree() {
        let (yi, se) = (-0.7_f64, 0.25_f64);
        let z = quantile(Level::NINETY_FIVE);
        let ci = (num::exp(yi - z * se), num::exp(yi + z * se), Level::NINETY_FIVE);
        let p = 2.0 * Normal.sf(yi.abs() / se);
        let (by_ci, _) = hazard_ratio(num::exp(yi), Some(ci), None).unwrap();
        let (by_p, _) = hazard_ratio(num::exp(yi), None, Some(p)).unwrap();
        assert!((by_ci.vi.sqrt() - se).abs() < 1e-12 && (by_p.vi.sqrt() - se).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_of_one_tells_nothing_by_its_p_value() {
        assert_eq!(hazard_ratio(1.0, None, Some(1.0)), None);
        assert_eq!(hazard_ratio(0.8, None, None), None);
    }
}

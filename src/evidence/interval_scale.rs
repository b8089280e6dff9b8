//! What a printed interval of a proportion tells: the scale it was built on, and how many patients it takes.

use super::{CiScale, Interval, Level, Printed};
use crate::num::Link;
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// Halves of an interval that differ by less than this, as a ratio, are called equal.
const TOLERANCE: f64 = 0.10;

/// The scales on which programs build intervals of a survival proportion.
const SCALES: [CiScale; 4] = [CiScale::LogLog, CiScale::Log, CiScale::Plain, CiScale::Logit];

/// On which scale an interval is symmetric round its estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Symmetry {
    /// The scale on which the halves are equal to within a tenth, or to within what the rounding of the printed figures
    /// explains; the most equal if there are several; `None` if there is none.
    pub scale: Option<CiScale>,
    /// The scale on which the halves are most equal, whether or not that is equal enough.
    pub nearest: CiScale,
    /// Length of the upper half divided by that of the lower, on the nearest scale.
    pub ratio: f64,
}

/// Finds the scale on which `interval` is symmetric round `estimate`.
///
/// # Boundary
/// An end at 0% or 100% lies infinitely far away on every scale but the plain one: only that one can be found, by
/// chance. Such intervals are taken by their other half.
///
/// # References
/// The rule of the ratio nearest 1 is metaSurvMissCI's; that rounding may explain a larger one is our addition.
///
/// ```
/// use forestable::evidence::{CiScale, Interval, Level, Printed, Quantity, interval_symmetry};
/// let printed = |text| Printed::parse(text).unwrap();
/// // Lemoine 2021: progression-free survival at 2 years, 58% (41 to 72).
/// let ci = Interval { lower: printed("41%"), upper: printed("72%"), level: Level::NINETY_FIVE, scale: None };
/// assert_eq!(interval_symmetry(printed("58%"), &ci).scale, Some(CiScale::LogLog));
/// ```
#[must_use]
pub fn interval_symmetry(estimate: Printed, interval: &Interval) -> Symmetry {
    let ratios = SCALES.map(|scale| (scale, ratio(estimate, interval, scale)));
    let nearest = |ratios: &mut dyn Iterator<Item = &(CiScale, Ratio)>| {
        ratios.min_by(|(_, a), (_, b)| a.distance().total_cmp(&b.distance())).copied()
    };
    let found = nearest(&mut ratios.iter().filter(|(_, ratio)| ratio.is_symmetric()));
    let (scale, ratio) = found.or_else(|| nearest(&mut ratios.iter())).unwrap_or(ratios[0]);
    Symmetry { scale: found.map(|(scale, _)| scale), nearest: scale, ratio: ratio.printed }
}

/// Upper half divided by lower half: as printed, and the range that rounding allows.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    printed: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn distance(self) -> f64 {
        let distance = (self.printed - 1.0).abs();
        if distance.is_nan() { f64::INFINITY } else { distance }
    }

    fn is_symmetric(self) -> bool {
        self.distance() <= TOLERANCE || (self.distance().is_finite() && self.least <= 1.0 && self.most >= 1.0)
    }
}

fn ratio(estimate: Printed, interval: &Interval, scale: CiScale) -> Ratio {
    let ratio = |lower: f64, estimate: f64, upper: f64| {
        let [lower, estimate, upper] = [lower, estimate, upper].map(|p| scale.link().transform(p.clamp(0.0, 1.0)));
        (upper - estimate) / (estimate - lower)
    };
    let ([lower_least, lower_most], [estimate_least, estimate_most], [upper_least, upper_most]) =
        (range(interval.lower), range(estimate), range(interval.upper));
    // The ratio grows with both ends and falls with the estimate; a half of no length makes it 0 or infinite.
    let most = ratio(lower_most, estimate_least, upper_most);
    Ratio {
        printed: ratio(interval.lower.value.0, estimate.value.0, interval.upper.value.0),
        least: ratio(lower_least, estimate_most, upper_least),
        most: if most.is_nan() || lower_most >= estimate_least { f64::INFINITY } else { most },
    }
}

/// The proportions that print as this one.
fn range(printed: Printed) -> [f64; 2] {
    let Printed { value, half_unit } = printed;
    [value.0 - half_unit, value.0 + half_unit]
}

impl CiScale {
    /// Returns the scale's mathematics.
    fn link(self) -> Link {
        match self {
            Self::LogLog => Link::LogLog,
            Self::Log => Link::Log,
            Self::Plain => Link::Plain,
            Self::Logit => Link::Logit,
        }
    }
}

/// Returns how many patients an interval implies, `S(1 − S)/SE²`, with the standard error from its halves on the scale
/// where they are most equal (or on the scale that the paper names): the least number that the printed digits allow.
///
/// # Boundary
/// With one end at 0% or 100% the other half alone gives the standard error, on the log-log scale. `None` where that is
/// not to be had: both ends there, an estimate of 0% or 100%, an interval of no width.
///
/// ```
/// use forestable::evidence::{Interval, Level, Printed, Quantity, implied_size};
/// let printed = |text| Printed::parse(text).unwrap();
/// // 52% (47 to 56), printed for 78 patients.
/// let ci = Interval { lower: printed("47%"), upper: printed("56%"), level: Level::NINETY_FIVE, scale: None };
/// let size = implied_size(printed("52%"), &ci).unwrap();
/// assert!((380.0..400.0).contains(&size));
/// ```
#[must_use]
pub fn implied_size(estimate: Printed, interval: &Interval) -> Option<f64> {
    implied_sizes(estimate, interval, Rounded::Outwards).min_by(f64::total_cmp)
}

/// Returns the most patients that an interval can imply, its printed digits allowed for, as [`implied_size`] does the least;
/// `None` too where the digits leave no width for certain.
#[must_use]
pub fn largest_implied_size(estimate: Printed, interval: &Interval) -> Option<f64> {
    implied_sizes(estimate, interval, Rounded::Inwards).max_by(f64::total_cmp)
}

/// Which way the ends of an interval may have been rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounded {
    /// They lie as far apart as their digits allow.
    Outwards,
    /// They lie as near as their digits allow.
    Inwards,
}

/// Returns the sizes that the interval implies at the least, the printed and the largest estimate.
fn implied_sizes(estimate: Printed, interval: &Interval, rounded: Rounded) -> impl Iterator<Item = f64> {
    let [least, most] = range(estimate);
    let estimates = [least, estimate.value.0, most].into_iter();
    let ends = ends(estimate, interval, rounded);
    estimates.filter_map(move |survival| {
        let (link, lower, upper) = ends?;
        let on_scale = |p: f64| link.transform(p);
        let half = match (lower, upper) {
            (Some(lower), Some(upper)) => (on_scale(upper) - on_scale(lower)) / 2.0,
            (None, Some(upper)) => on_scale(upper) - on_scale(survival),
            (Some(lower), None) => on_scale(survival) - on_scale(lower),
            (None, None) => return None,
        };
        let size = effective_size(survival, half / quantile(interval.level) / link.slope(survival));
        (size.is_finite() && size > 0.0).then_some(size)
    })
}

/// Returns the scale and the ends that are off the boundary; `None` where they tell nothing.
fn ends(estimate: Printed, interval: &Interval, rounded: Rounded) -> Option<(Link, Option<f64>, Option<f64>)> {
    let (lower, upper) = (interval.lower.value.0, interval.upper.value.0);
    if estimate.value.0 <= 0.0 || estimate.value.0 >= 1.0 || (lower <= 0.0 && upper >= 1.0) {
        return None;
    }
    let on_boundary = lower <= 0.0 || upper >= 1.0;
    let scale = interval.scale.unwrap_or_else(|| interval_symmetry(estimate, interval).nearest);
    let link = if on_boundary { Link::LogLog } else { scale.link() };
    let step = |end: Printed, outwards: f64| {
        let moved = end.value.0 + end.half_unit * if rounded == Rounded::Outwards { outwards } else { -outwards };
        // An end that prints just inside may lie on the boundary itself, infinitely far away: take it as printed.
        if moved > 0.0 && moved < 1.0 { moved } else { end.value.0 }
    };
    let (lower, upper) =
        ((lower > 0.0).then(|| step(interval.lower, -1.0)), (upper < 1.0).then(|| step(interval.upper, 1.0)));
    let crossed = lower.zip(upper).is_some_and(|(lower, upper)| lower >= upper);
    (!crossed).then_some((link, lower, upper))
}

/// Returns how many patients a standard error implies: the least number that the printed digits allow.
#[must_use]
pub fn size_implied_by_se(estimate: Printed, se: Printed) -> Option<f64> {
    let [_, widest] = range(se);
    let [least, most] = range(estimate);
    let sizes = [least, estimate.value.0, most].map(|survival| effective_size(survival, widest));
    sizes.into_iter().filter(|size| size.is_finite() && *size > 0.0).min_by(f64::total_cmp)
}

/// The patients that a binomial proportion of this precision would take.
fn effective_size(survival: f64, se: f64) -> f64 {
    survival * (1.0 - survival) / (se * se)
}

fn quantile(level: Level) -> f64 {
    Normal.quantile(Tail::above(level.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Quantity;

    fn symmetry(estimate: &str, lower: &str, upper: &str) -> Symmetry {
        let printed = |text| Printed::parse(text).unwrap();
        interval_symmetry(printed(estimate), &ci(lower, upper))
    }

    fn ci(lower: &str, upper: &str) -> Interval {
        let printed = |text| Printed::parse(text).unwrap();
        Interval { lower: printed(lower), upper: printed(upper), level: Level::NINETY_FIVE, scale: None }
    }

    #[test]
    fn finds_the_scale_an_interval_was_built_on() {
        // 50% with SE 0.1 on each scale, printed to a tenth of a per cent.
        assert_eq!(symmetry("50%", "29.1%", "67.7%").scale, Some(CiScale::LogLog));
        assert_eq!(symmetry("50%", "33.8%", "74.0%").scale, Some(CiScale::Log));
        assert_eq!(symmetry("50%", "30.4%", "69.6%").scale, Some(CiScale::Plain));
        assert_eq!(symmetry("80%", "54.6%", "93.0%").scale, Some(CiScale::Logit));
    }

    #[test]
    fn rounding_may_explain_unequal_halves() {
        assert_eq!(symmetry("98%", "96%", "99%").scale, Some(CiScale::LogLog));
        assert_eq!(symmetry("50%", "49%", "65%").scale, None);
        // Both ends coincide with the estimate as printed: nothing can be said, and nothing fails.
        assert_eq!(symmetry("50%", "50%", "50%").scale, None);
        assert_eq!(symmetry("100%", "90%", "100%").scale, None);
    }

    #[test]
    fn complete_follow_up_implies_the_patients_there_are() {
        // 70 of 100, log-log interval from SE 0.0458.
        let size = implied_size(Printed::parse("70.0%").unwrap(), &ci("59.9%", "78.0%")).unwrap();
        assert!((97.0..100.5).contains(&size), "{size}");
        // Scorsetti 2018: SE 5.9% at 31.1%, 61 patients.
        let printed = |text| Printed::parse(text).unwrap();
        let size = size_implied_by_se(printed("31.1%"), printed("5.9%")).unwrap();
        assert!((59.0..61.6).contains(&size), "{size}");
    }

    #[test]
    fn half_an_interval_is_enough() {
        // SABR-COMET: 3.2% (0 to 14) of 33 controls.
        assert!(implied_size(Printed::parse("3.2%").unwrap(), &ci("0%", "14%")).unwrap() < 33.0);
        assert_eq!(implied_size(Printed::parse("100%").unwrap(), &ci("90%", "100%")), None);
        assert_eq!(implied_size(Printed::parse("50%").unwrap(), &ci("0%", "100%")), None);
    }
}

//! From counts of events to an effect on the scale of an analysis.

use super::survival::{Effect, IntervalOrigin, NoEffect, Rung};
use super::{Figures, Measure, ProportionInterval, Scale};
use crate::evidence::Level;

/// Added to events and to non-events where one of them is 0 and the scale has no value there.
const HALF_EVENT: f64 = 0.5;

/// Returns the effect of `events` among `of` on `scale`, with an exact (Clopper-Pearson) interval.
///
/// Where nobody or everybody had the event, half an event is added on the scales that need it and the grade says so.
///
/// # Errors
/// [`NoEffect::NoPrecision`] without both counts, with nobody observed, or with more events than observed.
///
/// ```
/// use forestable::{effect::{self, Scale}, evidence::Level};
/// let effect = effect::count(Some(3), Some(41), Scale::Logit, Level::NINETY_FIVE)?;
/// assert!((effect.vi - (1.0 / 3.0 + 1.0 / 38.0)).abs() < 1e-12);
/// # Ok::<(), effect::NoEffect>(())
/// ```
pub fn count(events: Option<u64>, of: Option<u64>, scale: Scale, level: Level) -> Result<Effect, NoEffect> {
    let (Some(events), Some(n)) = (events, of) else { return Err(NoEffect::NoPrecision) };
    among(events as f64, n, scale, level)
}

/// Returns the effect of a count of this share of `n`, which need be no whole number: what a series still to come may show.
///
/// # Errors
/// As [`count`].
///
/// ```
/// use forestable::{effect::{self, Scale}, evidence::Level};
/// let (share, counted) = (effect::share(0.25, 40, Scale::Logit, Level::NINETY_FIVE)?, effect::count(Some(10), Some(40), Scale::Logit, Level::NINETY_FIVE)?);
/// assert_eq!(share, counted);
/// # Ok::<(), effect::NoEffect>(())
/// ```
pub fn share(proportion: f64, n: u64, scale: Scale, level: Level) -> Result<Effect, NoEffect> {
    among(proportion * n as f64, n, scale, level)
}

fn among(xi: f64, n: u64, scale: Scale, level: Level) -> Result<Effect, NoEffect> {
    let ni = n as f64;
    let figures = Figures::Events { xi, ni };
    let measure = measure(scale);
    let estimate = measure.estimate(&figures, HALF_EVENT).map_err(|_| NoEffect::NoPrecision)?;
    let exact = ProportionInterval::ClopperPearson.limits(xi, ni, level).map_err(|_| NoEffect::NoPrecision)?;
    let rung = if measure.corrects(&figures) { Rung::Boundary { effective: ni } } else { Rung::Counts { n } };
    Ok(Effect {
        yi: estimate.yi,
        vi: estimate.vi,
        proportion: xi / ni,
        lower: exact.lower,
        upper: exact.upper,
        interval: IntervalOrigin::Exact,
        effective: ni,
        rung,
    })
}

/// Returns the measure of counts that a scale is; the log-log scale of survival is read as the logit.
fn measure(scale: Scale) -> Measure {
    match scale {
        Scale::Plain => Measure::Pr,
        Scale::Log => Measure::Pln,
        Scale::Logit | Scale::Cloglog => Measure::Plo,
        Scale::Arcsine => Measure::Pas,
        Scale::DoubleArcsine => Measure::Pft,
    }
}

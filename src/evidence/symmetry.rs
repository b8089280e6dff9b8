//! On which scale a printed interval is symmetric: the scale it was built on.

use super::{CiScale, Interval, Printed};
use crate::num::ln;

/// What a printed interval's two halves say of its scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Symmetry {
    /// The scale on which its halves are nearest to equal.
    pub nearest: CiScale,
    /// The same, if they are equal there: within a tenth, or within what the printed digits leave open.
    pub scale: Option<CiScale>,
}

/// Returns on which scale an interval strictly between 0 and 1 is symmetric about its estimate.
///
/// # References
/// Maruo et al., Research Synthesis Methods 2025: upper half over lower half on each scale, the one nearest to 1 is taken,
/// and refused when it is off by more than 0.10. Here a ratio that the rounding of the three figures explains is accepted too.
#[must_use]
pub fn interval_symmetry(estimate: Printed, ci: &Interval) -> Symmetry {
    let ratio = |scale: CiScale, shifts: [f64; 3]| {
        let at = |printed: Printed, shift: f64| {
            on_scale(scale, (printed.value.0 + shift * printed.half_unit).clamp(1e-9, 1.0 - 1e-9))
        };
        let [lower, centre, upper] =
            [at(ci.lower, shifts[0]), at(estimate, shifts[1]), at(ci.upper, shifts[2])];
        (upper - centre).abs() / (centre - lower).abs()
    };
    let off = |scale: CiScale| (ratio(scale, [0.0; 3]) - 1.0).abs();
    let scales = [CiScale::LogLog, CiScale::Log, CiScale::Plain, CiScale::Logit];
    let nearest = scales.into_iter().min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or(CiScale::LogLog);
    // The widest upper half against the narrowest lower half, and the other way round.
    let (most, least) = (ratio(nearest, [1.0, -1.0, 1.0]), ratio(nearest, [-1.0, 1.0, -1.0]));
    let equal = off(nearest) <= 0.10 || (least <= 1.0 && 1.0 <= most);
    Symmetry { nearest, scale: equal.then_some(nearest) }
}

fn on_scale(scale: CiScale, p: f64) -> f64 {
    match scale {
        CiScale::LogLog => ln(-ln(p)),
        CiScale::Log => ln(p),
        CiScale::Plain => p,
        CiScale::Logit => ln(p / (1.0 - p)),
    }
}

//! Measures of one proportion: PR PLN PLO PAS PFT.

use std::f64::consts::FRAC_PI_2;

use super::measure::events;
use super::{EffectError, Estimate, Figures, Measure};
use crate::num::{asin, cos, ln, sin};

/// Returns effect and variance of `xi` events among `ni`.
///
/// PR `p`, `p(1 − p)/n` · PLN `ln p`, `1/x − 1/n` · PLO `ln(x/(n − x))`, `1/x + 1/(n − x)` · PAS `asin √p`, `1/4n` ·
/// PFT `½(asin √(x/(n + 1)) + asin √((x + 1)/(n + 1)))`, `1/(4n + 2)`.
pub(super) fn estimate(measure: Measure, xi: f64, ni: f64, add: f64) -> Result<Estimate, EffectError> {
    events("xi", xi, "ni", ni)?;
    let add = if measure.corrects(&Figures::Events { xi, ni }) { add } else { 0.0 };
    let (x, n) = (xi + add, ni + 2.0 * add);
    let p = x / n;
    let (yi, vi) = match measure {
        Measure::Pr => (p, p * (1.0 - p) / n),
        Measure::Pln => (ln(p), 1.0 / x - 1.0 / n),
        Measure::Plo => (ln(x / (n - x)), 1.0 / x + 1.0 / (n - x)),
        Measure::Pas => (asin(p.sqrt()), 0.25 / n),
        Measure::Pft => (double_arcsine(x, n), 1.0 / (4.0 * n + 2.0)),
        other => return Err(EffectError::WrongInput(other)),
    };
    Ok(Estimate { yi, vi })
}

pub(super) fn double_arcsine(x: f64, n: f64) -> f64 {
    0.5 * (asin((x / (n + 1.0)).sqrt()) + asin(((x + 1.0) / (n + 1.0)).sqrt()))
}

/// Returns the proportion whose double arcsine at `n` patients is `y`: 0 or 1 beyond what `n` patients can give.
///
/// With `t = 2y`: `½ (1 − sgn(cos t) √(1 − (sin t + (sin t − 1/sin t)/n)²))`, Miller (1978).
pub(super) fn double_arcsine_back(y: f64, n: f64) -> f64 {
    if y.is_nan() || n.is_nan() {
        return f64::NAN;
    }
    if y <= double_arcsine(0.0, n) {
        return 0.0;
    }
    if y >= double_arcsine(n, n).min(FRAC_PI_2) {
        return 1.0;
    }
    let t = 2.0 * y;
    let inner = sin(t) + (sin(t) - 1.0 / sin(t)) / n;
    0.5 * (1.0 - cos(t).signum() * (1.0 - inner * inner).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_double_arcsine_comes_back_at_its_own_n() {
        for (x, n) in [(0.0, 7.0), (1.0, 9.0), (13.0, 54.0), (27.0, 54.0), (53.0, 54.0), (44.0, 44.0)] {
            assert!((double_arcsine_back(double_arcsine(x, n), n) - x / n).abs() < 1e-12, "{x} of {n}");
        }
    }

    #[test]
    fn more_events_than_patients_are_refused() {
        let error = Measure::Pr.estimate(&Figures::Events { xi: 5.0, ni: 4.0 }, 0.5).unwrap_err();
        assert_eq!(error.to_string(), "`xi` is 5, more than the 4 observed");
    }
}

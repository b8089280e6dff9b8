//! Measures of one incidence rate: IR IRLN IRS IRFT.

use super::measure::positive;
use super::{EffectError, Estimate, Figures, Measure};
use crate::num::ln;

/// Returns effect and variance of `xi` events in the time `ti`.
///
/// IR `x/t`, `x/t²` · IRLN `ln(x/t)`, `1/x` · IRS `√(x/t)`, `1/4t` · IRFT `½(√(x/t) + √((x + 1)/t))`, `1/4t`.
pub(super) fn estimate(measure: Measure, xi: f64, ti: f64, add: f64) -> Result<Estimate, EffectError> {
    positive("ti", ti)?;
    if !(xi >= 0.0 && xi.is_finite()) {
        return Err(EffectError::Figure { name: "xi", value: xi, expected: "0 or more" });
    }
    let x = if measure.corrects(&Figures::Rate { xi, ti }) { xi + add } else { xi };
    let (yi, vi) = match measure {
        Measure::Ir => (x / ti, x / (ti * ti)),
        Measure::Irln => (ln(x / ti), 1.0 / x),
        Measure::Irs => ((x / ti).sqrt(), 0.25 / ti),
        Measure::Irft => (freeman_tukey(x / ti, ti), 0.25 / ti),
        other => return Err(EffectError::WrongInput(other)),
    };
    Ok(Estimate { yi, vi })
}

/// Returns the Freeman-Tukey value of a rate at time `t`.
pub(super) fn freeman_tukey(rate: f64, t: f64) -> f64 {
    0.5 * (rate.sqrt() + (rate + 1.0 / t).sqrt())
}

/// Returns the rate whose Freeman-Tukey value at time `t` is `y`: solves `2y = √r + √(r + 1/t)`, 0 below what 0 events give.
pub(super) fn freeman_tukey_back(y: f64, t: f64) -> f64 {
    if y <= 0.5 / t.sqrt() {
        return 0.0;
    }
    let root = (4.0 * y * y - 1.0 / t) / (4.0 * y);
    root * root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_freeman_tukey_rate_comes_back_at_its_own_time() {
        for (xi, ti) in [(0.0, 10.0), (1.0, 370.0), (17.0, 6760.0)] {
            let effect = estimate(Measure::Irft, xi, ti, 0.5).unwrap();
            assert!((freeman_tukey_back(effect.yi, ti) - xi / ti).abs() < 1e-15);
        }
    }
}

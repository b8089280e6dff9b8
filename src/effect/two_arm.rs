//! Measures of a 2 × 2 table: OR RR RD AS PETO PHI.

use super::measure::events;
use super::{EffectError, Estimate, Figures, Measure};
use crate::num::{asin, ln};

/// Returns effect and variance of `x` events among `n` in two arms, the experimental one first.
///
/// With a, b events and none in the first arm, c, d in the second: OR `ln(ad/bc)`, `1/a + 1/b + 1/c + 1/d` ·
/// RR `ln((a/n₁)/(c/n₂))`, `1/a − 1/n₁ + 1/c − 1/n₂` · RD `a/n₁ − c/n₂`, `ab/n₁³ + cd/n₂³` ·
/// AS `asin √(a/n₁) − asin √(c/n₂)`, `1/4n₁ + 1/4n₂` · PETO `(a − E)/V`, `1/V` with the hypergeometric E and V · PHI below.
///
/// # References
/// PETO: Yusuf et al. (1985), <https://doi.org/10.1016/S0033-0620(85)80003-7>; AS: Rücker et al. (2009),
/// <https://doi.org/10.1002/sim.3511>
pub(super) fn estimate(measure: Measure, x: [f64; 2], n: [f64; 2], add: f64) -> Result<Estimate, EffectError> {
    events("ai", x[0], "n1i", n[0])?;
    events("ci", x[1], "n2i", n[1])?;
    let figures = Figures::TwoArms { ai: x[0], n1i: n[0], ci: x[1], n2i: n[1] };
    let add = if measure.corrects(&figures) { add } else { 0.0 };
    let (a, b, c, d) = (x[0] + add, n[0] - x[0] + add, x[1] + add, n[1] - x[1] + add);
    let (n1, n2) = (a + b, c + d);
    let (yi, vi) = match measure {
        Measure::Or => (ln(a * d / (b * c)), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d),
        Measure::Rr => (ln((a / n1) / (c / n2)), 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2),
        Measure::Rd => (a / n1 - c / n2, a * b / (n1 * n1 * n1) + c * d / (n2 * n2 * n2)),
        Measure::As => (asin((a / n1).sqrt()) - asin((c / n2).sqrt()), 0.25 / n1 + 0.25 / n2),
        Measure::Peto => {
            let (with, without, all) = (a + c, b + d, n1 + n2);
            let variance = with * without * (n1 / all) * (n2 / all) / (all - 1.0);
            ((a - n1 * with / all) / variance, 1.0 / variance)
        }
        Measure::Phi => phi([a, b, c, d]),
        other => return Err(EffectError::WrongInput(other)),
    };
    Ok(Estimate { yi, vi })
}

/// Returns φ = (ad − bc)/√(n₁n₂m₁m₂) and its large-sample variance under multinomial sampling.
///
/// # References
/// Yule (1912), <https://doi.org/10.2307/2340126>; Digby (1983), <https://doi.org/10.2307/2531103>
fn phi([a, b, c, d]: [f64; 4]) -> (f64, f64) {
    let n = a + b + c + d;
    let (row1, row2, column1, column2) = ((a + b) / n, (c + d) / n, (a + c) / n, (b + d) / n);
    let (rows, columns) = (row1 * row2, column1 * column2);
    let phi = (a * d - b * c) / (n * n) / (rows * columns).sqrt();
    let (row_gap, column_gap) = (row1 - row2, column1 - column2);
    let square = phi * phi;
    let variance = (1.0 - square + phi * (1.0 + 0.5 * square) * row_gap * column_gap / (rows * columns).sqrt()
        - 0.75 * square * (row_gap * row_gap / rows + column_gap * column_gap / columns))
        / n;
    (phi, variance)
}

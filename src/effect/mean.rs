//! Measures of two means: MD SMD SMDH ROM.

use super::measure::positive;
use super::{EffectError, Estimate, Measure};
use crate::num::special::ln_gamma;
use crate::num::{exp, ln};

/// Returns effect and variance from means `m`, standard deviations `sd` and patients `n` of two arms.
///
/// MD `m₁ − m₂`, `sd₁²/n₁ + sd₂²/n₂` · SMD Hedges' g `J(n₁ + n₂ − 2)(m₁ − m₂)/sd`, `1/n₁ + 1/n₂ + g²/2(n₁ + n₂)` with the
/// pooled sd · SMDH the same with the mean of both variances, and Bonett's variance · ROM `ln(m₁/m₂) + ½(c₁ − c₂)`, `c₁ + c₂`,
/// with `c = sd²/(n m²)`; the second term takes the first-order bias off.
///
/// # References
/// SMD: Hedges (1981), <https://doi.org/10.3102/10769986006002107>; SMDH: Bonett (2009), <https://doi.org/10.1037/a0014699>;
/// ROM: Lajeunesse (2015), equations 6 and 8, <https://doi.org/10.1890/14-2402.1>
pub(super) fn estimate(measure: Measure, m: [f64; 2], sd: [f64; 2], n: [f64; 2]) -> Result<Estimate, EffectError> {
    positive("sd1i", sd[0])?;
    positive("sd2i", sd[1])?;
    for (name, value) in [("n1i", n[0]), ("n2i", n[1])] {
        if !(value > 1.0 && value.is_finite()) {
            return Err(EffectError::Figure { name, value, expected: "a number above 1" });
        }
    }
    let [v1, v2] = sd.map(|sd| sd * sd);
    let [n1, n2] = n;
    let (df1, df2) = (n1 - 1.0, n2 - 1.0);
    let difference = m[0] - m[1];
    let (yi, vi) = match measure {
        Measure::Md => (difference, v1 / n1 + v2 / n2),
        Measure::Smd => {
            let pooled = ((df1 * v1 + df2 * v2) / (df1 + df2)).sqrt();
            let g = hedges_factor(df1 + df2) * difference / pooled;
            (g, 1.0 / n1 + 1.0 / n2 + g * g / (2.0 * (n1 + n2)))
        }
        Measure::Smdh => {
            let variance = 0.5 * (v1 + v2);
            let g = hedges_factor(df1 + df2) * difference / variance.sqrt();
            let spread = (v1 * v1 / df1 + v2 * v2 / df2) / (8.0 * variance * variance);
            (g, g * g * spread + (v1 / df1 + v2 / df2) / variance)
        }
        Measure::Rom => {
            let (first, second) = (v1 / (n1 * m[0] * m[0]), v2 / (n2 * m[1] * m[1]));
            (ln(m[0] / m[1]) + 0.5 * (first - second), first + second)
        }
        other => return Err(EffectError::WrongInput(other)),
    };
    Ok(Estimate { yi, vi })
}

/// Returns Hedges' exact correction J(m) = Γ(m/2) / (√(m/2) Γ((m − 1)/2)).
fn hedges_factor(m: f64) -> f64 {
    exp(ln_gamma(0.5 * m) - 0.5 * ln(0.5 * m) - ln_gamma(0.5 * (m - 1.0)))
}

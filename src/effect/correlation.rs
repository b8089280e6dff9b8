//! Measures of a correlation: COR UCOR ZCOR.

use super::{EffectError, Estimate, Measure};
use crate::num::atanh;

/// Returns effect and variance of the correlation `ri` in `ni` patients.
///
/// COR `r`, `(1 − r²)²/(n − 1)` · UCOR Olkin and Pratt's unbiased `r ₂F₁(½, ½; (n − 2)/2; 1 − r²)`, the same variance at it ·
/// ZCOR `atanh r`, `1/(n − 3)`.
///
/// # References
/// UCOR: Olkin & Pratt (1958), <https://doi.org/10.1214/aoms/1177706717>; ZCOR: Fisher (1921)
pub(super) fn estimate(measure: Measure, ri: f64, ni: f64) -> Result<Estimate, EffectError> {
    if !(-1.0..=1.0).contains(&ri) {
        return Err(EffectError::Figure { name: "ri", value: ri, expected: "a correlation from −1 to 1" });
    }
    if !(ni > 4.0 && ni.is_finite()) {
        return Err(EffectError::Figure { name: "ni", value: ni, expected: "a number above 4" });
    }
    let with_variance = |yi: f64| {
        let unexplained = 1.0 - yi * yi;
        (yi, unexplained * unexplained / (ni - 1.0))
    };
    let (yi, vi) = match measure {
        Measure::Cor => with_variance(ri),
        Measure::Ucor => with_variance(ri * hypergeometric(0.5 * (ni - 2.0), 1.0 - ri * ri)),
        Measure::Zcor => (atanh(ri), 1.0 / (ni - 3.0)),
        other => return Err(EffectError::WrongInput(other)),
    };
    Ok(Estimate { yi, vi })
}

/// Returns ₂F₁(½, ½; c; x) for c > 1 and 0 ≤ x ≤ 1 by its series.
fn hypergeometric(c: f64, x: f64) -> f64 {
    let (mut term, mut total) = (1.0, 1.0);
    // The terms fall at least like j^(−1−c) when x = 1, so this many leave less than 1e-12.
    for j in 0..1_000_000 {
        let j = f64::from(j);
        term *= (j + 0.5) * (j + 0.5) / ((c + j) * (j + 1.0)) * x;
        total += term;
        if term <= 1e-17 * total {
            break;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unbiased_correlation_has_its_tabulated_value() {
        // mpmath: 0.5 * hyp2f1(0.5, 0.5, 9, 0.75)
        let effect = estimate(Measure::Ucor, 0.5, 20.0).unwrap();
        assert!((effect.yi - 0.511_452_096_952_278).abs() < 1e-12);
    }
}

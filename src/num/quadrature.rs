//! Integrals of functions of one variable.

use nalgebra::{DMatrix, SymmetricEigen};

use super::{ln, sum};

/// An integral that was not found to the accuracy asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unresolved {
    /// The best that was found.
    pub last: f64,
    /// How far it may be off.
    pub error: f64,
    /// After how many evaluations of the function.
    pub evaluations: usize,
}

/// The most parts that an interval is cut into.
const PARTS: usize = 1000;

/// Returns the integral of `f` from `a` to `b`, to about `tolerance` absolutely.
///
/// Gauss-Kronrod with 7 and 15 points, halving whichever part the two disagree most on; smooth functions only.
///
/// # Errors
/// [`Unresolved`] with the last value where 1,000 parts are not enough, as for a tolerance below rounding error, or where `f` is no
/// number.
///
/// # References
/// Piessens et al. (1983), QUADPACK
///
/// # Examples
/// ```
/// use forestable::num::{exp, integrate};
/// let half = integrate(|x| exp(-x * x), 0.0, 10.0, 1e-12).unwrap();
/// assert!((half - 0.886_226_925_452_758).abs() < 1e-12);
/// assert!(integrate(|x| 1.0 / x.abs(), -1.0, 3.0, 1e-6).is_err());
/// ```
pub fn integrate(f: impl Fn(f64) -> f64, a: f64, b: f64, tolerance: f64) -> Result<f64, Unresolved> {
    let part = |a: f64, b: f64| {
        let (gauss, kronrod) = rules(&f, a, b);
        Part { a, b, kronrod, error: (gauss - kronrod).abs() }
    };
    let mut parts = vec![part(a, b)];
    loop {
        let error = sum(parts.iter().map(|part| part.error));
        let last = sum(parts.iter().map(|part| part.kronrod));
        if error <= tolerance {
            return Ok(last);
        }
        let worst =
            (0..parts.len()).max_by(|&one, &other| parts[one].error.total_cmp(&parts[other].error)).unwrap_or(0);
        let Part { a, b, .. } = parts.swap_remove(worst);
        let middle = 0.5 * (a + b);
        if parts.len() >= PARTS || error.is_nan() || middle <= a.min(b) || middle >= a.max(b) {
            return Err(Unresolved { last, error, evaluations: 15 * (2 * parts.len() + 1) });
        }
        parts.extend([part(a, middle), part(middle, b)]);
    }
}

/// A part of the interval.
struct Part {
    a: f64,
    b: f64,
    kronrod: f64,
    error: f64,
}

/// Node, Kronrod weight, Gauss weight; mirrored about the middle, which stands first.
const NODES: [(f64, f64, f64); 8] = [
    (0.0, 0.209_482_141_084_727_83, 0.417_959_183_673_469_4),
    (0.207_784_955_007_898_47, 0.204_432_940_075_298_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_41, 0.381_830_050_505_118_9),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.741_531_185_599_394_4, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_18, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_55, 0.129_484_966_168_869_7),
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_225, 0.0),
];

/// Returns the 15 nodes of Kronrod's rule on (a, b), in no order, with their weights.
#[must_use]
pub fn kronrod(a: f64, b: f64) -> [(f64, f64); 15] {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    std::array::from_fn(|index| {
        let (node, weight, _) = NODES[index.div_ceil(2)];
        let side = if index % 2 == 0 { half } else { -half };
        (middle + side * node, weight * half)
    })
}

fn rules(f: &impl Fn(f64) -> f64, a: f64, b: f64) -> (f64, f64) {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    let (mut gauss, mut kronrod) = (0.0, 0.0);
    for (node, wk, wg) in NODES {
        let offset = half * node;
        let value = if node == 0.0 { f(middle) } else { f(middle - offset) + f(middle + offset) };
        kronrod += wk * value;
        gauss += wg * value;
    }
    (gauss * half, kronrod * half)
}

/// Returns nodes zⱼ and ln(wⱼ) + zⱼ² of Gauss-Hermite quadrature, so that ∫ f(z) dz ≈ Σ f(zⱼ) exp(ln wⱼ + zⱼ²), in rising order.
///
/// # References
/// Golub & Welsch (1969), <https://doi.org/10.1090/S0025-5718-69-99647-1>; Liu & Pierce (1994),
/// <https://doi.org/10.1093/biomet/81.3.624>
///
/// # Examples
/// ```
/// use forestable::num::{exp, gauss_hermite};
/// let area: f64 = gauss_hermite(21).iter().map(|(z, log_weight)| exp(log_weight - 0.5 * z * z)).sum();
/// assert!((area - (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-9);
/// ```
#[must_use]
pub fn gauss_hermite(nodes: usize) -> Vec<(f64, f64)> {
    let off_diagonal = |row: usize, column: usize| {
        if row.abs_diff(column) == 1 { (0.5 * row.max(column) as f64).sqrt() } else { 0.0 }
    };
    let eigen = SymmetricEigen::new(DMatrix::from_fn(nodes, nodes, off_diagonal));
    let mut rule: Vec<(f64, f64)> = eigen
        .eigenvalues
        .iter()
        .enumerate()
        .map(|(index, z)| {
            let first = eigen.eigenvectors[(0, index)];
            (*z, ln(first * first) + 0.5 * ln(std::f64::consts::PI) + z * z)
        })
        .collect();
    rule.sort_by(|a, b| a.0.total_cmp(&b.0));
    rule
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{exp, sin};

    #[test]
    fn a_narrow_peak_is_found_by_halving() {
        let peak = |x: f64| 1e-4 / ((x - 0.3) * (x - 0.3) + 1e-8);
        let expected = crate::num::atan(0.7e4) + crate::num::atan(0.3e4);
        assert!((integrate(peak, 0.0, 1.0, 1e-12).unwrap() - expected).abs() < 1e-11);
        assert!((integrate(sin, 1.0, 0.0, 1e-14).unwrap() + (1.0 - crate::num::cos(1.0))).abs() < 1e-15);
        assert_eq!(integrate(exp, 2.0, 2.0, 0.0), Ok(0.0));
    }

    #[test]
    fn a_tolerance_below_rounding_ends_with_the_last_value() {
        let Err(found) = integrate(|x| x.abs().sqrt(), -1.0, 3.0, 1e-40) else { panic!("resolved") };
        assert!((found.last - 2.0 / 3.0 * (1.0 + 27.0_f64.sqrt())).abs() < 1e-13, "{found:?}");
        assert!(found.error < 1e-12 && found.evaluations < 40_000, "{found:?}");
        assert!(integrate(|_| f64::NAN, 0.0, 1.0, 1e-6).is_err());
    }
}

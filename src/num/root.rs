//! Roots of functions of one variable.

/// Returns a root of `f` between `a` and `b`, at which it must have opposite signs; `None` if it has not, or if `f` gives NaN.
///
/// Halving, with a secant step wherever that stays inside and shrinks the bracket fast enough: at most 200 steps.
///
/// # References
/// Chandrupatla (1997), <https://doi.org/10.1016/S0965-9978(96)00051-8>
///
/// # Examples
/// ```
/// let root = forestable::num::root(|x| x * x - 2.0, 0.0, 2.0).unwrap();
/// assert!((root - 2.0_f64.sqrt()).abs() < 1e-15);
/// ```
pub fn root(f: impl Fn(f64) -> f64, a: f64, b: f64) -> Option<f64> {
    // b is the newest point, a the other end of the bracket, c the point before.
    let (mut a, mut b) = (b, a);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    if fa.is_nan() || fb.is_nan() || fa.signum() == fb.signum() {
        return None;
    }
    let mut share = 0.5;
    for _ in 0..200 {
        let x = a + share * (b - a);
        let fx = f(x);
        if fx.is_nan() {
            return None;
        }
        let (c, fc);
        if fx.signum() == fa.signum() {
            (c, fc) = (a, fa);
        } else {
            (c, fc) = (b, fb);
            (b, fb) = (a, fa);
        }
        (a, fa) = (x, fx);
        let best = if fa.abs() < fb.abs() { a } else { b };
        let limit = 2.0 * f64::EPSILON * best.abs() / (b - a).abs();
        if fa == 0.0 || limit > 0.5 || a == b {
            return Some(best);
        }
        let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb));
        let inverse_quadratic = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        share = if inverse_quadratic {
            fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        } else {
            0.5
        };
        share = share.clamp(limit, 1.0 - limit);
    }
    Some(if fa.abs() < fb.abs() { a } else { b })
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn steep_flat_and_missing_roots() {
        assert!((root(|x| x.powi(9), -1.0, 2.0).unwrap()).abs() < 1e-2);
        assert!((root(|x| 1.0 / x - 1e6, 1e-9, 1.0).unwrap() - 1e-6).abs() < 1e-20);
        assert_eq!(root(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(root(|_| f64::NAN, -1.0, 1.0), None);
    }
}

//! Minima of smooth functions of a few variables.

use nalgebra::{DMatrix, DVector};

/// A minimum.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// Where it is.
    pub point: Vec<f64>,
    /// The function's value there.
    pub value: f64,
    /// The inverse of the matrix of second derivatives there: the covariance, if the function is minus a log-likelihood.
    pub covariance: DMatrix<f64>,
}

/// Returns the minimum that is downhill from `start`; `step` is a fair first step in each direction.
///
/// The simplex of Nelder and Mead finds its neighbourhood, Newton's steps on central differences find its place, to about 1e-8
/// of the scale on which the function changes. `None` if the function has no finite, curved minimum there.
///
/// # References
/// Nelder & Mead (1965), <https://doi.org/10.1093/comjnl/7.4.308>
///
/// # Examples
/// ```
/// use forestable::num::minimise;
/// let valley = |x: &[f64]| (x[0] - 1.0).powi(2) + 10.0 * (x[1] - x[0] * x[0]).powi(2);
/// let minimum = minimise(valley, &[-1.0, 1.0], &[0.5, 0.5]).unwrap();
/// assert!((minimum.point[0] - 1.0).abs() < 1e-7 && (minimum.point[1] - 1.0).abs() < 1e-7);
/// ```
pub fn minimise(f: impl Fn(&[f64]) -> f64, start: &[f64], step: &[f64]) -> Option<Minimum> {
    let mut point = simplex(&f, start, step);
    let mut covariance = None;
    for _ in 0..20 {
        let (gradient, hessian) = derivatives(&f, &point, step);
        let cholesky = hessian.cholesky()?;
        let newton = cholesky.solve(&gradient);
        covariance = Some(cholesky.inverse());
        let decrement = newton.dot(&gradient);
        if !decrement.is_finite() {
            return None;
        }
        let next: Vec<f64> = point.iter().zip(newton.iter()).map(|(x, step)| x - step).collect();
        // Below rounding error the value no longer tells the better point.
        if f(&next) > f(&point) + 1e-12 * f(&point).abs().max(1.0) {
            return None;
        }
        point = next;
        if decrement < 1e-15 {
            break;
        }
    }
    let value = f(&point);
    covariance.filter(|_| value.is_finite()).map(|covariance| Minimum { point, value, covariance })
}

/// Walks the simplex until its values agree to 1e-9.
fn simplex(f: &impl Fn(&[f64]) -> f64, start: &[f64], step: &[f64]) -> Vec<f64> {
    let n = start.len();
    // What is no number lies uphill of everything.
    let value = |x: &[f64]| Some(f(x)).filter(|value| !value.is_nan()).unwrap_or(f64::INFINITY);
    let mut corners: Vec<(f64, Vec<f64>)> = (0..=n)
        .map(|corner| {
            let mut x = start.to_vec();
            if let Some(moved) = corner.checked_sub(1) {
                x[moved] += step[moved];
            }
            (value(&x), x)
        })
        .collect();
    for _ in 0..400 * n {
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (best, worst) = (corners[0].0, corners[n].0);
        if (worst - best).abs() <= 1e-9 * best.abs().max(1e-3) {
            break;
        }
        let centre: Vec<f64> = (0..n).map(|i| corners[..n].iter().map(|(_, x)| x[i]).sum::<f64>() / n as f64).collect();
        let along = |share: f64| {
            let x: Vec<f64> = centre.iter().zip(&corners[n].1).map(|(c, w)| c + share * (w - c)).collect();
            (value(&x), x)
        };
        let reflected = along(-1.0);
        let replacement = if reflected.0 < best {
            let expanded = along(-2.0);
            if expanded.0 < reflected.0 { expanded } else { reflected }
        } else if reflected.0 < corners[n - 1].0 {
            reflected
        } else {
            along(if reflected.0 < worst { -0.5 } else { 0.5 })
        };
        if replacement.0 < worst {
            corners[n] = replacement;
        } else {
            let lowest = corners[0].1.clone();
            for (corner_value, x) in &mut corners[1..] {
                for (x, low) in x.iter_mut().zip(&lowest) {
                    *x = low + 0.5 * (*x - low);
                }
                *corner_value = value(x);
            }
        }
    }
    corners.swap_remove(0).1
}

/// Returns gradient and second derivatives by central differences.
fn derivatives(f: &impl Fn(&[f64]) -> f64, at: &[f64], step: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let n = at.len();
    let h: Vec<f64> = step.iter().map(|step| 1e-3 * step.abs()).collect();
    let moved = |moves: &[(usize, f64)]| {
        let mut x = at.to_vec();
        for (index, times) in moves {
            x[*index] += times * h[*index];
        }
        f(&x)
    };
    let middle = f(at);
    // Differences over h and 2h together cancel the next error term.
    let first = |i: usize| {
        (8.0 * (moved(&[(i, 1.0)]) - moved(&[(i, -1.0)])) - (moved(&[(i, 2.0)]) - moved(&[(i, -2.0)]))) / (12.0 * h[i])
    };
    let second = |i: usize, j: usize| {
        if i == j {
            let near = moved(&[(i, 1.0)]) + moved(&[(i, -1.0)]);
            let far = moved(&[(i, 2.0)]) + moved(&[(i, -2.0)]);
            return (16.0 * near - far - 30.0 * middle) / (12.0 * h[i] * h[i]);
        }
        let corner = |a: f64, b: f64| moved(&[(i, a), (j, b)]);
        (corner(1.0, 1.0) - corner(1.0, -1.0) - corner(-1.0, 1.0) + corner(-1.0, -1.0)) / (4.0 * h[i] * h[j])
    };
    (DVector::from_fn(n, |i, _| first(i)), DMatrix::from_fn(n, n, second))
}

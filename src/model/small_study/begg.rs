//! Begg and Mazumdar's rank correlation.

use serde::Serialize;

use crate::model::linear::{Mean, centre};
use crate::model::{Estimate, FitError};
use crate::num::distribution::{Normal, two_sided};

/// A rank correlation of effects and variances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RankCorrelation {
    /// Kendall's τ-b.
    pub kendall_tau: f64,
    /// Two-sided: exact below 50 studies without ties, else normal.
    pub p_value: f64,
}

/// Correlates the effects, standardised about the common-effect estimate, with their variances.
///
/// # Errors
/// As [`Mean::new`]; [`FitError::SingularDesign`] when all variances (or all standardised effects) are equal.
///
/// # Agreement
/// metafor 5.1-12, `ranktest()`: relative 1e-8.
///
/// # References
/// Begg & Mazumdar (1994), <https://doi.org/10.2307/2533446>; ties: Kendall (1970), Rank Correlation Methods, chapter 4
pub fn begg(estimates: &[Estimate]) -> Result<RankCorrelation, FitError> {
    Mean::new(estimates)?;
    let pool = centre(estimates, |vi| 1.0 / vi);
    let standardised = |estimate: &Estimate| (estimate.yi - pool.mean) / (estimate.vi - 1.0 / pool.sum_w).sqrt();
    let x: Vec<f64> = estimates.iter().map(standardised).collect();
    let y: Vec<f64> = estimates.iter().map(|estimate| estimate.vi).collect();
    kendall(&x, &y).ok_or(FitError::SingularDesign { column: 0 })
}

/// Returns Kendall's τ-b and its p-value; `None` when either list has one value only.
fn kendall(x: &[f64], y: &[f64]) -> Option<RankCorrelation> {
    let n = x.len();
    let mut score = 0_i64;
    for i in 0..n {
        for j in 0..i {
            score += i64::from(sign(x[i] - x[j]) * sign(y[i] - y[j]));
        }
    }
    let (ties_x, ties_y) = (ties(x), ties(y));
    let pairs = |t: f64| t * (t - 1.0);
    let sum = |ties: &[f64], term: &dyn Fn(f64) -> f64| ties.iter().map(|t| term(*t)).sum::<f64>();
    let k = n as f64;
    let all = 0.5 * pairs(k);
    let (tied_x, tied_y) = (0.5 * sum(&ties_x, &pairs), 0.5 * sum(&ties_y, &pairs));
    let scale = ((all - tied_x) * (all - tied_y)).sqrt();
    if scale == 0.0 {
        return None;
    }
    let p_value = if n < 50 && tied_x == 0.0 && tied_y == 0.0 {
        exact_p(n, score)
    } else {
        let weighted = |t: f64| pairs(t) * (2.0 * t + 5.0);
        let triples = |t: f64| pairs(t) * (t - 2.0);
        let variance = (weighted(k) - sum(&ties_x, &weighted) - sum(&ties_y, &weighted)) / 18.0
            + sum(&ties_x, &pairs) * sum(&ties_y, &pairs) / (2.0 * pairs(k))
            + sum(&ties_x, &triples) * sum(&ties_y, &triples) / (9.0 * triples(k));
        two_sided(&Normal, score as f64 / variance.sqrt())
    };
    Some(RankCorrelation { kendall_tau: score as f64 / scale, p_value })
}

fn sign(difference: f64) -> i32 {
    i32::from(difference > 0.0) - i32::from(difference < 0.0)
}

/// Returns the sizes of the runs of equal values.
fn ties(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|run| run.len() as f64).collect()
}

/// Returns the share of permutations of `n` at least as far from the middle as `score`: their inversions are counted.
fn exact_p(n: usize, score: i64) -> f64 {
    let mut share = vec![1.0];
    for size in 2..=n {
        let mut next = vec![0.0; share.len() + size - 1];
        for (inversions, value) in share.iter().enumerate() {
            for extra in 0..size {
                next[inversions + extra] += value / size as f64;
            }
        }
        share = next;
    }
    let most = share.len() as i64 - 1;
    // score = most − 2 · inversions.
    let far = |inversions: i64| (most - 2 * inversions).abs() >= score.abs();
    let p: f64 =
        share.iter().enumerate().filter(|(inversions, _)| far(*inversions as i64)).map(|(_, share)| share).sum();
    p.min(1.0)
}

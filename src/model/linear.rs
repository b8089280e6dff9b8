//! A linear model of the effects, seen through the few sums that estimating a variance needs.
//!
//! With weights W = diag(wᵢ) and design X, everything is a quadratic form or a trace of the residual projection
//! P = W − WX(XᵀWX)⁻¹XᵀW. For a mean, and for means by group, each reduces to sums over the studies: no k × k matrix is made.

use super::{Estimate, FitError};
use crate::num::ln;

/// Quadratic forms and traces of P at one set of weights.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// yᵀPy: the weighted residual sum of squares.
    pub ypy: f64,
    /// yᵀPPy.
    pub yppy: f64,
    /// yᵀPPPy.
    pub ypppy: f64,
    /// tr P.
    pub trace_p: f64,
    /// tr PP.
    pub trace_pp: f64,
    /// Σ wᵢ.
    pub sum_w: f64,
    /// Σ wᵢ².
    pub sum_w2: f64,
}

/// A linear model of checked estimates.
pub trait Linear {
    /// Returns the number of estimates.
    fn k(&self) -> usize;

    /// Returns the number of coefficients; always below `k`.
    fn p(&self) -> usize;

    /// Returns the estimates.
    fn estimates(&self) -> impl Iterator<Item = Estimate>;

    /// Returns the moments of P at weights `weight(vi)`.
    fn moments(&self, weight: impl Fn(f64) -> f64) -> Moments;

    /// Returns tr(PΩ) and tr(PΩPΩ), where Ω = diag(`omega(vi)`).
    fn traces(&self, weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64);

    /// Returns ln |XᵀWX|.
    fn log_determinant(&self, weight: impl Fn(f64) -> f64) -> f64;

    /// Returns the residual degrees of freedom k − p.
    fn residual_df(&self) -> f64 {
        (self.k() - self.p()) as f64
    }
}

/// Estimates with one mean: the usual pool. Finite effects, positive finite variances, at least two of them.
///
/// # Errors
/// [`Mean::new`] names the first estimate that breaks one of these.
#[derive(Debug, Clone, Copy)]
pub struct Mean<'a> {
    estimates: &'a [Estimate],
}

/// What the weighted mean of a set of estimates needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Centre {
    /// The weighted mean; NaN without estimates.
    pub mean: f64,
    /// Σ wᵢ.
    pub sum_w: f64,
}

impl<'a> Mean<'a> {
    /// Checks `estimates`.
    pub fn new(estimates: &'a [Estimate]) -> Result<Self, FitError> {
        check(estimates)?;
        match estimates.len() {
            k @ 0..=1 => Err(FitError::TooFewStudies { k, needed: 2 }),
            _ => Ok(Self { estimates }),
        }
    }

    /// Returns the estimates, in the order given.
    #[must_use]
    pub fn as_slice(&self) -> &'a [Estimate] {
        self.estimates
    }
}

impl Linear for Mean<'_> {
    fn k(&self) -> usize {
        self.estimates.len()
    }

    fn p(&self) -> usize {
        1
    }

    fn estimates(&self) -> impl Iterator<Item = Estimate> {
        self.estimates.iter().copied()
    }

    fn moments(&self, weight: impl Fn(f64) -> f64) -> Moments {
        moments(self.estimates, weight)
    }

    fn traces(&self, weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64) {
        traces(self.estimates, weight, omega)
    }

    fn log_determinant(&self, weight: impl Fn(f64) -> f64) -> f64 {
        ln(centre(self.estimates, weight).sum_w)
    }
}

/// Estimates in groups, each group with a mean of its own: the mixed-effects model with one factor.
#[derive(Debug, Clone)]
pub struct Groups {
    sorted: Vec<Estimate>,
    /// The length of each group that is not empty, in order.
    lengths: Vec<usize>,
}

impl Groups {
    /// Checks `estimates` and sorts them by `group_of` (one index for each), each below `count`.
    ///
    /// # Errors
    /// As [`Mean::new`]; [`FitError::Groups`] where `group_of` does not fit;
    /// [`FitError::NoResidualDegreesOfFreedom`] when no group has two estimates.
    pub fn new(estimates: &[Estimate], group_of: &[usize], count: usize) -> Result<Self, FitError> {
        check(estimates)?;
        if group_of.len() != estimates.len() || group_of.iter().any(|&group| group >= count) {
            return Err(FitError::Groups);
        }
        let members =
            |group| estimates.iter().zip(group_of).filter(move |&(_, &of)| of == group).map(|(&estimate, _)| estimate);
        let sorted: Vec<Estimate> = (0..count).flat_map(members).collect();
        let lengths: Vec<usize> = (0..count).map(|group| members(group).count()).filter(|&length| length > 0).collect();
        if sorted.len() <= lengths.len() {
            return Err(FitError::NoResidualDegreesOfFreedom);
        }
        Ok(Self { sorted, lengths })
    }

    /// Returns the members of each group that has any, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Estimate]> {
        let mut rest = self.sorted.as_slice();
        self.lengths.iter().map(move |&length| {
            let (group, after) = rest.split_at(length);
            rest = after;
            group
        })
    }
}

impl Linear for Groups {
    fn k(&self) -> usize {
        self.sorted.len()
    }

    fn p(&self) -> usize {
        self.lengths.len()
    }

    fn estimates(&self) -> impl Iterator<Item = Estimate> {
        self.sorted.iter().copied()
    }

    fn moments(&self, weight: impl Fn(f64) -> f64) -> Moments {
        self.iter().map(|group| moments(group, &weight)).fold(Moments::default(), |a, b| Moments {
            ypy: a.ypy + b.ypy,
            yppy: a.yppy + b.yppy,
            ypppy: a.ypppy + b.ypppy,
            trace_p: a.trace_p + b.trace_p,
            trace_pp: a.trace_pp + b.trace_pp,
            sum_w: a.sum_w + b.sum_w,
            sum_w2: a.sum_w2 + b.sum_w2,
        })
    }

    fn traces(&self, weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64) {
        self.iter().map(|group| traces(group, &weight, &omega)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    fn log_determinant(&self, weight: impl Fn(f64) -> f64) -> f64 {
        self.iter().map(|group| ln(centre(group, &weight).sum_w)).sum()
    }
}

/// Returns the weighted mean of `estimates` and the sum of weights.
pub(crate) fn centre(estimates: &[Estimate], weight: impl Fn(f64) -> f64) -> Centre {
    let (mut sum_w, mut sum_wy) = (0.0, 0.0);
    for estimate in estimates {
        let w = weight(estimate.vi);
        sum_w += w;
        sum_wy += w * estimate.yi;
    }
    Centre { mean: sum_wy / sum_w, sum_w }
}

pub(super) fn check(estimates: &[Estimate]) -> Result<(), FitError> {
    for (index, &Estimate { yi, vi }) in estimates.iter().enumerate() {
        if !yi.is_finite() {
            return Err(FitError::Effect { index, yi });
        }
        if !(vi > 0.0 && vi.is_finite()) {
            return Err(FitError::Variance { index, vi });
        }
    }
    Ok(())
}

/// The moments of one mean. With uᵢ = wᵢ(yᵢ − µ): Py = u, PPy = w∘u − w Σwu/Σw, and so on.
fn moments(estimates: &[Estimate], weight: impl Fn(f64) -> f64) -> Moments {
    let Centre { mean, sum_w } = centre(estimates, &weight);
    let (mut w2, mut w3, mut ypy, mut uu, mut wu, mut wuu) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for estimate in estimates {
        let w = weight(estimate.vi);
        let residual = estimate.yi - mean;
        let u = w * residual;
        w2 += w * w;
        w3 += w * w * w;
        ypy += u * residual;
        uu += u * u;
        wu += w * u;
        wuu += w * u * u;
    }
    let ratio = w2 / sum_w;
    let at = Moments {
        ypy,
        yppy: uu,
        ypppy: wuu - wu * wu / sum_w,
        trace_p: sum_w - ratio,
        trace_pp: w2 - 2.0 * w3 / sum_w + ratio * ratio,
        sum_w,
        sum_w2: w2,
    };
    if at.trace_p > CANCELLED * sum_w && at.trace_pp > CANCELLED * w2 {
        return at;
    }
    let (trace_p, trace_pp) = positive_traces(estimates, &weight, |_| 1.0);
    let tilted = |estimate: &Estimate| weight(estimate.vi) * (estimate.yi - mean) - wu / sum_w;
    let ypppy = estimates.iter().map(|estimate| weight(estimate.vi) * tilted(estimate) * tilted(estimate)).sum();
    Moments { trace_p, trace_pp, ypppy, ..at }
}

/// Where one study has nearly all the weight, differences of large sums leave nothing of what the others add: below this share of those sums,
/// traces are added up from positive terms.
const CANCELLED: f64 = 1e-6;

/// tr(PΩ) and tr(PΩPΩ) as sums of positive terms: with S₋ᵢ the weight of all but i, Pᵢᵢ = wᵢ S₋ᵢ / S and Pᵢⱼ² = wᵢ² wⱼ² / S².
fn positive_traces(estimates: &[Estimate], weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64) {
    let terms: Vec<(f64, f64)> = estimates.iter().map(|estimate| (weight(estimate.vi), omega(estimate.vi))).collect();
    let sum: f64 = terms.iter().map(|(w, _)| w).sum();
    let (mut once, mut twice) = (0.0, 0.0);
    let after = terms.iter().rev().scan((0.0, 0.0), |after, (w, o)| {
        let now = *after;
        *after = (after.0 + w, after.1 + o * w * w);
        Some(now)
    });
    let after: Vec<(f64, f64)> = after.collect();
    let mut before = (0.0, 0.0);
    for ((w, o), after) in terms.iter().zip(after.iter().rev()) {
        let (others, squares) = (before.0 + after.0, before.1 + after.1);
        let own = o * w * others / sum;
        once += own;
        twice += own * own + o * w * w * squares / (sum * sum);
        before = (before.0 + w, before.1 + o * w * w);
    }
    (once, twice)
}

fn traces(estimates: &[Estimate], weight: impl Fn(f64) -> f64, omega: impl Fn(f64) -> f64) -> (f64, f64) {
    let (mut s1, mut wo, mut w2o, mut w2o2, mut w3o2) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for estimate in estimates {
        let (w, o) = (weight(estimate.vi), omega(estimate.vi));
        s1 += w;
        wo += w * o;
        w2o += w * w * o;
        w2o2 += w * w * o * o;
        w3o2 += w * w * w * o * o;
    }
    let found = (wo - w2o / s1, w2o2 - 2.0 * w3o2 / s1 + (w2o / s1) * (w2o / s1));
    if found.0 > CANCELLED * wo && found.1 > CANCELLED * w2o2 {
        return found;
    }
    positive_traces(estimates, weight, omega)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One study with nearly all the weight: for two studies P = w₁w₂/(w₁ + w₂) · [[1, −1], [−1, 1]].
    #[test]
    fn what_the_others_add_is_not_lost_beside_one_study_with_nearly_all_the_weight() {
        for small in [1e-8, 1e-3, 1.0] {
            let two = [Estimate { yi: 0.1, vi: small }, Estimate { yi: 5.0, vi: 100.0 }];
            let mean = Mean::new(&two).unwrap();
            let at = mean.moments(|vi| 1.0 / vi);
            let p = 1.0 / (small + 100.0);
            let within = |off: f64, found: f64, expected: f64| (found / expected - 1.0).abs() < off;
            let close = |found: f64, expected: f64| within(1e-9, found, expected);
            assert!(close(at.trace_p, 2.0 * p), "{small}: {at:?}");
            assert!(close(at.trace_pp, 4.0 * p * p), "{small}: {at:?}");
            // The mean lies 5e-10 from the first effect, which is known to 1e-17.
            assert!(within(1e-8, at.ypppy, 4.9 * 4.9 * 4.0 * p * p * p), "{small}: {at:?}");
            let (once, twice) = mean.traces(|vi| 1.0 / vi, |vi| vi);
            let shares = p * (small + 100.0);
            assert!(close(once, shares) && close(twice, shares * shares), "{small}: {once} {twice}");
        }
        // Of several studies both ways agree where nothing cancels.
        let five = [0.1, 0.2, 0.4, 0.8, 1.6].map(|vi| Estimate { yi: vi, vi });
        let (once, twice) = positive_traces(&five, |vi| 1.0 / vi, |vi| vi.sqrt());
        let plain = traces(&five, |vi| 1.0 / vi, |vi| vi.sqrt());
        assert!(
            (once / plain.0 - 1.0).abs() < 1e-14 && (twice / plain.1 - 1.0).abs() < 1e-14,
            "{once} {twice} {plain:?}"
        );
    }
}

//! The generalised linear mixed model of counts: binomial-normal, Poisson-normal.

use std::f64::consts::{PI, SQRT_2};
use std::sync::LazyLock;

use super::counts::{Count, Found, conclude, corrected, heterogeneity};
use super::linear::Mean;
use super::tau2::dersimonian_laird;
use super::{Estimate, Fit, FitError, Limits, ModelKind, Remark, Spec};
use crate::effect::Figures;
use crate::evidence::Level;
use crate::num::distribution::{ChiSquared, Distribution as _, Tail};
use crate::num::{exp, gauss_hermite, ln, minimise};

/// Nodes of the quadrature, as many as the reference programs take; where a study at 0% meets a τ above 2, they leave errors of 1e-4.
static NODES: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_hermite(21));

const STEPS: usize = 100;

/// Fits `xᵢ ~ Binomial(nᵢ, expit(µ + τuᵢ))` or `xᵢ ~ Poisson(tᵢ exp(µ + τuᵢ))`, `uᵢ ~ N(0, 1)`, by maximum likelihood.
///
/// Each study's integral over uᵢ is taken by Gauss-Hermite quadrature about its own mode; the same nodes give the exact first and
/// second derivatives, so that Newton's steps need no differences. The likelihood is even in τ: τ = 0 is its maximum where it curves
/// downwards there.
///
/// # Agreement
/// metafor 5.1-12, `rma.glmm()` with 21 nodes: relative 2e-3, its optimiser's own accuracy.
///
/// # References
/// Stijnen, Hamza & Özdemir (2010), <https://doi.org/10.1002/sim.4040>; Liu & Pierce (1994),
/// <https://doi.org/10.1093/biomet/81.3.624>
pub(super) fn fit(figures: &[Figures], spec: &Spec) -> Result<Fit, FitError> {
    let counts = Count::all(figures, ModelKind::Glmm)?;
    let Maximum { best: at, alone, by_simplex } = maximise(&counts, None)?;
    let (variance, tau_variance) = at.variances();
    let found = Found {
        estimate: at.mu,
        se: variance.sqrt(),
        tau2: at.tau * at.tau,
        tau2_se: tau_variance.map(|variance| 2.0 * at.tau * variance.sqrt()),
        tau2_ci: Some(profile_likelihood(&counts, &at, &alone, spec.level)?),
        tau2_at_boundary: at.tau == 0.0,
        log_likelihood: Some(at.log + counts.iter().map(|count| count.log_constant()).sum::<f64>()),
        heterogeneity: heterogeneity(&counts, at.tau * at.tau)?,
        // A likelihood of counts is no weighted mean.
        weights_percent: Vec::new(),
    };
    let mut fit = conclude(counts.len(), found, spec)?;
    fit.remarks.extend(by_simplex.then_some(Remark::BySimplex));
    Ok(fit)
}

/// What was fitted last: the next fit, of nearly the same studies, begins where it ended, and of the very same takes its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Last(Option<(Vec<Figures>, Point)>);

impl Last {
    /// Returns the pooled effect and its variance, as [`fit`] has them, without what only a reader of one pool asks for.
    pub fn fit(&mut self, figures: &[Figures]) -> Result<Estimate, FitError> {
        let best = match &self.0 {
            Some((same, best)) if same == figures => *best,
            last => {
                let start = last.as_ref().map(|(_, best)| (best.mu, best.tau));
                let best = maximise(&Count::all(figures, ModelKind::Glmm)?, start)?.best;
                self.0 = Some((figures.to_vec(), best));
                best
            }
        };
        Ok(Estimate { yi: best.mu, vi: best.variances().0 })
    }
}

/// The log-likelihood at one point, with its derivatives by µ and τ.
#[derive(Debug, Clone, Copy)]
struct Point {
    mu: f64,
    tau: f64,
    log: f64,
    gradient: [f64; 2],
    /// By µµ, µτ, ττ.
    hessian: [f64; 3],
}

/// The largest likelihood.
struct Maximum {
    best: Point,
    /// The largest at τ = 0.
    alone: Point,
    /// Newton's steps did not lead to it.
    by_simplex: bool,
}

/// Climbs by Newton's steps. Where τ is so large that the quadrature's own derivatives no longer point uphill (a study or two at 0% or
/// 100% beside one that is not), the simplex takes over. `from` is µ and τ of a set of studies that is nearly the same.
fn maximise(counts: &[Count], from: Option<(f64, f64)>) -> Result<Maximum, FitError> {
    let together = Point::at(counts, Count::together(counts), 0.0);
    let (mu, tau) = match from.filter(|(_, tau)| *tau > 0.0) {
        Some(from) => from,
        // The moments of the effects, never at 0, from where no step would lead away.
        None => (together.mu, dersimonian_laird(&Mean::new(&corrected(counts))?).value.sqrt().max(0.2)),
    };
    let mut point = Point::at(counts, mu, tau);
    let settled = |point: Point, by_simplex| {
        let boundary = point.tau.abs() < 1e-4 || point.log <= together.log;
        let best = if boundary { together } else { Point { tau: point.tau.abs(), ..point } };
        Maximum { best, alone: together, by_simplex }
    };
    for _ in 0..STEPS {
        let step = point.step();
        let gain = step[0] * point.gradient[0] + step[1] * point.gradient[1];
        if gain.abs() < 1e-12 {
            return Ok(settled(point, false));
        }
        let along = |share: f64| Point::at(counts, point.mu + share * step[0], point.tau + share * step[1]);
        let next = (0..40).map(|halvings| along(0.5_f64.powi(halvings))).find(|next| next.log >= point.log);
        match next {
            Some(next) => point = next,
            None => break,
        }
    }
    let found = minimise(|at| -Point::at(counts, at[0], at[1]).log, &[point.mu, point.tau], &[0.3, 0.3]);
    let found = found.ok_or(FitError::NoMaximum { model: ModelKind::Glmm, last: point.mu, steps: STEPS })?;
    Ok(settled(Point::at(counts, found.point[0], found.point[1]), true))
}

/// Returns the profile likelihood interval of τ²: all values whose log-likelihood, µ at its best, is less than half a χ²₁ quantile
/// below the largest. The lower end is 0 where `alone`, at τ = 0, is likely enough.
///
/// # References
/// Venzon & Moolgavkar (1988), <https://doi.org/10.2307/2347496>
fn profile_likelihood(counts: &[Count], best: &Point, alone: &Point, level: Level) -> Result<Limits, FitError> {
    let quantile = ChiSquared::new(1.0).quantile(Tail::Upper(1.0 - level.0));
    let least = best.log - 0.5 * quantile;
    // Where the likelihood is a parabola in τ, an end is here; at τ = 0 it has no curvature of its own.
    let [h_mm, h_mt, h_tt] = best.hessian;
    let reach = (quantile * h_mm / (h_mt * h_mt - h_mm * h_tt)).sqrt();
    let reach = if best.tau > 0.0 && reach.is_finite() { reach } else { 0.5 };
    let lower = if alone.log >= least { 0.0 } else { limit(counts, best, least, best.tau - reach, 0.0)? };
    let upper = limit(counts, best, least, best.tau + reach, f64::INFINITY)?;
    Ok(Limits { lower: lower * lower, upper: upper * upper })
}

/// Returns the τ between that of `best` and `far` at which the profile likelihood is `least`: Newton's steps from `tau`, held in the
/// bracket. At the best µ the profile's slope is the likelihood's own in τ.
fn limit(counts: &[Count], best: &Point, least: f64, tau: f64, far: f64) -> Result<f64, FitError> {
    let (mut inside, mut outside, mut tau, mut mu) = (best.tau, far, tau, best.mu);
    for _ in 0..STEPS {
        if !((tau > inside.min(outside)) && (tau < inside.max(outside))) {
            tau = if outside.is_finite() { 0.5 * (inside + outside) } else { 2.0 * inside };
        }
        let point = Point::at(counts, mu, tau).at_best_mu(counts);
        let excess = point.log - least;
        if excess.abs() < 1e-8 {
            return Ok(tau);
        }
        *(if excess > 0.0 { &mut inside } else { &mut outside }) = tau;
        (tau, mu) = (tau - excess / point.gradient[1], point.mu);
    }
    Err(FitError::NoMaximum { model: ModelKind::Glmm, last: tau, steps: STEPS })
}

impl Point {
    /// Returns the maximum in µ at this τ. The likelihood is log-concave in µ, so that Newton's steps, halved where too long, lead there.
    fn at_best_mu(self, counts: &[Count]) -> Self {
        let mut point = self;
        for _ in 0..STEPS {
            let step = -point.gradient[0] / point.hessian[0];
            // What is still to be gained: the likelihood is flat there, so that a thousandth of what an end is told by will do.
            if step * point.gradient[0] <= 1e-11 {
                break;
            }
            let along = |share: f64| Self::at(counts, point.mu + share * step, point.tau);
            match (0..4).map(|halvings| along(0.5_f64.powi(halvings))).find(|next| next.log > point.log) {
                Some(next) => point = next,
                None => break,
            }
        }
        point
    }

    /// Returns the variances of µ and τ at the maximum; at τ = 0 the two are independent, and τ has none.
    fn variances(&self) -> (f64, Option<f64>) {
        let [h_mm, h_mt, h_tt] = self.hessian;
        let determinant = h_mm * h_tt - h_mt * h_mt;
        match self.tau {
            0.0 => (-1.0 / h_mm, None),
            _ => (-h_tt / determinant, Some(-h_mm / determinant)),
        }
    }

    fn at(counts: &[Count], mu: f64, tau: f64) -> Self {
        let mut point = Self { mu, tau, log: 0.0, gradient: [0.0; 2], hessian: [0.0; 3] };
        for &count in counts {
            point.add(count);
        }
        point
    }

    /// Adds one study: its integral over u, and the derivatives as moments of u under its posterior.
    fn add(&mut self, count: Count) {
        if self.tau == 0.0 {
            // The integrand is a normal density times a number.
            let (log, score, curvature) = count.at(self.mu);
            self.log += log;
            self.gradient[0] += score;
            self.hessian[0] += curvature;
            self.hessian[2] += curvature + score * score;
            return;
        }
        let (mode, spread) = mode(count, self.mu, self.tau);
        // Relative to the mode no term overflows.
        let top = count.log(self.mu + self.tau * mode) - 0.5 * mode * mode;
        let (mut total, mut s, mut su, mut second) = (0.0, 0.0, 0.0, [0.0; 3]);
        for (z, log_weight) in NODES.iter() {
            let u = mode + SQRT_2 * spread * z;
            let (log, score, curvature) = count.at(self.mu + self.tau * u);
            let weight = exp(log - 0.5 * u * u + log_weight - top);
            let both = weight * (curvature + score * score);
            total += weight;
            s += weight * score;
            su += weight * score * u;
            second = [second[0] + both, second[1] + both * u, second[2] + both * u * u];
        }
        let (s, su) = (s / total, su / total);
        self.log += top + ln(total * spread / PI.sqrt());
        self.gradient = [self.gradient[0] + s, self.gradient[1] + su];
        for (sum, (moment, product)) in self.hessian.iter_mut().zip(second.into_iter().zip([s * s, s * su, su * su])) {
            *sum += moment / total - product;
        }
    }

    /// Returns Newton's step uphill; where the likelihood is not curved downwards, it is bent until it is.
    fn step(&self) -> [f64; 2] {
        let [mut a, b, mut c] = self.hessian.map(|second| -second);
        let lowest = 0.5 * (a + c) - (0.25 * (a - c) * (a - c) + b * b).sqrt();
        let least = 1e-3 * (a.abs() + c.abs() + b.abs());
        if lowest < least {
            (a, c) = (a + least - lowest, c + least - lowest);
        }
        let determinant = a * c - b * b;
        let [g, h] = self.gradient;
        [(c * g - b * h) / determinant, (a * h - b * g) / determinant]
    }
}

/// Returns where the integrand over u is largest, and its standard deviation there.
fn mode(count: Count, mu: f64, tau: f64) -> (f64, f64) {
    let mut u = 0.0;
    loop {
        let (score, curvature) = count.derivatives(mu + tau * u);
        let precision = 1.0 - tau * tau * curvature;
        // The integrand is log-concave; a longer step would overflow the exponential of a rate.
        let longest = 2.0 / tau.abs().max(1.0);
        let step = ((tau * score - u) / precision).clamp(-longest, longest);
        u += step;
        if step.abs() < 1e-6 || step.is_nan() {
            return (u, 1.0 / precision.sqrt());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Measure;
    use crate::model::fit_counts;

    fn spec() -> Spec {
        Spec { model: ModelKind::Glmm, ..Spec::default() }.settled()
    }

    #[test]
    fn where_newtons_steps_end_the_simplex_goes_on_and_is_named() {
        let studies = [(0.0, 10.0), (0.0, 2.0), (11.0, 21.0)].map(|(xi, ni)| Figures::Events { xi, ni });
        let found = fit_counts(&studies, Measure::Plo, &spec()).unwrap();
        assert!(found.remarks.contains(&Remark::BySimplex), "{:?}", found.remarks);
        let counts = Count::all(&studies, ModelKind::Glmm).unwrap();
        let best = Point::at(&counts, found.estimate, found.tau2.sqrt()).log;
        for mu in -30..10 {
            for tau in 0..40 {
                let elsewhere = Point::at(&counts, f64::from(mu) * 0.2, f64::from(tau) * 0.2).log;
                assert!(elsewhere <= best + 1e-9, "{mu} {tau}");
            }
        }
    }

    #[test]
    fn without_scatter_the_interval_of_tau2_starts_at_0() {
        let studies = [(10.0, 20.0), (20.0, 40.0), (15.0, 30.0)].map(|(xi, ni)| Figures::Events { xi, ni });
        let found = fit_counts(&studies, Measure::Plo, &spec()).unwrap();
        let ends = found.tau2_ci.unwrap();
        assert_eq!((found.tau2, ends.lower), (0.0, 0.0));
        assert!(ends.upper > 0.05 && ends.upper < 5.0, "{ends:?}");
    }
}

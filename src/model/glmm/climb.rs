//! The likelihood of counts with normal random effects, and the way to its top.

use std::array;
use std::f64::consts::{PI, SQRT_2};
use std::sync::LazyLock;

use crate::evidence::Level;
use crate::model::counts::{Count, corrected};
use crate::model::linear::Mean;
use crate::model::tau2::dersimonian_laird;
use crate::model::{FitError, Limits, ModelKind};
use crate::num::distribution::{ChiSquared, Distribution as _, Tail};
use crate::num::{exp_each, gauss_hermite, ln, minimise};

/// Nodes of the quadrature, as many as the reference programs take; where a study at 0% meets a τ above 2, they leave errors of 1e-4.
static NODES: LazyLock<[[f64; NODE_COUNT]; 2]> = LazyLock::new(|| {
    let nodes = gauss_hermite(NODE_COUNT);
    [array::from_fn(|at| nodes[at].0), array::from_fn(|at| nodes[at].1)]
});

const NODE_COUNT: usize = 21;

const STEPS: usize = 100;

/// The share of a log-likelihood that its rounding may come to, the sum of a few thousand studies.
const ROUNDING: f64 = 2e-14;

/// A study, and the mean that its effect scatters about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Study {
    pub count: Count,
    pub about: About,
}

/// What a study's effect scatters about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum About {
    /// The mean of its group, which is estimated.
    Mean(usize),
    /// A value that is held.
    Held(f64),
}

/// Studies in groups: each group with a mean of its own, all with one τ.
#[derive(Debug, Clone)]
pub struct Grouped {
    pub(super) studies: Vec<Study>,
    pub(super) groups: usize,
}

/// The log-likelihood at one point, with its derivatives by the means and τ. Means of different groups have no second derivative
/// together: the matrix of these is an arrow.
#[derive(Debug, Clone)]
pub struct Point {
    pub mu: Vec<f64>,
    pub tau: f64,
    pub log: f64,
    by_mu: Vec<f64>,
    by_tau: f64,
    mu_mu: Vec<f64>,
    mu_tau: Vec<f64>,
    tau_tau: f64,
}

/// Means and τ to begin at.
pub type Start = (Vec<f64>, f64);

/// The largest likelihood.
pub struct Maximum {
    pub best: Point,
    /// The largest at τ = 0.
    pub alone: Point,
    /// Newton's steps did not lead to it.
    pub by_simplex: bool,
}

impl Grouped {
    /// Returns studies of which those with a mean have one of `groups`; each group must have a study.
    pub fn new(studies: Vec<Study>, groups: usize) -> Self {
        Self { studies, groups }
    }

    /// Returns studies about one mean.
    pub fn one(counts: &[Count]) -> Self {
        Self::new(counts.iter().map(|&count| Study { count, about: About::Mean(0) }).collect(), 1)
    }

    /// Climbs by Newton's steps. Where τ is so large that the quadrature's own derivatives no longer point uphill (a study or two at 0%
    /// or 100% beside one that is not), the simplex takes over.
    pub fn maximise(&self, from: Option<Start>) -> Result<Maximum, FitError> {
        let together = self.at(self.means_alone(), 0.0);
        let (mu, tau) = from.unwrap_or_else(|| {
            // The moments of the effects, never at 0, from where no step would lead away.
            let counts: Vec<Count> = self.studies.iter().map(|study| study.count).collect();
            let effects = corrected(&counts);
            let moments = Mean::new(&effects).map_or(0.0, |mean| dersimonian_laird(&mean).value);
            (together.mu.clone(), moments.sqrt().max(0.2))
        });
        let mut point = self.at(mu, tau);
        let settled = |point: Point, by_simplex| {
            let boundary = point.tau.abs() < 1e-4 || point.log <= together.log;
            let best = if boundary { together.clone() } else { Point { tau: point.tau.abs(), ..point } };
            Maximum { best, alone: together.clone(), by_simplex }
        };
        for _ in 0..STEPS {
            let (by_mu, by_tau) = point.step();
            let gain = product(&by_mu, &point.by_mu) + by_tau * point.by_tau;
            if gain.abs() < 1e-12 {
                return Ok(settled(point, false));
            }
            let along = |share: f64| self.at(moved(&point.mu, &by_mu, share), point.tau + share * by_tau);
            if gain.abs() < ROUNDING * point.log.abs() {
                // What is left to climb cannot be told from rounding; Newton's step needs no telling so near to the top.
                return Ok(settled(along(1.0), false));
            }
            let next = (0..40).map(|halvings| along(0.5_f64.powi(halvings))).find(|next| next.log >= point.log);
            match next {
                Some(next) => point = next,
                None => break,
            }
        }
        let start: Vec<f64> = point.mu.iter().copied().chain([point.tau]).collect();
        let log = |at: &[f64]| -self.at(at[..self.groups].to_vec(), at[self.groups]).log;
        let found = minimise(log, &start, &vec![0.3; start.len()]);
        let last = point.mu.first().copied().unwrap_or(f64::NAN);
        let found = found.ok_or(FitError::NoMaximum { model: ModelKind::Glmm, last, steps: STEPS })?;
        Ok(settled(self.at(found.point[..self.groups].to_vec(), found.point[self.groups]), true))
    }

    /// Returns each group's mean where τ is 0.
    fn means_alone(&self) -> Vec<f64> {
        let members = |group: usize| -> Vec<Count> {
            let of = |study: &&Study| study.about == About::Mean(group);
            self.studies.iter().filter(of).map(|study| study.count).collect()
        };
        (0..self.groups).map(|group| Count::together(&members(group))).collect()
    }

    /// Returns the profile likelihood interval of τ²: all values whose log-likelihood, the means at their best, is less than half a χ²₁
    /// quantile below the largest. The lower end is 0 where that at τ = 0 is likely enough.
    ///
    /// # References
    /// Venzon & Moolgavkar (1988), <https://doi.org/10.2307/2347496>
    pub fn profile_likelihood(&self, found: &Maximum, level: Level) -> Result<Limits, FitError> {
        let (best, alone) = (&found.best, &found.alone);
        let quantile = ChiSquared::new(1.0).quantile(Tail::Upper(1.0 - level.0));
        let least = best.log - 0.5 * quantile;
        // Where the likelihood is a parabola in τ, an end is here; at τ = 0 it has no curvature of its own.
        let reach = (quantile / -best.tau_profile()).sqrt();
        let reach = if best.tau > 0.0 && reach.is_finite() { reach } else { 0.5 };
        let lower = if alone.log >= least { 0.0 } else { self.limit(best, least, best.tau - reach, 0.0)? };
        let upper = self.limit(best, least, best.tau + reach, f64::INFINITY)?;
        Ok(Limits { lower: lower * lower, upper: upper * upper })
    }

    /// Returns the τ between that of `best` and `far` at which the profile likelihood is `least`: Newton's steps from `tau`, held in the
    /// bracket. At the best means the profile's slope is the likelihood's own in τ.
    fn limit(&self, best: &Point, least: f64, tau: f64, far: f64) -> Result<f64, FitError> {
        let (mut inside, mut outside, mut tau, mut mu) = (best.tau, far, tau, best.mu.clone());
        for _ in 0..STEPS {
            if !((tau > inside.min(outside)) && (tau < inside.max(outside))) {
                tau = if outside.is_finite() { 0.5 * (inside + outside) } else { 2.0 * inside };
            }
            let point = self.at_best_means(self.at(mu, tau));
            let excess = point.log - least;
            if excess.abs() < 1e-8 {
                return Ok(tau);
            }
            *(if excess > 0.0 { &mut inside } else { &mut outside }) = tau;
            (tau, mu) = (tau - excess / point.by_tau, point.mu);
        }
        Err(FitError::NoMaximum { model: ModelKind::Glmm, last: tau, steps: STEPS })
    }

    /// Returns the maximum in the means at the τ of `point`. The likelihood is log-concave in them, so that Newton's steps, halved where
    /// too long, lead there.
    fn at_best_means(&self, point: Point) -> Point {
        let mut point = point;
        for _ in 0..STEPS {
            let step: Vec<f64> = point.by_mu.iter().zip(&point.mu_mu).map(|(slope, bend)| -slope / bend).collect();
            // What is still to be gained: the likelihood is flat there, so that a thousandth of what an end is told by will do.
            if product(&step, &point.by_mu) <= 1e-11 {
                break;
            }
            let along = |share: f64| self.at(moved(&point.mu, &step, share), point.tau);
            match (0..4).map(|halvings| along(0.5_f64.powi(halvings))).find(|next| next.log > point.log) {
                Some(next) => point = next,
                None => break,
            }
        }
        point
    }

    /// Returns the likelihood at these means and this τ.
    pub fn at(&self, mu: Vec<f64>, tau: f64) -> Point {
        let mut point = Point::empty(mu, tau);
        for &study in &self.studies {
            point.add(study);
        }
        point
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn moved(from: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    from.iter().zip(step).map(|(from, step)| from + share * step).collect()
}

impl Point {
    /// Returns the likelihood of no study.
    fn empty(mu: Vec<f64>, tau: f64) -> Self {
        let none = vec![0.0; mu.len()];
        let (by_mu, mu_mu, mu_tau) = (none.clone(), none.clone(), none);
        Self { mu, tau, log: 0.0, by_mu, by_tau: 0.0, mu_mu, mu_tau, tau_tau: 0.0 }
    }

    /// Returns where Newton's step leads from here without one of the studies: less its own part, the derivatives are known.
    pub(super) fn without(&self, study: Study) -> Start {
        let mut part = Self::empty(self.mu.clone(), self.tau);
        part.add(study);
        let less = |whole: &[f64], part: &[f64]| moved(whole, part, -1.0);
        let rest = Self {
            by_mu: less(&self.by_mu, &part.by_mu),
            by_tau: self.by_tau - part.by_tau,
            mu_mu: less(&self.mu_mu, &part.mu_mu),
            mu_tau: less(&self.mu_tau, &part.mu_tau),
            tau_tau: self.tau_tau - part.tau_tau,
            ..part
        };
        let (by_mu, by_tau) = rest.step();
        (moved(&self.mu, &by_mu, 1.0), self.tau + by_tau)
    }

    /// Adds one study: its integral over u, and the derivatives as moments of u under its posterior.
    fn add(&mut self, Study { count, about }: Study) {
        let centre = match about {
            About::Mean(group) => self.mu[group],
            About::Held(value) => value,
        };
        if self.tau == 0.0 {
            // The integrand is a normal density times a number.
            let (log, score, curvature) = count.at(centre);
            self.log += log;
            self.tau_tau += curvature + score * score;
            if let About::Mean(group) = about {
                self.by_mu[group] += score;
                self.mu_mu[group] += curvature;
            }
            return;
        }
        let (mode, spread) = mode(count, centre, self.tau);
        // Relative to the mode no term overflows.
        let top = count.log(centre + self.tau * mode) - 0.5 * mode * mode;
        let [nodes, log_weights] = &*NODES;
        let [mut us, mut etas, mut powers] = [[0.0; NODE_COUNT]; 3];
        for at in 0..NODE_COUNT {
            us[at] = mode + SQRT_2 * spread * nodes[at];
            etas[at] = centre + self.tau * us[at];
        }
        let [logs, scores, curvatures] = count.at_each(etas);
        for at in 0..NODE_COUNT {
            powers[at] = logs[at] - 0.5 * us[at] * us[at] + log_weights[at] - top;
        }
        let weights = exp_each(powers);
        let (mut total, mut s, mut su, mut second) = (0.0, 0.0, 0.0, [0.0; 3]);
        for (at, weight) in weights.into_iter().enumerate() {
            let (u, score) = (us[at], scores[at]);
            let both = weight * (curvatures[at] + score * score);
            total += weight;
            s += weight * score;
            su += weight * score * u;
            second = [second[0] + both, second[1] + both * u, second[2] + both * u * u];
        }
        let (s, su) = (s / total, su / total);
        let [mm, mt, tt] = second.map(|moment| moment / total);
        self.log += top + ln(total * spread / PI.sqrt());
        self.by_tau += su;
        self.tau_tau += tt - su * su;
        if let About::Mean(group) = about {
            self.by_mu[group] += s;
            self.mu_mu[group] += mm - s * s;
            self.mu_tau[group] += mt - s * su;
        }
    }

    /// Returns Newton's step uphill; where the likelihood is not curved downwards, it is bent until it is.
    fn step(&self) -> (Vec<f64>, f64) {
        let size = self.mu_mu.iter().chain(&self.mu_tau).map(|one| one.abs()).sum::<f64>() + self.tau_tau.abs();
        let least = 1e-3 * size;
        let bend: Vec<f64> = self.mu_mu.iter().map(|second| (-second).max(least)).collect();
        let pulls = || self.mu_tau.iter().zip(&bend);
        // The curvature in τ and the slope, each with the means following.
        let profile = (-self.tau_tau - pulls().map(|(c, b)| c * c / b).sum::<f64>()).max(least);
        let slope = self.by_tau + pulls().zip(&self.by_mu).map(|((c, b), g)| c * g / b).sum::<f64>();
        let by_tau = slope / profile;
        let by_mu = pulls().zip(&self.by_mu).map(|((c, b), g)| (g + c * by_tau) / b).collect();
        (by_mu, by_tau)
    }

    /// Returns the second derivative in τ where the means follow.
    fn tau_profile(&self) -> f64 {
        self.tau_tau - self.mu_tau.iter().zip(&self.mu_mu).map(|(c, d)| c * c / d).sum::<f64>()
    }

    /// Returns the covariance of two means at the maximum; at τ = 0 it is that of the common effects, as τ and the means are
    /// independent there.
    pub fn covariance(&self, one: usize, other: usize) -> f64 {
        let own = if one == other { -1.0 / self.mu_mu[one] } else { 0.0 };
        let through_tau = match self.tau {
            0.0 => 0.0,
            _ => self.pull(one) * self.pull(other) / -self.tau_profile(),
        };
        own + through_tau
    }

    fn pull(&self, group: usize) -> f64 {
        self.mu_tau[group] / self.mu_mu[group]
    }

    /// Returns the variance of τ at the maximum; at τ = 0 it has none.
    pub fn tau_variance(&self) -> Option<f64> {
        (self.tau != 0.0).then(|| -1.0 / self.tau_profile())
    }

    /// Returns Wald's statistic against the means being all equal: their scatter, weighted by the inverse of their covariance.
    pub fn wald(&self) -> f64 {
        let pull = if self.tau == 0.0 { 0.0 } else { 1.0 / self.tau_tau };
        // Rows of the information about the means, τ following.
        let informed = |v: &[f64]| -> Vec<f64> {
            let along = product(&self.mu_tau, v) * pull;
            self.mu_mu.iter().zip(&self.mu_tau).zip(v).map(|((d, c), v)| c * along - d * v).collect()
        };
        let ones = vec![1.0; self.mu.len()];
        let weights = informed(&ones);
        let mean = product(&weights, &self.mu) / product(&weights, &ones);
        let apart: Vec<f64> = self.mu.iter().map(|mu| mu - mean).collect();
        product(&apart, &informed(&apart))
    }
}

/// Returns where the integrand over u is largest, and its standard deviation there.
fn mode(count: Count, mu: f64, tau: f64) -> (f64, f64) {
    let mut u = 0.0;
    for _ in 0..STEPS {
        let (step, precision) = towards_mode(count, mu, tau, u);
        // The integrand is log-concave; a longer step would overflow the exponential of a rate.
        let longest = 2.0 / tau.abs().max(1.0);
        let step = step.clamp(-longest, longest);
        u += step;
        if step.abs() < 1e-6 || step.is_nan() {
            return (u, 1.0 / precision.sqrt());
        }
    }
    mode_far(count, mu, tau, u)
}

/// Returns what [`mode`] does where steps of its length would take too many: a climb that has sent τ into the thousands.
fn mode_far(count: Count, mu: f64, tau: f64, from: f64) -> (f64, f64) {
    let slope = |u: f64| towards_mode(count, mu, tau, u).0;
    let (mut low, mut high, mut reach) = (from, from, 1.0);
    while slope(low) < 0.0 && reach < f64::MAX {
        (low, reach) = (low - reach, 2.0 * reach);
    }
    while slope(high) > 0.0 && reach < f64::MAX {
        (high, reach) = (high + reach, 2.0 * reach);
    }
    let mut u = from;
    loop {
        let (step, precision) = towards_mode(count, mu, tau, u);
        *(if step > 0.0 { &mut low } else { &mut high }) = u;
        let next = u + step;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        if (next - u).abs() < 1e-6 + 1e-12 * u.abs() || high - low < 1e-6 + 1e-12 * u.abs() || next.is_nan() {
            return (next, 1.0 / precision.sqrt());
        }
        u = next;
    }
}

/// Returns Newton's step from `u` towards the mode, and the integrand's precision at `u`.
fn towards_mode(count: Count, mu: f64, tau: f64, u: f64) -> (f64, f64) {
    let (score, curvature) = count.derivatives(mu + tau * u);
    let precision = 1.0 - tau * tau * curvature;
    ((tau * score - u) / precision, precision)
}

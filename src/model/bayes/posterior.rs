//! The posterior of τ on a grid, and of everything else given it.

use super::super::{Estimate, FitError, ModelKind};
use super::mixture::{Mixture, Part};
use super::priors::{MuPrior, Priors};
use crate::num::{exp, kronrod, ln, root};

/// A posterior: of µ, of τ, of each study's effect and of a new study's.
///
/// τ = c·x/(1 − x) carries (0, ∞) to (0, 1), c near its posterior median; Kronrod's 15 points on each part of (0, 1) integrate over
/// it. Given τ, all else is normal.
#[derive(Debug, Clone)]
pub struct Posterior {
    estimates: Vec<Estimate>,
    priors: Priors,
    /// c.
    centre: f64,
    /// The logarithm of the largest unnormalised density met, for scale.
    top: f64,
    /// The normalising integral, relative to `top`.
    total: f64,
    nodes: Vec<Node>,
    /// The probability below the end of each part of (0, 1).
    cumulated: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    tau: f64,
    /// Its share of the posterior.
    weight: f64,
    /// Of µ, given τ.
    mean: f64,
    variance: f64,
}

/// Nodes with less than this share say nothing.
const NEGLIGIBLE: f64 = 1e-12;

impl Posterior {
    /// Returns the posterior.
    ///
    /// # Errors
    /// As [`super::super::fit`]; [`FitError::ImproperPosterior`] where the priors are so wide, and the studies so few, that there
    /// is none.
    pub fn new(estimates: &[Estimate], priors: Priors) -> Result<Self, FitError> {
        super::super::linear::Mean::new(estimates)?;
        let mut posterior = Self {
            estimates: estimates.to_vec(),
            priors,
            centre: 1.0,
            top: 0.0,
            total: 1.0,
            nodes: Vec::new(),
            cumulated: Vec::new(),
        };
        if posterior.tail_power() <= 1.0 {
            return Err(FitError::ImproperPosterior);
        }
        posterior.centre = posterior.middle();
        posterior.integrate();
        if posterior.total > 0.0 && posterior.total.is_finite() {
            Ok(posterior)
        } else {
            Err(FitError::NoMaximum { model: ModelKind::Bayes, last: posterior.centre, steps: posterior.nodes.len() })
        }
    }

    /// Returns the distribution of the mean.
    #[must_use]
    pub fn mu(&self) -> Mixture {
        let given = |node: &Node| (node.mean, node.variance);
        match self.priors.mu {
            MuPrior::Flat => self.mixture(given),
            MuPrior::Normal { .. } => Mixture { has_mean: true, has_variance: true, ..self.mixture(given) },
        }
    }

    /// Returns the distribution of the true effect of a new study.
    #[must_use]
    pub fn predictive(&self) -> Mixture {
        self.mixture(|node| (node.mean, node.variance + node.tau * node.tau))
    }

    /// Returns the distribution of the true effect of one of the studies, drawn towards the mean.
    #[must_use]
    pub fn study(&self, index: usize) -> Option<Mixture> {
        let Estimate { yi, vi } = *self.estimates.get(index)?;
        let given = |node: &Node| {
            let tau2 = node.tau * node.tau;
            let own = tau2 / (tau2 + vi);
            (own * yi + (1.0 - own) * node.mean, own * vi + (1.0 - own) * (1.0 - own) * node.variance)
        };
        // However large τ, the study's own figures hold its effect.
        Some(Mixture { has_mean: true, has_variance: true, ..self.mixture(given) })
    }

    fn mixture(&self, given: impl Fn(&Node) -> (f64, f64)) -> Mixture {
        let part = |node: &Node| {
            let (mean, variance) = given(node);
            Part { weight: node.weight, mean, sd: variance.sqrt() }
        };
        let power = self.tail_power();
        Mixture { parts: self.nodes.iter().map(part).collect(), has_mean: power > 2.0, has_variance: power > 3.0 }
    }

    /// Returns the density of τ.
    #[must_use]
    pub fn tau_density(&self, tau: f64) -> f64 {
        if tau < 0.0 { 0.0 } else { exp(self.log_density(tau).0 - self.top) / self.total }
    }

    /// Returns the probability that τ is at most this.
    #[must_use]
    pub fn tau_cdf(&self, tau: f64) -> f64 {
        if tau <= 0.0 {
            return 0.0;
        }
        let x = tau / (tau + self.centre);
        let part = ((x * self.parts()) as usize).min(self.cumulated.len() - 1);
        let below = if part == 0 { 0.0 } else { self.cumulated[part - 1] };
        let rest: f64 = kronrod(part as f64 / self.parts(), x).map(|(x, weight)| weight * self.in_x(x)).iter().sum();
        (below + rest / self.total).min(1.0)
    }

    /// Returns the τ with probability `p` below it; NaN unless 0 < p < 1.
    #[must_use]
    pub fn tau_quantile(&self, p: f64) -> f64 {
        let back = |x: f64| self.centre * x / (1.0 - x);
        let part = self.cumulated.iter().position(|below| *below >= p).unwrap_or(self.cumulated.len() - 1) as f64;
        let ends = [part / self.parts(), ((part + 1.0) / self.parts()).min(1.0 - f64::EPSILON)];
        root(|x| self.tau_cdf(back(x)) - p, ends[0], ends[1]).map_or(f64::NAN, back)
    }

    /// Returns the mean of τ; `None` where the integral diverges.
    #[must_use]
    pub fn tau_mean(&self) -> Option<f64> {
        (self.tail_power() > 2.0).then(|| self.nodes.iter().map(|node| node.weight * node.tau).sum())
    }

    /// Returns the standard deviation of τ; `None` where the integral diverges.
    #[must_use]
    pub fn tau_sd(&self) -> Option<f64> {
        let mean = self.tau_mean().filter(|_| self.tail_power() > 3.0)?;
        Some(self.nodes.iter().map(|node| node.weight * (node.tau - mean).powi(2)).sum::<f64>().sqrt())
    }

    /// Returns each study's share in the mean, averaged over τ, in per cent; a prior on µ has no share here.
    #[must_use]
    pub fn weights_percent(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.estimates.len()];
        for node in &self.nodes {
            let weight = |estimate: &Estimate| 1.0 / (estimate.vi + node.tau * node.tau);
            let sum: f64 = self.estimates.iter().map(weight).sum();
            for (share, estimate) in shares.iter_mut().zip(&self.estimates) {
                *share += 100.0 * node.weight * weight(estimate) / sum;
            }
        }
        shares
    }

    /// Returns how much more likely the studies are without heterogeneity than with: the density of τ = 0 after the studies over
    /// that before; `None` for an improper prior on τ.
    ///
    /// # References
    /// Dickey (1971), <https://doi.org/10.1214/aoms/1177693507>
    #[must_use]
    pub fn bayes_factor_tau_zero(&self) -> Option<f64> {
        self.priors.tau.density(0.0).map(|before| self.tau_density(0.0) / before)
    }

    /// Returns how much more likely the studies are with µ = 0 than without; `None` for a flat prior on µ.
    #[must_use]
    pub fn bayes_factor_mu_zero(&self) -> Option<f64> {
        match self.priors.mu {
            MuPrior::Flat => None,
            MuPrior::Normal { mean, sd } => {
                let before =
                    Mixture { parts: vec![Part { weight: 1.0, mean, sd }], has_mean: true, has_variance: true };
                Some(self.mu().density(0.0) / before.density(0.0))
            }
        }
    }

    /// Returns the power of 1/τ by which the posterior density falls far out.
    fn tail_power(&self) -> f64 {
        let k = self.estimates.len() as f64;
        self.priors.tau.tail_power() + if self.priors.mu == MuPrior::Flat { k - 1.0 } else { k }
    }

    /// Returns the unnormalised log density of τ with µ integrated out, and mean and variance of µ given τ.
    fn log_density(&self, tau: f64) -> (f64, f64, f64) {
        let tau2 = tau * tau;
        let prior = match self.priors.mu {
            MuPrior::Flat => None,
            MuPrior::Normal { mean, sd } => Some((mean, 1.0 / (sd * sd))),
        };
        let (mut sum_w, mut sum_wy) = prior.map_or((0.0, 0.0), |(mean, w)| (w, w * mean));
        let mut log_w = 0.0;
        for estimate in &self.estimates {
            let variance = estimate.vi + tau2;
            let w = 1.0 / variance;
            (sum_w, sum_wy, log_w) = (sum_w + w, sum_wy + w * estimate.yi, log_w - ln(variance));
        }
        let mean = sum_wy / sum_w;
        let scatter = |y: f64, w: f64| w * (y - mean) * (y - mean);
        let q: f64 = self.estimates.iter().map(|estimate| scatter(estimate.yi, 1.0 / (estimate.vi + tau2))).sum();
        let q = q + prior.map_or(0.0, |(mean, w)| scatter(mean, w));
        let log = self.priors.tau.log_density(tau, &self.estimates) + 0.5 * (log_w - ln(sum_w) - q);
        (log, mean, 1.0 / sum_w)
    }

    /// Returns about the posterior median of τ, from steps of a factor √2.
    fn middle(&self) -> f64 {
        let typical =
            self.estimates.iter().map(|estimate| estimate.vi.sqrt()).sum::<f64>() / self.estimates.len() as f64;
        let taus: Vec<f64> = (-40..=40).map(|step| typical * 2.0_f64.powi(step).sqrt()).collect();
        let logs: Vec<f64> = taus.iter().map(|tau| self.log_density(*tau).0 + ln(*tau)).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let masses: Vec<f64> = logs.iter().map(|log| exp(log - top)).collect();
        let half = 0.5 * masses.iter().sum::<f64>();
        let mut below = 0.0;
        let at = masses.iter().position(|mass| {
            below += mass;
            below >= half
        });
        at.and_then(|index| taus.get(index)).copied().unwrap_or(typical)
    }

    /// The number of parts of (0, 1); a posterior of many studies is narrow.
    fn parts(&self) -> f64 {
        (10.0 * (self.estimates.len() as f64 / 20.0).sqrt().max(1.0)).ceil()
    }

    /// Returns the unnormalised density over x.
    fn in_x(&self, x: f64) -> f64 {
        let rest = 1.0 - x;
        exp(self.log_density(self.centre * x / rest).0 - self.top) * self.centre / (rest * rest)
    }

    /// Fills nodes and cumulated probabilities.
    fn integrate(&mut self) {
        let parts = self.parts();
        let mut logs = Vec::new();
        for part in 0..parts as usize {
            for (x, weight) in kronrod(part as f64 / parts, (part as f64 + 1.0) / parts) {
                let tau = self.centre * x / (1.0 - x);
                let (log, mean, variance) = self.log_density(tau);
                logs.push(log);
                self.nodes.push(Node { tau, weight: weight * self.centre / ((1.0 - x) * (1.0 - x)), mean, variance });
            }
        }
        self.top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (node, log) in self.nodes.iter_mut().zip(&logs) {
            node.weight *= exp(log - self.top);
        }
        self.total = self.nodes.iter().map(|node| node.weight).sum();
        for node in &mut self.nodes {
            node.weight /= self.total;
        }
        let mut below = 0.0;
        self.cumulated = self
            .nodes
            .chunks(15)
            .map(|part| {
                below += part.iter().map(|node| node.weight).sum::<f64>();
                below
            })
            .collect();
        self.nodes.retain(|node| node.weight > NEGLIGIBLE);
    }
}

//! The Bayesian random-effects model, by numerical integration: nothing is sampled, two studies are enough.

mod mixture;
mod posterior;
mod priors;

pub use mixture::Mixture;
pub use posterior::Posterior;
pub use priors::{MuPrior, Priors, TauPrior};

use serde::Serialize;

use super::fit::{Fit, check_level};
use super::heterogeneity::Heterogeneity;
use super::linear::Mean;
use super::prediction::Prediction;
use super::{Estimate, FitError, IntervalMethod, Limits, ModelKind, PredictionMethod, Spec};
use crate::evidence::Level;

/// A posterior in figures, by the names that bayesmeta's users know. `None` stands for an integral that diverges.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The mean.
    pub mu: Marginal,
    /// The standard deviation between studies.
    pub tau: Marginal,
    /// The true effect of a new study.
    pub predictive: Centre,
    /// The studies' own effects, drawn towards the mean.
    pub shrinkage: Shrinkage,
    /// P(µ < 0).
    pub prob_mu_below_zero: f64,
    /// See [`Posterior::bayes_factor_tau_zero`].
    pub bayes_factor_tau_zero: Option<f64>,
    /// See [`Posterior::bayes_factor_mu_zero`].
    pub bayes_factor_mu_zero: Option<f64>,
}

/// Median, mean, standard deviation and central 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Marginal {
    /// The median.
    pub median: f64,
    /// The mean.
    pub mean: Option<f64>,
    /// The standard deviation.
    pub sd: Option<f64>,
    /// The central 95% interval, whatever the level of the pool.
    pub central95: [f64; 2],
}

/// Median and central 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Centre {
    /// The median.
    pub median: f64,
    /// The central 95% interval.
    pub central95: [f64; 2],
}

/// Medians and central 95% intervals of the studies' effects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shrinkage {
    /// Medians.
    pub median: Vec<f64>,
    /// Lower ends.
    pub lower: Vec<f64>,
    /// Upper ends.
    pub upper: Vec<f64>,
}

/// A density along the axis of what it is the density of, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityCurve {
    /// Values in rising order, evenly spaced.
    pub x: Vec<f64>,
    /// The density at each.
    pub density: Vec<f64>,
}

/// The densities of a posterior.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Densities {
    /// Of the mean.
    pub mu: DensityCurve,
    /// Of the standard deviation between studies.
    pub tau: DensityCurve,
    /// Of the true effect of a new study.
    pub predictive: DensityCurve,
}

impl Posterior {
    /// Returns the densities, each at 201 points between its quantiles of 0.1% and 99.9%; that of τ from 0.
    ///
    /// # Examples
    /// ```
    /// use forestable::model::{Estimate, bayes::{Posterior, Priors}};
    /// let two = [(0.2, 0.04), (0.5, 0.09)].map(|(yi, vi)| Estimate { yi, vi });
    /// let curve = Posterior::new(&two, Priors::default())?.densities().mu;
    /// let area: f64 = curve.density.iter().sum::<f64>() * (curve.x[1] - curve.x[0]);
    /// assert!((area - 0.998).abs() < 1e-3);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    #[must_use]
    pub fn densities(&self) -> Densities {
        const STEPS: u32 = 200;
        let curve = |from: f64, to: f64, density: &dyn Fn(f64) -> f64| {
            let x: Vec<f64> = (0..=STEPS).map(|i| from + (to - from) * f64::from(i) / f64::from(STEPS)).collect();
            DensityCurve { density: x.iter().map(|&x| density(x)).collect(), x }
        };
        let of = |mixture: Mixture| curve(mixture.quantile(0.001), mixture.quantile(0.999), &|x| mixture.density(x));
        Densities {
            mu: of(self.mu()),
            tau: curve(0.0, self.tau_quantile(0.999), &|tau| self.tau_density(tau)),
            predictive: of(self.predictive()),
        }
    }

    /// Returns the posterior in figures.
    ///
    /// # Agreement
    /// bayesmeta 3.4: relative 5e-3, the reference's own accuracy.
    ///
    /// # Examples
    /// ```
    /// use forestable::model::{Estimate, bayes::{MuPrior, Posterior, Priors, TauPrior}};
    /// let two = [(0.2, 0.04), (0.5, 0.09)].map(|(yi, vi)| Estimate { yi, vi });
    /// let priors = Priors { tau: TauPrior::HalfNormal(0.5), mu: MuPrior::Flat };
    /// let summary = Posterior::new(&two, priors)?.summary();
    /// assert!(summary.mu.central95[0] < 0.3 && summary.mu.central95[1] > 0.3);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        let level = Level::NINETY_FIVE.0;
        let centre = |mixture: &Mixture| Centre { median: mixture.quantile(0.5), central95: mixture.central(level) };
        let mu = self.mu();
        let Centre { median, central95 } = centre(&mu);
        let studies: Vec<Centre> = (0..).map_while(|index| self.study(index)).map(|study| centre(&study)).collect();
        Summary {
            mu: Marginal { median, mean: mu.mean(), sd: mu.sd(), central95 },
            tau: Marginal {
                median: self.tau_quantile(0.5),
                mean: self.tau_mean(),
                sd: self.tau_sd(),
                central95: [self.tau_quantile(0.5 * (1.0 - level)), self.tau_quantile(0.5 * (1.0 + level))],
            },
            predictive: centre(&self.predictive()),
            shrinkage: Shrinkage {
                median: studies.iter().map(|study| study.median).collect(),
                lower: studies.iter().map(|study| study.central95[0]).collect(),
                upper: studies.iter().map(|study| study.central95[1]).collect(),
            },
            prob_mu_below_zero: mu.cdf(0.0),
            bayes_factor_tau_zero: self.bayes_factor_tau_zero(),
            bayes_factor_mu_zero: self.bayes_factor_mu_zero(),
        }
    }
}

/// Pools `estimates` with `priors`: the median of the posterior of µ with its central interval, the prediction interval of a new
/// study, the median of τ squared as τ². The standard error is the posterior standard deviation, NaN where that does not exist, as
/// do the statistic and the p-value always.
///
/// # Errors
/// As [`Posterior::new`]; [`FitError::Level`].
pub fn fit_bayes(estimates: &[Estimate], priors: Priors, spec: &Spec) -> Result<(Fit, Posterior), FitError> {
    check_level(spec.level)?;
    let posterior = Posterior::new(estimates, priors)?;
    let mu = posterior.mu();
    let [ci_lower, ci_upper] = mu.central(spec.level.0);
    let limits = |[lower, upper]: [f64; 2]| Limits { lower, upper };
    let prediction = (estimates.len() > 2 && spec.prediction != PredictionMethod::None).then(|| Prediction {
        method: PredictionMethod::Posterior,
        df: f64::INFINITY,
        limits: limits(posterior.predictive().central(spec.level.0)),
        se: None,
    });
    let tau = posterior.tau_quantile(0.5);
    let tails = [0.5 * (1.0 - spec.level.0), 0.5 * (1.0 + spec.level.0)];
    let of_q = Heterogeneity::of(&Mean::new(estimates)?, None);
    let heterogeneity = Heterogeneity::from_q(of_q.q, of_q.q_df, of_q.typical_variance, Some(tau * tau));
    let fit = Fit {
        k: estimates.len(),
        model: ModelKind::Bayes,
        tau2_method: None,
        interval: IntervalMethod::Posterior,
        level: spec.level,
        estimate: mu.quantile(0.5),
        se: mu.sd().unwrap_or(f64::NAN),
        statistic: f64::NAN,
        df: None,
        p_value: f64::NAN,
        ci_lower,
        ci_upper,
        prediction,
        tau2: tau * tau,
        tau2_se: None,
        tau2_ci: Some(limits(tails.map(|p| posterior.tau_quantile(p).powi(2)))),
        tau2_at_boundary: false,
        heterogeneity,
        log_likelihood: None,
        weights_percent: posterior.weights_percent(),
        remarks: Vec::new(),
    };
    Ok((fit, posterior))
}

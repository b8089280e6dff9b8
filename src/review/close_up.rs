//! One pool looked at closely: what single series, small series and other subsets do to it. Effects on the analysis scale.

use super::findings::AnalysisFindings;
use crate::effect::Scale;
use crate::model::bayes::{Posterior, Priors};
use crate::model::sensitivity::{self, Baujat, Cumulated, Influence, Omitted, Plan as SubsetPlan, SubsetPool, gosh};
use crate::model::small_study::{FillEstimator, Side, TrimAndFill, trim_and_fill};
use crate::model::tau2::{self, Likelihood, profile_likelihood};
use crate::model::{Estimate, FitError, Limits, Mean, Spec};
use crate::num::distribution::{Distribution as _, Normal};

/// Most series whose subsets are all pooled: 4,083 pools.
const MOST_FOR_SUBSETS: usize = 12;

/// A pool under the glass; each view is computed when it is asked for.
#[derive(Debug, Clone)]
pub struct CloseUp {
    /// The effects, in the order of the analysis' entries.
    pub estimates: Vec<Estimate>,
    /// What a Bayesian pool of them starts from.
    pub priors: Priors,
    spec: Spec,
    scale: Scale,
    /// The harmonic mean of the numbers observed, at which the double arcsine is carried back.
    n: f64,
}

/// The pool of some of the series.
#[derive(Debug, Clone, PartialEq)]
pub struct Subset {
    /// The positions of its series among the entries.
    pub members: Vec<usize>,
    /// Their pool.
    pub pool: SubsetPool,
}

/// The likelihood of the variance between series.
#[derive(Debug, Clone, PartialEq)]
pub struct Tau2Profile {
    /// The best τ².
    pub best: f64,
    /// Its profile-likelihood interval.
    pub interval: Limits,
    /// τ² and its log-likelihood less that at the best.
    pub curve: Vec<(f64, f64)>,
}

impl CloseUp {
    /// Returns the close-up of a pool.
    #[must_use]
    pub fn of(found: &AnalysisFindings) -> Self {
        let estimates = found.entries.iter().map(|entry| Estimate { yi: entry.effect.yi, vi: entry.effect.vi });
        let reciprocals: f64 = found.entries.iter().filter_map(|entry| entry.n).map(|n| 1.0 / n as f64).sum();
        let methods = &found.analysis.methods;
        let n = found.entries.len() as f64 / reciprocals;
        Self { estimates: estimates.collect(), priors: methods.priors, spec: methods.spec, scale: methods.scale, n }
    }

    /// Returns the proportion that an effect stands for.
    #[must_use]
    pub fn proportion(&self, effect: f64) -> f64 {
        self.scale.back_at(effect, self.n)
    }

    /// Returns the proportions between which an interval of effects lies, the smaller first.
    #[must_use]
    pub fn proportions(&self, lower: f64, upper: f64) -> (f64, f64) {
        let (a, b) = (self.proportion(lower), self.proportion(upper));
        (a.min(b), a.max(b))
    }

    /// Returns the effect of a proportion.
    #[must_use]
    pub fn effect(&self, proportion: f64) -> f64 {
        self.scale.transform(proportion)
    }

    /// Returns the two-sided P value of `estimate` against each of these effects, by the normal distribution.
    #[must_use]
    pub fn p_values(estimate: f64, se: f64, against: &[f64]) -> Vec<f64> {
        let normal = Normal;
        against.iter().map(|effect| 2.0 * normal.sf((estimate - effect).abs() / se)).collect()
    }

    /// Returns the pool without each series, in their order.
    ///
    /// # Errors
    /// As [`sensitivity::leave_one_out`].
    pub fn leave_one_out(&self) -> Result<Vec<Omitted>, FitError> {
        sensitivity::leave_one_out(&self.estimates, &self.spec)
    }

    /// Returns the pool as series come in, in this `order` of their positions.
    ///
    /// # Errors
    /// As [`sensitivity::cumulative`].
    pub fn cumulative(&self, order: &[usize]) -> Result<Vec<Cumulated>, FitError> {
        let ordered: Vec<Estimate> = order.iter().filter_map(|i| self.estimates.get(*i).copied()).collect();
        sensitivity::cumulative(&ordered, &self.spec)
    }

    /// Returns what each series does to the pool.
    ///
    /// # Errors
    /// As [`sensitivity::influence`].
    pub fn influence(&self) -> Result<Vec<Influence>, FitError> {
        sensitivity::influence(&self.estimates, &self.spec)
    }

    /// Returns each series' place in Baujat's plot.
    ///
    /// # Errors
    /// As [`sensitivity::baujat`].
    pub fn baujat(&self) -> Result<Vec<Baujat>, FitError> {
        sensitivity::baujat(&self.estimates, &self.spec)
    }

    /// Returns the pool with the series that seem to be missing on one side filled in, on the side where more are.
    ///
    /// # Errors
    /// As [`trim_and_fill`].
    pub fn filled(&self) -> Result<TrimAndFill, FitError> {
        let on = |side| trim_and_fill(&self.estimates, side, FillEstimator::L0, &self.spec);
        let (left, right) = (on(Side::Left)?, on(Side::Right)?);
        Ok(if right.k0 > left.k0 { right } else { left })
    }

    /// Returns the pool of every subset of two series or more, where there are at most twelve series.
    ///
    /// # Errors
    /// As [`gosh`]; [`FitError::Plan`] above twelve series.
    pub fn subsets(&self) -> Result<Vec<Subset>, FitError> {
        let k = self.estimates.len();
        if k > MOST_FOR_SUBSETS {
            return Err(FitError::Plan);
        }
        let found = gosh(&self.estimates, SubsetPlan::All { k }, &self.spec)?;
        let members = (0..found.plan.numbers()).filter_map(|number| found.plan.members(number));
        Ok(members.zip(found.pools).map(|(members, pool)| Subset { members, pool }).collect())
    }

    /// Returns τ² from 0 well beyond the upper end of its interval, with its (restricted) log-likelihood less that at the best.
    ///
    /// # Errors
    /// As [`profile_likelihood`].
    pub fn tau2_profile(&self) -> Result<Tau2Profile, FitError> {
        const STEPS: u32 = 200;
        let mean = Mean::new(&self.estimates)?;
        let likelihood = Likelihood::Restricted;
        let interval = profile_likelihood(&mean, likelihood, self.spec.level)?;
        let best = tau2::reml(&mean)?.value;
        let top = likelihood.log(&mean, best);
        let at = (0..=STEPS).map(|i| 1.6 * interval.upper * f64::from(i) / f64::from(STEPS));
        let curve = at.map(|tau2| (tau2, likelihood.log(&mean, tau2) - top)).collect();
        Ok(Tau2Profile { best, interval, curve })
    }

    /// Returns what is believed after these series, by the plan's priors, whatever model the pool itself has.
    ///
    /// # Errors
    /// As [`Posterior::new`].
    pub fn posterior(&self) -> Result<Posterior, FitError> {
        Posterior::new(&self.estimates, self.priors)
    }
}

//! Ioannidis and Trikalinos' test of excess significance.

use serde::Serialize;

use crate::model::fit::quick_fit;
use crate::model::{Estimate, FitError, ModelKind, Spec, Tau2Method};
use crate::num::distribution::{Distribution as _, Normal, Tail};

/// The number of significant studies against the number to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExcessSignificance {
    /// Studies significant at 5%, two-sided.
    pub observed: usize,
    /// How many are expected: the sum of their powers.
    pub expected: f64,
    /// One-sided, against no excess.
    pub p_value: f64,
}

/// Up to this many studies the distribution of the count is used; beyond, its χ² approximation, as the paper has it.
const EXACT: usize = 20;

/// Compares the number of significant studies with the sum of their powers under the random-effects model (REML).
///
/// # Errors
/// As [`crate::model::fit`].
///
/// # Agreement
/// metafor 5.1-12, `tes()`: relative 1e-4 (its REML is not converged further).
///
/// # References
/// Ioannidis & Trikalinos (2007), <https://doi.org/10.1177/1740774507079441>
pub fn excess_significance(estimates: &[Estimate], spec: &Spec) -> Result<ExcessSignificance, FitError> {
    let fit = quick_fit(estimates, &Spec { model: ModelKind::Random, tau2: Tau2Method::Reml, ..*spec })?;
    let z = Normal.quantile(Tail::Upper(0.025));
    let observed = estimates.iter().filter(|estimate| estimate.yi.abs() > z * estimate.vi.sqrt()).count();
    let powers: Vec<f64> = estimates
        .iter()
        .map(|estimate| {
            let (critical, sd) = (z * estimate.vi.sqrt(), (estimate.vi + fit.tau2).sqrt());
            Normal.sf((critical - fit.estimate) / sd) + Normal.cdf((-critical - fit.estimate) / sd)
        })
        .collect();
    let expected: f64 = powers.iter().sum();
    let p_value = if estimates.len() <= EXACT {
        at_least(&powers, observed)
    } else {
        let excess = observed as f64 - expected;
        Normal.sf(excess / (expected * (1.0 - expected / estimates.len() as f64)).sqrt())
    };
    Ok(ExcessSignificance { observed, expected, p_value })
}

/// Returns the probability of at least `count` successes in trials with these probabilities.
fn at_least(probabilities: &[f64], count: usize) -> f64 {
    let mut distribution = vec![1.0];
    for p in probabilities {
        let mut next = vec![0.0; distribution.len() + 1];
        for (successes, share) in distribution.iter().enumerate() {
            next[successes] += share * (1.0 - p);
            next[successes + 1] += share * p;
        }
        distribution = next;
    }
    distribution.iter().skip(count).sum::<f64>().min(1.0)
}

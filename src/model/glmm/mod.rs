//! The generalised linear mixed model of counts: binomial-normal, Poisson-normal.

mod climb;
mod groups;
mod nearby;

use self::climb::{Grouped, Maximum, Point};
pub(super) use self::groups::{fit_groups, quick_test};
pub(super) use self::nearby::Nearby;
use super::counts::{Count, Found, conclude, heterogeneity};
use super::{Estimate, Fit, FitError, ModelKind, Remark, Spec};
use crate::effect::Figures;

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
    let model = Grouped::one(&counts);
    let maximum = model.maximise(None)?;
    let Maximum { best: at, by_simplex, .. } = &maximum;
    let found = Found {
        tau2_ci: Some(model.profile_likelihood(&maximum, spec.level)?),
        log_likelihood: Some(at.log + counts.iter().map(|count| count.log_constant()).sum::<f64>()),
        ..found(&maximum, 0, &counts)?
    };
    let mut fit = conclude(counts.len(), (counts.len() - 1) as f64, found, spec)?;
    fit.remarks.extend(by_simplex.then_some(Remark::BySimplex));
    Ok(fit)
}

/// Returns what the model found of one group with these counts, without an interval of τ² and a likelihood.
fn found(maximum: &Maximum, group: usize, counts: &[Count]) -> Result<Found, FitError> {
    let at = &maximum.best;
    Ok(Found {
        estimate: at.mu[group],
        se: at.covariance(group, group).sqrt(),
        tau2: at.tau * at.tau,
        tau2_se: at.tau_variance().map(|variance| 2.0 * at.tau * variance.sqrt()),
        tau2_ci: None,
        tau2_at_boundary: at.tau == 0.0,
        log_likelihood: None,
        heterogeneity: heterogeneity(counts, at.tau * at.tau)?,
        // A likelihood of counts is no weighted mean.
        weights_percent: Vec::new(),
    })
}

/// What was fitted last: the next fit, of nearly the same studies, begins near it, and of the very same takes its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Last {
    answer: Option<(Vec<Figures>, Point)>,
    near: Nearby,
}

impl Last {
    /// Returns the pooled effect and its variance, as [`fit`] has them, without what only a reader of one pool asks for.
    pub fn fit(&mut self, figures: &[Figures]) -> Result<Estimate, FitError> {
        if self.answer.as_ref().is_none_or(|(same, _)| same != figures) {
            let model = Grouped::one(&Count::all(figures, ModelKind::Glmm)?);
            self.answer = Some((figures.to_vec(), self.near.maximise(model)?.best));
        }
        let best = self.answer.as_ref().map(|(_, best)| Estimate { yi: best.mu[0], vi: best.covariance(0, 0) });
        best.ok_or(FitError::TooFewStudies { k: 0, needed: 2 })
    }

    /// Returns the largest likelihood of what was fitted last.
    pub fn log(&self) -> Option<f64> {
        self.answer.as_ref().map(|(_, best)| best.log)
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
        let model = Grouped::one(&Count::all(&studies, ModelKind::Glmm).unwrap());
        let best = model.at(vec![found.estimate], found.tau2.sqrt()).log;
        for mu in -30..10 {
            for tau in 0..40 {
                let elsewhere = model.at(vec![f64::from(mu) * 0.2], f64::from(tau) * 0.2).log;
                assert!(elsewhere <= best + 1e-9, "{mu} {tau}");
            }
        }
    }

    #[test]
    fn of_many_studies_the_top_is_found_although_their_sum_is_rounded() {
        let mut random = crate::num::Random::new(7, 0);
        let mut study = || {
            let n = 20.0 + (random.uniform() * 200.0).round();
            Count::Binomial { x: (n * (0.3 + 0.5 * random.uniform())).round(), n }
        };
        let studies: Vec<Count> = (0..240).map(|_| study()).collect();
        let mut near = Nearby::default();
        let mut before = near.maximise(Grouped::one(&studies)).unwrap();
        for left_out in 0..studies.len() {
            let others = Grouped::one(&[&studies[..left_out], &studies[left_out + 1..]].concat());
            let beside = others.maximise(Some((before.best.mu.clone(), before.best.tau))).unwrap();
            let alone = others.maximise(None).unwrap();
            let found = near.maximise(others).unwrap();
            for other in [&beside, &alone] {
                assert!(!found.by_simplex && !other.by_simplex, "without {left_out}");
                assert!((found.best.mu[0] - other.best.mu[0]).abs() < 1e-7, "without {left_out}");
                assert!((found.best.tau - other.best.tau).abs() < 1e-7, "without {left_out}");
            }
            before = beside;
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

//! The beta-binomial model: proportions follow a beta distribution.

use super::counts::{Count, Found, conclude, heterogeneity};
use super::{Fit, FitError, ModelKind, Spec};
use crate::effect::Figures;
use crate::num::special::{ln_rising, trigamma};
use crate::num::{exp, minimise};

/// Fits `xᵢ ~ Binomial(nᵢ, πᵢ)`, `πᵢ ~ Beta(πs, (1 − π)s)`, by maximum likelihood; the estimate is the log odds of π.
///
/// τ² is the variance that the log odds of such a beta distribution have, ψ′(πs) + ψ′((1 − π)s). Where the likelihood falls with
/// the overdispersion 1/(s + 1) from 0 on, the studies do not vary more than binomially: τ² = 0 and the pool is binomial.
///
/// # References
/// Kuss (2015), <https://doi.org/10.1002/sim.6383>; the slope at 0: Tarone (1979), <https://doi.org/10.1093/biomet/66.3.585>
pub(super) fn fit(figures: &[Figures], spec: &Spec) -> Result<Fit, FitError> {
    let counts = Count::all(figures, ModelKind::BetaBinomial)?;
    let pairs: Vec<(f64, f64)> = counts
        .iter()
        .enumerate()
        .map(|(index, count)| match *count {
            Count::Binomial { x, n } => Ok((x, n)),
            Count::Poisson { .. } => Err(FitError::Counts { index, model: ModelKind::BetaBinomial }),
        })
        .collect::<Result<_, _>>()?;
    let eta = Count::together(&counts);
    let constant: f64 = counts.iter().map(|count| count.log_constant()).sum();
    let (estimate, variance, tau2, log) = if slope_at_binomial(&pairs, eta) <= 0.0 {
        let information: f64 = counts.iter().map(|count| -count.derivatives(eta).1).sum();
        (eta, 1.0 / information, 0.0, counts.iter().map(|count| count.log(eta)).sum::<f64>())
    } else {
        let minimum = minimise(|at| -log_likelihood(&pairs, at[0], at[1]), &[eta, 3.0], &[0.5, 0.5])
            .ok_or(FitError::NoMaximum { model: ModelKind::BetaBinomial, last: eta, steps: STEPS })?;
        let [a, b] = shapes(minimum.point[0], minimum.point[1]);
        (minimum.point[0], minimum.covariance[(0, 0)], trigamma(a) + trigamma(b), -minimum.value)
    };
    let found = Found {
        estimate,
        se: variance.sqrt(),
        tau2,
        tau2_se: None,
        tau2_ci: None,
        tau2_at_boundary: tau2 == 0.0,
        log_likelihood: Some(log + constant),
        heterogeneity: heterogeneity(&counts, tau2)?,
        weights_percent: Vec::new(),
    };
    conclude(counts.len(), (counts.len() - 1) as f64, found, spec)
}

/// The most steps that [`minimise`] takes.
const STEPS: usize = 800;

/// Returns the shapes of the beta distribution at log odds `eta` and logarithm `log_size` of their sum.
fn shapes(eta: f64, log_size: f64) -> [f64; 2] {
    let size = exp(log_size);
    [size / (1.0 + exp(-eta)), size / (1.0 + exp(eta))]
}

fn log_likelihood(pairs: &[(f64, f64)], eta: f64, log_size: f64) -> f64 {
    let [a, b] = shapes(eta, log_size);
    let study = |(x, n): &(f64, f64)| ln_rising(a, *x) + ln_rising(b, n - x) - ln_rising(a + b, *n);
    pairs.iter().map(study).sum()
}

/// Returns the sign of the likelihood's slope in the overdispersion where there is none.
fn slope_at_binomial(pairs: &[(f64, f64)], eta: f64) -> f64 {
    let p = 1.0 / (1.0 + exp(-eta));
    let slope = |(x, n): &(f64, f64)| x * (x - 1.0) / p + (n - x) * (n - x - 1.0) / (1.0 - p) - n * (n - 1.0);
    pairs.iter().map(slope).sum()
}

#[cfg(test)]
mod tests {
    use crate::effect::{Figures, Measure};
    use crate::model::{IntervalMethod, ModelKind, Spec, fit_counts};

    #[test]
    fn the_maximum_is_where_another_program_finds_it() {
        // mpmath, findroot on the derivatives, 30 digits; the data are Pritz (1997).
        let xi = [16, 10, 4, 43, 10, 25, 13, 12, 22, 4, 5, 18, 58, 6];
        let ni = [17, 12, 8, 58, 10, 42, 14, 12, 41, 5, 6, 23, 68, 10];
        let studies: Vec<Figures> =
            xi.iter().zip(&ni).map(|(x, n)| Figures::Events { xi: f64::from(*x), ni: f64::from(*n) }).collect();
        let spec = Spec { model: ModelKind::BetaBinomial, interval: IntervalMethod::Classic, ..Spec::default() };
        let found = fit_counts(&studies, Measure::Plo, &spec).unwrap();
        let expected =
            [1.235_328_057_003_431, 0.247_129_083_161_133_9, 0.698_948_575_738_332_7, -32.509_606_300_885_175];
        let found = [found.estimate, found.se, found.tau2, found.log_likelihood.unwrap()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn equal_proportions_are_binomial() {
        let studies = [(10.0, 20.0), (20.0, 40.0), (15.0, 30.0)].map(|(xi, ni)| Figures::Events { xi, ni });
        let spec = Spec { model: ModelKind::BetaBinomial, ..Spec::default() };
        let found = fit_counts(&studies, Measure::Plo, &spec).unwrap();
        assert_eq!((found.estimate, found.tau2), (0.0, 0.0));
        assert!((found.se - (4.0_f64 / 90.0).sqrt()).abs() < 1e-14);
    }
}

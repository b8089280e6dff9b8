//! Meta-regression: the mixed-effects model with moderators, factors and interactions.

mod design;
mod line;
mod permutation;
mod weighted;

pub use design::{At, Design};
use line::Line;
pub use line::OnLine;
pub use permutation::{Permutation, permutation_test};
pub(super) use weighted::Regressed;

use serde::Serialize;

use super::fit::{Whole, between, check_level};
use super::heterogeneity::Heterogeneity;
use super::interval::Error;
use super::linear::{Linear, Mean};
use super::{Estimate, FitError, IntervalMethod, Limits, Spec};
use crate::evidence::Level;
use crate::num::distribution::{ChiSquared, Distribution as _, FisherF};

/// A meta-regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regression {
    /// How many studies.
    pub k: usize,
    /// The coefficients, the intercept first.
    pub coefficients: Vec<Coefficient>,
    /// The variance between studies that the moderators leave; 0 for a common effect.
    pub tau2: f64,
    /// Its standard error.
    pub tau2_se: Option<f64>,
    /// Residual Q, I² and H².
    pub residual: Heterogeneity,
    /// The share of τ² that the moderators explain, at least 0; `None` where there is no τ² to explain.
    pub r2_percent: Option<f64>,
    /// The test of all moderators together.
    pub moderators: ModeratorTest,
    #[serde(skip)]
    line: Line,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// Its name.
    pub name: String,
    /// Its estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// `estimate / se`.
    pub statistic: f64,
    /// Degrees of freedom of the t distribution; `None` is the normal distribution.
    pub df: Option<f64>,
    /// Two-sided, against 0.
    pub p_value: f64,
    /// Lower end of its interval.
    pub ci_lower: f64,
    /// Upper end of its interval.
    pub ci_upper: f64,
}

impl Coefficient {
    pub(super) fn new(name: &str, estimate: f64, error: Error, level: Level) -> Self {
        let Limits { lower: ci_lower, upper: ci_upper } = error.about(estimate, 0.0, level);
        let (statistic, p_value) = (estimate / error.se, error.p_value(estimate));
        Self { name: name.to_owned(), estimate, se: error.se, statistic, df: error.df, p_value, ci_lower, ci_upper }
    }
}

/// The test of all moderators together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModeratorTest {
    /// χ², or F where the interval is one by t.
    pub qm: f64,
    /// Its (numerator) degrees of freedom: the coefficients without the intercept.
    pub qm_df: f64,
    /// Its denominator degrees of freedom, where it is an F.
    pub qm_df2: Option<f64>,
    /// Its p-value.
    pub qm_p: f64,
}

/// Regresses `estimates` on the columns of `design`, with an intercept.
///
/// # Errors
/// [`FitError::TooFewStudies`] unless there are more studies than coefficients; [`FitError::Moderator`] for a value that is not
/// finite or a column of the wrong length; [`FitError::SingularDesign`] when a column is constant or follows from others;
/// [`FitError::IntervalForModel`] for Kenward-Roger; and as [`super::fit`].
///
/// # Agreement
/// metafor 5.1-12, `rma(mods = …)`: relative 1e-8.
///
/// # References
/// van Houwelingen et al. (2002), <https://doi.org/10.1002/sim.1040>; R²: Raudenbush (2009), in Cooper et al., The Handbook of
/// Research Synthesis; HKSJ: Knapp & Hartung (2003), <https://doi.org/10.1002/sim.1482>
///
/// # Examples
/// ```
/// use forestable::model::{Design, Estimate, Spec, regress};
/// let trials = [(0.1, 0.01), (0.32, 0.02), (0.48, 0.01), (0.71, 0.03)].map(|(yi, vi)| Estimate { yi, vi });
/// let mut design = Design::default();
/// design.number("dose", vec![1.0, 2.0, 3.0, 4.0]);
/// let fitted = regress(&trials, &design, &Spec::default())?;
/// assert!((fitted.coefficients[1].estimate - 0.2).abs() < 0.01);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn regress(estimates: &[Estimate], design: &Design, spec: &Spec) -> Result<Regression, FitError> {
    check_level(spec.level)?;
    let model = Regressed::new(estimates, design)?;
    let tau2 = between(&model, spec)?;
    let whole = Whole::of(&model, tau2);
    let value = tau2.map_or(0.0, |tau2| tau2.value);
    let weight = |vi: f64| 1.0 / (vi + value);
    let factor = factor(&whole, spec)?;
    let df = (spec.interval != IntervalMethod::Classic).then_some(whole.df);
    let line = Line::new(&model, design, &whole, factor, spec);
    let coefficients = line.coefficients(df);
    let mean = Mean::new(estimates)?;
    let alone = between(&mean, spec)?.map_or(0.0, |tau2| tau2.value);
    Ok(Regression {
        k: estimates.len(),
        coefficients,
        tau2: value,
        tau2_se: tau2.map(|tau2| tau2.se),
        residual: Heterogeneity::of(&model, tau2.as_ref()),
        r2_percent: (alone > 0.0).then(|| (100.0 * (alone - value) / alone).max(0.0)),
        moderators: moderator_test(chi_squared(&mean, &model, weight) / factor, (model.p() - 1) as f64, df),
        line,
    })
}

/// Returns the factor that the interval puts on all variances of coefficients.
fn factor(whole: &Whole, spec: &Spec) -> Result<f64, FitError> {
    Ok(match spec.interval {
        IntervalMethod::Classic | IntervalMethod::T => 1.0,
        IntervalMethod::Hksj if whole.scatter == 0.0 => 1.0,
        IntervalMethod::Hksj => whole.scatter,
        IntervalMethod::Mkh | IntervalMethod::HksjWide => whole.scatter.max(1.0),
        IntervalMethod::KenwardRoger | IntervalMethod::Posterior => {
            return Err(FitError::IntervalForModel(spec.interval, spec.model));
        }
    })
}

/// Returns the Wald statistic of all moderators: between nested models the residual sums of squares differ by it.
fn chi_squared(mean: &Mean, model: &impl Linear, weight: impl Fn(f64) -> f64) -> f64 {
    mean.moments(&weight).ypy - model.moments(&weight).ypy
}

fn moderator_test(statistic: f64, qm_df: f64, df2: Option<f64>) -> ModeratorTest {
    match df2 {
        None => ModeratorTest { qm: statistic, qm_df, qm_df2: None, qm_p: ChiSquared::new(qm_df).sf(statistic) },
        Some(df2) => {
            let f = statistic / qm_df;
            ModeratorTest { qm: f, qm_df, qm_df2: Some(df2), qm_p: FisherF::new(qm_df, df2).sf(f) }
        }
    }
}

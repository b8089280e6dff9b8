//! How to pool: model, estimator of τ², intervals, level.

use serde::Serialize;

use crate::diag::named;
use crate::evidence::Level;

named! {
    /// An estimator of the variance between studies.
    Tau2Method, "estimator of τ²":
    /// DerSimonian and Laird's moments.
    DerSimonianLaird = "DL",
    /// Hedges and Olkin's unweighted moments.
    HedgesOlkin = "HE",
    /// Hunter and Schmidt's.
    HunterSchmidt = "HS",
    /// Hunter and Schmidt's with the small-sample correction k/(k − 1).
    HunterSchmidtCorrected = "HSk",
    /// Sidik and Jonkman's.
    SidikJonkman = "SJ",
    /// Maximum likelihood.
    MaximumLikelihood = "ML",
    /// Restricted maximum likelihood.
    Reml = "REML",
    /// Morris' empirical Bayes.
    EmpiricalBayes = "EB",
    /// Paule and Mandel's.
    PauleMandel = "PM",
    /// Paule and Mandel's with the median in place of the mean, so that it falls short as often as it exceeds.
    PauleMandelMedian = "PMM",
}

named! {
    /// What is assumed of the studies.
    ModelKind, "model":
    /// True effects scatter about a mean with variance τ².
    Random = "random",
    /// One true effect.
    Common = "common",
    /// Binomial (or Poisson) counts with normal random effects.
    Glmm = "glmm",
    /// Mantel and Haenszel's common effect from 2 × 2 tables.
    MantelHaenszel = "mantel-haenszel",
    /// Peto's common odds ratio.
    Peto = "peto",
    /// Binomial counts with beta-distributed proportions.
    BetaBinomial = "beta-binomial",
    /// Normal random effects with priors on µ and τ.
    Bayes = "bayes",
}

impl ModelKind {
    /// Returns whether the model is fitted from counts, not from effects and variances.
    #[must_use]
    pub const fn takes_counts(self) -> bool {
        matches!(self, Self::Glmm | Self::MantelHaenszel | Self::Peto | Self::BetaBinomial)
    }
}

named! {
    /// A confidence interval of τ².
    Tau2Interval, "interval of τ²":
    /// Q-profile: exact for normal effects (Viechtbauer).
    QProfile = "QP",
    /// From Q with the fixed weights 1 / √vᵢ (Jackson).
    GeneralisedQ = "GENQ",
    /// From Q with the fixed weights 1 / vᵢ (Biggerstaff and Jackson).
    CochranQ = "BJ",
    /// Profile likelihood (Hardy and Thompson): restricted, but for ML the full one.
    ProfileLikelihood = "PL",
}

named! {
    /// A confidence interval of the pooled estimate.
    IntervalMethod, "interval":
    /// Normal quantile, inverse-variance standard error.
    Classic = "classic",
    /// t quantile with k − 1 degrees of freedom, inverse-variance standard error.
    T = "t",
    /// Hartung, Knapp, Sidik and Jonkman's: t quantile, variance times the weighted scatter q.
    Hksj = "HKSJ",
    /// The same with q at least 1.
    Mkh = "mKH",
    /// The wider of HKSJ and classic.
    HksjWide = "HKSJ-wide",
    /// Kenward and Roger's variance and degrees of freedom.
    KenwardRoger = "KR",
    /// The central interval of a posterior: the model `bayes` has it, and no other.
    Posterior = "posterior",
}

named! {
    /// A prediction interval for the true effect in a new study.
    PredictionMethod, "prediction interval":
    /// t with k − 1 degrees of freedom, classic standard error (Viechtbauer; Veroniki).
    V = "V",
    /// t with k − 2 degrees of freedom, classic standard error (Higgins, Thompson, Spiegelhalter).
    Hts = "HTS",
    /// t with k − 1 degrees of freedom, Hartung-Knapp standard error.
    Hk = "HK",
    /// t with k − 2 degrees of freedom, Hartung-Knapp standard error (Partlett, Riley).
    HkPr = "HK-PR",
    /// Kenward-Roger standard error and degrees of freedom.
    Kr = "KR",
    /// Nagashima's parametric bootstrap.
    Bootstrap = "bootstrap",
    /// The central interval of a new study's posterior: the model `bayes` has it, and no other.
    Posterior = "posterior",
    /// None.
    None = "none",
}

/// How to pool.
///
/// # Examples
/// ```
/// use forestable::model::{Spec, Tau2Method};
/// let spec = Spec { tau2: "pm".parse()?, ..Spec::default() };
/// assert_eq!(spec.tau2, Tau2Method::PauleMandel);
/// # Ok::<(), forestable::diag::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spec {
    /// The model.
    pub model: ModelKind,
    /// The estimator of τ²; without meaning for a common effect.
    pub tau2: Tau2Method,
    /// The interval of τ²; without meaning for a common effect, and for counts, which have one of their own.
    pub tau2_interval: Tau2Interval,
    /// The interval of the pooled estimate.
    pub interval: IntervalMethod,
    /// The interval for a new study; without meaning for a common effect.
    pub prediction: PredictionMethod,
    /// The level of all intervals.
    pub level: Level,
}

impl Spec {
    /// Returns the same with intervals that its model has: by t for counts with random effects (V and HTS for HK and HK-PR, which
    /// have the same degrees of freedom), classic for counts with a common effect, from the posterior for `bayes`.
    #[must_use]
    pub fn settled(self) -> Self {
        let hartung_knapp =
            matches!(self.interval, IntervalMethod::Hksj | IntervalMethod::Mkh | IntervalMethod::HksjWide);
        let (interval, prediction) = match (self.model, self.prediction) {
            (ModelKind::Bayes, PredictionMethod::None) => (IntervalMethod::Posterior, PredictionMethod::None),
            (ModelKind::Bayes, _) => (IntervalMethod::Posterior, PredictionMethod::Posterior),
            (ModelKind::Glmm, prediction) => {
                let prediction = match prediction {
                    PredictionMethod::Hk => PredictionMethod::V,
                    PredictionMethod::HkPr => PredictionMethod::Hts,
                    other => other,
                };
                (if hartung_knapp { IntervalMethod::T } else { self.interval }, prediction)
            }
            (ModelKind::BetaBinomial, _) => {
                (if hartung_knapp { IntervalMethod::T } else { self.interval }, PredictionMethod::None)
            }
            (ModelKind::MantelHaenszel | ModelKind::Peto, _) => (IntervalMethod::Classic, PredictionMethod::None),
            (_, prediction) => (self.interval, prediction),
        };
        Self { interval, prediction, ..self }
    }
}

/// Random effects, REML, Q-profile, HKSJ, prediction interval V, 95%.
impl Default for Spec {
    fn default() -> Self {
        Self {
            model: ModelKind::Random,
            tau2: Tau2Method::Reml,
            tau2_interval: Tau2Interval::QProfile,
            interval: IntervalMethod::Hksj,
            prediction: PredictionMethod::V,
            level: Level::NINETY_FIVE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_in_any_case() {
        for &method in Tau2Method::ALL {
            assert_eq!(method.as_str().to_lowercase().parse(), Ok(method));
        }
        for &method in PredictionMethod::ALL {
            assert_eq!(method.as_str().to_uppercase().parse(), Ok(method));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_names_there_are() {
        let error = "BLUP".parse::<Tau2Method>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown estimator of τ² `BLUP`, expected one of DL, HE, HS, HSk, SJ, ML, REML, EB, PM, PMM"
        );
    }
}

//! The ways to pool that are compared.

use forestable::effect::{Figures, Measure, Scale};
use forestable::evidence::Level;
use forestable::model::bayes::{Priors, fit_bayes};
use forestable::model::{
    Estimate, Fit, IntervalMethod as I, Limits, Mean, ModelKind, PredictionMethod as P, PredictiveSample, Spec,
    Tau2Method as T, fit, fit_counts,
};

use crate::cell::Pool;

/// A way to pool.
pub struct Rule {
    /// Its name in the tables.
    pub name: &'static str,
    scale: Scale,
    model: ModelKind,
    tau2: T,
    interval: I,
    prediction: P,
}

/// Draws for the bootstrap of one pool; `build` takes 25 times as many.
const DRAWS: usize = 1000;

const fn random(name: &'static str, tau2: T, interval: I, prediction: P) -> Rule {
    Rule { name, scale: Scale::Cloglog, model: ModelKind::Random, tau2, interval, prediction }
}

const fn scale(name: &'static str, scale: Scale) -> Rule {
    Rule { scale, ..random(name, T::Reml, I::Mkh, P::Hk) }
}

/// All of them.
pub const RULES: [Rule; 23] = [
    random("classic, V", T::Reml, I::Classic, P::V),
    random("t, HTS", T::Reml, I::T, P::Hts),
    random("HKSJ, HK", T::Reml, I::Hksj, P::Hk),
    random("HKSJ, HK-PR", T::Reml, I::Hksj, P::HkPr),
    random("mKH, HK", T::Reml, I::Mkh, P::Hk),
    random("mKH, HK-PR", T::Reml, I::Mkh, P::HkPr),
    random("HKSJ-wide", T::Reml, I::HksjWide, P::None),
    random("KR, KR", T::Reml, I::KenwardRoger, P::Kr),
    random("bootstrap", T::Reml, I::Mkh, P::Bootstrap),
    random("DL", T::DerSimonianLaird, I::Mkh, P::Hk),
    random("HE", T::HedgesOlkin, I::Mkh, P::Hk),
    random("HS", T::HunterSchmidt, I::Mkh, P::Hk),
    random("HSk", T::HunterSchmidtCorrected, I::Mkh, P::Hk),
    random("SJ", T::SidikJonkman, I::Mkh, P::Hk),
    random("ML", T::MaximumLikelihood, I::Mkh, P::Hk),
    random("EB", T::EmpiricalBayes, I::Mkh, P::Hk),
    random("PM", T::PauleMandel, I::Mkh, P::Hk),
    random("PMM", T::PauleMandelMedian, I::Mkh, P::Hk),
    scale("logit", Scale::Logit),
    scale("log", Scale::Log),
    scale("plain", Scale::Plain),
    Rule { model: ModelKind::Glmm, ..random("binomial-normal", T::MaximumLikelihood, I::T, P::V) },
    Rule { model: ModelKind::Bayes, ..random("Bayes, half-normal 0.5", T::Reml, I::Posterior, P::Posterior) },
];

/// What a rule says of a pool, as survival proportions.
pub struct Answer {
    /// The pooled value.
    pub estimate: f64,
    /// Its interval, lower end first.
    pub interval: (f64, f64),
    /// The prediction interval, lower end first.
    pub prediction: Option<(f64, f64)>,
    /// The standard deviation between series, on the rule's scale.
    pub tau: f64,
}

impl Rule {
    /// Returns whether a pool takes it more than a few hundredths of a millisecond.
    pub fn is_slow(&self) -> bool {
        self.prediction == P::Bootstrap || !matches!(self.model, ModelKind::Random)
    }

    /// Returns what it says of `pool`; `None` where it gives no answer.
    pub fn answer(&self, pool: &Pool) -> Option<Answer> {
        let scale = if self.model == ModelKind::Glmm { Scale::Logit } else { self.scale };
        let effects = pool.effects(scale);
        let estimates: Vec<Estimate> = effects.iter().map(|effect| Estimate { yi: effect.yi, vi: effect.vi }).collect();
        let spec = Spec {
            model: self.model,
            tau2: self.tau2,
            interval: self.interval,
            prediction: if self.prediction == P::Bootstrap { P::None } else { self.prediction },
            level: Level::NINETY_FIVE,
            ..Spec::default()
        };
        let fit: Fit = match self.model {
            ModelKind::Glmm => {
                let counts = effects
                    .iter()
                    .map(|effect| Figures::Events { xi: effect.proportion * effect.effective, ni: effect.effective });
                fit_counts(&counts.collect::<Vec<_>>(), Measure::Plo, &spec)
            }
            ModelKind::Bayes => fit_bayes(&estimates, Priors::default(), &spec).map(|(fit, _)| fit),
            _ => fit(&estimates, &spec),
        }
        .ok()?;
        let back = |Limits { lower, upper }: Limits| {
            let (a, b) = (scale.back(lower), scale.back(upper));
            (a.min(b), a.max(b))
        };
        let prediction = match self.prediction {
            P::Bootstrap if estimates.len() > 2 => Some(
                PredictiveSample::draw(&Mean::new(&estimates).ok()?, DRAWS, PredictiveSample::SEED).limits(spec.level),
            ),
            _ => fit.prediction.map(|prediction| prediction.limits),
        };
        Some(Answer {
            estimate: scale.back(fit.estimate),
            interval: back(Limits { lower: fit.ci_lower, upper: fit.ci_upper }),
            prediction: prediction.map(back),
            tau: fit.tau2.sqrt(),
        })
    }
}

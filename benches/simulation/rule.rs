//! The ways to pool that are compared.

use forestable::effect::{Effect, Figures, Measure, Rung, Scale};
use forestable::evidence::Level;
use forestable::model::bayes::{Priors, fit_bayes};
use forestable::model::{
    Estimate, Fit, IntervalMethod as I, Limits, Mean, ModelKind, PredictionMethod as P, PredictiveSample, Spec,
    Tau2Interval, Tau2Method as T, fit, fit_counts,
};
use forestable::num::distribution::{Distribution as _, Normal, Tail};

use crate::cell::Pool;

/// Draws from the predictive distribution of each pool; a review takes 25,000, which only scatter less.
pub const DRAWS: usize = 1000;

/// How long a pool takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Microseconds.
    Quick,
    /// A tenth of a millisecond: the binomial-normal model, which reviews choose.
    Counts,
    /// Up to a millisecond: the beta-binomial model, posteriors, distributions of Q.
    Slow,
    /// Several milliseconds: draws from a distribution of Q that is tabulated first.
    Draws,
    /// Microseconds, but on a scale that only counts have.
    OfCounts,
}

/// A way to pool.
pub struct Rule {
    /// Its name in the tables.
    pub name: &'static str,
    scale: Scale,
    model: ModelKind,
    tau2: T,
    interval: I,
    prediction: P,
    tau2_interval: Tau2Interval,
    boundary: Boundary,
}

/// What becomes of a series at 0 or 100%.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Boundary {
    /// Half an event is added, as the ladder has it; a model of counts takes it as it is.
    Kept,
    /// It stays out of the pool.
    LeftOut,
}

const fn random(name: &'static str, tau2: T, interval: I, prediction: P) -> Rule {
    Rule {
        name,
        scale: Scale::Cloglog,
        model: ModelKind::Random,
        tau2,
        interval,
        prediction,
        tau2_interval: Tau2Interval::QProfile,
        boundary: Boundary::Kept,
    }
}

const fn scale(name: &'static str, scale: Scale) -> Rule {
    Rule { scale, ..random(name, T::Reml, I::Mkh, P::Hk) }
}

const fn tau2_interval(name: &'static str, tau2_interval: Tau2Interval) -> Rule {
    Rule { tau2_interval, ..random(name, T::Reml, I::Mkh, P::None) }
}

const fn counts(name: &'static str, model: ModelKind, interval: I, prediction: P) -> Rule {
    Rule { model, ..random(name, T::MaximumLikelihood, interval, prediction) }
}

/// All of them.
pub const RULES: [Rule; 31] = [
    random("classic, V", T::Reml, I::Classic, P::V),
    random("t, HTS", T::Reml, I::T, P::Hts),
    random("HKSJ, HK", T::Reml, I::Hksj, P::Hk),
    random("HKSJ, HK-PR", T::Reml, I::Hksj, P::HkPr),
    random("mKH, HK", T::Reml, I::Mkh, P::Hk),
    random("mKH, HK-PR", T::Reml, I::Mkh, P::HkPr),
    random("HKSJ-wide", T::Reml, I::HksjWide, P::None),
    random("KR, KR", T::Reml, I::KenwardRoger, P::Kr),
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
    Rule { boundary: Boundary::LeftOut, ..random("0 and 100% left out", T::Reml, I::Mkh, P::Hk) },
    tau2_interval("PL", Tau2Interval::ProfileLikelihood),
    tau2_interval("GENQ", Tau2Interval::GeneralisedQ),
    tau2_interval("BJ", Tau2Interval::CochranQ),
    counts("binomial-normal", ModelKind::Glmm, I::T, P::V),
    counts("binomial-normal, classic", ModelKind::Glmm, I::Classic, P::None),
    counts("beta-binomial", ModelKind::BetaBinomial, I::T, P::None),
    Rule { model: ModelKind::Bayes, ..random("Bayes, half-normal 0.5", T::Reml, I::Posterior, P::Posterior) },
    random("mKH, bootstrap", T::Reml, I::Mkh, P::Bootstrap),
    scale("arcsine", Scale::Arcsine),
    scale("double arcsine", Scale::DoubleArcsine),
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
    /// Its interval, lower end first.
    pub tau_interval: Option<(f64, f64)>,
}

impl Rule {
    /// Returns how much of a pool's time it takes.
    pub fn pace(&self) -> Pace {
        if matches!(self.scale, Scale::Arcsine | Scale::DoubleArcsine) {
            Pace::OfCounts
        } else if self.prediction == P::Bootstrap {
            Pace::Draws
        } else if self.model == ModelKind::Glmm {
            Pace::Counts
        } else if self.model != ModelKind::Random
            || matches!(self.tau2_interval, Tau2Interval::GeneralisedQ | Tau2Interval::CochranQ)
        {
            Pace::Slow
        } else {
            Pace::Quick
        }
    }

    /// Returns what it says of `pool`; `None` where it gives no answer.
    pub fn answer(&self, pool: &Pool) -> Option<Answer> {
        let scale = if self.model.takes_counts() { Scale::Logit } else { self.scale };
        let kept = |effect: &&Effect| self.boundary == Boundary::Kept || !matches!(effect.rung, Rung::Boundary { .. });
        let effects: Vec<Effect> = pool.effects(scale).iter().filter(kept).copied().collect();
        let estimates: Vec<Estimate> = effects.iter().map(|effect| Estimate { yi: effect.yi, vi: effect.vi }).collect();
        let drawn = self.prediction == P::Bootstrap;
        let spec = Spec {
            model: self.model,
            tau2: self.tau2,
            tau2_interval: self.tau2_interval,
            interval: self.interval,
            prediction: if drawn { P::None } else { self.prediction },
            level: Level::NINETY_FIVE,
        };
        let fit: Fit = match self.model {
            ModelKind::Glmm if self.interval == I::Classic => {
                let mut fit = pool.binomial_normal.borrow().clone()?;
                let half = Normal.quantile(Tail::above(spec.level.0)) * fit.se;
                (fit.ci_lower, fit.ci_upper) = (fit.estimate - half, fit.estimate + half);
                Some(fit)
            }
            ModelKind::Glmm | ModelKind::BetaBinomial => {
                let counts = effects
                    .iter()
                    .map(|effect| Figures::Events { xi: effect.proportion * effect.effective, ni: effect.effective });
                let fit = fit_counts(&counts.collect::<Vec<_>>(), Measure::Plo, &spec).ok();
                if self.model == ModelKind::Glmm {
                    pool.binomial_normal.borrow_mut().clone_from(&fit);
                }
                fit
            }
            ModelKind::Bayes => fit_bayes(&estimates, Priors::default(), &spec).ok().map(|(fit, _)| fit),
            _ => fit(&estimates, &spec).ok(),
        }?;
        let bootstrap = || {
            let mean = Mean::new(&estimates).ok()?;
            // A seed of each pool's own: one for all would carry what its draws scatter into every pool alike.
            let seed = estimates.iter().fold(0_u64, |seed, estimate| seed.rotate_left(7) ^ estimate.yi.to_bits());
            Some(PredictiveSample::draw(&mean, DRAWS, seed).limits(spec.level))
        };
        let prediction = if drawn { bootstrap() } else { fit.prediction.as_ref().map(|prediction| prediction.limits) };
        let back = |Limits { lower, upper }: Limits| {
            let (a, b) = (pool.back(scale, lower), pool.back(scale, upper));
            (a.min(b), a.max(b))
        };
        Some(Answer {
            estimate: pool.back(scale, fit.estimate),
            interval: back(Limits { lower: fit.ci_lower, upper: fit.ci_upper }),
            prediction: prediction.map(back),
            tau: fit.tau2.sqrt(),
            tau_interval: fit.tau2_ci.map(|Limits { lower, upper }| (lower.sqrt(), upper.sqrt())),
        })
    }
}

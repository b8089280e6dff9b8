//! How far an imputed standard error can be trusted in this very review: every printed interval is left out, and its
//! standard error predicted by the lower rungs of the ladder.

use super::findings::ResultKey;
use super::select::denominator;
use crate::effect::{self, Effect, MissingPrecision, PrecisionGrade, Scale};
use crate::evidence::{Evidence, Level, Published, Survival};

/// A printed standard error beside what the ladder would have made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The result.
    pub key: ResultKey,
    /// Standard error of the proportion that the paper prints, or that its interval implies.
    pub printed: f64,
    /// The best lower rung, with the standard error that it gives.
    pub imputed: (PrecisionGrade, f64),
    /// The standard error from n alone.
    pub n_alone: f64,
}

/// Returns a prediction for every survival proportion at a stated time that prints its precision, in the order of keys.
#[must_use]
pub fn predictions(evidence: &Evidence) -> Vec<Prediction> {
    let mut predictions = Vec::new();
    for study in &evidence.studies {
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                let Published::Survival(survival) = &result.published else { continue };
                let of = denominator(study, cohort, result);
                let effect = |survival: &Survival, policy| {
                    let time = survival.at.months()?;
                    effect::survival(survival, time, of, Scale::Cloglog, policy, Level::NINETY_FIVE).ok()
                };
                let silent = Survival { ci: None, se: None, ..survival.clone() };
                let printed = effect(survival, MissingPrecision::Exclude);
                let imputed = effect(&silent, MissingPrecision::Impute);
                let n_alone = effect(&silent, MissingPrecision::SampleSize);
                if let (Some(printed), Some(imputed), Some(n_alone)) = (printed, imputed, n_alone) {
                    predictions.push(Prediction {
                        key: ResultKey { study: study.id.clone(), cohort: cohort.id.clone(), index },
                        printed: standard_error(&printed),
                        imputed: (imputed.rung.grade(), standard_error(&imputed)),
                        n_alone: standard_error(&n_alone),
                    });
                }
            }
        }
    }
    predictions.sort_by(|a, b| a.key.cmp(&b.key));
    predictions
}

/// Returns the standard error of the proportion that an effective size stands for.
fn standard_error(effect: &Effect) -> f64 {
    effect::precision::binomial(effect.proportion, effect.effective)
}

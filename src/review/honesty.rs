//! How far an imputed standard error can be trusted in this very review: every printed interval is left out, and its
//! standard error predicted by the lower rungs of the ladder.

use rayon::prelude::*;

use super::findings::ResultKey;
use super::pool::effect_at_stated_time;
use super::select::{Candidate, results};
use crate::effect::{self, Denominator, Effect, MissingPrecision, PrecisionGrade};
use crate::evidence::{Evidence, Published, Survival};

/// A printed standard error beside what the ladder would have made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The result.
    pub key: ResultKey,
    /// Standard error of the proportion that the paper prints, or that its interval implies.
    pub printed: f64,
    /// Every lower rung that the paper's other figures reach, best first, with the standard error that it gives.
    pub imputed: Vec<(PrecisionGrade, f64)>,
}

/// Returns a prediction for every survival proportion at a stated time that prints its precision, in the order of keys.
#[must_use]
pub fn predictions(evidence: &Evidence) -> Vec<Prediction> {
    let of_study = |study| results(study).filter_map(|candidate| prediction(&candidate));
    let mut predictions: Vec<Prediction> = evidence.studies.par_iter().flat_map_iter(of_study).collect();
    predictions.sort_by(|a, b| a.key.cmp(&b.key));
    predictions
}

/// Returns the prediction for one result; `None` where it prints no precision, or nothing else could be imputed from.
fn prediction(candidate: &Candidate<'_>) -> Option<Prediction> {
    let Published::Survival(survival) = &candidate.result.published else { return None };
    let effect = |survival: &Survival, of, policy| effect_at_stated_time(survival, of, policy)?.ok();
    let mut of = candidate.denominator();
    let printed = effect(survival, of, MissingPrecision::Exclude)?;
    let mut silent = Survival { ci: None, se: None, ..survival.clone() };
    let mut imputed = Vec::new();
    while let Some(found) = effect(&silent, of, MissingPrecision::Impute) {
        let grade = found.rung.grade();
        imputed.push((grade, standard_error(&found)));
        if matches!(grade, PrecisionGrade::F | PrecisionGrade::X) {
            break;
        }
        forget(grade, &mut silent, &mut of);
    }
    let printed = standard_error(&printed);
    (!imputed.is_empty()).then(|| Prediction { key: candidate.key(), printed, imputed })
}

/// Takes away what a rung was computed from, so that the next one is reached.
fn forget(grade: PrecisionGrade, survival: &mut Survival, of: &mut Denominator) {
    match grade {
        PrecisionGrade::B | PrecisionGrade::E => (survival.at_risk, survival.censored) = (None, None),
        PrecisionGrade::C => survival.events = None,
        PrecisionGrade::D => survival.digitised = None,
        _ => of.median_follow_up = None,
    }
}

/// Returns the standard error of the proportion that an effective size stands for.
fn standard_error(effect: &Effect) -> f64 {
    effect::precision::binomial(effect.proportion, effect.effective)
}

//! How far an imputed standard error can be trusted in this very review: every printed interval is left out, and its
//! standard error predicted by the lower rungs of the ladder.

use super::findings::ResultKey;
use super::select::denominator;
use crate::effect::{self, Denominator, Effect, MissingPrecision, PrecisionGrade, Scale};
use crate::evidence::{Evidence, Level, Published, Survival};

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
    let mut predictions = Vec::new();
    for study in &evidence.studies {
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                let Published::Survival(survival) = &result.published else { continue };
                let of = denominator(study, cohort, result);
                let effect = |survival: &Survival, of, policy| {
                    let time = survival.at.months()?;
                    effect::survival(survival, time, of, Scale::Cloglog, policy, Level::NINETY_FIVE).ok()
                };
                let Some(printed) = effect(survival, of, MissingPrecision::Exclude) else { continue };
                let (mut silent, mut of) = (Survival { ci: None, se: None, ..survival.clone() }, of);
                let mut imputed = Vec::new();
                while let Some(found) = effect(&silent, of, MissingPrecision::Impute) {
                    let grade = found.rung.grade();
                    imputed.push((grade, standard_error(&found)));
                    if matches!(grade, PrecisionGrade::F | PrecisionGrade::X) {
                        break;
                    }
                    forget(grade, &mut silent, &mut of);
                }
                if !imputed.is_empty() {
                    let key = ResultKey { study: study.id.clone(), cohort: cohort.id.clone(), index };
                    predictions.push(Prediction { key, printed: standard_error(&printed), imputed });
                }
            }
        }
    }
    predictions.sort_by(|a, b| a.key.cmp(&b.key));
    predictions
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

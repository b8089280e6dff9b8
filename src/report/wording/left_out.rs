//! Why a study is not in a pool, and why a figure gives no effect.

use super::{cohort, listed, lower_first, primary, study_name, times, unit};
use crate::effect::NoEffect;
use crate::evidence::{Absence, Evidence, Risk};
use crate::report::format::{fixed, whole};
use crate::review::{Analysis, GaveWay, LeftOut, OverlapRule, Reason};

/// Returns why a study is not in the pool of an analysis.
#[must_use]
pub fn reason(left_out: &LeftOut, evidence: &Evidence, analysis: &Analysis) -> String {
    let protocol = &evidence.protocol;
    let outcome = protocol.outcome(&analysis.outcome);
    let short = outcome.map_or(analysis.outcome.as_str(), |outcome| outcome.short.as_str());
    match &left_out.reason {
        Reason::Excluded => "excluded by the plan".to_owned(),
        Reason::OtherTiming => "not of the timing asked for".to_owned(),
        Reason::NoCohort => {
            let words: Vec<String> = analysis.cohort.iter().map(|word| lower_first(primary(protocol, word))).collect();
            format!("no {} cohort", words.join(" or "))
        }
        Reason::NoOutcome => format!("{short} not reported"),
        Reason::OtherTimes(at) => format!("{short} only at {}", times(at)),
        Reason::CurveOnly => {
            format!("only a curve of {short}, which does not reach this time or has no number of patients")
        }
        Reason::MedianOnly => format!("only a median {short}"),
        Reason::VariantOnly(variants) => {
            let name = |id: &String| {
                let variant = outcome.and_then(|outcome| outcome.variant(id));
                variant.map_or_else(|| id.clone(), |variant| variant.name.clone())
            };
            let names: Vec<String> = variants.iter().map(name).collect();
            format!("only {}, which is not {short}", listed(&names))
        }
        Reason::CrudeOnly => "only a crude rate, without a time".to_owned(),
        Reason::TimeNotStated => "time not stated".to_owned(),
        Reason::SingleEventOnly => "only single kinds of event".to_owned(),
        Reason::OtherGrades => "only counts of other grades".to_owned(),
        Reason::Status => "not of the status admitted".to_owned(),
        Reason::Risk(Risk::Low) => "low risk of bias".to_owned(),
        Reason::Risk(Risk::NotLow) => "not of low risk of bias".to_owned(),
        Reason::Risk(Risk::Unknown) => "risk of bias not known".to_owned(),
        Reason::Precision(grade) => format!("precision of grade {} not admitted", grade.as_str()),
        Reason::SeveralCohorts(cohorts) => {
            let study = evidence.study(&left_out.study);
            let name = |id: &String| {
                let known = study.and_then(|study| study.cohort(id));
                format!("“{}”", known.map_or(id.as_str(), |known| cohort(protocol, known)))
            };
            let names: Vec<String> = cohorts.iter().map(name).collect();
            format!("{} would each do, and the plan picks none", listed(&names))
        }
        Reason::PickedCohort(cohort) => format!("the picked cohort {cohort} does not exist"),
        Reason::Overlap { with, rule } => overlap(evidence, with, *rule),
        Reason::OtherUnit(other) => format!("counts {}, the others do not", unit(*other)),
        Reason::OtherMethod => "estimated by another method than the others".to_owned(),
        Reason::NoEffect(no_effect) => no_effect_reason(no_effect),
    }
}

/// Returns why a study gave way to another.
#[must_use]
pub fn overlap(evidence: &Evidence, with: &str, rule: OverlapRule) -> String {
    let why = match rule {
        OverlapRule::MostPatients => "leaves more patients in the pool",
        OverlapRule::LongestFollowUp => "followed them longer",
        OverlapRule::MostRecent => "is more recent",
    };
    format!("may share patients with {}, which {why}", study_name(evidence, with))
}

/// Returns why a hazard ratio or a median is not pooled that has a precision.
#[must_use]
pub fn gave_way(evidence: &Evidence, to: &GaveWay) -> String {
    match to {
        GaveWay::Study(with, rule) => overlap(evidence, with, *rule),
        GaveWay::SameStudy => "its patients are pooled by another comparison of this study".to_owned(),
    }
}

/// Returns why a published figure gives no effect.
#[must_use]
pub fn no_effect_reason(no_effect: &NoEffect) -> String {
    match no_effect {
        NoEffect::NoEstimate(absence) => absence_words(*absence).to_owned(),
        NoEffect::NoPrecision => "neither an interval nor a number of patients".to_owned(),
        NoEffect::NotPrinted => "no printed standard error or interval".to_owned(),
        NoEffect::Impossible { effective, n } => {
            format!("its interval needs about {} patients, there are {}", fixed(*effective, 0), whole(*n))
        }
    }
}

/// Returns the words that the mark of an absent figure stands for.
#[must_use]
pub fn absence_words(absence: Absence) -> &'static str {
    match absence {
        Absence::NotReported => "not reported",
        Absence::NotReached => "not reached",
        Absence::NotApplicable => "not applicable",
        Absence::Unclear => "unclear",
    }
}

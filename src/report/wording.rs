//! The words for what the review found: reasons, rungs of precision, names of series and analyses.

use super::format::{counted, percent, time, trimmed, whole};
use crate::effect::{NoEffect, Rung, Scale};
use crate::evidence::{Absence, CiScale, Evidence, Grade, Months, Outcome, Phase, Protocol, Status, Unit};
use crate::review::{Analysis, OverlapRule, Reason};

/// Returns a study's label and year, or its id where the review does not know it.
#[must_use]
pub fn study_name(evidence: &Evidence, id: &str) -> String {
    evidence.studies.iter().find(|study| study.id == id).map_or_else(|| id.to_owned(), |study| study.label_year())
}

/// Returns the title of an analysis: its own, or `2-year progression-free survival`.
#[must_use]
pub fn analysis_title(protocol: &Protocol, analysis: &Analysis) -> String {
    if let Some(title) = &analysis.title {
        return title.clone();
    }
    let name = protocol.outcome(&analysis.outcome).map_or(analysis.outcome.as_str(), |outcome| outcome.name.as_str());
    let title = match analysis.at {
        Some(at) => format!("{} {}", adjective(at), lower_first(name)),
        None => name.to_owned(),
    };
    match analysis.cohort.as_slice() {
        [only] => format!("{title}, {} cohorts only", lower_first(primary(protocol, only))),
        _ => title,
    }
}

/// Returns which cohorts an analysis takes: `Breast, else Indifferent`.
#[must_use]
pub fn cohort_preference(protocol: &Protocol, words: &[String]) -> String {
    match words {
        [] => "any cohort".to_owned(),
        [only] => format!("{} only", primary(protocol, only)),
        _ => words.iter().map(|word| primary(protocol, word)).collect::<Vec<_>>().join(", else "),
    }
}

/// Returns the review's printed word for a `primary` of the study files.
#[must_use]
pub fn primary<'a>(protocol: &'a Protocol, word: &'a str) -> &'a str {
    protocol.primaries.iter().find(|(known, _)| known == word).map_or(word, |(_, printed)| printed.as_str())
}

/// Returns a time as an adjective: `2-year`, `18-month`.
#[must_use]
pub fn adjective(months: Months) -> String {
    time(months).replace(' ', "-").trim_end_matches('s').to_owned()
}

/// Returns the text with its first letter small, unless it starts with an abbreviation.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

/// Returns the text with its first letter large.
#[must_use]
pub fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns `patients`, `lesions` or the doubt between them.
#[must_use]
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Patients => "patients",
        Unit::Lesions => "lesions",
        Unit::Unclear => "patients or lesions, the paper does not say",
    }
}

/// Returns how well a figure is supported.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Verified => "read in the primary source",
        Status::Secondary => "read in a secondary source only",
        Status::ReviewOnly => "found in the review only",
    }
}

/// Returns a grade of toxicity.
#[must_use]
pub fn grade(grade: Grade) -> String {
    match grade {
        Grade::Exactly(grade) => format!("grade {grade}"),
        Grade::AtLeast(grade) => format!("grade {grade} or worse"),
        Grade::Between(low, high) => format!("grade {low} to {high}"),
        Grade::Unknown => "grade not given".to_owned(),
    }
}

/// Returns when a toxicity occurred; empty where that is not said.
#[must_use]
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Acute => "acute",
        Phase::Late => "late",
        Phase::Any => "",
    }
}

/// Returns the name of a scale.
#[must_use]
pub fn scale(scale: Scale) -> &'static str {
    match scale {
        Scale::Plain => "plain",
        Scale::Log => "log",
        Scale::Logit => "logit",
        Scale::Cloglog => "complementary log-log",
        Scale::Arcsine => "arcsine",
        Scale::DoubleArcsine => "Freeman-Tukey double-arcsine",
    }
}

/// Returns the name of the scale of a printed interval.
#[must_use]
pub fn ci_scale(scale: CiScale) -> &'static str {
    match scale {
        CiScale::LogLog => "log-log",
        CiScale::Log => "log",
        CiScale::Plain => "plain",
        CiScale::Logit => "logit",
    }
}

/// Returns how a standard error was obtained, with the figures it was computed from.
#[must_use]
pub fn rung(rung: &Rung) -> String {
    match rung {
        Rung::PrintedSe => "printed standard error".to_owned(),
        Rung::PrintedInterval { scale } => format!("printed interval, symmetric on the {} scale", ci_scale(*scale)),
        Rung::AsymmetricInterval { scale } => {
            format!("printed interval, symmetric on no scale, taken on the {} scale", ci_scale(*scale))
        }
        Rung::HalfInterval => "printed interval, the half that does not end at 0% or 100%".to_owned(),
        Rung::AtRisk { n, at_risk } => format!("{} of {} at risk", whole(*at_risk), whole(*n)),
        Rung::Events { n, events } => format!("{} among {}", counted(*events, "event", "events"), whole(*n)),
        Rung::Complete { n } => format!("binomial, {} followed completely", whole(*n)),
        Rung::FollowUp { n, median } => {
            format!("n = {} and a median follow-up of {} months", whole(*n), trimmed(median.0))
        }
        Rung::Boundary { effective } => format!("half an event added to an effective size of {}", trimmed(*effective)),
        Rung::Counts { n } => format!("counts among {}", whole(*n)),
        Rung::SampleSize { n } => format!("n = {} alone (too precise if anybody was censored)", whole(*n)),
    }
}

/// Returns the grade letter and the way of a precision: `M, n = 76 and a median follow-up of 12.3 months`.
#[must_use]
pub fn graded(way: &Rung) -> String {
    format!("{}, {}", way.grade().as_str(), rung(way))
}

/// Returns why a study is not in a pool.
#[must_use]
pub fn reason(reason: &Reason, evidence: &Evidence, outcome: &Outcome) -> String {
    let list = |words: &[String]| words.join(", ");
    match reason {
        Reason::Excluded => "excluded by the plan".to_owned(),
        Reason::OtherTiming => "not of the timing asked for".to_owned(),
        Reason::NoCohort => "no cohort of the primaries asked for".to_owned(),
        Reason::NoOutcome => format!("{} not reported", outcome.short),
        Reason::OtherTimes(times) => {
            format!("{} only at {}", outcome.short, times.iter().map(|at| time(*at)).collect::<Vec<_>>().join(", "))
        }
        Reason::MedianOnly => format!("only a median {}", outcome.short),
        Reason::VariantOnly(variants) => {
            let names: Vec<String> = variants
                .iter()
                .map(|id| outcome.variant(id).map_or_else(|| id.clone(), |variant| variant.name.clone()))
                .collect();
            format!("only {}, which is not {}", list(&names), outcome.short)
        }
        Reason::CrudeOnly => "only a crude rate, without a time".to_owned(),
        Reason::TimeNotStated => "time not stated".to_owned(),
        Reason::SingleEventOnly => "only single kinds of event".to_owned(),
        Reason::OtherGrades => "only counts of other grades".to_owned(),
        Reason::Status => "not of the status admitted".to_owned(),
        Reason::Precision(grade) => format!("precision of grade {} not admitted", grade.as_str()),
        Reason::SeveralCohorts(cohorts) => {
            format!("several cohorts qualify ({}); `pick` chooses one", list(cohorts))
        }
        Reason::PickedCohort(cohort) => format!("the picked cohort {cohort} does not exist"),
        Reason::Overlap { with, rule } => {
            let why = match rule {
                OverlapRule::Larger => "is larger",
                OverlapRule::Later => "is as large, and reported later",
            };
            format!("may share patients with {}, which {why}", study_name(evidence, with))
        }
        Reason::OtherUnit(other) => format!("counts {}, the others do not", unit(*other)),
        Reason::OtherMethod => "estimated by another method than the others".to_owned(),
        Reason::NoEffect(no_effect) => no_effect_reason(no_effect),
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
            format!("its interval needs about {} patients, there are {}", percent(*effective / 100.0, 0), whole(*n))
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

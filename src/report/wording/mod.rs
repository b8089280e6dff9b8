//! The words for what the review found: reasons, rungs of precision, names of series and analyses.

mod left_out;

use super::format::{counted, percent, time, trimmed, whole};
use crate::effect::{PrecisionGrade, Rung, Scale};
use crate::evidence::{
    CiScale, Cohort, Evidence, Grade, Level, Months, NoDose, Phase, Protocol, Risk, Status, Study, Unit,
};
use crate::model::{FitError, ModelKind, Tau2Interval};
use crate::review::{Analysis, AnalysisFindings, FEWEST, Findings, GroupBy, GroupOf, Groups, Missing, NoRegression};

pub use left_out::{absence_words, gave_way, no_effect_reason, overlap, reason};

/// Returns a study's label and year, or its id where the review does not know it.
#[must_use]
pub fn study_name(evidence: &Evidence, id: &str) -> String {
    evidence.study(id).map_or_else(|| id.to_owned(), |study| study.label_year())
}

/// Returns why there is no meta-regression of `k` series.
#[must_use]
pub fn no_regression(why: NoRegression, k: usize) -> String {
    match why {
        NoRegression::TooFew => too_few(k),
        NoRegression::Fit(FitError::SingularDesign { .. }) => {
            "a moderator is constant, or follows from the others".to_owned()
        }
        NoRegression::Fit(other) => other.to_string(),
    }
}

/// Returns why a regression of so few series is refused, or was forced: `7 series, fewer than 10`.
#[must_use]
pub fn too_few(k: usize) -> String {
    format!("{}, fewer than {FEWEST}", counted(k as u64, "series", "series"))
}

/// Returns a series that says nothing of a moderator, with why: `Palma et al. 2019 (bed: a range only)`.
#[must_use]
pub fn missing(evidence: &Evidence, missing: &Missing) -> String {
    let name = study_name(evidence, &missing.study);
    let moderator = missing.moderator;
    let why = missing.no_dose.map(|why| match why {
        NoDose::NotEntered => "not given",
        NoDose::Range => "a range only",
        NoDose::NoShares => "several schedules, not said how many patients had each",
        NoDose::SharesIncomplete => "schedules of some patients only",
    });
    match why {
        Some(why) => format!("{name} (dose: {why})"),
        None => format!("{name} (no {moderator})"),
    }
}

/// Returns the title of an analysis: its own, or `2-year progression-free survival, by risk of bias`.
#[must_use]
pub fn analysis_title(protocol: &Protocol, analysis: &Analysis) -> String {
    let pooled = pooled_quantity(protocol, analysis);
    match analysis.group_by.filter(|_| analysis.title.is_none()) {
        None | Some(GroupBy::Timing) => pooled,
        Some(GroupBy::Risk) => pooled + ", by risk of bias",
        Some(GroupBy::Rating) => pooled + ", by overall rating",
        Some(GroupBy::Primary) => pooled + ", by primary tumour",
        Some(GroupBy::Unit) => pooled + ", by what is counted",
    }
}

/// Returns what an analysis pools, as an axis has it: its own title, or `2-year progression-free survival`, without what divides the series.
#[must_use]
pub fn pooled_quantity(protocol: &Protocol, analysis: &Analysis) -> String {
    if let Some(title) = &analysis.title {
        return title.clone();
    }
    let name = protocol.outcome(&analysis.outcome).map_or(analysis.outcome.as_str(), |outcome| outcome.name.as_str());
    let quantity = match analysis.at {
        Some(at) => format!("{} {}", adjective(at), lower_first(name)),
        None => name.to_owned(),
    };
    match analysis.cohort.as_slice() {
        [only] => format!("{quantity}, {} cohorts only", lower_first(primary(protocol, only))),
        _ => quantity,
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

/// Returns a cohort's printed name: its label, or the word for its primary.
#[must_use]
pub fn cohort<'a>(protocol: &'a Protocol, cohort: &'a Cohort) -> &'a str {
    cohort.label.as_deref().unwrap_or_else(|| primary(protocol, &cohort.primary))
}

/// Returns the name of a series: its study, and the cohort where that is a part of the study's.
#[must_use]
pub fn series(protocol: &Protocol, study: &Study, of: &Cohort) -> String {
    match of.of {
        Some(_) => format!("{}, {}", study.label_year(), cohort(protocol, of)),
        None => study.label_year(),
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

/// Returns the text with its first letter large, unless it starts with a symbol: n and k stay small.
#[must_use]
pub fn upper_first(text: &str) -> String {
    if text.starts_with("n ") || text.starts_with("k ") {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns the words in a list: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let (last, rest) = match words {
        [] => return String::new(),
        [only] => return only.as_ref().to_owned(),
        [rest @ .., last] => (last.as_ref(), rest),
    };
    let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
    format!("{} and {last}", rest.join(", "))
}

/// Returns times in a list, the unit once where it is the same: `1, 3 and 5 years`.
#[must_use]
pub fn times(times: &[Months]) -> String {
    let words: Vec<String> = times.iter().map(|at| time(*at)).collect();
    let (last, rest) = match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => (last, rest),
        _ => return listed(&words),
    };
    let unit = last.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches('s');
    let mut numbers: Vec<&str> = rest
        .iter()
        .filter_map(|word| Some(word.split_once(' ')?).filter(|(_, of)| of.trim_end_matches('s') == unit))
        .map(|(number, _)| number)
        .collect();
    if numbers.len() < rest.len() {
        return listed(&words);
    }
    numbers.push(last);
    listed(&numbers)
}

/// Returns a level as it stands before CI: `95%`, `97.5%`.
#[must_use]
pub fn level(level: Level) -> String {
    format!("{}%", trimmed(level.0 * 100.0))
}

/// Returns what the series of a group have in common: `prospective`, `low risk of bias`.
#[must_use]
pub fn group(protocol: &Protocol, of: &GroupOf) -> String {
    let words = match of {
        GroupOf::Timing(timing) => timing.as_str(),
        GroupOf::Risk(Some(Risk::Low)) => "low risk of bias",
        GroupOf::Risk(Some(Risk::NotLow)) => "not of low risk of bias",
        GroupOf::Risk(Some(Risk::Unknown)) => "risk of bias not known",
        GroupOf::Risk(None) => "risk of bias not rated",
        GroupOf::Rating(None) => "without an overall rating",
        GroupOf::Rating(_) => return format!("overall rating {}", of.id()),
        GroupOf::Primary(word, _) => return lower_first(primary(protocol, word)),
        GroupOf::Unit(Unit::Patients) => "patients",
        GroupOf::Unit(Unit::Lesions) => "lesions",
        GroupOf::Unit(Unit::Unclear) => "patients or lesions, not said which",
    };
    words.to_owned()
}

/// Returns what the row of a group's pool is called: `Prospective series`, `Low risk of bias`.
#[must_use]
pub fn group_series(protocol: &Protocol, of: &GroupOf) -> String {
    let words = upper_first(&group(protocol, of));
    if matches!(of, GroupOf::Timing(_)) { words + " series" } else { words }
}

/// Returns the names of two groups with what stands between them: `Retrospective minus prospective`.
#[must_use]
pub fn groups_compared(protocol: &Protocol, groups: &Groups, between: &str) -> String {
    let names: Vec<String> = groups.groups.iter().map(|one| group(protocol, &one.of)).collect();
    upper_first(&names.join(&format!(" {between} ")))
}

/// Returns the level of all analyses before `CI`: `95% `; empty where they differ.
#[must_use]
pub fn level_of(findings: &Findings) -> String {
    let mut levels = findings.analyses.iter().map(|found| found.analysis.methods.spec.level);
    let first = levels.next();
    let common = first.filter(|first| levels.all(|other| other == *first));
    common.map(|common| format!("{} ", level(common))).unwrap_or_default()
}

/// Returns a grade of precision with what it stands for: `M, n and median follow-up`.
#[must_use]
pub fn grade_of_precision(grade: PrecisionGrade) -> String {
    format!("{}, {}", grade.as_str(), grade.meaning())
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
        Status::ReviewOnly => "found in another review only",
    }
}

/// Returns a grade of toxicity: `3`, `≥3`, `4–5`.
#[must_use]
pub fn grade(grade: Grade) -> String {
    match grade {
        Grade::Exactly(grade) => grade.to_string(),
        Grade::AtLeast(grade) => format!("≥{grade}"),
        Grade::Between(low, high) => format!("{low}–{high}"),
        Grade::Unknown => "not stated".to_owned(),
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

/// Returns how the interval of τ² in an analysis was made.
#[must_use]
pub fn tau2_interval(found: &AnalysisFindings) -> &'static str {
    let spec = &found.analysis.methods.spec;
    match (spec.model, spec.tau2_interval) {
        (ModelKind::Bayes, _) => "the central interval of the posterior",
        (ModelKind::Glmm, _) => "profile likelihood of the counts",
        (_, Tau2Interval::QProfile) => "Q-profile (Viechtbauer 2007)",
        (_, Tau2Interval::GeneralisedQ) => "generalised Q with weights 1/SE (Jackson 2013)",
        (_, Tau2Interval::CochranQ) => "generalised Q with inverse-variance weights (Biggerstaff and Jackson 2008)",
        (_, Tau2Interval::ProfileLikelihood) => "profile likelihood (Hardy and Thompson 1996)",
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
        Rung::Digitised(curve) => format!(
            "digitised curve with {}; its reconstruction keeps within {} percentage points of it (root mean square {})",
            counted(curve.at_risk as u64, "number at risk", "numbers at risk"),
            percent(curve.max_distance, 2),
            percent(curve.rms_distance, 2),
        ),
        Rung::Complete { n } => format!("binomial, {} followed completely", whole(*n)),
        Rung::FollowUp { n, median } => {
            format!("n = {} and a median follow-up of {} months", whole(*n), trimmed(median.0))
        }
        Rung::Boundary { effective } => format!("0% or 100% in an effective size of {}", trimmed(*effective)),
        Rung::Counts { n } => format!("counts among {}", whole(*n)),
        Rung::SampleSize { n } => format!("n = {} alone (too precise if anybody was censored)", whole(*n)),
    }
}

/// Returns the grade letter and the way of a precision: `M, n = 76 and a median follow-up of 12.3 months`.
#[must_use]
pub fn graded(way: &Rung) -> String {
    format!("{}, {}", way.grade().as_str(), rung(way))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_a_sentence_does() {
        assert_eq!([listed::<&str>(&[]), listed(&["a"]), listed(&["a", "b", "c"])], ["", "a", "a, b and c"]);
        let at = |months: &[f64]| times(&months.iter().copied().map(Months).collect::<Vec<_>>());
        assert_eq!(at(&[12.0, 36.0, 60.0]), "1, 3 and 5 years");
        assert_eq!(at(&[6.0, 18.0]), "6 and 18 months");
        assert_eq!(at(&[6.0, 24.0]), "6 months and 2 years");
        assert_eq!(at(&[12.0]), "1 year");
    }

    #[test]
    fn a_symbol_keeps_its_case() {
        assert_eq!([upper_first("n = 76"), upper_first("a median"), upper_first("")], ["n = 76", "A median", ""]);
    }
}

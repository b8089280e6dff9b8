//! Median times and hazard ratios, pooled on the log scale: all that the studies report, one a study.

use super::findings::ResultKey;
use super::overlap::{Series, give_way};
use super::plan::{Analysis, OverlapRule, Plan};
use super::select::{Candidate, enters};
use crate::effect::{self, Estimate, LogPrecision};
use crate::evidence::{Comparison, Contrast, Evidence, Median, Outcome, OutcomeKind, Published, Role, Study};
use crate::model::{self, Fit, FitError, Spec};

/// A pool on the log scale.
#[derive(Debug, Clone)]
pub struct LogPool<S> {
    /// Id of the outcome.
    pub outcome: String,
    /// What the studies report, by year and id; those without a precision too.
    pub series: Vec<LogSeries<S>>,
    /// The pool of those with a precision; `None` below two.
    pub fit: Option<Result<Fit, FitError>>,
    /// The level of its intervals.
    pub spec: Spec,
}

/// What one study reports.
#[derive(Debug, Clone)]
pub struct LogSeries<S> {
    /// Id of the study.
    pub study: String,
    /// The published figure.
    pub published: S,
    /// The effect, with how its precision was obtained; `None` where nothing tells it.
    pub effect: Option<(Estimate, LogPrecision)>,
    /// What it gave way to, as they may share patients; it is not pooled then.
    pub gave_way: Option<GaveWay>,
}

/// What a series gave way to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GaveWay {
    /// Another study, and the rule of it.
    Study(String, OverlapRule),
    /// Another comparison of the same study.
    SameStudy,
}

/// Returns the median times of every survival outcome that is pooled somewhere, from the cohorts that its first analysis
/// prefers. Of series with a precision that may share patients those the rule does not take are listed and not pooled.
#[must_use]
pub fn medians(evidence: &Evidence, plan: &Plan) -> Vec<LogPool<(ResultKey, Median)>> {
    first_analyses(evidence, plan)
        .into_iter()
        .map(|(outcome, analysis)| {
            let medians = evidence.studies.iter().filter_map(|study| {
                let mut preferred = analysis.cohort.iter();
                let (candidate, median) = preferred.find_map(|primary| median_of(study, primary, outcome))?;
                let effect = effect::median(&median);
                Some(Read {
                    series: Series::of(&candidate),
                    study,
                    published: (candidate.key(), median),
                    effect,
                    again: false,
                })
            });
            pool(outcome, analysis, medians.collect())
        })
        .filter(|pool| !pool.series.is_empty())
        .collect()
}

/// Returns the hazard ratios of every survival outcome, one a comparison. Of trials with a precision that may share patients those the
/// rule of the outcome's first analysis does not take are listed and not pooled; nor are further comparisons of one study's patients,
/// such as a second arm against the same control: the outcome itself goes before its variants, then what is written first.
#[must_use]
pub fn hazard_ratios(evidence: &Evidence, plan: &Plan) -> Vec<LogPool<Comparison>> {
    first_analyses(evidence, plan)
        .into_iter()
        .map(|(outcome, analysis)| {
            let compared = evidence
                .studies
                .iter()
                .flat_map(|study| study.comparisons.iter().map(move |comparison| (study, comparison)))
                .filter(|(_, comparison)| comparison.outcome == outcome.id);
            let ratios = compared.map(|(study, comparison)| {
                let series = Series::of_arms(study, [&comparison.arms.experimental, &comparison.arms.control]);
                let again = !one_a_patient(study, outcome).iter().any(|taken| std::ptr::eq(*taken, comparison));
                Read { series, study, published: comparison.clone(), effect: effect_of(comparison), again }
            });
            pool(outcome, analysis, ratios.collect())
        })
        .filter(|pool| !pool.series.is_empty())
        .collect()
}

fn effect_of(comparison: &Comparison) -> Option<(Estimate, LogPrecision)> {
    match comparison.contrast {
        Contrast::HazardRatio { ratio, ci, p } => effect::hazard_ratio(ratio, ci, p),
        Contrast::Counts { .. } => None,
    }
}

/// Returns the comparisons of an outcome that have a precision and count no patient twice.
fn one_a_patient<'a>(study: &'a Study, outcome: &Outcome) -> Vec<&'a Comparison> {
    let of_outcome = study.comparisons.iter().filter(|comparison| comparison.outcome == outcome.id);
    let mut all: Vec<&Comparison> = of_outcome.filter(|comparison| effect_of(comparison).is_some()).collect();
    all.sort_by_key(|comparison| comparison.variant.is_some());
    let mut taken: Vec<&Comparison> = Vec::new();
    for comparison in all {
        if !taken.iter().any(|other| share_patients(study, comparison, other)) {
            taken.push(comparison);
        }
    }
    taken
}

/// Returns whether an arm of the one is an arm of the other, or part of one.
fn share_patients(study: &Study, one: &Comparison, other: &Comparison) -> bool {
    let arms = |comparison: &Comparison| [comparison.arms.experimental.clone(), comparison.arms.control.clone()];
    let (one, other) = (arms(one), arms(other));
    // A cohort and those that it is part of; a circle, which is a finding of its own, ends.
    let within = |arm: &str, whole: &str| {
        let parent = |id: &String| study.cohort(id).and_then(|cohort| cohort.of.clone());
        std::iter::successors(Some(arm.to_owned()), parent).take(study.cohorts.len() + 1).any(|id| id == whole)
    };
    one.iter().any(|arm| other.iter().any(|of| within(arm, of) || within(of, arm)))
}

/// Returns the survival outcomes with the first analysis of each.
fn first_analyses<'a>(evidence: &'a Evidence, plan: &'a Plan) -> Vec<(&'a Outcome, &'a Analysis)> {
    let survival = evidence.protocol.outcomes.iter().filter(|outcome| outcome.kind == OutcomeKind::Survival);
    survival
        .filter_map(|outcome| Some((outcome, plan.analyses.iter().find(|analysis| analysis.outcome == outcome.id)?)))
        .collect()
}

/// Returns the median that a study reports for a primary: of top-level cohorts before subgroups, of the outcome itself or
/// a variant that is pooled; `None` where several cohorts have one.
fn median_of<'a>(study: &'a Study, primary: &str, outcome: &Outcome) -> Option<(Candidate<'a>, Median)> {
    [false, true].into_iter().find_map(|subgroup| {
        let cohorts = study.cohorts.iter().filter(|cohort| {
            cohort.role == Role::Treated && cohort.primary == primary && cohort.of.is_some() == subgroup
        });
        let mut found = cohorts.filter_map(|cohort| {
            cohort.results.iter().enumerate().find_map(|(index, result)| match &result.published {
                Published::Median(median) if result.outcome == outcome.id && enters(outcome, result) => {
                    Some((Candidate { study, cohort, index, result }, median.clone()))
                }
                _ => None,
            })
        });
        found.next().filter(|_| found.next().is_none())
    })
}

/// What a study reports, with its effect.
struct Read<'a, S> {
    series: Series<'a>,
    study: &'a Study,
    published: S,
    effect: Option<(Estimate, LogPrecision)>,
    /// Whether its patients are pooled by another figure of the study.
    again: bool,
}

/// Pools what has a precision; what has none pushes nothing out.
fn pool<S>(outcome: &Outcome, analysis: &Analysis, mut read: Vec<Read<'_, S>>) -> LogPool<S> {
    read.sort_by(|a, b| (a.study.reference.year, &a.study.id).cmp(&(b.study.reference.year, &b.study.id)));
    let rule = analysis.methods.overlap_rule;
    let poolable = read.iter().filter(|one| one.effect.is_some() && !one.again);
    let poolable: Vec<Series<'_>> = poolable.map(|one| one.series).collect();
    let mut gave_way = give_way(&poolable, rule).into_iter();
    let series: Vec<LogSeries<S>> = read
        .into_iter()
        .map(|Read { study, published, effect, again, .. }| {
            let gave_way = match effect {
                Some(_) if again => Some(GaveWay::SameStudy),
                Some(_) => gave_way.next().flatten().map(|with| GaveWay::Study(with, rule)),
                None => None,
            };
            LogSeries { study: study.id.clone(), published, effect: effect.filter(|_| gave_way.is_none()), gave_way }
        })
        .collect();
    let estimates: Vec<Estimate> = series.iter().filter_map(|one| one.effect.map(|(effect, _)| effect)).collect();
    let spec = analysis.methods.spec_of_effects();
    LogPool {
        outcome: outcome.id.clone(),
        series,
        fit: (estimates.len() > 1).then(|| model::fit(&estimates, &spec)),
        spec,
    }
}

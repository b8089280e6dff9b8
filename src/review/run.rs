//! Runs a plan over the evidence.

use std::collections::BTreeMap;

use super::clusters::clustered;
use super::digitise::digitised_curves;
use super::findings::{
    AnalysisFindings, Difference, Entry, Estimated, Findings, Group, Groups, LeftOut, Pool, Reason, ResultKey,
    SensitivityRow,
};
use super::moderators::moderated;
use super::over_time::over_time;
use super::plan::{Analysis, Filter, GroupBy, Methods, Plan, Sort};
use super::rounding::{self, Ends, Rounding};
use super::select::{self, Candidate};
use super::{certainty, honesty, log_pools, overlap};
use crate::diag::{Diagnostic, codes};
use crate::effect::{self, Effect, Figures, Measure, MissingPrecision, NoEffect, Scale};
use crate::evidence::{
    Evidence, Level, Months, Outcome, Printed, Proportion, Published, Reported, Study, Survival, Timing,
};
use crate::model::bayes::fit_bayes;
use crate::model::{self, Estimate, Fit, FitError, Limits, ModelKind, Subgroups};

/// Returns what every analysis of the plan gives on this evidence.
#[must_use]
pub fn run(evidence: &Evidence, plan: &Plan) -> Findings {
    let analyses: Vec<AnalysisFindings> =
        plan.analyses.iter().filter_map(|analysis| run_analysis(evidence, plan, analysis)).collect();
    Findings {
        over_time: over_time(evidence, &analyses, &plan.joint),
        medians: log_pools::medians(evidence, plan),
        hazard_ratios: log_pools::hazard_ratios(evidence, plan),
        certainty: certainty::certainty(evidence, plan, &analyses),
        versions: plan.versions.findings(&analyses),
        analyses,
        curves: digitised_curves(evidence),
        predictions: honesty::predictions(evidence),
        effects: all_effects(evidence),
    }
}

/// Returns the effect of every survival proportion at a stated time, for tables that show more than the pools take.
fn all_effects(evidence: &Evidence) -> BTreeMap<ResultKey, Result<Effect, NoEffect>> {
    let mut effects = BTreeMap::new();
    for study in &evidence.studies {
        for cohort in &study.cohorts {
            for (index, result) in cohort.results.iter().enumerate() {
                if let Published::Survival(survival) = &result.published
                    && let Some(time) = survival.at.months()
                {
                    let effect = effect::survival(
                        survival,
                        time,
                        select::denominator(study, cohort, result),
                        Scale::Cloglog,
                        MissingPrecision::Impute,
                        Level::NINETY_FIVE,
                    );
                    let key = ResultKey { study: study.id.clone(), cohort: cohort.id.clone(), index };
                    effects.insert(key, effect);
                }
            }
        }
    }
    effects
}

fn run_analysis(evidence: &Evidence, plan: &Plan, analysis: &Analysis) -> Option<AnalysisFindings> {
    let outcome = evidence.protocol.outcome(&analysis.outcome)?;
    let (mut entries, left_out) = gather(evidence, outcome, analysis, &analysis.methods, &analysis.filter);
    let pool = pool(&entries, &analysis.methods);
    weigh(&mut entries, &pool);
    sort(&mut entries, evidence, analysis);
    let groups = analysis.group_by.map(|GroupBy::Timing| by_timing(&entries, &analysis.methods));
    let mut sensitivity: Vec<SensitivityRow> = analysis
        .sensitivity
        .iter()
        .map(|variation| {
            let (entries, _) = gather(evidence, outcome, analysis, &variation.methods, &variation.filter);
            SensitivityRow {
                name: variation.name.clone(),
                k: entries.len(),
                pool: self::pool(&entries, &variation.methods),
            }
        })
        .collect();
    sensitivity.extend(other_sets(evidence, outcome, analysis));
    let rounding = rounding_of(evidence, analysis, &entries, groups.as_ref());
    let emptied = entries.is_empty()
        && analysis.filter != Filter::default()
        && !gather(evidence, outcome, analysis, &analysis.methods, &Filter::default()).0.is_empty();
    Some(AnalysisFindings {
        analysis: analysis.clone(),
        moderated: moderated(evidence, analysis, &entries),
        clustered: clustered(&plan.clusters, &entries, &analysis.methods),
        new_below: new_below(&entries, &pool, &analysis.methods),
        entries,
        left_out,
        pool,
        groups,
        sensitivity,
        rounding,
        emptied,
    })
}

/// Returns the pool of each other set of series that share no patients.
fn other_sets(evidence: &Evidence, outcome: &Outcome, analysis: &Analysis) -> Vec<SensitivityRow> {
    let methods = &analysis.methods;
    let (candidates, _) = select::candidates(evidence, outcome, analysis, &analysis.filter);
    let name = |id: &String| evidence.studies.iter().find(|study| study.id == *id).map(Study::label_year);
    let names = |ids: &[String]| ids.iter().filter_map(name).collect::<Vec<_>>().join(", ");
    let sets = overlap::alternatives(&candidates, methods.overlap_rule).into_iter();
    sets.map(|other| {
        let taken = candidates.iter().filter(|candidate| other.set.contains(&candidate.study.id)).copied().collect();
        let (entries, _) = enter(taken, analysis, methods, &analysis.filter);
        let rules: Vec<&str> = other.rules.iter().map(|rule| rule.as_str()).collect();
        let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
        let name = format!("{} in place of {}{rules}", names(&other.comes), names(&other.goes));
        SensitivityRow { name, k: entries.len(), pool: pool(&entries, methods) }
    })
    .collect()
}

/// Returns how likely a new series' true value lies below the threshold that is asked for.
fn new_below(entries: &[Entry], pool: &Pool, methods: &Methods) -> Option<f64> {
    let (threshold, fit) = (methods.threshold?, pool.fit()?);
    let effect = methods.scale.transform(threshold.0);
    let above = model::new_study_above(&estimates(entries), fit, methods.priors, effect).ok()??;
    // The log-log scale runs against the proportion.
    Some(if methods.scale == Scale::Cloglog { above } else { 1.0 - above })
}

/// Returns how far rounding can move the pool of these series; `None` where they are counts, which are exact.
fn rounding_of(
    evidence: &Evidence,
    analysis: &Analysis,
    entries: &[Entry],
    groups: Option<&Groups>,
) -> Option<Rounding> {
    let ends: Option<Vec<Ends>> = entries.iter().map(|entry| ends(evidence, analysis, &entry.key)).collect();
    let (group_of, levels) = match groups {
        Some(_) => group_levels(entries),
        None => (Vec::new(), Vec::new()),
    };
    rounding::rounding(&ends?, &group_of, &levels, &analysis.methods)
}

/// Returns the effect of a printed proportion at the lower and at the upper end of what its digits stand for.
fn ends(evidence: &Evidence, analysis: &Analysis, key: &ResultKey) -> Option<Ends> {
    let candidate = Candidate::find(evidence, key)?;
    let Published::Survival(survival) = &candidate.result.published else { return None };
    let Reported::Value(printed) = survival.estimate else { return None };
    let at = |shift: f64| {
        let moved = (printed.value.0 + shift * printed.half_unit).clamp(0.0, 1.0);
        // An interval holds its estimate still: it is the estimate that was rounded.
        let survival =
            Survival { estimate: Reported::Value(Printed { value: Proportion(moved), ..printed }), ..survival.clone() };
        let time = survival.at.months().or(analysis.at)?;
        let methods = &analysis.methods;
        effect::survival(
            &survival,
            time,
            candidate.denominator(),
            methods.scale,
            methods.missing_precision,
            methods.spec.level,
        )
        .ok()
    };
    Some([at(-1.0)?, at(1.0)?])
}

/// Returns the series of a pool with their effects, and the studies left out.
fn gather(
    evidence: &Evidence,
    outcome: &Outcome,
    analysis: &Analysis,
    methods: &Methods,
    filter: &Filter,
) -> (Vec<Entry>, Vec<LeftOut>) {
    let (taken, mut left_out) = select::select(evidence, outcome, analysis, filter, methods.overlap_rule);
    let (entries, refused) = enter(taken, analysis, methods, filter);
    left_out.extend(refused);
    left_out.sort_by(|a, b| a.study.cmp(&b.study));
    (entries, left_out)
}

/// Returns these series with their effects, and those that have none that is admitted.
pub(super) fn enter(
    taken: Vec<Candidate<'_>>,
    analysis: &Analysis,
    methods: &Methods,
    filter: &Filter,
) -> (Vec<Entry>, Vec<LeftOut>) {
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    for candidate in taken {
        let refusal = match effect_of(&candidate, analysis.at, methods) {
            Ok(effect) if filter.grade.is_empty() || filter.grade.contains(&effect.rung.grade()) => {
                entries.push(entry(&candidate, effect));
                continue;
            }
            Ok(effect) => Reason::Precision(effect.rung.grade()),
            Err(no_effect) => Reason::NoEffect(no_effect),
        };
        left_out.push(LeftOut { study: candidate.study.id.clone(), key: Some(candidate.key()), reason: refusal });
    }
    (entries, left_out)
}

fn effect_of(candidate: &Candidate<'_>, at: Option<Months>, methods: &Methods) -> Result<Effect, NoEffect> {
    let level = methods.spec.level;
    match &candidate.result.published {
        Published::Survival(survival) => {
            // The published time, which may lie half a month from the analysis'.
            let time = survival.at.months().or(at).ok_or(NoEffect::NoPrecision)?;
            effect::survival(survival, time, candidate.denominator(), methods.scale, methods.missing_precision, level)
        }
        Published::Count(count) => {
            effect::count(count.events.value(), count.of.or(candidate.denominator().n), methods.scale, level)
        }
        Published::Median(_) | Published::Curve(_) | Published::Mean(_) => Err(NoEffect::NoPrecision),
    }
}

fn entry(candidate: &Candidate<'_>, effect: Effect) -> Entry {
    let (n, events) = match &candidate.result.published {
        Published::Count(count) => (count.of, count.events.value()),
        _ => (None, None),
    };
    Entry {
        key: candidate.key(),
        timing: candidate.study.design.timing,
        n: n.or(candidate.denominator().n),
        events,
        unit: candidate.result.unit,
        effect,
        weight_percent: None,
    }
}

/// Pools the effects of these series.
fn pool(entries: &[Entry], methods: &Methods) -> Pool {
    match entries {
        [] => Pool::Empty,
        [single] => Pool::Single(Estimated {
            estimate: single.effect.proportion,
            lower: single.effect.lower,
            upper: single.effect.upper,
            prediction: None,
        }),
        _ => match fit(entries, methods) {
            Ok(fit) => pooled(fit, entries, methods.scale),
            Err(error) => Pool::Failed(error),
        },
    }
}

/// Fits the model to effects, or to counts: a survival proportion is that share of its effective number at risk.
fn fit(entries: &[Entry], methods: &Methods) -> Result<Fit, FitError> {
    match methods.spec.model {
        ModelKind::Random | ModelKind::Common => model::fit(&estimates(entries), &methods.spec),
        ModelKind::Bayes => fit_bayes(&estimates(entries), methods.priors, &methods.spec).map(|(fit, _)| fit),
        _ => model::fit_counts(&counts(entries), Measure::Plo, &methods.spec),
    }
}

pub(super) fn counts(entries: &[Entry]) -> Vec<Figures> {
    let count = |Entry { events, effect, .. }: &Entry| Figures::Events {
        xi: events.map_or(effect.proportion * effect.effective, |events| events as f64),
        ni: effect.effective,
    };
    entries.iter().map(count).collect()
}

pub(super) fn estimates(entries: &[Entry]) -> Vec<Estimate> {
    entries.iter().map(|entry| Estimate { yi: entry.effect.yi, vi: entry.effect.vi }).collect()
}

fn pooled(fit: Fit, entries: &[Entry], scale: Scale) -> Pool {
    let limits = Limits { lower: fit.ci_lower, upper: fit.ci_upper };
    let prediction = fit.prediction.as_ref().map(|prediction| prediction.limits);
    let natural = natural(entries, scale, fit.estimate, limits, prediction);
    Pool::Pooled { fit: Box::new(fit), natural }
}

/// Carries a pooled effect back to a proportion; the double arcsine at the harmonic mean of the numbers observed.
pub(super) fn natural(
    entries: &[Entry],
    scale: Scale,
    estimate: f64,
    limits: Limits,
    prediction: Option<Limits>,
) -> Estimated {
    let reciprocals: f64 = entries.iter().filter_map(|entry| entry.n).map(|n| 1.0 / n as f64).sum();
    let n = entries.len() as f64 / reciprocals;
    let ends = |Limits { lower, upper }: Limits| {
        let (a, b) = (scale.back_at(lower, n), scale.back_at(upper, n));
        // The log-log scale runs against the proportion.
        (a.min(b), a.max(b))
    };
    let (lower, upper) = ends(limits);
    Estimated { estimate: scale.back_at(estimate, n), lower, upper, prediction: prediction.map(ends) }
}

fn weigh(entries: &mut [Entry], pool: &Pool) {
    if let Some(fit) = pool.fit() {
        for (entry, weight) in entries.iter_mut().zip(&fit.weights_percent) {
            entry.weight_percent = Some(*weight);
        }
    }
}

fn sort(entries: &mut [Entry], evidence: &Evidence, analysis: &Analysis) {
    let study = |entry: &Entry| evidence.studies.iter().find(|study| study.id == entry.key.study);
    let year = |entry: &Entry| study(entry).map(|study| study.reference.year);
    let label = |entry: &Entry| study(entry).map(|study| study.label.clone());
    let grouped = analysis.group_by.is_some();
    entries.sort_by(|a, b| {
        let group = if grouped { a.timing.cmp(&b.timing) } else { std::cmp::Ordering::Equal };
        let order = match analysis.sort {
            Sort::Year => year(a).cmp(&year(b)),
            Sort::Label => label(a).cmp(&label(b)),
            Sort::Estimate => a.effect.proportion.total_cmp(&b.effect.proportion),
            Sort::Weight => b.weight_percent.unwrap_or(0.0).total_cmp(&a.weight_percent.unwrap_or(0.0)),
        };
        group.then(order).then_with(|| a.key.cmp(&b.key))
    });
}

/// Pools retrospective and prospective series, each, with the test between them and their difference.
fn by_timing(entries: &[Entry], methods: &Methods) -> Groups {
    let timings = [Timing::Retrospective, Timing::Prospective];
    let members =
        |timing: Timing| -> Vec<Entry> { entries.iter().filter(|entry| entry.timing == timing).cloned().collect() };
    let (group_of, levels) = group_levels(entries);
    let test = if levels.len() > 1 {
        match methods.spec.model {
            ModelKind::Random | ModelKind::Common => {
                model::fit_subgroups(&estimates(entries), &group_of, &levels, &methods.spec, methods.subgroup_tau2)
            }
            _ => model::fit_apart(&group_of, &levels, methods.spec.level, |members| {
                fit(&members.iter().map(|&index| entries[index].clone()).collect::<Vec<_>>(), methods)
            }),
        }
        .ok()
    } else {
        None
    };
    let groups = timings.map(|timing| {
        let members = members(timing);
        Group {
            timing,
            k: members.len(),
            n: total(&members),
            pool: group_pool(timing, &members, methods, test.as_ref()),
        }
    });
    let difference = match (groups[0].pool.estimated(), groups[1].pool.estimated()) {
        (Some(first), Some(second)) => Some(Difference::between(first, second)),
        _ => None,
    };
    Groups { groups: groups.into(), test, difference }
}

/// Returns the group of each series, and the names of the groups that have one.
pub(super) fn group_levels(entries: &[Entry]) -> (Vec<usize>, Vec<String>) {
    let mut present: Vec<Timing> = entries.iter().map(|entry| entry.timing).collect();
    present.sort();
    present.dedup();
    let position = |timing: Timing| present.iter().position(|known| *known == timing).unwrap_or_default();
    let group_of = entries.iter().map(|entry| position(entry.timing)).collect();
    (group_of, present.iter().map(|timing| timing.as_str().to_owned()).collect())
}

/// Returns a group's pool: from the model of all groups where there is one, so that the table and the test agree.
fn group_pool(timing: Timing, members: &[Entry], methods: &Methods, test: Option<&Subgroups>) -> Pool {
    let fit = test.and_then(|test| {
        let group = test.groups.iter().find(|group| group.level == timing.as_str())?;
        group.fit.clone()
    });
    match fit {
        Some(fit) if members.len() > 1 => pooled(fit, members, methods.scale),
        _ => pool(members, methods),
    }
}

/// Returns the patients of these series together; `None` where one does not say.
fn total(entries: &[Entry]) -> Option<u64> {
    entries.iter().map(|entry| entry.n).sum()
}

/// Returns a finding for every pool that has no answer, and for every verdict that rounding alone moves, at the analysis
/// that asks for it; and for every domain of certainty that nobody has judged.
#[must_use]
pub fn faults(plan: &Plan, findings: &Findings) -> Vec<Diagnostic> {
    let mut faults = certainty::ungraded(plan, findings);
    for found in &findings.analyses {
        if found.emptied {
            let message = format!("what `{}` admits leaves no series", found.analysis.id);
            let finding = Diagnostic::new(codes::NO_SERIES_LEFT, found.analysis.place.as_key(), message);
            faults.push(
                finding
                    .expected("`status`, `risk`, `exclude` or `grade` under which a series stays")
                    .help("admit more, or remove the analysis: the table of what is left out has each reason"),
            );
        }
        if found.rounding.is_some_and(|rounding| rounding.verdict_moves) {
            let message = format!("rounding alone decides the test between groups in `{}`", found.analysis.id);
            let finding = Diagnostic::new(codes::ROUNDING_DECIDES, found.analysis.place.as_key(), message);
            faults.push(
                finding
                    .note("within what the printed digits stand for, the test is significant at one end and not at the other")
                    .help("do not call it significant, nor not significant"),
            );
        }
        let whole = std::iter::once(("all series", &found.pool));
        let groups = found.groups.iter().flat_map(|groups| &groups.groups);
        let groups = groups.map(|group| (group.timing.as_str(), &group.pool));
        for (of, pool) in whole.chain(groups) {
            if let Pool::Failed(error) = pool {
                let message = format!("the pool of {of} in `{}` has no answer: {error}", found.analysis.id);
                let finding = Diagnostic::new(codes::NO_FIT, found.analysis.place.as_key(), message);
                faults.push(finding.help("choose another `tau2`, `model` or `interval` for this analysis"));
            }
        }
    }
    faults
}

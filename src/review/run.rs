//! Runs a plan over the evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::choice_grid::Made;
use super::clusters::clustered;
use super::digitise::digitised_curves;
use super::findings::{AnalysisFindings, Entry, Findings, Groups, Pool, ResultKey, SensitivityRow};
use super::groups::{group_levels, grouped};
use super::moderators::moderated;
use super::next_series::next_series;
use super::over_time::over_time;
use super::plan::{Analysis, Filter, Methods, Plan, Sort};
use super::pool::{effect_at_stated_time, enter, estimates, gather, pool};
use super::rounding::{self, Ends, Rounding};
use super::select::{self, Candidate};
use super::{certainty, honesty, log_pools, overlap};
use crate::diag::{Diagnostic, codes};
use crate::effect::{self, Effect, MissingPrecision, NoEffect, Scale};
use crate::evidence::{Evidence, Outcome, Printed, Proportion, Published, Reported, Study, Survival};
use crate::model;

/// Returns what every analysis of the plan gives on this evidence.
#[must_use]
pub fn run(evidence: &Evidence, plan: &Plan) -> Findings {
    run_with_progress(evidence, plan, &|| {})
}

/// Returns what [`run`] returns, and calls `each` when an analysis is done: as often as the plan has analyses, from any thread.
#[must_use]
pub fn run_with_progress(evidence: &Evidence, plan: &Plan, each: &(dyn Fn() + Sync)) -> Findings {
    let one = |analysis| {
        let found = run_analysis(evidence, plan, analysis);
        each();
        found
    };
    let analyses = || -> Vec<AnalysisFindings> { plan.analyses.par_iter().filter_map(one).collect() };
    let of_all = || rayon::join(|| all_effects(evidence), || honesty::predictions(evidence));
    let (analyses, (effects, predictions)) = rayon::join(analyses, of_all);
    Findings {
        over_time: over_time(evidence, &analyses, &plan.joint),
        medians: log_pools::medians(evidence, plan),
        hazard_ratios: log_pools::hazard_ratios(evidence, plan),
        certainty: certainty::certainty(evidence, plan, &analyses),
        living: plan.living.clone(),
        versions: plan.versions.findings(&analyses),
        analyses,
        curves: digitised_curves(evidence),
        predictions,
        effects: Arc::new(effects),
    }
}

/// Returns the effect of every survival proportion at a stated time, for tables that show more than the pools take.
fn all_effects(evidence: &Evidence) -> BTreeMap<ResultKey, Result<Effect, NoEffect>> {
    let effect = |candidate: Candidate<'_>| {
        let Published::Survival(survival) = &candidate.result.published else { return None };
        let effect = effect_at_stated_time(survival, candidate.denominator(), MissingPrecision::Impute)?;
        Some((candidate.key(), effect))
    };
    let of_study = |study| select::results(study).filter_map(effect);
    let effects: Vec<_> = evidence.studies.par_iter().flat_map_iter(of_study).collect();
    effects.into_iter().collect()
}

fn run_analysis(evidence: &Evidence, plan: &Plan, analysis: &Analysis) -> Option<AnalysisFindings> {
    let outcome = evidence.protocol.outcome(&analysis.outcome)?;
    let (mut entries, left_out) = gather(evidence, outcome, analysis, &analysis.methods, &analysis.filter);
    let pool = pool(&entries, &analysis.methods);
    weigh(&mut entries, &pool);
    let entries = sorted(entries, evidence, analysis);
    let groups = analysis.group_by.map(|group_by| grouped(group_by, &entries, &analysis.methods));
    let mut sensitivity: Vec<SensitivityRow> = analysis
        .sensitivity
        .par_iter()
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
    let mut found = AnalysisFindings {
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
        choices: Made::default(),
        emptied,
        next: Vec::new(),
    };
    found.next = plan.living.as_ref().map(|living| next_series(evidence, &found, living)).unwrap_or_default();
    Some(found)
}

/// Returns the pool of each other set of series that share no patients.
fn other_sets(evidence: &Evidence, outcome: &Outcome, analysis: &Analysis) -> Vec<SensitivityRow> {
    let methods = &analysis.methods;
    let (candidates, _) = select::candidates(evidence, outcome, analysis, &analysis.filter);
    let name = |id: &String| evidence.study(id).map(Study::label_year);
    let names = |ids: &[String]| ids.iter().filter_map(name).collect::<Vec<_>>().join(", ");
    let sets = overlap::alternatives(&candidates, methods.overlap_rule).into_iter();
    sets.map(|other| {
        let set: BTreeSet<&str> = other.set.iter().map(String::as_str).collect();
        let taken = candidates.iter().filter(|candidate| set.contains(candidate.study.id.as_str())).copied().collect();
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

fn weigh(entries: &mut [Entry], pool: &Pool) {
    if let Some(fit) = pool.fit() {
        for (entry, weight) in entries.iter_mut().zip(&fit.weights_percent) {
            entry.weight_percent = Some(*weight);
        }
    }
}

/// Returns the entries group by group, in each as the analysis sorts them.
fn sorted(entries: Vec<Entry>, evidence: &Evidence, analysis: &Analysis) -> Vec<Entry> {
    let mut of_studies: Vec<(Option<&Study>, Entry)> =
        entries.into_iter().map(|entry| (evidence.study(&entry.key.study), entry)).collect();
    of_studies.sort_by(|(study_a, a), (study_b, b)| {
        let group = a.group.as_ref().zip(b.group.as_ref()).map_or(std::cmp::Ordering::Equal, |(a, b)| a.order(b));
        let year = |study: &Option<&Study>| study.map(|study| study.reference.year);
        let order = match analysis.sort {
            Sort::Year => year(study_a).cmp(&year(study_b)),
            Sort::Label => study_a.map(|study| &study.label).cmp(&study_b.map(|study| &study.label)),
            Sort::Estimate => a.effect.proportion.total_cmp(&b.effect.proportion),
            Sort::Weight => b.weight_percent.unwrap_or(0.0).total_cmp(&a.weight_percent.unwrap_or(0.0)),
        };
        group.then(order).then_with(|| a.key.cmp(&b.key))
    });
    of_studies.into_iter().map(|(_, entry)| entry).collect()
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
        let groups = groups.map(|group| (group.of.id(), &group.pool));
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

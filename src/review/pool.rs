//! From candidates to a pool: each series' effect, the model's fit, and the answer as proportions.

use std::borrow::Borrow;

use super::findings::{Entry, Estimated, LeftOut, Pool, Reason};
use super::groups::group_of;
use super::plan::{Analysis, Filter, Methods};
use super::select::{self, Candidate};
use crate::effect::{self, Denominator, Effect, Figures, Measure, MissingPrecision, NoEffect, Scale};
use crate::evidence::{Evidence, Level, Months, Outcome, Published, Survival};
use crate::model::bayes::fit_bayes;
use crate::model::{self, Estimate, Fit, FitError, Limits, ModelKind, SubgroupTau2, Subgroups, Unbounded};

/// Returns the series of a pool with their effects, and the studies left out.
pub(super) fn gather(
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
                entries.push(entry(&candidate, analysis, effect));
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

/// Returns the effect of a survival proportion at the time that its paper states, on log(−log S); `None` where it states none.
pub(super) fn effect_at_stated_time(
    survival: &Survival,
    of: Denominator,
    policy: MissingPrecision,
) -> Option<Result<Effect, NoEffect>> {
    let time = survival.at.months()?;
    Some(effect::survival(survival, time, of, Scale::Cloglog, policy, Level::NINETY_FIVE))
}

fn entry(candidate: &Candidate<'_>, analysis: &Analysis, effect: Effect) -> Entry {
    let (n, events) = match &candidate.result.published {
        Published::Count(count) => (count.of, count.events.value()),
        _ => (None, None),
    };
    Entry {
        key: candidate.key(),
        timing: candidate.study.design.timing,
        group: group_of(analysis, candidate),
        n: n.or(candidate.denominator().n),
        events,
        unit: candidate.result.unit,
        effect,
        weight_percent: None,
    }
}

/// Pools the effects of these series.
pub(super) fn pool(entries: &[Entry], methods: &Methods) -> Pool {
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

/// Pools by group, with the test between the groups: in one model where they share τ², each apart otherwise.
pub(super) fn fit_groups(
    entries: &[Entry],
    group_of: &[usize],
    levels: &[String],
    methods: &Methods,
) -> Result<Subgroups, FitError> {
    let spec = &methods.spec;
    match (spec.model, methods.subgroup_tau2) {
        (ModelKind::Random | ModelKind::Common, tau2) => {
            model::fit_subgroups(&estimates(entries), group_of, levels, spec, tau2)
        }
        (ModelKind::Glmm, SubgroupTau2::Common) => {
            model::fit_counts_subgroups(&counts(entries), Measure::Plo, group_of, levels, spec)
        }
        _ => model::fit_apart(group_of, levels, spec.level, |members| {
            fit(&members.iter().map(|&index| entries[index].clone()).collect::<Vec<_>>(), methods)
        }),
    }
}

/// Fits the model to effects, or to counts: a survival proportion is that share of its effective number at risk.
pub(super) fn fit(entries: &[Entry], methods: &Methods) -> Result<Fit, FitError> {
    match methods.spec.model {
        ModelKind::Random | ModelKind::Common => model::fit(&estimates(entries), &methods.spec),
        ModelKind::Bayes => fit_bayes(&estimates(entries), methods.priors, &methods.spec).map(|(fit, _)| fit),
        _ => model::fit_counts(&counts(entries), Measure::Plo, &methods.spec),
    }
}

pub(super) fn counts(entries: &[impl Borrow<Entry>]) -> Vec<Figures> {
    let count = |Entry { events, effect, .. }: &Entry| Figures::Events {
        xi: events.map_or(effect.proportion * effect.effective, |events| events as f64),
        ni: effect.effective,
    };
    entries.iter().map(Borrow::borrow).map(count).collect()
}

pub(super) fn estimates(entries: &[impl Borrow<Entry>]) -> Vec<Estimate> {
    entries
        .iter()
        .map(Borrow::borrow)
        .map(|entry: &Entry| Estimate { yi: entry.effect.yi, vi: entry.effect.vi })
        .collect()
}

pub(super) fn pooled(fit: Fit, entries: &[Entry], scale: Scale) -> Pool {
    let limits = Limits { lower: fit.ci_lower, upper: fit.ci_upper };
    let prediction = fit.prediction.as_ref().map(|prediction| prediction.limits);
    let natural = natural(entries, scale, fit.estimate, limits, prediction);
    Pool::Pooled { fit: Box::new(fit), natural }
}

/// Returns what is known of a group in which everybody, or nobody, had the event: the end that is most likely, and how far from it its
/// true proportion may lie.
pub(super) fn at_the_end(found: &Unbounded, scale: Scale) -> Pool {
    let (estimate, end) = (scale.back(found.estimate), scale.back(found.end));
    Pool::AtTheEnd(Estimated { estimate, lower: end.min(estimate), upper: end.max(estimate), prediction: None })
}

/// Carries a pooled effect back to a proportion.
pub(super) fn natural(
    entries: &[Entry],
    scale: Scale,
    estimate: f64,
    limits: Limits,
    prediction: Option<Limits>,
) -> Estimated {
    let sizes: Vec<Option<u64>> = entries.iter().map(|entry| entry.n).collect();
    natural_of(&sizes, scale, estimate, limits, prediction)
}

/// Returns what [`natural`] does for series of these sizes: the double arcsine goes back at the harmonic mean of the numbers observed.
pub(super) fn natural_of(
    sizes: &[Option<u64>],
    scale: Scale,
    estimate: f64,
    limits: Limits,
    prediction: Option<Limits>,
) -> Estimated {
    let reciprocals: f64 = sizes.iter().flatten().map(|n| 1.0 / *n as f64).sum();
    let n = sizes.len() as f64 / reciprocals;
    let ends = |Limits { lower, upper }: Limits| {
        let (a, b) = (scale.back_at(lower, n), scale.back_at(upper, n));
        // The log-log scale runs against the proportion.
        (a.min(b), a.max(b))
    };
    let (lower, upper) = ends(limits);
    Estimated { estimate: scale.back_at(estimate, n), lower, upper, prediction: prediction.map(ends) }
}

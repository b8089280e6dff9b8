//! How much the next series could move a pool: the same model over its series and one more, which nobody has seen yet.

use serde::Serialize;

use super::findings::{AnalysisFindings, Entry, Estimated, Group, ResultKey};
use super::groups::{GroupOf, grouped};
use super::plan::Analysis;
use super::pool::pool;
use super::select::Candidate;
use crate::effect::{self, Denominator, Effect, MissingPrecision, Rung};
use crate::evidence::{
    Evidence, Months, OutcomeKind, Points, Printed, Proportion, Reported, Survival, TimePoint, Timing, Unit,
};

/// What a living review asks of its pools.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LivingPlan {
    /// The patients (or lesions) of a series still to come.
    pub new_series: u64,
    /// The signal to stop, if one is declared.
    pub stop: Option<StopRule>,
}

/// The signal to stop: all limits that are named must be kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StopRule {
    /// A new series moves the pooled value by less.
    pub shift_below: Option<Points>,
    /// A new series narrows the interval by less.
    pub narrowing_below: Option<Points>,
    /// The interval is narrower.
    pub width_below: Option<Points>,
    /// Why these limits.
    pub reason: Option<String>,
}

/// What the next series could do to a pool.
#[derive(Debug, Clone)]
pub struct NextSeries {
    /// The group; `None` is all series.
    pub group: Option<GroupOf>,
    /// How many series there are.
    pub k: usize,
    /// The pool as it is; `None` where fewer than two series have one.
    pub now: Option<Estimated>,
    /// The median of the series' median follow-ups, from which a new one's precision is taken; `None` where none says it, and
    /// for counts.
    pub follow_up: Option<Months>,
    /// Where the new series may lie, with what it would do: the ends of the prediction interval, where there is one, and the
    /// pooled value.
    pub scenarios: Vec<Scenario>,
    /// Whether the signal to stop is given; `None` where none is declared, or where the pool does not tell.
    pub signal: Option<Signal>,
}

/// Where a new series lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// At the lower end of the prediction interval.
    Lower,
    /// At the pooled value.
    Pooled,
    /// At the upper end of the prediction interval.
    Upper,
}

/// A new series, and the pool with it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Where it lies.
    pub position: Position,
    /// Its proportion.
    pub proportion: f64,
    /// The standard error of its proportion.
    pub se: f64,
    /// How that was obtained.
    pub rung: Rung,
    /// The pool with it; `None` where the model has no answer.
    pub then: Option<Estimated>,
    /// How far the pooled proportion moves.
    pub shift: Option<f64>,
    /// By how much the interval becomes wider; below 0 it narrows.
    pub widening: Option<f64>,
}

/// The signal to stop, limit by limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// The largest shift, and whether it is below its limit.
    pub shift: Option<(f64, bool)>,
    /// The most that the interval would narrow, and whether that is below its limit.
    pub narrowing: Option<(f64, bool)>,
    /// The width of the interval, and whether it is below its limit.
    pub width: Option<(f64, bool)>,
}

impl Signal {
    /// Whether all limits are kept.
    #[must_use]
    pub fn is_given(&self) -> bool {
        [self.shift, self.narrowing, self.width].into_iter().flatten().all(|(_, kept)| kept)
    }
}

/// Returns what a new series of so many patients could do to the pool of all series and to that of each group.
///
/// Its standard error comes from the ladder that the other series' come from: n with the median follow-up of the pool's series
/// for survival, the count itself for counts. It is added at both ends of the prediction interval and at the pooled value, and
/// the pool is fitted again by its own methods.
#[must_use]
pub fn next_series(evidence: &Evidence, found: &AnalysisFindings, living: &LivingPlan) -> Vec<NextSeries> {
    let whole = asked(evidence, found, None, living);
    let groups = found.groups.iter().flat_map(|groups| &groups.groups).filter(|group| group.k > 0);
    std::iter::once(whole).chain(groups.map(|group| asked(evidence, found, Some(group), living))).collect()
}

/// Returns the shifts of the pooled value of all series for new series of each of these sizes, size by size: at the lower end of
/// the prediction interval, at the pooled value, at the upper end; none where there is no pool.
#[must_use]
pub fn shifts_by_size(
    evidence: &Evidence,
    found: &AnalysisFindings,
    sizes: &[u64],
) -> Vec<(u64, Vec<(Position, f64)>)> {
    let of = |size: u64| {
        let asked = asked(evidence, found, None, &LivingPlan { new_series: size, stop: None });
        asked.scenarios.iter().filter_map(|scenario| Some((scenario.position, scenario.shift?))).collect()
    };
    sizes.iter().map(|size| (*size, of(*size))).collect()
}

fn asked(evidence: &Evidence, found: &AnalysisFindings, group: Option<&Group>, living: &LivingPlan) -> NextSeries {
    let of = group.map(|group| &group.of);
    let members: Vec<&Entry> =
        found.entries.iter().filter(|entry| of.is_none() || entry.group.as_ref() == of).collect();
    let now = group.map_or(&found.pool, |group| &group.pool);
    let now = now.fit().and_then(|_| now.estimated()).copied();
    let follow_up = follow_up(evidence, &members);
    let positions = now.map_or_else(Vec::new, |now| {
        let ends = now.prediction.map(|(lower, upper)| [(Position::Lower, lower), (Position::Upper, upper)]);
        let mut all: Vec<(Position, f64)> = ends.into_iter().flatten().collect();
        all.insert(all.len().min(1), (Position::Pooled, now.estimate));
        all
    });
    let scenarios = positions.into_iter().filter_map(|(position, proportion)| {
        let effect = hypothetical(evidence, &found.analysis, proportion, living.new_series, follow_up)?;
        let mut entries = found.entries.clone();
        entries.push(entry(&effect, of, living.new_series));
        let then = match of.zip(found.analysis.group_by) {
            None => pool(&entries, &found.analysis.methods),
            Some((of, group_by)) => {
                let groups = grouped(group_by, &entries, &found.analysis.methods).groups;
                groups.into_iter().find(|group| group.of == *of)?.pool
            }
        };
        let then = then.estimated().copied();
        let both = now.zip(then);
        Some(Scenario {
            position,
            proportion,
            se: (effect.proportion * (1.0 - effect.proportion) / effect.effective).sqrt(),
            rung: effect.rung,
            then,
            shift: both.map(|(now, then)| then.estimate - now.estimate),
            widening: both.map(|(now, then)| width(&then) - width(&now)),
        })
    });
    let scenarios: Vec<Scenario> = scenarios.collect();
    let signal = living.stop.as_ref().and_then(|rule| signal(rule, &now?, &scenarios));
    NextSeries { group: of.cloned(), k: members.len(), now, follow_up, scenarios, signal }
}

fn width(estimated: &Estimated) -> f64 {
    estimated.upper - estimated.lower
}

/// Returns the median of the series' median follow-ups.
fn follow_up(evidence: &Evidence, entries: &[&Entry]) -> Option<Months> {
    let median = |entry: &&Entry| {
        let Candidate { study, cohort, .. } = Candidate::find(evidence, &entry.key)?;
        study.follow_up_of(cohort)?.median.value()
    };
    let mut medians: Vec<f64> = entries.iter().filter_map(median).map(|months| months.0).collect();
    medians.sort_by(f64::total_cmp);
    let middle = medians.len() / 2;
    let upper = *medians.get(middle)?;
    Some(Months(if medians.len() % 2 == 1 { upper } else { 0.5 * (medians[middle - 1] + upper) }))
}

/// Returns the effect of a series of `n` patients that nobody has seen, at this proportion.
fn hypothetical(
    evidence: &Evidence,
    analysis: &Analysis,
    proportion: f64,
    n: u64,
    follow_up: Option<Months>,
) -> Option<Effect> {
    let methods = &analysis.methods;
    let (scale, level) = (methods.scale, methods.spec.level);
    if evidence.protocol.outcome(&analysis.outcome)?.kind == OutcomeKind::Proportion {
        return effect::share(proportion, n, scale, level).ok();
    }
    let time = analysis.at?;
    let published = Survival {
        at: TimePoint::At(time),
        estimate: Reported::Value(Printed { value: Proportion(proportion), half_unit: 0.0 }),
        ci: None,
        se: None,
        at_risk: None,
        events: None,
        censored: None,
        digitised: None,
    };
    // A review that admits printed precision alone would wait for the interval that such a series prints.
    let policy = match methods.missing_precision {
        MissingPrecision::Exclude => MissingPrecision::Impute,
        other => other,
    };
    let of = Denominator { n: Some(n), largest: Some(n), median_follow_up: follow_up };
    effect::survival(&published, time, of, scale, policy, level).ok()
}

fn entry(effect: &Effect, of: Option<&GroupOf>, n: u64) -> Entry {
    Entry {
        key: ResultKey { study: String::new(), cohort: String::new(), index: 0 },
        // No pool asks: a group has its own name.
        timing: Timing::Prospective,
        group: of.cloned(),
        n: Some(n),
        events: None,
        unit: Unit::Patients,
        effect: *effect,
        weight_percent: None,
    }
}

/// Returns whether the signal is given; `None` where a limit cannot be judged: without a prediction interval nobody knows where
/// the next series may lie.
fn signal(rule: &StopRule, now: &Estimated, scenarios: &[Scenario]) -> Option<Signal> {
    let whole = now.prediction.is_some();
    let most = |of: fn(&Scenario) -> Option<f64>| -> Option<f64> {
        let values: Option<Vec<f64>> = scenarios.iter().map(of).collect();
        values.filter(|_| whole)?.into_iter().reduce(f64::max)
    };
    let judged = |limit: Option<Points>, value: Option<f64>| match limit {
        None => Some(None),
        Some(limit) => Some(Some((value?, value? < limit.0))),
    };
    Some(Signal {
        shift: judged(rule.shift_below, most(|scenario| scenario.shift.map(f64::abs)))?,
        narrowing: judged(rule.narrowing_below, most(|scenario| scenario.widening.map(|by| (-by).max(0.0))))?,
        width: judged(rule.width_below, Some(width(now)))?,
    })
}

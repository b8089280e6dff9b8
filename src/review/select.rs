//! Which result of which cohort of which study enters a pool, and why the others do not.

use super::findings::{LeftOut, Reason, ResultKey};
use super::overlap::keep_apart;
use super::plan::OverlapRule;
use super::plan::{Analysis, Filter};
use crate::effect::{Denominator, NoEffect};
use crate::evidence::{
    Ascertainment, Cohort, Count, Evidence, Months, Outcome, OutcomeKind, Published, Reported, ResultEntry, Role,
    Study, Survival, TimePoint, Unit,
};

/// Times match within half a month.
pub(super) const TIME_TOLERANCE: f64 = 0.5;

/// A result that may enter a pool.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its study.
    pub study: &'a Study,
    /// Its cohort.
    pub cohort: &'a Cohort,
    /// Its position in the cohort's results.
    pub index: usize,
    /// The result.
    pub result: &'a ResultEntry,
}

impl<'a> Candidate<'a> {
    /// Returns the result that a key names.
    #[must_use]
    pub fn find(evidence: &'a Evidence, key: &ResultKey) -> Option<Self> {
        let study = evidence.study(&key.study)?;
        let cohort = study.cohort(&key.cohort)?;
        Some(Self { study, cohort, index: key.index, result: cohort.results.get(key.index)? })
    }

    /// Returns the name of this result.
    #[must_use]
    pub fn key(&self) -> ResultKey {
        ResultKey { study: self.study.id.clone(), cohort: self.cohort.id.clone(), index: self.index }
    }

    /// Returns the patients (or lesions) behind this result and their follow-up.
    #[must_use]
    pub fn denominator(&self) -> Denominator {
        denominator(self.study, self.cohort, self.result)
    }
}

/// Returns every result of a study, cohort by cohort.
pub(super) fn results(study: &Study) -> impl Iterator<Item = Candidate<'_>> {
    study.cohorts.iter().flat_map(move |cohort| {
        let results = cohort.results.iter().enumerate();
        results.map(move |(index, result)| Candidate { study, cohort, index, result })
    })
}

/// Returns the patients (or lesions) behind a result: its own n, else the cohort's in the result's unit.
#[must_use]
pub fn denominator(study: &Study, cohort: &Cohort, result: &ResultEntry) -> Denominator {
    let patients = cohort.patients.value();
    let lesions = cohort.lesions.and_then(|lesions| lesions.value());
    let (n, largest) = match result.unit {
        Unit::Patients => (patients, patients),
        Unit::Lesions => (lesions, lesions),
        Unit::Unclear => (patients, patients.max(lesions)),
    };
    Denominator {
        n: result.n.or(n),
        largest: result.n.or(largest),
        median_follow_up: study.follow_up_of(cohort).and_then(|follow_up| follow_up.median.value()),
    }
}

/// Returns the results that enter an analysis, in the order of study ids, and the studies that do not.
///
/// One cohort a study: the first word of the preference that has a qualifying result, top-level cohorts before
/// subgroups. Then units and methods are made equal unless the outcome allows a mix, and of series that may share patients
/// those stay that the rule takes.
#[must_use]
pub fn select<'a>(
    evidence: &'a Evidence,
    outcome: &Outcome,
    analysis: &Analysis,
    filter: &Filter,
    rule: OverlapRule,
) -> (Vec<Candidate<'a>>, Vec<LeftOut>) {
    let (mut taken, mut left_out) = candidates(evidence, outcome, analysis, filter);
    keep_apart(&mut taken, &mut left_out, rule);
    left_out.sort_by(|a, b| a.study.cmp(&b.study));
    (taken, left_out)
}

/// Returns the results that could enter an analysis if series that may share patients could, and the other studies.
pub(super) fn candidates<'a>(
    evidence: &'a Evidence,
    outcome: &Outcome,
    analysis: &Analysis,
    filter: &Filter,
) -> (Vec<Candidate<'a>>, Vec<LeftOut>) {
    let mut taken = Vec::new();
    let mut left_out = Vec::new();
    for study in &evidence.studies {
        match choose(study, outcome, analysis, filter) {
            Ok(candidate) => taken.push(candidate),
            Err((key, reason)) => left_out.push(LeftOut { study: study.id.clone(), key, reason }),
        }
    }
    if !outcome.mix.unit {
        keep_most(&mut taken, &mut left_out, |candidate| Some(candidate.result.unit), Reason::OtherUnit);
    }
    if !outcome.mix.method {
        keep_most(&mut taken, &mut left_out, |candidate| candidate.result.method, |_| Reason::OtherMethod);
    }
    (taken, left_out)
}

type Refusal = (Option<ResultKey>, Reason);

/// Returns the one result that a study gives to an analysis.
fn choose<'a>(
    study: &'a Study,
    outcome: &Outcome,
    analysis: &Analysis,
    filter: &Filter,
) -> Result<Candidate<'a>, Refusal> {
    if filter.exclude.contains(&study.id) {
        return Err((None, Reason::Excluded));
    }
    if filter.timing.is_some_and(|timing| timing != study.design.timing) {
        return Err((None, Reason::OtherTiming));
    }
    if !filter.risk.is_empty() && !filter.risk.contains(&study.risk) {
        return Err((None, Reason::Risk(study.risk)));
    }
    let assess = |cohort: &'a Cohort| assess(study, cohort, outcome, analysis, filter);
    if let Some(picked) = analysis.pick.get(&study.id) {
        let cohort = study.cohort(picked).ok_or_else(|| (None, Reason::PickedCohort(picked.clone())))?;
        return assess(cohort);
    }
    let treated = || study.cohorts.iter().filter(|cohort| cohort.role == Role::Treated);
    let mut refusals = Vec::new();
    // No preference takes any cohort.
    let preferences: Vec<Option<&String>> = match analysis.cohort.as_slice() {
        [] => vec![None],
        words => words.iter().map(Some).collect(),
    };
    for primary in preferences {
        for subgroup in [false, true] {
            let (qualifying, refused): (Vec<_>, Vec<_>) = treated()
                .filter(|cohort| primary.is_none_or(|primary| cohort.primary == *primary))
                .filter(|cohort| cohort.of.is_some() == subgroup)
                .map(assess)
                .partition(Result::is_ok);
            let mut qualifying: Vec<_> = qualifying.into_iter().flatten().collect();
            refusals.extend(refused.into_iter().filter_map(Result::err));
            match qualifying.len() {
                0 => {}
                1 => return Ok(qualifying.remove(0)),
                _ => {
                    let cohorts = qualifying.iter().map(|candidate| candidate.cohort.id.clone()).collect();
                    return Err((None, Reason::SeveralCohorts(cohorts)));
                }
            }
        }
    }
    // The reason that came closest to a result says most.
    Err(refusals.into_iter().max_by_key(|(_, reason)| closeness(reason)).unwrap_or((None, Reason::NoCohort)))
}

/// Returns how near a cohort came to giving a result.
fn closeness(reason: &Reason) -> u8 {
    match reason {
        Reason::NoOutcome => 0,
        Reason::CurveOnly | Reason::MedianOnly => 1,
        Reason::OtherTimes(_) => 2,
        Reason::TimeNotStated | Reason::CrudeOnly | Reason::OtherGrades => 3,
        Reason::SingleEventOnly => 4,
        Reason::VariantOnly(_) => 5,
        _ => 6,
    }
}

/// Returns the result of one cohort that answers an analysis.
fn assess<'a>(
    study: &'a Study,
    cohort: &'a Cohort,
    outcome: &Outcome,
    analysis: &Analysis,
    filter: &Filter,
) -> Result<Candidate<'a>, Refusal> {
    let of_outcome: Vec<Candidate<'a>> = cohort
        .results
        .iter()
        .enumerate()
        .filter(|(_, result)| result.outcome == outcome.id)
        .map(|(index, result)| Candidate { study, cohort, index, result })
        .collect();
    if of_outcome.is_empty() {
        return Err((None, Reason::NoOutcome));
    }
    let answers = match outcome.kind {
        OutcomeKind::Survival => survival_answers(&of_outcome, outcome, analysis.at)?,
        OutcomeKind::Proportion => count_answers(&of_outcome, outcome, analysis.at)?,
    };
    let admitted = |candidate: &&Candidate<'a>| {
        filter.status.is_empty() || candidate.result.status.is_some_and(|status| filter.status.contains(&status))
    };
    match (answers.iter().find(admitted), answers.first()) {
        (Some(candidate), _) => Ok(*candidate),
        (None, first) => Err((first.map(Candidate::key), Reason::Status)),
    }
}

/// Returns the survival proportions that answer an analysis, best first: nearest in time, then the outcome itself
/// before its variants.
fn survival_answers<'a>(
    results: &[Candidate<'a>],
    outcome: &Outcome,
    at: Option<Months>,
) -> Result<Vec<Candidate<'a>>, Refusal> {
    let proportions: Vec<(Candidate<'a>, &Survival)> = results
        .iter()
        .filter_map(|candidate| match &candidate.result.published {
            Published::Survival(survival) => Some((*candidate, survival)),
            _ => None,
        })
        .collect();
    let distance = |survival: &Survival| match (at, survival.at) {
        (Some(wanted), TimePoint::At(given)) => Some((given.0 - wanted.0).abs()),
        _ => None,
    };
    let key = results.first().map(Candidate::key);
    let mut timely: Vec<(Candidate<'a>, &Survival, f64)> = proportions
        .iter()
        .filter_map(|(candidate, survival)| Some((*candidate, *survival, distance(survival)?)))
        .filter(|(_, _, distance)| *distance <= TIME_TOLERANCE)
        .collect();
    timely.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.result.variant.cmp(&b.0.result.variant)));
    let key = timely.first().map(|(candidate, ..)| candidate.key()).or(key);
    let enters = |candidate: &Candidate<'_>| enters(outcome, candidate.result);
    let other_endpoints = match timely.is_empty() {
        true => !proportions.is_empty() && !proportions.iter().any(|(candidate, _)| enters(candidate)),
        false => !timely.iter().any(|(candidate, ..)| enters(candidate)),
    };
    if other_endpoints {
        return Err((key, Reason::VariantOnly(variants(proportions.iter().map(|(candidate, _)| candidate.result)))));
    }
    if timely.is_empty() {
        let entering: Vec<_> = proportions.into_iter().filter(|(candidate, _)| enters(candidate)).collect();
        return Err((key, untimely(results, &entering)));
    }
    timely.retain(|(candidate, ..)| enters(candidate));
    timely.retain(|(candidate, ..)| candidate.result.method != Some(Ascertainment::Crude));
    if timely.is_empty() {
        return Err((key, Reason::CrudeOnly));
    }
    let answered: Vec<_> = timely.iter().filter(|(_, survival, _)| survival.proportion().is_some()).collect();
    match (answered.is_empty(), timely.first().map(|(_, survival, _)| survival.estimate)) {
        (true, Some(Reported::Absent(absence))) => Err((key, Reason::NoEffect(NoEffect::NoEstimate(absence)))),
        _ => Ok(answered.into_iter().map(|(candidate, ..)| *candidate).collect()),
    }
}

/// Returns why none of a cohort's results stands at the wanted time.
fn untimely(results: &[Candidate<'_>], proportions: &[(Candidate<'_>, &Survival)]) -> Reason {
    let mut times: Vec<Months> = proportions.iter().filter_map(|(_, survival)| survival.at.months()).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    times.dedup();
    let has = |wanted: fn(&Published) -> bool| results.iter().any(|candidate| wanted(&candidate.result.published));
    let crude = |published: &Published| match published {
        Published::Survival(survival) => survival.at == TimePoint::LastFollowUp,
        other => matches!(other, Published::Count(_)),
    };
    if !times.is_empty() {
        Reason::OtherTimes(times)
    } else if has(crude) {
        Reason::CrudeOnly
    } else if !proportions.is_empty() {
        Reason::TimeNotStated
    } else if has(|published| matches!(published, Published::Curve(_))) {
        Reason::CurveOnly
    } else if has(|published| matches!(published, Published::Median(_))) {
        Reason::MedianOnly
    } else {
        Reason::NoOutcome
    }
}

/// Returns the counts that answer an analysis.
fn count_answers<'a>(
    results: &[Candidate<'a>],
    outcome: &Outcome,
    at: Option<Months>,
) -> Result<Vec<Candidate<'a>>, Refusal> {
    let mut counts: Vec<(Candidate<'a>, &Count)> = results
        .iter()
        .filter_map(|candidate| match &candidate.result.published {
            Published::Count(count) => Some((*candidate, count)),
            _ => None,
        })
        .collect();
    let key = results.first().map(Candidate::key);
    let timely = |count: &Count| match (at, count.at.and_then(TimePoint::months)) {
        (Some(wanted), Some(given)) => (given.0 - wanted.0).abs() <= TIME_TOLERANCE,
        (Some(_), None) => false,
        (None, _) => true,
    };
    counts.retain(|(candidate, count)| timely(count) && enters(outcome, candidate.result));
    if counts.is_empty() {
        return Err((key, Reason::NoOutcome));
    }
    counts.retain(|(_, count)| count.event.is_none());
    if counts.is_empty() {
        return Err((key, Reason::SingleEventOnly));
    }
    counts.retain(|(_, count)| outcome.grade.is_none() || count.grade == outcome.grade);
    if counts.is_empty() {
        return Err((key, Reason::OtherGrades));
    }
    let absence = counts.iter().find_map(|(_, count)| match count.events {
        Reported::Absent(absence) => Some(absence),
        Reported::Value(_) => None,
    });
    counts.retain(|(_, count)| count.events.value().is_some());
    match (counts.is_empty(), absence) {
        (true, Some(absence)) => Err((key, Reason::NoEffect(NoEffect::NoEstimate(absence)))),
        _ => Ok(counts.into_iter().map(|(candidate, _)| candidate).collect()),
    }
}

/// Whether a result's endpoint enters a pool of the outcome.
pub(super) fn enters(outcome: &Outcome, result: &ResultEntry) -> bool {
    match &result.variant {
        None => true,
        Some(variant) => outcome.variant(variant).is_some_and(|variant| variant.pool),
    }
}

fn variants<'a>(results: impl Iterator<Item = &'a ResultEntry>) -> Vec<String> {
    let mut names: Vec<String> = results.filter_map(|result| result.variant.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Keeps the series of the most frequent kind (the first named of those as frequent); a series of no stated kind mixes
/// with all.
fn keep_most<'a, K: Copy + PartialEq>(
    taken: &mut Vec<Candidate<'a>>,
    left_out: &mut Vec<LeftOut>,
    kind: impl Fn(&Candidate<'a>) -> Option<K>,
    reason: impl Fn(K) -> Reason,
) {
    let mut kinds: Vec<(K, usize)> = Vec::new();
    for kind in taken.iter().filter_map(&kind) {
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    // `max_by_key` takes the last of equals: look from the end for the first.
    let Some((most, _)) = kinds.iter().rev().max_by_key(|(_, count)| *count).copied() else { return };
    taken.retain(|candidate| match kind(candidate) {
        Some(other) if other != most => {
            left_out.push(LeftOut {
                study: candidate.study.id.clone(),
                key: Some(candidate.key()),
                reason: reason(other),
            });
            false
        }
        _ => true,
    });
}

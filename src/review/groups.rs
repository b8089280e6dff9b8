//! The groups of an analysis: a pool each, the test between them, and their difference.

use std::borrow::Borrow;
use std::cmp::Ordering;

use serde::Serialize;

use super::findings::{Difference, Entry, Group, Groups, Pool};
use super::plan::{Analysis, GroupBy, Methods};
use super::pool::{at_the_end, fit_groups, pool, pooled};
use super::select::Candidate;
use crate::evidence::{Judgement, Risk, Timing, Unit};
use crate::model::Subgroups;

/// What the series of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupOf {
    /// Their timing.
    Timing(Timing),
    /// Their risk of bias under the review's rule; `None`: they were not rated.
    Risk(Option<Risk>),
    /// Their overall rating; `None`: they were not rated by a tool that has one.
    Rating(Option<Judgement>),
    /// The word for the primary tumour of their cohorts, and its place in the preference of the analysis.
    Primary(String, usize),
    /// What they count.
    Unit(Unit),
}

impl GroupOf {
    fn of(group_by: GroupBy, candidate: &Candidate<'_>, preference: &[String]) -> Self {
        let rated = candidate.study.risk_of_bias.as_ref();
        match group_by {
            GroupBy::Timing => Self::Timing(candidate.study.design.timing),
            GroupBy::Risk => Self::Risk(rated.map(|_| candidate.study.risk)),
            GroupBy::Rating => Self::Rating(rated.and_then(|rated| rated.worst())),
            GroupBy::Primary => {
                let word = candidate.cohort.primary.clone();
                let place = preference.iter().position(|preferred| *preferred == word).unwrap_or(preference.len());
                Self::Primary(word, place)
            }
            GroupBy::Unit => Self::Unit(candidate.result.unit),
        }
    }

    /// Returns the group's name in files: `prospective`, `low`, `not-rated`.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Timing(timing) => timing.as_str(),
            Self::Risk(risk) => risk.map_or("not-rated", Risk::as_str),
            Self::Rating(Some(Judgement::Low)) => "low",
            Self::Rating(Some(Judgement::Moderate)) => "moderate",
            Self::Rating(Some(Judgement::High)) => "high",
            Self::Rating(Some(_)) => "critical",
            Self::Rating(None) => "not-rated",
            Self::Primary(word, _) => word,
            Self::Unit(unit) => unit.as_str(),
        }
    }

    /// Returns the place among the groups of one grouping: best first, what is not known last.
    fn rank(&self) -> usize {
        match self {
            Self::Timing(timing) => *timing as usize,
            Self::Risk(risk) => risk.map_or(usize::MAX, |risk| risk as usize),
            Self::Rating(rating) => rating.map_or(usize::MAX, |rating| rating as usize),
            Self::Primary(_, place) => *place,
            Self::Unit(unit) => *unit as usize,
        }
    }

    /// Returns which of two groups of one grouping is shown first.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.id().cmp(other.id()))
    }
}

/// Returns the group that a result belongs to in an analysis; `None` where nothing is grouped.
pub(super) fn group_of(analysis: &Analysis, candidate: &Candidate<'_>) -> Option<GroupOf> {
    analysis.group_by.map(|group_by| GroupOf::of(group_by, candidate, &analysis.cohort))
}

/// Pools each group of the series, with the test between the groups and, where there are two, their difference. By timing, a group
/// without a series is there too.
pub(super) fn grouped(group_by: GroupBy, entries: &[Entry], methods: &Methods) -> Groups {
    let names = match group_by {
        GroupBy::Timing => [Timing::Retrospective, Timing::Prospective].map(GroupOf::Timing).to_vec(),
        _ => present(entries.iter()),
    };
    let (group_of, levels) = group_levels(entries);
    let test = if levels.len() > 1 { fit_groups(entries, &group_of, &levels, methods).ok() } else { None };
    let groups = names.into_iter().map(|of| {
        let members: Vec<Entry> = entries.iter().filter(|entry| entry.group.as_ref() == Some(&of)).cloned().collect();
        let pool = group_pool(&of, &members, methods, test.as_ref());
        Group { of, k: members.len(), n: total(&members), pool }
    });
    let groups: Vec<Group> = groups.collect();
    let difference = match groups.as_slice() {
        [first, second] => {
            let both = first.pool.estimated().zip(second.pool.estimated());
            both.map(|(first, second)| Difference::between(first, second))
        }
        _ => None,
    };
    Groups { groups, test, difference }
}

/// Returns the groups that have a series, in their order.
fn present<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<GroupOf> {
    let mut present: Vec<GroupOf> = entries.filter_map(|entry| entry.group.clone()).collect();
    present.sort_by(GroupOf::order);
    present.dedup();
    present
}

/// Returns the group of each series, and the names of the groups that have one.
pub(super) fn group_levels(entries: &[impl Borrow<Entry>]) -> (Vec<usize>, Vec<String>) {
    let entries = || entries.iter().map(Borrow::borrow);
    let present = present(entries());
    let position = |of: &GroupOf| present.iter().position(|known| known == of);
    let group_of = entries().map(|entry: &Entry| entry.group.as_ref().and_then(position).unwrap_or_default()).collect();
    (group_of, present.iter().map(|of| of.id().to_owned()).collect())
}

/// Returns a group's pool: from the model of all groups where there is one, so that the table and the test agree.
fn group_pool(of: &GroupOf, members: &[Entry], methods: &Methods, test: Option<&Subgroups>) -> Pool {
    let found = test.and_then(|test| test.groups.iter().find(|group| group.level == of.id()));
    match found.map(|group| (&group.fit, &group.unbounded)) {
        Some((Some(fit), _)) if members.len() > 1 => pooled(fit.clone(), members, methods.scale),
        Some((None, Some(unbounded))) => at_the_end(unbounded, methods.scale),
        _ => pool(members, methods),
    }
}

/// Returns the patients of these series together; `None` where one does not say.
fn total(entries: &[Entry]) -> Option<u64> {
    entries.iter().map(|entry| entry.n).sum()
}

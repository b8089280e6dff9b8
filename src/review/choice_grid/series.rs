//! The series that the sets of a choice grid are made of, each with its effect on every scale.

use std::collections::BTreeMap;

use super::super::findings::Entry;
use super::super::groups::group_levels;
use super::super::plan::{Analysis, Filter, Methods};
use super::super::pool::{counts, enter, estimates};
use super::super::select::Candidate;
use crate::effect::{Figures, Scale};
use crate::model::Estimate;

/// All series of the sets, numbered, with their effects on each scale: a series is in many sets, and its effect is the same in all.
pub(super) struct Series<'a> {
    pub candidates: Vec<Candidate<'a>>,
    /// On each scale one for each number; `None` where it has no effect there.
    entries: Vec<(Scale, Vec<Option<Entry>>)>,
}

impl<'a> Series<'a> {
    /// Numbers the series of several lists; returns the numbers of each list too.
    pub fn number(lists: Vec<Vec<Candidate<'a>>>, analysis: &Analysis, scales: &[Scale]) -> (Self, Vec<Vec<usize>>) {
        let (mut candidates, mut numbers) = (Vec::new(), BTreeMap::new());
        let mut number = |candidate: Candidate<'a>| {
            *numbers.entry(candidate.key()).or_insert_with(|| {
                candidates.push(candidate);
                candidates.len() - 1
            })
        };
        let lists = lists.into_iter().map(|list| list.into_iter().map(&mut number).collect()).collect();
        let on = |scale: Scale| {
            let methods = Methods { scale, ..analysis.methods };
            let entry =
                |candidate: &Candidate<'a>| enter(vec![*candidate], analysis, &methods, &Filter::default()).0.pop();
            (scale, candidates.iter().map(entry).collect())
        };
        let entries = scales.iter().copied().map(on).collect();
        (Self { candidates, entries }, lists)
    }

    /// Returns the id of a series' study.
    pub fn name(&self, number: usize) -> &'a str {
        &self.candidates[number].study.id
    }

    /// Returns a series on a scale; `None` where it has no effect there.
    pub fn entry(&self, scale: Scale, number: usize) -> Option<&Entry> {
        self.entries.iter().find(|(of, _)| *of == scale)?.1.get(number)?.as_ref()
    }

    /// Returns the series of a set on each scale.
    pub fn scaled(&self, set: &[usize]) -> Vec<OnScale> {
        let on = |(scale, entries): &(Scale, Vec<Option<Entry>>)| {
            let there: Vec<Option<&Entry>> = set.iter().map(|number| entries[*number].as_ref()).collect();
            OnScale::new(*scale, &there)
        };
        self.entries.iter().map(on).collect()
    }
}

/// The series of a set on one scale, as far as they have an effect on it.
pub(super) struct OnScale {
    pub scale: Scale,
    pub effects: Vec<Estimate>,
    pub counts: Vec<Figures>,
    pub sizes: Vec<Option<u64>>,
    pub group_of: Vec<usize>,
    pub levels: Vec<String>,
    /// Where each of the set is among them.
    positions: Vec<Option<usize>>,
}

impl OnScale {
    /// Returns a set of series; `None` stands for one without an effect on this scale.
    fn new(scale: Scale, set: &[Option<&Entry>]) -> Self {
        let entries: Vec<&Entry> = set.iter().copied().flatten().collect();
        let (group_of, levels) = group_levels(&entries);
        let mut before = 0..;
        Self {
            scale,
            effects: estimates(&entries),
            counts: counts(&entries),
            sizes: entries.iter().map(|entry| entry.n).collect(),
            group_of,
            levels,
            positions: set.iter().map(|entry| entry.and_then(|_| before.next())).collect(),
        }
    }

    /// Returns them without one of the set; a group that it leaves empty is gone.
    pub fn without(&self, left_out: Option<usize>) -> Self {
        let at = left_out.and_then(|left_out| self.positions[left_out]);
        let levels = || self.levels.iter().enumerate();
        let still = |level: usize| self.group_of.iter().enumerate().any(|(i, group)| Some(i) != at && *group == level);
        let left: Vec<usize> = levels().map(|(level, _)| level).filter(|level| still(*level)).collect();
        let group_of = others(&self.group_of, at).into_iter();
        Self {
            scale: self.scale,
            effects: others(&self.effects, at),
            counts: others(&self.counts, at),
            sizes: others(&self.sizes, at),
            group_of: group_of.map(|group| left.iter().position(|level| *level == group).unwrap_or_default()).collect(),
            levels: left.iter().map(|level| self.levels[*level].clone()).collect(),
            positions: Vec::new(),
        }
    }
}

/// Returns all but the one at `at`.
pub(super) fn others<T: Copy>(all: &[T], at: Option<usize>) -> Vec<T> {
    all.iter().enumerate().filter(|(i, _)| Some(*i) != at).map(|(_, one)| *one).collect()
}

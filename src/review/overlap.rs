//! Of series that may share patients, the set that a pool takes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::findings::{LeftOut, Reason};
use super::plan::OverlapRule;
use super::select::Candidate;
use crate::evidence::{Cohort, Months, Study};

/// Up to this many series that hang together by overlaps, every set of them is weighed; beyond, the largest go first.
const EXACT: usize = 30;

/// So many other sets are shown, at most.
const MOST_ALTERNATIVES: usize = 8;

/// A series as the rules look at it: one arm, or two that are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series<'a> {
    study: &'a Study,
    patients: u64,
    /// Median, in months; −1 where the paper does not say.
    follow_up: f64,
}

impl<'a> Series<'a> {
    /// Returns the series of patients behind a result.
    pub fn of(candidate: &Candidate<'a>) -> Self {
        let behind = candidate.denominator();
        Self::new(candidate.study, behind.n, behind.median_follow_up)
    }

    /// Returns the series of patients in these cohorts together.
    pub fn of_arms(study: &'a Study, arms: [&str; 2]) -> Self {
        let arms: Vec<&Cohort> = arms.into_iter().filter_map(|arm| study.cohort(arm)).collect();
        let patients = arms.iter().filter_map(|arm| arm.patients.value()).sum();
        let follow_up = arms.iter().find_map(|arm| study.follow_up_of(arm)?.median.value());
        Self::new(study, Some(patients), follow_up)
    }

    fn new(study: &'a Study, patients: Option<u64>, follow_up: Option<Months>) -> Self {
        Self { study, patients: patients.unwrap_or(0), follow_up: follow_up.map_or(-1.0, |months| months.0) }
    }

    fn year(&self) -> u64 {
        u64::from(self.study.reference.year)
    }
}

/// Which series overlap: for each the positions of the others.
struct Graph(Vec<BTreeSet<usize>>);

impl Graph {
    fn of(series: &[Series<'_>]) -> Self {
        let mut positions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, one) in series.iter().enumerate() {
            positions.entry(&one.study.id).or_default().push(index);
        }
        let of = |one: &Series<'_>| {
            let others = one.study.overlaps.iter().filter_map(|other| positions.get(other.as_str()));
            others.flatten().copied().collect()
        };
        Self(series.iter().map(of).collect())
    }

    /// Returns the groups of series that hang together by overlaps; a series without one is a group of its own.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.0.len()];
        let mut groups = Vec::new();
        for start in 0..self.0.len() {
            let (mut group, mut open) = (Vec::new(), vec![start]);
            while let Some(index) = open.pop() {
                if !std::mem::replace(&mut seen[index], true) {
                    group.push(index);
                    open.extend(&self.0[index]);
                }
            }
            if !group.is_empty() {
                group.sort_unstable();
                groups.push(group);
            }
        }
        groups
    }

    /// Returns the best set without an overlap among these, by the sum of what each is worth; of equals the one found first.
    ///
    /// The exact maximum weight independent set, by branching on the series with the most overlaps: it is out, or it is in
    /// and all that overlap with it are out.
    fn heaviest(&self, among: &BTreeSet<usize>, worth: &[[u64; 3]]) -> ([u64; 3], BTreeSet<usize>) {
        let degree = |index: &usize| self.0[*index].intersection(among).count();
        let most = among.iter().copied().max_by_key(|index| (degree(index), Reverse(*index)));
        let Some(branch) = most.filter(|index| degree(index) > 0) else {
            let total = among.iter().fold([0; 3], |total, index| plus(total, worth[*index]));
            return (total, among.clone());
        };
        let without = |out: &dyn Fn(&usize) -> bool| among.iter().copied().filter(|index| !out(index)).collect();
        let (mut inside, mut taken) = self.heaviest(&without(&|i| *i == branch || self.0[branch].contains(i)), worth);
        inside = plus(inside, worth[branch]);
        taken.insert(branch);
        let outside = self.heaviest(&without(&|i| *i == branch), worth);
        if outside.0 > inside { outside } else { (inside, taken) }
    }

    /// Returns the set that takes the first of `order`, then each next that overlaps with none taken.
    fn first_come(&self, order: &[usize]) -> BTreeSet<usize> {
        let mut taken = BTreeSet::new();
        for index in order {
            if self.0[*index].is_disjoint(&taken) {
                taken.insert(*index);
            }
        }
        taken
    }
}

fn plus(one: [u64; 3], other: [u64; 3]) -> [u64; 3] {
    std::array::from_fn(|index| one[index].saturating_add(other[index]))
}

/// Returns the positions of the series that the rule takes: no two of them overlap, and none could be added.
///
/// `most-patients` takes the set with the most patients together; of equals the one of more series, then of later ones. The
/// other two put the series in order, and take each that overlaps with none before it: a set that leaves out the series
/// with the longest follow-up for two shorter ones would not follow the rule.
fn taken_by(series: &[Series<'_>], graph: &Graph, rule: OverlapRule) -> BTreeSet<usize> {
    let in_order = |group: &[usize]| {
        let mut order = group.to_vec();
        let size = |index: usize| (series[index].patients, series[index].year());
        let larger = |a: usize, b: usize| size(b).cmp(&size(a));
        order.sort_by(|&a, &b| match rule {
            OverlapRule::MostPatients => larger(a, b),
            OverlapRule::LongestFollowUp => series[b].follow_up.total_cmp(&series[a].follow_up).then(larger(a, b)),
            OverlapRule::MostRecent => series[b].year().cmp(&series[a].year()).then(larger(a, b)),
        });
        order
    };
    let worth: Vec<[u64; 3]> = series.iter().map(|one| [one.patients, 1, one.year()]).collect();
    let mut taken = BTreeSet::new();
    for group in graph.groups() {
        taken.extend(match (rule, group.len()) {
            (_, 1) => group.into_iter().collect(),
            (OverlapRule::MostPatients, ..=EXACT) => graph.heaviest(&group.into_iter().collect(), &worth).1,
            _ => graph.first_come(&in_order(&group)),
        });
    }
    taken
}

/// Returns for each series the id of the study that it gives way to, as they may share patients; `None` for those that the rule
/// takes.
pub(super) fn give_way(series: &[Series<'_>], rule: OverlapRule) -> Vec<Option<String>> {
    let graph = Graph::of(series);
    let kept = taken_by(series, &graph, rule);
    let with = |index: usize| graph.0[index].intersection(&kept).next().map(|other| series[*other].study.id.clone());
    (0..series.len()).map(|index| (!kept.contains(&index)).then(|| with(index).unwrap_or_default())).collect()
}

/// Of series that may share patients, keeps those that the rule takes; the others are left out with the one that they gave
/// way to.
pub(super) fn keep_apart(taken: &mut Vec<Candidate<'_>>, left_out: &mut Vec<LeftOut>, rule: OverlapRule) {
    let series: Vec<Series<'_>> = taken.iter().map(Series::of).collect();
    let mut gave_way = give_way(&series, rule).into_iter();
    taken.retain(|candidate| match gave_way.next().flatten() {
        None => true,
        Some(with) => {
            let reason = Reason::Overlap { with, rule };
            left_out.push(LeftOut { study: candidate.study.id.clone(), key: Some(candidate.key()), reason });
            false
        }
    });
}

/// Another set of series without an overlap, for a sensitivity row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alternative {
    /// Ids of all its studies.
    pub set: Vec<String>,
    /// Ids of the studies that come in.
    pub comes: Vec<String>,
    /// Ids of those that go.
    pub goes: Vec<String>,
    /// Rules that take this set.
    pub rules: Vec<OverlapRule>,
}

/// Returns the other sets without an overlap to which no series could be added: each series that gave way taken in its
/// turn, and what the other rules take. Eight at most.
pub(super) fn alternatives(candidates: &[Candidate<'_>], rule: OverlapRule) -> Vec<Alternative> {
    let series: Vec<Series<'_>> = candidates.iter().map(Series::of).collect();
    let graph = Graph::of(&series);
    let by_rule: Vec<(OverlapRule, BTreeSet<usize>)> =
        OverlapRule::ALL.iter().map(|&rule| (rule, taken_by(&series, &graph, rule))).collect();
    let main = by_rule.iter().find(|(other, _)| *other == rule).map(|(_, set)| set);
    let Some(main) = main.filter(|set| set.len() < series.len()) else { return Vec::new() };
    let mut by_size: Vec<usize> = (0..series.len()).collect();
    by_size.sort_by_key(|&index| (!main.contains(&index), Reverse(series[index].patients), index));
    let instead = (0..series.len()).filter(|index| !main.contains(index)).map(|index| {
        let order: Vec<usize> = std::iter::once(index).chain(by_size.iter().copied()).collect();
        graph.first_come(&order)
    });
    let mut sets: Vec<BTreeSet<usize>> = Vec::new();
    for set in instead.chain(by_rule.iter().map(|(_, set)| set.clone())) {
        if set != *main && !sets.contains(&set) {
            sets.push(set);
        }
        if sets.len() == MOST_ALTERNATIVES {
            break;
        }
    }
    let ids = |of: &BTreeSet<usize>, without: &BTreeSet<usize>| {
        of.difference(without).map(|index| series[*index].study.id.clone()).collect()
    };
    let sets = sets.into_iter();
    sets.map(|set| Alternative {
        set: ids(&set, &BTreeSet::new()),
        comes: ids(&set, main),
        goes: ids(main, &set),
        rules: by_rule.iter().filter(|(_, taken)| *taken == set).map(|(rule, _)| *rule).collect(),
    })
    .collect()
}

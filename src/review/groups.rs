//! The groups of an analysis: a pool each, the test between them, and their difference.

use super::findings::{Difference, Entry, Group, Groups, Pool};
use super::plan::Methods;
use super::pool::{estimates, fit, pool, pooled};
use crate::evidence::Timing;
use crate::model::{self, ModelKind, Subgroups};

/// Pools retrospective and prospective series, each, with the test between them and their difference.
pub(super) fn by_timing(entries: &[Entry], methods: &Methods) -> Groups {
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

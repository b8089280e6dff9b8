//! What changed between two states of a review, and how much of it each change to the files made.

mod corrections;
mod pools;

pub use corrections::Correction;
pub(super) use pools::of_analysis;
pub use pools::{Cause, PoolChange, PoolState, compare, states};

use serde::Serialize;

use super::moderators::Moderators;
use super::plan::Plan;
use super::run::run;
use super::versions::Versions;
use crate::evidence::{self, Evidence};
use crate::source::Written;
use crate::source::raw::VersionChangeKind;
use corrections::{corrections, same};

/// One state of a review.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    /// Its studies.
    pub evidence: &'a Evidence,
    /// What is done with them.
    pub plan: &'a Plan,
}

/// What changed.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The changes to the files, in the order in which they are applied.
    pub steps: Vec<Step>,
    /// The pools that are not as they were, in the plan's order; then those that are gone.
    pub pools: Vec<PoolChange>,
}

/// One change to the files.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Step {
    /// `review.yaml` says something else.
    Plan {
        /// What it says differently.
        changes: Vec<Correction>,
    },
    /// A study says something else.
    Corrected {
        /// Its id.
        study: String,
        /// What it says differently.
        corrections: Vec<Correction>,
    },
    /// A study is gone.
    Removed {
        /// Its id.
        study: String,
    },
    /// A study is new.
    Added {
        /// Its id.
        study: String,
    },
}

impl Step {
    /// Returns what was done.
    #[must_use]
    pub fn kind(&self) -> VersionChangeKind {
        match self {
            Self::Plan { .. } => VersionChangeKind::Review,
            Self::Corrected { .. } => VersionChangeKind::Corrected,
            Self::Removed { .. } => VersionChangeKind::Removed,
            Self::Added { .. } => VersionChangeKind::Added,
        }
    }

    /// Returns the study; `None` for `review.yaml`.
    #[must_use]
    pub fn study(&self) -> Option<&str> {
        match self {
            Self::Plan { .. } => None,
            Self::Corrected { study, .. } | Self::Removed { study } | Self::Added { study } => Some(study),
        }
    }
}

/// Returns what changed from one state to another.
///
/// The changes are applied to the first state one at a time: `review.yaml`, then corrections, removals and additions, each
/// by the id of the study. What a pool moves at a step is that step's part, so that the parts add up to the whole; in
/// another order the parts may be others.
#[must_use]
pub fn change(before: State<'_>, after: State<'_>) -> Change {
    let steps = steps(before, after);
    let mut evidence = Evidence { protocol: after.evidence.protocol.clone(), ..before.evidence.clone() };
    let mut course = vec![states(&run(before.evidence, &bare(before.plan)))];
    let plan = bare(after.plan);
    for step in &steps {
        apply(step, &mut evidence, after.evidence);
        course.push(states(&run(&evidence, &plan)));
    }
    let mut pools = match (course.first(), course.last()) {
        (Some(first), Some(last)) => compare(first, last),
        _ => Vec::new(),
    };
    for pool in &mut pools {
        pool.causes = pools::causes(&course, pool);
    }
    Change { steps, pools }
}

fn steps(before: State<'_>, after: State<'_>) -> Vec<Step> {
    let (old, new) = (&before.evidence.studies, &after.evidence.studies);
    let mut steps = Vec::new();
    if !same(&before.evidence.protocol, &after.evidence.protocol) || !same(before.plan, after.plan) {
        steps.push(Step::Plan { changes: rewritten(before.plan, after.plan) });
    }
    for study in old {
        if let Some(corrected) = new.iter().find(|other| other.id == study.id)
            && !same(study, corrected)
        {
            steps.push(Step::Corrected { study: study.id.clone(), corrections: corrections(study, corrected) });
        }
    }
    let gone = old.iter().filter(|study| new.iter().all(|other| other.id != study.id));
    steps.extend(gone.map(|study| Step::Removed { study: study.id.clone() }));
    let fresh = new.iter().filter(|study| old.iter().all(|other| other.id != study.id));
    steps.extend(fresh.map(|study| Step::Added { study: study.id.clone() }));
    steps
}

/// Returns every field of `review.yaml` that is written otherwise.
fn rewritten(before: &Plan, after: &Plan) -> Vec<Correction> {
    let (Some(before), Some(after)) = (&before.written, &after.written) else { return Vec::new() };
    let differing = evidence::compare(before, after).into_iter().filter(|field| !field.agrees);
    let text = |written: Option<Written>| written.map(|written| written.to_string());
    differing
        .map(|field| Correction::Fact { fact: field.name, before: text(field.first), after: text(field.second) })
        .collect()
}

fn apply(step: &Step, evidence: &mut Evidence, after: &Evidence) {
    let (Step::Corrected { study, .. } | Step::Removed { study } | Step::Added { study }) = step else { return };
    evidence.studies.retain(|known| known.id != *study);
    evidence.studies.extend(after.study(study).cloned());
    evidence.studies.sort_by(|a, b| a.id.cmp(&b.id));
}

/// Returns the plan without its variations, regressions and versions: they change no pool.
fn bare(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for analysis in &mut plan.analyses {
        analysis.sensitivity.clear();
        analysis.moderators = Moderators::default();
    }
    plan.versions = Versions::default();
    plan.living = None;
    plan
}

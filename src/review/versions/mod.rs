//! The released versions of a living review: what each one recorded, and what changed from one to the next.

mod lower;
mod record;

pub use record::record;

use std::collections::BTreeMap;

use super::change::{Cause, PoolChange, PoolState, compare, of_analysis};
use super::findings::AnalysisFindings;
use crate::diag::Place;
use crate::evidence::{Date, Flow, flow::total};
pub use crate::source::raw::VersionChangeKind;
pub(super) use lower::versions as lower;

/// The released versions, and the files as they are now to hold against the last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Versions {
    /// What each recorded, oldest first.
    pub released: Vec<Version>,
    /// The SHA-256 of `review.yaml` and of every study file as they are now, by path.
    pub checksums: BTreeMap<String, String>,
}

/// One released version of the review.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Whole numbers joined by points: `1.0`.
    pub id: String,
    /// When it was released.
    pub date: Date,
    /// What led to it.
    pub trigger: String,
    /// How it was made afterwards; `None` where it was recorded at the time.
    pub reconstructed: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The version of the program that computed it.
    pub program: Option<String>,
    /// What was found and included.
    pub flow: Option<VersionFlow>,
    /// The SHA-256 of `review.yaml`.
    pub review: Option<String>,
    /// The studies included, each with the SHA-256 of its file.
    pub studies: BTreeMap<String, String>,
    /// What `review.yaml` says otherwise than in the version before.
    pub methods: Vec<String>,
    /// What was done to the files since the version before, in the order in which it is counted.
    pub changes: Vec<VersionChange>,
    /// The value of every pool.
    pub pools: Vec<VersionPool>,
    /// Its file.
    pub place: Place,
}

/// The flow of studies of a version, as far as it is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VersionFlow {
    /// Records identified, by all ways.
    pub identified: Option<u64>,
    /// Reports assessed for eligibility.
    pub assessed: Option<u64>,
    /// Studies included.
    pub studies: Option<u64>,
    /// Reports of them.
    pub reports: Option<u64>,
}

impl From<&Flow> for VersionFlow {
    fn from(flow: &Flow) -> Self {
        let other = flow.other.as_ref();
        Self {
            identified: Some(total(&flow.identified) + other.map_or(0, |other| total(&other.identified))),
            assessed: Some(flow.reports.assessed + other.map_or(0, |other| other.reports.assessed)),
            studies: Some(flow.included.studies),
            reports: Some(flow.included.reports),
        }
    }
}

/// One change to the files of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionChange {
    /// What was done.
    pub kind: VersionChangeKind,
    /// The study; `None` for `review.yaml`.
    pub study: Option<String>,
    /// How the study was called; `None` where the review still knows it.
    pub label: Option<String>,
    /// The same in a sentence; `None` where nobody wrote one.
    pub says: Option<String>,
}

/// A pool as a version recorded it.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionPool {
    /// Its values.
    pub state: PoolState,
    /// How far each change moved it; none where that was not computed.
    pub causes: Vec<Cause>,
}

/// A version, or what stands in the files now, with what became of each pool since the version before.
#[derive(Debug, Clone)]
pub struct VersionFindings {
    /// The version; `None` for what is not released yet.
    pub version: Option<Version>,
    /// What was done to the files.
    pub changes: Vec<VersionChange>,
    /// The value of every pool, each analysis followed by its groups.
    pub pools: Vec<PoolState>,
    /// The pools that are not as they were in the version before; none for the first.
    pub moved: Vec<PoolChange>,
}

impl Versions {
    /// Returns the version before `id`, which need not be there itself.
    #[must_use]
    pub fn before(&self, id: &str) -> Option<&Version> {
        let numbers = crate::source::version_numbers(id);
        self.released.iter().rev().find(|version| crate::source::version_numbers(&version.id) < numbers)
    }

    /// Returns what was done to the files since `version`, by their checksums.
    #[must_use]
    pub fn since(&self, version: &Version) -> Vec<VersionChange> {
        let now: BTreeMap<&str, &String> =
            self.checksums.iter().filter_map(|(file, sum)| Some((study(file)?, sum))).collect();
        let change = |kind, study: &str| VersionChange { kind, study: Some(study.to_owned()), label: None, says: None };
        let mut changes = Vec::new();
        if version.review.as_ref().is_some_and(|sum| self.checksums.get("review.yaml").is_some_and(|now| now != sum)) {
            changes.push(VersionChange { kind: VersionChangeKind::Review, study: None, label: None, says: None });
        }
        let differs = |(id, sum): &(&String, &String)| now.get(id.as_str()).is_some_and(|now| now != sum);
        let corrected = version.studies.iter().filter(differs);
        changes.extend(corrected.map(|(id, _)| change(VersionChangeKind::Corrected, id)));
        let gone = version.studies.keys().filter(|id| !now.contains_key(id.as_str()));
        changes.extend(gone.map(|id| change(VersionChangeKind::Removed, id)));
        let fresh = now.keys().filter(|id| !version.studies.contains_key(**id));
        changes.extend(fresh.map(|id| change(VersionChangeKind::Added, id)));
        changes
    }

    /// Returns every version with what changed in it, and last what has changed since, where something has.
    pub(super) fn findings(&self, analyses: &[AnalysisFindings]) -> Vec<VersionFindings> {
        let mut found: Vec<VersionFindings> = Vec::new();
        for version in &self.released {
            let pools: Vec<PoolState> = version.pools.iter().map(|pool| pool.state.clone()).collect();
            let mut moved = moved(found.last(), &pools);
            for pool in &mut moved {
                let recorded = version.pools.iter().find(|recorded| Some(&recorded.state) == pool.after.as_ref());
                pool.causes = recorded.map(|recorded| recorded.causes.clone()).unwrap_or_default();
            }
            let changes = version.changes.clone();
            found.push(VersionFindings { version: Some(version.clone()), changes, pools, moved });
        }
        if let Some(last) = self.released.last() {
            let changes = self.since(last);
            let pools: Vec<PoolState> = analyses.iter().flat_map(of_analysis).collect();
            let moved = moved(found.last(), &pools);
            if !changes.is_empty() || !moved.is_empty() {
                found.push(VersionFindings { version: None, changes, pools, moved });
            }
        }
        found
    }
}

/// Returns the pools that are not as they were; none where there is no version before.
fn moved(before: Option<&VersionFindings>, pools: &[PoolState]) -> Vec<PoolChange> {
    let Some(before) = before else { return Vec::new() };
    let is_near = |pool: &PoolChange| {
        pool.before.as_ref().zip(pool.after.as_ref()).is_some_and(|(before, after)| before.is_near(after, RECORDED))
    };
    compare(&before.pools, pools).into_iter().filter(|pool| !is_near(pool)).collect()
}

/// A record keeps ten decimals of a proportion: two values nearer than this are one.
pub const RECORDED: f64 = 1e-9;

/// Returns the study of a file: `milano-2012` of `studies/milano-2012.yaml`.
fn study(file: &str) -> Option<&str> {
    file.strip_prefix("studies/")?.strip_suffix(".yaml")
}

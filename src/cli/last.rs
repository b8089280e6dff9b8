//! The output that a build replaces: what it held, to say what changed.

use std::collections::BTreeMap;
use std::path::Path;

use forestable::render::Artifact;
use forestable::report::change::{ChangeReport, differing};
use forestable::review::{self, PoolState, State};
use forestable::source;
use serde_json::Value;

/// The file that keeps the value of every pool.
pub const POOLED: &str = "pooled.json";

/// The file that names every input and output.
const MANIFEST: &str = "manifest.json";

/// What is kept of an earlier build.
pub struct LastOutput {
    pools: Vec<PoolState>,
    manifest: Value,
}

impl LastOutput {
    /// Reads an output folder; `None` where there is none that can be compared.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = |file: &str| source::read_text(&folder.join(file)).ok();
        Some(Self {
            pools: serde_json::from_str(&text(POOLED)?).ok()?,
            manifest: serde_json::from_str(&text(MANIFEST)?).ok()?,
        })
    }

    /// Returns what the new pools and the new manifest say differently.
    pub fn change(&self, pools: &[PoolState], manifest: &Artifact, state: State<'_>) -> ChangeReport {
        let manifest: Value = serde_json::from_slice(&manifest.bytes).unwrap_or_default();
        let mut pools = review::compare(&self.pools, pools);
        pools.retain(|pool| pool.latest().is_some_and(|latest| latest.group.is_none()));
        let mut files: Vec<String> = differing(&listed(&self.manifest, "outputs"), &listed(&manifest, "outputs"))
            .iter()
            .map(|file| file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned())
            .collect();
        files.dedup();
        let (old, new) = (listed(&self.manifest, "inputs"), listed(&manifest, "inputs"));
        let steps =
            differing(&old, &new).into_iter().map(|file| match (old.contains_key(&file), new.contains_key(&file)) {
                (false, _) => format!("+ {file}"),
                (true, false) => format!("− {file}"),
                (true, true) => format!("~ {file}"),
            });
        ChangeReport { steps: steps.collect(), files, ..ChangeReport::of_pools(&pools, &[state], &[]) }
    }
}

/// Returns path and hash of each file of one part of a manifest.
fn listed(manifest: &Value, part: &str) -> BTreeMap<String, String> {
    let files = manifest.get(part).and_then(Value::as_array).into_iter().flatten();
    let entry = |file: &Value| Some((file.get("path")?.as_str()?.to_owned(), file.get("sha256")?.as_str()?.to_owned()));
    files.filter_map(entry).collect()
}

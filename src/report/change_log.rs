//! The change log of a living review: every released version with what it changed, in words.

use serde::Serialize;

use super::audit_tables::{entry_row, table};
use super::change::{ChangeReport, ORDER};
use super::format::{counted, whole};
use super::table::{Align, Cell, Row, RowKind, Table};
use crate::evidence::Evidence;
use crate::review::{Findings, Plan, State, VersionFindings, VersionFlow};

/// The versions of a review, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeLog {
    /// The review's title.
    pub title: String,
    /// Each version; the first is what is not released yet, where something changed since the last release.
    pub versions: Vec<LoggedVersion>,
}

/// One version, every figure as text.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedVersion {
    /// `1.1`; `None` for what is not released yet.
    pub version: Option<String>,
    /// `2026-11-27`; empty for what is not released yet.
    pub date: String,
    /// What led to it; empty for what is not released yet.
    pub trigger: String,
    /// How it was made afterwards; `None` where it was recorded at the time.
    pub reconstructed: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// What was found and included: `13 records, 13 assessed, 13 studies in 13 reports`; empty where it is not told.
    pub flow: String,
    /// Whether there is no version before it.
    pub first: bool,
    /// How many analyses had a pool of two series or more, groups not counted.
    pub pools: usize,
    /// What changed since the version before.
    pub change: ChangeReport,
}

/// Returns the change log; `None` where the review has released no version.
#[must_use]
pub fn change_log(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Option<ChangeLog> {
    let state = State { evidence, plan };
    let mut versions: Vec<LoggedVersion> = Vec::new();
    let mut before: Option<usize> = None;
    for found in &findings.versions {
        let studies = found.version.as_ref().map_or(evidence.studies.len(), |version| version.studies.len());
        let series = match before {
            None => counted(studies as u64, "series", "series"),
            Some(before) => format!("{before} series before, {studies} now"),
        };
        versions.push(logged(found, state, series, before.is_none()));
        before = Some(studies);
    }
    versions.reverse();
    (!versions.is_empty())
        .then(|| ChangeLog { title: format!("Versions of “{}”", evidence.protocol.title), versions })
}

fn logged(found: &VersionFindings, state: State<'_>, series: String, first: bool) -> LoggedVersion {
    let version = found.version.as_ref();
    let pooled = found.pools.iter().filter(|pool| pool.group.is_none() && pool.series.len() > 1);
    LoggedVersion {
        version: version.map(|version| version.id.clone()),
        date: version.map(|version| version.date.to_string()).unwrap_or_default(),
        trigger: version.map(|version| version.trigger.clone()).unwrap_or_default(),
        reconstructed: version.and_then(|version| version.reconstructed.clone()),
        note: version.and_then(|version| version.note.clone()),
        flow: version.and_then(|version| version.flow).map(flow_words).unwrap_or_default(),
        first,
        pools: pooled.count(),
        change: ChangeReport::of_version(found, state, series),
    }
}

fn flow_words(flow: VersionFlow) -> String {
    let part = |count: Option<u64>, one: &str, many: &str| count.map(|count| counted(count, one, many));
    let included = match (part(flow.studies, "study", "studies"), part(flow.reports, "report", "reports")) {
        (Some(studies), Some(reports)) => Some(format!("{studies} in {reports} included")),
        (studies, reports) => studies.or(reports).map(|words| format!("{words} included")),
    };
    let assessed = flow.assessed.map(|count| format!("{} assessed", whole(count)));
    [part(flow.identified, "record", "records"), assessed, included]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

impl LoggedVersion {
    /// Returns what stands over its changes: `Version 1.1, 2026-11-27`.
    #[must_use]
    pub fn heading(&self) -> String {
        match &self.version {
            Some(version) => format!("Version {version}, {}", self.date),
            None => "Not released yet".to_owned(),
        }
    }

    /// Returns what is said of it as a whole, a sentence each.
    #[must_use]
    pub fn facts(&self) -> Vec<String> {
        let said = |words: &str| if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") };
        let trigger = (!self.trigger.is_empty()).then(|| said(&self.trigger));
        let reconstructed = self.reconstructed.as_ref().map(|how| format!("Reconstructed: {}", said(how)));
        let flow = (!self.flow.is_empty()).then(|| said(&self.flow));
        [trigger, reconstructed, self.note.as_deref().map(said), flow].into_iter().flatten().collect()
    }

    /// Returns what became of the results, in a few words.
    fn results(&self) -> String {
        let pools = counted(self.pools as u64, "pool", "pools");
        if self.first {
            return format!("{pools} of two series or more");
        }
        let moved: Vec<_> = self.change.pools.iter().collect();
        let mut words = match moved.len() {
            0 => "No pool moved".to_owned(),
            count => counted(count as u64, "pooled value moved", "pooled values moved"),
        };
        match self.change.verdicts.as_slice() {
            [] => words.push_str("; no conclusion flipped"),
            verdicts => words.push_str(&format!("; {}", verdicts.join(" "))),
        }
        words
    }
}

impl ChangeLog {
    /// Returns the versions as a table, under the heads that PRISMA-LSR asks for: methods, series, results, trigger, flow.
    #[must_use]
    pub fn table(&self) -> Table {
        let row = |version: &LoggedVersion| {
            let listed =
                |items: &[String], none: &str| if items.is_empty() { none.to_owned() } else { items.join("; ") };
            let mut trigger: Vec<String> =
                [version.trigger.clone()].into_iter().filter(|words| !words.is_empty()).collect();
            trigger.extend(version.reconstructed.as_ref().map(|how| format!("reconstructed: {how}")));
            trigger.extend(version.note.clone());
            let series = [&[format!("{}.", version.change.series)][..], &version.change.steps].concat().join(" ");
            let methods = if version.first { "as registered" } else { "none" };
            entry_row(
                None,
                [
                    version.heading().replace("Version ", ""),
                    listed(&trigger, "–"),
                    if version.flow.is_empty() { "–".to_owned() } else { version.flow.clone() },
                    series,
                    listed(&version.change.methods, methods),
                    version.results(),
                ],
            )
        };
        table(
            &[
                ("version", "Version", Align::Left),
                ("trigger", "Trigger", Align::Left),
                ("flow", "Flow", Align::Left),
                ("series", "Changes to the series", Align::Left),
                ("methods", "Changes to the methods", Align::Left),
                ("results", "Changes to the results", Align::Left),
            ],
            self.versions.iter().map(row).collect(),
            vec![
                "The newest version first, under the heads of PRISMA-LSR (Akl et al. 2024). Each is what was recorded when it was \
                 released, unless it says that it was reconstructed; a pooled value is that of all series or of one group."
                    .to_owned(),
            ],
        )
    }

    /// Returns every pool that moved, version by version.
    #[must_use]
    pub fn pools_table(&self) -> Table {
        let mut rows = Vec::new();
        for version in self.versions.iter().filter(|version| !version.change.pools.is_empty()) {
            let heading = vec![Cell::text(version.heading())];
            rows.push(Row { kind: RowKind::Group, key: None, cells: heading });
            rows.extend(version.change.table().rows);
        }
        let columns = ChangeReport::default().table().columns;
        let columns: Vec<(&str, &str, Align)> =
            columns.iter().map(|column| (column.id.as_str(), column.header.as_str(), column.align)).collect();
        table(&columns, rows, vec![ORDER.to_owned()])
    }
}

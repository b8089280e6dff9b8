//! What changed, in words: made to be pasted into a pull request or a living review's change log.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::assemble::Report;
use super::format::{counted, estimate_interval, p_value, percent, signed_points, whole};
use super::result_cell::{count_figure, median_figure, survival_figure};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording::{adjective, analysis_title, study_name};
use crate::evidence::{Evidence, Published, ResultEntry, Role, Study};
use crate::review::{
    Change, Correction, PoolChange, PoolState, State, Step, TableStyle, VersionChange, VersionChangeKind,
    VersionFindings,
};

/// What changed, every figure as text.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeReport {
    /// What `review.yaml` says differently, an item each: changes to the methods.
    pub methods: Vec<String>,
    /// How many series there were and are: `12 series before, 13 now`; empty where that is not known.
    pub series: String,
    /// What was done to the files, one sentence each, in the order in which the changes are counted.
    pub steps: Vec<String>,
    /// The pools that moved.
    pub pools: Vec<PoolWords>,
    /// Conclusions that flipped, one sentence each.
    pub verdicts: Vec<String>,
    /// Tables and figures that differ: `tables/prospective`.
    pub files: Vec<String>,
}

/// One pool that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolWords {
    /// What is pooled: `2-year overall survival, prospective`.
    pub pool: String,
    /// `43.2% (30.1–55.3), 9 series`.
    pub before: String,
    /// The same as it is now.
    pub after: String,
    /// By how many percentage points, and how the prediction interval changed; may be empty.
    pub moved: String,
    /// Which change moved it how far; may be empty.
    pub because: String,
}

/// The shorter of two texts that are shown in full is at most this long.
const SHORT: usize = 40;

impl ChangeReport {
    /// Returns the words for a change between two states.
    #[must_use]
    pub fn new(before: State<'_>, after: State<'_>, change: &Change) -> Self {
        let name = |step: &Step| {
            let of = if matches!(step, Step::Removed { .. }) { before.evidence } else { after.evidence };
            name(step.kind(), step.study(), of)
        };
        let names: Vec<String> = change.steps.iter().map(name).collect();
        let methods = change.steps.iter().filter_map(|step| match step {
            Step::Plan { changes } => {
                let methods = changes.iter().filter(|change| !is_flow(change));
                Some(methods.map(|change| correction_words(change, after.evidence)))
            }
            _ => None,
        });
        let series = |state: State<'_>| state.evidence.studies.len();
        Self {
            methods: methods.flatten().collect(),
            series: format!("{} series before, {} now", series(before), series(after)),
            steps: change.steps.iter().map(|step| step_words(step, before.evidence, after.evidence)).collect(),
            files: Vec::new(),
            ..Self::of_pools(&change.pools, &[after, before], &names)
        }
    }

    /// Returns the words for a released version, or for what changed since the last; `series` says how many there were and are.
    #[must_use]
    pub fn of_version(found: &VersionFindings, state: State<'_>, series: String) -> Self {
        let names: Vec<String> =
            (found.changes.iter()).map(|change| called(change.kind, &called_study(change, state.evidence))).collect();
        let steps = found.changes.iter().map(|change| version_step(change, state.evidence));
        Self {
            methods: found.version.as_ref().map(|version| version.methods.clone()).unwrap_or_default(),
            series,
            steps: steps.collect(),
            ..Self::of_pools(&found.moved, &[state], &names)
        }
    }

    /// Returns the words for pools alone; `states` give their titles, the first that knows one.
    #[must_use]
    pub fn of_pools(pools: &[PoolChange], states: &[State<'_>], steps: &[String]) -> Self {
        let words = pools.iter().map(|change| (change, pool_words(change, states, steps)));
        let moved = words.filter(|(_, words)| words.before != words.after || !words.moved.is_empty());
        let (mut words, mut verdicts) = (Vec::new(), Vec::new());
        for (change, pool) in moved {
            verdicts.extend(verdict(change, &pool.pool));
            words.push(pool);
        }
        Self { pools: words, verdicts, ..Self::default() }
    }

    /// Whether nothing changed that a reader would see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.pools.is_empty() && self.files.is_empty()
    }

    /// Returns the pools that moved as a table.
    #[must_use]
    pub fn table(&self) -> Table {
        let columns = [
            ("pool", "Pool"),
            ("before", "Before"),
            ("after", "After"),
            ("moved", "Percentage points"),
            ("because", "Because of"),
        ];
        let column = |(id, header): (&str, &str)| Column {
            id: id.to_owned(),
            header: header.to_owned(),
            spanner: None,
            align: Align::Left,
        };
        let row = |pool: &PoolWords| Row {
            kind: RowKind::Entry,
            key: None,
            cells: [&pool.pool, &pool.before, &pool.after, &pool.moved, &pool.because].map(Cell::text).into(),
        };
        Table {
            id: "change".to_owned(),
            caption: "Pools that moved".to_owned(),
            columns: columns.map(column).into(),
            rows: self.pools.iter().map(row).collect(),
            footnotes: Vec::new(),
            notes: vec![ORDER.to_owned()],
        }
    }
}

/// How the parts are counted.
pub const ORDER: &str = "The changes are counted one at a time: review.yaml, then corrections, removals and additions, each by id; \
                         in another order the parts may be others.";

/// Returns the tables and figures of two reports that differ, new and gone ones too: `tables/prospective`.
#[must_use]
pub fn differing_parts(before: &Report, after: &Report) -> Vec<String> {
    let parts = |report: &Report| -> BTreeMap<String, serde_json::Value> {
        let tables = report.tables.iter().map(|table| (format!("tables/{}", table.id), serde_json::to_value(table)));
        let figures =
            report.figures.iter().map(|figure| (format!("figures/{}", figure.id), serde_json::to_value(figure)));
        tables.chain(figures).map(|(name, value)| (name, value.unwrap_or_default())).collect()
    };
    differing(&parts(before), &parts(after))
}

/// Returns the names whose values differ, or that only one side has.
#[must_use]
pub fn differing<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

/// Returns what a step is called where its effect is told.
fn name(kind: VersionChangeKind, study: Option<&str>, evidence: &Evidence) -> String {
    called(kind, &study.map(|study| study_name(evidence, study)).unwrap_or_default())
}

fn called(kind: VersionChangeKind, study: &str) -> String {
    match kind {
        VersionChangeKind::Review => "review.yaml".to_owned(),
        VersionChangeKind::Corrected => format!("the corrected {study}"),
        VersionChangeKind::Removed => format!("the loss of {study}"),
        VersionChangeKind::Added => format!("the new {study}"),
    }
}

/// Returns the name of the study that a version changed: the recorded one, or that of now.
fn called_study(change: &VersionChange, evidence: &Evidence) -> String {
    let known = change.study.as_deref().map(|study| study_name(evidence, study));
    change.label.clone().or(known).unwrap_or_default()
}

/// Returns a change of a version in a sentence: the recorded one, or what its kind says.
fn version_step(change: &VersionChange, evidence: &Evidence) -> String {
    let study = called_study(change, evidence);
    change.says.clone().unwrap_or_else(|| match change.kind {
        VersionChangeKind::Review => "review.yaml is changed.".to_owned(),
        VersionChangeKind::Corrected => format!("The file of {study} is changed."),
        VersionChangeKind::Removed => format!("{study} is gone."),
        VersionChangeKind::Added => format!("{study} is new."),
    })
}

fn step_words(step: &Step, before: &Evidence, after: &Evidence) -> String {
    match step {
        Step::Plan { changes } => {
            let flow = changes.iter().filter(|change| is_flow(change)).map(|change| correction_words(change, after));
            match flow.collect::<Vec<_>>().join("; ") {
                none if none.is_empty() => "review.yaml is changed.".to_owned(),
                flow => format!("review.yaml is changed: {flow}."),
            }
        }
        Step::Removed { study } => format!("{} is gone.", study_name(before, study)),
        Step::Added { study } => {
            let added = after.study(study);
            let about = added.map(|study| format!(": {}{}", study.design.timing.as_str(), patients(study)));
            format!("{} is new{}.", study_name(after, study), about.unwrap_or_default())
        }
        Step::Corrected { study, corrections } => {
            let parts: Vec<String> = corrections.iter().map(|correction| correction_words(correction, after)).collect();
            format!("{} is corrected: {}.", study_name(after, study), parts.join("; "))
        }
    }
}

/// Whether it is the flow of studies that is counted otherwise: no method, and told beside the series.
fn is_flow(change: &Correction) -> bool {
    matches!(change, Correction::Fact { fact, .. } if fact == "flow" || fact.starts_with("flow."))
}

/// Returns `, n = 54`: the treated patients of all cohorts that are no subgroups; empty where one does not say.
fn patients(study: &Study) -> String {
    let cohorts = study.cohorts.iter().filter(|cohort| cohort.of.is_none() && cohort.role == Role::Treated);
    let total: Option<u64> = cohorts.map(|cohort| cohort.patients.value()).sum();
    total.map(|total| format!(", n = {}", whole(total))).unwrap_or_default()
}

fn correction_words(correction: &Correction, evidence: &Evidence) -> String {
    match correction {
        Correction::Fact { fact, before, after } => {
            let shown = [before, after].map(|text| text.as_deref().unwrap_or("nothing"));
            let long = shown.iter().any(|text| text.chars().count() > SHORT);
            match (before, after) {
                _ if !long => format!("{fact} {} → {}", shown[0], shown[1]),
                (None, _) => format!("{fact} added"),
                (_, None) => format!("{fact} removed"),
                _ => fact.clone(),
            }
        }
        Correction::Result { before, after, .. } => {
            let Some(result) = after.as_ref().or(before.as_ref()) else { return String::new() };
            let name = result_name(result, evidence);
            match (before.as_deref().map(figures), after.as_deref().map(figures)) {
                (Some(before), Some(after)) if before == after => format!("{name}, its words"),
                (Some(before), Some(after)) => format!("{name} {before} → {after}"),
                (None, Some(after)) => format!("{name} {after} added"),
                (before, None) => format!("{name} {} removed", before.unwrap_or_default()),
            }
        }
    }
}

/// Returns `2-year PFS`.
fn result_name(result: &ResultEntry, evidence: &Evidence) -> String {
    let short = evidence.protocol.outcome(&result.outcome).map_or(&result.outcome, |outcome| &outcome.short);
    match &result.published {
        Published::Survival(survival) => match survival.at.months() {
            Some(at) => format!("{} {short}", adjective(at)),
            None => short.clone(),
        },
        Published::Median(_) => format!("median {short}"),
        _ => short.clone(),
    }
}

/// Returns all figures of a result: `53% (41–66), 24 at risk`.
fn figures(result: &ResultEntry) -> String {
    let mut text = match &result.published {
        Published::Survival(survival) => {
            let numbers = [(survival.at_risk, "at risk"), (survival.events, "events"), (survival.censored, "censored")];
            let numbers = numbers.into_iter().filter_map(|(number, noun)| Some(format!(", {} {noun}", whole(number?))));
            numbers.fold(survival_figure(survival, &TableStyle::default()), |text, number| text + &number)
        }
        Published::Count(count) => count_figure(count, &TableStyle::default()),
        Published::Median(median) => median_figure(median, &TableStyle::default()),
        Published::Curve(curve) => curve.file.clone(),
        Published::Mean(mean) => format!("{} ± {}", mean.mean, mean.sd),
    };
    if let Some(n) = result.n {
        text.push_str(&format!(" of {}", whole(n)));
    }
    text
}

fn pool_words(change: &PoolChange, states: &[State<'_>], steps: &[String]) -> PoolWords {
    let moved = change.before.as_ref().zip(change.after.as_ref()).map(|(before, after)| moved(before, after));
    let because: Vec<String> = change
        .causes
        .iter()
        .filter_map(|cause| {
            let step = steps.get(cause.step)?;
            match cause.moved.map(signed_points) {
                Some(points) if points == "0.0" => None,
                Some(points) => Some(format!("{points} from {step}")),
                None => Some(step.clone()),
            }
        })
        .collect();
    PoolWords {
        pool: change.latest().map(|state| title(state, states)).unwrap_or_default(),
        before: state_words(change.before.as_ref()),
        after: state_words(change.after.as_ref()),
        moved: moved.unwrap_or_default(),
        because: because.join(", "),
    }
}

fn title(pool: &PoolState, states: &[State<'_>]) -> String {
    let analysis = |state: &State<'_>| {
        let analysis = state.plan.analyses.iter().find(|analysis| analysis.id == pool.analysis)?;
        Some(analysis_title(&state.evidence.protocol, analysis))
    };
    let title = states.iter().find_map(analysis).unwrap_or_else(|| pool.analysis.clone());
    pool.group.as_ref().map_or(title.clone(), |group| format!("{title}, {}", group.replace('-', " ")))
}

fn state_words(state: Option<&PoolState>) -> String {
    let Some(state) = state else { return "no such pool".to_owned() };
    let series = counted(state.series.len() as u64, "series", "series");
    match state.estimated {
        Some(found) => format!("{}, {series}", estimate_interval(found.estimate, found.lower, found.upper)),
        None if state.series.is_empty() => "no series".to_owned(),
        None => format!("no answer, {series}"),
    }
}

/// Returns `+0.8; prediction interval 8.0 points narrower`; empty where neither prints as a change.
fn moved(before: &PoolState, after: &PoolState) -> String {
    let (Some(before), Some(after)) = (before.estimated, after.estimated) else { return String::new() };
    let width = |prediction: Option<(f64, f64)>| prediction.map(|(lower, upper)| upper - lower);
    let points = Some(signed_points(after.estimate - before.estimate)).filter(|points| points != "0.0");
    let prediction = match (width(before.prediction), width(after.prediction)) {
        (Some(before), Some(after)) => match percent((after - before).abs(), 1) {
            same if same == "0.0" => None,
            by if after < before => Some(format!("prediction interval {by} points narrower")),
            by => Some(format!("prediction interval {by} points wider")),
        },
        (None, Some(_)) => Some("prediction interval exists now".to_owned()),
        (Some(_), None) => Some("no prediction interval any more".to_owned()),
        (None, None) => None,
    };
    [points, prediction].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn verdict(change: &PoolChange, pool: &str) -> Option<String> {
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    let now = match (before.significant()?, after.significant()?) {
        (false, true) => "significant now",
        (true, false) => "no longer significant",
        _ => return None,
    };
    let (was, is) = (p_value(before.p_between?), p_value(after.p_between?));
    Some(format!("{pool}: the difference between groups is {now} ({is}; it was {was})."))
}

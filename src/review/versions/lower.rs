//! The records of released versions become versions: every figure understood, and each record held against the one before.

use std::collections::{BTreeMap, BTreeSet};

use super::{Version, VersionChange, VersionFlow, VersionPool, Versions};
use crate::diag::{At, Diagnostic, Path, codes, field};
use crate::evidence::{Date, Lower, words};
use crate::review::change::{Cause, PoolState};
use crate::review::findings::Estimated;
use crate::review::plan::Analysis;
use crate::source::raw::{Map, Number, RawVersion, RawVersionChange, RawVersionPool, Text, VersionChangeKind};
use crate::source::{Raw, RawFile, version_numbers};

/// Returns the released versions of a review; what contradicts itself, the version before or the review is reported.
pub(in crate::review) fn versions(raw: &Raw, analyses: &[Analysis], lower: &mut Lower<'_>) -> Versions {
    let mut released: Vec<Version> = Vec::new();
    for file in &raw.versions {
        if let Some(version) = version(file, lower) {
            if let Some(before) = released.last() {
                follows(before, &version, lower);
            }
            released.push(version);
        }
    }
    let studies: BTreeSet<&str> = raw.studies.iter().map(|study| study.id.as_str()).collect();
    behind(&released, &studies, analyses, lower);
    Versions { released, checksums: raw.checksums.clone() }
}

fn version(file: &RawFile<RawVersion>, lower: &mut Lower<'_>) -> Option<Version> {
    let at = At { value: file.record.as_ref()?, path: Path::file(&file.file) };
    let raw = at.value;
    let date: Option<Date> = lower.read(field!(at.date));
    let studies = studies(field!(at.studies), lower);
    if let Some(review) = field!(at.review).present() {
        checksum(review, lower);
    }
    let changes = field!(at.changes);
    let changes: Vec<VersionChange> = changes.items().filter_map(|at| change(at, lower)).collect();
    let pools = field!(at.pools);
    let mut known: Vec<VersionPool> = Vec::new();
    for at in pools.items() {
        let Some(pool) = pool(at, &studies, changes.len(), lower) else { continue };
        if known
            .iter()
            .any(|other| (&other.state.analysis, &other.state.group) == (&pool.state.analysis, &pool.state.group))
        {
            let message = format!("the pool of `{}` is recorded twice", pool.state.analysis);
            let finding = Diagnostic::new(codes::VERSION, at.path.key("analysis").place(), message);
            lower
                .report(finding.help("remove one of them, or record the version anew: `forestable release --replace`"));
        }
        known.push(pool);
    }
    Some(Version {
        id: file.id.clone(),
        date: date?,
        trigger: words(&raw.trigger)?,
        reconstructed: words(&raw.reconstructed),
        note: words(&raw.note),
        program: words(&raw.program),
        flow: field!(at.flow).present().map(|at| VersionFlow {
            identified: lower.read(field!(at.identified)),
            assessed: lower.read(field!(at.assessed)),
            studies: lower.read(field!(at.studies)),
            reports: lower.read(field!(at.reports)),
        }),
        review: words(&raw.review),
        studies,
        methods: raw.methods.iter().flatten().map(ToString::to_string).collect(),
        changes,
        pools: known,
        place: at.path.place(),
    })
}

fn studies(at: At<'_, Option<Map<Text>>>, lower: &mut Lower<'_>) -> BTreeMap<String, String> {
    let mut studies = BTreeMap::new();
    for (id, sum) in at.entries() {
        checksum(sum, lower);
        studies.insert(id.to_owned(), sum.value.to_string());
    }
    studies
}

fn checksum(at: At<'_, Text>, lower: &mut Lower<'_>) {
    const DIGITS: usize = 64;
    if at.value.len() != DIGITS || !at.value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let finding = Diagnostic::new(codes::VERSION, at.path.place(), "this is no SHA-256 checksum");
        lower
            .report(finding.expected(format!("{DIGITS} hexadecimal digits")).help("let `forestable release` write it"));
    }
}

fn change(at: At<'_, RawVersionChange>, lower: &mut Lower<'_>) -> Option<VersionChange> {
    let kind = at.value.kind?;
    let study = words(&at.value.study);
    if study.is_none() && kind != VersionChangeKind::Review {
        let message = format!("a study is {}, and it is not said which", kind.as_str());
        let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.key("kind").place(), message);
        lower.report(finding.expected("`study: ID`").help("name the study"));
    }
    Some(VersionChange { kind, study, label: words(&at.value.label), says: words(&at.value.says) })
}

fn pool(
    at: At<'_, RawVersionPool>,
    studies: &BTreeMap<String, String>,
    changes: usize,
    lower: &mut Lower<'_>,
) -> Option<VersionPool> {
    let raw = at.value;
    let series = field!(at.series);
    for id in series.items().filter(|id| !studies.contains_key(&**id.value)) {
        let message = format!("the pool holds `{}`, which this version does not include", &**id.value);
        let finding = Diagnostic::new(codes::UNKNOWN_STUDY, id.path.place(), message);
        lower.report(finding.expected("a study that stands under `studies` of this record").help("correct its id"));
    }
    let (level, estimate) = (share(field!(at.level), lower), share(field!(at.estimate), lower));
    let (interval, prediction) = (pair(field!(at.interval), lower), pair(field!(at.prediction), lower));
    if let Some(estimate) = estimate
        && interval.is_none_or(|(from, to)| estimate < from || estimate > to)
    {
        let code = if interval.is_some() { codes::ESTIMATE_OUTSIDE } else { codes::MISSING_FIELD };
        let message = "the pooled value has no interval that holds it";
        let finding = Diagnostic::new(code, at.path.key("estimate").place(), message);
        lower.report(finding.expected("`interval: [LOWER, UPPER]` about it").help("let `forestable release` write it"));
    }
    let because = field!(at.because);
    let causes = because.items().filter_map(|at| {
        let step: u64 = lower.read(field!(at.change))?;
        let step = usize::try_from(step).ok().filter(|step| (1..=changes).contains(step));
        if step.is_none() {
            let message = "this version has no such change".to_owned();
            let finding = Diagnostic::new(codes::VERSION, at.path.key("change").place(), message);
            let expected = if changes == 0 { "a list `changes`".to_owned() } else { format!("1 to {changes}") };
            lower.report(finding.expected(expected).help("name a change by its place in the list `changes`"));
        }
        Some(Cause { step: step? - 1, moved: lower.read(field!(at.moved)) })
    });
    let causes = causes.collect();
    let estimated = estimate.zip(interval);
    Some(VersionPool {
        state: PoolState {
            analysis: words(&raw.analysis)?,
            group: words(&raw.group),
            series: raw.series.iter().flatten().map(|id| id.to_string()).collect(),
            n: lower.read(field!(at.n)),
            estimated: estimated.map(|(estimate, (lower, upper))| Estimated { estimate, lower, upper, prediction }),
            i2_percent: lower.read::<f64>(field!(at.i2)),
            p_between: share(field!(at.p_between), lower),
            level: level?,
        },
        causes,
    })
}

/// Returns a number from 0 to 1.
fn share(at: At<'_, Option<Number>>, lower: &mut Lower<'_>) -> Option<f64> {
    let at = at.present()?;
    number(at, lower)
}

fn number(at: At<'_, Number>, lower: &mut Lower<'_>) -> Option<f64> {
    let value: f64 = lower.parse(at.map(|number| &**number))?;
    if (0.0..=1.0).contains(&value) {
        return Some(value);
    }
    let finding = Diagnostic::new(codes::BAD_NUMBER, at.path.place(), format!("{value} is no proportion"));
    lower.report(finding.expected("a number from 0 to 1").help("let `forestable release` write it"));
    None
}

fn pair(at: At<'_, Option<[Number; 2]>>, lower: &mut Lower<'_>) -> Option<(f64, f64)> {
    let at = at.present()?;
    let [from, to] = at.value;
    let from = number(At { value: from, path: at.path.index(0) }, lower);
    let to = number(At { value: to, path: at.path.index(1) }, lower);
    let (from, to) = from.zip(to)?;
    if from > to {
        let finding = Diagnostic::new(codes::REVERSED_INTERVAL, at.path.place(), "the lower end is above the upper");
        lower.report(finding.expected("the lower end first").help("swap them"));
    }
    Some((from.min(to), from.max(to)))
}

/// Reports where a version does not follow from the one before.
fn follows(before: &Version, version: &Version, lower: &mut Lower<'_>) {
    let at = Path::file(&version.place.file);
    if version_numbers(&before.id) == version_numbers(&version.id) {
        let message = format!("`{}` and `{}` are one version", before.id, version.id);
        let finding = Diagnostic::new(codes::VERSION, version.place.clone(), message);
        lower.report(finding.expected("one file a version").help("rename or remove one of the files"));
    }
    if version.date < before.date {
        let message = format!("version {} is older than version {}", version.id, before.id);
        let finding = Diagnostic::new(codes::BAD_DATE, at.key("date").place(), message);
        let expected = format!("{} or later", before.date);
        lower.report(finding.expected(expected).help("correct the date, or the version by the name of its file"));
    }
    let changed = |kind: VersionChangeKind| -> BTreeSet<&String> {
        let changes = version.changes.iter().filter(move |change| change.kind == kind);
        changes.filter_map(|change| change.study.as_ref()).collect()
    };
    let (added, removed, corrected) =
        (changed(VersionChangeKind::Added), changed(VersionChangeKind::Removed), changed(VersionChangeKind::Corrected));
    let mut refuse = |id: &String, what: &str, help: &str| {
        let message = format!("`{id}` {what}");
        let studies = at.key("studies");
        let place = if version.studies.contains_key(id) {
            studies.key(id).place().as_key()
        } else {
            at.key("changes").place().as_key()
        };
        lower.report(Diagnostic::new(codes::VERSION, place, message).help(help));
    };
    for id in version.studies.keys() {
        match (before.studies.contains_key(id), added.contains(id)) {
            (false, false) => refuse(
                id,
                &format!("was not in version {}, and no change adds it", before.id),
                "correct its id, or enter `{kind: added, study: …}` under `changes`",
            ),
            (true, true) => refuse(
                id,
                &format!("was in version {} already, and is added again", before.id),
                "take the change away, or write `kind: corrected`",
            ),
            _ => {}
        }
    }
    for id in before.studies.keys().filter(|id| !version.studies.contains_key(*id) && !removed.contains(id)) {
        refuse(
            id,
            &format!("was in version {}, and no change removes it", before.id),
            "correct its id, or enter `{kind: removed, study: …}` under `changes`",
        );
    }
    let mentioned = added.iter().chain(&corrected).filter(|id| !version.studies.contains_key(**id));
    for id in mentioned {
        refuse(id, "is changed, and this version does not include it", "correct its id");
    }
}

/// Reports what the last version names and the review does not have, and what an earlier one names that went without a word.
fn behind(released: &[Version], studies: &BTreeSet<&str>, analyses: &[Analysis], lower: &mut Lower<'_>) {
    let is_known = |id: &str| analyses.iter().any(|analysis| analysis.id == id);
    for (index, version) in released.iter().enumerate() {
        let at = Path::file(&version.place.file);
        let next = released.get(index + 1);
        let lawful =
            next.is_some_and(|next| next.changes.iter().any(|change| change.kind == VersionChangeKind::Review));
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for (position, pool) in version.pools.iter().enumerate() {
            let id = pool.state.analysis.as_str();
            if !is_known(id) && !lawful && told.insert(id) {
                let pools = at.key("pools");
                let here = pools.index(position);
                let message = format!("version {} pools `{id}`, which the review does not have", version.id);
                let finding = Diagnostic::new(codes::VERSION_BEHIND, here.key("analysis").place(), message);
                let help = "bring the analysis back, or release a version without it: `forestable release`";
                lower.report(finding.expected("an id under `analyses` in review.yaml").help(help));
            }
        }
        if next.is_none() {
            for id in version.studies.keys().filter(|id| !studies.contains(id.as_str())) {
                let message = format!("version {} includes `{id}`, which the review does not have", version.id);
                let place = at.key("studies").key(id).place().as_key();
                let finding = Diagnostic::new(codes::VERSION_BEHIND, place, message);
                let help = "bring the study back, or release a version without it: `forestable release`";
                lower.report(finding.expected(format!("the file `studies/{id}.yaml`")).help(help));
            }
        }
    }
}

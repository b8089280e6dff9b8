//! `forestable release`: what the review says now is recorded as a version, so that later builds can tell what changed.

use forestable::diag::{Severity, counted};
use forestable::evidence::{Date, Quantity, Study};
use forestable::report::change::ChangeReport;
use forestable::review::{
    self, PoolState, RECORDED, Version, VersionChange, VersionChangeKind, VersionFlow, VersionPool, record,
};
use forestable::source::{self, version_numbers};

use super::args::{Args, FindingsFormat, ReleaseArgs};
use super::review::Review;
use super::{Failure, Status, diff};

/// The first line of a record, for editors.
const SCHEMA_LINE: &str = "# yaml-language-server: $schema=../version.schema.json\n";

/// Writes `versions/VERSION.yaml`, never over one that is there unless it is to be replaced.
pub fn run(args: &Args, release: &ReleaseArgs) -> Result<Status, Failure> {
    let id = release.version.as_str();
    if version_numbers(id).is_none() {
        return Err(format!("`{id}` is not a version: whole numbers joined by points, such as `1.0`").into());
    }
    let date =
        Date::parse(&release.date).map_err(|refusal| format!("`{}` is not a date: {}", release.date, refusal.mend))?;
    let review = Review::read(&args.directory)?;
    if review.findings.iter().any(|finding| finding.severity == Severity::Error) {
        review.print_findings(args, FindingsFormat::default(), "nothing released");
        return Ok(Status::Findings);
    }
    let last = review.plan.versions.released.last();
    if let Some(last) = last.filter(|last| version_numbers(&last.id) >= version_numbers(id)) {
        let again = last.id == id && release.replace;
        if !again {
            let mend = if last.id == id { "add `--replace` to record it anew" } else { "take a later version" };
            return Err(format!("version {} is released already: {mend}", last.id).into());
        }
    }
    let before = review.plan.versions.before(id);
    if let Some(before) = before.filter(|before| date < before.date) {
        return Err(format!("{date} is before version {} was released, {}", before.id, before.date).into());
    }
    let version = version(args, release, date, &review, before)?;
    let path = args.path(format!("versions/{id}.yaml"));
    let text = format!(
        "{SCHEMA_LINE}# What this version said, as `forestable release` recorded it.\n{}",
        record(&version).document()
    );
    if release.replace {
        source::replace_file(&path, text)?
    } else {
        source::create_file(&path, &text)?
    }
    if !args.quiet {
        let (pools, changes) = (counted(version.pools.len(), "pool"), counted(version.changes.len(), "change"));
        anstream::eprintln!("{} written: {pools}, {changes}", path.display());
        if before.is_some() && release.since.is_none() && !version.changes.is_empty() {
            anstream::eprintln!(
                "note: which change moved which pool is not recorded: `--since` names the earlier state"
            );
        }
    }
    Ok(Status::Clean)
}

fn version(
    args: &Args,
    release: &ReleaseArgs,
    date: Date,
    review: &Review,
    before: Option<&Version>,
) -> Result<Version, Failure> {
    let findings = review::run(&review.evidence, &review.plan);
    let checksums = source::checksums(&review.sources);
    let sum = |file: &str| checksums.get(file).cloned();
    let studies = review
        .evidence
        .studies
        .iter()
        .filter_map(|study| Some((study.id.clone(), sum(&format!("studies/{}.yaml", study.id))?)));
    let mut version = Version {
        id: release.version.clone(),
        date,
        trigger: release.trigger.clone(),
        reconstructed: release.reconstructed.clone(),
        note: release.note.clone(),
        program: Some(env!("CARGO_PKG_VERSION").to_owned()),
        flow: review.evidence.protocol.flow.as_ref().map(VersionFlow::from),
        review: sum("review.yaml"),
        studies: studies.collect(),
        methods: Vec::new(),
        changes: Vec::new(),
        pools: review::states(&findings).into_iter().map(|state| VersionPool { state, causes: Vec::new() }).collect(),
        place: forestable::diag::Place::file(""),
    };
    match (&release.since, before) {
        (Some(_), None) => return Err("`--since` needs a version before this one: leave it out for the first".into()),
        (Some(since), Some(before)) => told(args, since, before, review, &mut version)?,
        (None, Some(before)) => version.changes = review.plan.versions.since(before),
        (None, None) => {}
    }
    Ok(version)
}

/// Takes over what changed since an earlier state, after making sure that it is the one of the version before.
fn told(args: &Args, since: &str, before: &Version, review: &Review, version: &mut Version) -> Result<(), Failure> {
    let earlier = diff::read(args, since)?;
    let then = review::states(&review::run(&earlier.evidence, &earlier.plan));
    if let Some(pool) = unlike(before, &then) {
        let what = pool.group.map_or(pool.analysis.clone(), |group| format!("{}, {group}", pool.analysis));
        return Err(format!(
            "`{since}` is not what version {} recorded: the pool `{what}` is another there",
            before.id
        )
        .into());
    }
    let change = review::change(earlier.state(), review.state());
    let words = ChangeReport::new(earlier.state(), review.state(), &change);
    let steps = change.steps.iter().zip(words.steps);
    let changes = steps.map(|(step, says)| {
        let gone = step.study().filter(|_| step.kind() == VersionChangeKind::Removed);
        let gone = gone.and_then(|id| earlier.evidence.study(id));
        VersionChange {
            kind: step.kind(),
            study: step.study().map(str::to_owned),
            label: gone.map(Study::label_year),
            says: Some(says),
        }
    });
    version.changes = changes.collect();
    version.methods = words.methods;
    for pool in &mut version.pools {
        let moved = change.pools.iter().find(|moved| moved.after.as_ref() == Some(&pool.state));
        pool.causes = moved.map(|moved| moved.causes.clone()).unwrap_or_default();
    }
    Ok(())
}

/// Returns the first pool that a state has and a version does not, or the other way about.
fn unlike(version: &Version, states: &[PoolState]) -> Option<PoolState> {
    let recorded = || version.pools.iter().map(|pool| &pool.state);
    let new = states.iter().find(|state| !recorded().any(|pool| pool.is_near(state, RECORDED)));
    new.or_else(|| recorded().find(|pool| !states.iter().any(|state| state.is_near(pool, RECORDED)))).cloned()
}

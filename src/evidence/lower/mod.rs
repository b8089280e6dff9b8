//! Raw records become evidence: every value is understood, every reference is followed.

mod appraisal;
mod curve;
mod extraction;
mod flow;
mod protocol;
mod quantity;
mod record;
mod result;
mod schedule;
mod screening;
mod study;

pub use quantity::{ABSENCES, Quantity, Refusal};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use rayon::prelude::*;

use super::{Evidence, Extraction, Months, Protocol, Reported, Study};
use crate::diag::{At, Code, Diagnostic, Path, Place, codes, nearest, one_of};
use crate::source::raw::{RawExtraction, RawStudy};
use crate::source::{Numbers, Raw, RawFile};

/// So many studies are understood by one processor at a time.
const AT_ONCE: usize = 25;

/// Returns the evidence in `raw`, and every value and reference in it that cannot be understood.
///
/// What cannot be understood is left out of the evidence, or stood in for where a record cannot be without it: with an
/// error among the findings the evidence is good for further checks, and for nothing else.
#[must_use]
pub fn lower(raw: &Raw) -> (Evidence, Vec<Diagnostic>) {
    let studies = raw.studies.iter().map(|study| study.id.as_str()).collect();
    let curves = Some(&raw.curves);
    let mut lower =
        Lower { studies, protocol: None, curves, curves_taken: BTreeSet::new(), complete: true, findings: Vec::new() };
    let mut protocol = lower.review(&raw.review);
    let written = protocol.flow.as_ref().map(|_| Place::file(&raw.review.file).key("flow").as_key());
    protocol.flow_versions = lower.screening(&raw.screening, written);
    if let Some((_, flow)) = protocol.flow_versions.last() {
        protocol.flow = Some(flow.clone());
    }
    if !raw.review.faulty {
        lower.protocol = Some(&protocol);
    }
    let understood = |files: &[RawFile<RawStudy>]| {
        let (studies, curves_taken) = (lower.studies.clone(), BTreeSet::new());
        let mut lower = Lower { studies, curves_taken, findings: Vec::new(), ..lower };
        let studies: Vec<Study> = files.iter().filter_map(|study| lower.study(study)).collect();
        (studies, lower.curves_taken, lower.findings)
    };
    let parts: Vec<_> = raw.studies.par_chunks(AT_ONCE).map(understood).collect();
    let mut studies = Vec::with_capacity(raw.studies.len());
    for (part, curves_taken, findings) in parts {
        studies.extend(part);
        lower.curves_taken.extend(curves_taken);
        lower.findings.extend(findings);
    }
    if raw.studies.iter().all(|study| !study.faulty) {
        lower.report_unused_curves();
    }
    let extractions = raw.extractions.iter().filter_map(|both| lower.extractions(both)).collect();
    let findings = lower.findings;
    // Files are in the order of their names, in which `a-2.yaml` comes before `a.yaml`.
    studies.sort_by(|a, b| a.id.cmp(&b.id));
    declare_overlaps_both_ways(&mut studies);
    (Evidence { protocol, studies, extractions }, findings)
}

/// Returns what was decided between two extractions, and every value that cannot be understood; `None` where nothing
/// could be read.
#[must_use]
pub fn lower_decisions(raw: &RawFile<RawExtraction>) -> (Option<Extraction>, Vec<Diagnostic>) {
    let mut lower = Lower {
        studies: Vec::new(),
        protocol: None,
        curves: None,
        curves_taken: BTreeSet::new(),
        complete: !raw.faulty,
        findings: Vec::new(),
    };
    let record = raw.record.as_ref();
    let record = record.map(|value| lower.extraction(At { value, path: Path::file(&raw.file) }));
    (record, lower.findings)
}

/// An overlap declared in one file holds for both.
fn declare_overlaps_both_ways(studies: &mut [Study]) {
    let declared: Vec<_> = (studies.iter())
        .flat_map(|study| study.overlaps.iter().map(|other| (other.clone(), study.id.clone())))
        .collect();
    for (study, other) in declared {
        if let Ok(at) = studies.binary_search_by(|candidate| candidate.id.cmp(&study))
            && !studies[at].overlaps.contains(&other)
        {
            studies[at].overlaps.push(other);
        }
    }
}

/// Understands values and collects what it cannot.
pub struct Lower<'a> {
    /// The ids of all studies.
    studies: Vec<&'a str>,
    /// The outcomes and words to compare with; `None` while they are not known for certain.
    protocol: Option<&'a Protocol>,
    /// The digitised curves, by the path that a study names; `None` where no study is read.
    curves: Option<&'a BTreeMap<String, Numbers>>,
    /// Those that a study has named.
    curves_taken: BTreeSet<String>,
    /// Whether everything in the file at hand could be read: only then is something missing that is not there.
    complete: bool,
    findings: Vec<Diagnostic>,
}

impl<'a> Lower<'a> {
    /// Returns a reader of further records of a review whose evidence is known, such as its analyses.
    #[must_use]
    pub fn with(evidence: &'a Evidence) -> Self {
        let studies = evidence.studies.iter().map(|study| study.id.as_str()).collect();
        let protocol = Some(&evidence.protocol);
        Self { studies, protocol, curves: None, curves_taken: BTreeSet::new(), complete: true, findings: Vec::new() }
    }

    /// Returns what was found.
    #[must_use]
    pub fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }

    fn report_unused_curves(&mut self) {
        let unused = self.curves.into_iter().flatten().filter(|(file, _)| !self.curves_taken.contains(*file));
        self.findings.extend(unused.map(|(file, table)| {
            Diagnostic::new(codes::FILE_NOT_READ, table.place(), "no study names this curve")
                .help(format!("write `curve: {file}` in a result, or take the file away"))
        }));
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Returns the quantity that is spelt here; `None` where there is none, or after reporting that it is not understood.
    pub fn read<Q: Quantity>(&mut self, at: At<'_, Option<impl Deref<Target = str>>>) -> Option<Q> {
        let at = at.present()?;
        self.parse(At { value: &**at.value, path: at.path })
    }

    /// Returns the time written here, after reporting one of no length.
    pub fn moment(&mut self, at: At<'_, Option<impl Deref<Target = str>>>) -> Option<Months> {
        let at = at.present()?;
        self.moment_of(At { value: &**at.value, path: at.path })
    }

    /// Returns the time that `at` spells, after reporting one of no length.
    pub fn moment_of(&mut self, at: At<'_, str>) -> Option<Months> {
        let place = at.path.place();
        let months = self.parse(at)?;
        if months == Months(0.0) {
            self.report(no_time(place));
        }
        Some(months)
    }

    /// Returns the median time written here, after reporting one of no length.
    fn median_time(&mut self, at: At<'_, Option<impl Deref<Target = str>>>) -> Option<Reported<Months>> {
        let place = at.path.place();
        let months = self.read(at)?;
        if months == Reported::Value(Months(0.0)) {
            self.report(no_time(place));
        }
        Some(months)
    }

    /// Returns both quantities of a pair, or `None` as [`Self::read`] does.
    pub fn pair<Q: Quantity>(&mut self, at: At<'_, Option<[impl Deref<Target = str>; 2]>>) -> Option<(Q, Q)> {
        let [first, second] = at.value.as_ref()?;
        let first = self.parse(At { value: &**first, path: at.path.index(0) });
        let second = self.parse(At { value: &**second, path: at.path.index(1) });
        first.zip(second)
    }

    /// Returns the quantity that `at` spells, or `None` after reporting why it is refused.
    pub fn parse<Q: Quantity>(&mut self, at: At<'_, str>) -> Option<Q> {
        let refusal = match Q::parse(at.value) {
            Ok(quantity) => return Some(quantity),
            Err(refusal) => refusal,
        };
        let message = format!("`{}` is not {}", at.value, refusal.noun);
        let place = at.path.place();
        let finding =
            Diagnostic::new(refusal.code, place.clone(), message).expected(refusal.expected).help(refusal.mend);
        self.report(match refusal.meant {
            Some(meant) => finding.edit(place, meant),
            None => finding,
        });
        None
    }

    /// Returns the id written here, after reporting it where it is none of `known`.
    pub fn known<'k, S: AsRef<str> + ?Sized + 'k>(
        &mut self,
        at: At<'_, Option<impl Deref<Target = str>>>,
        code: Code,
        known: impl IntoIterator<Item = &'k S>,
    ) -> Option<String> {
        let at = at.present()?;
        Some(self.known_id(At { value: &**at.value, path: at.path }, code, known))
    }

    /// Returns `at`, after reporting it where it is none of `known`.
    pub fn known_id<'k, S: AsRef<str> + ?Sized + 'k>(
        &mut self,
        at: At<'_, str>,
        code: Code,
        known: impl IntoIterator<Item = &'k S>,
    ) -> String {
        self.compare(at.value, at.path.place(), code, known);
        at.value.to_owned()
    }

    /// Reports `id` where it is none of `known`.
    fn compare<'k, S: AsRef<str> + ?Sized + 'k>(
        &mut self,
        id: &str,
        place: Place,
        code: Code,
        known: impl IntoIterator<Item = &'k S>,
    ) {
        let known: Vec<&str> = known.into_iter().map(AsRef::as_ref).collect();
        let unreadable = known.is_empty() && !self.complete;
        if !known.contains(&id) && !unreadable {
            let (noun, home) = reference(code);
            let finding = Diagnostic::new(code, place, format!("unknown {noun} `{id}`"));
            self.report(match nearest(id, known.iter().copied()) {
                Some(meant) => finding.expected(one_of(&known)).help(format!("write `{meant}`")),
                None if known.is_empty() => finding.help(format!("enter it under {home} first")),
                None => finding.expected(one_of(&known)).help(format!("take one of these, or enter it under {home}")),
            });
        }
    }

    /// Returns the id of an outcome of the review.
    pub fn outcome(&mut self, at: At<'_, Option<impl Deref<Target = str>>>) -> Option<String> {
        match self.protocol {
            Some(protocol) => {
                self.known(at, codes::UNKNOWN_OUTCOME, protocol.outcomes.iter().map(|outcome| &outcome.id))
            }
            None => at.value.as_deref().map(str::to_owned),
        }
    }

    /// Returns the id of a study of the review.
    pub fn study_id(&mut self, at: At<'_, str>) -> String {
        let studies = self.studies.clone();
        self.known_id(at, codes::UNKNOWN_STUDY, studies)
    }

    /// Reports a key that is no study of the review.
    pub fn study_key(&mut self, id: &str, path: &Path<'_>) {
        let studies = self.studies.clone();
        self.compare(id, path.place().as_key(), codes::UNKNOWN_STUDY, studies);
    }
}

/// Returns the finding of a time that is none.
fn no_time(place: Place) -> Diagnostic {
    Diagnostic::new(codes::BAD_TIME, place, "this time has no length")
        .expected("a time above 0")
        .help("write the time as the paper prints it, or `not reported` of a median")
}

/// What a reference of this kind leads to, and where that is entered.
fn reference(code: Code) -> (&'static str, &'static str) {
    match code {
        codes::UNKNOWN_OUTCOME => ("outcome", "`outcomes` in review.yaml"),
        codes::UNKNOWN_VARIANT => ("variant", "the outcome's `variants` in review.yaml"),
        codes::UNKNOWN_COHORT => ("cohort", "the study's `cohorts`"),
        codes::UNKNOWN_SOURCE => ("source", "the study's `sources`"),
        codes::UNKNOWN_STUDY => ("study", "`studies/`"),
        codes::UNKNOWN_PRIMARY => ("primary", "`vocabulary.primary` in review.yaml"),
        codes::UNKNOWN_CURVE => ("curve", "`studies/curves/`"),
        codes::UNKNOWN_ANALYSIS => ("analysis", "`analyses` in review.yaml"),
        _ => ("word", "review.yaml"),
    }
}

/// Returns free words as a plain string.
pub fn words(text: &Option<impl Deref<Target = str>>) -> Option<String> {
    text.as_deref().map(str::to_owned)
}

//! A study file.

use super::{Lower, words};
use crate::diag::{At, Diagnostic, Path, codes, field};
use crate::evidence::{
    Absence, Author, Cohort, Conflict, Date, Design, FollowUp, Months, Printed, Quantity, Reference, Reported, Risk,
    Source, Study, TimePoint, Timing, Treatment,
};
use crate::source::RawFile;
use crate::source::raw::{
    Id, RawCohort, RawConflict, RawDesign, RawFollowUp, RawReference, RawSource, RawStudy, RawTreatment, SizeOrAbsence,
    Text,
};

/// What stands for a cohort in a conflict where the other source does not say which it means.
const UNCLEAR: &str = "unclear";

/// The ids that a study's records may refer to.
pub(super) struct Ids<'a> {
    pub cohorts: Vec<&'a str>,
    pub sources: Vec<&'a str>,
}

impl Lower<'_> {
    pub(super) fn study(&mut self, file: &RawFile<RawStudy>) -> Option<Study> {
        let raw = file.record.as_ref()?;
        let at = At { value: raw, path: Path::file(&file.file) };
        let ids = Ids {
            cohorts: raw.cohorts.iter().flat_map(|cohorts| cohorts.keys()).collect(),
            sources: raw.sources.iter().flat_map(|sources| sources.keys()).collect(),
        };
        self.complete = !file.faulty;
        let reference = self.reference(field!(at.reference));
        let (cohorts, comparisons) = (field!(at.cohorts), field!(at.comparisons));
        let (sources, conflicts) = (field!(at.sources), field!(at.conflicts));
        let (overlaps, facts) = (field!(at.overlaps), field!(at.facts));
        let risk_of_bias = field!(at.risk_of_bias).present().and_then(|rated| self.risk_of_bias(rated, raw, &ids));
        let rule = self.protocol.and_then(|protocol| protocol.risk_rule.as_ref());
        Some(Study {
            risk: rule.map_or(Risk::Unknown, |rule| rule.risk(risk_of_bias.as_ref())),
            risk_of_bias,
            id: file.id.clone(),
            label: words(&raw.label).unwrap_or_else(|| default_label(&reference)),
            reference,
            design: self.design(field!(at.design)),
            definition: words(&raw.definition),
            follow_up: field!(at.follow_up).present().and_then(|at| self.follow_up(at, &ids)),
            treatment: field!(at.treatment).present().map(|at| self.treatment(at, &ids)).unwrap_or_default(),
            cohorts: tight(cohorts.entries().map(|(id, cohort)| self.cohort(id, cohort, &ids))),
            comparisons: comparisons.items().filter_map(|comparison| self.comparison(comparison, &ids)).collect(),
            sources: sources.entries().map(|(id, source)| self.source(id, source)).collect(),
            conflicts: conflicts.items().map(|conflict| self.conflict(conflict, &ids)).collect(),
            overlaps: overlaps.items().map(|id| self.study_id(id.map(|id| &**id))).collect(),
            facts: (facts.entries())
                .map(|(fact, source)| {
                    let source = source.map(|id| &**id);
                    (fact.to_owned(), self.known_id(source, codes::UNKNOWN_SOURCE, ids.sources.iter().copied()))
                })
                .collect(),
            extraction: field!(at.extraction).present().map(|at| self.extraction(at)),
            notes: words(&raw.notes),
            place: at.path.place(),
        })
    }

    fn reference(&mut self, at: At<'_, Option<RawReference>>) -> Reference {
        let Some(at) = at.present() else { return Reference::default() };
        let raw = at.value;
        let mut authors: Vec<_> = raw.authors.iter().flatten().map(ToString::to_string).collect();
        let and_others = authors.last().is_some_and(|last| last == "et al." || last == "et al");
        if and_others {
            authors.pop();
        }
        let year: Option<Date> = self.read(field!(at.year));
        Reference {
            authors,
            and_others,
            title: words(&raw.title).unwrap_or_default(),
            journal: words(&raw.journal),
            year: year.map_or(0, |date| date.year),
            volume: words(&raw.volume),
            issue: words(&raw.issue),
            pages: words(&raw.pages),
            doi: words(&raw.doi).map(|doi| bare_doi(&doi)),
            pmid: words(&raw.pmid),
            pmcid: words(&raw.pmcid),
        }
    }

    fn design(&mut self, at: At<'_, Option<RawDesign>>) -> Design {
        let Some(at) = at.present() else {
            return Design {
                timing: Timing::Retrospective,
                kind: None,
                centres: None,
                enrolment: None,
                institutions: Vec::new(),
                registries: Vec::new(),
            };
        };
        Design {
            timing: at.value.timing.unwrap_or(Timing::Retrospective),
            kind: words(&at.value.kind),
            centres: self.read(field!(at.centres)),
            enrolment: self.pair(field!(at.enrolment)),
            institutions: names(&at.value.institutions),
            registries: names(&at.value.registries),
        }
    }

    fn follow_up(&mut self, at: At<'_, RawFollowUp>, ids: &Ids<'_>) -> Option<FollowUp> {
        Some(FollowUp {
            median: self.median_time(field!(at.median)).unwrap_or(Reported::Absent(Absence::NotReported)),
            ci: self.pair(field!(at.ci)),
            range: self.pair(field!(at.range)),
            iqr: self.pair(field!(at.iqr)),
            method: words(&at.value.method),
            derived: at.value.derived.unwrap_or(false),
            source: self.known(field!(at.source), codes::UNKNOWN_SOURCE, ids.sources.iter().copied()),
            quote: words(&at.value.quote),
            note: words(&at.value.note),
            place: at.path.place(),
        })
    }

    fn cohort(&mut self, id: &str, at: At<'_, RawCohort>, ids: &Ids<'_>) -> Cohort {
        let results = field!(at.results);
        let primary = match self.protocol {
            Some(protocol) if !protocol.primaries.is_empty() => {
                self.known(field!(at.primary), codes::UNKNOWN_PRIMARY, protocol.primaries.iter().map(|(word, _)| word))
            }
            _ => words(&at.value.primary),
        };
        Cohort {
            id: id.to_owned(),
            primary: primary.unwrap_or_default(),
            label: words(&at.value.label),
            definition: words(&at.value.definition),
            patients: self.size(field!(at.patients)).unwrap_or(Reported::Absent(Absence::NotReported)),
            lesions: self.size(field!(at.lesions)),
            of: self.known(
                field!(at.of),
                codes::UNKNOWN_COHORT,
                // A cohort of itself is another finding.
                ids.cohorts.iter().copied().filter(|other| *other != id || at.value.of.as_deref() == Some(id)),
            ),
            role: at.value.role.unwrap_or_default(),
            follow_up: field!(at.follow_up).present().and_then(|at| self.follow_up(at, ids)),
            results: tight(results.items().filter_map(|result| self.result(result, ids))),
            place: at.path.place(),
        }
    }

    /// Returns how many there are, after reporting a group of nobody.
    fn size(&mut self, at: At<'_, Option<SizeOrAbsence>>) -> Option<Reported<u64>> {
        let size = self.read(at)?;
        if size == Reported::Value(0) {
            self.report(
                Diagnostic::new(codes::BAD_COUNT, at.path.place(), "a cohort of nobody has no results")
                    .expected("a whole number from 1, or `not reported`")
                    .help("write `not reported` where the paper is silent, or remove the cohort"),
            );
        }
        Some(size)
    }

    fn treatment(&mut self, at: At<'_, RawTreatment>, ids: &Ids<'_>) -> Treatment {
        let raw = at.value;
        Treatment {
            technique: words(&raw.technique),
            dose: words(&raw.dose),
            fractions: words(&raw.fractions),
            systemic: words(&raw.systemic),
            sites: words(&raw.sites),
            schedules: self.schedules(at, ids),
        }
    }

    fn source(&mut self, id: &str, at: At<'_, RawSource>) -> Source {
        Source {
            id: id.to_owned(),
            location: words(&at.value.location).unwrap_or_default(),
            url: words(&at.value.url),
            doi: words(&at.value.doi).map(|doi| bare_doi(&doi)),
            read: self.read(field!(at.read)),
            note: words(&at.value.note),
            place: at.path.place(),
        }
    }

    fn conflict(&mut self, at: At<'_, RawConflict>, ids: &Ids<'_>) -> Conflict {
        let raw = at.value;
        let cohorts = ids.cohorts.iter().copied().chain([UNCLEAR]);
        let cohort = self.known(field!(at.cohort), codes::UNKNOWN_COHORT, cohorts).filter(|cohort| cohort != UNCLEAR);
        let outcome = self.outcome(field!(at.outcome));
        let moment: Option<TimePoint> = self.read(field!(at.at));
        let median: Option<Reported<Months>> = self.read(field!(at.median));
        let (ci, median_ci) = match median {
            Some(_) => (None, self.pair(field!(at.ci))),
            None => (self.pair(field!(at.ci)), None),
        };
        let (events, of) = (self.read(field!(at.events)), self.read(field!(at.of)));
        Conflict {
            cohort,
            variant: self.variant(field!(at.variant), outcome.as_deref()),
            estimate: raw.says.as_deref().filter(|_| outcome.is_some()).and_then(|says| Printed::parse(says).ok()),
            outcome,
            at: moment.and_then(TimePoint::months),
            about: words(&raw.about),
            says: words(&raw.says),
            ci,
            median,
            median_ci,
            counts: (events.is_some() || of.is_some()).then_some((events, of)),
            grade: self.read(field!(at.grade)),
            implausible: raw.kind.is_some(),
            source: self.known(field!(at.source), codes::UNKNOWN_SOURCE, ids.sources.iter().copied()),
            quote: words(&raw.quote),
            resolution: words(&raw.resolution).unwrap_or_default(),
            place: at.path.place(),
        }
    }

    /// Returns the id of a variant of this outcome.
    pub(super) fn variant(&mut self, at: At<'_, Option<Id>>, outcome: Option<&str>) -> Option<String> {
        match self.protocol.and_then(|protocol| protocol.outcome(outcome?)) {
            Some(outcome) => self.known(at, codes::UNKNOWN_VARIANT, outcome.variants.iter().map(|variant| &variant.id)),
            None => words(at.value),
        }
    }

    /// Reports a result's record as a whole.
    pub(super) fn refuse(&mut self, path: Path<'_>, message: String, expected: &str, help: &str) {
        self.report(Diagnostic::new(codes::RESULT_KIND, path.place(), message).expected(expected).help(help));
    }
}

/// Returns the first author's family name, with "et al." when there are more: `Fumagalli et al.`
fn default_label(reference: &Reference) -> String {
    let family = reference.authors.first().map(|author| Author::read(author).family).unwrap_or_default();
    let alone = reference.authors.len() < 2 && !reference.and_others;
    if alone { family.to_owned() } else { format!("{family} et al.") }
}

/// Returns a DOI without the address of its resolver.
fn bare_doi(doi: &str) -> String {
    let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"];
    let bare = bare.iter().find_map(|prefix| doi.strip_prefix(prefix)).unwrap_or(doi);
    bare.trim().to_owned()
}

fn names(raw: &Option<Vec<Text>>) -> Vec<String> {
    raw.iter().flatten().map(ToString::to_string).collect()
}

/// Returns items without room for more: a large review has thousands of such lists for as long as it is worked on.
fn tight<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.shrink_to_fit();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dois_lose_their_resolver() {
        assert_eq!(bare_doi("https://doi.org/10.1186/1748-717X-7-164"), "10.1186/1748-717X-7-164");
        assert_eq!(bare_doi("10.1186/1748-717X-7-164"), "10.1186/1748-717X-7-164");
    }
}

//! Which series may report the same people: what two of them share, and what is known to keep them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Date, Evidence, Study};

/// So many authors in common, at least, make one group of patients likely when enrolment overlaps.
const SHARED_AUTHORS: usize = 2;

/// Two series that may report the same people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// Ids of the two, in the order of the review.
    pub studies: [String; 2],
    /// Authors in common, as the later one prints them.
    pub authors: Vec<String>,
    /// Centres in common.
    pub institutions: Vec<String>,
    /// Registries or registrations in common.
    pub registries: Vec<String>,
    /// What is known of the dates of enrolment.
    pub enrolment: Enrolment,
    /// What the review makes of it.
    pub standing: Standing,
}

/// Whether the dates of enrolment of two series let one patient be in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enrolment {
    /// They overlap.
    Together,
    /// They do not.
    Apart,
    /// At least one of them is not known.
    Unknown,
}

/// What the review makes of two series that may overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Declared under `overlaps`: they never enter one pool.
    Declared,
    /// Accepted as an exception, with this reason: both stay.
    Accepted(String),
    /// Nobody has said anything.
    Open,
}

/// Returns the pairs of series that are declared to overlap, or that share what makes it likely: two authors, a centre or a
/// registry, while nothing known of their enrolment keeps them apart.
#[must_use]
pub fn overlaps(evidence: &Evidence) -> Vec<Overlap> {
    let marks: Vec<Marks<'_>> = evidence.studies.iter().map(Marks::of).collect();
    // Most pairs share nothing and are never looked at.
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (later, marks) in marks.iter().enumerate() {
        for mark in marks.authors.iter().chain(&marks.institutions).chain(&marks.registries) {
            let earlier = holders.entry(mark).or_default();
            pairs.extend(earlier.iter().map(|earlier| (*earlier, later)));
            earlier.push(later);
        }
        let position = |id: &String| evidence.studies[..later].iter().position(|study| study.id == *id);
        pairs.extend(marks.study.overlaps.iter().filter_map(position).map(|earlier| (earlier, later)));
    }
    let pairs = pairs.into_iter().filter(|(earlier, later)| earlier != later);
    pairs.filter_map(|(earlier, later)| compare(evidence, &marks[earlier], &marks[later])).collect()
}

/// What a series can be recognised by, spelt so that the same compares equal.
struct Marks<'a> {
    study: &'a Study,
    authors: BTreeSet<String>,
    institutions: BTreeSet<String>,
    registries: BTreeSet<String>,
}

impl<'a> Marks<'a> {
    fn of(study: &'a Study) -> Self {
        let set = |words: &[String]| words.iter().map(|word| plain(word)).filter(|word| !word.is_empty()).collect();
        Self {
            study,
            authors: set(&study.reference.authors),
            institutions: set(&study.design.institutions),
            registries: set(&study.design.registries),
        }
    }
}

/// Returns the letters and digits of words, in lower case.
fn plain(words: &str) -> String {
    words.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn compare(evidence: &Evidence, earlier: &Marks<'_>, later: &Marks<'_>) -> Option<Overlap> {
    let (one, other) = (earlier.study, later.study);
    let declared = other.overlaps.contains(&one.id);
    let likely = earlier.authors.intersection(&later.authors).nth(SHARED_AUTHORS - 1).is_some()
        || !earlier.institutions.is_disjoint(&later.institutions)
        || !earlier.registries.is_disjoint(&later.registries);
    let enrolment = enrolment(one, other);
    // The same publication twice is another finding.
    let same = other.reference.doi.is_some() && other.reference.doi == one.reference.doi;
    if !declared && (!likely || same || enrolment == Enrolment::Apart) {
        return None;
    }
    let shared = |words: &[String], known: &BTreeSet<String>| -> Vec<String> {
        words.iter().filter(|word| known.contains(&plain(word))).cloned().collect()
    };
    let exception = evidence.protocol.exceptions.iter().find(|exception| {
        let pair = [&one.id, &other.id];
        exception.code.eq_ignore_ascii_case("W205") && pair.contains(&&exception.study)
    });
    Some(Overlap {
        studies: [one.id.clone(), other.id.clone()],
        authors: shared(&other.reference.authors, &earlier.authors),
        institutions: shared(&other.design.institutions, &earlier.institutions),
        registries: shared(&other.design.registries, &earlier.registries),
        enrolment,
        standing: match exception {
            _ if declared => Standing::Declared,
            Some(exception) => Standing::Accepted(exception.reason.clone()),
            None => Standing::Open,
        },
    })
}

fn enrolment(one: &Study, other: &Study) -> Enrolment {
    match one.design.enrolment.zip(other.design.enrolment) {
        None => Enrolment::Unknown,
        Some((one, other)) if starts_by(one.0, other.1) && starts_by(other.0, one.1) => Enrolment::Together,
        Some(_) => Enrolment::Apart,
    }
}

fn starts_by(first: Date, last: Date) -> bool {
    (first.year, first.month.unwrap_or(1)) <= (last.year, last.month.unwrap_or(12))
}

//! Which series may report the same people: what two of them share, and what is known to keep them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Date, Evidence, Exception, Study};

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

/// The pairs of one series with those before it in the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlaps {
    /// The declared ones, then the accepted ones, then the open ones that are described.
    pub pairs: Vec<Overlap>,
    /// How many more there are that nobody has said anything about.
    pub further: usize,
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
///
/// Of those pairs of a series with the ones before it that nobody has said anything about, `most` are described; the others are
/// counted.
#[must_use]
pub fn overlaps(evidence: &Evidence, most: usize) -> Vec<Overlaps> {
    let marks: Vec<Marks<'_>> = evidence.studies.iter().map(Marks::of).collect();
    let positions: BTreeMap<&str, usize> =
        evidence.studies.iter().enumerate().map(|(position, study)| (study.id.as_str(), position)).collect();
    let exceptions: Vec<&Exception> =
        evidence.protocol.exceptions.iter().filter(|exception| exception.code.eq_ignore_ascii_case("W205")).collect();
    let mut holders: BTreeMap<(Mark, &str), Vec<usize>> = BTreeMap::new();
    // What a series shares with each of those before it; most pairs share nothing and are never looked at.
    let mut shared = vec![0_usize; marks.len()];
    let mut found = Vec::new();
    for (later, own) in marks.iter().enumerate() {
        let mut met = Vec::new();
        for (mark, words) in own.all() {
            let earlier = holders.entry((mark, words)).or_default();
            for &earlier in earlier.iter() {
                if shared[earlier] == 0 {
                    met.push(earlier);
                }
                // A centre or a registry tells as much as all the authors that are needed.
                shared[earlier] += if mark == Mark::Author { 1 } else { SHARED_AUTHORS };
            }
            earlier.push(later);
        }
        let declared: BTreeSet<usize> = own
            .study
            .overlaps
            .iter()
            .filter_map(|id| positions.get(id.as_str()).copied())
            .filter(|earlier| *earlier < later)
            .collect();
        let mut pairs: Vec<usize> = declared.iter().copied().collect();
        for earlier in met {
            let likely = std::mem::take(&mut shared[earlier]) >= SHARED_AUTHORS;
            if likely && !declared.contains(&earlier) && may_share(marks[earlier].study, own.study) {
                pairs.push(earlier);
            }
        }
        let excused = |earlier: usize| exceptions.iter().find(|one| speaks_of(one, marks[earlier].study, own.study));
        pairs.sort_by_cached_key(|&earlier| (!declared.contains(&earlier), excused(earlier).is_none(), earlier));
        let standing = |earlier: usize| match excused(earlier) {
            _ if declared.contains(&earlier) => Standing::Declared,
            Some(exception) => Standing::Accepted(exception.reason.clone()),
            None => Standing::Open,
        };
        let settled = pairs.iter().filter(|earlier| declared.contains(earlier) || excused(**earlier).is_some()).count();
        let further = pairs.len().saturating_sub(settled + most);
        pairs.truncate(settled + most);
        if !pairs.is_empty() {
            let pairs = pairs.into_iter().map(|earlier| describe(&marks[earlier], own, standing(earlier))).collect();
            found.push(Overlaps { pairs, further });
        }
    }
    found
}

/// What a series can be recognised by, spelt so that the same compares equal.
struct Marks<'a> {
    study: &'a Study,
    authors: BTreeSet<String>,
    institutions: BTreeSet<String>,
    registries: BTreeSet<String>,
}

/// What a mark is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Author,
    Institution,
    Registry,
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

    fn all(&self) -> impl Iterator<Item = (Mark, &str)> {
        let sets = [
            (Mark::Author, &self.authors),
            (Mark::Institution, &self.institutions),
            (Mark::Registry, &self.registries),
        ];
        sets.into_iter().flat_map(|(mark, words)| words.iter().map(move |words| (mark, words.as_str())))
    }
}

/// Returns the letters and digits of words, in lower case.
fn plain(words: &str) -> String {
    words.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether nothing that is known keeps the people of two series apart; the same publication twice is another finding.
fn may_share(one: &Study, other: &Study) -> bool {
    let same = other.reference.doi.is_some() && other.reference.doi == one.reference.doi;
    !same && enrolment(one, other) != Enrolment::Apart
}

fn speaks_of(exception: &Exception, one: &Study, other: &Study) -> bool {
    [&one.id, &other.id].contains(&&exception.study)
}

fn describe(earlier: &Marks<'_>, later: &Marks<'_>, standing: Standing) -> Overlap {
    let (one, other) = (earlier.study, later.study);
    let shared = |words: &[String], known: &BTreeSet<String>| -> Vec<String> {
        words.iter().filter(|word| known.contains(&plain(word))).cloned().collect()
    };
    Overlap {
        studies: [one.id.clone(), other.id.clone()],
        authors: shared(&other.reference.authors, &earlier.authors),
        institutions: shared(&other.design.institutions, &earlier.institutions),
        registries: shared(&other.design.registries, &earlier.registries),
        enrolment: enrolment(one, other),
        standing,
    }
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

//! Citations in the styles of journals: marks in the text, and the entries of the reference list.

mod entry;
mod formatted;
mod journal;
#[cfg(test)]
mod published;

use std::collections::BTreeMap;

pub use self::formatted::{Citing, Formatted, FormattedEntry};
pub use self::journal::abbreviated;
use crate::diag::named;
use crate::evidence::{Author, Reference};
use entry::entry;

named! {
    /// The style of citations and of the reference list.
    #[derive(Default)]
    CitationStyle, "citation style":
    /// Citing Medicine of the National Library of Medicine, as the ICMJE asks: `(1,3–5)`.
    #[default]
    Vancouver = "vancouver",
    /// Frontiers, numbered: `(1, 3–5)`.
    Frontiers = "frontiers",
    /// American Medical Association, 11th edition: raised `1,3-5`.
    Ama = "ama",
    /// American Psychological Association, 7th edition: `(Lemoine et al., 2021)`.
    Apa = "apa",
}

/// A piece of an entry, or of a mark in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// Its words.
    pub text: String,
    /// Whether they are slanted.
    pub italic: bool,
    /// Whether they are bold.
    pub bold: bool,
    /// Whether they stand above the line.
    pub raised: bool,
}

impl Run {
    /// Returns words that are set as the text around them is.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// The works that a text cites, in the order in which it first does.
#[derive(Debug, Default)]
pub struct Bibliography<'a> {
    works: Vec<(&'a str, &'a Reference)>,
}

impl<'a> Bibliography<'a> {
    /// Returns the number of a work, from 1; a work not cited before gets the next.
    pub fn cite(&mut self, id: &'a str, reference: &'a Reference) -> usize {
        let known = self.works.iter().position(|(known, _)| *known == id);
        known.map_or_else(
            || {
                self.works.push((id, reference));
                self.works.len()
            },
            |at| at + 1,
        )
    }

    /// Returns the ids of the works, in the order of their numbers.
    pub fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.works.iter().map(|(id, _)| *id)
    }

    /// Whether nothing was cited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.works.is_empty()
    }

    /// Returns the works in the order of the reference list, each with its id and entry: as they were cited, in APA by
    /// author and year.
    #[must_use]
    pub fn entries(&self, style: CitationStyle) -> Vec<(&'a str, Vec<Run>)> {
        let mut works = self.works.clone();
        if style == CitationStyle::Apa {
            works.sort_by_key(|(id, work)| (family(work).to_lowercase(), work.authors.clone(), work.year, *id));
        }
        let letters = self.letters();
        works
            .into_iter()
            .map(|(id, work)| (id, entry(style, work, letters.get(id).map_or("", String::as_str))))
            .collect()
    }

    /// Returns the mark that stands in the text for works cited together.
    #[must_use]
    pub fn mark(&self, style: CitationStyle, ids: &[&str]) -> Vec<Run> {
        let mut numbers: Vec<usize> =
            ids.iter().filter_map(|id| Some(self.works.iter().position(|(known, _)| known == id)? + 1)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let run = match style {
            CitationStyle::Vancouver => Run::plain(format!("({})", ranges(&numbers, ",", "–"))),
            CitationStyle::Frontiers => Run::plain(format!("({})", ranges(&numbers, ", ", "–"))),
            CitationStyle::Ama => Run { raised: true, ..Run::plain(ranges(&numbers, ",", "-")) },
            CitationStyle::Apa => {
                let letters = self.letters();
                let mut marks: Vec<String> = numbers
                    .iter()
                    .filter_map(|number| self.works.get(number - 1))
                    .map(|(id, work)| {
                        let letter = letters.get(id).map_or("", String::as_str);
                        let who = self.who(work);
                        // A comma stands within the quotation marks of a title.
                        match who.strip_suffix('”') {
                            Some(title) => format!("{title},” {}{letter}", work.year),
                            None => format!("{who}, {}{letter}", work.year),
                        }
                    })
                    .collect();
                marks.sort();
                Run::plain(format!("({})", marks.join("; ")))
            }
        };
        vec![run]
    }

    /// Returns the letters that tell works of the same authors and year apart, by id: in the order of their titles.
    fn letters(&self) -> BTreeMap<&'a str, String> {
        let mut same: BTreeMap<(String, u16), Vec<(&str, &str)>> = BTreeMap::new();
        for (id, work) in &self.works {
            same.entry((self.who(work), work.year)).or_default().push((&work.title, id));
        }
        let mut letters = BTreeMap::new();
        for works in same.values_mut().filter(|works| works.len() > 1) {
            works.sort_unstable();
            letters.extend(works.iter().zip('a'..='z').map(|((_, id), letter)| (*id, letter.to_string())));
        }
        letters
    }

    /// Returns who wrote a work, as APA names them in the text: `Lemoine et al.`, with as many names as tell it from the
    /// other works of its year; without authors its title.
    fn who(&self, work: &Reference) -> String {
        let families = families(work);
        match families.as_slice() {
            [] => return format!("“{}”", work.title.trim().trim_end_matches('.')),
            [only] if !work.and_others => return (*only).to_owned(),
            [one, other] if !work.and_others => return format!("{one} & {other}"),
            _ => {}
        }
        let others = self.works.iter().map(|(_, other)| *other);
        let alike = others
            .filter(|other| other.year == work.year && other.authors != work.authors && other.authors.len() > 2)
            .map(|other| families.iter().zip(self::families(other)).take_while(|(a, b)| **a == *b).count());
        let shown = alike.max().unwrap_or(0) + 1;
        // `et al.` stands for two at least.
        if shown + 1 >= families.len() && !work.and_others {
            let (last, before) = families.split_last().unwrap_or((&"", &[]));
            return format!("{}, & {last}", before.join(", "));
        }
        let named = families.get(..shown).unwrap_or(&families);
        let comma = if named.len() > 1 { "," } else { "" };
        format!("{}{comma} et al.", named.join(", "))
    }
}

/// Returns the family names of the authors.
fn families(work: &Reference) -> Vec<&str> {
    work.authors.iter().map(|author| Author::read(author).family).collect()
}

/// Returns numbers in order, runs of three or more joined: `1,3–5`.
fn ranges(numbers: &[usize], comma: &str, dash: &str) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => runs.push((number, number)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .map(|(start, end)| match end - start {
            0 => start.to_string(),
            1 => format!("{start}{comma}{end}"),
            _ => format!("{start}{dash}{end}"),
        })
        .collect();
    words.join(comma)
}

fn family(reference: &Reference) -> &str {
    reference.authors.first().map_or(&reference.title, |first| Author::read(first).family)
}

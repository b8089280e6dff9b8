//! Citations in the styles of journals: marks in the text, and the entries of the reference list.

use std::collections::BTreeMap;

use crate::diag::named;
use crate::evidence::Reference;

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

/// A piece of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its words.
    pub text: String,
    /// Whether they are slanted.
    pub italic: bool,
}

/// How many authors a list has at most, and how many are named of a longer one.
const fn authors_named(style: CitationStyle) -> (usize, usize) {
    match style {
        CitationStyle::Vancouver | CitationStyle::Frontiers => (6, 6),
        CitationStyle::Ama => (6, 3),
        CitationStyle::Apa => (20, 19),
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
    pub fn mark(&self, style: CitationStyle, ids: &[&str]) -> String {
        let mut numbers: Vec<usize> =
            ids.iter().filter_map(|id| Some(self.works.iter().position(|(known, _)| known == id)? + 1)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        match style {
            CitationStyle::Vancouver => format!("({})", ranges(&numbers, ",", "–")),
            CitationStyle::Frontiers => format!("({})", ranges(&numbers, ", ", "–")),
            CitationStyle::Ama => format!("^{}^", ranges(&numbers, ",", "-")),
            CitationStyle::Apa => {
                let letters = self.letters();
                let mut marks: Vec<String> = numbers
                    .iter()
                    .filter_map(|number| self.works.get(number - 1))
                    .map(|(id, work)| author_year(work, letters.get(id).map_or("", String::as_str)))
                    .collect();
                marks.sort();
                format!("({})", marks.join("; "))
            }
        }
    }

    /// Returns the letters that tell works of the same authors and year apart, by id.
    fn letters(&self) -> BTreeMap<&'a str, String> {
        let mut same: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
        for (id, work) in &self.works {
            same.entry(author_year(work, "")).or_default().push((&work.title, id));
        }
        let mut letters = BTreeMap::new();
        for works in same.values_mut().filter(|works| works.len() > 1) {
            works.sort_unstable();
            letters.extend(works.iter().zip('a'..='z').map(|((_, id), letter)| (*id, letter.to_string())));
        }
        letters
    }
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

/// An author as the files have him: `Milano MT`, `van der Berg PJ Jr`, or the name of a group.
struct Author<'a> {
    family: &'a str,
    initials: &'a str,
    suffix: &'a str,
}

impl<'a> Author<'a> {
    fn read(name: &'a str) -> Self {
        let (rest, suffix) = match name.rsplit_once(' ') {
            Some((rest, last @ ("Jr" | "Sr" | "II" | "III" | "IV"))) if rest.contains(' ') => (rest, last),
            _ => (name, ""),
        };
        match rest.rsplit_once(' ') {
            Some((family, initials)) if initials.len() <= 8 && initials.chars().all(char::is_uppercase) => {
                Self { family, initials, suffix }
            }
            _ => Self { family: name, initials: "", suffix: "" },
        }
    }

    /// Returns `Milano, M. T.`
    fn spelled(&self) -> String {
        let initials: Vec<String> = self.initials.chars().map(|letter| format!("{letter}.")).collect();
        let parts = [self.family.to_owned(), initials.join(" "), self.suffix.to_owned()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

fn family(reference: &Reference) -> &str {
    reference.authors.first().map_or(&reference.title, |first| Author::read(first).family)
}

/// Returns `Lemoine et al., 2021`.
fn author_year(reference: &Reference, letter: &str) -> String {
    let families: Vec<&str> = reference.authors.iter().map(|author| Author::read(author).family).collect();
    let who = match families.as_slice() {
        [] => reference.title.clone(),
        [only] if !reference.and_others => (*only).to_owned(),
        [one, other] if !reference.and_others => format!("{one} & {other}"),
        [first, ..] => format!("{first} et al."),
    };
    format!("{who}, {}{letter}", reference.year)
}

/// Returns the entry of a work; `letter` follows the year in APA.
fn entry(style: CitationStyle, reference: &Reference, letter: &str) -> Vec<Run> {
    let mut entry = Entry(Vec::new());
    let title = reference.title.trim().trim_end_matches('.');
    let closed = if title.ends_with(['?', '!']) { "" } else { "." };
    let journal = reference.journal.as_deref().unwrap_or_default();
    let (volume, issue) = (reference.volume.as_deref().unwrap_or_default(), reference.issue.as_deref());
    let issue = issue.map(|issue| format!("({issue})")).unwrap_or_default();
    let pages = reference.pages.as_deref().unwrap_or_default().replace(['–', '—'], "-");
    let before = |sign: &str, text: &str| if text.is_empty() { String::new() } else { format!("{sign}{text}") };
    let year = reference.year;
    match style {
        CitationStyle::Vancouver => {
            let source = format!("{year}{}{issue}{}.", before(";", volume), before(":", &elided(&pages)));
            let journal = journal_abbreviation(journal).map(|name| format!("{name}. ")).unwrap_or_default();
            entry.plain(format!("{} {title}{closed} {journal}{source}", authors(style, reference)));
            entry.plain(reference.doi.as_ref().map(|doi| format!(" doi: {doi}")).unwrap_or_default());
        }
        CitationStyle::Frontiers => {
            entry.plain(format!("{} {title}{closed} ", authors(style, reference)));
            entry.italic(journal_abbreviation(journal).unwrap_or_default().to_owned());
            let pages = elided(&pages).replace('-', "–");
            entry.plain(format!(" ({year}){}{issue}{}.", before(" ", volume), before(":", &pages)));
            entry.plain(reference.doi.as_ref().map(|doi| format!(" doi: {doi}")).unwrap_or_default());
        }
        CitationStyle::Ama => {
            entry.plain(format!("{} {title}{closed} ", authors(style, reference)));
            entry.italic(journal_abbreviation(journal).map(|name| format!("{name}.")).unwrap_or_default());
            entry.plain(format!(" {year}{}{issue}{}.", before(";", volume), before(":", &pages)));
            entry.plain(reference.doi.as_ref().map(|doi| format!(" doi:{doi}")).unwrap_or_default());
        }
        CitationStyle::Apa => {
            entry.plain(format!("{} ({year}{letter}). {title}{closed} ", authors(style, reference)));
            entry.italic(format!("{journal}{}", before(", ", volume)));
            entry.plain(format!("{issue}{}.", before(", ", &pages.replace('-', "–"))));
            entry.plain(reference.doi.as_ref().map(|doi| format!(" https://doi.org/{doi}")).unwrap_or_default());
        }
    }
    entry.0
}

struct Entry(Vec<Run>);

impl Entry {
    fn plain(&mut self, text: String) {
        self.push(text, false);
    }

    fn italic(&mut self, text: String) {
        self.push(text, true);
    }

    fn push(&mut self, text: String, italic: bool) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.italic == italic => last.text.push_str(&text),
            _ => self.0.push(Run { text, italic }),
        }
    }
}

fn authors(style: CitationStyle, reference: &Reference) -> String {
    let (most, named) = authors_named(style);
    let authors = &reference.authors;
    if style == CitationStyle::Apa {
        let mut spelled: Vec<String> = authors.iter().map(|author| Author::read(author).spelled()).collect();
        let last = spelled.pop().unwrap_or_default();
        return match spelled.len() {
            0 => last,
            _ if reference.and_others => format!("{}, {last}, et al.", spelled.join(", ")),
            others if others < most => format!("{}, & {last}", spelled.join(", ")),
            _ => format!("{}, … {last}", spelled[..named].join(", ")),
        };
    }
    let cut = authors.len() > most || (reference.and_others && authors.len() >= most);
    let shown = if cut { named.min(authors.len()) } else { authors.len() };
    let mut list = authors[..shown].join(", ");
    if cut || reference.and_others {
        list.push_str(", et al");
    }
    list + "."
}

/// Returns pages with the digits of the last that the first has left out: `284-7`.
fn elided(pages: &str) -> String {
    match pages.split_once('-') {
        Some((first, last)) if first.len() == last.len() && first.bytes().all(|byte| byte.is_ascii_digit()) => {
            let same = first.bytes().zip(last.bytes()).take_while(|(one, other)| one == other).count();
            format!("{first}-{}", last.get(same..).filter(|rest| !rest.is_empty()).unwrap_or(last))
        }
        _ => pages.to_owned(),
    }
}

/// The National Library of Medicine's short titles of journals that write on this subject.
const JOURNALS: &str = include_str!("journals.csv");

/// Returns a journal's short title, or the title as it is where it is not known; `None` for none.
fn journal_abbreviation(journal: &str) -> Option<&str> {
    let known = JOURNALS.lines().filter_map(|line| line.rsplit_once(','));
    let short = known.filter(|(name, _)| name.trim_matches('"').eq_ignore_ascii_case(journal)).map(|(_, short)| short);
    Some(short.clone().next_back().unwrap_or(journal)).filter(|journal| !journal.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(authors: &[&str], title: &str, journal: &str, year: u16, rest: [&str; 4]) -> Reference {
        let [volume, issue, pages, doi] = rest.map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
        Reference {
            authors: authors.iter().map(|&author| author.to_owned()).collect(),
            title: title.to_owned(),
            journal: Some(journal.to_owned()),
            year,
            volume,
            issue,
            pages,
            doi,
            ..Reference::default()
        }
    }

    fn marked(style: CitationStyle, reference: &Reference) -> String {
        let runs = entry(style, reference, "");
        runs.iter().map(|run| if run.italic { format!("*{}*", run.text) } else { run.text.clone() }).collect()
    }

    /// International Committee of Medical Journal Editors, Samples of Formatted References, articles 1 and 1 (more than
    /// six authors), without the day and month that they allow to be left out.
    #[test]
    fn vancouver_is_as_published() {
        let three = work(
            &["Halpern SD", "Ubel PA", "Caplan AL"],
            "Solid-organ transplantation in HIV-infected patients.",
            "New England Journal of Medicine",
            2002,
            ["347", "4", "284-287", ""],
        );
        assert_eq!(
            marked(CitationStyle::Vancouver, &three),
            "Halpern SD, Ubel PA, Caplan AL. Solid-organ transplantation in HIV-infected patients. N Engl J Med. \
             2002;347(4):284-7."
        );
        let many = work(
            &["Rose ME", "Huerbin MB", "Melick J", "Marion DW", "Palmer AM", "Schiding JK", "Kochanek PM", "Graham SH"],
            "Regulation of interstitial excitatory amino acid concentrations after cortical contusion injury",
            "Brain Res",
            2002,
            ["935", "1-2", "40-46", ""],
        );
        assert_eq!(
            marked(CitationStyle::Vancouver, &many),
            "Rose ME, Huerbin MB, Melick J, Marion DW, Palmer AM, Schiding JK, et al. Regulation of interstitial \
             excitatory amino acid concentrations after cortical contusion injury. Brain Res. 2002;935(1-2):40-6."
        );
    }

    /// Frontiers, Author guidelines, Vancouver (numbered) examples: article in a print and in an online journal.
    #[test]
    fn frontiers_is_as_published() {
        let print = work(
            &["Sondheimer N", "Lindquist S"],
            "Rnq1: an epigenetic modifier of protein function in yeast",
            "Mol Cell",
            2000,
            ["5", "", "163-172", ""],
        );
        assert_eq!(
            marked(CitationStyle::Frontiers, &print),
            "Sondheimer N, Lindquist S. Rnq1: an epigenetic modifier of protein function in yeast. *Mol Cell* (2000) \
             5:163–72."
        );
        let online = work(
            &["Tahimic CGT", "Wang Y", "Bikle DD"],
            "Anabolic effects of IGF-1 signaling on the skeleton",
            "Front Endocrinol",
            2013,
            ["4", "", "6", "10.3389/fendo.2013.00006"],
        );
        assert_eq!(
            marked(CitationStyle::Frontiers, &online),
            "Tahimic CGT, Wang Y, Bikle DD. Anabolic effects of IGF-1 signaling on the skeleton. *Front Endocrinol* \
             (2013) 4:6. doi: 10.3389/fendo.2013.00006"
        );
    }

    /// AMA Manual of Style, 11th edition, 3.11.1: examples of journal articles.
    #[test]
    fn ama_is_as_published() {
        let three = work(
            &["Towfighi A", "Markovic D", "Ovbiagele B"],
            "Utility of Framingham Coronary Heart Disease risk score for predicting cardiac risk after stroke",
            "Stroke",
            2012,
            ["43", "11", "2942-2947", "10.1161/STROKEAHA.112.668319"],
        );
        assert_eq!(
            marked(CitationStyle::Ama, &three),
            "Towfighi A, Markovic D, Ovbiagele B. Utility of Framingham Coronary Heart Disease risk score for predicting \
             cardiac risk after stroke. *Stroke.* 2012;43(11):2942-2947. doi:10.1161/STROKEAHA.112.668319"
        );
    }

    /// American Psychological Association, Journal article references, example 1.
    #[test]
    fn apa_is_as_published() {
        let five = work(
            &["Grady JS", "Her M", "Moreno G", "Perez C", "Yelinek J"],
            "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United \
             States",
            "Psychology of Popular Media Culture",
            2019,
            ["8", "3", "207-217", "10.1037/ppm0000185"],
        );
        assert_eq!(
            marked(CitationStyle::Apa, &five),
            "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A comparison of \
             storybooks that represent ethnic and racial groups in the United States. *Psychology of Popular Media \
             Culture, 8*(3), 207–217. https://doi.org/10.1037/ppm0000185"
        );
    }

    #[test]
    fn marks_follow_the_style() {
        let works: Vec<(String, Reference)> = (0..6_u16)
            .map(|at| {
                let author = ["van der Berg PJ", "Milano MT"][usize::from(at % 2)];
                (format!("w{at}"), work(&[author, "Zhang H", "Okunieff P"], "T", "J", 2010 + at / 4, ["", "", "", ""]))
            })
            .collect();
        let mut bibliography = Bibliography::default();
        for (id, reference) in &works {
            bibliography.cite(id, reference);
        }
        let marks = CitationStyle::ALL.iter().map(|style| bibliography.mark(*style, &["w4", "w0", "w3", "w5"]));
        assert_eq!(
            marks.collect::<Vec<_>>(),
            [
                "(1,4–6)",
                "(1, 4–6)",
                "^1,4-6^",
                "(Milano et al., 2010b; Milano et al., 2011; van der Berg et al., 2010a; van der Berg et al., 2011)"
            ]
        );
    }
}

//! One entry of a reference list, in each of the four styles.

use super::journal::abbreviated;
use super::{CitationStyle, Run};
use crate::evidence::{Author, Reference};

/// How many authors a list has at most, and how many are named of a longer one.
const fn authors_named(style: CitationStyle) -> (usize, usize) {
    match style {
        CitationStyle::Vancouver | CitationStyle::Frontiers => (6, 6),
        CitationStyle::Ama => (6, 3),
        CitationStyle::Apa => (20, 19),
    }
}

/// Returns the entry of a work; `letter` follows the year in APA.
pub(super) fn entry(style: CitationStyle, reference: &Reference, letter: &str) -> Vec<Run> {
    let parts = Parts::of(reference);
    match style {
        CitationStyle::Vancouver => vancouver(&parts),
        CitationStyle::Frontiers => frontiers(&parts),
        CitationStyle::Ama => ama(&parts),
        CitationStyle::Apa => apa(&parts, letter),
    }
}

/// What an entry is made of; what the reference does not have is empty.
struct Parts<'a> {
    reference: &'a Reference,
    /// The title with its full stop, or the sign that it ends in.
    title: String,
    journal: &'a str,
    volume: &'a str,
    issue: &'a str,
    /// Pages or article number, with a hyphen between the first and the last.
    pages: String,
    doi: &'a str,
}

impl<'a> Parts<'a> {
    fn of(reference: &'a Reference) -> Self {
        let given = |part: &'a Option<String>| part.as_deref().unwrap_or_default().trim();
        let title = reference.title.trim().trim_end_matches('.');
        // A full stop within the closing quotation mark is the title's own.
        let closed = title.ends_with(['?', '!']) || title.ends_with(".”") || title.ends_with(".\"");
        Self {
            reference,
            title: format!("{title}{}", if closed { "" } else { "." }),
            journal: given(&reference.journal),
            volume: given(&reference.volume),
            issue: given(&reference.issue),
            pages: given(&reference.pages).replace(['–', '—'], "-").replace("--", "-"),
            doi: given(&reference.doi),
        }
    }

    /// Whether the work stands in a journal that has not yet given it a place.
    fn is_ahead_of_print(&self) -> bool {
        !self.journal.is_empty() && self.volume.is_empty() && self.issue.is_empty() && self.pages.is_empty()
    }

    /// Returns the authors and a space, the title alone where there are none.
    fn beginning(&self, style: CitationStyle) -> String {
        match authors(style, self.reference) {
            authors if authors.is_empty() => format!("{} ", self.title),
            authors => format!("{authors} {} ", self.title),
        }
    }

    /// Returns `347(4):284-7`, `(401):230-8`, `42 Suppl 2:S93-9`; empty without any of them.
    fn place(&self, pages: &str) -> String {
        let issue = self.issue;
        let issue = if issue.is_empty() { String::new() } else { format!("({issue})") };
        format!("{}{issue}{}", self.volume, before(":", pages))
    }
}

fn before(sign: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{sign}{text}") }
}

fn vancouver(parts: &Parts<'_>) -> Vec<Run> {
    let journal = abbreviated(parts.journal).map(|name| format!("{name}. ")).unwrap_or_default();
    let place = before(";", &parts.place(&elided(&parts.pages)));
    let doi = before(" doi: ", parts.doi);
    let ahead = match (parts.is_ahead_of_print(), parts.doi.is_empty()) {
        (false, _) => "",
        (true, false) => ". Epub ahead of print.",
        (true, true) => " Epub ahead of print.",
    };
    let year = parts.reference.year;
    let mut entry = Entry::default();
    entry.plain(&format!("{}{journal}{year}{place}.{doi}{ahead}", parts.beginning(CitationStyle::Vancouver)));
    entry.0
}

fn frontiers(parts: &Parts<'_>) -> Vec<Run> {
    let mut entry = Entry::default();
    entry.plain(&parts.beginning(CitationStyle::Frontiers));
    if let Some(journal) = abbreviated(parts.journal) {
        entry.italic(journal);
        entry.plain(" ");
    }
    // The journal prints no issue where there is a volume.
    let volume = match (parts.volume, parts.issue) {
        ("", "") => String::new(),
        ("", issue) => format!(" ({issue})"),
        (volume, _) => format!(" {volume}"),
    };
    let pages = before(":", &without_second_letter(&elided(&parts.pages)).replace('-', "–"));
    entry.plain(&format!("({}){volume}{pages}.{}", parts.reference.year, before(" doi: ", parts.doi)));
    entry.0
}

fn ama(parts: &Parts<'_>) -> Vec<Run> {
    let mut entry = Entry::default();
    entry.plain(&parts.beginning(CitationStyle::Ama));
    if let Some(journal) = abbreviated(parts.journal) {
        entry.italic(&format!("{journal}."));
        entry.plain(" ");
    }
    let online = if parts.is_ahead_of_print() { "Published online " } else { "" };
    let place = before(";", &parts.place(&whole(&parts.pages)));
    entry.plain(&format!("{online}{}{place}.{}", parts.reference.year, before(" doi:", parts.doi)));
    entry.0
}

fn apa(parts: &Parts<'_>, letter: &str) -> Vec<Run> {
    let mut entry = Entry::default();
    let year = parts.reference.year;
    match authors(CitationStyle::Apa, parts.reference) {
        // Without authors the title takes their place.
        nobody if nobody.is_empty() => entry.plain(&format!("{} ({year}{letter}). ", parts.title)),
        authors => entry.plain(&format!("{authors} ({year}{letter}). {} ", parts.title)),
    }
    let (journal, volume, issue) = (parts.journal, parts.volume, parts.issue);
    if !journal.is_empty() {
        entry.italic(&match (volume, issue) {
            ("", "") => journal.to_owned(),
            ("", _) => format!("{journal},"),
            (volume, _) => format!("{journal}, {volume}"),
        });
        entry.plain(if volume.is_empty() && !issue.is_empty() { " " } else { "" });
        entry.plain(&if issue.is_empty() { String::new() } else { format!("({issue})") });
        let pages = whole_or_article(&parts.pages);
        entry.plain(&before(", ", &pages));
        entry.plain(if parts.is_ahead_of_print() { ". Advance online publication." } else { "." });
    }
    entry.plain(&before(" https://doi.org/", parts.doi));
    entry.0
}

#[derive(Default)]
struct Entry(Vec<Run>);

impl Entry {
    fn plain(&mut self, text: &str) {
        self.push(Run { text: text.to_owned(), ..Run::default() });
    }

    fn italic(&mut self, text: &str) {
        self.push(Run { text: text.to_owned(), italic: true, ..Run::default() });
    }

    fn push(&mut self, run: Run) {
        match self.0.last_mut() {
            _ if run.text.is_empty() => {}
            Some(last) if last.italic == run.italic => last.text.push_str(&run.text),
            _ => self.0.push(run),
        }
    }
}

/// Returns the list of authors with its full stop; empty where there are none.
fn authors(style: CitationStyle, reference: &Reference) -> String {
    if reference.authors.is_empty() {
        return String::new();
    }
    match style {
        CitationStyle::Apa => authors_of_apa(reference),
        _ => authors_of_medicine(style, reference),
    }
}

/// Returns `Milano MT, van der Berg PJ Jr; Alf-One Study Group.`
fn authors_of_medicine(style: CitationStyle, reference: &Reference) -> String {
    let (most, named) = authors_named(style);
    let authors: Vec<Author<'_>> = reference.authors.iter().map(|author| Author::read(author)).collect();
    // A group that signs with persons stands behind them, and is not counted among them.
    let persons = authors.iter().take_while(|author| !author.is_group()).count();
    let (persons, groups) = if persons == 0 { authors.split_at(authors.len()) } else { authors.split_at(persons) };
    let cut = persons.len() > most || (reference.and_others && persons.len() >= most);
    let shown = if cut { named.min(persons.len()) } else { persons.len() };
    let mut list = persons[..shown].iter().map(printed).collect::<Vec<_>>().join(", ");
    if cut || reference.and_others {
        list.push_str(", et al");
    }
    for (at, group) in groups.iter().enumerate() {
        // A person behind a group is one more of its list.
        let sign = if at > 0 && !group.is_group() { ", " } else { "; " };
        list.push_str(sign);
        list.push_str(&printed(group));
    }
    if list.ends_with('.') { list } else { list + "." }
}

/// Returns `Milano MT`, `Smith JA Jr`; Citing Medicine writes `2nd` for `II`.
fn printed(author: &Author<'_>) -> String {
    let parts = [author.family.to_owned(), author.plain_initials(), author.rank.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns `Milano, M. T., & van der Berg, P. J.`
fn authors_of_apa(reference: &Reference) -> String {
    let (most, named) = authors_named(CitationStyle::Apa);
    let mut spelled: Vec<String> = reference.authors.iter().map(|author| spelled(Author::read(author))).collect();
    let last = spelled.pop().unwrap_or_default();
    let list = match spelled.len() {
        _ if reference.and_others => [spelled, vec![last, "et al.".to_owned()]].concat().join(", "),
        0 => last,
        others if others < most => format!("{}, & {last}", spelled.join(", ")),
        _ => format!("{}, . . . {last}", spelled[..named.min(spelled.len())].join(", ")),
    };
    if list.ends_with('.') { list } else { list + "." }
}

/// Returns `Milano, M. T.` and `Smith, J. A., Jr.`
fn spelled(author: Author<'_>) -> String {
    let rank = match author.rank {
        rank @ ("Jr" | "Sr") => format!("{rank}."),
        rank => rank.to_owned(),
    };
    let parts = [author.family.to_owned(), author.pointed_initials(), rank];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Returns the first and the last page without what they begin with alike; `None` where it is no range of numbers.
fn range(pages: &str) -> Option<(&str, &str, &str)> {
    let (first, last) = pages.split_once('-')?;
    let letters = first.find(|letter: char| letter.is_ascii_digit())?;
    let (letter, number) = first.split_at(letters);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let last = last.strip_prefix(letter).unwrap_or(last);
    (digits(number) && digits(last)).then_some((letter, number, last))
}

/// Returns pages with the digits of the last that the first has left out, a letter before both once: `284-7`, `S93-9`.
fn elided(pages: &str) -> String {
    match range(pages) {
        Some((letter, first, last)) if first.len() == last.len() => {
            let same = first.bytes().zip(last.bytes()).take_while(|(one, other)| one == other).count();
            let rest = last.get(same..).filter(|rest| !rest.is_empty()).unwrap_or(last);
            // Citing Medicine keeps the letter of an electronic page with its number: `e18-e28`.
            let kept = if rest.len() == last.len() { letter } else { "" };
            format!("{letter}{first}-{kept}{rest}")
        }
        _ => pages.to_owned(),
    }
}

/// Returns pages with the letter of the first alone: `e18-28` of `e18-e28`.
fn without_second_letter(pages: &str) -> String {
    range(pages).map_or_else(|| pages.to_owned(), |(letter, first, last)| format!("{letter}{first}-{last}"))
}

/// Returns pages with all digits of the last: `284-287` of `284-7`.
fn whole(pages: &str) -> String {
    match range(pages) {
        Some((letter, first, last)) => {
            let missing = first.get(..first.len().saturating_sub(last.len())).unwrap_or_default();
            format!("{letter}{first}-{letter}{missing}{last}")
        }
        None => pages.to_owned(),
    }
}

/// Returns pages whole and with a dash; what is no page, `Article e0193972`.
fn whole_or_article(pages: &str) -> String {
    let is_page = |page: &str| {
        let digits = page.bytes().filter(u8::is_ascii_digit).count();
        // Numbers of articles have a letter and many digits, or more digits than a volume has pages.
        digits > 0 && digits < 5 && page.len() - digits <= 1
            || !page.is_empty() && page.chars().all(|letter| "ivxlc".contains(letter))
    };
    if pages.is_empty() || pages.contains([',', ' ']) || pages.split('-').all(is_page) {
        return whole(pages).replace('-', "–");
    }
    format!("Article {pages}")
}

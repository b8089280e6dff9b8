//! BibTeX and BibLaTeX; the only file that names serde_bibtex.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_bibtex::de::Deserializer;

use super::latex::plain;
use super::name::Name;
use super::{Record, RecordError, bare_doi, one_line, year};

/// One entry, its text as it is written.
#[derive(Deserialize)]
struct Entry {
    entry_key: String,
    fields: BTreeMap<String, String>,
}

pub(super) fn read(text: &str) -> Result<Vec<Record>, RecordError> {
    let entries = Deserializer::from_str(text).into_iter_regular_entry::<Entry>();
    let record = |entry: serde_bibtex::Result<Entry>| {
        entry.map(|entry| record(&entry)).map_err(|error| RecordError::Broken("BibTeX", error.to_string()))
    };
    entries.map(record).collect()
}

fn record(entry: &Entry) -> Record {
    let field = |key: &str| entry.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, text)| text);
    let text =
        |keys: &[&str]| keys.iter().find_map(|key| field(key)).map(|text| one_line(&plain(text))).unwrap_or_default();
    let verbatim = |key: &str| field(key).map(|text| one_line(text)).unwrap_or_default();
    let mut record = Record {
        key: entry.entry_key.clone(),
        title: text(&["title"]),
        journal: text(&["journaltitle", "journal"]),
        year: year(&text(&["year", "date"])),
        volume: text(&["volume"]),
        issue: text(&["number", "issue"]),
        pages: text(&["pages", "article-number"]).replace('–', "-"),
        doi: bare_doi(&verbatim("doi").replace('\\', "")).to_owned(),
        pmid: text(&["pmid"]),
        pmcid: text(&["pmcid", "pmc"]),
        summary: text(&["abstract"]),
        ..Record::default()
    };
    let authors = field("author").map(String::as_str).unwrap_or_default();
    words(authors)
        .split(|word| *word == "and")
        .filter(|name| !name.is_empty())
        .for_each(|words| record.author(name(words)));
    record
}

/// Returns the words of a text: what stands in braces is part of one.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            letter if letter.is_whitespace() && depth == 0 => {
                words.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty());
    words
}

/// Reads `van der Berg, Jan`, `Smith, Jr, John`, `Jan van der Berg` or `{A Group}`.
fn name(words: &[&str]) -> Name {
    let joined = |words: &[&str]| one_line(&plain(&words.join(" ")));
    let parts: Vec<Vec<&str>> = words
        .split_inclusive(|word| word.ends_with(','))
        .map(|part| part.iter().map(|word| word.trim_end_matches(',')).collect())
        .collect();
    match parts.as_slice() {
        // `and others` is how BibTeX cuts a list.
        [only] if *only == ["others"] => Name { family: "et al.".to_owned(), ..Name::default() },
        [only] => {
            let is_particle = |word: &&str| word.starts_with(char::is_lowercase);
            let last = only.len().saturating_sub(1);
            let family = only[..last].iter().position(is_particle).unwrap_or(last);
            Name { family: joined(&only[family..]), given: joined(&only[..family]), suffix: String::new() }
        }
        [family, given] => Name { family: joined(family), given: joined(given), suffix: String::new() },
        [family, suffix, given, ..] => Name { family: joined(family), given: joined(given), suffix: joined(suffix) },
        [] => Name::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_every_order() {
        let authors = |text: &str| {
            let bibtex = format!("@article{{x, author = {{{text}}}, year = 2018}}");
            read(&bibtex).unwrap().remove(0).authors
        };
        assert_eq!(authors("Trov\\`o, Marco and Jan P. van der Berg"), ["Trovò M", "van der Berg JP"]);
        assert_eq!(
            authors("Smith, Jr., John A. and {SABR-COMET Investigators}"),
            ["Smith JA Jr", "SABR-COMET Investigators"]
        );
        assert_eq!(authors("de la Cruz, Ana\n and others"), ["de la Cruz A", "et al."]);
        assert_eq!(authors(""), [""; 0]);
        assert_eq!(authors("and , and"), [""; 0]);
    }
}

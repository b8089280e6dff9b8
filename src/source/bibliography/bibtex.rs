//! BibTeX and BibLaTeX; the only file that names biblatex.

use biblatex::{Bibliography, ChunksExt, Entry};

use super::name::Name;
use super::{Record, RecordError, bare_doi, one_line, year};

pub(super) fn read(text: &str) -> Result<Vec<Record>, RecordError> {
    let entries = Bibliography::parse(text).map_err(|error| RecordError::Broken("BibTeX", error.to_string()))?;
    Ok(entries.iter().map(record).collect())
}

fn record(entry: &Entry) -> Record {
    let text = |keys: &[&str]| {
        let values = keys.iter().filter_map(|key| entry.get(key));
        values.map(|chunks| one_line(&chunks.format_verbatim())).next().unwrap_or_default()
    };
    let mut record = Record {
        key: entry.key.clone(),
        title: text(&["title"]),
        journal: text(&["journaltitle", "journal"]),
        year: year(&text(&["year", "date"])),
        volume: text(&["volume"]),
        issue: text(&["number", "issue"]),
        pages: text(&["pages", "article-number"]).replace("--", "-").replace('–', "-"),
        doi: bare_doi(&text(&["doi"])).to_owned(),
        pmid: text(&["pmid"]),
        pmcid: text(&["pmcid", "pmc"]),
        summary: text(&["abstract"]),
        ..Record::default()
    };
    for person in entry.author().unwrap_or_default() {
        let family = one_line(&format!("{} {}", person.prefix, person.name));
        // `and others` is how BibTeX cuts a list.
        let name = if family == "others" { "et al.".to_owned() } else { family };
        record.author(Name { family: name, given: person.given_name, suffix: person.suffix });
    }
    record
}

//! RIS and PubMed's nbib: one tagged line a field, `TY  - JOUR` and `PMID- 22772363`.

use super::name::Name;
use super::{Record, bare_doi, one_line, year};

/// One tag and what stands behind it.
type Field = (String, String);

/// Reads RIS.
///
/// # References
/// The tags as Zotero, EndNote and the journals write them; a journal's full name is taken before its abbreviation.
pub(super) fn ris(text: &str) -> Vec<Record> {
    entries(text, 2, "ER").iter().map(|fields| of_ris(fields)).collect()
}

/// Reads PubMed's nbib (MEDLINE).
pub(super) fn nbib(text: &str) -> Vec<Record> {
    entries(text, 4, "").iter().map(|fields| of_nbib(fields)).collect()
}

/// Splits a text into records: at the tag that ends one, or at an empty line where none does.
fn entries(text: &str, tag_width: usize, end: &str) -> Vec<Vec<Field>> {
    let mut records = vec![Vec::new()];
    for line in text.lines() {
        let tag = line.get(..tag_width).map(str::trim_end).filter(|tag| is_tag(tag));
        let value = line.get(tag_width..).and_then(|rest| rest.trim_start().strip_prefix('-'));
        let fields: &mut Vec<Field> = match records.last_mut() {
            Some(fields) => fields,
            None => continue,
        };
        match (tag, value) {
            (Some(tag), Some(_)) if tag == end => records.push(Vec::new()),
            (Some(tag), Some(value)) => fields.push((tag.to_owned(), value.trim().to_owned())),
            _ if line.trim().is_empty() && end.is_empty() => records.push(Vec::new()),
            // A long value goes on in the next line.
            _ => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
        }
    }
    records.retain(|fields| !fields.is_empty());
    records
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn of_ris(fields: &[Field]) -> Record {
    let first = |tags: &[&str]| first(fields, tags);
    let pages = [first(&["SP"]), first(&["EP"])].into_iter().filter(|page| !page.is_empty()).collect::<Vec<_>>();
    let mut record = Record {
        title: first(&["TI", "T1"]),
        journal: first(&["JF", "T2", "JO", "JA", "J2"]),
        year: year(&first(&["PY", "Y1", "DA"])),
        volume: first(&["VL"]),
        issue: first(&["IS"]),
        pages: pages.join("-"),
        doi: bare_doi(&first(&["DO"])).to_owned(),
        summary: first(&["AB", "N2"]),
        ..Record::default()
    };
    for (_, name) in fields.iter().filter(|(tag, _)| matches!(tag.as_str(), "AU" | "A1")) {
        record.author(Name::inverted(name));
    }
    let notes = fields.iter().filter(|(tag, _)| matches!(tag.as_str(), "N1" | "M1" | "AN" | "C2"));
    for (_, note) in notes {
        let after = |label: &str| Some(note.split_once(label)?.1.split_whitespace().next()?.to_owned());
        record.pmid = after("PMID:").unwrap_or(record.pmid);
        record.pmcid =
            after("PMCID:").or_else(|| note.starts_with("PMC").then(|| note.clone())).unwrap_or(record.pmcid);
    }
    record
}

fn of_nbib(fields: &[Field]) -> Record {
    let first = |tags: &[&str]| first(fields, tags);
    let doi = fields.iter().filter(|(tag, _)| matches!(tag.as_str(), "LID" | "AID"));
    let doi = doi.filter_map(|(_, value)| value.strip_suffix("[doi]")).next().unwrap_or_default();
    let mut record = Record {
        title: first(&["TI"]).trim_end_matches('.').to_owned(),
        journal: first(&["JT", "TA"]),
        year: year(&first(&["DP"])),
        volume: first(&["VI"]),
        issue: first(&["IP"]),
        pages: first(&["PG"]),
        doi: bare_doi(doi.trim()).to_owned(),
        pmid: first(&["PMID"]),
        pmcid: first(&["PMC"]),
        summary: first(&["AB"]),
        ..Record::default()
    };
    // Full names tell a family name from initials; short ones stand in for them, and groups come last.
    let full = fields.iter().any(|(tag, _)| tag == "FAU");
    for (tag, name) in fields {
        match tag.as_str() {
            "FAU" => record.author(Name::inverted(name)),
            "AU" if !full => record.author(match name.rsplit_once(' ') {
                Some((family, given)) => Name { family: family.to_owned(), given: given.to_owned(), ..Name::default() },
                None => Name::inverted(name),
            }),
            "CN" => record.author(Name { family: one_line(name), ..Name::default() }),
            _ => {}
        }
    }
    record
}

/// Returns the value of the first of these tags that has one.
fn first(fields: &[Field], tags: &[&str]) -> String {
    let values = tags.iter().filter_map(|tag| fields.iter().find(|(known, value)| known == tag && !value.is_empty()));
    values.map(|(_, value)| one_line(value)).next().unwrap_or_default()
}

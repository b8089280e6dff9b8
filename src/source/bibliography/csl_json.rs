//! CSL-JSON, as Zotero and the DOI resolver give it.

use serde_json::Value;

use super::name::Name;
use super::{Record, RecordError, bare_doi, one_line, year};

pub(super) fn read(text: &str) -> Result<Vec<Record>, RecordError> {
    let broken = |words: String| RecordError::Broken("JSON", words);
    let value: Value = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    match value {
        Value::Array(items) => Ok(items.iter().filter(|item| item.is_object()).map(record).collect()),
        Value::Object(_) => Ok(vec![record(&value)]),
        _ => Err(broken("neither a record nor a list of records".to_owned())),
    }
}

fn record(item: &Value) -> Record {
    let text = |key: &str| item.get(key).map(words).unwrap_or_default();
    let issued = item.get("issued").map(|issued| {
        let parts = issued.pointer("/date-parts/0/0").or_else(|| issued.get("raw")).or_else(|| issued.get("literal"));
        words(parts.unwrap_or(issued))
    });
    let mut record = Record {
        key: text("id"),
        title: text("title"),
        journal: text("container-title"),
        year: year(&issued.unwrap_or_default()),
        volume: text("volume"),
        issue: text("issue"),
        pages: [text("page"), text("number")].into_iter().find(|pages| !pages.is_empty()).unwrap_or_default(),
        doi: bare_doi(&text("DOI")).to_owned(),
        pmid: text("PMID"),
        pmcid: text("PMCID"),
        summary: text("abstract"),
        ..Record::default()
    };
    for author in item.get("author").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| author.get(key).map(words).unwrap_or_default();
        let family = one_line(&format!(
            "{} {} {}",
            part("dropping-particle"),
            part("non-dropping-particle"),
            [part("family"), part("literal"), part("name")]
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default()
        ));
        record.author(Name { family, given: part("given"), suffix: part("suffix") });
    }
    record
}

/// Returns the text of a value, of a list that of its first item (the DOI resolver gives titles as lists).
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.first().map(words).unwrap_or_default(),
        _ => String::new(),
    }
}

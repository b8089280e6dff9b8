//! A bibliographic record becomes a reference.

use crate::evidence::Reference;
use crate::source::Record;

impl From<&Record> for Reference {
    /// What the record does not give stays away.
    fn from(record: &Record) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let mut authors = record.authors.clone();
        let and_others = authors.last().is_some_and(|last| last == "et al.");
        if and_others {
            authors.pop();
        }
        Self {
            authors,
            and_others,
            title: record.title.clone(),
            journal: given(&record.journal),
            year: record.year.unwrap_or_default(),
            volume: given(&record.volume),
            issue: given(&record.issue),
            pages: given(&record.pages),
            doi: given(&record.doi),
            pmid: given(&record.pmid),
            pmcid: given(&record.pmcid),
        }
    }
}

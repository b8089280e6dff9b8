//! References for other programs: BibTeX, RIS, CSL-JSON, with the studies' ids as keys.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::evidence::Reference;

/// An author's name in the parts that these formats keep apart.
struct Name<'a> {
    family: &'a str,
    given: String,
}

impl<'a> Name<'a> {
    /// Reads `Milano MT`; a name without initials is a group's.
    fn read(author: &'a str) -> Self {
        match author.rsplit_once(' ') {
            Some((family, initials)) if initials.chars().all(char::is_uppercase) => {
                let given: Vec<String> = initials.chars().map(|letter| format!("{letter}.")).collect();
                Self { family, given: given.join(" ") }
            }
            _ => Self { family: author, given: String::new() },
        }
    }

    fn inverted(&self) -> String {
        if self.given.is_empty() { self.family.to_owned() } else { format!("{}, {}", self.family, self.given) }
    }
}

/// Returns the works as BibTeX.
#[must_use]
pub fn bibtex(works: &BTreeMap<String, Reference>) -> String {
    let entries = works.iter().map(|(id, work)| {
        let mut authors: Vec<String> = work
            .authors
            .iter()
            .map(|author| Name::read(author))
            // A group's name is held together by braces.
            .map(|name| {
                if name.given.is_empty() { format!("{{{}}}", escaped(name.family)) } else { escaped(&name.inverted()) }
            })
            .collect();
        if work.and_others {
            authors.push("others".to_owned());
        }
        let year = work.year.to_string();
        let pages = work.pages.as_ref().map(|pages| pages.replace(['–', '-'], "--"));
        let fields = [
            ("author", Some(authors.join(" and "))),
            // Braces keep the capitals of the title.
            ("title", Some(format!("{{{}}}", escaped(&work.title)))),
            ("journal", work.journal.as_deref().map(escaped)),
            ("year", Some(year)),
            ("volume", work.volume.clone()),
            ("number", work.issue.clone()),
            ("pages", pages),
            ("doi", work.doi.clone()),
            ("pmid", work.pmid.clone()),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some(format!("  {name} = {{{}}}", value?)));
        format!("@article{{{id},\n{}\n}}\n", fields.collect::<Vec<_>>().join(",\n"))
    });
    entries.collect::<Vec<_>>().join("\n")
}

/// Returns a text with the signs that BibTeX and LaTeX obey escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if "&%$#_{}".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Returns the works as RIS.
#[must_use]
pub fn ris(works: &BTreeMap<String, Reference>) -> String {
    let mut text = String::new();
    for (id, work) in works {
        let mut line = |tag: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("{tag}  - {value}\n"));
            }
        };
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        line("TY", "JOUR");
        line("ID", id);
        for author in &work.authors {
            line("AU", &Name::read(author).inverted());
        }
        line("TI", &work.title);
        line("JO", &optional(&work.journal));
        line("PY", &work.year.to_string());
        line("VL", &optional(&work.volume));
        line("IS", &optional(&work.issue));
        let pages = optional(&work.pages).replace('–', "-");
        let (first, last) = pages.split_once('-').unwrap_or((&pages, ""));
        line("SP", first);
        line("EP", last);
        line("DO", &optional(&work.doi));
        line("N1", &work.pmid.as_ref().map(|pmid| format!("PMID: {pmid}")).unwrap_or_default());
        text.push_str("ER  - \n");
    }
    text
}

/// Returns the works as CSL-JSON, which Zotero and pandoc read.
#[must_use]
pub fn csl_json(works: &BTreeMap<String, Reference>) -> String {
    let items: Vec<Value> = works
        .iter()
        .map(|(id, work)| {
            let authors: Vec<Value> = work
                .authors
                .iter()
                .map(|author| match Name::read(author) {
                    Name { family, given } if given.is_empty() => json!({"literal": family}),
                    Name { family, given } => json!({"family": family, "given": given}),
                })
                .collect();
            let mut item = json!({
                "id": id,
                "type": "article-journal",
                "title": work.title,
                "author": authors,
                "issued": {"date-parts": [[work.year]]},
            });
            let optional = [
                ("container-title", &work.journal),
                ("volume", &work.volume),
                ("issue", &work.issue),
                ("page", &work.pages),
                ("DOI", &work.doi),
                ("PMID", &work.pmid),
                ("PMCID", &work.pmcid),
            ];
            for (key, value) in optional {
                if let Some(value) = value {
                    item[key] = json!(value);
                }
            }
            item
        })
        .collect();
    serde_json::to_string_pretty(&items).unwrap_or_default() + "\n"
}

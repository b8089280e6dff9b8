//! References for other programs: BibTeX, RIS, CSL-JSON, with the studies' ids as keys.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::evidence::{Author, Reference};
use crate::report::manuscript::abbreviated;

/// Returns `Milano, M. T.`, with the rank where BibTeX and RIS each want it; a group's name stays as it is.
fn inverted(author: Author<'_>, rank_at: RankAt) -> String {
    let given = author.pointed_initials();
    match (given.is_empty(), author.rank, rank_at) {
        (true, ..) => author.family.to_owned(),
        (false, "", _) => format!("{}, {given}", author.family),
        (false, rank, RankAt::Middle) => format!("{}, {rank}, {given}", author.family),
        (false, rank, RankAt::End) => format!("{}, {given}, {rank}", author.family),
    }
}

/// Where `Jr` stands in an inverted name.
#[derive(Debug, Clone, Copy)]
enum RankAt {
    /// BibTeX: `Smith, Jr, J. A.`
    Middle,
    /// RIS: `Smith, J. A., Jr`
    End,
}

/// Returns the works as BibTeX.
#[must_use]
pub fn bibtex(works: &BTreeMap<String, Reference>) -> String {
    let entries = works.iter().map(|(id, work)| {
        let mut authors: Vec<String> = work
            .authors
            .iter()
            .map(|author| {
                let author = Author::read(author);
                let name = escaped(&inverted(author, RankAt::Middle));
                // A group's name is held together by braces.
                if author.is_group() { format!("{{{name}}}") } else { name }
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
            line("AU", &inverted(Author::read(author), RankAt::End));
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
    let items: Vec<Value> = works.iter().map(|(id, work)| csl_item(id, work)).collect();
    serde_json::to_string_pretty(&items).unwrap_or_default() + "\n"
}

/// Returns one work as CSL-JSON.
#[must_use]
pub fn csl_item(id: &str, work: &Reference) -> Value {
    let authors = work.authors.iter().map(|author| {
        let author = Author::read(author);
        match (author.is_group(), author.rank) {
            (true, _) => json!({"literal": author.family}),
            (false, "") => json!({"family": author.family, "given": author.pointed_initials()}),
            (false, rank) => json!({"family": author.family, "given": author.pointed_initials(), "suffix": rank}),
        }
    });
    let mut item = json!({
        "id": id,
        "type": "article-journal",
        "title": work.title,
        "author": authors.collect::<Vec<_>>(),
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
    // Styles that print short titles take this one.
    if let Some(short) = work.journal.as_deref().and_then(abbreviated) {
        item["container-title-short"] = json!(short);
    }
    item
}

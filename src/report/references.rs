//! The reference list, in the style of the National Library of Medicine (Vancouver).

use super::page::Reference as Listed;
use crate::evidence::{Evidence, Reference};

/// Authors printed before "et al.".
const AUTHORS: usize = 6;

/// Returns the reference list of the included studies, by author and year.
#[must_use]
pub fn reference_list(evidence: &Evidence) -> Vec<Listed> {
    let mut studies: Vec<_> = evidence.studies.iter().collect();
    studies.sort_by(|a, b| {
        (&a.reference.authors, a.reference.year, &a.id).cmp(&(&b.reference.authors, b.reference.year, &b.id))
    });
    studies
        .into_iter()
        .map(|study| Listed {
            id: study.id.clone(),
            text: vancouver(&study.reference),
            doi: study.reference.doi.clone(),
            pmid: study.reference.pmid.clone(),
        })
        .collect()
}

/// Returns a reference in Vancouver style, without its DOI.
///
/// `Milano MT, Katz AW, Zhang H, Okunieff P. Title. Journal. 2012;83:878-886.`
#[must_use]
pub fn vancouver(reference: &Reference) -> String {
    let mut authors = reference.authors.iter().take(AUTHORS).cloned().collect::<Vec<_>>().join(", ");
    if reference.and_others || reference.authors.len() > AUTHORS {
        authors.push_str(", et al");
    }
    let title = reference.title.trim().trim_end_matches('.');
    let mut text = format!("{authors}. {title}.");
    if let Some(journal) = &reference.journal {
        text.push_str(&format!(" {}.", journal.trim_end_matches('.')));
    }
    text.push_str(&format!(" {}", reference.year));
    if let Some(volume) = &reference.volume {
        text.push_str(&format!(";{volume}"));
    }
    if let Some(issue) = &reference.issue {
        text.push_str(&format!("({issue})"));
    }
    if let Some(pages) = &reference.pages {
        text.push_str(&format!(":{pages}"));
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Style of Citing Medicine, 2nd edition, chapter 1: authors, title, journal, date;volume(issue):pages.
    #[test]
    fn cuts_the_authors_after_six() {
        let reference = Reference {
            authors: ["A A", "B B", "C C", "D D", "E E", "F F", "G G"].map(str::to_owned).into(),
            and_others: false,
            title: "A title.".to_owned(),
            journal: Some("Radiation Oncology".to_owned()),
            year: 2012,
            volume: Some("7".to_owned()),
            issue: Some("1".to_owned()),
            pages: Some("164".to_owned()),
            doi: None,
            pmid: None,
            pmcid: None,
        };
        assert_eq!(
            vancouver(&reference),
            "A A, B B, C C, D D, E E, F F, et al. A title. Radiation Oncology. 2012;7(1):164."
        );
    }
}

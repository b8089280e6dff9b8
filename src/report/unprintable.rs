//! What the embedded font cannot show, said before anybody finds an empty box in print.

use super::figure::text::Text;
use crate::diag::{Diagnostic, Path, Place, codes};
use crate::evidence::Evidence;
use crate::review::Plan;

/// Returns a finding for each name or title that figures print with a character that no embedded font has.
#[must_use]
pub fn unprintable(evidence: &Evidence, plan: &Plan) -> Vec<Diagnostic> {
    let review = Path::file("review.yaml");
    let mut printed: Vec<(Place, String)> = Vec::new();
    for study in &evidence.studies {
        // The label is the author's own word, or the first author's name.
        let author = study.reference.authors.first().filter(|author| !Text::from(author.as_str()).missing().is_empty());
        let place = match author {
            Some(_) => study.place.key("reference").key("authors").index(0),
            None => study.place.key("label"),
        };
        printed.push((place, study.label.clone()));
    }
    let outcomes = review.key("outcomes");
    for outcome in &evidence.protocol.outcomes {
        let at = outcomes.key(&outcome.id);
        printed.push((at.key("name").place(), outcome.name.clone()));
        if outcome.short != outcome.name {
            printed.push((at.key("short").place(), outcome.short.clone()));
        }
    }
    let (vocabulary, analyses, figures) = (review.key("vocabulary"), review.key("analyses"), review.key("figures"));
    let primary = vocabulary.key("primary");
    for (word, words) in &evidence.protocol.primaries {
        printed.push((primary.key(word).place(), words.clone()));
    }
    for analysis in &plan.analyses {
        let title = analysis.title.iter();
        printed.extend(title.map(|title| (analyses.key(&analysis.id).key("title").place(), title.clone())));
    }
    for figure in &plan.figures {
        let title = figure.title.iter();
        printed.extend(title.map(|title| (figures.key(&figure.id).key("title").place(), title.clone())));
    }
    printed.into_iter().filter_map(|(place, words)| finding(place, &words)).collect()
}

fn finding(place: Place, words: &str) -> Option<Diagnostic> {
    let missing = Text::from(words).missing();
    let shown: Vec<String> = missing.iter().map(|letter| format!("`{letter}`")).collect();
    (!missing.is_empty()).then(|| {
        let message = format!("the figures' font has no {}", shown.join(", "));
        Diagnostic::new(codes::NO_GLYPH, place, message)
            .note("PNG and PDF show an empty box; SVG shows what the reader's own fonts have")
            .help("give a label in Latin, Greek or Cyrillic letters")
    })
}

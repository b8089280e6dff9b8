//! What a manuscript says about itself in its front matter: title, bibliography, styles.

use std::ops::Range;
use std::str::FromStr;

use crate::diag::{Diagnostic, Place, Spot, codes};
use crate::report::manuscript::{Bindings, CitationStyle, NumberStyle, Phrases};

/// Which style citations are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Citations {
    /// One of our own.
    Style(CitationStyle),
    /// A file in the Citation Style Language.
    Csl(String),
}

impl Default for Citations {
    fn default() -> Self {
        Self::Style(CitationStyle::default())
    }
}

impl FromStr for Citations {
    type Err = String;

    /// Reads the name of a style, or that of a file that ends in `.csl`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.to_ascii_lowercase().ends_with(".csl") {
            return Ok(Self::Csl(text.to_owned()));
        }
        CitationStyle::from_str(text).map(Self::Style).map_err(|error| format!("{error}, or a file that ends in .csl"))
    }
}

/// How a manuscript is woven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `title`.
    pub title: Option<String>,
    /// `bibliography`: a `.bib`, RIS or CSL-JSON file beside the manuscript, with where it is named.
    pub bibliography: Option<(String, Place)>,
    /// `citations`: the style of citations, a file beside the manuscript, with where it is named.
    pub citations: (Citations, Place),
    /// `numbers` and `digits`: how figures are printed.
    pub phrases: Phrases,
}

impl Settings {
    /// Reads the front matter of a text; without one, everything is as it usually is.
    #[must_use]
    pub fn read(file: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let phrases = Phrases { style: NumberStyle::default(), digits: 1, bindings: Bindings::None };
        let mut settings =
            Self { title: None, bibliography: None, citations: (Citations::default(), Place::file(file)), phrases };
        let mut findings = Vec::new();
        for (key, value, span) in entries(text) {
            let place = Place { file: file.to_owned(), spot: Spot::Bytes(span) };
            let mut refuse = |error: String| {
                let finding =
                    Diagnostic::new(codes::BAD_WEAVE, place.clone(), "this setting has a word that there is not");
                findings.push(finding.found(error));
            };
            match key {
                "title" => settings.title = Some(value.to_owned()),
                "bibliography" => settings.bibliography = Some((value.to_owned(), place)),
                "citations" => match Citations::from_str(value) {
                    Ok(citations) => settings.citations = (citations, place),
                    Err(error) => refuse(error),
                },
                "numbers" => match NumberStyle::from_str(value) {
                    Ok(style) => settings.phrases.style = style,
                    Err(error) => refuse(error.to_string()),
                },
                "digits" => match value.parse() {
                    Ok(digits @ 0..=9) => settings.phrases.digits = digits,
                    _ => refuse("expected a number of decimals from 0 to 9".to_owned()),
                },
                _ => {}
            }
        }
        (settings, findings)
    }
}

/// Returns the length of the front matter, its two rules included; 0 where there is none.
#[must_use]
pub fn front_matter(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("---\n") else { return 0 };
    rest.find("\n---\n").map_or(0, |end| "---\n".len() + end + "\n---\n".len())
}

/// Returns the plain entries of the front matter: key, value without quotes, where the value stands.
fn entries(text: &str) -> impl Iterator<Item = (&str, &str, Range<usize>)> {
    let mut at = 0;
    text[..front_matter(text)].split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let (key, value) = line.split_once(':').filter(|(key, _)| !key.starts_with([' ', '-', '#']))?;
        let begin = start + key.len() + 1 + (value.len() - value.trim_start().len());
        let value = value.trim();
        let span = begin..begin + value.len();
        let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let plain = plain.or_else(|| value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')));
        Some((key, plain.unwrap_or(value), span)).filter(|(_, value, _)| !value.is_empty())
    })
}

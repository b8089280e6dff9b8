//! Other words for those of a figure: a translation, or a journal's own terms.

use super::text::Text;

/// Phrases and what stands in their place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dictionary {
    /// The longest first, so that a phrase within another does not get in its way.
    entries: Vec<(String, String)>,
}

impl Dictionary {
    /// Returns the dictionary of these phrases.
    #[must_use]
    pub fn new(entries: &[(String, String)]) -> Self {
        let mut entries: Vec<_> = entries.iter().filter(|(phrase, _)| !phrase.is_empty()).cloned().collect();
        entries.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        Self { entries }
    }

    /// Returns `text` with every phrase that stands in it as whole words replaced.
    ///
    /// ```
    /// use forestable::report::figure::words::Dictionary;
    /// let german = Dictionary::new(&[("Series".to_owned(), "Serie".to_owned())]);
    /// assert_eq!(german.translate("Series, all; Seriesly"), "Serie, all; Seriesly");
    /// ```
    #[must_use]
    pub fn translate(&self, text: &str) -> String {
        let (mut translated, mut rest, mut before) = (String::with_capacity(text.len()), text, ' ');
        while let Some(first) = rest.chars().next() {
            let fits = |phrase: &str| {
                let after = rest.strip_prefix(phrase).map(|after| after.chars().next().unwrap_or(' '));
                let last = phrase.chars().next_back().unwrap_or(' ');
                let whole = |a: char, b: char| !(a.is_alphanumeric() && b.is_alphanumeric());
                after.is_some_and(|after| whole(before, first) && whole(last, after))
            };
            let taken = match self.entries.iter().find(|(phrase, _)| fits(phrase)) {
                Some((phrase, words)) => {
                    translated.push_str(words);
                    phrase.len()
                }
                None => {
                    translated.push(first);
                    first.len_utf8()
                }
            };
            before = rest[..taken].chars().next_back().unwrap_or(' ');
            rest = &rest[taken..];
        }
        translated
    }

    /// Translates these strings in place.
    pub(super) fn all<'a>(&self, strings: impl IntoIterator<Item = &'a mut String>) {
        if !self.entries.is_empty() {
            strings.into_iter().for_each(|string| *string = self.translate(string));
        }
    }

    /// Translates these texts in place, face by face.
    pub(super) fn texts<'a>(&self, texts: impl IntoIterator<Item = &'a mut Text>) {
        if !self.entries.is_empty() {
            texts.into_iter().for_each(|text| *text = text.reworded(|run| self.translate(run)));
        }
    }
}

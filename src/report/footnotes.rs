//! Lettered footnotes in the order their marks appear.

use super::table::Footnote;

/// The footnotes of a table that is being made.
#[derive(Debug, Default)]
pub struct Footnotes(Vec<Footnote>);

impl Footnotes {
    /// Returns the letter of this text: its earlier one if the same words stand under the table already.
    pub fn mark(&mut self, text: impl Into<String>) -> String {
        let text = text.into();
        if let Some(known) = self.0.iter().find(|footnote| footnote.text == text) {
            return known.mark.clone();
        }
        let mark = letter(self.0.len());
        self.0.push(Footnote { mark: mark.clone(), text });
        mark
    }

    /// Returns the footnotes, first mark first.
    #[must_use]
    pub fn into_vec(self) -> Vec<Footnote> {
        self.0
    }
}

/// Returns a, b, … z, aa, ab, …
fn letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letter), ["a", "z", "aa", "ab", "zz", "aaa"]);
    }

    #[test]
    fn the_same_words_share_a_letter() {
        let mut footnotes = Footnotes::default();
        assert_eq!([footnotes.mark("x"), footnotes.mark("y"), footnotes.mark("x")], ["a", "b", "a"]);
        assert_eq!(footnotes.into_vec().len(), 2);
    }
}

//! Lettered footnotes in the order their marks appear.

use std::collections::BTreeMap;

use super::table::Footnote;

/// The footnotes of a table that is being made.
#[derive(Debug, Default)]
pub struct Footnotes {
    all: Vec<Footnote>,
    /// The position of each text.
    known: BTreeMap<String, usize>,
}

impl Footnotes {
    /// Returns the letter of this text: its earlier one if the same words stand under the table already.
    pub fn mark(&mut self, text: impl Into<String>) -> String {
        let text = text.into();
        if let Some(known) = self.known.get(&text) {
            return self.all[*known].mark.clone();
        }
        let mark = letter(self.all.len());
        self.known.insert(text.clone(), self.all.len());
        self.all.push(Footnote { mark: mark.clone(), text });
        mark
    }

    /// Returns the footnotes, first mark first.
    #[must_use]
    pub fn into_vec(self) -> Vec<Footnote> {
        self.all
    }
}

/// Puts the letters of one cell in the order of the footnotes, each once.
pub fn order(marks: &mut Vec<String>) {
    marks.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    marks.dedup();
}

/// The letters of footnotes: no q, which has no raised form that fonts know.
const LETTERS: &[u8; 25] = b"abcdefghijklmnoprstuvwxyz";

/// Returns a, b, … z, aa, ab, …
fn letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(LETTERS[rest % LETTERS.len()]));
        rest /= LETTERS.len();
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 15, 16, 24, 25, 26, 649, 650].map(letter), ["a", "p", "r", "z", "aa", "ab", "zz", "aaa"]);
    }

    #[test]
    fn the_letters_of_a_cell_stand_in_order() {
        let mut marks = ["aa", "c", "b", "c"].map(str::to_owned).into();
        order(&mut marks);
        assert_eq!(marks, ["b", "c", "aa"]);
    }

    #[test]
    fn the_same_words_share_a_letter() {
        let mut footnotes = Footnotes::default();
        assert_eq!([footnotes.mark("x"), footnotes.mark("y"), footnotes.mark("x")], ["a", "b", "a"]);
        assert_eq!(footnotes.into_vec().len(), 2);
    }
}

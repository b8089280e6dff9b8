//! Numbers as they stand in a text.

use std::ops::Range;

use super::phrases::number_of_word;

/// A number found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    /// Its bytes, sign included.
    pub span: Range<usize>,
    /// What it says.
    pub value: f64,
    /// Half a unit of its last digit: how far it may stand from what it rounds.
    pub half_unit: f64,
}

impl Numeral {
    /// Whether this is `value`, rounded to as many digits.
    #[must_use]
    pub fn is(&self, value: f64) -> bool {
        // The allowance is for binary fractions, far below any printed digit.
        (self.value - value).abs() <= self.half_unit + 1e-9 * value.abs().max(1.0)
    }

    /// Returns how many decimals it has.
    #[must_use]
    pub fn decimals(&self) -> usize {
        (0_i32..12).find(|digits| self.half_unit >= 0.499 * 10_f64.powi(-digits)).map_or(0, |digits| digits as usize)
    }
}

/// Returns the numbers of a text in their order: `58`, `−17.7`, `1,516`, `40·5`, `.04`; and words up to twelve.
///
/// A hyphen between two figures joins a range and is no minus sign. A comma before three figures groups thousands, before
/// any other number of them it is a decimal comma.
#[must_use]
pub fn numerals(text: &str) -> Vec<Numeral> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let before = text[..at].chars().next_back();
        let next = at + letter.len_utf8();
        let begins = !before.is_some_and(|before| before.is_alphanumeric() || before == '_');
        if letter.is_ascii_digit()
            || (letter == '.' && !before.is_some_and(char::is_alphanumeric) && digit_at(text, next))
        {
            let (numeral, end) = number(text, at);
            // `I2` and `pfs-2y` hold no number of their own.
            let part_of_word = !begins && !before.is_some_and(|before| before.is_ascii_digit());
            let unit_follows =
                text[end..].starts_with(|letter: char| letter.is_alphabetic()) && !text[end..].starts_with("mo");
            if !part_of_word && !unit_follows {
                found.push(signed(text, numeral));
            }
            at = end;
        } else if letter.is_alphabetic() && begins {
            let end = at + text[at..].find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len() - at);
            if let Some(value) = number_of_word(&text[at..end]) {
                found.push(Numeral { span: at..end, value: value as f64, half_unit: 0.5 });
            }
            at = end;
        } else {
            at = next;
        }
    }
    found
}

fn digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

/// Reads the number that begins at `start`, and returns it with the byte after it.
fn number(text: &str, start: usize) -> (Numeral, usize) {
    let figures = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut plain = String::new();
    let mut decimals = 0;
    let mut at = start;
    let take = |plain: &mut String, at: &mut usize, length: usize| {
        plain.push_str(&text[*at..*at + length]);
        *at += length;
    };
    let length = figures(at);
    take(&mut plain, &mut at, length);
    // Groups of three behind commas or narrow spaces.
    while !plain.is_empty() && plain.len() <= 15 {
        let sign = [",", "\u{202f}", "\u{2009}"].into_iter().find(|sign| text[at..].starts_with(sign));
        let Some(sign) = sign.filter(|sign| figures(at + sign.len()) == 3 && plain != "0") else { break };
        at += sign.len();
        take(&mut plain, &mut at, 3);
    }
    let point =
        [".", "·", ","].into_iter().find(|sign| text[at..].starts_with(sign) && digit_at(text, at + sign.len()));
    if let Some(point) = point {
        at += point.len();
        decimals = figures(at);
        plain.push('.');
        take(&mut plain, &mut at, decimals);
    }
    let value = plain.parse().unwrap_or(f64::NAN);
    let half_unit = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(12).min(12));
    (Numeral { span: start..at, value, half_unit }, at)
}

/// Gives a number the minus sign before it.
fn signed(text: &str, numeral: Numeral) -> Numeral {
    let before = &text[..numeral.span.start];
    let Some(sign) = ["$-$", "−", "-"].into_iter().find(|sign| before.ends_with(*sign)) else { return numeral };
    let joins =
        before[..before.len() - sign.len()].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | ')' | '-'));
    if joins {
        return numeral;
    }
    let start = numeral.span.start - sign.len();
    Numeral { span: start..numeral.span.end, value: -numeral.value, half_unit: numeral.half_unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_printed() {
        let read = |text: &str| numerals(text).iter().map(|numeral| numeral.value).collect::<Vec<_>>();
        assert_eq!(read("58% (41–72)"), [58.0, 41.0, 72.0]);
        assert_eq!(read("−17.7 points (-54.9 to 23.6, $-$5)"), [-17.7, -54.9, 23.6, -5.0]);
        assert_eq!(read("41-72 of 1,516; 40·5; 40,5; P = .04"), [41.0, 72.0, 1516.0, 40.5, 40.5, 0.04]);
        assert_eq!(read("Seven of 13 series, I2, 2-year"), [7.0, 13.0, 2.0]);
        assert_eq!(read("0,512"), [0.512]);
    }

    #[test]
    fn rounding_is_allowed_for_and_nothing_else() {
        let numeral = |text: &str| numerals(text).remove(0);
        assert!(numeral("58").is(58.49) && numeral("58").is(57.5));
        assert!(!numeral("58").is(58.6) && !numeral("58.0").is(58.06));
        assert_eq!([numeral("58").decimals(), numeral("58.25").decimals()], [0, 2]);
    }
}

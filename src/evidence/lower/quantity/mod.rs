//! Quantities as they are spelt: what is accepted, and how to mend what is not.

mod absence;
mod count;
mod date;
mod dose;
mod points;
mod proportion;
mod time;

pub use absence::ABSENCES;
pub(super) use dose::{dose_in_words, fractions_in_words};

use crate::diag::{Code, codes};

/// A value that has a spelling in the grammar.
pub trait Quantity: Sized {
    /// Returns the value that `text` spells.
    ///
    /// # Errors
    /// [`Refusal`], which says what is accepted and how to mend this text.
    fn parse(text: &str) -> Result<Self, Refusal>;
}

/// Why a spelling is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The finding's code.
    pub code: Code,
    /// What it is not: `a proportion`.
    pub noun: &'static str,
    /// What is accepted.
    pub expected: String,
    /// How to mend it.
    pub mend: String,
    /// The spelling that is meant without a doubt, if there is one.
    pub meant: Option<String>,
}

/// What is known of one kind of quantity.
struct Kind {
    code: Code,
    noun: &'static str,
    accepted: &'static str,
}

impl Kind {
    fn refuse<T>(&self, mend: impl Into<String>) -> Result<T, Refusal> {
        let (code, noun, expected) = (self.code, self.noun, self.accepted.to_owned());
        Err(Refusal { code, noun, expected, mend: mend.into(), meant: None })
    }

    /// Refuses a spelling where only one other can be meant.
    fn respell<T>(&self, meant: String) -> Result<T, Refusal> {
        self.refuse(format!("write `{meant}`")).map_err(|refusal| Refusal { meant: Some(meant), ..refusal })
    }
}

impl Refusal {
    /// Adds words that are accepted as well.
    fn or(self, words: &str) -> Self {
        Self { expected: format!("{}, or {words}", self.expected), ..self }
    }
}

const NUMBER: Kind = Kind { code: codes::BAD_NUMBER, noun: "a number", accepted: "a number such as `0.57`" };

/// A decimal number without sign, exponent or separators, and how many digits stand after its point.
fn decimal(text: &str) -> Option<(f64, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || text.len() > 24 {
        return None;
    }
    let places = if text.contains('.') { fraction.len() } else { 0 };
    Some((text.parse().ok()?, i32::try_from(places).ok()?))
}

/// Returns `text` with the decimal sign that the grammar knows, where it has another: `92·3` and `92,3`.
fn with_point(text: &str) -> Option<String> {
    let pointed = text.replace(['·', ',', '٫'], ".");
    (pointed != text && decimal(&pointed).is_some()).then_some(pointed)
}

impl Quantity for f64 {
    fn parse(text: &str) -> Result<Self, Refusal> {
        match decimal(text.strip_prefix('-').unwrap_or(text)) {
            Some((number, _)) => Ok(if text.starts_with('-') { -number } else { number }),
            None => match with_point(text) {
                Some(pointed) => NUMBER.respell(pointed),
                None => NUMBER.refuse("write the number alone, without unit or sign of comparison"),
            },
        }
    }
}

#[cfg(test)]
fn mend<Q: Quantity + std::fmt::Debug>(text: &str) -> String {
    Q::parse(text).unwrap_err().mend
}

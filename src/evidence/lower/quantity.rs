//! Quantities as they are spelt: what is accepted, and how to mend what is not.

use crate::diag::{Code, codes, nearest, one_of};
use crate::evidence::{Absence, Bound, Centres, Date, Grade, Level, Months, Printed, Proportion, Reported, TimePoint};

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

const PROPORTION: Kind = Kind {
    code: codes::BAD_PROPORTION,
    noun: "a proportion",
    accepted: "a proportion such as `62%`, `84.5%` or `0.62`",
};
const TIME: Kind = Kind {
    code: codes::BAD_TIME,
    noun: "a time",
    accepted: "a time with its unit: `2 years`, `24 months`, `12 weeks` or `90 days`",
};
const COUNT: Kind = Kind { code: codes::BAD_COUNT, noun: "a count", accepted: "a whole number, 0 or more" };
const DATE: Kind =
    Kind { code: codes::BAD_DATE, noun: "a date", accepted: "a date such as `2007`, `2007-03` or `2007-03-15`" };
const NUMBER: Kind = Kind { code: codes::BAD_NUMBER, noun: "a number", accepted: "a number such as `0.57`" };
const GRADE: Kind = Kind {
    code: codes::BAD_GRADE,
    noun: "a grade",
    accepted: "a grade from 0 to 5: `3`, `\"3+\"`, `4-5` or `unknown`",
};
const CENTRES: Kind =
    Kind { code: codes::BAD_COUNT, noun: "a number of centres", accepted: "a whole number from 1, or `multicentre`" };

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

impl Quantity for Printed {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let percent = text.strip_suffix('%').map(str::trim_end);
        let digits = percent.unwrap_or(text);
        let Some((number, places)) = decimal(digits) else {
            return match with_point(digits) {
                Some(pointed) => PROPORTION.respell(format!("{pointed}{}", if percent.is_some() { "%" } else { "" })),
                None if digits.starts_with(['-', '−', '–']) => PROPORTION.refuse("a proportion is never below 0"),
                None => PROPORTION.refuse("write the figure as printed, with its `%`"),
            };
        };
        let unit = if percent.is_some() { 0.01 } else { 1.0 };
        match (percent, number) {
            (Some(_), number) if number > 100.0 => {
                PROPORTION.refuse("a proportion is never above 100%: check the source")
            }
            (None, number) if number > 1.0 && number <= 100.0 => PROPORTION
                .refuse(format!("write {digits}% or {}", shifted(digits)))
                .map_err(|refusal| Refusal { meant: Some(format!("{digits}%")), ..refusal }),
            (None, number) if number > 100.0 => PROPORTION.refuse("a proportion is never above 100%: check the source"),
            (None, 1.0) => PROPORTION.refuse("write `100%`, or `1%` if that is meant"),
            (None, 0.0) => PROPORTION.refuse("write `0%`"),
            // Parsed with its exponent, `84.5%` is the double nearest to 0.845; divided by 100 it might not be.
            _ => Ok(Self {
                value: Proportion(scaled(digits, percent.is_some())),
                half_unit: 0.5 * unit / 10f64.powi(places),
            }),
        }
    }
}

/// Returns the number that `digits` spell, as a proportion.
fn scaled(digits: &str, percent: bool) -> f64 {
    format!("{digits}{}", if percent { "e-2" } else { "" }).parse().unwrap_or(f64::NAN)
}

/// Returns per cent as a proportion, digit for digit: `62` is `0.62`, `84.5` is `0.845`.
fn shifted(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() > 2 { "1".to_owned() } else { format!("0.{whole:0>2}{fraction}") }
}

impl Quantity for Proportion {
    fn parse(text: &str) -> Result<Self, Refusal> {
        Printed::parse(text).map(|printed| printed.value)
    }
}

impl Quantity for Level {
    fn parse(text: &str) -> Result<Self, Refusal> {
        match Printed::parse(text)?.value {
            Proportion(level) if level > 0.0 && level < 1.0 => Ok(Self(level)),
            Proportion(_) => PROPORTION.refuse("a confidence level lies between 0 and 100%: `95%`"),
        }
    }
}

/// Days in a month, on average over the leap years.
const DAYS: f64 = 30.4375;

/// Spellings of units, and months in each.
const UNITS: &[(&str, f64)] = &[
    ("years", 12.0),
    ("year", 12.0),
    ("y", 12.0),
    ("months", 1.0),
    ("month", 1.0),
    ("mo", 1.0),
    ("weeks", 7.0 / DAYS),
    ("week", 7.0 / DAYS),
    ("days", 1.0 / DAYS),
    ("day", 1.0 / DAYS),
];

impl Quantity for Months {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let unit_start = text.find(|character: char| character.is_alphabetic()).unwrap_or(text.len());
        let (digits, unit) = (text[..unit_start].trim_end(), &text[unit_start..]);
        let Some((number, _)) = decimal(digits) else {
            return match with_point(digits) {
                Some(pointed) => TIME.respell(format!("{pointed} {unit}")),
                None => TIME.refuse("write a number and its unit"),
            };
        };
        if unit.is_empty() {
            return TIME.refuse(format!("say the unit: `{digits} years` or `{digits} months`"));
        }
        match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, months)) => Ok(Self(number * months)),
            // A short word is near to many: `m` may be months or minutes.
            None => match nearest(unit, UNITS.iter().map(|(name, _)| *name).filter(|name| name.len() > 2)) {
                Some(unit) => TIME.respell(format!("{digits} {unit}")),
                None => TIME.refuse(format!("say the unit: `{digits} years` or `{digits} months`")),
            },
        }
    }
}

impl Quantity for TimePoint {
    fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "last follow-up" => Ok(Self::LastFollowUp),
            "not stated" => Ok(Self::NotStated),
            _ => Months::parse(text).map(Self::At).map_err(|refusal| refusal.or("`last follow-up` or `not stated`")),
        }
    }
}

impl Quantity for Bound {
    fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "not reached" => Ok(Self::NotReached),
            _ => Months::parse(text).map(Self::At).map_err(|refusal| refusal.or("`not reached`")),
        }
    }
}

impl Quantity for u64 {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let bare: String =
            text.chars().filter(|character| !matches!(character, ',' | ' ' | '\u{a0}' | '\u{202f}' | '_')).collect();
        match text.parse() {
            Ok(count) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(count),
            _ if bare != text && bare.parse::<Self>().is_ok() => COUNT.refuse(format!("write `{bare}`")),
            _ if decimal(text).is_some() => {
                COUNT.refuse("people and lesions are counted in whole numbers: check the source")
            }
            _ if text.ends_with('%') => COUNT.refuse("write the number of people; a percentage goes into `estimate`"),
            _ => COUNT.refuse("write the number alone, in digits: `1422`"),
        }
    }
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

impl Quantity for Date {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let parts: Vec<_> = text.split('-').collect();
        let number = |index: usize, length: usize| {
            let part = parts.get(index).filter(|part| part.len() == length)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let date = match parts.len() {
            1 => number(0, 4).map(|year| (year, None, None)),
            2 => number(0, 4).zip(number(1, 2)).map(|(year, month)| (year, Some(month), None)),
            3 => number(0, 4)
                .zip(number(1, 2))
                .zip(number(2, 2))
                .map(|((year, month), day)| (year, Some(month), Some(day))),
            _ => None,
        };
        let Some((year, month, day)) = date else {
            return DATE.refuse("write year, month and day with hyphens, as far as they are known");
        };
        let exists = month.is_none_or(|month| {
            (1..=12).contains(&month) && day.is_none_or(|day| (1..=days_in(year, month)).contains(&day))
        });
        if !exists || !(1800..3000).contains(&year) {
            return DATE.refuse("there is no such day: check the order, year first");
        }
        let small = |part: Option<u16>| part.and_then(|part| u8::try_from(part).ok());
        Ok(Self { year, month: small(month), day: small(day) })
    }
}

fn days_in(year: u16, month: u16) -> u16 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Quantity for Grade {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let grade = |text: &str| text.parse::<u8>().ok().filter(|grade| *grade <= 5 && text.len() == 1);
        if text == "unknown" {
            return Ok(Self::Unknown);
        }
        if let Some(grade) = grade(text) {
            return Ok(Self::Exactly(grade));
        }
        if let Some(least) = text.strip_suffix('+') {
            return grade(least)
                .map_or_else(|| GRADE.refuse("write `\"3+\"` for grade 3 or worse"), |least| Ok(Self::AtLeast(least)));
        }
        match text.split_once(['-', '–']).map(|(from, to)| (grade(from), grade(to))) {
            Some((Some(from), Some(to))) if from < to && !text.contains('–') => Ok(Self::Between(from, to)),
            Some((Some(from), Some(to))) if from < to => GRADE.refuse(format!("write `{from}-{to}` with a hyphen")),
            _ => GRADE.refuse("write `3`, or `\"3+\"` for grade 3 or worse"),
        }
    }
}

impl Quantity for Centres {
    fn parse(text: &str) -> Result<Self, Refusal> {
        match text.parse() {
            Ok(count) if count > 0 => Ok(Self::Count(count)),
            _ if text == "multicentre" => Ok(Self::Multicentre),
            _ => CENTRES.refuse("write the number alone, or `multicentre`"),
        }
    }
}

/// The words for why there is no figure.
pub const ABSENCES: [(&str, Absence); 4] = [
    ("not reported", Absence::NotReported),
    ("not reached", Absence::NotReached),
    ("not applicable", Absence::NotApplicable),
    ("unclear", Absence::Unclear),
];

impl<T: Quantity> Quantity for Reported<T> {
    fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some((_, absence)) = ABSENCES.iter().find(|(word, _)| *word == text) {
            return Ok(Self::Absent(*absence));
        }
        let words = ABSENCES.map(|(word, _)| word);
        T::parse(text).map(Self::Value).map_err(|refusal| {
            let refusal = refusal.or(&one_of(words));
            match nearest(text, words) {
                Some(word) => Refusal { mend: format!("write `{word}`"), ..refusal },
                None if is_blank(text) => Refusal {
                    mend: "say in words why there is no figure: `not reported`, most often".to_owned(),
                    ..refusal
                },
                None => refusal,
            }
        })
    }
}

/// Whether `text` is what a table prints in an empty cell.
fn is_blank(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "nr" | "n.r." | "na" | "n.a." | "n/a" | "nd" | "-" | "–" | "—" | "/" | "?"
    )
}

impl Refusal {
    /// Adds words that are accepted as well.
    fn or(self, words: &str) -> Self {
        Self { expected: format!("{}, or {words}", self.expected), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> f64 {
        Printed::parse(text).unwrap().value.0
    }

    fn mend<T: Quantity + std::fmt::Debug>(text: &str) -> String {
        T::parse(text).unwrap_err().mend
    }

    #[test]
    fn proportions_are_the_nearest_double() {
        assert_eq!(value("62%"), 0.62);
        assert_eq!(value("62 %"), 0.62);
        assert_eq!(value("0.62"), 0.62);
        assert_eq!(value("84.5%"), 0.845);
        assert_eq!(value("100%"), 1.0);
        assert_eq!(value("0%"), 0.0);
        assert_eq!(Printed::parse("97%").unwrap().half_unit, 0.005);
        assert!((Printed::parse("84.5%").unwrap().half_unit - 0.0005).abs() < 1e-18);
        assert!((Printed::parse("0.620").unwrap().half_unit - 0.0005).abs() < 1e-18);
    }

    #[test]
    fn refused_proportions_say_how_to_mend_them() {
        assert_eq!(mend::<Printed>("62"), "write 62% or 0.62");
        assert_eq!(mend::<Printed>("8"), "write 8% or 0.08");
        assert_eq!(mend::<Printed>("84.5"), "write 84.5% or 0.845");
        assert_eq!(mend::<Printed>("1"), "write `100%`, or `1%` if that is meant");
        assert_eq!(mend::<Printed>("84,5%"), "write `84.5%`");
        assert_eq!(mend::<Printed>("92·3%"), "write `92.3%`");
        for text in ["101%", "-1%", "nan", "inf", "1e-1", "", "%", ".5", "5.", "+5%", "0x1", "6 2%", "~"] {
            assert!(Printed::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_held_in_months() {
        for text in ["2 years", "2 y", "24 months", "24 mo", "2years"] {
            assert_eq!(Months::parse(text), Ok(Months(24.0)), "{text}");
        }
        assert_eq!(Months::parse("1 year"), Ok(Months(12.0)));
        assert_eq!(Months::parse("12 weeks"), Ok(Months(12.0 * 7.0 / 30.4375)));
        assert_eq!(mend::<Months>("24"), "say the unit: `24 years` or `24 months`");
        assert_eq!(mend::<Months>("2 yeers"), "write `2 years`");
        assert_eq!(mend::<Bound>("3,4 years"), "write `3.4 years`");
        assert!(Months::parse("-1 year").is_err());
    }

    #[test]
    fn counts_dates_and_grades() {
        assert_eq!(u64::parse("1422"), Ok(1422));
        assert_eq!(mend::<u64>("1,422"), "write `1422`");
        assert!(["-1", "+1", "1.0", "1e3", "99999999999999999999"].iter().all(|text| u64::parse(text).is_err()));
        assert_eq!(Date::parse("2007-03-15"), Ok(Date { year: 2007, month: Some(3), day: Some(15) }));
        assert!(
            ["2007-13", "2007-02-30", "15-03-2007", "2007-3", "07", "2007-03-15-1"]
                .iter()
                .all(|text| Date::parse(text).is_err())
        );
        assert_eq!(Grade::parse("3+"), Ok(Grade::AtLeast(3)));
        assert_eq!(Grade::parse("4-5"), Ok(Grade::Between(4, 5)));
        assert!(["6", "5-4", "3-3", "g3", "4–5", "+"].iter().all(|text| Grade::parse(text).is_err()));
    }

    #[test]
    fn absence_is_four_different_words() {
        assert_eq!(Reported::<u64>::parse("not reported"), Ok(Reported::Absent(Absence::NotReported)));
        assert_eq!(mend::<Reported<u64>>("not reporte"), "write `not reported`");
        let mend = mend::<Reported<u64>>("NR");
        assert!(mend.contains("`not reported`"), "{mend}");
    }
}

//! Whole numbers: people and lesions, grades, centres.

use super::{Kind, Quantity, Refusal, decimal};
use crate::diag::codes;
use crate::evidence::{Centres, Grade};

const COUNT: Kind = Kind { code: codes::BAD_COUNT, noun: "a count", accepted: "a whole number, 0 or more" };
const GRADE: Kind = Kind {
    code: codes::BAD_GRADE,
    noun: "a grade",
    accepted: "a grade from 0 to 5: `3`, `\"3+\"`, `4-5` or `unknown`",
};
const CENTRES: Kind =
    Kind { code: codes::BAD_COUNT, noun: "a number of centres", accepted: "a whole number from 1, or `multicentre`" };

/// More people than there are; sums of counts up to it are far from any limit.
const MOST: u64 = 10_000_000_000;

impl Quantity for u64 {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let bare: String =
            text.chars().filter(|character| !matches!(character, ',' | ' ' | '\u{a0}' | '\u{202f}' | '_')).collect();
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(count) if is_digits && count <= MOST => Ok(count),
            _ if is_digits => COUNT.refuse("no study counts so many: are these two numbers?"),
            _ if bare != text && bare.parse::<Self>().is_ok() => COUNT.refuse(format!("write `{bare}`")),
            _ if text.strip_prefix(['-', '−', '–']).is_some_and(|rest| decimal(rest).is_some()) => {
                COUNT.refuse("a count is never negative: check the source")
            }
            _ if decimal(text).is_some() => {
                COUNT.refuse("people and lesions are counted in whole numbers: check the source")
            }
            _ if text.ends_with('%') => COUNT.refuse("write the number of people; a percentage goes into `estimate`"),
            _ => COUNT.refuse("write the number alone, in digits: `1422`"),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

    #[test]
    fn counts_are_digits() {
        assert_eq!(u64::parse("1422"), Ok(1422));
        assert_eq!(mend::<u64>("1,422"), "write `1422`");
        assert_eq!(mend::<u64>("-80"), "a count is never negative: check the source");
        assert!(
            ["-1", "+1", "1.0", "1e3", "10000000001", "99999999999999999999"]
                .iter()
                .all(|text| u64::parse(text).is_err())
        );
    }

    #[test]
    fn grades_are_one_or_a_range() {
        assert_eq!(Grade::parse("3+"), Ok(Grade::AtLeast(3)));
        assert_eq!(Grade::parse("4-5"), Ok(Grade::Between(4, 5)));
        assert!(["6", "5-4", "3-3", "g3", "4–5", "+"].iter().all(|text| Grade::parse(text).is_err()));
    }
}

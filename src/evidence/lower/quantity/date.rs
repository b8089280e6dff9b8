//! Dates as finely as they are known: `2007`, `2007-03`, `2007-03-15`.

use super::{Kind, Quantity, Refusal};
use crate::diag::codes;
use crate::evidence::Date;

const DATE: Kind =
    Kind { code: codes::BAD_DATE, noun: "a date", accepted: "a date such as `2007`, `2007-03` or `2007-03-15`" };

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist() {
        assert_eq!(Date::parse("2007-03-15"), Ok(Date { year: 2007, month: Some(3), day: Some(15) }));
        for text in ["2007-13", "2007-02-30", "15-03-2007", "2007-3", "07", "2007-03-15-1"] {
            assert!(Date::parse(text).is_err(), "{text}");
        }
    }
}

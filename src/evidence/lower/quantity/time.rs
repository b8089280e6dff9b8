//! Times with their unit: `2 years`, `18 months`, `90 days`.

use super::{Kind, Quantity, Refusal, decimal, with_point};
use crate::diag::{codes, nearest};
use crate::evidence::{Bound, Months, TimePoint};

const TIME: Kind = Kind {
    code: codes::BAD_TIME,
    noun: "a time",
    accepted: "a time with its unit: `2 years`, `24 months`, `12 weeks` or `90 days`",
};

/// Nobody is followed for more than a hundred years, in months.
const LONGEST: f64 = 1200.0;

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
            Some((_, months)) if number * months > LONGEST => {
                TIME.refuse("nobody is followed for more than 100 years: check the number and its unit")
            }
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
            _ => match Months::parse(text) {
                Ok(Months(0.0)) => TIME.refuse("everyone is alive at time 0: write the time at which the figure holds"),
                read => read.map(Self::At),
            }
            .map_err(|refusal| refusal.or("`last follow-up` or `not stated`")),
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

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

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
    fn impossible_times_are_refused() {
        for text in ["99999999999 years", "200 years", "50000 months", "2800 years", "40000 days"] {
            assert!(mend::<Months>(text).starts_with("nobody is followed for more than 100 years"), "{text}");
        }
        assert_eq!(Months::parse("100 years"), Ok(Months(1200.0)));
        assert!(mend::<TimePoint>("0 years").starts_with("everyone is alive at time 0"));
        assert_eq!(Bound::parse("0 months"), Ok(Bound::At(Months(0.0))));
    }
}

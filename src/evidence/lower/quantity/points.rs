//! Percentage points: `1 point`, `0.5 points`.

use super::{Kind, Quantity, Refusal, decimal, with_point};
use crate::diag::codes;
use crate::evidence::Points;

const POINTS: Kind = Kind {
    code: codes::BAD_NUMBER,
    noun: "a number of percentage points",
    accepted: "percentage points such as `1 point` or `2.5 points`",
};

impl Quantity for Points {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = ["points", "point"].iter().find_map(|unit| text.strip_suffix(unit)).map(str::trim_end);
        match digits {
            Some(digits) => match decimal(digits) {
                Some((number, _)) if number > 0.0 && number <= 100.0 => Ok(Self(number / 100.0)),
                Some(_) => POINTS.refuse("a limit lies above 0 and at most at 100 points"),
                None => match with_point(digits) {
                    Some(pointed) => POINTS.respell(format!("{pointed} points")),
                    None => POINTS.refuse("write a number and `points`"),
                },
            },
            None => match decimal(text.trim_end_matches('%').trim_end()) {
                // A per cent of what: of the value, or a point?
                Some((number, _)) => POINTS.refuse(format!("write `{number} points`")),
                None => POINTS.refuse("write a number and `points`"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

    #[test]
    fn points_say_that_they_are() {
        assert_eq!(Points::parse("1 point"), Ok(Points(0.01)));
        assert_eq!(Points::parse("2.5points"), Ok(Points(0.025)));
        assert_eq!(mend::<Points>("1"), "write `1 points`");
        assert_eq!(mend::<Points>("1%"), "write `1 points`");
        assert_eq!(mend::<Points>("0,5 points"), "write `0.5 points`");
        assert!(["0 points", "101 points", "-1 point", "points", ""].iter().all(|text| Points::parse(text).is_err()));
    }
}

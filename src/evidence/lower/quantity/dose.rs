//! Doses with their unit: `54 Gy`, `5400 cGy`.

use super::{Kind, Quantity, Refusal, decimal, with_point};
use crate::diag::codes;
use crate::evidence::Gray;

const DOSE: Kind =
    Kind { code: codes::BAD_DOSE, noun: "a dose", accepted: "a dose with its unit: `54 Gy`, `37.5 Gy` or `5400 cGy`" };

/// No course of radiotherapy has a total dose above this, in gray.
const LARGEST: f64 = 300.0;

impl Quantity for Gray {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let unit_start = text.find(|character: char| character.is_alphabetic()).unwrap_or(text.len());
        let (digits, unit) = (text[..unit_start].trim_end(), &text[unit_start..]);
        let Some((number, _)) = decimal(digits) else {
            return match with_point(digits) {
                Some(pointed) if !unit.is_empty() => DOSE.respell(format!("{pointed} {unit}")),
                _ => DOSE.refuse("write a number and its unit; a range is `[30 Gy, 60 Gy]`"),
            };
        };
        let gray = match unit {
            "Gy" => number,
            // One number divided, so that 5400 cGy is 54 Gy and not the double beside it.
            "cGy" => number / 100.0,
            "" => return DOSE.refuse(format!("say the unit: `{digits} Gy`, or `{digits} cGy`")),
            "gy" | "GY" | "gray" | "Gray" => return DOSE.respell(format!("{digits} Gy")),
            "cgy" | "CGY" | "cGY" => return DOSE.respell(format!("{digits} cGy")),
            _ => return DOSE.refuse(format!("say the unit: `{digits} Gy`, or `{digits} cGy`")),
        };
        match gray {
            0.0 => DOSE.refuse("a dose lies above 0; leave it out where the paper does not give it"),
            gray if gray > LARGEST => DOSE.refuse(format!("no course has {gray} Gy: is `{digits} cGy` meant?")),
            gray => Ok(Self(gray)),
        }
    }
}

/// Returns a dose, or the two ends of one, as free words give them without a doubt: `54 Gy`, `30–60 Gy`.
pub(in crate::evidence::lower) fn dose_in_words(words: &str) -> Option<(Gray, Gray)> {
    if let Ok(dose) = Gray::parse(words) {
        return Some((dose, dose));
    }
    let (from, to) = words.split_once(['–', '-'])?;
    let to = Gray::parse(to.trim()).ok()?;
    let from = from.trim();
    let from = Gray::parse(from).or_else(|_| Gray::parse(&format!("{from} Gy"))).ok()?;
    (from < to).then_some((from, to))
}

/// Returns a number of fractions, or both ends, as free words give them without a doubt: `3`, `3–8`.
pub(in crate::evidence::lower) fn fractions_in_words(words: &str) -> Option<(u64, u64)> {
    let count = |text: &str| u64::parse(text.trim()).ok().filter(|count| *count > 0);
    if let Some(count) = count(words) {
        return Some((count, count));
    }
    let (from, to) = words.split_once(['–', '-'])?;
    count(from).zip(count(to)).filter(|(from, to)| from < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

    #[test]
    fn doses_say_their_unit() {
        assert_eq!(Gray::parse("54 Gy"), Ok(Gray(54.0)));
        assert_eq!(Gray::parse("37.5Gy"), Ok(Gray(37.5)));
        assert_eq!(Gray::parse("5400 cGy"), Ok(Gray(54.0)));
        assert_eq!(mend::<Gray>("54"), "say the unit: `54 Gy`, or `54 cGy`");
        assert_eq!(mend::<Gray>("54 gray"), "write `54 Gy`");
        assert_eq!(mend::<Gray>("37,5 Gy"), "write `37.5 Gy`");
        assert_eq!(mend::<Gray>("5400 Gy"), "no course has 5400 Gy: is `5400 cGy` meant?");
        assert!(
            ["0 Gy", "-5 Gy", "Gy", "", "30–60 Gy", "1e2 Gy", "54 mGy"].iter().all(|text| Gray::parse(text).is_err())
        );
    }

    #[test]
    fn words_are_read_where_they_leave_no_doubt() {
        assert_eq!(dose_in_words("54 Gy"), Some((Gray(54.0), Gray(54.0))));
        assert_eq!(dose_in_words("24–60 Gy"), Some((Gray(24.0), Gray(60.0))));
        assert_eq!(dose_in_words("24 Gy - 60 Gy"), Some((Gray(24.0), Gray(60.0))));
        for words in ["median 45 Gy (12–60)", "typically ≥50 Gy", "SBRT 30–45 Gy, IMRT 60 Gy", "60–24 Gy", "54"]
        {
            assert_eq!(dose_in_words(words), None, "{words}");
        }
        assert_eq!(fractions_in_words("3"), Some((3, 3)));
        assert_eq!(fractions_in_words("3–8"), Some((3, 8)));
        for words in ["3 consecutive", "median 3 (1–5)", "0", "8-3"] {
            assert_eq!(fractions_in_words(words), None, "{words}");
        }
    }
}

//! Proportions: `62%`, `84.5%`, `0.62`.

use super::{Kind, Quantity, Refusal, decimal, with_point};
use crate::diag::codes;
use crate::evidence::{Level, Printed, Proportion};

const PROPORTION: Kind = Kind {
    code: codes::BAD_PROPORTION,
    noun: "a proportion",
    accepted: "a proportion such as `62%`, `84.5%` or `0.62`",
};

const LEVEL: Kind = Kind {
    code: codes::BAD_PROPORTION,
    noun: "a confidence level",
    accepted: "a confidence level such as `95%` or `0.95`",
};

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
        match Printed::parse(text) {
            Ok(Printed { value: Proportion(level), .. }) if level > 0.0 && level < 1.0 => Ok(Self(level)),
            Err(Refusal { meant: Some(meant), mend, .. }) if meant != "100%" => {
                LEVEL.refuse(mend).map_err(|refusal| Refusal { meant: Some(meant), ..refusal })
            }
            _ => LEVEL.refuse("a confidence level lies between 0% and 100%: the usual is `95%`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

    fn value(text: &str) -> f64 {
        Printed::parse(text).unwrap().value.0
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
    fn levels_are_never_told_to_be_what_is_refused_too() {
        for text in ["0", "1", "0%", "100%", "100", "ninety", "-5%"] {
            assert!(mend::<Level>(text).starts_with("a confidence level lies between 0% and 100%"), "{text}");
        }
        assert_eq!(mend::<Level>("95"), "write 95% or 0.95");
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
}

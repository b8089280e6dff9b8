//! Quantities that cannot be mistaken for one another.

use std::fmt;

use serde::Serialize;

/// A proportion between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Proportion(pub f64);

/// A number of percentage points, as a difference of proportions: 0.01 is one point.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Points(pub f64);

/// A time in months (a year is 12, a week 7/30.4375, a day 1/30.4375).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Months(pub f64);

/// The unit in which a time was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// Years.
    Years,
    /// Months.
    #[default]
    Months,
    /// Weeks.
    Weeks,
    /// Days.
    Days,
}

impl TimeUnit {
    /// Returns the unit of a time as a study file spells it: `2.6 years`, `24 mo`; `None` where it names none.
    #[must_use]
    pub fn named_in(text: &str) -> Option<Self> {
        match text.trim_start_matches(|c: char| !c.is_alphabetic()).chars().next()? {
            'y' => Some(Self::Years),
            'm' => Some(Self::Months),
            'w' => Some(Self::Weeks),
            'd' => Some(Self::Days),
            _ => None,
        }
    }

    /// Returns how many months one of it is.
    #[must_use]
    pub fn months(self) -> f64 {
        const DAY: f64 = 1.0 / 30.4375;
        match self {
            Self::Years => 12.0,
            Self::Months => 1.0,
            Self::Weeks => 7.0 * DAY,
            Self::Days => DAY,
        }
    }

    /// Returns its name, of several.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Years => "years",
            Self::Months => "months",
            Self::Weeks => "weeks",
            Self::Days => "days",
        }
    }
}

/// A confidence level strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Level(pub f64);

impl Level {
    /// The usual 95%.
    pub const NINETY_FIVE: Self = Self(0.95);
}

/// A proportion as it was printed: its value and how finely.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Printed {
    /// The value, as a proportion.
    pub value: Proportion,
    /// Half a unit of the last printed digit, as a proportion: 0.005 for `97%`, 0.0005 for `84.5%`.
    pub half_unit: f64,
}

/// Why there is no figure: four different things, four different marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// The paper does not give it.
    NotReported,
    /// The curve did not fall that far.
    NotReached,
    /// It has no meaning for this series.
    NotApplicable,
    /// The paper is ambiguous.
    Unclear,
}

/// A figure, or the reason there is none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reported<T> {
    /// The paper gives it.
    Value(T),
    /// It does not.
    Absent(Absence),
}

impl<T: Copy> Reported<T> {
    /// Returns the figure, if there is one.
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Absent(_) => None,
        }
    }
}

/// An end of an interval of times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// This time.
    At(Months),
    /// Not reached.
    NotReached,
}

/// Prints a proportion as finely as the paper did: `84.5%`.
impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = (0..12).find(|places| self.half_unit * 100.0 >= 0.499 * 10f64.powi(-places)).unwrap_or(12);
        write!(f, "{:.*}%", usize::try_from(places).unwrap_or(0), self.value.0 * 100.0)
    }
}

/// Prints whole years as years and anything else as months: `2 years`, `17 months`, `6.7 months`.
impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) =
            if self.0 >= 12.0 && self.0 % 12.0 == 0.0 { (self.0 / 12.0, "year") } else { (self.0, "month") };
        let digits = format!("{number:.1}");
        let digits = digits.strip_suffix(".0").unwrap_or(&digits);
        write!(f, "{digits} {unit}{}", if digits == "1" { "" } else { "s" })
    }
}

/// Prints the level as the grammar spells it: `95%`.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.2}", self.0 * 100.0);
        write!(f, "{}%", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Prints the time, or `not reached`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(months) => months.fmt(f),
            Self::NotReached => f.write_str("not reached"),
        }
    }
}

impl Printed {
    /// Whether this is above `other` by more than the rounding of both explains.
    #[must_use]
    pub fn exceeds(self, other: Self) -> bool {
        self.value.0 - self.half_unit > other.value.0 + other.half_unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_print_as_they_were_printed() {
        let printed = |value, half_unit| Printed { value: Proportion(value), half_unit }.to_string();
        assert_eq!(printed(0.62, 0.005), "62%");
        assert_eq!(printed(0.845, 0.0005), "84.5%");
        assert_eq!(printed(0.76, 0.0005), "76.0%");
        assert_eq!(printed(0.5, 0.05), "50%");
        assert_eq!(
            [12.0, 24.0, 17.0, 40.8, 1.0].map(|months| Months(months).to_string()),
            ["1 year", "2 years", "17 months", "40.8 months", "1 month"]
        );
    }
}

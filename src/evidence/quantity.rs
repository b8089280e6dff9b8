//! Quantities that cannot be mistaken for one another.

use serde::Serialize;

/// A proportion between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Proportion(pub f64);

/// A time in months (a year is 12, a week 7/30.4375, a day 1/30.4375).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Months(pub f64);

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

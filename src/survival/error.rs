//! Why figures give no curve.

use std::fmt;

/// Why figures give no curve; `index` counts the rows of the input from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum SurvivalError {
    /// There is nothing to work on.
    TooFew {
        /// What there is too little of, in the plural.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A figure is NaN, infinite, or outside the range that its kind allows.
    Figure {
        /// Its row.
        index: usize,
        /// Its name, as the column is called.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What was expected, in words.
        expected: &'static str,
    },
    /// A figure moves in a direction that its kind does not allow: times that step back, survival that rises.
    Order {
        /// Its row.
        index: usize,
        /// Its name, as the column is called.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The value before it.
        previous: f64,
        /// What was expected, in words.
        expected: &'static str,
    },
    /// The figures do not tell all coefficients of the model apart: a group without series, say.
    NotEstimable,
    /// The iteration did not come to rest.
    NoConvergence,
}

impl fmt::Display for SurvivalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { what, found, needed } => write!(f, "{found} {what}, at least {needed} needed"),
            Self::Figure { name, value, expected, .. } => write!(f, "`{name}` is {value}, expected {expected}"),
            Self::Order { name, value, previous, expected, .. } => {
                write!(f, "`{name}` is {value} after {previous}, expected {expected}")
            }
            Self::NotEstimable => f.write_str("these figures do not tell all coefficients of the model apart"),
            Self::NoConvergence => f.write_str("the iteration did not converge"),
        }
    }
}

impl std::error::Error for SurvivalError {}

impl SurvivalError {
    /// Returns the error with its row counted anew, for rows that were taken out of a longer table.
    #[must_use]
    pub fn at_row(mut self, row_of: impl FnOnce(usize) -> usize) -> Self {
        if let Self::Figure { index, .. } | Self::Order { index, .. } = &mut self {
            *index = row_of(*index);
        }
        self
    }

    /// Returns the row that is at fault, counted from 0, where it is one row.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::Figure { index, .. } | Self::Order { index, .. } => Some(*index),
            Self::TooFew { .. } | Self::NotEstimable | Self::NoConvergence => None,
        }
    }
}

/// Returns `value` if it is a finite number, 0 or more.
pub(super) fn not_negative(index: usize, name: &'static str, value: f64) -> Result<f64, SurvivalError> {
    if value >= 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(SurvivalError::Figure { index, name, value, expected: "a number, 0 or more" })
}

/// Returns `value` if it lies within 0 and 1.
pub(super) fn proportion(index: usize, name: &'static str, value: f64) -> Result<f64, SurvivalError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(value);
    }
    Err(SurvivalError::Figure { index, name, value, expected: "a proportion between 0 and 1" })
}

/// Returns `value` if it is a finite number above 0.
pub(super) fn above_zero(index: usize, name: &'static str, value: f64) -> Result<f64, SurvivalError> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(SurvivalError::Figure { index, name, value, expected: "a number above 0" })
}

/// Returns `value` if it is not above the value before it.
pub(super) fn not_above(index: usize, name: &'static str, value: f64, previous: f64) -> Result<f64, SurvivalError> {
    if value <= previous {
        return Ok(value);
    }
    Err(SurvivalError::Order { index, name, value, previous, expected: "no more than before" })
}

/// Returns `time` if it comes after the time before it.
pub(super) fn later(index: usize, time: f64, previous: f64) -> Result<f64, SurvivalError> {
    if time > previous {
        return Ok(time);
    }
    Err(SurvivalError::Order { index, name: "time", value: time, previous, expected: "a later time than before" })
}

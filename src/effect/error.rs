//! Why a published result gives no effect.

use std::fmt;

use super::Measure;

/// Why a published result gives no effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EffectError {
    /// A figure is NaN, infinite, or outside the range that its kind allows.
    Figure {
        /// The figure's name, as the column is called.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What was expected, in words.
        expected: &'static str,
    },
    /// More events than there are patients.
    EventsAboveN {
        /// The events' name, as the column is called.
        name: &'static str,
        /// The events.
        events: f64,
        /// The patients.
        n: f64,
    },
    /// The lower end of an interval is not below its upper end.
    ReversedInterval {
        /// The lower end.
        lower: f64,
        /// The upper end.
        upper: f64,
    },
    /// An interval does not hold its estimate.
    OutsideInterval {
        /// The estimate's name, as the column is called.
        name: &'static str,
        /// The estimate.
        value: f64,
        /// The ends of the interval.
        ends: (f64, f64),
    },
    /// The measure is made from other figures.
    WrongInput(Measure),
    /// The figures are sound, but the measure has no value or no variance at them.
    Undefined(Measure),
}

impl fmt::Display for EffectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure { name, value, expected } => write!(f, "`{name}` is {value}, expected {expected}"),
            Self::EventsAboveN { name, events, n } => write!(f, "`{name}` is {events}, more than the {n} observed"),
            Self::ReversedInterval { lower, upper } => {
                write!(f, "the interval's lower end is {lower}, not below its upper end {upper}")
            }
            Self::OutsideInterval { name, value, ends: (lower, upper) } => {
                write!(f, "`{name}` is {value}, outside its interval from {lower} to {upper}")
            }
            Self::WrongInput(measure) => write!(f, "the measure {measure} is made from other figures"),
            Self::Undefined(measure) => write!(f, "the measure {measure} has no value or no variance at these figures"),
        }
    }
}

impl std::error::Error for EffectError {}

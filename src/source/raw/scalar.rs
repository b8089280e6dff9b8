//! Values as they are spelt: `1.10`, `62%` and `no` stay what the author wrote. Each kind tells editors what it accepts.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// Declares a kind of value: its name, what editors show for it, and its JSON Schema.
macro_rules! spelling {
    ($($(#[doc = $doc:literal])+ $name:ident $schema:tt)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        pub struct $name(Box<str>);

        impl From<String> for $name {
            fn from(spelling: String) -> Self {
                Self(spelling.into_boxed_str())
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

spelling! {
    /// Free words.
    Text {"type": ["string", "number"], "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]*$"}

    /// An id: words in lower case and digits, joined by hyphens, such as `milano-2012`.
    Id {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}

    /// A proportion: `62%`, `84.5%` or `0.62`.
    Share {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    ]}

    /// A proportion, or the word for why there is none.
    ShareOrAbsence {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"enum": ["not reported", "not reached", "not applicable", "unclear"]}
    ]}

    /// Percentage points: `1 point`, `2.5 points`.
    Points {"type": "string", "pattern": r"^\d+(\.\d+)? ?points?$"}

    /// A dose with its unit: `54 Gy`, `5400 cGy`.
    Dose {"type": "string", "pattern": r"^\d+(\.\d+)? ?c?Gy$"}

    /// A time with its unit: `2 years`, `24 months`, `12 weeks`, `90 days`.
    Time {"type": "string", "pattern": r"^\d+(\.\d+)? ?(years?|y|months?|mo|weeks?|w|days?|d)$"}

    /// A time with its unit, or the word for why there is none.
    TimeOrAbsence {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?(years?|y|months?|mo|weeks?|w|days?|d)$"},
        {"enum": ["not reported", "not reached", "not applicable", "unclear"]}
    ]}

    /// When a proportion holds: a time with its unit, `last follow-up` or `not stated`.
    Moment {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?(years?|y|months?|mo|weeks?|w|days?|d)$"},
        {"enum": ["last follow-up", "not stated"]}
    ]}

    /// An end of an interval: a proportion, a time with its unit, a ratio, or `not reached`.
    End {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?(%|years?|y|months?|mo|weeks?|w|days?|d)$"},
        {"type": "number", "minimum": 0},
        {"const": "not reached"}
    ]}

    /// A whole number.
    Count {"type": "integer", "minimum": 0}

    /// A whole number, or the word for why there is none.
    CountOrAbsence {"anyOf": [
        {"type": "integer", "minimum": 0},
        {"enum": ["not reported", "not reached", "not applicable", "unclear"]}
    ]}

    /// How many there are in a group, or the word for why that is not known.
    SizeOrAbsence {"anyOf": [
        {"type": "integer", "minimum": 1},
        {"enum": ["not reported", "not reached", "not applicable", "unclear"]}
    ]}

    /// A number.
    Number {"type": "number"}

    /// A date as finely as it is known: `2007`, `2007-03`, `2007-03-15`.
    Day {"anyOf": [
        {"type": "integer", "minimum": 1800, "maximum": 2999},
        {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
    ]}

    /// A grade: `3`, `3+` (3 or worse), `4-5`, or `unknown`.
    Grades {"anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 5},
        {"type": "string", "pattern": r"^[0-5](\+|-[0-5])?$"},
        {"const": "unknown"}
    ]}

    /// A confidence level: `95%`.
    Confidence {"anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    ]}
}

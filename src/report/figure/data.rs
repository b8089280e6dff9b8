//! The numbers behind a figure as a plain table, for whoever draws it anew.

use serde::Serialize;

/// What a figure draws, in full double precision; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Data {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, a text a column.
    pub rows: Vec<Vec<String>>,
}

/// Returns `value` in the shortest digits that give it back; empty where there is none.
#[must_use]
pub fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

//! Columns of numbers, and faults of survival figures shown where they stand.

use forestable::diag::{Diagnostic, codes};
use forestable::evidence::{Printed, Quantity as _};
use forestable::source::{Column, Numbers};
use forestable::survival::SurvivalError;

/// Gathers cells; every fault is found, not the first alone.
pub struct Input<'a> {
    table: &'a Numbers,
    faults: Vec<Diagnostic>,
}

impl<'a> Input<'a> {
    /// Begins with no fault.
    pub fn new(table: &'a Numbers) -> Self {
        Self { table, faults: Vec::new() }
    }

    /// Returns the column of this name as it is written; empty where there is none, which is a fault.
    pub fn texts(&mut self, name: &str) -> Vec<&'a str> {
        self.column(name).map(|column| column.texts().collect()).unwrap_or_default()
    }

    /// Returns the column of this name as numbers; empty where there is none, which is a fault.
    pub fn numbers(&mut self, name: &str) -> Vec<f64> {
        let Some(column) = self.column(name) else { return Vec::new() };
        (0..self.table.len()).map(|row| self.number(column, row).unwrap_or(f64::NAN)).collect()
    }

    /// Returns the column of this name, `None` in empty cells (and `NA`); all of them where there is no such column.
    pub fn optional(&mut self, name: &str) -> Vec<Option<f64>> {
        let Some(column) = self.table.column(name) else { return vec![None; self.table.len()] };
        let cells: Vec<&str> = column.texts().collect();
        let cells = cells.into_iter().enumerate();
        cells.map(|(row, cell)| if matches!(cell, "" | "NA") { None } else { self.number(column, row) }).collect()
    }

    /// Returns the series of each row, counted by first appearance, from the names in this column.
    pub fn labels(&mut self, name: &str) -> (Vec<usize>, Vec<&'a str>) {
        let mut names: Vec<&str> = Vec::new();
        let texts = self.texts(name);
        let numbers = texts
            .into_iter()
            .map(|text| {
                names.iter().position(|known| *known == text).unwrap_or_else(|| {
                    names.push(text);
                    names.len() - 1
                })
            })
            .collect();
        (numbers, names)
    }

    /// Returns whether each row had the event: `1`, `true` or `0`, `false`.
    pub fn events(&mut self, name: &str) -> Vec<bool> {
        let Some(column) = self.column(name) else { return Vec::new() };
        let cells: Vec<&str> = column.texts().collect();
        let read = |(row, cell): (usize, &str)| match cell.to_ascii_lowercase().as_str() {
            "1" | "true" => true,
            "0" | "false" => false,
            _ => {
                let finding = Diagnostic::new(codes::BAD_NUMBER, column.place(row), format!("`{cell}` is no event"));
                self.faults.push(finding.expected("`1` for the event, `0` for censored"));
                false
            }
        };
        cells.into_iter().enumerate().map(read).collect()
    }

    /// Adds a fault.
    pub fn fault(&mut self, finding: Diagnostic) {
        self.faults.push(finding);
    }

    /// Returns `answer`, or every fault found.
    pub fn sound<T>(self, answer: T) -> Result<T, Vec<Diagnostic>> {
        if self.faults.is_empty() { Ok(answer) } else { Err(self.faults) }
    }

    fn column(&mut self, name: &str) -> Option<Column<'a>> {
        self.table.required(name).map_err(|fault| self.faults.push(fault)).ok()
    }

    fn number(&mut self, column: Column<'_>, row: usize) -> Option<f64> {
        let text = column.texts().nth(row).unwrap_or_default();
        // A figure may be copied from the paper as it stands there: 84.5%.
        if text.ends_with('%')
            && let Ok(printed) = Printed::parse(text)
        {
            return Some(printed.value.0);
        }
        column.number(row).map_err(|fault| self.faults.push(fault)).ok()
    }
}

/// Returns the finding of a fault in the figures of a table.
pub fn finding(table: &Numbers, error: &SurvivalError) -> Vec<Diagnostic> {
    let place = |name: &str, index: usize| {
        table.column(name).map_or_else(|| table.row_place(index), |column| column.place(index))
    };
    let (code, place, expected) = match *error {
        SurvivalError::Figure { index, name, expected, .. } => {
            let proportion = matches!(name, "survival" | "ci_lower" | "ci_upper" | "event_proportion");
            let code = if proportion { codes::BAD_PROPORTION } else { codes::BAD_NUMBER };
            (code, place(name, index), Some(expected))
        }
        SurvivalError::Order { index, name, expected, .. } => {
            let code = match name {
                "survival" => codes::RISING_SURVIVAL,
                "time" => codes::TIMES_STEP_BACK,
                "at_risk" => codes::AT_RISK_GROWS,
                "ci_lower" | "ci_upper" => codes::ESTIMATE_OUTSIDE,
                _ => codes::BAD_NUMBER,
            };
            (code, place(name, index), Some(expected))
        }
        SurvivalError::TooFew { .. } | SurvivalError::NotEstimable | SurvivalError::NoConvergence => {
            (codes::NO_FIT, table.place(), None)
        }
    };
    let message = match *error {
        SurvivalError::Figure { name, value, .. } => format!("`{name}` is {value}"),
        SurvivalError::Order { name, value, previous, .. } => format!("`{name}` is {value}, beside {previous}"),
        _ => error.to_string(),
    };
    let finding = Diagnostic::new(code, place, message);
    let finding = match expected {
        Some(expected) => finding.expected(expected),
        None => finding,
    };
    vec![match *error {
        SurvivalError::Figure { name: "survival", value, .. } if value > 1.0 && value <= 100.0 => {
            finding.help(format!("write `{value}%` or `{}`", value / 100.0))
        }
        SurvivalError::Order { name: "time", .. } => finding.help("sort the rows of each series by time"),
        SurvivalError::Order { .. } => {
            finding.help("read both figures again: are they of one series and in their order?")
        }
        SurvivalError::Figure { .. } => finding.help("correct it, or take the row out"),
        _ => finding,
    }]
}

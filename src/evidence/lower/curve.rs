//! A digitised curve: its file, cell by cell, and the numbers at risk that are printed under it.

use super::Lower;
use crate::diag::{At, Diagnostic, codes, counted, field};
use crate::evidence::{Curve, Months, Printed, Proportion, Quantity};
use crate::source::raw::{OneOr, RawResult, Text};
use crate::source::{Column, Numbers};

impl Lower<'_> {
    pub(super) fn curve(&mut self, at: At<'_, RawResult>) -> Option<Curve> {
        let unit = self.time_unit(field!(at.time_unit));
        let at_risk = self.numbers_at_risk(at);
        let total_events = self.read(field!(at.total_events));
        let curves = self.curves?;
        let file = self.known(field!(at.curve), codes::UNKNOWN_CURVE, curves.keys())?;
        let mut faults = Vec::new();
        let points =
            curves.get(&file).map(|table| points(table, unit.unwrap_or(Months(1.0)), &mut faults)).unwrap_or_default();
        if self.curves_taken.insert(file.clone()) {
            faults.into_iter().for_each(|fault| self.report(fault));
        }
        unit.map(|_| Curve { file, points, at_risk, total_events })
    }

    /// Returns the months in one unit of the curve's time column; a month where none is named.
    fn time_unit(&mut self, at: At<'_, Option<Text>>) -> Option<Months> {
        let Some(unit) = at.present() else { return Some(Months(1.0)) };
        let months = Months::parse(&format!("1 {}", unit.value.trim_end_matches('s')));
        if months.is_err() {
            self.parse::<Months>(unit.map(|unit| &**unit));
        }
        months.ok()
    }

    /// Returns the numbers at risk by time, after reporting those that step back or grow.
    fn numbers_at_risk(&mut self, at: At<'_, RawResult>) -> Vec<(Months, u64)> {
        let Some(OneOr::Other(map)) = &at.value.at_risk else { return Vec::new() };
        let path = at.path.key("at_risk");
        let mut rows: Vec<(Months, u64)> = Vec::new();
        for (time, count) in &map.0 {
            let at = path.key(time);
            let months = if time == "0" { Some(Months(0.0)) } else { self.parse(At { value: time, path: at }) };
            let count: Option<u64> = self.parse(At { value: &**count, path: at });
            let (Some(months), Some(count)) = (months, count) else { continue };
            if let Some((earlier, before)) = rows.last() {
                if months <= *earlier {
                    let message = format!("`{time}` stands after {earlier}");
                    let finding = Diagnostic::new(codes::TIMES_STEP_BACK, at.place().as_key(), message);
                    self.report(finding.expected("each time later than the one before").help("sort them by time"));
                }
                if count > *before {
                    let message = format!("{count} at risk at {months}, after {before} at {earlier}");
                    let finding = Diagnostic::new(codes::AT_RISK_GROWS, at.place(), message);
                    self.report(
                        finding.expected(format!("at most {before}")).help("read the row under the curve again"),
                    );
                }
            }
            rows.push((months, count));
        }
        rows
    }
}

/// Returns the points of a curve, by time, with everything that is wrong with its cells.
fn points(table: &Numbers, unit: Months, faults: &mut Vec<Diagnostic>) -> Vec<(Months, Proportion)> {
    let [time, survival] =
        ["time", "survival"].map(|name| table.required(name).map_err(|fault| faults.push(fault)).ok());
    let (Some(time), Some(survival)) = (time, survival) else { return Vec::new() };
    if table.is_empty() {
        let finding = Diagnostic::new(codes::EMPTY_FILE, table.place(), "this curve has no points");
        faults.push(finding.expected("a row for each point that was read off"));
    }
    let mut points: Vec<(usize, f64, f64)> = Vec::new();
    let mut per_cent = Vec::new();
    for row in 0..table.len() {
        let moment = moment(time, row).map_err(|fault| faults.push(fault)).ok();
        let height = match height(survival, row) {
            Ok(height) => Some(height),
            Err(Height::PerCent(value)) => {
                per_cent.push((row, value));
                None
            }
            Err(Height::Fault(fault)) => {
                faults.push(*fault);
                None
            }
        };
        let (Some(moment), Some(height)) = (moment, height) else { continue };
        if let Some((before, earlier, higher)) = points.last() {
            if moment < *earlier {
                let message = format!("time steps back from {earlier} to {moment}");
                let finding = Diagnostic::new(codes::TIMES_STEP_BACK, time.place(row), message);
                faults.push(finding.against(time.place(*before), "before").help("sort the rows by time"));
            } else if height > *higher {
                let message = format!("survival rises from {higher} to {height}");
                let finding = Diagnostic::new(codes::RISING_SURVIVAL, survival.place(row), message);
                let finding = finding.against(survival.place(*before), "before").expected(format!("at most {higher}"));
                faults.push(finding.help("read this point again, or take it out"));
            }
        }
        points.push((row, moment, height));
    }
    faults.extend(all_per_cent(survival, &per_cent));
    points.into_iter().map(|(_, time, survival)| (Months(time * unit.0), Proportion(survival))).collect()
}

fn moment(column: Column<'_>, row: usize) -> Result<f64, Diagnostic> {
    let time = column.number(row)?;
    if time >= 0.0 {
        return Ok(time);
    }
    let finding = Diagnostic::new(codes::BAD_TIME, column.place(row), format!("`{time}` is before the curve begins"));
    Err(finding.expected("0 or later").help("read this point again, or take it out"))
}

/// Why a cell is no survival.
enum Height {
    /// It reads like a percentage without its sign; a curve has that in every row, or in none.
    PerCent(f64),
    Fault(Box<Diagnostic>),
}

/// Returns survival as a proportion: `0.84`, `84%`, and here `1` and `0` too, at which curves begin and end.
fn height(column: Column<'_>, row: usize) -> Result<f64, Height> {
    let fault = |message: String| {
        let finding = Diagnostic::new(codes::BAD_PROPORTION, column.place(row), message);
        Height::Fault(Box::new(finding.expected("a proportion such as `0.84` or `84%`")))
    };
    let text = column.texts().nth(row).unwrap_or_default();
    if text.ends_with('%') {
        return match Printed::parse(text) {
            Ok(printed) => Ok(printed.value.0),
            Err(refusal) => Err(fault(format!("`{text}` is not {}", refusal.noun))),
        };
    }
    match column.number(row).map_err(|finding| Height::Fault(Box::new(finding)))? {
        value if (0.0..=1.0).contains(&value) => Ok(value),
        value if value > 1.0 && value <= 100.0 => Err(Height::PerCent(value)),
        value => Err(fault(format!("`{value}` is not a proportion"))),
    }
}

/// Returns one finding for all cells that read like percentages, at the first.
fn all_per_cent(column: Column<'_>, cells: &[(usize, f64)]) -> Option<Diagnostic> {
    let (row, value) = cells.first()?;
    let finding = Diagnostic::new(codes::BAD_PROPORTION, column.place(*row), format!("survival is {value}, above 1"))
        .expected("a proportion such as `0.84` or `84%`")
        .help(format!("write `{value}%` or `{}`", value / 100.0));
    Some(match cells.len() {
        1 => finding,
        more => finding.note(format!("so are {} of this column", counted(more - 1, "other cell"))),
    })
}

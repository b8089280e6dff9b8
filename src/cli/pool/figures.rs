//! From the cells of a row to the figures that a measure is made from.

use forestable::diag::{Code, Diagnostic, Place, codes};
use forestable::effect::{EffectError, Estimate, Figures, Measure};
use forestable::evidence::Level;
use forestable::source::{Column, Numbers};

use super::args::level;

/// Reads the figures of one measure.
pub struct Reader<'a> {
    measure: Measure,
    /// Columns that every row must fill, in the order in which [`figures`] takes them.
    columns: Vec<Column<'a>>,
    /// The ends of intervals, of measures that have them.
    ends: Option<[Column<'a>; 2]>,
    level: Option<Column<'a>>,
    p: Option<Column<'a>>,
}

impl<'a> Reader<'a> {
    /// Finds the columns of `measure`.
    ///
    /// # Errors
    /// A finding for each that is missing.
    pub fn new(table: &'a Numbers, measure: Measure) -> Result<Self, Vec<Diagnostic>> {
        let has = |name: &str| table.column(name).is_some();
        let optional = |of: bool, name: &str| of.then(|| table.column(name)).flatten();
        let printed = matches!(measure, Measure::Hr | Measure::Median);
        let p = optional(measure == Measure::Hr, "p");
        // Either end alone is a fault, so is a table with neither interval nor P value.
        let wants_ends = printed && (p.is_none() || has("ci_lower") || has("ci_upper"));
        let names = names(table, measure).iter().chain(if wants_ends { &["ci_lower", "ci_upper"][..] } else { &[] });
        let (found, missing): (Vec<_>, Vec<_>) = names
            .map(|name| table.required(name).map_err(|fault| fault.expected(meaning(name))))
            .partition(Result::is_ok);
        if !missing.is_empty() {
            return Err(missing.into_iter().filter_map(Result::err).collect());
        }
        let mut columns: Vec<Column<'a>> = found.into_iter().flatten().collect();
        let ends = if wants_ends { columns.split_off(columns.len() - 2).try_into().ok() } else { None };
        Ok(Self { measure, columns, ends, level: optional(printed, "level"), p })
    }

    /// Returns the figures of a row, with the effect they give.
    ///
    /// # Errors
    /// A finding for each cell that is at fault.
    pub fn effect(&self, row: usize, add: f64) -> Result<(Figures, Estimate), Vec<Diagnostic>> {
        let (numbers, faults): (Vec<_>, Vec<_>) =
            self.columns.iter().map(|column| number(column, row)).partition(Result::is_ok);
        if !faults.is_empty() {
            return Err(faults.into_iter().filter_map(Result::err).collect());
        }
        let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
        let figures = match (self.measure, numbers.as_slice(), &self.ends) {
            (Measure::Hr, &[hr], _) => self.hazard_ratio(hr, row).map_err(|fault| vec![fault])?,
            (Measure::Median, &[median], Some(ends)) => self.median(median, ends, row).map_err(|fault| vec![fault])?,
            _ => self.plain(&numbers).map_err(|error| vec![self.refused(row, &error)])?,
        };
        let estimate = self.measure.estimate(&figures, add).map_err(|error| vec![self.refused(row, &error)])?;
        Ok((figures, estimate))
    }

    fn hazard_ratio(&self, hr: f64, row: usize) -> Result<Figures, Diagnostic> {
        let filled = |column: &Column<'_>| !column.text(row).is_empty();
        let ci = match &self.ends {
            Some([lower, upper]) if filled(lower) || filled(upper) => {
                Some((lower.number(row)?, upper.number(row)?, self.level(row)?))
            }
            _ => None,
        };
        let p = self.p.filter(filled).map(|column| column.number(row)).transpose()?;
        if ci.is_none() && p.is_none() {
            let place = self.columns[0].place(row);
            return Err(Diagnostic::new(codes::EMPTY_VALUE, place, "nothing tells how precise this hazard ratio is")
                .expected("an interval in `ci_lower` and `ci_upper`, or a two-sided P value in `p`")
                .help("fill one of them in, or take the row out"));
        }
        Ok(Figures::HazardRatio { hr, ci, p })
    }

    fn median(&self, median: f64, [lower, upper]: &[Column<'_>; 2], row: usize) -> Result<Figures, Diagnostic> {
        let not_reached = upper.text(row).eq_ignore_ascii_case("not reached");
        let upper = if not_reached { f64::INFINITY } else { upper.number(row)? };
        Ok(Figures::Median { median, lower: lower.number(row)?, upper, level: self.level(row)? })
    }

    fn level(&self, row: usize) -> Result<Level, Diagnostic> {
        match self.level.filter(|column| !column.text(row).is_empty()) {
            None => Ok(Level::NINETY_FIVE),
            Some(column) => level(column.text(row)).map_err(|_| {
                Diagnostic::new(codes::BAD_NUMBER, column.place(row), "this is no level of an interval")
                    .found(format!("`{}`", column.text(row)))
                    .expected("a level between 0 and 1, such as 0.95 or 95%")
                    .help("write the level of the printed interval; a blank cell is 95%")
            }),
        }
    }

    fn plain(&self, numbers: &[f64]) -> Result<Figures, EffectError> {
        let names: Vec<&str> = self.columns.iter().map(Column::name).collect();
        match (names.as_slice(), numbers) {
            (["yi", "vi"], &[yi, vi]) => Ok(Figures::Effect { yi, vi }),
            (["yi", _], &[yi, sei]) if sei > 0.0 => Ok(Figures::Effect { yi, vi: sei * sei }),
            (["yi", _], &[_, sei]) => {
                Err(EffectError::Figure { name: "sei", value: sei, expected: "a number above 0" })
            }
            (["xi", "ti"], &[xi, ti]) => Ok(Figures::Rate { xi, ti }),
            (["ri", _], &[ri, ni]) => Ok(Figures::Correlation { ri, ni }),
            (_, &[xi, ni]) => Ok(Figures::Events { xi, ni }),
            (_, &[ai, n1i, ci, n2i]) => Ok(Figures::TwoArms { ai, n1i, ci, n2i }),
            (_, &[m1i, sd1i, n1i, m2i, sd2i, n2i]) => Ok(Figures::Means { m1i, sd1i, n1i, m2i, sd2i, n2i }),
            _ => Err(EffectError::WrongInput(self.measure)),
        }
    }

    /// Shows the cell that gives no effect.
    fn refused(&self, row: usize, error: &EffectError) -> Diagnostic {
        let all = || self.columns.iter().chain(self.ends.iter().flatten()).chain(&self.p);
        let place = |name: &str| -> Option<Place> {
            all().find(|column| column.name() == name).map(|column| column.place(row))
        };
        let at = |code: Code, name: &str| {
            let place = place(name).or_else(|| Some(all().next()?.place(row))).unwrap_or_else(|| Place::file(""));
            Diagnostic::new(code, place, error.to_string())
        };
        match error {
            EffectError::Figure { name, .. } => at(codes::BAD_NUMBER, name).help("correct it, or take the row out"),
            EffectError::EventsAboveN { name, n, .. } => {
                let total = match *name {
                    "ai" => "n1i",
                    "ci" => "n2i",
                    _ => "ni",
                };
                let finding = at(codes::EVENTS_ABOVE_N, name).help("were the columns swapped?");
                match place(total) {
                    Some(place) => finding.against(place, format!("{n} observed")),
                    None => finding,
                }
            }
            EffectError::ReversedInterval { .. } => {
                at(codes::REVERSED_INTERVAL, "ci_lower").help("were the two ends swapped?")
            }
            EffectError::OutsideInterval { name, .. } => {
                at(codes::ESTIMATE_OUTSIDE, name).help("compare all three with the paper")
            }
            EffectError::WrongInput(_) | EffectError::Undefined(_) => at(codes::NO_EFFECT, ""),
        }
    }
}

/// Returns the names of the columns that each row of `measure` must fill.
fn names(table: &Numbers, measure: Measure) -> &'static [&'static str] {
    use Measure::{
        As, Cor, Gen, Hr, Ir, Irft, Irln, Irs, Md, Median, Or, Pas, Peto, Pft, Phi, Pln, Plo, Pr, Rd, Rom, Rr, Smd,
        Smdh, Ucor, Zcor,
    };
    match measure {
        Gen if table.column("vi").is_none() && table.column("sei").is_some() => &["yi", "sei"],
        Gen => &["yi", "vi"],
        Pr | Pln | Plo | Pas | Pft => &["xi", "ni"],
        Ir | Irln | Irs | Irft => &["xi", "ti"],
        Or | Rr | Rd | As | Peto | Phi => &["ai", "n1i", "ci", "n2i"],
        Md | Smd | Smdh | Rom => &["m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"],
        Cor | Ucor | Zcor => &["ri", "ni"],
        Hr => &["hr"],
        Median => &["median"],
    }
}

/// Returns what a column holds, in the words of a reader who has named it otherwise.
fn meaning(name: &str) -> &'static str {
    match name {
        "yi" => "the effect of each study, on the scale on which it is pooled",
        "vi" => "the variance of each effect (or its standard error, in a column `sei`)",
        "xi" => "how many had the event",
        "ni" => "how many were observed",
        "ti" => "the person-time of each study",
        "ai" => "how many of the first arm had the event",
        "ci" => "how many of the second arm had the event",
        "n1i" => "how many the first arm has",
        "n2i" => "how many the second arm has",
        "m1i" => "the mean of the first arm",
        "m2i" => "the mean of the second arm",
        "sd1i" => "the standard deviation in the first arm",
        "sd2i" => "the standard deviation in the second arm",
        "ri" => "the correlation of each study",
        "hr" => "the hazard ratio of each study",
        "median" => "the median of each study",
        "ci_lower" => "the lower end of the printed interval",
        _ => "the upper end of the printed interval",
    }
}

/// More people than there are, as in a study file.
const MOST: f64 = 1e10;

/// Squares and products of such numbers, and of their inverses, are still numbers.
const LARGEST: f64 = 1e50;

/// Reads a cell; counts must be whole, and no number may be beyond what can be reckoned with.
fn number(column: &Column, row: usize) -> Result<f64, Diagnostic> {
    let number = column.number(row)?;
    let counts = ["xi", "ni", "ai", "ci", "n1i", "n2i"];
    if counts.contains(&column.name()) {
        let finding = |found: &str| {
            let message = format!("`{}` is a count", column.name());
            Diagnostic::new(codes::BAD_COUNT, column.place(row), message).found(found)
        };
        if number.fract() != 0.0 {
            return Err(finding("a fraction").expected("a whole number"));
        }
        if number > MOST {
            let finding = finding("more than any study counts").expected("a whole number of at most 10000000000");
            return Err(finding.help("is it two numbers written as one? correct it, or take the row out"));
        }
    }
    let size = number.abs();
    if size != 0.0 && !(1.0 / LARGEST..=LARGEST).contains(&size) {
        let message = format!("`{}` is {number:e}, which nothing measured is", column.name());
        let finding = Diagnostic::new(codes::BAD_NUMBER, column.place(row), message);
        let finding = finding.expected("0, or a number between 1e-50 and 1e50, with either sign");
        return Err(finding.help("correct it, or take the row out"));
    }
    Ok(number)
}

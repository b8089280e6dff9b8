//! From the table's cells to studies with their effects.

use forestable::diag::{Code, Diagnostic, Place, codes};
use forestable::effect::{EffectError, Estimate, Figures, Measure};
use forestable::model::Design;
use forestable::source::{Column, Numbers};

use super::PoolArgs;

/// The studies of a table.
#[derive(Debug)]
pub struct Studies {
    /// What each is called.
    pub names: Vec<String>,
    /// Their figures.
    pub figures: Vec<Figures>,
    /// Their effects.
    pub estimates: Vec<Estimate>,
    /// How many of them had an empty cell filled up.
    pub corrected: usize,
    /// Their groups, if they are to be grouped.
    pub groups: Option<Grouping>,
    /// Their moderators.
    pub design: Design,
}

/// Which group each study belongs to.
#[derive(Debug)]
pub struct Grouping {
    /// The groups, in the order in which they first appear.
    pub levels: Vec<String>,
    /// An index into them for each study.
    pub of: Vec<usize>,
}

impl Studies {
    /// Reads the columns that the measure, the group and the moderators need; every fault found is returned.
    pub fn read(table: &Numbers, args: &PoolArgs) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let (mut figures, mut estimates) = (Vec::new(), Vec::new());
        match columns(table, args.measure) {
            Ok(columns) => {
                for row in 0..table.len() {
                    match effect(&columns, row, args) {
                        Ok((figure, estimate)) => {
                            figures.push(figure);
                            estimates.push(estimate);
                        }
                        Err(found) => faults.extend(found),
                    }
                }
            }
            Err(missing) => faults.extend(missing),
        }
        let names = match table.column("study") {
            Some(column) => column.texts().map(str::to_owned).collect(),
            None => (1..=table.len()).map(|number| number.to_string()).collect(),
        };
        let groups = args.group.as_ref().and_then(|name| kept(grouping(table, name), &mut faults));
        let mut design = Design::default();
        for name in &args.moderator {
            if let Some(column) = kept(filled(table, name), &mut faults) {
                moderator(&mut design, table, &column);
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let corrected = figures.iter().filter(|figures| args.measure.corrects(figures)).count();
        Ok(Self { names, figures, estimates, corrected, groups, design })
    }
}

/// Returns the value, or notes the faults.
fn kept<T>(read: Result<T, Vec<Diagnostic>>, faults: &mut Vec<Diagnostic>) -> Option<T> {
    read.map_err(|found| faults.extend(found)).ok()
}

/// Returns the columns that `measure` is made from, in the order in which [`figures`] takes them.
fn columns(table: &Numbers, measure: Measure) -> Result<Vec<Column<'_>>, Vec<Diagnostic>> {
    use Measure::{
        As, Cor, Gen, Ir, Irft, Irln, Irs, Md, Or, Pas, Peto, Pft, Phi, Pln, Plo, Pr, Rd, Rom, Rr, Smd, Smdh, Ucor,
        Zcor,
    };
    let names: &[&str] = match measure {
        Gen if table.column("vi").is_none() && table.column("sei").is_some() => &["yi", "sei"],
        Gen => &["yi", "vi"],
        Pr | Pln | Plo | Pas | Pft => &["xi", "ni"],
        Ir | Irln | Irs | Irft => &["xi", "ti"],
        Or | Rr | Rd | As | Peto | Phi => &["ai", "n1i", "ci", "n2i"],
        Md | Smd | Smdh | Rom => &["m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"],
        Cor | Ucor | Zcor => &["ri", "ni"],
    };
    let (found, missing): (Vec<_>, Vec<_>) = names.iter().map(|name| table.required(name)).partition(Result::is_ok);
    if missing.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(missing.into_iter().filter_map(Result::err).collect())
    }
}

fn effect(columns: &[Column], row: usize, args: &PoolArgs) -> Result<(Figures, Estimate), Vec<Diagnostic>> {
    let (numbers, faults): (Vec<_>, Vec<_>) = columns.iter().map(|column| number(column, row)).partition(Result::is_ok);
    if !faults.is_empty() {
        return Err(faults.into_iter().filter_map(Result::err).collect());
    }
    let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
    let refuse = |error| vec![refused(columns, row, &error)];
    let figures = figures(columns, &numbers).map_err(refuse)?;
    let estimate = args.measure.estimate(&figures, args.add).map_err(refuse)?;
    Ok((figures, estimate))
}

/// Reads a cell; counts must be whole.
fn number(column: &Column, row: usize) -> Result<f64, Diagnostic> {
    let number = column.number(row)?;
    let counts = ["xi", "ni", "ai", "ci", "n1i", "n2i"];
    if counts.contains(&column.name()) && number.fract() != 0.0 {
        return Err(Diagnostic::new(codes::BAD_COUNT, column.place(row), format!("`{}` is a count", column.name()))
            .found("a fraction")
            .expected("a whole number"));
    }
    Ok(number)
}

fn figures(columns: &[Column], numbers: &[f64]) -> Result<Figures, EffectError> {
    let names: Vec<&str> = columns.iter().map(Column::name).collect();
    match (names.as_slice(), numbers) {
        (["yi", "vi"], &[yi, vi]) => Ok(Figures::Effect { yi, vi }),
        (["yi", _], &[yi, sei]) if sei > 0.0 => Ok(Figures::Effect { yi, vi: sei * sei }),
        (["yi", _], &[_, sei]) => Err(EffectError::Figure { name: "sei", value: sei, expected: "a number above 0" }),
        (["xi", "ti"], &[xi, ti]) => Ok(Figures::Rate { xi, ti }),
        (["ri", _], &[ri, ni]) => Ok(Figures::Correlation { ri, ni }),
        (_, &[xi, ni]) => Ok(Figures::Events { xi, ni }),
        (_, &[ai, n1i, ci, n2i]) => Ok(Figures::TwoArms { ai, n1i, ci, n2i }),
        (_, &[m1i, sd1i, n1i, m2i, sd2i, n2i]) => Ok(Figures::Means { m1i, sd1i, n1i, m2i, sd2i, n2i }),
        _ => Err(EffectError::WrongInput(Measure::Gen)),
    }
}

/// Shows the cell that gives no effect.
fn refused(columns: &[Column], row: usize, error: &EffectError) -> Diagnostic {
    let place = |name: &str| -> Option<Place> {
        columns.iter().find(|column| column.name() == name).map(|column| column.place(row))
    };
    let at = |code: Code, name: &str| {
        let place = place(name).or_else(|| Some(columns.first()?.place(row))).unwrap_or_else(|| Place::file(""));
        Diagnostic::new(code, place, error.to_string())
    };
    match error {
        EffectError::Figure { name, .. } => at(codes::BAD_NUMBER, name),
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
        EffectError::WrongInput(_) | EffectError::Undefined(_) => at(codes::NO_EFFECT, ""),
    }
}

/// Returns a column without empty cells.
fn filled<'a>(table: &'a Numbers, name: &str) -> Result<Column<'a>, Vec<Diagnostic>> {
    let column = table.required(name).map_err(|missing| vec![missing])?;
    let empty: Vec<Diagnostic> = column
        .texts()
        .enumerate()
        .filter(|(_, text)| text.is_empty())
        .map(|(row, _)| {
            Diagnostic::new(codes::EMPTY_VALUE, column.place(row), format!("`{name}` has no value"))
                .expected("a value for each study")
                .help("fill it in, or take the row out")
        })
        .collect();
    if empty.is_empty() { Ok(column) } else { Err(empty) }
}

fn grouping(table: &Numbers, name: &str) -> Result<Grouping, Vec<Diagnostic>> {
    let mut levels: Vec<String> = Vec::new();
    let index = |text: &str| match levels.iter().position(|level| level == text) {
        Some(index) => index,
        None => {
            levels.push(text.to_owned());
            levels.len() - 1
        }
    };
    let of = filled(table, name)?.texts().map(index).collect();
    Ok(Grouping { levels, of })
}

/// Adds a column as numbers if all its cells are, else as a factor.
fn moderator(design: &mut Design, table: &Numbers, column: &Column) {
    let numbers: Result<Vec<f64>, Diagnostic> = (0..table.len()).map(|row| column.number(row)).collect();
    match numbers {
        Ok(values) => design.number(column.name(), values),
        Err(_) => design.factor(column.name(), &column.texts().collect::<Vec<_>>()),
    }
}

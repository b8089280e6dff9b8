//! The moderators of a table: which columns, numbers or factors, and the points that are asked for.

use forestable::diag::{Diagnostic, codes, one_of};
use forestable::model::{At, Design};
use forestable::source::{Column, Numbers};

use super::PoolArgs;
use super::args::Point;
use super::studies::{filled, kept};

/// The moderators.
#[derive(Debug, Default)]
pub struct Moderators {
    /// The design of the regression.
    pub design: Design,
    /// Where the regression is asked what it expects.
    pub points: Vec<Vec<(String, Value)>>,
    columns: Vec<Moderator>,
}

/// A value of a moderator.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Level(String),
}

#[derive(Debug)]
struct Moderator {
    name: String,
    /// The levels of a factor; empty for a number.
    levels: Vec<String>,
}

impl Value {
    /// Returns it as the regression takes it.
    pub fn at(&self) -> At<'_> {
        match self {
            Self::Number(value) => At::Number(*value),
            Self::Level(level) => At::Level(level),
        }
    }
}

impl Moderators {
    /// Reads the columns that the arguments name; faults are added to `faults`.
    pub fn read(table: &Numbers, args: &PoolArgs, faults: &mut Vec<Diagnostic>) -> Self {
        let mut moderators = Self::default();
        for term in &args.moderator {
            match term.split_once(':').filter(|_| table.column(term).is_none()) {
                None => moderators.add(table, term, faults),
                Some((one, other)) => {
                    moderators.add(table, one, faults);
                    moderators.add(table, other, faults);
                    // Without a fault both are there.
                    let _ = moderators.design.interaction(one, other);
                }
            }
        }
        if faults.is_empty() {
            for point in &args.at {
                moderators.points.extend(kept(moderators.point(table, point), faults));
            }
        }
        moderators
    }

    /// Adds a column once: as numbers if all its cells are, else as a factor.
    fn add(&mut self, table: &Numbers, name: &str, faults: &mut Vec<Diagnostic>) {
        if self.columns.iter().any(|known| known.name == name) {
            return;
        }
        let Some(column) = kept(filled(table, name), faults) else { return };
        let numbers: Result<Vec<f64>, Diagnostic> = (0..table.len()).map(|row| column.number(row)).collect();
        let mut levels = Vec::new();
        match numbers {
            Ok(values) => self.design.number(name, values),
            Err(_) => {
                let texts: Vec<&str> = Column::texts(column).collect();
                self.design.factor(name, &texts);
                levels = texts.into_iter().map(str::to_owned).collect();
                levels.sort();
                levels.dedup();
            }
        }
        self.columns.push(Moderator { name: name.to_owned(), levels });
    }

    fn point(&self, table: &Numbers, Point(parts): &Point) -> Result<Vec<(String, Value)>, Vec<Diagnostic>> {
        let value = |(name, text): &(String, String)| {
            let refused = |message: String, expected: String| {
                let place = table.column(name).map_or(table.place(), |column| table.place().key(column.name()));
                vec![
                    Diagnostic::new(codes::UNKNOWN_WORD, place, message)
                        .expected(expected)
                        .help("mend the flag `--at`"),
                ]
            };
            let Some(moderator) = self.columns.iter().find(|known| known.name == *name) else {
                let names: Vec<&str> = self.columns.iter().map(|known| known.name.as_str()).collect();
                return Err(refused(format!("`--at {name}={text}` names no moderator"), one_of(&names)));
            };
            let value = match moderator.levels.as_slice() {
                [] => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number),
                levels => levels.contains(text).then(|| Value::Level(text.clone())),
            };
            let expected = || match moderator.levels.as_slice() {
                [] => "a number".to_owned(),
                levels => one_of(levels),
            };
            let value =
                value.ok_or_else(|| refused(format!("`--at {name}={text}` is no value of `{name}`"), expected()))?;
            Ok((name.clone(), value))
        };
        parts.iter().map(value).collect()
    }
}

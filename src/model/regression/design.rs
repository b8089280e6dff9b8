//! The design of a regression: what the effects are regressed on.

use std::collections::BTreeSet;

use crate::model::FitError;

/// The columns of a design, the intercept not among them.
///
/// # Examples
/// ```
/// use forestable::model::Design;
/// let mut design = Design::default();
/// design.number("dose", vec![20.0, 30.0, 24.0, 48.0]);
/// design.factor("site", &["lung", "bone", "lung", "bone"]);
/// design.interaction("dose", "site")?;
/// assert_eq!(design.names().collect::<Vec<_>>(), ["intercept", "dose", "sitelung", "dose:sitelung"]);
/// # Ok::<(), forestable::model::FitError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Design {
    columns: Vec<Column>,
}

/// A product of the values of moderators: one for a moderator alone, two for an interaction.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    name: String,
    factors: Vec<Factor>,
    values: Vec<f64>,
}

/// What one moderator gives to a column.
#[derive(Debug, Clone, PartialEq)]
struct Factor {
    moderator: String,
    /// The level that counts as 1, and all there are; `None` for a number.
    level: Option<(String, BTreeSet<String>)>,
    mean: f64,
}

/// A value of a moderator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum At<'a> {
    /// Of a number.
    Number(f64),
    /// Of a factor.
    Level(&'a str),
}

impl Design {
    /// Adds a column of numbers.
    pub fn number(&mut self, name: &str, values: Vec<f64>) {
        self.push(name.to_owned(), name, None, values);
    }

    /// Adds a factor: a column of 0 and 1 for each level but the first alphabetically, which is the reference. Their names are the
    /// factor's with the level's. An empty text is a missing value.
    pub fn factor<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        let levels: BTreeSet<String> = values.iter().map(|value| value.as_ref().to_owned()).collect();
        // A factor of one level says nothing; its column shows that, in place of a silent absence.
        let reference = usize::from(levels.len() > 1);
        for level in levels.iter().skip(reference) {
            let indicator = |value: &str| if value.is_empty() { f64::NAN } else { f64::from(u8::from(value == level)) };
            let values = values.iter().map(|value| indicator(value.as_ref())).collect();
            self.push(format!("{name}{level}"), name, Some((level.clone(), levels.clone())), values);
        }
    }

    /// Adds the interaction of two moderators that the design has: the products of their columns, named `one:other`.
    ///
    /// # Errors
    /// [`FitError::UnknownModerator`] unless the design has both.
    pub fn interaction(&mut self, one: &str, other: &str) -> Result<(), FitError> {
        let of = |name: &str| -> Vec<Column> {
            let alone = |column: &&Column| column.factors.len() == 1 && column.factors[0].moderator == name;
            self.columns.iter().filter(alone).cloned().collect()
        };
        let (ones, others) = (of(one), of(other));
        if ones.is_empty() || others.is_empty() {
            return Err(FitError::UnknownModerator);
        }
        for one in &ones {
            for other in &others {
                self.columns.push(Column {
                    name: format!("{}:{}", one.name, other.name),
                    factors: one.factors.iter().chain(&other.factors).cloned().collect(),
                    values: one.values.iter().zip(&other.values).map(|(one, other)| one * other).collect(),
                });
            }
        }
        Ok(())
    }

    /// Returns the names of the coefficients, the intercept first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once("intercept").chain(self.columns.iter().map(|column| column.name.as_str()))
    }

    /// Returns the columns' values.
    pub(super) fn columns(&self) -> impl Iterator<Item = &[f64]> {
        self.columns.iter().map(|column| column.values.as_slice())
    }

    /// Returns the row of the design, intercept first, at values of some moderators; the others stand at their mean, a factor at the
    /// shares of its levels.
    pub(super) fn row(&self, at: &[(&str, At)]) -> Result<Vec<f64>, FitError> {
        let known =
            |name: &str| self.columns.iter().flat_map(|column| &column.factors).any(|part| part.moderator == name);
        if at.iter().any(|(name, _)| !known(name)) {
            return Err(FitError::UnknownModerator);
        }
        let column =
            |column: &Column| column.factors.iter().map(|part| part.value(at)).product::<Result<f64, FitError>>();
        std::iter::once(Ok(1.0)).chain(self.columns.iter().map(column)).collect()
    }

    fn push(&mut self, name: String, moderator: &str, level: Option<(String, BTreeSet<String>)>, values: Vec<f64>) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let factors = vec![Factor { moderator: moderator.to_owned(), level, mean }];
        self.columns.push(Column { name, factors, values });
    }
}

impl Factor {
    fn value(&self, at: &[(&str, At)]) -> Result<f64, FitError> {
        match (at.iter().find(|(name, _)| *name == self.moderator).map(|(_, at)| at), &self.level) {
            (None, _) => Ok(self.mean),
            (Some(At::Number(value)), None) if value.is_finite() => Ok(*value),
            (Some(At::Level(level)), Some((own, all))) if all.contains(*level) => Ok(f64::from(u8::from(level == own))),
            _ => Err(FitError::UnknownModerator),
        }
    }
}

//! A value together with where it is written, for code that reads records field by field.

use super::{Place, Segment};

/// A path into a file that costs nothing to extend; it becomes a [`Place`] only when something is to be said about it.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    up: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    File(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// Returns the root of a file's document.
    #[must_use]
    pub fn file(file: &'a str) -> Self {
        Self { up: None, step: Step::File(file) }
    }

    /// Returns the value at `key` below this path.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { up: Some(self), step: Step::Key(key) }
    }

    /// Returns the list item `index` (from 0) below this path.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { up: Some(self), step: Step::Index(index) }
    }

    /// Returns the place that this path leads to.
    #[must_use]
    pub fn place(&self) -> Place {
        let below = |segment| self.up.map_or_else(|| Place::file(""), Path::place).below(segment);
        match self.step {
            Step::File(file) => Place::file(file),
            Step::Key(key) => below(Segment::Key(key.to_owned())),
            Step::Index(index) => below(Segment::Index(index)),
        }
    }
}

/// A value and where it is written.
#[derive(Debug)]
pub struct At<'a, T: ?Sized> {
    /// The value.
    pub value: &'a T,
    /// Where it is written.
    pub path: Path<'a>,
}

impl<T: ?Sized> Clone for At<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for At<'_, T> {}

impl<'a, T: ?Sized> At<'a, T> {
    /// Returns a part of the value, at the same place.
    #[must_use]
    pub fn map<U: ?Sized>(self, part: impl FnOnce(&'a T) -> &'a U) -> At<'a, U> {
        At { value: part(self.value), path: self.path }
    }
}

impl<'a, T> At<'a, Option<T>> {
    /// Returns the value, if it is there.
    #[must_use]
    pub fn present(self) -> Option<At<'a, T>> {
        self.value.as_ref().map(|value| At { value, path: self.path })
    }
}

impl<'a, T> At<'a, Option<Vec<T>>> {
    /// Returns the items of the list, if it is there, each with its place.
    pub fn items(&self) -> impl Iterator<Item = At<'_, T>> {
        let items = self.value.iter().flatten().enumerate();
        items.map(|(index, value)| At { value, path: self.path.index(index) })
    }
}

/// Returns a record's field with where it is written: `field!(study.design)`; the field is named as its YAML key.
macro_rules! field {
    ($at:ident . $field:ident) => {
        $crate::diag::At { value: &$at.value.$field, path: $at.path.key(stringify!($field)) }
    };
}

pub(crate) use field;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_know_their_place() {
        struct Record {
            years: Option<Vec<u16>>,
        }
        let record = Record { years: Some(vec![2012, 2018]) };
        let record = At { value: &record, path: Path::file("studies/milano-2012.yaml") };
        let years = field!(record.years);
        let last = years.items().last().unwrap();
        assert_eq!(*last.value, 2018);
        assert_eq!(last.path.place().to_string(), "studies/milano-2012.yaml: years[1]");
    }
}

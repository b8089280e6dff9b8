//! A forest with other columns, in another order, under other words.

use super::{Axis, Benchmark, Cell, Column, ColumnKind, Forest, Lights, Shown, lines};
use crate::report::figure::style::Style;
use crate::report::figure::text::Text;
use crate::report::figure::words::Dictionary;

/// A column that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its header, lines apart, marked up; its own otherwise.
    pub header: Option<&'a str>,
    /// The header over it and its neighbours with the same words; its own otherwise.
    pub spanner: Option<&'a str>,
}

impl Forest {
    /// Returns it with these columns in this order; an id that it has not is passed over.
    #[must_use]
    pub fn choose(&self, choices: &[Choice<'_>]) -> Self {
        let mut order = Vec::new();
        let mut chosen = self.clone();
        for choice in choices {
            for (i, column) in chosen.columns.iter_mut().enumerate().filter(|(_, column)| column.id == choice.id) {
                column.shown = Shown::Usually;
                column.header = choice.header.map_or_else(|| column.header.clone(), lines);
                column.spanner = choice.spanner.map(str::to_owned).or(column.spanner.take());
                order.push(i);
            }
        }
        chosen.with_columns(&order)
    }

    /// Returns it with `change` made to the axis of every plot.
    #[must_use]
    pub fn with_axes(mut self, change: impl Fn(&mut Axis)) -> Self {
        for column in &mut self.columns {
            if let ColumnKind::Plot(axis) = &mut column.kind {
                change(axis);
            }
        }
        self
    }

    /// Returns it with the usual columns in the style's order and under its headers; those under one spanner stay together.
    pub(super) fn arranged(&self, style: &Style) -> Self {
        let column = |i: usize| self.columns.get(i);
        let named = |i: usize| column(i).is_some_and(|column| style.order.contains(&column.id));
        let shown: Vec<usize> =
            (0..self.columns.len()).filter(|i| column(*i).is_some_and(|c| c.shown == Shown::Usually)).collect();
        let of = |id: &String| -> Vec<usize> {
            let belongs =
                |i: usize| if id == "*" { !named(i) } else { column(i).is_some_and(|column| column.id == *id) };
            shown.iter().copied().filter(|i| belongs(*i)).collect()
        };
        let wanted: Vec<usize> = style.order.iter().flat_map(of).collect();
        let spanner = |i: usize| column(i).and_then(|column| column.spanner.as_ref());
        let mut order: Vec<usize> = Vec::new();
        for &i in &wanted {
            let together = |other: usize| other == i || (spanner(i).is_some() && spanner(other) == spanner(i));
            let new: Vec<usize> =
                wanted.iter().copied().filter(|other| together(*other) && !order.contains(other)).collect();
            order.extend(new);
        }
        let mut arranged = self.with_columns(&order);
        for column in &mut arranged.columns {
            if let Some(header) = style.headers.get(&column.id) {
                column.header = lines(header);
            }
        }
        arranged
    }

    /// Returns it without the columns of this id.
    pub(super) fn without(&self, id: &str) -> Self {
        let kept: Vec<usize> = self.columns.iter().enumerate().filter(|(_, c)| c.id != id).map(|(i, _)| i).collect();
        self.with_columns(&kept)
    }

    /// Returns it with the columns at these positions, and no explanation of signs that they do not hold.
    fn with_columns(&self, order: &[usize]) -> Self {
        let mut arranged = self.clone();
        arranged.columns = order.iter().filter_map(|i| self.columns.get(*i).cloned()).collect();
        for row in arranged.sections.iter_mut().flat_map(|section| &mut section.rows) {
            row.cells = order.iter().map(|i| row.cells.get(*i).cloned().unwrap_or_default()).collect();
        }
        let holds = |sign: fn(&Cell) -> bool| {
            arranged.sections.iter().flat_map(|section| &section.rows).any(|row| row.cells.iter().any(sign))
        };
        let (glyphs, lights) =
            (holds(|cell| matches!(cell, Cell::Glyph(_))), holds(|cell| matches!(cell, Cell::Light(_))));
        if !glyphs {
            arranged.legend.clear();
        }
        if !lights {
            arranged.lights = Lights::default();
        }
        arranged
    }

    /// Returns it in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description]);
        for column in &mut self.columns {
            words.texts(&mut column.header);
            words.all(&mut column.spanner);
            if let ColumnKind::Plot(axis) = &mut column.kind {
                words.texts([&mut axis.label]);
                words.all(axis.benchmark.as_mut().map(|Benchmark { label, .. }| label));
                words.all(axis.directions.iter_mut().flat_map(|(low, high)| [low, high]));
            }
        }
        for section in &mut self.sections {
            words.texts(section.heading.iter_mut().chain(&mut section.notes));
            for row in &mut section.rows {
                words.all([&mut row.description, &mut row.detail]);
                words.texts(row.cells.iter_mut().filter_map(Cell::text_mut));
            }
        }
        words.all(self.legend.iter_mut().map(|(_, meaning)| meaning));
        words.all(self.lights.meanings.iter_mut().map(|(_, meaning)| meaning));
        words.texts(&mut self.lights.note);
        words.texts(&mut self.footer);
        self
    }
}

impl Cell {
    fn text_mut(&mut self) -> Option<&mut Text> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl Column {
    /// Returns whether it holds a plot.
    pub(super) fn is_plot(&self) -> bool {
        matches!(self.kind, ColumnKind::Plot(_))
    }
}

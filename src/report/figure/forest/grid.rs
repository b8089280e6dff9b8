//! The columns side by side: measured, widened for what spans them, plots sharing what the text leaves.

use std::ops::Range;

use super::cells::{Line, Measured};
use super::{Cell, Column, ColumnKind, Forest, Row, Section};
use crate::report::figure::style::Style;
use crate::report::figure::text::Text;

/// The columns in their places.
pub(super) struct Grid<'a> {
    pub columns: Vec<(&'a Column, Measured)>,
    /// Left and right end of the stretch without a plot that holds headings and notes.
    pub words: (f64, f64),
    /// Right end of the last column.
    pub right: f64,
    /// Where the first column begins.
    start: f64,
}

impl<'a> Grid<'a> {
    /// Returns the columns of `forest` in their places.
    pub fn new(forest: &'a Forest, style: &Style) -> Self {
        let mut grid =
            Self { columns: measure(forest, style), words: (0.0, 0.0), right: style.margin, start: style.margin };
        let words = grid.widen_for_notes(forest, style);
        grid.share_plots(style);
        grid.widen_for_spanners(style);
        grid.right = grid.arrange(style);
        grid.words = match (grid.columns.get(words.start), grid.columns.get(words.end.saturating_sub(1))) {
            (Some((_, first)), Some((_, last))) if !words.is_empty() => (first.left, last.left + last.width),
            _ => (style.margin, grid.start.max(style.margin + style.plot_gap) - style.plot_gap),
        };
        grid
    }

    /// Returns how far the words of `row` in the column `at` may reach beyond it: over the empty cells that follow.
    pub fn spill(&self, row: &Row, at: usize) -> f64 {
        let empty = self.columns.iter().enumerate().skip(at + 1);
        let empty = empty.take_while(|(i, (column, _))| spills(Some(column), row.cells.get(*i)));
        let end = |(_, place): &(&Column, Measured)| place.left + place.width;
        empty.last().zip(self.columns.get(at)).map_or(0.0, |((_, last), own)| end(last) - end(own))
    }

    /// Makes the columns under a spanner wide enough for it: the plot, or else the last.
    fn widen_for_spanners(&mut self, style: &Style) {
        self.arrange(style);
        for (words, left, right) in self.spanners() {
            let needed = Text::new().bold(&words).width(style.font_size);
            let mut under: Vec<_> = self
                .columns
                .iter_mut()
                .filter(|(column, place)| column.spanner.as_ref() == Some(&words) && place.left < right)
                .collect();
            under.sort_by_key(|(column, _)| column.is_plot());
            if let Some((_, widest)) = under.last_mut() {
                widest.width += (needed - (right - left)).max(0.0);
            }
        }
    }

    /// Returns the columns round the labels, up to the next plot, made wide enough for headings and notes.
    fn widen_for_notes(&mut self, forest: &Forest, style: &Style) -> Range<usize> {
        self.arrange(style);
        let width = |run: &Range<usize>| match (self.columns.get(run.start), self.columns.get(run.end - 1)) {
            (Some((_, first)), Some((_, last))) => last.left + last.width - first.left,
            _ => 0.0,
        };
        let notes = forest.sections.iter().flat_map(|section| {
            let notes = section.notes.iter().map(|note| note.width(style.note_size) + indent(section, true, style));
            notes.chain(section.heading.iter().map(|heading| heading.width(style.font_size)))
        });
        let wanted = notes.fold(0.0, f64::max).min(style.note_width);
        let plot = |i: usize| self.columns.get(i).is_none_or(|(column, _)| column.is_plot());
        let Some(label) = first_words(forest).or_else(|| (0..self.columns.len()).find(|i| !plot(*i))) else {
            // Nothing but plots: the words get a stretch of their own before them.
            self.start += if wanted > 0.0 { wanted + style.plot_gap } else { 0.0 };
            return 0..0;
        };
        let start = (0..label).rev().find(|i| plot(*i)).map_or(0, |before| before + 1);
        let run = start..(label..).find(|i| plot(*i)).unwrap_or(label);
        let missing = wanted - width(&run);
        if let Some((_, first)) = self.columns.get_mut(run.start) {
            first.width += missing.max(0.0);
        }
        run
    }

    /// Gives the plots what the text leaves of the figure's width, within the style's bounds.
    fn share_plots(&mut self, style: &Style) {
        let plots = self.columns.iter().filter(|(column, _)| column.is_plot()).count();
        let taken = self.arrange(style) + style.margin;
        let taken = taken - self.columns.iter().filter(|(c, _)| c.is_plot()).map(|(_, m)| m.width).sum::<f64>();
        let (least, greatest) = style.plot_width;
        // Side by side they may each be narrower than one alone.
        let least = if plots > 1 { 0.6 * least } else { least };
        let share = ((style.figure_width - taken) / plots.max(1) as f64).clamp(least, greatest);
        for (_, place) in self.columns.iter_mut().filter(|(column, _)| column.is_plot()) {
            place.width = place.width.max(share);
        }
    }

    /// Puts the columns side by side and returns the right end of the last.
    fn arrange(&mut self, style: &Style) -> f64 {
        let mut right = self.start;
        let mut before: Option<&Column> = None;
        for (column, place) in &mut self.columns {
            let gap = match before {
                None => 0.0,
                // The outermost tick labels of two plots would read as one.
                Some(before) if before.is_plot() && column.is_plot() => 2.0 * style.plot_gap,
                Some(before) if before.is_plot() || column.is_plot() => style.plot_gap,
                Some(before) if before.kind == ColumnKind::Light && column.kind == ColumnKind::Light => {
                    0.4 * style.column_gap
                }
                Some(_) => style.column_gap,
            };
            place.left = right + gap;
            right = place.left + place.width;
            before = Some(column);
        }
        right
    }

    /// Returns each spanner's words with the left and right end of its columns.
    pub fn spanners(&self) -> Vec<(String, f64, f64)> {
        let mut spanners: Vec<(String, f64, f64)> = Vec::new();
        let mut before: Option<&String> = None;
        for (column, place) in &self.columns {
            let right = place.left + place.width;
            match (&column.spanner, spanners.last_mut()) {
                (Some(words), Some(last)) if before == Some(words) => last.2 = right,
                (Some(words), _) => spanners.push((words.clone(), place.left, right)),
                (None, _) => {}
            }
            before = column.spanner.as_ref();
        }
        spanners
    }
}

fn measure<'a>(forest: &'a Forest, style: &Style) -> Vec<(&'a Column, Measured)> {
    let first = first_words(forest);
    let columns = forest.columns.iter().enumerate().map(|(i, column)| {
        let cells = forest.sections.iter().flat_map(|section| {
            let indent = indent(section, first == Some(i), style);
            section.rows.iter().filter_map(move |row| {
                // Words that may reach into the next cell don't widen their own column.
                let spill = if spills(forest.columns.get(i + 1), row.cells.get(i + 1)) { f64::INFINITY } else { 0.0 };
                Some((Line { row, indent, spill }, row.cells.get(i)?))
            })
        });
        (column, Measured::new(column, cells, first == Some(i), style))
    });
    columns.collect()
}

/// Returns whether words before this cell may reach into it.
fn spills(column: Option<&Column>, cell: Option<&Cell>) -> bool {
    column.is_some_and(|column| !column.is_plot()) && matches!(cell, None | Some(Cell::Empty))
}

/// Returns the column of labels.
pub(super) fn first_words(forest: &Forest) -> Option<usize> {
    forest.columns.iter().position(|column| column.kind == ColumnKind::Left)
}

/// Returns how far the words of a section stand in: the labels under a heading do.
pub(super) fn indent(section: &Section, labels: bool, style: &Style) -> f64 {
    if labels && section.heading.is_some() { style.indent } else { 0.0 }
}

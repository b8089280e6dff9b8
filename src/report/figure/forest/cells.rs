//! Columns measured from their cells, and cells placed in them.

use super::{Cell, Column, ColumnKind, Row, RowKind};
use crate::report::figure::font;
use crate::report::figure::geometry::{Anchor, Item, PlacedText, Point, point};
use crate::report::figure::style::{Color, Style};
use crate::report::figure::text::Text;

/// A column of text, measured; a plot has only its place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measured {
    /// Where it begins.
    pub left: f64,
    /// How wide it is.
    pub width: f64,
    estimate: Track,
    interval: Track,
}

/// A row as one column sees it.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub row: &'a Row,
    /// How far its words stand in.
    pub indent: f64,
    /// How far they may reach into empty cells to the right.
    pub spill: f64,
}

/// Widest part before and after a decimal point.
#[derive(Debug, Clone, Copy, Default)]
struct Track {
    whole: f64,
    fraction: f64,
}

impl Track {
    fn stretch(&mut self, part: &Part) {
        self.whole = self.whole.max(part.width - part.tail);
        self.fraction = self.fraction.max(part.tail);
    }

    fn width(self) -> f64 {
        self.whole + self.fraction
    }
}

/// A text aligned on its decimal point.
struct Part {
    text: Text,
    width: f64,
    /// The width from the decimal point on.
    tail: f64,
}

impl Part {
    /// Returns a figure with what stands before and after it.
    fn new(before: &str, figure: &Text, after: &str, kind: RowKind, style: &Style) -> Self {
        let (whole, fraction) = figure.split_at('.');
        let fraction = fraction.reworded(|digits| digits.replace('.', &style.decimal_point));
        let tail = weighted(&fraction.plain(after), kind);
        let head = weighted(&Text::from(before).followed_by(&whole), kind);
        let (head_width, tail_width) = (head.width(style.font_size), tail.width(style.font_size));
        Self { text: head.followed_by(&tail), width: head_width + tail_width, tail: tail_width }
    }
}

/// Returns the parts of an interval cell: the estimate, and the interval aligned on its lower end.
fn parts(estimate: &str, ends: Option<&(String, String)>, kind: RowKind, style: &Style) -> (Part, Option<Part>) {
    let [open, between, close] = &style.brackets;
    let interval = |(lower, upper): &(String, String)| {
        // Between ends of which one is negative, a dash would be read as another minus.
        let negative = [lower, upper].into_iter().any(|end| end.starts_with('−'));
        let between = if negative && matches!(between.as_str(), "-" | "–") { " to " } else { between };
        let upper = upper.replace('.', &style.decimal_point);
        Part::new(open, &Text::from(lower.as_str()), &format!("{between}{upper}{close}"), kind, style)
    };
    (Part::new("", &Text::from(estimate), "", kind, style), ends.map(interval))
}

/// Returns the text as its row prints it: pooled results in bold.
fn weighted(text: &Text, kind: RowKind) -> Text {
    match kind {
        RowKind::Subtotal | RowKind::Total => text.emboldened(),
        RowKind::Study | RowKind::NotPooled | RowKind::Prediction => text.clone(),
    }
}

fn color(kind: RowKind, style: &Style) -> Color {
    if kind == RowKind::NotPooled { style.quiet } else { style.ink }
}

/// Returns the white between an estimate and its interval.
fn space(style: &Style) -> f64 {
    0.45 * style.font_size
}

impl Measured {
    /// Measures a column: as wide as its header and cells, words wrapped at the style's width.
    pub fn new<'a>(
        column: &Column,
        cells: impl Iterator<Item = (Line<'a>, &'a Cell)>,
        first: bool,
        style: &Style,
    ) -> Self {
        let size = style.font_size;
        let mut measured = Self::default();
        let mut words = 0.0_f64;
        for (line, cell) in cells {
            let row = line.row;
            match cell {
                Cell::Text(text) if column.kind == ColumnKind::Decimal => {
                    measured.estimate.stretch(&Part::new("", text, "", row.kind, style));
                }
                Cell::Text(_) if line.spill > 0.0 && column.kind == ColumnKind::Left => {}
                Cell::Text(text) => {
                    words = words.max(style.pointed(&weighted(text, row.kind)).width(size) + line.indent)
                }
                Cell::Glyph(_) => words = words.max(style.glyph),
                Cell::Light(_) => words = words.max(style.light()),
                Cell::Interval { estimate, ends } => {
                    let (estimate, interval) = parts(estimate, ends.as_ref(), row.kind, style);
                    measured.estimate.stretch(&estimate);
                    interval.iter().for_each(|interval| measured.interval.stretch(interval));
                }
                Cell::Empty | Cell::Mark(_) => {}
            }
        }
        if column.kind == ColumnKind::Left {
            words = words.min(if first { style.label_width } else { style.cell_width });
        }
        let header = column.header.iter().map(|line| line.emboldened().width(size)).fold(0.0, f64::max);
        measured.width = words.max(header).max(measured.tracks(style));
        measured
    }

    /// Returns the width of the aligned parts side by side.
    fn tracks(&self, style: &Style) -> f64 {
        let (estimate, interval) = (self.estimate.width(), self.interval.width());
        let between = if estimate > 0.0 && interval > 0.0 { space(style) } else { 0.0 };
        estimate + between + interval
    }

    /// Returns how many lines a cell takes.
    pub fn lines(&self, column: &Column, line: Line<'_>, cell: &Cell, style: &Style) -> usize {
        match cell {
            Cell::Text(text) if column.kind == ColumnKind::Left => self.wrapped(text, line, style).len(),
            _ => 1,
        }
    }

    fn wrapped(&self, text: &Text, line: Line<'_>, style: &Style) -> Vec<Text> {
        style.pointed(&weighted(text, line.row.kind)).wrap(self.width + line.spill - line.indent, style.font_size)
    }

    /// Returns the lines of a header, the last on the baseline `y`.
    pub fn header(&self, column: &Column, y: f64, style: &Style) -> Vec<Item> {
        let lines = column.header.iter().rev().zip(0_u32..);
        let place = |(line, i): (&Text, u32)| {
            let at = self.anchored(&column.kind, y - f64::from(i) * style.leading * style.font_size);
            text(line.emboldened(), at, style.font_size, style.ink)
        };
        lines.map(place).collect()
    }

    /// Returns the point and the end at which a column of this kind holds its text.
    fn anchored(&self, kind: &ColumnKind, y: f64) -> (Point, Anchor) {
        match kind {
            ColumnKind::Left => (point(self.left, y), Anchor::Start),
            ColumnKind::Center | ColumnKind::Light | ColumnKind::Plot(_) => {
                (point(self.left + self.width / 2.0, y), Anchor::Middle)
            }
            ColumnKind::Right | ColumnKind::Decimal => (point(self.left + self.width, y), Anchor::End),
        }
    }

    /// Returns the texts and glyphs of a cell whose row's middle is at `y`.
    pub fn place(&self, column: &Column, line: Line<'_>, cell: &Cell, y: f64, style: &Style) -> Vec<Item> {
        let row = line.row;
        let (size, color) = (style.font_size, color(row.kind, style));
        let baseline = y + font::CAP_HEIGHT / 2.0 * size;
        match cell {
            Cell::Empty | Cell::Mark(_) => Vec::new(),
            Cell::Glyph(glyph) => {
                let (at, anchor) = self.anchored(&column.kind, y);
                let shift = match anchor {
                    Anchor::Start => style.glyph / 2.0,
                    Anchor::Middle => 0.0,
                    Anchor::End => -style.glyph / 2.0,
                };
                glyph.draw(point(at.x + shift, y), style.glyph, color)
            }
            Cell::Light(light) => {
                let (at, _) = self.anchored(&ColumnKind::Center, y);
                light.draw(at, style.light())
            }
            Cell::Text(words) if column.kind == ColumnKind::Left => {
                let lines = self.wrapped(words, line, style);
                let pitch = style.leading * size;
                let first = baseline - pitch * (lines.len() - 1) as f64 / 2.0;
                let place = |(words, i): (Text, u32)| {
                    let at = point(self.left + line.indent, first + f64::from(i) * pitch);
                    text(words, (at, Anchor::Start), size, color)
                };
                lines.into_iter().zip(0_u32..).map(place).collect()
            }
            Cell::Text(figure) if column.kind == ColumnKind::Decimal => {
                let figure = Part::new("", figure, "", row.kind, style);
                let right = self.left + self.width - self.estimate.fraction + figure.tail;
                vec![text(figure.text, (point(right, baseline), Anchor::End), size, color)]
            }
            Cell::Text(words) => {
                vec![text(
                    style.pointed(&weighted(words, row.kind)),
                    self.anchored(&column.kind, baseline),
                    size,
                    color,
                )]
            }
            Cell::Interval { estimate, ends } => {
                self.aligned(&parts(estimate, ends.as_ref(), row.kind, style), row.kind, baseline, style)
            }
        }
    }

    fn aligned(
        &self,
        (estimate, interval): &(Part, Option<Part>),
        kind: RowKind,
        baseline: f64,
        style: &Style,
    ) -> Vec<Item> {
        let start = self.left + (self.width - self.tracks(style)) / 2.0;
        let interval_at = start + self.tracks(style) - self.interval.fraction;
        let parts = [(Some(estimate), start + self.estimate.whole), (interval.as_ref(), interval_at)];
        let shown = parts.into_iter().filter_map(|(part, at)| Some((part.filter(|part| !part.text.is_empty())?, at)));
        // Each part ends at its decimal point plus what follows its own.
        let place = |(part, at): (&Part, f64)| {
            let end = point(at + part.tail, baseline);
            text(part.text.clone(), (end, Anchor::End), style.font_size, color(kind, style))
        };
        shown.map(place).collect()
    }
}

/// Returns a placed text.
pub(super) fn text(text: Text, (at, anchor): (Point, Anchor), size: f64, color: Color) -> Item {
    Item::Text(PlacedText { text, at, anchor, size, color })
}

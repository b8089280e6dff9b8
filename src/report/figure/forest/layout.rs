//! From data to geometry: columns measured, rows stacked, axes and notes below.

use std::collections::BTreeSet;

use super::axes::{benchmark_label, crossing_lines, draw_axis, inset, panel};
use super::axis::marks_in;
use super::cells::{Line, Measured, text};
use super::grid::{Grid, first_words, indent};
use super::marks::Pen;
use super::{Cell, Column, ColumnKind, Forest, Row, RowKind, Section};
use crate::report::figure::font;
use crate::report::figure::geometry::{Anchor, Figure, Group, Item, Mark, Plot, Stroke, identifier, point};
use crate::report::figure::legend::{Key, legend, note};
use crate::report::figure::style::{Color, Style};
use crate::report::figure::text::Text;

/// Returns how wide `forest` will be.
pub(super) fn width(forest: &Forest, style: &Style) -> f64 {
    (Grid::new(forest, style).right + style.margin).ceil()
}

/// Returns `forest` measured and placed.
pub(super) fn lay_out(forest: &Forest, style: &Style) -> Figure {
    let mut layout = Layout::new(forest, style);
    layout.header();
    let rows_top = layout.y;
    let mut ids = BTreeSet::new();
    let last = forest.sections.len().saturating_sub(1);
    for (i, section) in forest.sections.iter().enumerate() {
        layout.section(section, &mut ids, if i == 0 { 0.0 } else { style.section_gap });
        if i < last {
            layout.notes(section);
        }
    }
    layout.y += 3.0;
    let rows_bottom = layout.y;
    // The last notes stand beside the axes, which take no width of their own there.
    let axes_bottom = layout.axes(rows_top, rows_bottom);
    if let Some(section) = forest.sections.last().filter(|section| !section.notes.is_empty()) {
        layout.y += 2.0;
        layout.notes(section);
    }
    layout.y = layout.y.max(axes_bottom);
    layout.footer();
    layout.finish()
}

struct Layout<'a> {
    forest: &'a Forest,
    style: &'a Style,
    grid: Grid<'a>,
    pens: Vec<Option<Pen<'a>>>,
    y: f64,
    behind: Vec<Item>,
    items: Vec<Item>,
}

impl<'a> Layout<'a> {
    fn new(forest: &'a Forest, style: &'a Style) -> Self {
        let grid = Grid::new(forest, style);
        let pens = grid.columns.iter().enumerate().map(|(i, (column, place))| pen(forest, style, i, column, place));
        let pens = pens.collect();
        Self { forest, style, grid, pens, y: style.margin, behind: Vec::new(), items: Vec::new() }
    }

    /// Spanners, then headers with their last lines level, then a rule.
    fn header(&mut self) {
        let style = self.style;
        let pitch = style.leading * style.font_size;
        let spanners = self.grid.spanners();
        if !spanners.is_empty() {
            let baseline = self.y + font::ASCENT * style.font_size;
            for (words, left, right) in spanners {
                let at = (point((left + right) / 2.0, baseline), Anchor::Middle);
                self.items.push(text(Text::new().bold(&words), at, style.font_size, style.ink));
                self.rule(left, right, baseline + 5.0, style.hairline);
            }
            self.y += pitch + 6.0;
        }
        let benchmarks: Vec<_> = self.grid.columns.iter().zip(&self.pens).map(benchmark).collect();
        let lines =
            self.grid.columns.iter().zip(&benchmarks).map(|((c, _), b)| c.header.len() + b.len()).max().unwrap_or(0);
        if lines > 0 {
            self.y += pitch * lines as f64;
            let baseline = self.y - font::DESCENT * style.font_size;
            let mut items = Vec::new();
            for ((column, place), benchmark) in self.grid.columns.iter().zip(benchmarks) {
                items.extend(place.header(column, baseline - pitch * benchmark.len() as f64, style));
                for (i, (line, middle)) in benchmark.into_iter().rev().enumerate() {
                    let at = (point(middle, baseline - pitch * i as f64), Anchor::Middle);
                    items.push(text(line, at, style.note_size, style.benchmark));
                }
            }
            self.items.extend(items);
            self.y += 5.0;
            self.rule(style.margin, self.grid.right, self.y, style.ink);
        }
        self.y += 3.5;
    }

    fn section(&mut self, section: &Section, ids: &mut BTreeSet<String>, gap: f64) {
        let totals = section.rows.iter().position(|row| row.kind == RowKind::Total);
        self.y += gap;
        if let Some(heading) = &section.heading {
            let (left, right) = self.grid.words;
            let pitch = self.style.leading * self.style.font_size;
            let lines = self.style.pointed(heading).wrap(right - left, self.style.font_size);
            let center = self.y + self.style.row_height / 2.0;
            for (line, i) in lines.iter().zip(0_u32..) {
                let y = center + font::CAP_HEIGHT / 2.0 * self.style.font_size + f64::from(i) * pitch;
                let at = (point(left, y), Anchor::Start);
                self.items.push(text(line.clone(), at, self.style.font_size, self.style.ink));
            }
            self.y += self.style.row_height + pitch * (lines.len() - 1) as f64;
        }
        for (i, row) in section.rows.iter().enumerate() {
            if totals == Some(i) {
                self.y += 2.0;
                self.rule(self.style.margin, self.grid.right, self.y, self.style.hairline);
                self.y += 2.5;
            }
            self.row(row, section, ids);
        }
    }

    fn row(&mut self, row: &Row, section: &Section, ids: &mut BTreeSet<String>) {
        let style = self.style;
        let pairs = || self.grid.columns.iter().zip(&self.pens).zip(&row.cells);
        let first = first_words(self.forest);
        let line =
            |i: usize| Line { row, indent: indent(section, first == Some(i), style), spill: self.grid.spill(row, i) };
        let lines =
            pairs().enumerate().map(|(i, (((c, m), _), cell))| m.lines(c, line(i), cell, style)).max().unwrap_or(1);
        let height = style.row_height + style.leading * style.font_size * (lines - 1) as f64;
        let (top, bottom) = (self.y, self.y + height);
        let middle = (top + bottom) / 2.0;
        let mut items = Vec::new();
        for (i, (((column, place), pen), cell)) in pairs().enumerate() {
            items.extend(place.place(column, line(i), cell, middle, style));
            if let (Some(pen), Cell::Mark(mark)) = (pen, cell) {
                let panel = panel(place, pen.span, top, bottom, style);
                items.push(Item::Plot(Plot { panel, items: pen.draw(row.kind, mark, middle) }));
            }
        }
        let id = row.key.as_deref().map(identifier).filter(|id| ids.insert(id.clone()));
        let (title, description) = (row.description.clone(), row.detail.clone());
        self.items.push(Item::Group(Group { id, class: row.kind.as_str(), title, description, items }));
        self.y = bottom;
    }

    /// Lines under a section, in the columns of words.
    fn notes(&mut self, section: &Section) {
        let (left, right) = self.grid.words;
        let left = left + indent(section, true, self.style);
        for note in &section.notes {
            self.y = self::note(note, (left, right), self.y, self.style.quiet, self.style, &mut self.items);
        }
    }

    /// The lines that cross the rows, and the axes below; returns where the lowest ends.
    fn axes(&mut self, top: f64, bottom: f64) -> f64 {
        let mut lowest = bottom;
        let (mut behind, mut items) = (Vec::new(), Vec::new());
        for ((column, place), pen) in self.grid.columns.iter().zip(&self.pens) {
            if let (ColumnKind::Plot(axis), Some(pen)) = (&column.kind, pen) {
                let panel = panel(place, pen.span, top, bottom, self.style);
                behind.push(Item::Plot(Plot { panel, items: crossing_lines(axis, pen.span, top, bottom, self.style) }));
                lowest = lowest.max(draw_axis(axis, &panel, place, self.style, &mut items));
            }
        }
        self.behind.extend(behind);
        self.items.extend(items);
        lowest
    }

    /// The legend and the lines under everything.
    fn footer(&mut self) {
        let style = self.style;
        let mut footer: Vec<Text> = self.forest.lights.note.iter().chain(&self.forest.footer).cloned().collect();
        let marks = self.pens.iter().enumerate().filter_map(|(i, pen)| Some((pen.as_ref()?, marks_in(self.forest, i))));
        if marks.into_iter().any(|(pen, marks)| marks.iter().any(|mark| pen.floored(mark.weight))) {
            footer.push(Text::from(style.words.smallest_squares.as_str()));
        }
        for ((column, _), pen) in self.grid.columns.iter().zip(&self.pens) {
            if let (ColumnKind::Plot(axis), Some(pen)) = (&column.kind, pen)
                && axis.broken(pen.span)
            {
                footer.push(Text::from(style.words.axis_begins.replace("{}", &axis.tick_label(pen.span.from))));
            }
        }
        if !self.forest.legend.is_empty() || !footer.is_empty() {
            self.y += 8.0;
        }
        let words = (style.margin, self.grid.right);
        let glyphs =
            self.forest.legend.iter().map(|(glyph, meaning)| (Key::Glyph(*glyph, style.quiet), meaning.clone()));
        let lights = self.forest.lights.meanings.iter().map(|(light, meaning)| (Key::Light(*light), meaning.clone()));
        let entries = glyphs.chain(lights);
        self.y = legend(&entries.collect::<Vec<_>>(), words, self.y, style, &mut self.items);
        for note in &footer {
            self.y = self::note(note, words, self.y, style.quiet, style, &mut self.items);
        }
    }

    fn rule(&mut self, left: f64, right: f64, y: f64, color: Color) {
        let stroke = Stroke { color, width: 0.8, dash: None };
        self.items.push(Item::Mark(Mark::line(vec![point(left, y), point(right, y)], stroke)));
    }

    fn finish(mut self) -> Figure {
        self.behind.append(&mut self.items);
        Figure {
            id: identifier(&self.forest.id),
            title: self.forest.title.clone(),
            description: self.forest.description.clone(),
            width: (self.grid.right + self.style.margin).ceil(),
            height: (self.y + self.style.margin).ceil(),
            items: self.behind,
        }
    }
}

fn benchmark(((column, place), pen): (&(&Column, Measured), &Option<Pen<'_>>)) -> Vec<(Text, f64)> {
    match (&column.kind, pen) {
        (ColumnKind::Plot(axis), Some(pen)) => benchmark_label(axis, pen, place),
        _ => Vec::new(),
    }
}

/// Returns what draws the marks of a plot; `None` for a column of text.
fn pen<'a>(forest: &Forest, style: &'a Style, index: usize, column: &Column, place: &Measured) -> Option<Pen<'a>> {
    let ColumnKind::Plot(axis) = &column.kind else { return None };
    let marks = marks_in(forest, index);
    let weights = marks.iter().filter_map(|mark| mark.weight).filter(|w| w.is_finite());
    let heaviest = axis.heaviest.unwrap_or_else(|| weights.fold(0.0, f64::max));
    Some(Pen { style, span: axis.span(&marks), width: place.width - 2.0 * inset(style), heaviest })
}

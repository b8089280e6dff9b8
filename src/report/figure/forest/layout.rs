//! From data to geometry: columns measured, rows stacked, axes and notes below.

use std::collections::BTreeSet;

use super::axis::marks_in;
use super::cells::{Line, Measured, text};
use super::marks::Pen;
use super::{Axis, Cell, Column, ColumnKind, Forest, Row, RowKind, Section};
use crate::report::figure::font;
use crate::report::figure::geometry::{
    Anchor, Figure, Group, Item, Layer, Mark, Panel, Plot, Rect, Shape, Span, Stroke, point,
};
use crate::report::figure::style::{Color, Style};
use crate::report::figure::text::Text;

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
    if let Some(section) = forest.sections.last() {
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
    columns: Vec<(&'a Column, Measured)>,
    pens: Vec<Option<Pen<'a>>>,
    /// Left and right end of the columns that hold headings and notes.
    words: (f64, f64),
    right: f64,
    y: f64,
    behind: Vec<Item>,
    items: Vec<Item>,
}

impl<'a> Layout<'a> {
    fn new(forest: &'a Forest, style: &'a Style) -> Self {
        let mut columns: Vec<_> = measure(forest, style);
        widen_for_spanners(&mut columns, style);
        let words = widen_for_notes(&mut columns, forest, style);
        share_plots(&mut columns, style);
        let right = arrange(&mut columns, style);
        let words = match (columns.get(words.start), columns.get(words.end.saturating_sub(1))) {
            (Some((_, first)), Some((_, last))) => (first.left, last.left + last.width),
            _ => (style.margin, right),
        };
        let pens = columns.iter().enumerate().map(|(i, (column, place))| pen(forest, style, i, column, place));
        let pens = pens.collect();
        Self { forest, style, columns, pens, words, right, y: style.margin, behind: Vec::new(), items: Vec::new() }
    }

    /// Spanners, then headers with their last lines level, then a rule.
    fn header(&mut self) {
        let style = self.style;
        let pitch = style.leading * style.font_size;
        let spanners = spanners(&self.columns);
        if !spanners.is_empty() {
            let baseline = self.y + font::ASCENT * style.font_size;
            for (words, left, right) in spanners {
                let at = (point((left + right) / 2.0, baseline), Anchor::Middle);
                self.items.push(text(Text::new().bold(&words), at, style.font_size, style.ink));
                self.rule(left, right, baseline + 5.0, style.hairline);
            }
            self.y += pitch + 6.0;
        }
        let benchmarks: Vec<_> = self.columns.iter().zip(&self.pens).map(benchmark_lines).collect();
        let lines = self.columns.iter().zip(&benchmarks).map(|((c, _), b)| c.header.len() + b.len()).max().unwrap_or(0);
        if lines > 0 {
            self.y += pitch * lines as f64;
            let baseline = self.y - font::DESCENT * style.font_size;
            let mut items = Vec::new();
            for ((column, place), benchmark) in self.columns.iter().zip(benchmarks) {
                items.extend(place.header(column, baseline - pitch * benchmark.len() as f64, style));
                for (i, (line, middle)) in benchmark.into_iter().rev().enumerate() {
                    let at = (point(middle, baseline - pitch * i as f64), Anchor::Middle);
                    items.push(text(line, at, style.note_size, style.benchmark));
                }
            }
            self.items.extend(items);
            self.y += 5.0;
            self.rule(style.margin, self.right, self.y, style.ink);
        }
        self.y += 3.5;
    }

    fn section(&mut self, section: &Section, ids: &mut BTreeSet<String>, gap: f64) {
        let totals = section.rows.iter().position(|row| row.kind == RowKind::Total);
        self.y += gap;
        if let Some(heading) = &section.heading {
            let (left, right) = self.words;
            let pitch = self.style.leading * self.style.font_size;
            let lines = heading.wrap(right - left, self.style.font_size);
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
                self.rule(self.style.margin, self.right, self.y, self.style.hairline);
                self.y += 2.5;
            }
            self.row(row, section, ids);
        }
    }

    fn row(&mut self, row: &Row, section: &Section, ids: &mut BTreeSet<String>) {
        let style = self.style;
        let pairs = || self.columns.iter().zip(&self.pens).zip(&row.cells);
        let first = first_words(self.forest);
        let line = |i: usize| Line { row, indent: indent(section, first == Some(i), style) };
        let lines = pairs().enumerate().map(|(i, (((c, m), _), cell))| m.lines(c, line(i), cell, style)).max().unwrap_or(1);
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
        self.items.push(Item::Group(Group { id, class: class(row.kind), title: row.description.clone(), items }));
        self.y = bottom;
    }

    /// Lines under a section, in the columns of words.
    fn notes(&mut self, section: &Section) {
        let (left, right) = self.words;
        let left = left + indent(section, true, self.style);
        for note in &section.notes {
            self.lines(note, left, right);
        }
    }

    /// A note wrapped between `left` and `right`.
    fn lines(&mut self, note: &Text, left: f64, right: f64) {
        let (style, size) = (self.style, self.style.note_size);
        for line in note.wrap(right - left, size) {
            let at = (point(left, self.y + font::ASCENT * size), Anchor::Start);
            self.items.push(text(line, at, size, style.quiet));
            self.y += size * style.leading * 1.04;
        }
    }

    /// The lines that cross the rows, and the axes below; returns where the lowest ends.
    fn axes(&mut self, top: f64, bottom: f64) -> f64 {
        let mut lowest = bottom;
        let (mut behind, mut items) = (Vec::new(), Vec::new());
        for ((column, place), pen) in self.columns.iter().zip(&self.pens) {
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
        let mut footer = self.forest.footer.clone();
        let marks = self.pens.iter().enumerate().filter_map(|(i, pen)| Some((pen.as_ref()?, marks_in(self.forest, i))));
        if marks.into_iter().any(|(pen, marks)| marks.iter().any(|mark| pen.floored(mark.weight))) {
            footer.push(Text::from("The smallest squares are drawn larger than their weight, to be seen."));
        }
        if !self.forest.legend.is_empty() || !footer.is_empty() {
            self.y += 8.0;
        }
        self.legend();
        for note in &footer {
            self.lines(note, style.margin, self.right);
        }
    }

    fn legend(&mut self) {
        let (style, size) = (self.style, self.style.note_size);
        let pitch = size * style.leading * 1.04;
        let mut x = style.margin;
        for (glyph, meaning) in &self.forest.legend {
            let indent = style.glyph + 5.0;
            let lines = Text::from(meaning.as_str()).wrap(self.right - style.margin - indent, size);
            let width = indent + lines.iter().map(|line| line.width(size)).fold(0.0, f64::max);
            if x > style.margin && x + width > self.right {
                x = style.margin;
                self.y += pitch;
            }
            for (line, i) in lines.iter().zip(0_u32..) {
                let baseline = self.y + font::ASCENT * size + f64::from(i) * pitch;
                if i == 0 {
                    let center = point(x + style.glyph / 2.0, baseline - font::CAP_HEIGHT / 2.0 * size);
                    self.items.extend(glyph.draw(center, style.glyph, style.quiet));
                }
                self.items.push(text(line.clone(), (point(x + indent, baseline), Anchor::Start), size, style.quiet));
            }
            self.y += pitch * (lines.len() - 1) as f64;
            x += width + 14.0;
        }
        if !self.forest.legend.is_empty() {
            self.y += pitch + 2.0;
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
            width: (self.right + self.style.margin).ceil(),
            height: (self.y + self.style.margin).ceil(),
            items: self.behind,
        }
    }
}

fn measure<'a>(forest: &'a Forest, style: &Style) -> Vec<(&'a Column, Measured)> {
    let first = first_words(forest);
    let columns = forest.columns.iter().enumerate().map(|(i, column)| {
        let cells = forest.sections.iter().flat_map(|section| {
            let indent = indent(section, first == Some(i), style);
            section.rows.iter().filter_map(move |row| Some((Line { row, indent }, row.cells.get(i)?)))
        });
        (column, Measured::new(column, cells, first == Some(i), style))
    });
    columns.collect()
}

/// Returns the column of labels.
fn first_words(forest: &Forest) -> Option<usize> {
    forest.columns.iter().position(|column| column.kind == ColumnKind::Left)
}

/// Returns how far the words of a section stand in: the labels under a heading do.
fn indent(section: &Section, labels: bool, style: &Style) -> f64 {
    if labels && section.heading.is_some() { style.indent } else { 0.0 }
}

fn is_plot(column: &Column) -> bool {
    matches!(column.kind, ColumnKind::Plot(_))
}

/// Makes the last column under a spanner wide enough for it.
fn widen_for_spanners(columns: &mut [(&Column, Measured)], style: &Style) {
    arrange(columns, style);
    for (words, left, right) in spanners(columns) {
        let needed = Text::new().bold(&words).width(style.font_size);
        let last = columns.iter_mut().rev().find(|(c, m)| c.spanner.as_ref() == Some(&words) && m.left < right);
        if let Some((_, last)) = last {
            last.width += (needed - (right - left)).max(0.0);
        }
    }
}

/// Returns the widest run of columns without a plot, made wide enough for headings and notes.
fn widen_for_notes(columns: &mut [(&Column, Measured)], forest: &Forest, style: &Style) -> std::ops::Range<usize> {
    arrange(columns, style);
    let width = |run: &std::ops::Range<usize>| match (columns.get(run.start), columns.get(run.end - 1)) {
        (Some((_, first)), Some((_, last))) => last.left + last.width - first.left,
        _ => 0.0,
    };
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, _) in columns.iter().enumerate().filter(|(_, (column, _))| !is_plot(column)) {
        match runs.last_mut() {
            Some(run) if run.end == i => run.end += 1,
            _ => runs.push(i..i + 1),
        }
    }
    // The first of the widest: notes stand where the labels are unless they have no room there.
    let notes = forest.sections.iter().flat_map(|section| {
        let notes = section.notes.iter().map(|note| note.width(style.note_size) + indent(section, true, style));
        notes.chain(section.heading.iter().map(|heading| heading.width(style.font_size)))
    });
    let wanted = notes.fold(0.0, f64::max).min(style.note_width);
    let widest = runs.iter().map(width).fold(0.0, f64::max).min(wanted);
    let Some(run) = runs.iter().find(|run| width(run) >= widest).cloned() else { return 0..0 };
    let missing = wanted - width(&run);
    if let Some((_, first)) = columns.get_mut(run.start) {
        first.width += missing.max(0.0);
    }
    run
}

/// Gives the plots what the text leaves of the figure's width, within the style's bounds.
fn share_plots(columns: &mut [(&Column, Measured)], style: &Style) {
    let plots = columns.iter().filter(|(column, _)| is_plot(column)).count();
    let taken = arrange(columns, style) + style.margin;
    let taken = taken - columns.iter().filter(|(c, _)| is_plot(c)).map(|(_, m)| m.width).sum::<f64>();
    let (least, greatest) = style.plot_width;
    let share = ((style.figure_width - taken) / plots.max(1) as f64).clamp(least, greatest);
    for (_, place) in columns.iter_mut().filter(|(column, _)| is_plot(column)) {
        place.width = place.width.max(share);
    }
}

/// Puts the columns side by side and returns the right end of the last.
fn arrange(columns: &mut [(&Column, Measured)], style: &Style) -> f64 {
    let mut right = style.margin;
    let mut before: Option<&Column> = None;
    for (column, place) in columns {
        let gap = match before {
            None => 0.0,
            Some(before) if is_plot(before) || is_plot(column) => style.plot_gap,
            Some(_) => style.column_gap,
        };
        place.left = right + gap;
        right = place.left + place.width;
        before = Some(column);
    }
    right
}

/// Returns each spanner's words with the left and right end of its columns.
fn spanners(columns: &[(&Column, Measured)]) -> Vec<(String, f64, f64)> {
    let mut spanners: Vec<(String, f64, f64)> = Vec::new();
    let mut before: Option<&String> = None;
    for (column, place) in columns {
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

fn pen<'a>(forest: &Forest, style: &'a Style, index: usize, column: &Column, place: &Measured) -> Option<Pen<'a>> {
    let ColumnKind::Plot(axis) = &column.kind else { return None };
    let marks = marks_in(forest, index);
    let weights = marks.iter().filter_map(|mark| mark.weight).filter(|w| w.is_finite());
    let heaviest = weights.fold(0.0, f64::max);
    Some(Pen { style, span: axis.span(&marks), width: place.width - 2.0 * inset(style), heaviest })
}

/// Room for half a square at the ends of an axis.
fn inset(style: &Style) -> f64 {
    style.square / 2.0 + 1.0
}

fn panel(place: &Measured, x: Span, top: f64, bottom: f64, style: &Style) -> Panel {
    let (left, right) = (place.left + inset(style), place.left + place.width - inset(style));
    Panel { frame: Rect { left, top, right, bottom }, x, y: Span::linear(top, bottom) }
}

/// Returns the lines of a benchmark's label with their middle: above its line, within the plot.
fn benchmark_lines(((column, place), pen): (&(&Column, Measured), &Option<Pen<'_>>)) -> Vec<(Text, f64)> {
    let (ColumnKind::Plot(Axis { benchmark: Some(benchmark), .. }), Some(pen)) = (&column.kind, pen) else {
        return Vec::new();
    };
    let size = pen.style.note_size;
    let fraction = (pen.span.fraction(benchmark.from) + pen.span.fraction(benchmark.to)) / 2.0;
    let wanted = place.left + inset(pen.style) + fraction * pen.width;
    let lines = Text::from(benchmark.label.as_str()).wrap(place.width, size);
    let within = |line: Text| {
        let half = (line.width(size) / 2.0).min(place.width / 2.0);
        let middle = wanted.clamp(place.left + half, place.left + place.width - half);
        (line, middle)
    };
    lines.into_iter().map(within).collect()
}

fn crossing_lines(axis: &Axis, span: Span, top: f64, bottom: f64, style: &Style) -> Vec<Item> {
    let line = |x: f64, color: Color, width: f64, dash: Option<(f64, f64)>| {
        Item::Mark(Mark::line(vec![point(x, top), point(x, bottom)], Stroke { color, width, dash }))
    };
    let mut items = Vec::new();
    if let Some(benchmark) = &axis.benchmark {
        if benchmark.from < benchmark.to {
            let shape = Shape::Rectangle(point(benchmark.from, top), point(benchmark.to, bottom));
            items.push(Item::Mark(Mark { layer: Layer::Background, ..Mark::filled(shape, style.band) }));
        } else if span.holds(benchmark.from) {
            items.push(line(benchmark.from, style.benchmark, 1.0, Some((1.0, 2.0))));
        }
    }
    items.extend(axis.null.filter(|x| span.holds(*x)).map(|x| line(x, style.ink, 0.8, None)));
    items.extend(axis.pooled.filter(|x| span.holds(*x)).map(|x| line(x, style.total, 0.9, Some((4.0, 3.0)))));
    items
}

/// Draws line, ticks, their labels, directions and label of an axis under `panel`; returns where it ends.
fn draw_axis(axis: &Axis, panel: &Panel, place: &Measured, style: &Style, items: &mut Vec<Item>) -> f64 {
    let (size, pitch) = (style.note_size, style.note_size * style.leading);
    let Rect { left, right, bottom, .. } = panel.frame;
    let stroke = Stroke { color: style.ink, width: 0.8, dash: None };
    let ticks = axis.ticks(panel.x, right - left, |label| Text::from(label).width(size));
    items.push(Item::Mark(Mark::line(vec![point(left, bottom), point(right, bottom)], stroke)));
    let mut y = bottom + 6.0;
    for (value, label) in ticks {
        let x = left + (right - left) * panel.x.fraction(value);
        items.push(Item::Mark(Mark::line(vec![point(x, bottom), point(x, bottom + 4.0)], stroke)));
        let at = (point(x, y + font::ASCENT * size), Anchor::Middle);
        items.push(text(Text::from(label), at, size, style.ink));
    }
    y += pitch;
    if let Some((low, high)) = &axis.directions {
        let room = place.width / 2.0 - 6.0;
        let sides = [
            (format!("← {low}"), place.left, Anchor::Start),
            (format!("{high} →"), place.left + place.width, Anchor::End),
        ];
        let mut lowest = y;
        for (words, x, anchor) in sides {
            for (line, i) in Text::from(words).wrap(room, size).into_iter().zip(0_u32..) {
                let top = y + f64::from(i) * pitch;
                items.push(text(line, (point(x, top + font::ASCENT * size), anchor), size, style.ink));
                lowest = lowest.max(top + pitch);
            }
        }
        y = lowest;
    }
    y += 1.0;
    for line in axis.label.wrap(place.width, size) {
        let at = (point(place.left + place.width / 2.0, y + font::ASCENT * size), Anchor::Middle);
        items.push(text(line, at, size, style.ink));
        y += pitch;
    }
    y
}

fn class(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Study => "study",
        RowKind::NotPooled => "not-pooled",
        RowKind::Subtotal => "subtotal",
        RowKind::Total => "total",
        RowKind::Prediction => "prediction",
    }
}

/// Returns `key` with every character that cannot stand in an id as a hyphen.
fn identifier(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

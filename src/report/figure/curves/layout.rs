//! From data to geometry: panels side by side where the figure is wide, one above the other where it is one column.

use super::dodge;
use super::{Curves, End, Panel};
use crate::report::figure::chart::{Layer, key_of};
use crate::report::figure::font;
use crate::report::figure::geometry::{
    self, Anchor, Figure, Group, Item, Mark, PlacedText, Plot, Point, Rect, Shape, Stroke, identifier, point,
};
use crate::report::figure::legend::{self, legend, note};
use crate::report::figure::span::Span;
use crate::report::figure::style::Style;
use crate::report::figure::text::Text;

/// Length of a tick.
const TICK: f64 = 4.0;
/// White between a tick and its label, and round what stands beside one another.
const GAP: f64 = 3.0;
/// From the frame to the names at its side: room for the lines that join them to their curves.
const LEADER: f64 = 14.0;
/// Least height of a frame in parts of its width.
const ASPECT: f64 = 0.95;
/// Narrowest frame that stands beside another.
const NARROWEST: f64 = 130.0;
/// Widest name in parts of the figure.
const LONGEST: f64 = 0.3;
/// Ticks of the upright axes, per cent.
const PERCENT: [u32; 6] = [0, 20, 40, 60, 80, 100];

/// Widths that all panels share.
struct Measure<'a> {
    curves: &'a Curves,
    style: &'a Style,
    /// Before a frame that has its own axis.
    before: f64,
    /// Beside the frame of each panel, for names.
    names: Vec<f64>,
    /// Of a frame.
    frame: f64,
    height: f64,
    /// Whether the panels stand side by side.
    beside: bool,
}

/// Returns `curves` measured and placed.
pub(super) fn lay_out(curves: &Curves, style: &Style) -> Figure {
    let measure = Measure::new(curves, style);
    let (left, start) = (style.margin, style.margin + measure.before);
    let mut items = Vec::new();
    let mut y = style.margin;
    let at = point(left, y + font::ASCENT * style.note_size);
    items.push(words(curves.upright.clone(), at, Anchor::Start, style));
    y += legend::pitch(style);
    let (mut bottom, mut right) = (y, start);
    let mut x = start;
    for (panel, names) in curves.panels.iter().zip(&measure.names) {
        if x > start && !measure.beside {
            (x, y) = (start, bottom + style.section_gap);
        }
        bottom = measure.panel(panel, point(x, y), x == start, &mut items).max(bottom);
        right = right.max(x + measure.frame + names);
        x += measure.frame + names + style.column_gap;
    }
    y = bottom + 8.0;
    let entries: Vec<_> = curves.legend.iter().map(|(key, meaning)| (key_of(key, style), meaning.clone())).collect();
    y = legend(&entries, (left, right), y, style, &mut items);
    for text in &curves.footer {
        y = note(text, (left, right), y, style.quiet, style, &mut items);
    }
    Figure {
        id: identifier(&curves.id),
        title: curves.title.clone(),
        description: curves.description.clone(),
        width: (right + style.margin).ceil(),
        height: (y + style.margin).ceil(),
        items,
    }
}

fn words(text: Text, at: Point, anchor: Anchor, style: &Style) -> Item {
    Item::Text(PlacedText { text, at, anchor, size: style.note_size, color: style.ink })
}

impl<'a> Measure<'a> {
    fn new(curves: &'a Curves, style: &'a Style) -> Self {
        let size = style.note_size;
        let widest = |texts: &mut dyn Iterator<Item = Text>| texts.map(|text| text.width(size)).fold(0.0, f64::max);
        let ticks = widest(&mut PERCENT.iter().map(|value| Text::from(value.to_string()))) + TICK + GAP;
        let counts = curves.panels.iter().flat_map(|panel| &panel.counts).filter_map(|row| row.first());
        let count = widest(&mut counts.map(|count| Text::from(count.as_str()))) / 2.0;
        let counted = widest(&mut curves.counted.iter().map(|name| Text::from(name.as_str()))) + count + 3.0 * GAP;
        let before = ticks.max(counted);
        let name = |panel: &Panel| LEADER + widest(&mut panel.ends.iter().map(|end| shown(end, style)));
        let names: Vec<f64> = curves.panels.iter().map(name).collect();
        let width = style.figure_width.max(style.chart_width);
        let count = curves.panels.len().max(1) as f64;
        let shared = width - before - names.iter().sum::<f64>() - (count - 1.0) * style.column_gap;
        let beside = shared / count >= NARROWEST;
        let alone = width - before - names.iter().copied().fold(0.0, f64::max);
        let frame = if beside { shared / count } else { alone };
        let most = curves.panels.iter().map(|panel| panel.ends.len()).max().unwrap_or(0);
        let height = (frame * ASPECT).clamp(150.0, 260.0).max(most as f64 * line(style));
        // A single panel is no wider than it needs to be.
        Self { curves, style, before, names, frame: frame.min(height * 1.7), height, beside }
    }

    /// Draws one panel from `at` on, the left end of its heading; returns where it ends.
    fn panel(&self, panel: &Panel, at: Point, first: bool, items: &mut Vec<Item>) -> f64 {
        let style = self.style;
        let top = at.y + font::ASCENT * style.font_size;
        items.push(Item::Text(PlacedText {
            text: panel.heading.clone(),
            at: point(at.x, top),
            anchor: Anchor::Start,
            size: style.font_size,
            color: style.ink,
        }));
        let top = top + style.font_size * 0.9;
        let frame = Rect { left: at.x, top, right: at.x + self.frame, bottom: top + self.height };
        let ends = |ticks: &[(f64, String)]| Some((ticks.first()?.0, ticks.last()?.0));
        let (from, to) = ends(&self.curves.ticks).unwrap_or((0.0, 1.0));
        let axes = geometry::Panel { frame, x: Span::linear(from, to), y: Span::linear(100.0, 0.0) };
        items.push(Item::Plot(Plot { panel: axes, items: drawn(&panel.layers, style) }));
        self.names(&panel.ends, &axes, items);
        self.axes(panel, &axes, first, items)
    }

    /// Writes the names at the right of the frame, joined to the ends of their curves.
    fn names(&self, ends: &[End], axes: &geometry::Panel, items: &mut Vec<Item>) {
        let (style, size) = (self.style, self.style.note_size);
        let mut ends: Vec<(&End, Point)> = ends.iter().map(|end| (end, axes.place(end.at))).collect();
        ends.sort_by(|(_, a), (_, b)| a.y.total_cmp(&b.y).then(b.x.total_cmp(&a.x)));
        let wanted: Vec<f64> = ends.iter().map(|(_, at)| at.y).collect();
        let places = dodge::apart(&wanted, line(style), (axes.frame.top, axes.frame.bottom));
        for ((end, at), y) in ends.into_iter().zip(places) {
            let x = axes.frame.right + LEADER;
            let stroke = Stroke { color: style.quiet, width: 0.5, dash: None };
            // Level to the frame's side, then to the name.
            let start = at.x + style.glyph * 0.6;
            let points = vec![point(start, at.y), point(start.max(axes.frame.right + 2.0), at.y), point(x - 2.0, y)];
            let leader = Mark { layer: geometry::Layer::Background, ..Mark::line(points, stroke) };
            items.push(Item::Mark(leader));
            let at = point(x, y + (font::ASCENT - font::DESCENT) / 2.0 * size);
            let color = end.ink.color(style);
            items.push(Item::Text(PlacedText { text: shown(end, self.style), at, anchor: Anchor::Start, size, color }));
        }
    }

    /// Draws the axes and the counts under them; returns where they end.
    fn axes(&self, panel: &Panel, axes: &geometry::Panel, first: bool, items: &mut Vec<Item>) -> f64 {
        let (style, size, frame) = (self.style, self.style.note_size, axes.frame);
        let stroke = Stroke { color: style.ink, width: 0.8, dash: None };
        let mut rule = |a: Point, b: Point| items.push(Item::Mark(Mark::line(vec![a, b], stroke)));
        rule(point(frame.left, frame.top), point(frame.left, frame.bottom));
        rule(point(frame.left, frame.bottom), point(frame.right, frame.bottom));
        for value in PERCENT {
            let y = axes.place(point(0.0, f64::from(value))).y;
            rule(point(frame.left - TICK, y), point(frame.left, y));
        }
        let shown = self.shown_ticks(axes);
        for (_, x) in &shown {
            rule(point(*x, frame.bottom), point(*x, frame.bottom + TICK));
        }
        if first {
            for value in PERCENT {
                let y = axes.place(point(0.0, f64::from(value))).y + font::CAP_HEIGHT / 2.0 * size;
                items.push(words(value.to_string().into(), point(frame.left - TICK - GAP, y), Anchor::End, style));
            }
        }
        let mut y = frame.bottom + TICK + 2.0 + font::ASCENT * size;
        for (tick, x) in &shown {
            let label = self.curves.ticks.get(*tick).map(|(_, label)| label.as_str()).unwrap_or_default();
            items.push(words(label.into(), point(*x, y), Anchor::Middle, style));
        }
        y += legend::pitch(style);
        let middle = (frame.left + frame.right) / 2.0;
        items.push(words(self.curves.across.clone(), point(middle, y), Anchor::Middle, style));
        y += 1.0;
        for (name, counts) in self.curves.counted.iter().zip(&panel.counts) {
            y += legend::pitch(style);
            if first {
                items.push(words(name.as_str().into(), point(frame.left - self.before, y), Anchor::Start, style));
            }
            for (tick, x) in &shown {
                let count = counts.get(*tick).map(String::as_str).unwrap_or_default();
                items.push(words(count.into(), point(*x, y), Anchor::Middle, style));
            }
        }
        y + font::DESCENT * size
    }

    /// Returns the ticks whose labels and counts keep clear of those before them, and where they stand.
    fn shown_ticks(&self, axes: &geometry::Panel) -> Vec<(usize, f64)> {
        let size = self.style.note_size;
        let mut shown: Vec<(usize, f64)> = Vec::new();
        let mut free = f64::NEG_INFINITY;
        for (index, (value, label)) in self.curves.ticks.iter().enumerate() {
            let counts = self.curves.panels.iter().flat_map(|panel| &panel.counts).filter_map(|row| row.get(index));
            let widest = counts.chain([label]).map(|text| Text::from(text.as_str()).width(size)).fold(0.0, f64::max);
            let x = axes.place(point(*value, 0.0)).x;
            if x - widest / 2.0 >= free {
                free = x + widest / 2.0 + 2.0 * GAP;
                shown.push((index, x));
            }
        }
        shown
    }
}

/// Returns the name at the end of a curve, cut where it would leave too little of the figure to the curves.
fn shown(end: &End, style: &Style) -> Text {
    end.name.shortened(LONGEST * style.figure_width, style.note_size)
}

/// Returns the height of one name.
fn line(style: &Style) -> f64 {
    style.note_size * (font::ASCENT + font::DESCENT) + 0.5
}

/// Returns areas, lines and dots, in the values of the axes.
fn drawn(layers: &[Layer], style: &Style) -> Vec<Item> {
    let behind = |shape, fill, stroke| Item::Mark(Mark { shape, fill, stroke, layer: geometry::Layer::Background });
    let item = |layer: &Layer| match layer {
        Layer::Area { corners, ink } => behind(Shape::Polygon(corners.clone()), Some(ink.color(style)), None),
        Layer::Line { points, pen, .. } => behind(Shape::Line(points.clone()), None, Some(pen.stroke(style))),
        Layer::Dot(dot) => Item::Group(Group {
            id: None,
            class: "dot",
            title: dot.name.clone(),
            description: String::new(),
            items: dot.glyph.draw(dot.at, dot.size * style.glyph, dot.ink.color(style)),
        }),
    };
    layers.iter().map(item).collect()
}

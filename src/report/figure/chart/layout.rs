//! From data to geometry: a frame as wide as the style's charts, axes round it, names beside their dots, notes below.

use super::clip::Window;
use super::names::{self, Wanted};
use super::{Axis, Chart, Dot, Ink, Key, Layer, Named};
use crate::report::figure::font;
use crate::report::figure::geometry::{
    self, Anchor, Figure, Group, Item, Mark, Panel, PlacedText, Plot, Point, Rect, Shape, Stroke, identifier, point,
};
use crate::report::figure::legend::{self, legend, note};
use crate::report::figure::span::Span;
use crate::report::figure::style::Style;
use crate::report::figure::text::Text;
use crate::report::figure::ticks;

/// Height of the frame in parts of its width.
const ASPECT: f64 = 0.68;
/// The longest label beside an upright axis in parts of the chart's width.
const LONGEST: f64 = 0.4;
/// Length of a tick.
const TICK: f64 = 4.0;
/// White between a tick and its label, and round the labels of ticks.
const GAP: f64 = 3.0;

/// Returns `chart` measured and placed.
pub(super) fn lay_out(chart: &Chart, style: &Style) -> Figure {
    let size = style.note_size;
    // A name of any length leaves room for what is drawn.
    let upright = |axis: &Axis| -> Vec<(f64, String)> {
        let shortened = |text: String| Text::from(text).shortened(LONGEST * style.chart_width, size).to_string();
        printed(axis, 7).into_iter().map(|(value, text)| (value, shortened(text))).collect()
    };
    let (left_ticks, right_ticks) = (upright(&chart.y), chart.right.as_ref().map(upright));
    let widest =
        |ticks: &[(f64, String)]| ticks.iter().map(|(_, t)| Text::from(t.as_str()).width(size)).fold(0.0, f64::max);
    let side = |ticks: &[(f64, String)]| widest(ticks) + TICK + GAP;
    let (before, after) = overhang(&chart.x, style);
    let left = style.margin + side(&left_ticks).max(before);
    let right = style.margin + style.chart_width - right_ticks.as_deref().map_or(after, side).max(after);

    let mut items = Vec::new();
    let top = upright_labels(chart, style, &mut items);
    let height = chart.y.length.unwrap_or((right - left) * ASPECT);
    let frame = Rect { left, top, right, bottom: top + height };
    let panel = Panel { frame, x: Span::linear(chart.x.from, chart.x.to), y: Span::linear(chart.y.to, chart.y.from) };
    let mut y = axes(chart, &panel, &left_ticks, right_ticks.as_deref(), style, &mut items);

    let window = Window { x: ordered(&chart.x), y: ordered(&chart.y) };
    let mut all = vec![Item::Plot(Plot { panel, items: drawn(chart, &window, style) })];
    all.extend(items);
    all.extend(named(chart, &window, &panel, style).into_iter().map(Item::Text));

    let words = (style.margin, style.margin + style.chart_width);
    if !chart.legend.is_empty() || !chart.footer.is_empty() {
        y += 8.0;
    }
    let entries: Vec<_> = chart.legend.iter().map(|(key, meaning)| (key_of(key, style), meaning.clone())).collect();
    y = legend(&entries, words, y, style, &mut all);
    for text in &chart.footer {
        y = note(text, words, y, style.quiet, style, &mut all);
    }
    Figure {
        id: identifier(&chart.id),
        title: chart.title.clone(),
        description: chart.description.clone(),
        width: (style.chart_width + 2.0 * style.margin).ceil(),
        height: (y + style.margin).ceil(),
        items: all,
    }
}

fn ordered(axis: &Axis) -> (f64, f64) {
    (axis.from.min(axis.to), axis.from.max(axis.to))
}

/// Returns the printed values of an axis, along it.
fn printed(axis: &Axis, most: usize) -> Vec<(f64, String)> {
    let (low, high) = ordered(axis);
    if axis.ticks.is_empty() {
        let values = ticks::round_values(Span::linear(low, high), most);
        return values.into_iter().map(|value| (value, ticks::label(value))).collect();
    }
    axis.ticks.iter().filter(|(value, _)| (low..=high).contains(value)).cloned().collect()
}

/// Returns how far the labels of the lower axis reach beyond the frame, to the left and to the right.
fn overhang(axis: &Axis, style: &Style) -> (f64, f64) {
    let mut reach = (0.0_f64, 0.0_f64);
    for (value, label) in printed(axis, 8) {
        let half = Text::from(label).width(style.note_size) / 2.0;
        let (part, width) = (Span::linear(axis.from, axis.to).fraction(value), style.chart_width - 4.0 * half);
        reach = (reach.0.max(half - part * width), reach.1.max(half - (1.0 - part) * width));
    }
    reach
}

/// The labels of the upright axes stand above them, to be read without turning the head; returns where the frame begins.
fn upright_labels(chart: &Chart, style: &Style, items: &mut Vec<Item>) -> f64 {
    let size = style.note_size;
    let (left, right) = (style.margin, style.margin + style.chart_width);
    let share = if chart.right.is_some() { style.chart_width / 2.0 - 8.0 } else { style.chart_width };
    let mut lowest = style.margin;
    let mut place = |label: &Text, x: f64, anchor: Anchor| {
        for (text, i) in label.wrap(share, size).into_iter().zip(0_u32..) {
            let top = style.margin + f64::from(i) * legend::pitch(style);
            let at = point(x, top + font::ASCENT * size);
            items.push(Item::Text(PlacedText { text, at, anchor, size, color: style.ink }));
            lowest = lowest.max(top + legend::pitch(style));
        }
    };
    place(&chart.y.label, left, Anchor::Start);
    if let Some(axis) = &chart.right {
        place(&axis.label, right, Anchor::End);
    }
    // Room for half the topmost tick's label.
    lowest + size / 2.0
}

/// Draws the axes and returns where the label of the lower one ends.
fn axes(
    chart: &Chart,
    panel: &Panel,
    left: &[(f64, String)],
    right: Option<&[(f64, String)]>,
    style: &Style,
    items: &mut Vec<Item>,
) -> f64 {
    let (size, frame) = (style.note_size, panel.frame);
    let stroke = Stroke { color: style.ink, width: 0.8, dash: None };
    let mut line = |a: Point, b: Point| items.push(Item::Mark(Mark::line(vec![a, b], stroke)));
    line(point(frame.left, frame.top), point(frame.left, frame.bottom));
    line(point(frame.left, frame.bottom), point(frame.right, frame.bottom));
    if right.is_some() {
        line(point(frame.right, frame.top), point(frame.right, frame.bottom));
    }
    let mut label = |text: &str, at: Point, anchor: Anchor| {
        items.push(Item::Text(PlacedText { text: text.into(), at, anchor, size, color: style.ink }));
    };
    let mut marks = Vec::new();
    let baseline = |y: f64| y + font::CAP_HEIGHT / 2.0 * size;
    let upright = |axis: &Axis, value: f64| {
        frame.bottom - (frame.bottom - frame.top) * Span::linear(axis.from, axis.to).fraction(value)
    };
    let height = (font::ASCENT + font::DESCENT) * size + 2.0;
    for (value, text) in apart(left, |value| upright(&chart.y, value), |_| height) {
        let y = upright(&chart.y, value);
        label(text, point(frame.left - TICK - GAP, baseline(y)), Anchor::End);
        marks.push([point(frame.left - TICK, y), point(frame.left, y)]);
    }
    if let (Some(axis), Some(ticks)) = (&chart.right, right) {
        for (value, text) in apart(ticks, |value| upright(axis, value), |_| height) {
            let y = upright(axis, value);
            label(text, point(frame.right + TICK + GAP, baseline(y)), Anchor::Start);
            marks.push([point(frame.right, y), point(frame.right + TICK, y)]);
        }
    }
    let across = |value: f64| frame.left + (frame.right - frame.left) * panel.x.fraction(value);
    let below = printed(&chart.x, 8);
    for (value, text) in apart(&below, across, |text| Text::from(text).width(size) + 2.0 * GAP) {
        let x = across(value);
        label(text, point(x, frame.bottom + TICK + 2.0 + font::ASCENT * size), Anchor::Middle);
        marks.push([point(x, frame.bottom), point(x, frame.bottom + TICK)]);
    }
    items.extend(marks.into_iter().map(|ends| Item::Mark(Mark::line(ends.into(), stroke))));
    let mut y = frame.bottom + TICK + 3.0 + legend::pitch(style);
    for text in chart.x.label.wrap_evenly(style.chart_width, size) {
        // Under the frame's middle, yet never beyond the chart's sides.
        let half = text.width(size) / 2.0;
        let sides = (style.margin + half, style.margin + style.chart_width - half);
        let x = ((frame.left + frame.right) / 2.0).clamp(sides.0, sides.1.max(sides.0));
        let at = point(x, y + font::ASCENT * size);
        items.push(Item::Text(PlacedText { text, at, anchor: Anchor::Middle, size, color: style.ink }));
        y += legend::pitch(style);
    }
    y
}

/// Returns the ticks whose labels keep clear of those before them.
fn apart(ticks: &[(f64, String)], place: impl Fn(f64) -> f64, extent: impl Fn(&str) -> f64) -> Vec<(f64, &str)> {
    let mut kept: Vec<(f64, &str)> = Vec::new();
    let mut ends: Vec<(f64, f64)> = Vec::new();
    for (value, text) in ticks {
        let (middle, half) = (place(*value), extent(text) / 2.0);
        if ends.iter().all(|(low, high)| middle + half <= *low || middle - half >= *high) {
            ends.push((middle - half, middle + half));
            kept.push((*value, text));
        }
    }
    kept
}

/// Returns areas, lines and dots, in the values of the axes.
fn drawn(chart: &Chart, window: &Window, style: &Style) -> Vec<Item> {
    let background = |shape, fill, stroke| Item::Mark(Mark { shape, fill, stroke, layer: geometry::Layer::Background });
    let mut items = Vec::new();
    for layer in &chart.layers {
        match layer {
            Layer::Area { corners, ink } => {
                let corners = window.area(corners);
                if !corners.is_empty() {
                    items.push(background(Shape::Polygon(corners), Some(ink.color(style)), None));
                }
            }
            Layer::Line { points, pen, .. } => {
                let stroke = Some(pen.stroke(style));
                items.extend(window.line(points).into_iter().map(|piece| background(Shape::Line(piece), None, stroke)));
            }
            Layer::Dot(dot) if window.holds(dot.at) => {
                let marks = dot.glyph.draw(dot.at, dot.size * style.glyph, dot.ink.color(style));
                items.push(Item::Group(Group {
                    id: None,
                    class: "dot",
                    title: dot.name.clone(),
                    description: String::new(),
                    items: marks,
                }));
            }
            Layer::Dot(_) => {}
        }
    }
    items
}

/// Returns the names of the dots that have room for one.
fn named(chart: &Chart, window: &Window, panel: &Panel, style: &Style) -> Vec<PlacedText> {
    let dots = chart.layers.iter().filter_map(|layer| match layer {
        Layer::Dot(dot) if window.holds(dot.at) => Some(dot),
        _ => None,
    });
    let radius = |dot: &Dot| dot.size * style.glyph / 2.0;
    let bounds = |dot: &Dot| {
        let (at, r) = (panel.place(dot.at), radius(dot));
        Rect { left: at.x - r, top: at.y - r, right: at.x + r, bottom: at.y + r }
    };
    let boxes: Vec<Rect> = dots.clone().map(bounds).collect();
    let lines: Vec<Vec<Point>> = chart
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Line { points, .. } => Some(window.line(points)),
            Layer::Area { .. } | Layer::Dot(_) => None,
        })
        .flatten()
        .map(|piece| piece.into_iter().map(|at| panel.place(at)).collect())
        .collect();
    let wanted: Vec<Wanted<'_>> = dots
        .filter(|dot| dot.named == Named::Beside && !dot.name.is_empty())
        .map(|dot| Wanted { name: &dot.name, at: panel.place(dot.at), radius: radius(dot) })
        .collect();
    let Rect { left, top, right, bottom } = panel.frame;
    let frame = Rect { left: left + 2.0, top, right: right - 1.0, bottom: bottom - 2.0 };
    names::place(&wanted, &boxes, &lines, frame, style)
}

/// Returns the sign of a line of the legend.
pub(in crate::report::figure) fn key_of(key: &Key, style: &Style) -> legend::Key {
    match key {
        Key::Dot(glyph, ink) => legend::Key::Glyph(*glyph, Ink::color(*ink, style)),
        Key::Line(pen) => legend::Key::Line(pen.stroke(style)),
        Key::Area(ink) => legend::Key::Area(ink.color(style)),
    }
}

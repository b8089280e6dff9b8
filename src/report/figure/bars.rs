//! Judgements item by item as bars of shares: the weighted summary of risk of bias.

use serde::Serialize;

use super::data::{Data, number};
use super::font;
use super::geometry::{Anchor, Figure, Group, Item, Layer, Mark, PlacedText, Shape, Stroke, identifier, point};
use super::glyph::Light;
use super::legend::{Key, legend, note, pitch};
use super::style::Style;
use super::text::Text;
use super::words::Dictionary;

/// Bars of shares.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bars {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// What the shares are of.
    pub axis: Text,
    /// The bars, top to bottom.
    pub bars: Vec<Bar>,
    /// The judgements and what they mean.
    pub lights: Vec<(Light, String)>,
    /// Lines under everything.
    pub footer: Vec<Text>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// What is judged.
    pub label: String,
    /// The judgements with their shares, which sum to 1.
    pub parts: Vec<(Light, f64)>,
}

/// Height of a bar in parts of a row's.
const HEIGHT: f64 = 0.72;

impl Bars {
    /// Returns them measured and placed.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        let (size, leading) = (style.font_size, style.leading * style.font_size);
        let right = style.figure_width - style.margin - 14.0;
        let widest = self.bars.iter().map(|bar| Text::from(bar.label.as_str()).width(size)).fold(0.0, f64::max);
        let room = widest.min(0.45 * (right - style.margin));
        let left = style.margin + room + style.plot_gap;
        let mut items = Vec::new();
        let mut y = style.margin;
        let text = |items: &mut Vec<Item>, text: Text, at, anchor, size| {
            items.push(Item::Text(PlacedText { text, at, anchor, size, color: style.ink }));
        };
        for (i, bar) in self.bars.iter().enumerate() {
            let lines = style.pointed(&Text::from(bar.label.as_str())).wrap(room, size);
            let height = style.row_height.max(lines.len() as f64 * leading) + 4.0;
            let middle = y + height / 2.0;
            let first = middle + font::CAP_HEIGHT / 2.0 * size - leading * (lines.len() - 1) as f64 / 2.0;
            let mut parts = Vec::new();
            for (line, j) in lines.into_iter().zip(0_u32..) {
                text(&mut parts, line, point(style.margin, first + f64::from(j) * leading), Anchor::Start, size);
            }
            parts.extend(self.segments(bar, (left, right), middle, style));
            let shares = bar.parts.iter().map(|(light, share)| format!("{} {:.0}%", light.as_str(), 100.0 * share));
            let title = format!("{}: {}", bar.label, shares.collect::<Vec<_>>().join(", "));
            let id = Some(format!("item-{}", i + 1));
            items.push(Item::Group(Group { id, class: "item", title, description: String::new(), items: parts }));
            y += height;
        }
        let stroke = Stroke { color: style.ink, width: 0.8, dash: None };
        let mut line = |a, b| items.push(Item::Mark(Mark::line(vec![a, b], stroke)));
        line(point(left, y), point(right, y));
        let places = [0.0, 25.0, 50.0, 75.0, 100.0].map(|percent| (percent, left + (right - left) * percent / 100.0));
        for (_, x) in places {
            line(point(x, y), point(x, y + 4.0));
        }
        for (percent, x) in places {
            let at = point(x, y + 6.0 + font::ASCENT * style.note_size);
            text(&mut items, Text::from(format!("{percent}")), at, Anchor::Middle, style.note_size);
        }
        y += 7.0 + pitch(style);
        let at = point((left + right) / 2.0, y + font::ASCENT * style.note_size);
        text(&mut items, self.axis.clone(), at, Anchor::Middle, style.note_size);
        y += pitch(style) + 8.0;
        let words = (style.margin, style.figure_width - style.margin);
        let entries: Vec<_> =
            self.lights.iter().map(|(light, meaning)| (Key::Light(*light), meaning.clone())).collect();
        y = legend(&entries, words, y, style, &mut items);
        for text in &self.footer {
            y = note(text, words, y, style.quiet, style, &mut items);
        }
        Figure {
            id: identifier(&self.id),
            title: self.title.clone(),
            description: self.description.clone(),
            width: style.figure_width.ceil(),
            height: (y + style.margin).ceil(),
            items,
        }
    }

    /// Returns the parts of a bar side by side, each with its sign where it has room for it.
    fn segments(&self, bar: &Bar, (left, right): (f64, f64), middle: f64, style: &Style) -> Vec<Item> {
        let half = HEIGHT * style.row_height / 2.0;
        let (mut items, mut x) = (Vec::new(), left);
        for (light, share) in &bar.parts {
            let end = x + (right - left) * share;
            let shape = Shape::Rectangle(point(x, middle - half), point(end, middle + half));
            let stroke = Some(Stroke { color: style.ink, width: 0.7, dash: None });
            items.push(Item::Mark(Mark { shape, fill: Some(light.color()), stroke, layer: Layer::Background }));
            let printed = Text::from(format!("{:.0}", 100.0 * share));
            let width = printed.width(style.note_size);
            let sign = style.light();
            let center = (x + end) / 2.0;
            let holds = |width: f64| end - x >= width + 4.0;
            if holds(sign + 3.0 + width) {
                let start = center - (sign + 3.0 + width) / 2.0;
                items.extend(light.draw(point(start + sign / 2.0, middle), sign));
                let at = point(start + sign + 3.0, middle + font::CAP_HEIGHT / 2.0 * style.note_size);
                let (anchor, size) = (Anchor::Start, style.note_size);
                items.push(Item::Text(PlacedText { text: printed, at, anchor, size, color: style.ink }));
            } else if holds(sign) {
                items.extend(light.draw(point(center, middle), sign));
            }
            x = end;
        }
        items
    }

    /// Returns the share of each judgement.
    #[must_use]
    pub fn data(&self) -> Data {
        let columns = ["item", "judgement", "share"].map(str::to_owned).into();
        let row = |bar: &Bar, (light, share): &(Light, f64)| {
            vec![bar.label.clone(), light.as_str().to_owned(), number(Some(*share))]
        };
        let rows = self.bars.iter().flat_map(|bar| bar.parts.iter().map(|part| row(bar, part)));
        Data { columns, rows: rows.collect() }
    }

    /// Returns them in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description]);
        words.all(self.bars.iter_mut().map(|bar| &mut bar.label));
        words.all(self.lights.iter_mut().map(|(_, meaning)| meaning));
        words.texts(std::iter::once(&mut self.axis).chain(&mut self.footer));
        self
    }
}

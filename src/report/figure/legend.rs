//! What stands under a figure: the legend, and lines of notes.

use super::font;
use super::geometry::{Anchor, Item, Layer, Mark, PlacedText, Point, Shape, Stroke, point};
use super::glyph::{Glyph, Light};
use super::style::{Color, Style};
use super::text::Text;

/// What a line of the legend explains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    /// A sign.
    Glyph(Glyph, Color),
    /// A judgement.
    Light(Light),
    /// A line.
    Line(Stroke),
    /// A shaded area.
    Area(Color),
}

/// Width of a line or an area in the legend, in parts of a glyph's size.
const SWATCH: f64 = 2.4;

impl Key {
    fn width(self, style: &Style) -> f64 {
        match self {
            Self::Glyph(..) => style.glyph,
            Self::Light(_) => style.light(),
            Self::Line(_) | Self::Area(_) => SWATCH * style.glyph,
        }
    }

    /// Returns its marks, with the middle of their left end at `at`.
    fn draw(self, at: Point, style: &Style) -> Vec<Item> {
        let right = at.x + self.width(style);
        match self {
            Self::Glyph(glyph, color) => glyph.draw(point(at.x + style.glyph / 2.0, at.y), style.glyph, color),
            Self::Light(light) => light.draw(point(at.x + style.light() / 2.0, at.y), style.light()),
            Self::Line(stroke) => vec![Item::Mark(Mark::line(vec![at, point(right, at.y)], stroke))],
            Self::Area(color) => {
                let half = style.glyph / 2.0;
                let shape = Shape::Rectangle(point(at.x, at.y - half), point(right, at.y + half));
                let stroke = Some(Stroke { color: style.hairline, width: 0.5, dash: None });
                vec![Item::Mark(Mark { shape, fill: Some(color), stroke, layer: Layer::Foreground })]
            }
        }
    }
}

/// Returns the height of a line of notes.
pub(super) fn pitch(style: &Style) -> f64 {
    style.note_size * style.leading * 1.04
}

/// Places `note` from `top` on, wrapped between `left` and `right`; returns where it ends.
pub(super) fn note(
    note: &Text,
    (left, right): (f64, f64),
    top: f64,
    color: Color,
    style: &Style,
    items: &mut Vec<Item>,
) -> f64 {
    let size = style.note_size;
    let lines = style.pointed(note).wrap(right - left, size);
    let mut y = top;
    for text in lines {
        let at = point(left, y + font::ASCENT * size);
        items.push(Item::Text(PlacedText { text, at, anchor: Anchor::Start, size, color }));
        y += pitch(style);
    }
    y
}

/// Places the `entries` side by side from `top` on, as many as fit between `left` and `right`; returns where they end.
pub(super) fn legend(
    entries: &[(Key, String)],
    (left, right): (f64, f64),
    top: f64,
    style: &Style,
    items: &mut Vec<Item>,
) -> f64 {
    let (size, pitch) = (style.note_size, pitch(style));
    let (mut x, mut y) = (left, top);
    for (key, meaning) in entries {
        let indent = key.width(style) + 5.0;
        let lines = style.pointed(&Text::from(meaning.as_str())).wrap(right - left - indent, size);
        let width = indent + lines.iter().map(|line| line.width(size)).fold(0.0, f64::max);
        if x > left && x + width > right {
            x = left;
            y += pitch;
        }
        let middle = y + (font::ASCENT - font::CAP_HEIGHT / 2.0) * size;
        items.extend(key.draw(point(x, middle), style));
        y += pitch * (lines.len() - 1) as f64;
        let first = y + font::ASCENT * size - pitch * (lines.len() - 1) as f64;
        for (text, i) in lines.into_iter().zip(0_u32..) {
            let at = point(x + indent, first + f64::from(i) * pitch);
            items.push(Item::Text(PlacedText { text, at, anchor: Anchor::Start, size, color: style.quiet }));
        }
        x += width + 14.0;
    }
    if entries.is_empty() { y } else { y + pitch + 2.0 }
}

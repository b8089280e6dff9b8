//! Where the names of dots stand: beside their dot, on no other dot or name, off the lines where that can be had.

use crate::report::figure::font;
use crate::report::figure::geometry::{Anchor, PlacedText, Point, Rect, point};
use crate::report::figure::style::Style;
use crate::report::figure::text::Text;

/// A dot on the canvas whose name is wanted.
pub(super) struct Wanted<'a> {
    pub name: &'a str,
    pub at: Point,
    pub radius: f64,
}

/// Directions in the order they are tried: to the right reads best.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7), (0.0, -1.0), (0.0, 1.0)];

/// Returns the names that have room within `frame`: first off every line, then across lines if need be. A name that finds
/// none stays unprinted; its dot still has it as a title.
pub(super) fn place(
    wanted: &[Wanted<'_>],
    dots: &[Rect],
    lines: &[Vec<Point>],
    frame: Rect,
    style: &Style,
) -> Vec<PlacedText> {
    let mut placed: Vec<(Rect, PlacedText)> = Vec::new();
    let mut waiting: Vec<&Wanted<'_>> = wanted.iter().collect();
    for avoid in [lines, &[]] {
        waiting.retain(|wish| {
            let free = |text: &PlacedText| {
                let bounds = text.bounds();
                frame.contains(&bounds)
                    && !dots.iter().any(|dot| dot.overlaps(&bounds))
                    && !placed.iter().any(|(other, _)| other.overlaps(&bounds))
                    && !avoid.iter().any(|line| crosses(line, &bounds))
            };
            let found =
                [2.5, 7.0].iter().flat_map(|gap| DIRECTIONS.map(|way| candidate(wish, way, *gap, style))).find(free);
            match found {
                Some(text) => {
                    placed.push((text.bounds(), text));
                    false
                }
                None => true,
            }
        });
    }
    placed.into_iter().map(|(_, text)| text).collect()
}

fn candidate(wish: &Wanted<'_>, (dx, dy): (f64, f64), gap: f64, style: &Style) -> PlacedText {
    let size = style.note_size;
    let reach = wish.radius + gap;
    let anchor = match dx {
        dx if dx > 0.0 => Anchor::Start,
        dx if dx < 0.0 => Anchor::End,
        _ => Anchor::Middle,
    };
    // Above and below, the whole line must clear the dot; at the sides its middle stands level with it.
    let height = (font::ASCENT + font::DESCENT) * size;
    let middle = wish.at.y + dy * reach + dy.signum() * if dy == 0.0 { 0.0 } else { height / 2.0 };
    let baseline = middle + (font::ASCENT - font::DESCENT) / 2.0 * size;
    let at = point(wish.at.x + dx * reach, baseline);
    PlacedText { text: Text::from(wish.name), at, anchor, size, color: style.quiet }
}

/// Returns whether a line touches a box.
fn crosses(line: &[Point], bounds: &Rect) -> bool {
    let window = super::clip::Window { x: (bounds.left, bounds.right), y: (bounds.top, bounds.bottom) };
    !window.line(line).is_empty()
}

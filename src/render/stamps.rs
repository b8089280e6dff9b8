//! Glyphs as coverage of pixels, each drawn once however often a picture has it: a table of figures has the same digits a thousand times.

use std::collections::HashMap;

use rayon::prelude::*;
use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

use super::glyphs::{self, Placed};
use super::scene::{Op, Scene};
use crate::report::figure::style::Color;

/// Glyphs begin on so many places across a pixel, as many as anti-aliasing tells apart. Down it is one: a line stands on whole pixels, as
/// it does in a browser.
const PLACES: i32 = 4;

/// The texts of a scene, glyph by glyph.
pub(super) struct Stamps {
    /// `None` for a glyph without ink, such as a space.
    stamps: Vec<Option<Stamp>>,
    /// Of each operation that is a text, its glyphs.
    texts: Vec<Vec<Letter>>,
}

/// A glyph's coverage, 0 to 255.
struct Stamp {
    /// Where its corner lies, from the pixel that its baseline begins in.
    left: i32,
    top: i32,
    width: usize,
    coverage: Vec<u8>,
}

/// A stamp in its place: the pixel that its baseline begins in.
struct Letter {
    stamp: usize,
    x: i32,
    y: i32,
}

impl Stamps {
    /// Draws the glyphs of a scene; `scale` is the pixels in a unit of it.
    pub fn of(scene: &Scene, scale: f32) -> Self {
        let (mut known, mut firsts) = (HashMap::new(), Vec::new());
        let scale_down = f64::from(scale);
        let scale_across = scale_down * f64::from(PLACES);
        let mut letter = |placed: &Placed| {
            let x = (placed.x * scale_across).round() as i32;
            let within = x.rem_euclid(PLACES);
            let stamp = *known.entry((placed.form(), within)).or_insert_with(|| {
                firsts.push(placed.moved_to(f64::from(within) / scale_across, 0.0));
                firsts.len() - 1
            });
            Letter { stamp, x: x.div_euclid(PLACES), y: (placed.y * scale_down).round() as i32 }
        };
        let letters = |op: &Op| match op {
            Op::Text { at, anchor, width, size, text, .. } => {
                let runs = glyphs::place(text, (anchor.left(at.0, *width), at.1), *size);
                runs.iter().flat_map(|run| &run.glyphs).map(&mut letter).collect()
            }
            _ => Vec::new(),
        };
        let texts = scene.ops.iter().map(letters).collect();
        Self { stamps: firsts.par_iter().map(|first| Stamp::of(first, scale)).collect(), texts }
    }

    /// Puts the text that is operation `op` on opaque pixels, `width` to a row, with `above` rows over them.
    pub fn put(&self, op: usize, color: Color, rgba: &mut [u8], width: usize, above: i32) {
        for letter in &self.texts[op] {
            if let Some(stamp) = &self.stamps[letter.stamp] {
                stamp.put((letter.x, letter.y - above), color, rgba, width);
            }
        }
    }
}

impl Stamp {
    /// Draws a glyph that begins in the first pixel.
    fn of(first: &Placed, scale: f32) -> Option<Self> {
        let mut pen = Outlines { path: PathBuilder::new(), scale };
        first.trace(&mut pen);
        let path = pen.path.finish()?;
        let bounds = path.bounds();
        let (left, top) = (bounds.left().floor(), bounds.top().floor());
        let [width, height] = [bounds.right() - left, bounds.bottom() - top].map(|length| length.ceil() as u32);
        let mut mask = Mask::new(width, height)?;
        mask.fill_path(&path, FillRule::Winding, true, Transform::from_translate(-left, -top));
        Some(Self { left: left as i32, top: top as i32, width: width as usize, coverage: mask.take() })
    }

    /// Lays a colour over opaque pixels as far as it covers them; what lies outside is left out.
    fn put(&self, at: (i32, i32), color: Color, rgba: &mut [u8], width: usize) {
        let color = [color.red, color.green, color.blue];
        let (left, top) = (at.0 + self.left, at.1 + self.top);
        let skipped = usize::try_from(-left).unwrap_or(0);
        for (row, covered) in (top..).zip(self.coverage.chunks_exact(self.width)) {
            let row = usize::try_from(row).ok().and_then(|row| rgba.chunks_exact_mut(4 * width).nth(row));
            let pixels = row.and_then(|row| row.get_mut(4 * usize::try_from(left).unwrap_or(0)..));
            let pixels = pixels.into_iter().flat_map(|pixels| pixels.chunks_exact_mut(4));
            for (pixel, covered) in pixels.zip(covered.iter().skip(skipped)).filter(|(_, covered)| **covered > 0) {
                let covered = u32::from(*covered);
                for (below, over) in pixel.iter_mut().zip(color) {
                    *below = ((u32::from(*below) * (255 - covered) + u32::from(over) * covered + 127) / 255) as u8;
                }
            }
        }
    }
}

/// Takes outlines in units of the scene to a path in pixels.
struct Outlines {
    path: PathBuilder,
    scale: f32,
}

impl OutlinePen for Outlines {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x * self.scale, y * self.scale);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(x * self.scale, y * self.scale);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(cx * self.scale, cy * self.scale, x * self.scale, y * self.scale);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let [ax, ay, bx, by, x, y] = [ax, ay, bx, by, x, y].map(|n| n * self.scale);
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: Color = Color { red: 10, green: 20, blue: 30 };

    fn square() -> Stamp {
        Stamp { left: -1, top: -2, width: 2, coverage: vec![0, 255, 51, 102] }
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let whole = {
            let mut pixels = vec![255; 4 * 9 * 9];
            square().put((4, 4), INK, &mut pixels, 9);
            pixels
        };
        // Corner at (3, 2); a fifth of the way from white to the ink is 206, two fifths 157.
        let pixel = |x: usize, y: usize| &whole[4 * (9 * y + x)..][..3];
        assert_eq!([pixel(3, 2), pixel(4, 2)], [[255, 255, 255], [10, 20, 30]]);
        assert_eq!([pixel(3, 3)[0], pixel(4, 3)[0]], [206, 157]);
        assert!(whole.chunks(4).all(|pixel| pixel[3] == 255));
        for (x, y) in (-3..6).flat_map(|x| (-3..6).map(move |y| (x, y))) {
            let mut pixels = vec![255; 4 * 3 * 3];
            square().put((x, y), INK, &mut pixels, 3);
            for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
                let (from_x, from_y) = (column - x + 4, row - y + 4);
                let expected = if (0..9).contains(&from_x) && (0..9).contains(&from_y) {
                    &whole[4 * (9 * from_y + from_x) as usize..][..4]
                } else {
                    &[255; 4]
                };
                assert_eq!(&pixels[4 * (3 * row + column) as usize..][..4], expected, "at {x}, {y}: {column}, {row}");
            }
        }
    }
}

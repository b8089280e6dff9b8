//! A line of text as glyphs in their places, for writers that draw them themselves.

use std::ops::Range;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};

use crate::report::figure::font::{CAP_HEIGHT, Face, UNITS_PER_EM};
use crate::report::figure::text::{Run, Text};

/// A character in its place, in units of the scene.
#[derive(Clone)]
pub(super) struct Placed {
    /// The font's glyph; `None` where it has none.
    pub glyph: Option<GlyphId>,
    /// Its bytes in its run.
    pub bytes: Range<usize>,
    face: Face,
    /// Where its baseline begins.
    pub x: f64,
    pub y: f64,
    /// The font size.
    em: f64,
    advance: f64,
}

/// What decides how a glyph looks, wherever it is: its cut, its number, and the bits of its size and advance.
pub(super) type Form = (Face, Option<GlyphId>, u64, u64);

/// A run of one face and size, glyph by glyph.
pub(super) struct PlacedRun<'a> {
    pub face: Face,
    pub text: &'a str,
    /// Where its baseline begins.
    pub at: (f64, f64),
    /// The font size.
    pub em: f64,
    pub glyphs: Vec<Placed>,
}

/// Returns the runs of a line whose baseline begins at `at`, set at `size`.
pub(super) fn place(text: &Text, at: (i32, i32), size: i32) -> Vec<PlacedRun<'_>> {
    let (mut x, y) = (f64::from(at.0), f64::from(at.1));
    let mut runs = Vec::new();
    for Run { text, face, script } in text.runs() {
        let (em, y, start) = (f64::from(size) * script.scale(), y + f64::from(size) * script.drop(), x);
        let mut glyphs = Vec::new();
        for (i, character) in text.char_indices() {
            let (advance, bytes) = (em * face.advance(character), i..i + character.len_utf8());
            glyphs.push(Placed { glyph: face.glyph(character), bytes, face: *face, x, y, em, advance });
            x += advance;
        }
        runs.push(PlacedRun { face: *face, text, at: (start, y), em, glyphs });
    }
    runs
}

impl Placed {
    /// Returns how far it moves the line on, in parts of the font size.
    pub fn relative_advance(&self) -> f64 {
        self.advance / self.em
    }

    /// Returns the same character with its baseline beginning elsewhere.
    pub fn moved_to(&self, x: f64, y: f64) -> Self {
        Self { x, y, ..self.clone() }
    }

    /// Returns what decides how it looks.
    pub fn form(&self) -> Form {
        (self.face, self.glyph, self.em.to_bits(), self.advance.to_bits())
    }

    /// Traces its outline, in units of the scene; an empty box where the font has no glyph.
    pub fn trace(&self, pen: &mut impl OutlinePen) {
        let outlines = self.face.font().outline_glyphs();
        match self.glyph.and_then(|glyph| outlines.get(glyph)) {
            Some(outline) => {
                let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                let mut pen = Scaled { pen, x: self.x, y: self.y, scale: self.em / UNITS_PER_EM };
                // An outline of the embedded font is well formed; were it not, the rest is still drawn.
                outline.draw(settings, &mut pen).ok();
            }
            None => self.empty_box(pen),
        }
    }

    fn empty_box(&self, pen: &mut impl OutlinePen) {
        let (edge, height) = (self.em * 0.06, self.em * CAP_HEIGHT);
        let (left, right) = (self.x + edge, self.x + self.advance - edge);
        let (top, bottom) = (self.y - height, self.y);
        if right - left <= 2.0 * edge {
            return;
        }
        let mut corners = |[a, b, c, d]: [(f64, f64); 4]| {
            pen.move_to(a.0 as f32, a.1 as f32);
            for (x, y) in [b, c, d] {
                pen.line_to(x as f32, y as f32);
            }
            pen.close();
        };
        corners([(left, top), (right, top), (right, bottom), (left, bottom)]);
        let (left, right, top, bottom) = (left + edge, right - edge, top + edge, bottom - edge);
        // The other way round, so that it is left out.
        corners([(left, top), (left, bottom), (right, bottom), (right, top)]);
    }
}

/// Takes an outline in font units, upwards, to the scene.
struct Scaled<'a, P> {
    pen: &'a mut P,
    x: f64,
    y: f64,
    scale: f64,
}

impl<P> Scaled<'_, P> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        ((self.x + f64::from(x) * self.scale) as f32, (self.y - f64::from(y) * self.scale) as f32)
    }
}

impl<P: OutlinePen> OutlinePen for Scaled<'_, P> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.pen.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.pen.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.place(cx, cy), self.place(x, y));
        self.pen.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (self.place(ax, ay), self.place(bx, by), self.place(x, y));
        self.pen.curve_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.pen.close();
    }
}

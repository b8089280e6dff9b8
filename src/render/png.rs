//! A scene as PNG: opaque, its resolution in the file, text filled from the embedded font's outlines.

use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use tiny_skia::{FillRule, LineCap, Paint as Ink, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use super::scene::{Op, Paint, Pen, Scene, UNITS};
use crate::report::figure::font::{CAP_HEIGHT, UNITS_PER_EM};
use crate::report::figure::geometry::Anchor;
use crate::report::figure::style::Color;
use crate::report::figure::text::Text;

/// Most pixels of a picture: 1 GB of memory while it is drawn.
const MOST_PIXELS: u64 = 250_000_000;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PngError {
    /// The picture would have no pixel or too many: width and height in pixels.
    Size(u32, u32),
    /// The file format refused it.
    Encoding(String),
}

impl std::fmt::Display for PngError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Size(width, height) => write!(f, "a picture of {width} × {height} pixels cannot be drawn"),
            Self::Encoding(message) => write!(f, "the picture cannot be written as PNG: {message}"),
        }
    }
}

impl std::error::Error for PngError {}

/// Returns the scene as PNG at `dots_per_inch`.
pub fn write(scene: &Scene, dots_per_inch: u16) -> Result<Vec<u8>, PngError> {
    // One CSS pixel is 1/96 inch.
    let scale = f32::from(dots_per_inch) / 96.0;
    let pixels = |units: i32| (f64::from(units) / UNITS * f64::from(scale)).ceil() as u32;
    let (width, height) = (pixels(scene.size.0), pixels(scene.size.1));
    let error = PngError::Size(width, height);
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(error);
    }
    let mut canvas = Canvas { pixmap: Pixmap::new(width, height).ok_or(error)?, scale: scale / UNITS as f32 };
    canvas.pixmap.fill(tiny_skia::Color::WHITE);
    for op in &scene.ops {
        canvas.op(op);
    }
    encode(&canvas.pixmap, dots_per_inch).map_err(|error| PngError::Encoding(error.to_string()))
}

fn encode(pixmap: &Pixmap, dots_per_inch: u16) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Large even areas compress best as they are; a higher level costs more time than it saves bytes.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(3));
    let per_metre = (f64::from(dots_per_inch) / 0.0254).round() as u32;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let mut writer = encoder.write_header()?;
    // White underneath leaves every pixel opaque, so that premultiplied colours are the colours.
    let mut rgb = vec![0; pixmap.pixels().len() * 3];
    for (opaque, pixel) in rgb.chunks_exact_mut(3).zip(pixmap.data().chunks_exact(4)) {
        opaque.copy_from_slice(&pixel[..3]);
    }
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(file)
}

struct Canvas {
    pixmap: Pixmap,
    /// Pixels in a unit of the scene.
    scale: f32,
}

impl Canvas {
    /// Draws one operation; `None` for a form without extent, such as a line to itself, which has no pixel.
    fn op(&mut self, op: &Op) -> Option<()> {
        match op {
            Op::Open { .. } | Op::Close => Some(()),
            Op::Line { points, pen } => self.stroke(&self.path(points, Ends::Open)?, pen),
            Op::Polygon { points, paint } => self.paint(&self.path(points, Ends::Joined)?, paint),
            Op::Rectangle { at, size, paint } => {
                let [x, y, width, height] = [at.0, at.1, size.0, size.1].map(|n| n as f32 * self.scale);
                self.paint(&PathBuilder::from_rect(Rect::from_xywh(x, y, width, height)?), paint)
            }
            Op::Circle { at, radius, paint } => {
                let [x, y, radius] = [at.0, at.1, *radius].map(|n| n as f32 * self.scale);
                self.paint(&PathBuilder::from_circle(x, y, radius)?, paint)
            }
            Op::Text { at, anchor, width, size, color, text } => {
                let left = match anchor {
                    Anchor::Start => at.0,
                    Anchor::Middle => at.0 - width / 2,
                    Anchor::End => at.0 - width,
                };
                let path = self.outlines(text, (left, at.1), *size)?;
                self.fill(&path, *color)
            }
        }
    }

    fn path(&self, points: &[(i32, i32)], ends: Ends) -> Option<Path> {
        let mut path = PathBuilder::new();
        for (i, (x, y)) in points.iter().enumerate() {
            let (x, y) = (*x as f32 * self.scale, *y as f32 * self.scale);
            if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        if ends == Ends::Joined {
            path.close();
        }
        path.finish()
    }

    fn paint(&mut self, path: &Path, paint: &Paint) -> Option<()> {
        if let Some(color) = paint.fill {
            self.fill(path, color)?;
        }
        paint.pen.map_or(Some(()), |pen| self.stroke(path, &pen))
    }

    fn fill(&mut self, path: &Path, color: Color) -> Option<()> {
        self.pixmap.fill_path(path, &ink(color), FillRule::Winding, Transform::identity(), None);
        Some(())
    }

    fn stroke(&mut self, path: &Path, pen: &Pen) -> Option<()> {
        let dash =
            pen.dash.and_then(|(on, off)| StrokeDash::new(vec![on as f32 * self.scale, off as f32 * self.scale], 0.0));
        let stroke =
            Stroke { width: pen.width as f32 * self.scale, line_cap: LineCap::Butt, dash, ..Stroke::default() };
        self.pixmap.stroke_path(path, &ink(pen.color), &stroke, Transform::identity(), None);
        Some(())
    }

    /// Returns the outlines of a line of text whose baseline begins at `at`.
    fn outlines(&self, text: &Text, at: (i32, i32), size: i32) -> Option<Path> {
        let mut path = PathBuilder::new();
        let (mut x, y) = (at.0 as f32 * self.scale, at.1 as f32 * self.scale);
        for run in text.runs() {
            let em = size as f32 * self.scale * run.script.scale() as f32;
            let y = y + size as f32 * self.scale * run.script.drop() as f32;
            let glyphs = run.face.font().outline_glyphs();
            for character in run.text.chars() {
                let advance = em * run.face.advance(character) as f32;
                let mut pen = Outline { path: &mut path, x, y, scale: em / UNITS_PER_EM as f32 };
                match run.face.glyph(character).and_then(|glyph| glyphs.get(glyph)) {
                    Some(glyph) => {
                        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                        // An outline of the embedded font is well formed; were it not, the rest is still drawn.
                        glyph.draw(settings, &mut pen).ok();
                    }
                    None => pen.empty_box(advance, em),
                }
                x += advance;
            }
        }
        path.finish()
    }
}

/// Whether the last point of a path is joined to its first.
#[derive(PartialEq)]
enum Ends {
    Open,
    Joined,
}

fn ink(color: Color) -> Ink<'static> {
    let mut ink = Ink { anti_alias: true, ..Ink::default() };
    ink.set_color_rgba8(color.red, color.green, color.blue, 255);
    ink
}

/// Takes a glyph's outline in font units, upwards, to the canvas.
struct Outline<'a> {
    path: &'a mut PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Outline<'_> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }

    /// Draws what stands for a character without a glyph.
    fn empty_box(&mut self, advance: f32, em: f32) {
        let (edge, height) = (em * 0.06, em * CAP_HEIGHT as f32);
        let outer = Rect::from_ltrb(self.x + edge, self.y - height, self.x + advance - edge, self.y);
        let inner = outer.and_then(|outer| outer.inset(edge, edge));
        if let (Some(outer), Some(inner)) = (outer, inner) {
            self.path.push_rect(outer);
            // The other way round, so that it is left out.
            self.path.move_to(inner.left(), inner.top());
            self.path.line_to(inner.left(), inner.bottom());
            self.path.line_to(inner.right(), inner.bottom());
            self.path.line_to(inner.right(), inner.top());
            self.path.close();
        }
    }
}

impl OutlinePen for Outline<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.place(cx, cy), self.place(x, y));
        self.path.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (self.place(ax, ay), self.place(bx, by), self.place(x, y));
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

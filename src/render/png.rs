//! A scene as PNG: opaque, its resolution in the file, text filled from the embedded font's outlines.

use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, LineCap, Paint as Ink, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use super::figure::PictureError;
use super::glyphs;
use super::palette::Palette;
use super::scene::{Op, Paint, Pen, Scene, UNITS};
use crate::report::figure::style::Color;
use crate::report::figure::text::Text;

/// Most pixels of a picture: 1 GB of memory while it is drawn.
const MOST_PIXELS: u64 = 250_000_000;

/// Returns the scene as PNG at `dots_per_inch`.
pub fn write(scene: &Scene, dots_per_inch: u16) -> Result<Vec<u8>, PictureError> {
    // One CSS pixel is 1/96 inch.
    let scale = f32::from(dots_per_inch) / 96.0;
    let pixels = |units: i32| (f64::from(units) / UNITS * f64::from(scale)).ceil() as u32;
    let (width, height) = (pixels(scene.size.0), pixels(scene.size.1));
    let error = PictureError::Size(width, height);
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(error);
    }
    let mut canvas = Canvas { pixmap: Pixmap::new(width, height).ok_or(error)?, scale: scale / UNITS as f32 };
    canvas.pixmap.fill(tiny_skia::Color::WHITE);
    for op in &scene.ops {
        canvas.op(op);
    }
    encode(&canvas.pixmap, Palette::of(scene), dots_per_inch).map_err(|error| PictureError::Encoding(error.to_string()))
}

fn encode(pixmap: &Pixmap, mut palette: Palette, dots_per_inch: u16) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.bytes());
    // Large even areas compress best as they are; a higher level costs more time than it saves bytes.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(3));
    let per_metre = (f64::from(dots_per_inch) / 0.0254).round() as u32;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let mut writer = encoder.write_header()?;
    // White underneath leaves every pixel opaque, so that premultiplied colours are the colours.
    writer.write_image_data(&palette.indices(pixmap.data()))?;
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
                let path = self.outlines(text, (anchor.left(at.0, *width), at.1), *size)?;
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
        let mut pen = Outlines { path: PathBuilder::new(), scale: self.scale };
        let runs = glyphs::place(text, at, size);
        runs.iter().flat_map(|run| &run.glyphs).for_each(|placed| placed.trace(&mut pen));
        pen.path.finish()
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

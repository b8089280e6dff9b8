//! A scene as PNG: opaque, its resolution in the file, text stamped from the embedded font's outlines.

use rayon::prelude::*;
use tiny_skia::{FillRule, LineCap, Paint as Ink, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use super::figure::PictureError;
use super::palette::Palette;
use super::scene::{Op, Paint, Pen, Scene, UNITS};
use super::stamps::Stamps;
use crate::report::figure::style::Color;

/// Most pixels of a picture, a byte of memory each.
const MOST_PIXELS: u64 = 250_000_000;

/// Rows of pixels that are drawn at a time: few enough that they stay near the processor, and that two have work with one picture.
const BAND: u32 = 128;

/// Pixels from which on a picture is compressed fast rather than well: a forest of about 60 rows.
const LARGE: u64 = 8_000_000;

/// Returns the scene as PNG at `dots_per_inch`.
pub fn write(scene: &Scene, dots_per_inch: u16) -> Result<Vec<u8>, PictureError> {
    // One CSS pixel is 1/96 inch.
    let scale = f32::from(dots_per_inch) / 96.0;
    let pixels = |units: i32| (f64::from(units) / UNITS * f64::from(scale)).ceil() as u32;
    let (width, height) = (pixels(scene.size.0), pixels(scene.size.1));
    if !(1..=MOST_PIXELS).contains(&(u64::from(width) * u64::from(height))) {
        return Err(PictureError::Size(width, height));
    }
    let palette = Palette::of(scene);
    let scale = scale / UNITS as f32;
    let stamps = Stamps::of(scene, scale);
    let canvas = || (Canvas { pixmap: None, top: 0, scale, stamps: &stamps }, palette.clone());
    let band = |(canvas, palette): &mut (Canvas<'_>, Palette), (top, pixels): (u32, &mut [u8])| {
        let rows = BAND.min(height - top);
        canvas.clear(width, rows, top).ok_or(PictureError::Size(width, height))?;
        for (number, op) in scene.ops.iter().enumerate() {
            if canvas.shows(op, rows) {
                canvas.op(number, op);
            }
        }
        let drawn = canvas.pixmap.iter();
        drawn.for_each(|pixmap| palette.index(pixmap.data(), pixels));
        Ok(())
    };
    let mut pixels = vec![0; width as usize * height as usize];
    let tops = (0..height).step_by(BAND as usize);
    let bands: Vec<(u32, &mut [u8])> = tops.zip(pixels.chunks_mut(BAND as usize * width as usize)).collect();
    bands.into_par_iter().map_init(canvas, band).collect::<Result<(), _>>()?;
    let picture = Indexed { width, height, pixels, palette };
    picture.encode(dots_per_inch).map_err(|error| PictureError::Encoding(error.to_string()))
}

/// A picture of which each pixel is an entry of a palette.
struct Indexed {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    palette: Palette,
}

impl Indexed {
    fn encode(&self, dots_per_inch: u16) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.palette.bytes());
        let (filter, compression) = if self.pixels.len() as u64 >= LARGE {
            // A third of the time that the lowest level takes, for a third more bytes; it looks for rows that are alike.
            (png::Filter::Up, png::DeflateCompression::FdeflateUltraFast)
        } else {
            // Large even areas compress best as they are; a higher level costs more time than it saves bytes.
            (png::Filter::NoFilter, png::DeflateCompression::Level(3))
        };
        encoder.set_filter(filter);
        encoder.set_deflate_compression(compression);
        let per_metre = (f64::from(dots_per_inch) / 0.0254).round() as u32;
        let unit = png::Unit::Meter;
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }
}

/// A band of a picture.
struct Canvas<'a> {
    pixmap: Option<Pixmap>,
    /// Rows of pixels above it.
    top: i32,
    /// Pixels in a unit of the scene.
    scale: f32,
    stamps: &'a Stamps,
}

impl Canvas<'_> {
    /// Makes it white, `rows` high, with `top` rows above it; `None` where no memory can be had for it.
    fn clear(&mut self, width: u32, rows: u32, top: u32) -> Option<()> {
        let kept = self.pixmap.take().filter(|pixmap| pixmap.height() == rows);
        let mut pixmap = kept.or_else(|| Pixmap::new(width, rows))?;
        // White underneath leaves every pixel opaque, so that premultiplied colours are the colours.
        pixmap.fill(tiny_skia::Color::WHITE);
        (self.pixmap, self.top) = (Some(pixmap), top as i32);
        Some(())
    }

    /// Returns whether a form may reach into its `rows`.
    fn shows(&self, op: &Op, rows: u32) -> bool {
        // A mitred corner reaches out twice as far as its line is wide.
        let width = |paint: &Paint| paint.pen.map_or(0, |pen| 2 * pen.width);
        let ends = |points: &[(i32, i32)], out: i32| {
            let rows = points.iter().map(|(_, y)| *y);
            rows.clone().min().zip(rows.max()).map(|(upper, lower)| (upper - out, lower + out))
        };
        let reach = match op {
            Op::Open { .. } | Op::Close => None,
            Op::Line { points, pen } => ends(points, 2 * pen.width),
            Op::Polygon { points, paint } => ends(points, width(paint)),
            Op::Rectangle { at, size, paint } => ends(&[*at, (at.0, at.1 + size.1)], width(paint)),
            Op::Circle { at, radius, paint } => ends(&[*at], radius + width(paint)),
            // Accents and indices included.
            Op::Text { at, size, .. } => ends(&[*at], 2 * size),
        };
        let within = |(upper, lower): (i32, i32)| {
            let [upper, lower] = [upper, lower].map(|y| y as f32 * self.scale - self.top as f32);
            lower >= -1.0 && upper <= rows as f32 + 1.0
        };
        reach.is_some_and(within)
    }

    /// Draws the operation of this number; `None` for a form without extent, such as a line to itself, which has no pixel.
    fn op(&mut self, number: usize, op: &Op) -> Option<()> {
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
            Op::Text { color, .. } => {
                let pixmap = self.pixmap.as_mut()?;
                let width = pixmap.width() as usize;
                self.stamps.put(number, *color, pixmap.data_mut(), width, self.top);
                Some(())
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
        let within = Transform::from_translate(0.0, -self.top as f32);
        self.pixmap.as_mut()?.fill_path(path, &ink(color), FillRule::Winding, within, None);
        Some(())
    }

    fn stroke(&mut self, path: &Path, pen: &Pen) -> Option<()> {
        let dash =
            pen.dash.and_then(|(on, off)| StrokeDash::new(vec![on as f32 * self.scale, off as f32 * self.scale], 0.0));
        let stroke =
            Stroke { width: pen.width as f32 * self.scale, line_cap: LineCap::Butt, dash, ..Stroke::default() };
        let within = Transform::from_translate(0.0, -self.top as f32);
        self.pixmap.as_mut()?.stroke_path(path, &ink(pen.color), &stroke, within, None);
        Some(())
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

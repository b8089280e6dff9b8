//! A scene as PDF: one tagged page (PDF/UA-1) of the figure's own size, text as text in subset fonts, no date.

use std::collections::BTreeMap;

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::Outline;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use skrifa::outline::OutlinePen;

use super::glyphs::{self, PlacedRun};
use super::scene::{Op, Paint, Pen, Scene, UNITS};
use crate::report::figure::font::Face;
use crate::report::figure::style::Color;
use crate::report::figure::text::Text;

/// Points in a unit of the scene: a CSS pixel is 3/4 point.
const POINTS: f64 = 0.75 / UNITS;

/// The control points of a quarter of a circle, in parts of its radius.
const QUARTER: f64 = 0.552_284_749_830_793_4;

/// A PDF that is being written, a page a scene.
pub struct Book {
    document: Document,
    tags: TagTree,
    fonts: BTreeMap<Face, Font>,
    /// What the first page says of the whole.
    metadata: Option<Metadata>,
}

impl Book {
    /// Returns one without a page, or why there is none.
    pub fn new() -> Result<Self, String> {
        let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
        let configuration = configuration.map_err(|error| format!("{error:?}"))?;
        let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        Ok(Self {
            document: Document::new_with(settings),
            tags: TagTree::new().with_lang(Some("en".to_owned())),
            fonts: BTreeMap::new(),
            metadata: None,
        })
    }

    /// Adds a page.
    pub fn add(&mut self, scene: &Scene) -> Result<(), String> {
        let (width, height) = (points(scene.size.0), points(scene.size.1));
        let page =
            PageSettings::from_wh(width, height).ok_or_else(|| format!("a page of {width} × {height} points"))?;
        let mut figure = TagGroup::new(Tag::Figure(Some(scene.description.clone())));
        figure.push(Node::Leaf(self.draw(page, &scene.ops)));
        self.tags.push(figure);
        self.metadata.get_or_insert_with(|| {
            let title = if scene.title.is_empty() { &scene.id } else { &scene.title };
            let metadata = Metadata::new().title(title.clone()).language("en".to_owned());
            metadata.document_id(scene.id.clone()).description(scene.description.clone())
        });
        Ok(())
    }

    /// Returns the file.
    pub fn finish(mut self) -> Result<Vec<u8>, String> {
        let metadata = self.metadata.ok_or("a document without a page")?;
        self.document.set_tag_tree(self.tags);
        self.document.set_outline(Outline::new());
        self.document.set_metadata(metadata);
        self.document.finish().map_err(|error| format!("{error:?}"))
    }

    /// Draws a page and returns what the figure's tag holds.
    fn draw(&mut self, page: PageSettings, ops: &[Op]) -> Identifier {
        let mut page = self.document.start_page_with(page);
        let mut canvas = Canvas { surface: page.surface(), fonts: &mut self.fonts };
        let content = canvas.surface.start_tagged(ContentTag::Span(SpanTag::empty().with_lang(Some("en"))));
        for op in ops {
            canvas.op(op);
        }
        canvas.surface.end_tagged();
        content
    }
}

struct Canvas<'a, 'b> {
    surface: Surface<'a>,
    fonts: &'b mut BTreeMap<Face, Font>,
}

impl Canvas<'_, '_> {
    /// Draws one operation; `None` for a form without extent.
    fn op(&mut self, op: &Op) -> Option<()> {
        match op {
            Op::Open { .. } | Op::Close => {}
            Op::Line { points, pen } => self.draw(&polyline(points, Ends::Open)?, None, Some(pen)),
            Op::Polygon { points, paint } => self.paint(&polyline(points, Ends::Joined)?, paint),
            Op::Rectangle { at, size, paint } => {
                let [x, y, width, height] = [at.0, at.1, size.0, size.1].map(points);
                let mut path = PathBuilder::new();
                path.push_rect(Rect::from_xywh(x, y, width, height)?);
                self.paint(&path.finish()?, paint);
            }
            Op::Circle { at, radius, paint } => self.paint(&circle(*at, *radius)?, paint),
            Op::Text { at, anchor, width, size, color, text } => {
                self.text(text, (anchor.left(at.0, *width), at.1), *size, *color);
            }
        }
        Some(())
    }

    fn paint(&mut self, path: &Path, paint: &Paint) {
        self.draw(path, paint.fill, paint.pen.as_ref());
    }

    fn draw(&mut self, path: &Path, fill: Option<Color>, pen: Option<&Pen>) {
        self.surface.set_fill(fill.map(ink));
        self.surface.set_stroke(pen.map(stroke));
        self.surface.draw_path(path);
    }

    fn text(&mut self, text: &Text, at: (i32, i32), size: i32, color: Color) {
        self.surface.set_fill(Some(ink(color)));
        self.surface.set_stroke(None);
        for run in glyphs::place(text, at, size) {
            if run.glyphs.iter().all(|placed| placed.glyph.is_some()) {
                self.run(&run);
            } else {
                // A font cannot be asked for what it lacks: such a run is drawn, its missing characters as empty boxes.
                let mut pen = Outlines(PathBuilder::new());
                run.glyphs.iter().for_each(|placed| placed.trace(&mut pen));
                if let Some(path) = pen.0.finish() {
                    self.surface.draw_path(&path);
                }
            }
        }
    }

    fn run(&mut self, run: &PlacedRun<'_>) {
        let Some(font) = self.font(run.face) else { return };
        let glyphs: Vec<KrillaGlyph> = run
            .glyphs
            .iter()
            .filter_map(|placed| {
                Some(KrillaGlyph {
                    glyph_id: GlyphId::new(placed.glyph?.to_u32()),
                    text_range: placed.bytes.clone(),
                    x_advance: placed.relative_advance() as f32,
                    x_offset: 0.0,
                    y_offset: 0.0,
                    y_advance: 0.0,
                    location: None,
                })
            })
            .collect();
        let at = Point::from_xy((run.at.0 * POINTS) as f32, (run.at.1 * POINTS) as f32);
        self.surface.draw_glyphs(at, &glyphs, font, run.text, (run.em * POINTS) as f32, false);
    }

    fn font(&mut self, face: Face) -> Option<Font> {
        if let Some(font) = self.fonts.get(&face) {
            return Some(font.clone());
        }
        let font = Font::new(face.data().into(), 0)?;
        self.fonts.insert(face, font.clone());
        Some(font)
    }
}

/// Whether the last point of a path is joined to its first.
#[derive(PartialEq)]
enum Ends {
    Open,
    Joined,
}

fn polyline(corners: &[(i32, i32)], ends: Ends) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, &(x, y)) in corners.iter().enumerate() {
        let (x, y) = (points(x), points(y));
        if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if ends == Ends::Joined {
        path.close();
    }
    path.finish()
}

fn circle(at: (i32, i32), radius: i32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let place = |x: f64, y: f64| {
        let along = |center: i32, part: f64| ((f64::from(center) + part * f64::from(radius)) * POINTS) as f32;
        (along(at.0, x), along(at.1, y))
    };
    let start = place(1.0, 0.0);
    path.move_to(start.0, start.1);
    let (mut x, mut y) = (1.0, 0.0);
    for _ in 0..4 {
        // A quarter turn: (x, y) goes to (−y, x).
        let (a, b, c) =
            (place(x - y * QUARTER, y + x * QUARTER), place(x * QUARTER - y, y * QUARTER + x), place(-y, x));
        path.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
        (x, y) = (-y, x);
    }
    path.close();
    path.finish()
}

fn points(units: i32) -> f32 {
    (f64::from(units) * POINTS) as f32
}

fn ink(color: Color) -> Fill {
    Fill { paint: rgb_of(color).into(), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::NonZero }
}

fn stroke(pen: &Pen) -> Stroke {
    let dash = pen.dash.map(|(on, off)| StrokeDash { array: vec![points(on), points(off)], offset: 0.0 });
    Stroke { paint: rgb_of(pen.color).into(), width: points(pen.width), dash, ..Stroke::default() }
}

fn rgb_of(Color { red, green, blue }: Color) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

/// Takes outlines in units of the scene to a path in points.
struct Outlines(PathBuilder);

impl Outlines {
    fn place(x: f32, y: f32) -> (f32, f32) {
        ((f64::from(x) * POINTS) as f32, (f64::from(y) * POINTS) as f32)
    }
}

impl OutlinePen for Outlines {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = Self::place(x, y);
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = Self::place(x, y);
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (Self::place(cx, cy), Self::place(x, y));
        self.0.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (Self::place(ax, ay), Self::place(bx, by), Self::place(x, y));
        self.0.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

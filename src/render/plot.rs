//! Geometry drawn through plotters on a backend of our own, which keeps a display list instead of pixels.
//!
//! One unit of plotters is 1/100 CSS pixel. plotters maps points from the axes of a plot to the canvas; dashes, groups,
//! markers and rich text are elements that speak to this backend, since the stock ones know neither.

use std::cell::RefCell;
use std::convert::Infallible;
use std::ops::Range;
use std::rc::Rc;

use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use plotters::drawing::DrawingArea;
use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

use super::scene::{Op, Paint, Pen, Scene, units};
use crate::report::figure::geometry::{Figure, Group, Item, Mark, Panel, Point, Shape, Stroke};
use crate::report::figure::span::Span;
use crate::report::figure::style::Color;

/// Returns the scene of a laid-out figure.
pub fn draw(figure: &Figure) -> Scene {
    let scene = Scene {
        id: figure.id.clone(),
        title: figure.title.clone(),
        description: figure.description.clone(),
        size: (units(figure.width), units(figure.height)),
        ops: Vec::new(),
    };
    let backend = Rc::new(RefCell::new(SceneBackend { scene }));
    let frame = figure.canvas();
    let canvas = Panel { frame, x: Span::linear(frame.left, frame.right), y: Span::linear(frame.top, frame.bottom) };
    draw_items(&figure.items, &area(&backend, &canvas), &backend);
    // Dropped areas leave one owner; presenting has nothing to do for a list.
    Rc::try_unwrap(backend).map_or_else(|shared| shared.borrow().scene.clone(), |cell| cell.into_inner().scene)
}

type Area = DrawingArea<SceneBackend, Cartesian2d<Axis, Axis>>;

/// Returns the drawing area whose coordinates are the axes of `panel`.
fn area(backend: &Rc<RefCell<SceneBackend>>, panel: &Panel) -> Area {
    let (frame, axes) = (panel.frame, (Axis(panel.x), Axis(panel.y)));
    let pixels = (units(frame.left)..units(frame.right), units(frame.top)..units(frame.bottom));
    DrawingArea::from(backend).apply_coord_spec(Cartesian2d::new(axes.0, axes.1, pixels))
}

fn draw_items(items: &[Item], area: &Area, backend: &Rc<RefCell<SceneBackend>>) {
    for item in items {
        match item {
            Item::Group(group) => {
                let Group { id, class, title, description, .. } = group.clone();
                put(area, Element::sign(Op::Open { id, class, title, description }));
                draw_items(&group.items, area, backend);
                put(area, Element::sign(Op::Close));
            }
            Item::Plot(plot) => {
                let inner = self::area(backend, &plot.panel);
                draw_items(&plot.items, &inner, backend);
            }
            Item::Mark(mark) => put(area, element(mark)),
            Item::Text(text) => {
                let (width, size) = (units(text.text.width(text.size)), units(text.size));
                let (anchor, color, text_) = (text.anchor, text.color, text.text.clone());
                put(
                    area,
                    Element::at(vec![text.at], move |points| {
                        points.first().map(|&at| Op::Text { at, anchor, width, size, color, text: text_.clone() })
                    }),
                );
            }
        }
    }
}

fn put(area: &Area, element: Element) {
    // `Infallible` is the backend's error: plotters has none of its own while each area is drawn by turns.
    let drawn = area.draw(&element);
    debug_assert!(drawn.is_ok());
}

/// Points on the axes of an area, and the operation they become on the canvas.
struct Element {
    points: Vec<(f64, f64)>,
    operation: Box<dyn Fn(Vec<BackendCoord>) -> Option<Op>>,
}

impl Element {
    fn at(points: Vec<Point>, operation: impl Fn(Vec<BackendCoord>) -> Option<Op> + 'static) -> Self {
        Self { points: points.iter().map(|p| (p.x, p.y)).collect(), operation: Box::new(operation) }
    }

    /// An operation without a place.
    fn sign(op: Op) -> Self {
        Self::at(Vec::new(), move |_| Some(op.clone()))
    }
}

fn element(mark: &Mark) -> Element {
    let pen = mark.stroke.map(pen);
    let paint = Paint { fill: mark.fill, pen };
    match &mark.shape {
        Shape::Line(points) => Element::at(points.clone(), move |points| Some(Op::Line { points, pen: pen? })),
        Shape::Polygon(points) => Element::at(points.clone(), move |points| Some(Op::Polygon { points, paint })),
        Shape::Rectangle(a, b) => Element::at(vec![*a, *b], move |points| {
            let [a, b] = points[..] else { return None };
            let at = (a.0.min(b.0), a.1.min(b.1));
            Some(Op::Rectangle { at, size: ((a.0 - b.0).abs(), (a.1 - b.1).abs()), paint })
        }),
        Shape::Circle { at, radius } => {
            let radius = units(*radius);
            Element::at(vec![*at], move |points| points.first().map(|&at| Op::Circle { at, radius, paint }))
        }
        Shape::Marker { at, corners } => {
            let corners: Vec<BackendCoord> = corners.iter().map(|c| (units(c.x), units(c.y))).collect();
            Element::at(vec![*at], move |points| {
                let at = points.first()?;
                let points = corners.iter().map(|c| (at.0 + c.0, at.1 + c.1)).collect();
                Some(Op::Polygon { points, paint })
            })
        }
    }
}

fn pen(stroke: Stroke) -> Pen {
    Pen { color: stroke.color, width: units(stroke.width), dash: stroke.dash.map(|(on, off)| (units(on), units(off))) }
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a Element {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64)];

    fn point_iter(self) -> &'a [(f64, f64)] {
        &self.points
    }
}

impl Drawable<SceneBackend> for Element {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut SceneBackend,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        backend.scene.ops.extend((self.operation)(points.collect()));
        Ok(())
    }
}

/// One of our axes as plotters sees it.
#[derive(Clone)]
struct Axis(Span);

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        limit.0 + (f64::from(limit.1 - limit.0) * self.0.fraction(*value)).round() as i32
    }

    /// Ticks are geometry, placed with their labels: a mesh would draw none.
    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        Vec::new()
    }

    fn range(&self) -> Range<f64> {
        self.0.from..self.0.to
    }
}

/// A plotters backend that keeps what is drawn.
struct SceneBackend {
    scene: Scene,
}

impl DrawingBackend for SceneBackend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.scene.size.0.unsigned_abs(), self.scene.size.1.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        let (red, green, blue) = color.rgb;
        let paint = Paint { fill: Some(Color { red, green, blue }), pen: None };
        self.scene.ops.push(Op::Rectangle { at, size: (1, 1), paint });
        Ok(())
    }
}

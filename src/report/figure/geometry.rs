//! A figure laid out: texts and marks with their place, in CSS pixels (1/96 inch) from the upper left corner.

use std::collections::BTreeSet;

use serde::Serialize;

use super::font;
use super::span::Span;
use super::style::Color;
use super::text::Text;

/// A laid-out figure, ready to be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Its id: prefix of every id inside, stem of its files.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// Width of the canvas.
    pub width: f64,
    /// Height of the canvas.
    pub height: f64,
    /// What is drawn, back to front.
    pub items: Vec<Item>,
}

/// A piece of a figure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    /// Pieces that belong together.
    Group(Group),
    /// Pieces placed on a pair of axes.
    Plot(Plot),
    /// A line of text.
    Text(PlacedText),
    /// A drawn form.
    Mark(Mark),
}

/// Pieces that belong together, such as a study's row.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Its id within the figure.
    pub id: Option<String>,
    /// What kind of group it is: the SVG class.
    pub class: &'static str,
    /// A sentence that says what the group shows.
    pub title: String,
    /// What else is to be known of it; may be empty.
    pub description: String,
    /// Its pieces.
    pub items: Vec<Item>,
}

/// Pieces whose points are values on two axes.
#[derive(Debug, Clone, Serialize)]
pub struct Plot {
    /// The axes and where they lie.
    pub panel: Panel,
    /// Its pieces, their points in values of the axes, their sizes in pixels.
    pub items: Vec<Item>,
}

/// A pair of axes on a rectangle of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Panel {
    /// The rectangle.
    pub frame: Rect,
    /// The axis from left to right.
    pub x: Span,
    /// The axis from top to bottom.
    pub y: Span,
}

impl Panel {
    /// Returns where a point of the axes lies on the canvas; values beyond an axis lie at its end.
    #[must_use]
    pub fn place(&self, point: Point) -> Point {
        let Rect { left, top, right, bottom } = self.frame;
        Point {
            x: left + (right - left) * self.x.fraction(point.x),
            y: top + (bottom - top) * self.y.fraction(point.y),
        }
    }
}

/// A point: pixels on the canvas, or values in a plot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// Returns the point (`x`, `y`).
#[must_use]
pub fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Rect {
    /// Returns whether the two share more than an edge (0.01 px, the drawing's own grain, is an edge).
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let grain = 0.01;
        self.left + grain < other.right
            && other.left + grain < self.right
            && self.top + grain < other.bottom
            && other.top + grain < self.bottom
    }

    /// Returns whether `other` lies within.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }

    fn around(points: impl IntoIterator<Item = Point>, margin: f64) -> Self {
        let empty =
            Self { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };
        points.into_iter().fold(empty, |r, p| Self {
            left: r.left.min(p.x - margin),
            top: r.top.min(p.y - margin),
            right: r.right.max(p.x + margin),
            bottom: r.bottom.max(p.y + margin),
        })
    }
}

/// Which end of a text its point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

impl Anchor {
    /// Returns where a text of this width begins whose anchored end is at `x`, in any unit.
    #[must_use]
    pub fn left<N>(self, x: N, width: N) -> N
    where
        N: Copy + std::ops::Sub<Output = N> + std::ops::Div<Output = N> + From<u8>,
    {
        match self {
            Self::Start => x,
            Self::Middle => x - width / N::from(2),
            Self::End => x - width,
        }
    }
}

/// A line of text with its place.
#[derive(Debug, Clone, Serialize)]
pub struct PlacedText {
    /// The text.
    pub text: Text,
    /// Where its baseline is anchored.
    pub at: Point,
    /// Which end of it is there.
    pub anchor: Anchor,
    /// The font size.
    pub size: f64,
    /// The colour.
    pub color: Color,
}

impl PlacedText {
    /// Returns the box from its ascent to its descent.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let width = self.text.width(self.size);
        let left = self.anchor.left(self.at.x, width);
        Rect {
            left,
            top: self.at.y - font::ASCENT * self.size,
            right: left + width,
            bottom: self.at.y + font::DESCENT * self.size,
        }
    }
}

/// A drawn form.
#[derive(Debug, Clone, Serialize)]
pub struct Mark {
    /// Its form.
    pub shape: Shape,
    /// The colour inside, if any.
    pub fill: Option<Color>,
    /// The line round it, if any.
    pub stroke: Option<Stroke>,
    /// Whether text may stand on it.
    pub layer: Layer,
}

/// Whether text may stand on a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A band behind the text.
    Background,
    /// Nothing stands on it.
    Foreground,
}

/// A form: its points lie on the canvas or, in a plot, on the axes; radii and offsets are pixels everywhere.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A line through the points.
    Line(Vec<Point>),
    /// An area between the points.
    Polygon(Vec<Point>),
    /// An upright rectangle between opposite corners.
    Rectangle(Point, Point),
    /// A circle.
    Circle {
        /// Its centre.
        at: Point,
        /// Its radius.
        radius: f64,
    },
    /// An area whose corners are offsets from a point: it keeps its size on any axis.
    Marker {
        /// Where it stands.
        at: Point,
        /// Its corners.
        corners: Vec<Point>,
    },
}

/// A line's looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: f64,
    /// Lengths drawn and left out in turn.
    pub dash: Option<(f64, f64)>,
}

impl Mark {
    /// Returns a line.
    #[must_use]
    pub fn line(points: Vec<Point>, stroke: Stroke) -> Self {
        Self { shape: Shape::Line(points), fill: None, stroke: Some(stroke), layer: Layer::Foreground }
    }

    /// Returns a filled form.
    #[must_use]
    pub fn filled(shape: Shape, fill: Color) -> Self {
        Self { shape, fill: Some(fill), stroke: None, layer: Layer::Foreground }
    }

    fn bounds(&self, place: impl Fn(Point) -> Point) -> Rect {
        let half = self.stroke.map_or(0.0, |stroke| stroke.width / 2.0);
        match &self.shape {
            Shape::Line(points) | Shape::Polygon(points) => Rect::around(points.iter().map(|p| place(*p)), half),
            Shape::Rectangle(a, b) => Rect::around([place(*a), place(*b)], half),
            Shape::Circle { at, radius } => Rect::around([place(*at)], half + radius),
            Shape::Marker { at, corners } => {
                let at = place(*at);
                Rect::around(corners.iter().map(|c| point(at.x + c.x, at.y + c.y)), half)
            }
        }
    }
}

/// A text or a mark with its box on the canvas.
#[derive(Debug, Clone, Copy)]
pub enum Boxed<'a> {
    /// A text.
    Text(&'a PlacedText, Rect),
    /// A mark.
    Mark(&'a Mark, Rect),
}

impl Figure {
    /// Returns every text and mark with its box, back to front.
    #[must_use]
    pub fn boxes(&self) -> Vec<Boxed<'_>> {
        let mut boxes = Vec::new();
        collect(&self.items, None, &mut boxes);
        boxes
    }

    /// Returns the canvas.
    #[must_use]
    pub fn canvas(&self) -> Rect {
        Rect { left: 0.0, top: 0.0, right: self.width, bottom: self.height }
    }

    /// Returns the characters the embedded font lacks: a PNG shows empty boxes, an SVG whatever font the reader has.
    #[must_use]
    pub fn missing_characters(&self) -> BTreeSet<char> {
        let texts = self.boxes().into_iter().filter_map(|boxed| match boxed {
            Boxed::Text(text, _) => Some(text.text.missing()),
            Boxed::Mark(..) => None,
        });
        texts.flatten().collect()
    }
}

/// Returns `key` with every character that cannot stand in an id as a hyphen.
pub(super) fn identifier(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

fn collect<'a>(items: &'a [Item], panel: Option<&Panel>, boxes: &mut Vec<Boxed<'a>>) {
    let place = |p: Point| panel.map_or(p, |panel| panel.place(p));
    for item in items {
        match item {
            Item::Group(group) => collect(&group.items, panel, boxes),
            Item::Plot(plot) => collect(&plot.items, Some(&plot.panel), boxes),
            Item::Mark(mark) => boxes.push(Boxed::Mark(mark, mark.bounds(place))),
            Item::Text(text) => {
                let (at, own) = (place(text.at), text.bounds());
                let (dx, dy) = (at.x - text.at.x, at.y - text.at.y);
                let bounds =
                    Rect { left: own.left + dx, top: own.top + dy, right: own.right + dx, bottom: own.bottom + dy };
                boxes.push(Boxed::Text(text, bounds));
            }
        }
    }
}

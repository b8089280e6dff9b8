//! The display list between the drawing and its writers: integers, 1/100 CSS pixel, so that every writer has the same
//! figures and prints them alike on any machine.

use crate::report::figure::geometry::Anchor;
use crate::report::figure::style::Color;
use crate::report::figure::text::Text;

/// Units of a scene in one CSS pixel.
pub const UNITS: f64 = 100.0;

/// A picture as a list of operations, back to front.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its id, prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it.
    pub description: String,
    /// Width and height.
    pub size: (i32, i32),
    /// The operations.
    pub ops: Vec<Op>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Opens a group; closed by [`Op::Close`].
    Open { id: Option<String>, class: &'static str, title: String, description: String },
    /// Closes the group.
    Close,
    /// A line through points.
    Line { points: Vec<(i32, i32)>, pen: Pen },
    /// An area between points.
    Polygon { points: Vec<(i32, i32)>, paint: Paint },
    /// An upright rectangle: corner, then width and height.
    Rectangle { at: (i32, i32), size: (i32, i32), paint: Paint },
    /// A circle.
    Circle { at: (i32, i32), radius: i32, paint: Paint },
    /// A line of text on its baseline.
    Text { at: (i32, i32), anchor: Anchor, width: i32, size: i32, color: Color, text: Text },
}

/// How an area is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// The colour inside.
    pub fill: Option<Color>,
    /// The line round it.
    pub pen: Option<Pen>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: i32,
    /// Lengths drawn and left out in turn.
    pub dash: Option<(i32, i32)>,
}

impl Scene {
    /// Returns it with every point and size on a tenth of a pixel: what a screen can show, in fewer digits.
    #[must_use]
    pub fn in_tenths(mut self) -> Self {
        let near = |value: &mut i32| *value = (*value + 5).div_euclid(10) * 10;
        let near_all = |points: &mut [(i32, i32)]| {
            points.iter_mut().for_each(|(x, y)| [x, y].into_iter().for_each(near));
        };
        for op in &mut self.ops {
            match op {
                Op::Open { .. } | Op::Close => {}
                Op::Line { points, .. } | Op::Polygon { points, .. } => near_all(points),
                Op::Rectangle { at, size, .. } => {
                    near_all(std::slice::from_mut(at));
                    near_all(std::slice::from_mut(size));
                }
                Op::Circle { at, radius, .. } => {
                    near_all(std::slice::from_mut(at));
                    near(radius);
                }
                Op::Text { at, width, .. } => {
                    near_all(std::slice::from_mut(at));
                    near(width);
                }
            }
        }
        self
    }
}

/// Returns pixels in units of a scene.
#[must_use]
pub fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

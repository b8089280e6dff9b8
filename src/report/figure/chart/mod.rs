//! A chart on two axes as plain data: areas, lines, dots with their names, in the values of its axes.
//!
//! Funnel, radial, Baujat and the other plots of points are charts; [`Chart::lay_out`] measures and places one, its names
//! beside their dots where there is room.

mod clip;
mod layout;
mod names;

pub(super) use layout::key_of;
use serde::Serialize;

use super::data::{Data, number};
use super::geometry::{Figure, Point, Stroke};
use super::glyph::Glyph;
use super::style::{Color, Style};
use super::text::Text;
use super::words::Dictionary;

/// A chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// The axis below.
    pub x: Axis,
    /// The axis at the left.
    pub y: Axis,
    /// A second scale of the upright axis, at the right.
    pub right: Option<Axis>,
    /// What is drawn, back to front.
    pub layers: Vec<Layer>,
    /// Signs and what they mean.
    pub legend: Vec<(Key, String)>,
    /// Lines under everything.
    pub footer: Vec<Text>,
}

/// An axis; values lie evenly on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// What it measures.
    pub label: Text,
    /// The value at its start: left or below.
    pub from: f64,
    /// The value at its end; may be smaller than the start.
    pub to: f64,
    /// Values and how they are printed; empty: round values. One that would touch its neighbour is not printed.
    pub ticks: Vec<(f64, String)>,
    /// The length of an upright axis in pixels; `None`: in proportion to the lower one.
    pub length: Option<f64>,
}

/// A piece of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// An area between corners.
    Area {
        /// Its corners.
        corners: Vec<Point>,
        /// Its colour.
        ink: Ink,
    },
    /// A line.
    Line {
        /// The name under which its points stand in the data; empty: they don't.
        name: String,
        /// Its points.
        points: Vec<Point>,
        /// Its looks.
        pen: Pen,
    },
    /// A dot.
    Dot(Dot),
}

/// A point that stands for something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dot {
    /// Where it lies.
    pub at: Point,
    /// The name in the data, in its tooltip and, if [`Dot::named`], beside it.
    pub name: String,
    /// Whether its name is printed.
    pub named: Named,
    /// Its form.
    pub glyph: Glyph,
    /// Its width in parts of a glyph's.
    pub size: f64,
    /// Its colour.
    pub ink: Ink,
}

/// Whether the name of a dot is printed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// Where there is room.
    Beside,
    /// No.
    Silent,
}

/// A colour by its part in the figure; the style says which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    /// Axes and text.
    Ink,
    /// Notes, what matters less.
    Quiet,
    /// Studies.
    Study,
    /// A group, or the inside of its diamond.
    Subtotal,
    /// The pool.
    Total,
    /// Prediction intervals, and what contrasts with studies.
    Prediction,
    /// Grey in per cent of a hairline's.
    Tint(u8),
}

impl Ink {
    pub(super) fn color(self, style: &Style) -> Color {
        match self {
            Self::Ink => style.ink,
            Self::Quiet => style.quiet,
            Self::Study => style.study,
            Self::Subtotal => style.subtotal,
            Self::Total => style.total,
            Self::Prediction => style.prediction,
            Self::Tint(percent) => style.hairline.tint(percent),
        }
    }
}

/// A line's looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pen {
    /// Its colour.
    pub ink: Ink,
    /// Its width in pixels.
    pub width: f64,
    /// Lengths drawn and left out in turn.
    pub dash: Option<(f64, f64)>,
}

impl Pen {
    /// Returns an unbroken line.
    #[must_use]
    pub fn solid(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: None }
    }

    /// Returns a dashed line.
    #[must_use]
    pub fn dashed(ink: Ink, width: f64) -> Self {
        Self { dash: Some((4.0, 3.0)), ..Self::solid(ink, width) }
    }

    pub(super) fn stroke(self, style: &Style) -> Stroke {
        Stroke { color: self.ink.color(style), width: self.width, dash: self.dash }
    }
}

/// What a line of the legend explains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// A dot's form.
    Dot(Glyph, Ink),
    /// A line.
    Line(Pen),
    /// An area.
    Area(Ink),
}

impl Axis {
    /// Returns an axis with round values.
    #[must_use]
    pub fn new(label: impl Into<Text>, from: f64, to: f64) -> Self {
        Self { label: label.into(), from, to, ticks: Vec::new(), length: None }
    }

    /// Returns it with these values printed.
    #[must_use]
    pub fn with_ticks(self, ticks: Vec<(f64, String)>) -> Self {
        Self { ticks, ..self }
    }
}

impl Dot {
    /// Returns a named disc of a study.
    #[must_use]
    pub fn study(name: impl Into<String>, at: Point) -> Self {
        Self { at, name: name.into(), named: Named::Beside, glyph: Glyph::Disc, size: 1.0, ink: Ink::Study }
    }
}

impl Chart {
    /// Returns it measured and placed: no two texts overlap, no name covers a dot.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        layout::lay_out(self, style)
    }

    /// Returns it in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description]);
        words.texts([&mut self.x.label, &mut self.y.label]);
        words.texts(self.right.as_mut().map(|axis| &mut axis.label));
        for layer in &mut self.layers {
            match layer {
                Layer::Line { name, .. } | Layer::Dot(Dot { name, .. }) => words.all([name]),
                Layer::Area { .. } => {}
            }
        }
        words.all(self.legend.iter_mut().map(|(_, meaning)| meaning));
        words.texts(&mut self.footer);
        self
    }

    /// Returns its dots and named lines.
    #[must_use]
    pub fn data(&self) -> Data {
        let row = |name: &str, at: Point| vec![name.to_owned(), number(Some(at.x)), number(Some(at.y))];
        let rows = self.layers.iter().flat_map(|layer| match layer {
            Layer::Dot(dot) => vec![row(&dot.name, dot.at)],
            Layer::Line { name, points, .. } if !name.is_empty() => points.iter().map(|at| row(name, *at)).collect(),
            Layer::Line { .. } | Layer::Area { .. } => Vec::new(),
        });
        Data { columns: vec!["name".into(), self.x.label.to_string(), self.y.label.to_string()], rows: rows.collect() }
    }
}

//! Survival over time as plain data: panels of pooled and published curves, names at their ends, counts under the axis.

mod dodge;
mod layout;

use serde::Serialize;

use super::chart::{Ink, Key, Layer};
use super::data::Data;
use super::geometry::{Figure, Point};
use super::style::Style;
use super::text::Text;
use super::words::Dictionary;

/// Panels of curves on common axes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// What the upright axes measure, in per cent.
    pub upright: Text,
    /// What the lower axes measure.
    pub across: Text,
    /// Values of the lower axes, the first and the last at their ends, and how they are printed.
    pub ticks: Vec<(f64, String)>,
    /// What the rows of counts under each panel count.
    pub counted: Vec<String>,
    /// The panels, left to right, or top to bottom where the figure is narrow.
    pub panels: Vec<Panel>,
    /// Signs and what they mean.
    pub legend: Vec<(Key, String)>,
    /// Lines under everything.
    pub footer: Vec<Text>,
    /// The numbers it draws.
    pub data: Data,
}

/// The curves of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// Which group.
    pub heading: Text,
    /// What is drawn, back to front.
    pub layers: Vec<Layer>,
    /// The names beside the curves.
    pub ends: Vec<End>,
    /// The counts, one row for each of [`Curves::counted`], one text for each tick.
    pub counts: Vec<Vec<String>>,
}

/// Where a curve ends, and its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct End {
    /// The end.
    pub at: Point,
    /// The name.
    pub name: Text,
    /// Its colour.
    pub ink: Ink,
}

impl Curves {
    /// Returns it in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description].into_iter().chain(&mut self.counted));
        words.texts([&mut self.upright, &mut self.across].into_iter().chain(&mut self.footer));
        for panel in &mut self.panels {
            words.texts(std::iter::once(&mut panel.heading).chain(panel.ends.iter_mut().map(|end| &mut end.name)));
        }
        words.all(self.legend.iter_mut().map(|(_, meaning)| meaning));
        self
    }

    /// Returns it measured and placed: each name at the side of its panel, level with its curve's end or joined to it by a
    /// thin line.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        layout::lay_out(self, style)
    }
}

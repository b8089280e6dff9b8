//! Figures as geometry: f64, measured text, nothing drawn yet.
//!
//! A kind of figure (such as [`forest::Forest`]) is plain data; laying it out gives a [`geometry::Figure`], in which each
//! text and each mark has its place and its box. `render` draws that without a decision of its own.

pub mod bars;
pub mod chart;
pub mod curves;
pub mod data;
pub mod flow;
pub mod font;
pub mod forest;
pub mod geometry;
pub mod glyph;
mod legend;
pub mod network;
pub mod span;
pub mod style;
pub mod text;
pub mod ticks;
pub mod weights;
pub mod words;

//! Laid-out figures become SVG and PNG: drawn once as a scene, written twice.

pub use super::png::PngError;
use super::{plot, png, svg};
use crate::report::figure::geometry::Figure;

/// Returns `figure` as an SVG document: text as text that keeps its measured width on a machine without the font.
#[must_use]
pub fn svg(figure: &Figure) -> String {
    svg::write(&plot::draw(figure))
}

/// Returns `figure` as an opaque PNG with its resolution in the file; 300 and 600 dots per inch are what journals ask.
///
/// # Errors
/// [`PngError::Size`] where the picture would have no pixel or more than 250 million.
pub fn png(figure: &Figure, dots_per_inch: u16) -> Result<Vec<u8>, PngError> {
    png::write(&plot::draw(figure), dots_per_inch)
}

//! Laid-out figures become SVG, PNG and PDF: drawn once as a scene, written by three writers.

use super::scene::Scene;
use super::{pdf, plot, png, svg};
use crate::report::figure::geometry::Figure;
use crate::report::plots::Lettering;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureError {
    /// It would have no pixel or too many: width and height in pixels.
    Size(u32, u32),
    /// The file format refused it.
    Encoding(String),
}

impl std::fmt::Display for PictureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Size(width, height) => write!(f, "a picture of {width} × {height} pixels cannot be drawn"),
            Self::Encoding(message) => write!(f, "the picture cannot be written: {message}"),
        }
    }
}

impl std::error::Error for PictureError {}

/// A figure drawn, to be written in any format.
#[derive(Debug, Clone)]
pub struct Drawing(Scene);

impl Drawing {
    /// Draws a laid-out figure.
    #[must_use]
    pub fn of(figure: &Figure) -> Self {
        Self(plot::draw(figure))
    }

    /// Returns an SVG document: text as text that keeps its measured width on a machine without the font.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::write(&self.0, Lettering::Text)
    }

    /// Returns an SVG element for a page that names the figure itself: without name and description of its own, and in tenths
    /// of a pixel.
    #[must_use]
    pub fn inline_svg(&self, lettering: Lettering) -> String {
        svg::inline(&self.0.clone().in_tenths(), lettering)
    }

    /// Returns an SVG document with every text as outlines: no font is needed, nothing can be searched or edited.
    #[must_use]
    pub fn outlined_svg(&self) -> String {
        svg::write(&self.0, Lettering::Outlines)
    }

    /// Returns an opaque PNG with its resolution in the file; 300 and 600 dots per inch are what journals ask.
    ///
    /// # Errors
    /// [`PictureError::Size`] where it would have no pixel or more than 250 million.
    pub fn png(&self, dots_per_inch: u16) -> Result<Vec<u8>, PictureError> {
        png::write(&self.0, dots_per_inch)
    }

    /// Returns a PDF of one page, tagged (PDF/UA-1), its text as text in the embedded font.
    ///
    /// # Errors
    /// [`PictureError::Encoding`] where the format cannot hold it, such as a page without extent.
    pub fn pdf(&self) -> Result<Vec<u8>, PictureError> {
        let mut book = Book::new()?;
        book.add(self)?;
        book.finish()
    }
}

/// One PDF of several drawings, a page each, as [`Drawing::pdf`] makes them; none of them is kept.
pub struct Book(pdf::Book);

impl Book {
    /// Returns one without a page.
    ///
    /// # Errors
    /// [`PictureError::Encoding`] where the format refuses.
    pub fn new() -> Result<Self, PictureError> {
        pdf::Book::new().map(Self).map_err(PictureError::Encoding)
    }

    /// Adds a page.
    ///
    /// # Errors
    /// [`PictureError::Encoding`] for a page without extent.
    pub fn add(&mut self, drawing: &Drawing) -> Result<(), PictureError> {
        self.0.add(&drawing.0).map_err(PictureError::Encoding)
    }

    /// Returns the file.
    ///
    /// # Errors
    /// [`PictureError::Encoding`] without a page, or where the format cannot hold one.
    pub fn finish(self) -> Result<Vec<u8>, PictureError> {
        self.0.finish().map_err(PictureError::Encoding)
    }
}

/// Returns `figure` as an SVG document, see [`Drawing::svg`].
#[must_use]
pub fn svg(figure: &Figure) -> String {
    Drawing::of(figure).svg()
}

/// Returns `figure` as PNG, see [`Drawing::png`].
///
/// # Errors
/// As [`Drawing::png`].
pub fn png(figure: &Figure, dots_per_inch: u16) -> Result<Vec<u8>, PictureError> {
    Drawing::of(figure).png(dots_per_inch)
}

/// Returns `figure` as PDF, see [`Drawing::pdf`].
///
/// # Errors
/// As [`Drawing::pdf`].
pub fn pdf(figure: &Figure) -> Result<Vec<u8>, PictureError> {
    Drawing::of(figure).pdf()
}

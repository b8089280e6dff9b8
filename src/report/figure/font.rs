//! The embedded font (Arimo, the widths of Arial) and its metrics.
//!
//! Text is measured as the sum of its advances: a viewer that kerns differs by less than a pixel a line.

use std::sync::LazyLock;

use serde::Serialize;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_width::UnicodeWidthChar;

/// A cut of the embedded font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Face {
    /// Upright, normal weight.
    #[default]
    Regular,
    /// Upright, bold.
    Bold,
    /// Italic, normal weight.
    Italic,
}

/// Height of a capital in parts of the font size.
pub const CAP_HEIGHT: f64 = 1409.0 / 2048.0;
/// Reach above the baseline in parts of the font size.
pub const ASCENT: f64 = 1854.0 / 2048.0;
/// Reach below the baseline in parts of the font size.
pub const DESCENT: f64 = 434.0 / 2048.0;
/// Units in which the font's own figures are given.
pub const UNITS_PER_EM: f64 = 2048.0;

/// The advances of so many first characters, of all Latin letters among them, are looked up once: every text is measured many times.
const USUAL: u32 = 0x250;

struct Metrics {
    characters: Charmap<'static>,
    glyphs: GlyphMetrics<'static>,
    usual: Vec<f64>,
}

impl Metrics {
    fn of(font: &FontRef<'static>) -> Self {
        let glyphs = GlyphMetrics::new(font, Size::unscaled(), LocationRef::default());
        let mut metrics = Self { characters: font.charmap(), glyphs, usual: Vec::new() };
        metrics.usual = (0..USUAL).filter_map(char::from_u32).map(|character| metrics.advance(character)).collect();
        metrics
    }

    fn advance(&self, character: char) -> f64 {
        match self.characters.map(character) {
            Some(glyph) => f64::from(self.glyphs.advance_width(glyph).unwrap_or(0.0)) / UNITS_PER_EM,
            None => match character.width() {
                Some(2) => 1.0,
                Some(0) | None => 0.0,
                Some(_) => 0.6,
            },
        }
    }
}

static METRICS: LazyLock<[Metrics; 3]> =
    LazyLock::new(|| [Face::Regular, Face::Bold, Face::Italic].map(|face| Metrics::of(&face.font())));

impl Face {
    /// Returns the font file.
    #[must_use]
    pub fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/Arimo-Regular.ttf"),
            Self::Bold => include_bytes!("fonts/Arimo-Bold.ttf"),
            Self::Italic => include_bytes!("fonts/Arimo-Italic.ttf"),
        }
    }

    /// Returns the parsed font.
    #[must_use]
    pub fn font(self) -> FontRef<'static> {
        FontRef::new(self.data()).expect("the embedded font is a font")
    }

    /// Returns the glyph of `character`, or `None` where the font has none (it is then drawn as an empty box).
    #[must_use]
    pub fn glyph(self, character: char) -> Option<GlyphId> {
        self.metrics().characters.map(character)
    }

    /// Returns the advance of `character` in parts of the font size.
    ///
    /// Without a glyph it is what a fallback font will take: nothing for a combining mark, one em for an East Asian
    /// character, 0.6 em for any other.
    ///
    /// ```
    /// use forestable::report::figure::font::Face;
    /// assert_eq!(Face::Regular.advance('0'), 1139.0 / 2048.0);
    /// assert_eq!(Face::Regular.advance('漢'), 1.0);
    /// ```
    #[must_use]
    pub fn advance(self, character: char) -> f64 {
        let metrics = self.metrics();
        metrics.usual.get(character as usize).copied().unwrap_or_else(|| metrics.advance(character))
    }

    fn metrics(self) -> &'static Metrics {
        let [regular, bold, italic] = &*METRICS;
        match self {
            Self::Regular => regular,
            Self::Bold => bold,
            Self::Italic => italic,
        }
    }
}

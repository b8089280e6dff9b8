//! The look of a figure as plain data: sizes in CSS pixels, colours, separators.

use serde::{Serialize, Serializer};

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Color {
    /// White.
    pub const WHITE: Self = Self::hex(0xff_ff_ff);

    /// Returns the colour written `0xRRGGBB`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self { red, green, blue }
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How a forest plot looks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Style {
    /// Font size of the rows and headers.
    pub font_size: f64,
    /// Font size of notes, tick labels and the legend.
    pub note_size: f64,
    /// Distance of two baselines in one cell, in parts of the font size.
    pub leading: f64,
    /// Height of a row of one line.
    pub row_height: f64,
    /// White round everything.
    pub margin: f64,
    /// White between two columns.
    pub column_gap: f64,
    /// White on both sides of a plot.
    pub plot_gap: f64,
    /// White between sections.
    pub section_gap: f64,
    /// How far rows stand in under a heading.
    pub indent: f64,
    /// Widest first column before its words wrap.
    pub label_width: f64,
    /// Widest other column before its words wrap.
    pub cell_width: f64,
    /// Widest line of a heading or note beside the plot before it wraps.
    pub note_width: f64,
    /// Least and greatest width of a plot.
    pub plot_width: (f64, f64),
    /// The width a figure with one plot is brought near to, within `plot_width`.
    pub figure_width: f64,
    /// Side of the square of the heaviest study.
    pub square: f64,
    /// Smallest square in parts of the largest.
    pub square_floor: f64,
    /// Height of a diamond.
    pub diamond: f64,
    /// Height of a prediction interval's bar.
    pub bar: f64,
    /// Size of a glyph.
    pub glyph: f64,
    /// Text, rules, axes.
    pub ink: Color,
    /// Notes and what is not pooled.
    pub quiet: Color,
    /// Hairlines between rows.
    pub hairline: Color,
    /// Squares and intervals.
    pub study: Color,
    /// Inside of a subgroup's diamond.
    pub subtotal: Color,
    /// Inside of the overall diamond and outline of every diamond.
    pub total: Color,
    /// Prediction intervals.
    pub prediction: Color,
    /// A benchmark's line or its label.
    pub benchmark: Color,
    /// A benchmark's band.
    pub band: Color,
    /// What stands before, between and after the ends of an interval.
    pub brackets: [&'static str; 3],
}

impl Style {
    /// Returns the default look: quiet type, blue squares, an orange prediction interval; safe for the colour-blind, and
    /// in grey told apart by form.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            font_size: 12.0,
            note_size: 10.5,
            leading: 1.25,
            row_height: 18.5,
            margin: 10.0,
            column_gap: 16.0,
            plot_gap: 16.0,
            section_gap: 9.0,
            indent: 10.0,
            label_width: 230.0,
            cell_width: 150.0,
            note_width: 250.0,
            plot_width: (210.0, 330.0),
            figure_width: 720.0,
            square: 11.5,
            square_floor: 0.22,
            diamond: 11.0,
            bar: 4.0,
            glyph: 7.5,
            ink: Color::hex(0x1b_1f_24),
            quiet: Color::hex(0x57_60_6a),
            hairline: Color::hex(0xc9_ce_d4),
            study: Color::hex(0x2f_6d_a8),
            subtotal: Color::hex(0xa9_c8_e4),
            total: Color::hex(0x16_3a_5f),
            prediction: Color::hex(0xc6_5d_1a),
            benchmark: Color::hex(0x8a_5a_00),
            band: Color::hex(0xfb_f1_dc),
            brackets: ["(", " to ", ")"],
        }
    }
}

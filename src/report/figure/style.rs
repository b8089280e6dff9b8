//! The look of a figure as plain data: sizes in CSS pixels, colours, separators, how a journal writes figures.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::text::Text;
use super::words::Dictionary;

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

impl Color {
    /// Returns `percent` of it in white.
    #[must_use]
    pub fn tint(self, percent: u8) -> Self {
        let share = u32::from(percent.min(100));
        let mix = |part: u8| ((u32::from(part) * share + 255 * (100 - share) + 50) / 100) as u8;
        Self { red: mix(self.red), green: mix(self.green), blue: mix(self.blue) }
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

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        let digits = written.strip_prefix('#').filter(|digits| digits.len() == 6);
        let rgb = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        rgb.map(Self::hex)
            .ok_or_else(|| D::Error::custom(format!("expected a colour such as #1b1f24, found `{written}`")))
    }
}

/// How a forest plot looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The width that a figure is made for: what is wider is set in smaller type, down to 7 points, until it fits.
    pub figure_width: f64,
    /// The width of a chart on two axes.
    pub chart_width: f64,
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
    /// The line at the pooled estimate.
    pub guide: Color,
    /// Prediction intervals.
    pub prediction: Color,
    /// A benchmark's line or its label.
    pub benchmark: Color,
    /// A benchmark's band.
    pub band: Color,
    /// What stands before, between and after the ends of an interval.
    pub brackets: [String; 3],
    /// What stands for the decimal point in columns of figures.
    pub decimal_point: String,
    /// The order of the columns by their ids; `*` stands for all that are not named.
    pub order: Vec<String>,
    /// The ids of columns that are left out, in this order, until a forest fits where 7-point type does not suffice.
    pub dispensable: Vec<String>,
    /// Headers of columns by their ids, where the layout words them its own way.
    pub headers: BTreeMap<String, String>,
    /// How figures are written in lines of text.
    pub notation: Notation,
    /// The words that the layout itself writes.
    pub words: Words,
}

/// How a journal writes the figures of a pool. `*x*` is italic, `~x~` lowered, `{x}` filled in, see [`Text::marked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notation {
    /// A P value, from `{sign}` (= or <) and `{value}`.
    pub p_value: String,
    /// What stands before the decimal point of a P value: `0` or nothing.
    pub p_zero: String,
    /// The heterogeneity of a pool, from `{tau2}`, `{tau2_ci}`, `{i2}`, `{q}`, `{df}`, `{p}`.
    pub heterogeneity: String,
    /// Decimals of τ².
    pub tau2_digits: usize,
    /// The test between groups by χ², from `{value}`, `{df}`, `{p}`.
    pub groups_chi2: String,
    /// The test between groups by F, from `{value}`, `{df1}`, `{df2}`, `{p}`.
    pub groups_f: String,
}

impl Notation {
    /// Returns a P value in the journal's way, from `P = 0.04` or `P < 0.001`; marked up.
    ///
    /// ```
    /// use forestable::report::figure::style::Style;
    /// let jama = Style::named("jama").unwrap().notation;
    /// assert_eq!(jama.p_value("P = 0.04"), "*P* = .04");
    /// ```
    #[must_use]
    pub fn p_value(&self, printed: &str) -> String {
        let Some((sign, value)) = printed.strip_prefix("P ").and_then(|rest| rest.split_once(' ')) else {
            return printed.to_owned();
        };
        let value = value.strip_prefix('0').map_or(value.to_owned(), |decimals| format!("{}{decimals}", self.p_zero));
        fill(&self.p_value, &[("sign", sign.to_owned()), ("value", value)])
    }
}

/// Returns `pattern` with each `{name}` filled in.
#[must_use]
pub fn fill(pattern: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(pattern.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The words that a layout writes of its own accord; all others come with the figure's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Where the smallest squares are larger than their weight.
    pub smallest_squares: String,
    /// Where an axis of proportions does not begin at 0; `{}` stands for where it does.
    pub axis_begins: String,
}

impl Words {
    /// Returns them in other words.
    #[must_use]
    pub fn translated(&self, words: &Dictionary) -> Self {
        let [smallest_squares, axis_begins] =
            [&self.smallest_squares, &self.axis_begins].map(|text| words.translate(text));
        Self { smallest_squares, axis_begins }
    }
}

impl Style {
    /// Returns the default look: quiet type, blue squares, an orange prediction interval; safe for the colour-blind, and
    /// in grey told apart by form.
    #[must_use]
    pub fn plain() -> Self {
        Self::named("plain").expect("the default layout is embedded")
    }

    /// Returns the layout of this name: `plain`, `revman`, `jama`, `bmj` or `lancet`; `None` for any other.
    ///
    /// A layout is a file under `layouts/` that names what differs from `plain`.
    ///
    /// ```
    /// use forestable::report::figure::style::Style;
    /// assert_eq!(Style::named("revman").unwrap().brackets, ["[", ", ", "]"]);
    /// assert!(Style::named("other").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (_, differences) = LAYOUTS.iter().find(|(layout, _)| *layout == name)?;
        let mut values: Value = serde_json::from_str(LAYOUTS[0].1).ok()?;
        overlay(&mut values, serde_json::from_str(differences).ok()?);
        serde_json::from_value(values).ok()
    }

    /// Returns it for one column of a journal, 8.5 cm: type of 7 points, narrow columns and plots.
    #[must_use]
    pub fn single_column(self) -> Self {
        Self { figure_width: 321.0, chart_width: 315.0, ..self.denser(1.0) }
    }

    /// Returns it with type and white nearer to the least that can be printed: 7 points at `part` = 1.
    #[must_use]
    pub fn denser(&self, part: f64) -> Self {
        let toward = |size: f64, least: f64| size + (least - size).min(0.0) * part;
        let (least, greatest) = self.plot_width;
        Self {
            font_size: toward(self.font_size, 9.4),
            note_size: toward(self.note_size, 9.35),
            row_height: toward(self.row_height, 14.5),
            margin: toward(self.margin, 3.0),
            column_gap: toward(self.column_gap, 7.0),
            plot_gap: toward(self.plot_gap, 6.0),
            section_gap: toward(self.section_gap, 5.0),
            indent: toward(self.indent, 5.0),
            label_width: toward(self.label_width, 112.0),
            cell_width: toward(self.cell_width, 60.0),
            note_width: toward(self.note_width, 130.0),
            plot_width: (toward(least, 68.0), toward(greatest, 200.0)),
            square: toward(self.square, 8.5),
            diamond: toward(self.diamond, 8.5),
            bar: toward(self.bar, 3.0),
            glyph: toward(self.glyph, 6.0),
            ..self.clone()
        }
    }

    /// Returns the size of a light.
    #[must_use]
    pub fn light(&self) -> f64 {
        1.5 * self.glyph
    }

    /// Returns `text` with the layout's decimal point between digits.
    #[must_use]
    pub fn pointed(&self, text: &Text) -> Text {
        if self.decimal_point == "." { text.clone() } else { text.with_decimal_point(&self.decimal_point) }
    }
}

/// Puts the values of `above` in the place of those in `below`, key by key.
fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

/// The embedded layouts; the first is complete, the others name what differs.
const LAYOUTS: [(&str, &str); 5] = [
    ("plain", include_str!("layouts/plain.json")),
    ("revman", include_str!("layouts/revman.json")),
    ("jama", include_str!("layouts/jama.json")),
    ("bmj", include_str!("layouts/bmj.json")),
    ("lancet", include_str!("layouts/lancet.json")),
];

#[cfg(test)]
mod tests {
    use super::{LAYOUTS, Style};

    #[test]
    fn every_layout_is_whole() {
        for (name, _) in LAYOUTS {
            assert!(Style::named(name).is_some(), "{name}");
        }
    }
}

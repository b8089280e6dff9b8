//! The forest plot as plain data: columns of text and of plots, rows in sections.
//!
//! Every text is formatted by whoever assembles the figure; estimates, intervals and weights are numbers in the unit of
//! their axis. [`Forest::lay_out`] measures and places it.

mod axes;
mod axis;
mod cells;
mod grid;
mod layout;
mod marks;
mod pages;
mod revise;

pub use axis::{Axis, Benchmark, Unit};
pub use pages::Pages;
pub use revise::Choice;

use serde::Serialize;

use super::data::{Data, number};
use super::geometry::Figure;
use super::glyph::{Glyph, Light};
use super::style::Style;
use super::text::Text;

/// A forest plot.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Forest {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// The columns, left to right: words, figures, plots.
    pub columns: Vec<Column>,
    /// The rows, grouped, top to bottom. The overall result is a last section without heading.
    pub sections: Vec<Section>,
    /// The glyphs used and what they mean.
    pub legend: Vec<(Glyph, String)>,
    /// What the lights mean.
    pub lights: Lights,
    /// Lines under everything: model, estimator, how precision was obtained.
    pub footer: Vec<Text>,
}

/// What explains the lights of a forest, printed where lights are shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Lights {
    /// The judgements used and what they mean.
    pub meanings: Vec<(Light, String)>,
    /// What their columns stand for.
    pub note: Option<Text>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// By which layouts and readers know it: `label`, `cohort`, `patients`, `plot`, `effect`, `weight`, `precision`, …
    pub id: String,
    /// Lines of its header.
    pub header: Vec<Text>,
    /// A header over this column and its neighbours with the same words.
    pub spanner: Option<String>,
    /// What it holds.
    pub kind: ColumnKind,
    /// When it is shown.
    pub shown: Shown,
}

/// When a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Unless columns are chosen and it is not among them.
    #[default]
    Usually,
    /// Only if it is chosen.
    OnRequest,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Words, from the left.
    Left,
    /// Marks and intervals, in the middle. Intervals are aligned on their decimal points.
    Center,
    /// Figures, to the right.
    Right,
    /// Figures on their decimal point.
    Decimal,
    /// Judgements, close to those of the next column.
    Light,
    /// Estimates and intervals drawn on an axis.
    Plot(Box<Axis>),
}

impl Column {
    /// Returns a column of words; `header` breaks at `\n`.
    #[must_use]
    pub fn left(header: &str) -> Self {
        Self::of(ColumnKind::Left, header)
    }

    /// Returns a column of intervals or glyphs; `header` breaks at `\n`.
    #[must_use]
    pub fn center(header: &str) -> Self {
        Self::of(ColumnKind::Center, header)
    }

    /// Returns a column of figures; `header` breaks at `\n`.
    #[must_use]
    pub fn right(header: &str) -> Self {
        Self::of(ColumnKind::Right, header)
    }

    /// Returns a column of figures with decimals; `header` breaks at `\n`.
    #[must_use]
    pub fn decimal(header: &str) -> Self {
        Self::of(ColumnKind::Decimal, header)
    }

    /// Returns a plot without a header of its own.
    #[must_use]
    pub fn plot(axis: Axis) -> Self {
        Self::of(ColumnKind::Plot(Box::new(axis)), "")
    }

    /// Returns it with the id by which a layout knows it.
    #[must_use]
    pub fn named(self, id: &str) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Returns a column of judgements.
    #[must_use]
    pub fn light(header: &str) -> Self {
        Self::of(ColumnKind::Light, header)
    }

    /// Returns it shown only where it is asked for.
    #[must_use]
    pub fn on_request(self) -> Self {
        Self { shown: Shown::OnRequest, ..self }
    }

    /// Returns it under a header shared with its neighbours.
    #[must_use]
    pub fn under(self, spanner: &str) -> Self {
        Self { spanner: Some(spanner.into()), ..self }
    }

    fn of(kind: ColumnKind, header: &str) -> Self {
        Self { id: String::new(), header: lines(header), spanner: None, kind, shown: Shown::Usually }
    }
}

/// Returns the lines of a header, marked up as [`Text::marked`] reads it.
fn lines(header: &str) -> Vec<Text> {
    if header.is_empty() { Vec::new() } else { header.split('\n').map(Text::marked).collect() }
}

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Section {
    /// Its heading, such as **Retrospective** k = 5, n = 278; rows under a heading stand in.
    pub heading: Option<Text>,
    /// Its rows, with their pooled result and prediction interval.
    pub rows: Vec<Row>,
    /// Lines under its rows: heterogeneity, tests.
    pub notes: Vec<Text>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// The study it shows, for ids and highlighting.
    pub key: Option<String>,
    /// What it shows, in a sentence: "Weykamp 2020, PFS at 2 years 17%, 95% CI 7 to 31, weight 11.2%".
    pub description: String,
    /// What else is to be known of it, such as where its precision comes from; may be empty.
    pub detail: String,
    /// A cell a column; missing ones are empty, surplus ones are not shown.
    pub cells: Vec<Cell>,
}

/// What a row is: it decides how its marks and texts look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A pooled series: a square whose area is its weight.
    Study,
    /// A series listed but not pooled: its interval in grey, no square.
    NotPooled,
    /// A subgroup's pooled result: a light diamond.
    Subtotal,
    /// The overall pooled result: a full diamond.
    Total,
    /// A prediction interval: a bar.
    Prediction,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text.
    Text(Text),
    /// A formatted estimate (empty for a prediction interval) and the ends of its interval.
    Interval {
        /// The estimate.
        estimate: String,
        /// The lower and upper end; `None` where there is none.
        ends: Option<(String, String)>,
    },
    /// A sign.
    Glyph(Glyph),
    /// A judgement on risk of bias.
    Light(Light),
    /// What is drawn in a plot.
    Mark(Mark),
}

/// An estimate and its interval in the unit of the axis (a percent axis takes proportions, 0 to 1).
///
/// What is missing or no finite number is not drawn; interval ends beyond the axis become arrowheads.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Mark {
    /// The estimate.
    pub estimate: Option<f64>,
    /// Lower and upper end.
    pub interval: Option<(f64, f64)>,
    /// The weight, in any unit; `None` draws all squares alike.
    pub weight: Option<f64>,
}

impl Cell {
    /// Returns a text cell.
    #[must_use]
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// Returns a cell such as `58.0 (41.0 to 72.0)`, every part formatted.
    #[must_use]
    pub fn interval(estimate: &str, lower: &str, upper: &str) -> Self {
        Self::Interval { estimate: estimate.into(), ends: Some((lower.into(), upper.into())) }
    }

    /// Returns an estimate without an interval, aligned with those that have one.
    #[must_use]
    pub fn estimate(estimate: &str) -> Self {
        Self::Interval { estimate: estimate.into(), ends: None }
    }

    /// Returns a study's mark.
    #[must_use]
    pub fn study(estimate: f64, interval: Option<(f64, f64)>, weight: Option<f64>) -> Self {
        Self::Mark(Mark { estimate: Some(estimate), interval, weight })
    }

    /// Returns a pooled result's mark.
    #[must_use]
    pub fn pooled(estimate: f64, lower: f64, upper: f64) -> Self {
        Self::Mark(Mark { estimate: Some(estimate), interval: Some((lower, upper)), weight: None })
    }

    /// Returns a prediction interval's mark.
    #[must_use]
    pub fn prediction(lower: f64, upper: f64) -> Self {
        Self::Mark(Mark { estimate: None, interval: Some((lower, upper)), weight: None })
    }
}

impl Cell {
    /// Returns what it shows as texts: four in a plot, one in any other column.
    fn data(&self, kind: &ColumnKind) -> Vec<String> {
        if let ColumnKind::Plot(_) = kind {
            let mark = if let Self::Mark(mark) = self { *mark } else { Mark::default() };
            let (lower, upper) = mark.interval.unzip();
            return [mark.estimate, lower, upper, mark.weight].map(number).into();
        }
        vec![match self {
            Self::Empty | Self::Mark(_) => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Interval { estimate, ends: None } => estimate.clone(),
            Self::Interval { estimate, ends: Some((lower, upper)) } => {
                format!("{estimate} ({lower} to {upper})").trim().to_owned()
            }
            Self::Glyph(glyph) => glyph.character().to_string(),
            Self::Light(light) => light.as_str().to_owned(),
        }]
    }
}

impl RowKind {
    /// Returns its name, as data and SVG classes have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Study => "study",
            Self::NotPooled => "not-pooled",
            Self::Subtotal => "subtotal",
            Self::Total => "total",
            Self::Prediction => "prediction",
        }
    }
}

impl Forest {
    /// Returns it measured and placed: the canvas is as large as the content, no two texts overlap.
    ///
    /// Where it would be wider than the style's figures are, type and white shrink together until it fits or the type has
    /// 7 points; then the style's dispensable columns are left out one by one.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        const STEPS: u32 = 8;
        let mut arranged = self.arranged(style);
        let fits = |forest: &Self, style: &Style| layout::width(forest, style) <= style.figure_width;
        let mut styles = (0..=STEPS).map(|step| style.denser(f64::from(step) / f64::from(STEPS)));
        if let Some(style) = styles.find(|style| fits(&arranged, style)) {
            return layout::lay_out(&arranged, &style);
        }
        let dense = style.denser(1.0);
        for id in &style.dispensable {
            if fits(&arranged, &dense) {
                break;
            }
            arranged = arranged.without(id);
        }
        layout::lay_out(&arranged, &dense)
    }

    /// Returns its rows: what they are, their printed cells, and estimate, interval and weight of every plot.
    #[must_use]
    pub fn data(&self) -> Data {
        let mut columns = vec!["section".to_owned(), "row".to_owned()];
        for column in &self.columns {
            let header: Vec<String> =
                column.spanner.iter().cloned().chain(column.header.iter().map(Text::to_string)).collect();
            let name = if header.is_empty() { column.id.clone() } else { header.join(" ") };
            match column.kind {
                ColumnKind::Plot(_) => {
                    columns.extend(["estimate", "lower", "upper", "weight"].map(|part| format!("{name} {part}")));
                }
                _ => columns.push(name),
            }
        }
        let mut rows = Vec::new();
        for section in &self.sections {
            let heading = section.heading.as_ref().map(Text::to_string).unwrap_or_default();
            for row in &section.rows {
                let mut texts = vec![heading.clone(), row.kind.as_str().to_owned()];
                for (i, column) in self.columns.iter().enumerate() {
                    texts.extend(row.cells.get(i).unwrap_or(&Cell::Empty).data(&column.kind));
                }
                rows.push(texts);
            }
        }
        Data { columns, rows }
    }
}

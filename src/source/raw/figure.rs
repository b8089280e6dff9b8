//! Figures as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Id, Map, Number, OneOr, Share, Text};

/// Declares records that say how figures look, each with these same fields after its own.
macro_rules! with_looks {
    ($($(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* })+) => {$(
        $(#[$attribute])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// Whose looks; `plain` unless said.
            #[schemars(extend("enum" = ["plain", "revman", "jama", "bmj", "lancet"]))]
            pub layout: Option<Text>,
            /// The width it is made for; `two-columns` of a journal unless said.
            #[schemars(extend("enum" = ["one-column", "two-columns"]))]
            pub width: Option<Text>,
            /// Dots per inch of the PNG; 300 unless said.
            #[schemars(extend("enum" = [300, 600]))]
            pub dpi: Option<Number>,
            /// Whether letters of the SVG are text or the outlines of it, which need no font; `text` unless said.
            #[schemars(extend("enum" = ["text", "outlines"]))]
            pub lettering: Option<Text>,
            /// The columns of a forest, left to right: ids, or records with a header of one's own.
            pub columns: Option<Vec<OneOr<Id, RawFigureColumn>>>,
            /// How a forest spreads proportions over its axis; `plain` unless said.
            #[schemars(extend("enum" = ["plain", "logit", "cloglog"]))]
            pub scale: Option<Text>,
            /// Where the axis of proportions begins and ends.
            pub axis: Option<[Share; 2]>,
            /// A value or range to hold the estimates against.
            pub benchmark: Option<RawBenchmark>,
            /// Other words for what the figure says, such as a translation: `{Series: Studie}`.
            pub labels: Option<Map<Text>>,
        }

        impl $name {
            /// Returns how figures look, as far as it is said here.
            #[must_use]
            pub fn looks(&self) -> RawLooks<'_> {
                RawLooks {
                    layout: &self.layout,
                    width: &self.width,
                    dpi: &self.dpi,
                    lettering: &self.lettering,
                    columns: &self.columns,
                    scale: &self.scale,
                    axis: &self.axis,
                    benchmark: &self.benchmark,
                    labels: &self.labels,
                }
            }
        }
    )+};
}

/// How figures look, as far as one place says it.
#[derive(Debug, Clone, Copy)]
pub struct RawLooks<'a> {
    /// `layout`.
    pub layout: &'a Option<Text>,
    /// `width`.
    pub width: &'a Option<Text>,
    /// `dpi`.
    pub dpi: &'a Option<Number>,
    /// `lettering`.
    pub lettering: &'a Option<Text>,
    /// `columns`.
    pub columns: &'a Option<Vec<OneOr<Id, RawFigureColumn>>>,
    /// `scale`.
    pub scale: &'a Option<Text>,
    /// `axis`.
    pub axis: &'a Option<[Share; 2]>,
    /// `benchmark`.
    pub benchmark: &'a Option<RawBenchmark>,
    /// `labels`.
    pub labels: &'a Option<Map<Text>>,
}

with_looks! {
    /// How every figure looks unless it says otherwise.
    pub struct RawFigureDefaults {}

    /// One figure.
    pub struct RawFigure {
        /// What is drawn.
        #[schemars(required, extend("enum" = [
            "forest", "panel", "summary", "choices", "specification-curve", "leave-one-out", "cumulative", "influence",
            "funnel", "funnel-size", "radial", "baujat", "gosh", "bubble", "drapery", "tau-profile", "course", "survival-curve", "medians",
            "hazard-ratios", "posterior", "posterior-tau", "labbe", "traffic-light", "bias-bars", "overlap", "flow", "next-series",
            "versions",
        ]))]
        pub kind: Option<Text>,
        /// Id of the analysis it shows.
        pub analysis: Option<Id>,
        /// Ids of the analyses it sets side by side: a panel, a summary, a course, versions.
        pub analyses: Option<Vec<Id>>,
        /// What a bubble plot sets the effects against: year, patients, follow-up, dose, fractions, bed10, eqd2; `year` unless said.
        #[schemars(extend("pattern" = r"^(year|patients|follow-up|dose|fractions|bed(\d+(\.\d+)?)?|eqd2)$"))]
        pub moderator: Option<Text>,
        /// Whether a bubble plot has its regression with fewer than ten series too; it is labelled so.
        pub force: Option<bool>,
        /// Its title; otherwise the analysis's.
        pub title: Option<Text>,
    }
}

/// A column under a header of one's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFigureColumn {
    /// Its id.
    #[schemars(required)]
    pub column: Option<Id>,
    /// Its header, lines apart; `*italic*`, `~lowered~`, `^raised^`.
    pub header: Option<Text>,
    /// The header over it and its neighbours with the same words.
    pub spanner: Option<Text>,
}

/// A value or range to hold estimates against.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawBenchmark {
    /// The value, or both ends of the range.
    #[schemars(required)]
    pub at: Option<OneOr<Share, Vec<Share>>>,
    /// What it is.
    #[schemars(required)]
    pub label: Option<Text>,
}

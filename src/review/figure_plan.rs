//! The figures of a plan: what each draws, and how it looks.

use serde::Serialize;

use super::moderators::Moderator;
use crate::diag::named;

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigurePlan {
    /// Its id.
    pub id: String,
    /// Its title; the analysis' otherwise.
    pub title: Option<String>,
    /// What it draws.
    pub kind: FigureKind,
    /// Ids of the analyses it draws: one, or those that stand side by side.
    pub analyses: Vec<String>,
    /// What a bubble plot sets the effects against.
    pub moderator: Moderator,
    /// Whether a bubble plot has its regression below [`super::FEWEST`] series too.
    pub forced: bool,
    /// How it looks.
    pub looks: Looks,
}

/// How a figure looks.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Looks {
    /// Whose looks.
    pub layout: Layout,
    /// The width it is made for.
    pub width: Width,
    /// The resolution of its PNG.
    pub resolution: Resolution,
    /// How the letters of its SVG are written.
    pub lettering: Lettering,
    /// The columns of a forest, left to right; empty: the layout's choice.
    pub columns: Vec<ColumnChoice>,
    /// How proportions are spread over the axis of a forest.
    pub scale: AxisScale,
    /// Where the axis of proportions begins and ends.
    pub axis: Option<(f64, f64)>,
    /// A value or range to hold the estimates against.
    pub benchmark: Option<Benchmark>,
    /// Phrases of the figure and what stands in their place.
    pub labels: Vec<(String, String)>,
}

/// A column that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnChoice {
    /// Its id.
    pub column: String,
    /// Its header, marked up, lines apart; its own otherwise.
    pub header: Option<String>,
    /// The header over it and its neighbours.
    pub spanner: Option<String>,
}

/// A declared value (`from` = `to`) or range of proportions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// What it is.
    pub label: String,
}

named! {
    /// What a figure draws.
    #[derive(Default)]
    FigureKind, "kind of figure":
    /// A forest plot of one analysis.
    #[default]
    Forest = "forest",
    /// One row a series, the plots of several analyses side by side.
    Panel = "panel",
    /// The pooled results of several analyses, group by group.
    Summary = "summary",
    /// One pool under every variation of the plan.
    Choices = "choices",
    /// One pool under every combination of choices.
    SpecificationCurve = "specification-curve",
    /// The pool without each series in turn.
    LeaveOneOut = "leave-one-out",
    /// The pool as series came in, oldest first.
    Cumulative = "cumulative",
    /// What each series does to the pool.
    Influence = "influence",
    /// Effect against standard error.
    Funnel = "funnel",
    /// Effect against number of patients.
    FunnelSize = "funnel-size",
    /// Standardised effect against precision.
    Radial = "radial",
    /// Heterogeneity against influence.
    Baujat = "baujat",
    /// The pools of all subsets of the series.
    Gosh = "gosh",
    /// Effect against the year of publication.
    Bubble = "bubble",
    /// P values over all effects.
    Drapery = "drapery",
    /// The likelihood of the variance between series.
    TauProfile = "tau-profile",
    /// Survival over time: series and pools of several analyses.
    Course = "course",
    /// The pooled survival curve with its bands over what the series report, by timing.
    SurvivalCurve = "survival-curve",
    /// The median times that studies report of an outcome.
    Medians = "medians",
    /// The hazard ratios of two-arm studies.
    HazardRatios = "hazard-ratios",
    /// What is believed of the mean and of a new series.
    Posterior = "posterior",
    /// What is believed of the spread between series.
    PosteriorTau = "posterior-tau",
    /// Events with treatment against events without.
    Labbe = "labbe",
    /// Every judgement on risk of bias.
    TrafficLight = "traffic-light",
    /// The judgements on risk of bias, item by item, in shares.
    BiasBars = "bias-bars",
    /// Which series may report the same patients.
    Overlap = "overlap",
    /// How many records, reports and studies came in and went out.
    Flow = "flow",
    /// How far a new series would move the pool, by its size.
    NextSeries = "next-series",
    /// The pools at each released version of the review.
    Versions = "versions",
}

impl FigureKind {
    /// Returns whether it sets several analyses side by side.
    #[must_use]
    pub fn takes_several(self) -> bool {
        matches!(self, Self::Panel | Self::Summary | Self::Course | Self::SurvivalCurve | Self::Versions)
    }

    /// Returns whether it can be drawn of the whole review, without an analysis.
    #[must_use]
    pub fn needs_none(self) -> bool {
        matches!(self, Self::TrafficLight | Self::BiasBars | Self::Overlap | Self::Flow)
    }
}

named! {
    /// The looks of a figure; each is a file of the figure room.
    #[derive(Default)]
    Layout, "layout":
    /// Our own.
    #[default]
    Plain = "plain",
    /// Review Manager's.
    RevMan = "revman",
    /// JAMA's.
    Jama = "jama",
    /// The BMJ's.
    Bmj = "bmj",
    /// The Lancet's.
    Lancet = "lancet",
}

named! {
    /// How proportions are spread over the axis of a forest.
    #[derive(Default)]
    AxisScale, "scale of an axis":
    /// Equal differences, equal lengths.
    #[default]
    Plain = "plain",
    /// Equal ratios of odds, equal lengths.
    Logit = "logit",
    /// Equal ratios of cumulative hazards, equal lengths.
    LogLog = "cloglog" | "log-log",
}

named! {
    /// The width that a figure is made for.
    #[derive(Default)]
    Width, "width":
    /// One column of a journal, 8.5 cm.
    OneColumn = "one-column",
    /// Two columns, 17.5 cm.
    #[default]
    TwoColumns = "two-columns",
}

named! {
    /// Dots per inch of a PNG.
    #[derive(Default)]
    Resolution, "number of dots per inch":
    /// What most journals ask for.
    #[default]
    Dpi300 = "300",
    /// What some do.
    Dpi600 = "600",
}

impl Resolution {
    /// Returns the dots per inch.
    #[must_use]
    pub fn dots_per_inch(self) -> u16 {
        match self {
            Self::Dpi300 => 300,
            Self::Dpi600 => 600,
        }
    }
}

named! {
    /// How the letters of an SVG are written.
    #[derive(Default)]
    Lettering, "lettering":
    /// As text, which can be searched and edited.
    #[default]
    Text = "text",
    /// As outlines, which need no font.
    Outlines = "outlines",
}

/// The columns that a forest may show.
pub const FOREST_COLUMNS: [&str; 14] = [
    "label",
    "design",
    "cohort",
    "patients",
    "lesions",
    "follow-up",
    "at-risk",
    "plot",
    "effect",
    "weight",
    "precision",
    "bias",
    "tau2",
    "i2",
];

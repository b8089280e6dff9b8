//! The plan of a review: what is pooled, from which cohorts, by which methods, shown in which tables and figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::certainty::CertaintyPlan;
use super::moderators::{Moderator, Moderators};
use super::next_series::LivingPlan;
use super::registration::Registration;
pub use super::table_plan::{TableKind, TablePlan, TableStyle};
use super::versions::Versions;
use crate::diag::{Place, named};
use crate::effect::precision::PrecisionGrade;
use crate::effect::{MissingPrecision, Scale};
use crate::evidence::{Months, Proportion, Risk, Status, Timing};
use crate::model::bayes::Priors;
use crate::model::{ModelKind, Spec, SubgroupTau2};
use crate::source::Written;
use crate::survival::JointSpec;

/// Everything that `review.yaml` asks for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Plan {
    /// The pools, in the file's order.
    pub analyses: Vec<Analysis>,
    /// How the times of a survival outcome are pooled jointly; the level is that of its analyses.
    pub joint: JointSpec,
    /// The cluster of each study that belongs to one, by id.
    pub clusters: BTreeMap<String, String>,
    /// The tables, in the file's order.
    pub tables: Vec<TablePlan>,
    /// The figures, in the file's order; one forest plot an analysis where the file names none.
    pub figures: Vec<FigurePlan>,
    /// How sure the review is of its answers, if it says so.
    pub certainty: Option<CertaintyPlan>,
    /// What a living review asks of its pools, if it is one.
    pub living: Option<LivingPlan>,
    /// The analyses that were registered, and what was amended since.
    pub registration: Option<Registration>,
    /// `review.yaml` as it is written, to say what changed in it.
    #[serde(skip)]
    pub written: Option<Written>,
    /// The versions that were released of the review: no part of what it asks for.
    #[serde(skip)]
    pub versions: Versions,
}

/// One pool.
#[derive(Debug, Clone, Serialize)]
pub struct Analysis {
    /// Its id, such as `pfs-2y`.
    pub id: String,
    /// A title; made from outcome and time otherwise.
    pub title: Option<String>,
    /// Id of the outcome.
    pub outcome: String,
    /// The time, for survival.
    pub at: Option<Months>,
    /// `primary` words in order of preference.
    pub cohort: Vec<String>,
    /// What the effects are regressed on.
    pub moderators: Moderators,
    /// Whether series are pooled by timing too.
    pub group_by: Option<GroupBy>,
    /// The order of the series.
    pub sort: Sort,
    /// The cohort to take, by study, where several qualify.
    pub pick: BTreeMap<String, String>,
    /// What else restricts the series.
    pub filter: Filter,
    /// How they are pooled.
    pub methods: Methods,
    /// The same pool by other methods.
    pub sensitivity: Vec<Variation>,
    /// Where it is written.
    pub place: Place,
}

named! {
    /// What divides the series into groups.
    GroupBy, "grouping":
    /// Retrospective, prospective.
    Timing = "timing",
    /// Risk of bias under the review's rule.
    Risk = "risk",
    /// The overall rating by a tool that has one: its worst domain.
    Rating = "rating",
    /// The primary tumours of the cohort.
    Primary = "primary",
    /// What is counted: patients, lesions.
    Unit = "unit",
}

named! {
    /// The order of the series within a group.
    #[derive(Default)]
    Sort, "order of the series":
    /// Oldest first, then by id.
    #[default]
    Year = "year",
    /// By label.
    Label = "label",
    /// Smallest first.
    Estimate = "estimate",
    /// Heaviest first.
    Weight = "weight",
}

/// Restrictions on the series of a pool; an empty list restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Filter {
    /// Only results of these statuses.
    pub status: Vec<Status>,
    /// Only precision of these grades.
    pub grade: Vec<PrecisionGrade>,
    /// Only studies of this timing.
    pub timing: Option<Timing>,
    /// Only studies of this risk of bias under the review's rule.
    pub risk: Vec<Risk>,
    /// Not these studies.
    pub exclude: Vec<String>,
}

/// How a pool is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Methods {
    /// The scale on which effects are pooled.
    pub scale: Scale,
    /// Model, τ² estimator, interval, prediction interval, level.
    pub spec: Spec,
    /// For the model `bayes`.
    pub priors: Priors,
    /// One τ² for all groups or one each.
    pub subgroup_tau2: SubgroupTau2,
    /// What is done where no precision is printed.
    pub missing_precision: MissingPrecision,
    /// The proportion that a new series is asked to lie below.
    pub threshold: Option<Proportion>,
    /// Which of series that may share patients is taken.
    pub overlap_rule: OverlapRule,
}

impl Methods {
    /// Returns how effects are pooled that are no counts, such as medians, beside an analysis: where that is of counts, by random effects.
    #[must_use]
    pub fn spec_of_effects(&self) -> Spec {
        let model = if self.spec.model.takes_counts() { ModelKind::Random } else { self.spec.model };
        Spec { model, ..self.spec }
    }
}

named! {
    /// Which of series that may share patients is taken.
    #[derive(Default)]
    OverlapRule, "overlap rule":
    /// The set of series with the most patients together.
    #[default]
    MostPatients = "most-patients",
    /// The one with the longest median follow-up, before all that overlap with it.
    LongestFollowUp = "longest-follow-up",
    /// The one that was published last, before all that overlap with it.
    MostRecent = "most-recent",
}

/// A named change of methods or series under which a pool is computed again.
#[derive(Debug, Clone, Serialize)]
pub struct Variation {
    /// Its name, printed in the sensitivity table.
    pub name: String,
    /// The changed methods.
    pub methods: Methods,
    /// The changed restrictions.
    pub filter: Filter,
}

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

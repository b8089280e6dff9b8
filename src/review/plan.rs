//! The plan of a review: what is pooled, from which cohorts, by which methods, shown in which tables and figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::certainty::CertaintyPlan;
use crate::diag::{Place, named};
use crate::effect::precision::PrecisionGrade;
use crate::effect::{MissingPrecision, Scale};
use crate::evidence::{Months, Risk, Status, Timing};
use crate::model::bayes::Priors;
use crate::model::{Spec, SubgroupTau2};

/// Everything that `review.yaml` asks for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Plan {
    /// The pools, in the file's order.
    pub analyses: Vec<Analysis>,
    /// The tables, in the file's order.
    pub tables: Vec<TablePlan>,
    /// The figures, in the file's order; one forest plot an analysis where the file names none.
    pub figures: Vec<FigurePlan>,
    /// How sure the review is of its answers, if it says so.
    pub certainty: Option<CertaintyPlan>,
}

/// Ids of the tables that a report has beside those of the plan.
pub const OWN_TABLES: [&str; 10] = [
    "over-time",
    "medians",
    "hazard-ratios",
    "sensitivity",
    "precision",
    "honesty",
    "left-out",
    "contradictions",
    "agreement",
    "decisions",
];

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

/// How series are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupBy {
    /// Retrospective, prospective.
    Timing,
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
    /// Which of series that may share patients is taken.
    pub overlap_rule: OverlapRule,
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

/// One table.
#[derive(Debug, Clone, Serialize)]
pub struct TablePlan {
    /// Its id.
    pub id: String,
    /// Its caption.
    pub title: String,
    /// What it shows.
    pub kind: TableKind,
    /// Only studies of this timing.
    pub timing: Option<Timing>,
    /// Ids of its outcomes, in order.
    pub outcomes: Vec<String>,
    /// Its time points; all that are reported otherwise.
    pub at: Vec<Months>,
}

named! {
    /// What a table shows.
    #[derive(Default)]
    TableKind, "kind of table":
    /// One line a series and time point.
    #[default]
    Series = "series",
    /// Retrospective against prospective, pooled.
    Comparison = "comparison",
    /// Counts of toxicity.
    Toxicity = "toxicity",
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
    /// Its looks.
    pub layout: Layout,
    /// The width it is made for.
    pub width: Width,
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
}

impl FigureKind {
    /// Returns whether it sets several analyses side by side.
    #[must_use]
    pub fn takes_several(self) -> bool {
        matches!(self, Self::Panel | Self::Summary | Self::Course | Self::SurvivalCurve)
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
    /// The width that a figure is made for.
    #[derive(Default)]
    Width, "width":
    /// One column of a journal, 8.5 cm.
    OneColumn = "one-column",
    /// Two columns, 17.5 cm.
    #[default]
    TwoColumns = "two-columns",
}

//! The plan of a review: what is pooled, from which cohorts, by which methods, shown in which tables and figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::certainty::CertaintyPlan;
use super::figure_plan::FigurePlan;
use super::moderators::Moderators;
use super::next_series::LivingPlan;
use super::registration::Registration;
use super::table_plan::TablePlan;
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

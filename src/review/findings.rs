//! What a review found: every pool with its series, what was left out and why, at full precision.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::certainty::Graded;
use super::choice_grid::Made;
use super::clusters::Clustered;
use super::digitise::DigitisedCurve;
use super::groups::GroupOf;
use super::honesty::Prediction;
use super::log_pools::LogPool;
use super::moderators::Moderated;
use super::next_series::{LivingPlan, NextSeries};
use super::over_time::OverTime;
use super::plan::{Analysis, OverlapRule};
use super::rounding::Rounding;
use super::versions::VersionFindings;
use crate::effect::precision::PrecisionGrade;
use crate::effect::{Effect, NoEffect};
use crate::evidence::{Comparison, Median, Months, Risk, Timing, Unit};
use crate::model::{Fit, FitError, Subgroups};

/// All that the review's plan gave.
#[derive(Debug, Clone)]
pub struct Findings {
    /// One entry an analysis, in the plan's order.
    pub analyses: Vec<AnalysisFindings>,
    /// Each survival outcome over all its times.
    pub over_time: Vec<OverTime>,
    /// Median times, pooled.
    pub medians: Vec<LogPool<(ResultKey, Median)>>,
    /// Hazard ratios, pooled.
    pub hazard_ratios: Vec<LogPool<Comparison>>,
    /// What was read from digitised curves.
    pub curves: Vec<DigitisedCurve>,
    /// What the ladder of precision would have made of every printed standard error.
    pub predictions: Vec<Prediction>,
    /// The effect of every published survival proportion at a stated time, pooled or not, on the default scale.
    ///
    /// Shared: tables are made of parts of the findings, and these are many.
    pub effects: Arc<BTreeMap<ResultKey, Result<Effect, NoEffect>>>,
    /// How sure the review is of the answers that it grades.
    pub certainty: Vec<Graded>,
    /// What a living review asks of its pools, if it is one.
    pub living: Option<LivingPlan>,
    /// What each released version recorded, oldest first; last what changed since, where something did.
    pub versions: Vec<VersionFindings>,
}

impl Findings {
    /// Returns the findings of the analysis with this id.
    #[must_use]
    pub fn analysis(&self, id: &str) -> Option<&AnalysisFindings> {
        self.analyses.iter().find(|found| found.analysis.id == id)
    }
}

/// Names one published result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultKey {
    /// Id of the study.
    pub study: String,
    /// Id of the cohort.
    pub cohort: String,
    /// Position in the cohort's results.
    pub index: usize,
}

/// One analysis.
#[derive(Debug, Clone)]
pub struct AnalysisFindings {
    /// What was asked.
    pub analysis: Analysis,
    /// The series that entered, in the order asked for, group by group.
    pub entries: Vec<Entry>,
    /// The series that did not, by study id.
    pub left_out: Vec<LeftOut>,
    /// All series together.
    pub pool: Pool,
    /// By group, with the test between them; `None` where no grouping was asked for.
    pub groups: Option<Groups>,
    /// The same pool under each variation of the plan.
    pub sensitivity: Vec<SensitivityRow>,
    /// The meta-regression; `None` where no moderator was asked for.
    pub moderated: Option<Moderated>,
    /// What clusters do to the pool; `None` where no two of its series belong together.
    pub clustered: Option<Clustered>,
    /// The probability that a new series' true value lies below the threshold; `None` where none was asked for, or there is no
    /// prediction interval.
    pub new_below: Option<f64>,
    /// What the next series could do to the pool of all series and to that of each group; none unless the review is a living one.
    pub next: Vec<NextSeries>,
    /// How far the rounding of the printed figures can move the pool; `None` for counts and below two series.
    pub rounding: Option<Rounding>,
    /// The choice grid, once it is asked for.
    pub choices: Made,
    /// Whether the plan's own restrictions leave no series where there would be some without them.
    pub emptied: bool,
}

/// A series in a pool.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The result that was taken.
    pub key: ResultKey,
    /// Retrospective or prospective.
    pub timing: Timing,
    /// The group it belongs to; `None` where nothing is grouped.
    pub group: Option<GroupOf>,
    /// Patients (or lesions) behind it.
    pub n: Option<u64>,
    /// Events, for counts.
    pub events: Option<u64>,
    /// What was counted.
    pub unit: Unit,
    /// The effect.
    pub effect: Effect,
    /// Weight in the pool, per cent; `None` without a pool.
    pub weight_percent: Option<f64>,
}

/// The outcome of pooling.
#[derive(Debug, Clone)]
pub enum Pool {
    /// No series.
    Empty,
    /// One series: shown, not pooled.
    Single(Estimated),
    /// Two or more.
    Pooled {
        /// Everything the model says.
        fit: Box<Fit>,
        /// The estimate and interval as proportions.
        natural: Estimated,
    },
    /// A group of two series or more in which everybody, or nobody, had the event, pooled from counts with a τ² that other groups tell:
    /// 100% or 0% is most likely, and the interval has one end. It has no fit: no standard error, no prediction.
    AtTheEnd(Estimated),
    /// The model has no answer.
    Failed(FitError),
}

impl Pool {
    /// Returns estimate and interval as proportions, for one series or more.
    #[must_use]
    pub fn estimated(&self) -> Option<&Estimated> {
        match self {
            Self::Single(natural) | Self::AtTheEnd(natural) | Self::Pooled { natural, .. } => Some(natural),
            Self::Empty | Self::Failed(_) => None,
        }
    }

    /// Returns the fit, for two series or more.
    #[must_use]
    pub fn fit(&self) -> Option<&Fit> {
        match self {
            Self::Pooled { fit, .. } => Some(fit),
            _ => None,
        }
    }
}

/// An estimate as a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// The proportion.
    pub estimate: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Ends of the prediction interval, from three series up.
    pub prediction: Option<(f64, f64)>,
}

/// The groups of an analysis.
#[derive(Debug, Clone)]
pub struct Groups {
    /// One a group, in their order: retrospective first, lowest risk first, what is not known last.
    pub groups: Vec<Group>,
    /// The test between the groups; `None` where fewer than two have a series.
    pub test: Option<Subgroups>,
    /// First group minus second; `None` where one is empty, or there are not two.
    pub difference: Option<Difference>,
}

/// One group.
#[derive(Debug, Clone)]
pub struct Group {
    /// What its series have in common.
    pub of: GroupOf,
    /// Number of series.
    pub k: usize,
    /// Patients (or lesions) together; `None` where a series does not say.
    pub n: Option<u64>,
    /// Its pool.
    pub pool: Pool,
}

/// A difference between two proportions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second, as a proportion (0.1 is ten percentage points).
    pub estimate: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// A study that has no series in a pool, and why.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Id of the study.
    pub study: String,
    /// The result that was considered last, if there was one.
    pub key: Option<ResultKey>,
    /// Why.
    pub reason: Reason,
}

/// Why a study is not in a pool.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The plan excludes it.
    Excluded,
    /// The plan takes the other timing only.
    OtherTiming,
    /// No cohort of the wanted primaries.
    NoCohort,
    /// The outcome is not reported.
    NoOutcome,
    /// It is, but at other times only.
    OtherTimes(Vec<Months>),
    /// Only a curve, which tells nothing at that time.
    CurveOnly,
    /// Only a median time is reported.
    MedianOnly,
    /// Only endpoints that are not the outcome.
    VariantOnly(Vec<String>),
    /// Only a crude rate.
    CrudeOnly,
    /// Only at a time that is not stated.
    TimeNotStated,
    /// Only for single kinds of event.
    SingleEventOnly,
    /// Only for other grades.
    OtherGrades,
    /// Not of the status that is admitted.
    Status,
    /// Not of the risk of bias that is admitted.
    Risk(Risk),
    /// Not of the precision that is admitted.
    Precision(PrecisionGrade),
    /// Several cohorts qualify and `pick` does not say which.
    SeveralCohorts(Vec<String>),
    /// `pick` names a cohort that has no such result.
    PickedCohort(String),
    /// It may share patients with a study that is in.
    Overlap {
        /// That study.
        with: String,
        /// The rule by which that one was taken.
        rule: OverlapRule,
    },
    /// It counts in another unit than the others.
    OtherUnit(Unit),
    /// It was estimated by another method than the others.
    OtherMethod,
    /// No effect could be computed.
    NoEffect(NoEffect),
}

/// A pool under a variation.
#[derive(Debug, Clone)]
pub struct SensitivityRow {
    /// The variation's name.
    pub name: String,
    /// Number of series.
    pub k: usize,
    /// The pool.
    pub pool: Pool,
}

impl Difference {
    /// Returns `first − second` with an interval from both intervals.
    ///
    /// MOVER, the method of variance estimates recovery: `L = d − √((p₁ − l₁)² + (u₂ − p₂)²)`,
    /// `U = d + √((u₁ − p₁)² + (p₂ − l₂)²)`.
    ///
    /// # References
    /// Donner & Zou, Statistical Methods in Medical Research 2012, equation 2.
    ///
    /// ```
    /// use forestable::review::{Difference, Estimated};
    /// let first = Estimated { estimate: 0.6, lower: 0.5, upper: 0.7, prediction: None };
    /// let second = Estimated { estimate: 0.4, lower: 0.3, upper: 0.5, prediction: None };
    /// let difference = Difference::between(&first, &second);
    /// assert!((difference.lower - (0.2 - 0.02_f64.sqrt())).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn between(first: &Estimated, second: &Estimated) -> Self {
        let estimate = first.estimate - second.estimate;
        let below = length(first.estimate - first.lower, second.upper - second.estimate);
        let above = length(first.upper - first.estimate, second.estimate - second.lower);
        Self { estimate, lower: estimate - below, upper: estimate + above }
    }
}

/// Returns √(a² + b²); not `hypot`, whose last digit differs between machines.
fn length(a: f64, b: f64) -> f64 {
    (a * a + b * b).sqrt()
}

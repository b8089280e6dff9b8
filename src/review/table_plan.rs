//! The plan of a table: what it shows, which columns in which order, how figures and absences are set.

use serde::Serialize;

use super::plan::Sort;
use crate::diag::named;
use crate::effect::PrecisionGrade;
use crate::evidence::{Months, Timing};

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
    /// Ids of its columns, in order; all of its kind otherwise.
    pub columns: Vec<String>,
    /// The order of its studies: by year or by label.
    pub sort: Sort,
    /// How figures and absences are set.
    pub style: TableStyle,
}

impl TablePlan {
    /// Returns whether it shows what is pooled at this time: everything, where it names no time.
    #[must_use]
    pub fn shows(&self, at: Option<Months>) -> bool {
        /// Times this near are one.
        const HALF_A_MONTH: f64 = 0.5;
        let near = |at: Months| self.at.iter().any(|wanted| (wanted.0 - at.0).abs() <= HALF_A_MONTH);
        self.at.is_empty() || at.is_some_and(near)
    }

    /// Returns the table of this kind as every report has it, unless `review.yaml` words its own.
    #[must_use]
    pub fn built_in(kind: TableKind) -> Self {
        Self {
            id: kind.as_str().to_owned(),
            title: kind.title().to_owned(),
            kind,
            timing: None,
            outcomes: Vec::new(),
            at: Vec::new(),
            columns: Vec::new(),
            sort: Sort::default(),
            style: TableStyle::default(),
        }
    }
}

/// Returns whether a report has a table of this id beside those of the plan.
#[must_use]
pub fn is_own_table(id: &str) -> bool {
    TableKind::BUILT_IN.iter().any(|kind| kind.as_str() == id) || is_reserved(id)
}

/// The tables that come from a part of the review which no kind of table shows, and those of risk of bias.
pub const OTHER_TABLES: [&str; 6] =
    ["amendments", "certainty", "flow-versions", "overlaps", "registered", "summary-of-findings"];

/// Returns whether the files of another part of the report have this id: no table of the plan may.
pub(super) fn is_reserved(id: &str) -> bool {
    OTHER_TABLES.contains(&id) || id == "preamble" || id.starts_with("risk-of-bias-")
}

/// How the figures and absences of a table are set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableStyle {
    /// The decimals of pooled per cents; printed figures keep their own.
    pub digits: usize,
    /// What stands for a figure that the paper does not report.
    pub not_reported: String,
    /// What stands for a time that was not reached.
    pub not_reached: String,
    /// What stands where a figure would make no sense.
    pub not_applicable: String,
    /// What stands for a figure that cannot be made out.
    pub unclear: String,
    /// What stands where there is nothing to show.
    pub nothing: String,
}

impl Default for TableStyle {
    fn default() -> Self {
        Self {
            digits: 1,
            not_reported: "NR".to_owned(),
            not_reached: "NRe".to_owned(),
            not_applicable: "–".to_owned(),
            unclear: "?".to_owned(),
            nothing: "–".to_owned(),
        }
    }
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
    /// Who was treated, how, and followed for how long.
    Characteristics = "characteristics",
    /// Counts of toxicity.
    Toxicity = "toxicity",
    /// Each time pooled by itself beside all times jointly.
    OverTime = "over-time",
    /// Median times.
    Medians = "medians",
    /// Hazard ratios of two-arm trials.
    HazardRatios = "hazard-ratios",
    /// How far the series of each pool disagree.
    Heterogeneity = "heterogeneity",
    /// Pools regressed on moderators.
    Moderators = "moderators",
    /// Pools of clustered series.
    Clusters = "clusters",
    /// Every pool under other choices.
    Sensitivity = "sensitivity",
    /// Every pool under all combinations of choices.
    ChoiceGrid = "choice-grid",
    /// How each standard error was obtained.
    Precision = "precision",
    /// What was read from digitised curves.
    Curves = "curves",
    /// Printed standard errors beside predicted ones.
    Honesty = "honesty",
    /// What could not be pooled, and why.
    LeftOut = "left-out",
    /// What sources print differently, and what was decided.
    Contradictions = "contradictions",
    /// Which series reports what.
    Completeness = "completeness",
    /// How far two extractors agree.
    Agreement = "agreement",
    /// What was decided where they differ.
    Decisions = "decisions",
    /// What the next series could change.
    NextSeries = "next-series",
    /// The released versions of a living review.
    Versions = "versions",
    /// The pools that moved, version by version.
    VersionChanges = "version-changes",
}

impl TableKind {
    /// Those that every report has.
    pub const BUILT_IN: [Self; 20] = [
        Self::Characteristics,
        Self::OverTime,
        Self::Medians,
        Self::HazardRatios,
        Self::Heterogeneity,
        Self::Moderators,
        Self::Clusters,
        Self::Sensitivity,
        Self::ChoiceGrid,
        Self::Precision,
        Self::Curves,
        Self::Honesty,
        Self::LeftOut,
        Self::Contradictions,
        Self::Completeness,
        Self::Agreement,
        Self::Decisions,
        Self::NextSeries,
        Self::Versions,
        Self::VersionChanges,
    ];

    /// Returns its caption where `review.yaml` gives none.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Series => "Published series",
            Self::Comparison => "Retrospective and prospective series compared",
            Self::Characteristics => "Characteristics of the included studies",
            Self::Toxicity => "Toxicity",
            Self::OverTime => "Survival over time: each time by itself, and all times jointly",
            Self::Medians => "Median survival times",
            Self::HazardRatios => "Hazard ratios of two-arm trials",
            Self::Heterogeneity => "How far the series of each pool disagree",
            Self::Moderators => "What the effects of each pool go with",
            Self::Clusters => "Every pool without each cluster, and with errors that allow for clusters",
            Self::Sensitivity => "Every pool under other choices",
            Self::ChoiceGrid => "Every pool under all combinations of choices",
            Self::Precision => "How the standard error of each pooled survival figure was obtained",
            Self::Curves => "Digitised curves, and how well reconstructed patients give them back",
            Self::Honesty => "Printed standard errors, predicted as if they had not been printed",
            Self::LeftOut => "What could not be pooled, and why",
            Self::Contradictions => "Contradictions between sources, and how each was resolved",
            Self::Completeness => "What each series reports",
            Self::Agreement => "Agreement of two independent extractions",
            Self::Decisions => "What was decided where two extractions differ",
            Self::NextSeries => "What the next series could change",
            Self::Versions => "Versions of this review",
            Self::VersionChanges => "Pools that moved, version by version",
        }
    }

    /// Returns the ids of its columns, in the order that they have unless a plan says otherwise.
    #[must_use]
    pub fn columns(self, outcomes: &[String]) -> Vec<String> {
        let fixed: &[&str] = match self {
            Self::Series => &["author", "primary", "design", "definition", "n", "time"],
            Self::Comparison => &[
                "time",
                "cohorts",
                "retrospective-k",
                "retrospective-n",
                "retrospective-pooled",
                "retrospective-prediction",
                "prospective-k",
                "prospective-n",
                "prospective-pooled",
                "prospective-prediction",
                "difference",
                "ratio",
                "test",
            ],
            Self::Characteristics => &[
                "study",
                "design",
                "centres",
                "enrolment",
                "cohort",
                "patients",
                "lesions",
                "definition",
                "follow-up",
                "technique",
                "dose",
                "fractions",
                "bed",
                "eqd2",
                "systemic",
                "sites",
            ],
            Self::Toxicity => &["author", "cohort", "grade", "event", "phase", "count"],
            Self::OverTime => &["time", "k", "separate", "joint", "apart", "retrospective", "prospective", "summary"],
            Self::Medians | Self::HazardRatios => &["study", "cohort", "printed", "precision"],
            Self::Heterogeneity => &["analysis", "k", "tau2", "i2", "i2-q", "q", "below"],
            Self::Moderators => &["term", "coefficient", "ratio", "p", "permutation"],
            Self::Clusters => &["pool", "k", "pooled"],
            Self::Sensitivity => &["choice", "k", "pooled", "prediction", "tau2", "i2"],
            Self::ChoiceGrid => &["analysis", "fits", "pooled", "range", "lower", "upper", "agree", "moved"],
            Self::Precision => &["study", "outcome", "time", "printed", "grade", "obtained", "se", "size"],
            Self::Curves => {
                &["study", "outcome", "patients", "events", "at-risk", "median", "mean", "follow-up", "largest", "rms"]
            }
            Self::Honesty => &["study", "outcome", "time", "printed", "se"],
            Self::Agreement => &["fields", "compared", "agree", "percent", "kappa"],
            Self::Decisions => &["study", "field", "first", "second", "taken", "why"],
            Self::NextSeries => &["pool", "k", "pooled", "lower", "same", "upper", "signal"],
            Self::Versions => &["version", "trigger", "flow", "series", "methods", "results"],
            Self::VersionChanges => &["pool", "before", "after", "moved", "because"],
            Self::LeftOut => &["study", "reason"],
            Self::Contradictions => &["study", "about", "taken", "says", "source", "resolution"],
            Self::Completeness => &[
                "study",
                "design",
                "centres",
                "enrolment",
                "definition",
                "patients",
                "lesions",
                "follow-up",
                "technique",
                "dose",
                "fractions",
                "systemic",
                "sites",
                "risk-of-bias",
            ],
        };
        let mut columns: Vec<String> = fixed.iter().map(|id| (*id).to_owned()).collect();
        match self {
            Self::Series => {
                columns.extend(outcomes.iter().flat_map(|id| [id.clone(), format!("{id}-precision")]));
            }
            Self::Completeness => columns.extend(outcomes.iter().cloned()),
            Self::Honesty => {
                let grades = PrecisionGrade::ALL.iter().map(|grade| grade.as_str().to_lowercase());
                columns.extend(grades.flat_map(|grade| [format!("{grade}-se"), format!("{grade}-ratio")]));
            }
            _ => {}
        }
        columns
    }
}

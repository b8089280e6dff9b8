//! One published result of one cohort.

use std::fmt;

use serde::Serialize;

use super::{
    Ascertainment, Bound, CiScale, Level, Months, Phase, Printed, Proportion, Reported, Status, TimeUnit, Unit,
};
use crate::diag::Place;

/// What was published, of which outcome, read where.
#[derive(Debug, Clone, Serialize)]
pub struct ResultEntry {
    /// Id of the outcome.
    pub outcome: String,
    /// Id of the endpoint as the paper defines it; `None` is the outcome itself.
    pub variant: Option<String>,
    /// What is counted.
    pub unit: Unit,
    /// How it was estimated; `None` is unspecified and mixes with all.
    pub method: Option<Ascertainment>,
    /// The result's own number of patients (or lesions), where it is not the cohort's.
    pub n: Option<u64>,
    /// How well it is supported.
    pub status: Option<Status>,
    /// Id of the source.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// The page it stands on.
    pub page: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Computed by the reviewer from other printed figures.
    pub derived: bool,
    /// The figures.
    pub published: Published,
    /// Where it is written.
    pub place: Place,
}

/// The figures of a result, by kind.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Published {
    /// A survival proportion at a time.
    Survival(Survival),
    /// Events among those observed; a crude rate where `at` is the last follow-up or `method` is crude.
    Count(Count),
    /// A median time.
    Median(Median),
    /// A digitised curve.
    Curve(Curve),
    /// A mean.
    Mean(Mean),
}

/// When a proportion holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimePoint {
    /// This long after the start.
    At(Months),
    /// At the end of follow-up, whenever that was.
    LastFollowUp,
    /// The paper does not say.
    NotStated,
}

impl TimePoint {
    /// Returns the stated time.
    #[must_use]
    pub fn months(self) -> Option<Months> {
        match self {
            Self::At(months) => Some(months),
            Self::LastFollowUp | Self::NotStated => None,
        }
    }
}

/// A printed interval of a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub lower: Printed,
    /// Upper end.
    pub upper: Printed,
    /// Confidence level.
    pub level: Level,
    /// The scale that the paper names.
    pub scale: Option<CiScale>,
}

/// A survival proportion at a time.
#[derive(Debug, Clone, Serialize)]
pub struct Survival {
    /// When.
    pub at: TimePoint,
    /// The proportion.
    pub estimate: Reported<Printed>,
    /// Its interval.
    pub ci: Option<Interval>,
    /// Its standard error, as a proportion.
    pub se: Option<Printed>,
    /// How many were still at risk at that time.
    pub at_risk: Option<u64>,
    /// Events up to that time.
    pub events: Option<u64>,
    /// Censored up to that time.
    pub censored: Option<u64>,
    /// What a digitised curve of the same endpoint tells of its precision.
    pub digitised: Option<Digitised>,
}

/// The precision of a proportion by patients who were reconstructed from a digitised curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Digitised {
    /// The standard error of the proportion, by Greenwood.
    pub se: f64,
    /// How many numbers at risk the reconstruction had, that of the start included.
    pub at_risk: usize,
    /// Largest distance of the reconstructed curve from the points read off, as a proportion.
    pub max_distance: f64,
    /// Root mean square of these distances.
    pub rms_distance: f64,
}

/// Events among those observed.
#[derive(Debug, Clone, Serialize)]
pub struct Count {
    /// How many had the event.
    pub events: Reported<u64>,
    /// Of how many.
    pub of: Option<u64>,
    /// For toxicity: the grade.
    pub grade: Option<Grade>,
    /// For toxicity: when.
    pub phase: Option<Phase>,
    /// A single kind of event (`gastritis`): never pooled as any-grade counts.
    pub event: Option<String>,
    /// When.
    pub at: Option<TimePoint>,
}

/// Grades of a toxicity count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// This grade alone.
    Exactly(u8),
    /// This grade or worse.
    AtLeast(u8),
    /// From the first to the second.
    Between(u8, u8),
    /// Not given.
    Unknown,
}

/// Prints the grade as the grammar spells it: `3`, `3+`, `4-5`, `unknown`.
impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(grade) => write!(f, "{grade}"),
            Self::AtLeast(grade) => write!(f, "{grade}+"),
            Self::Between(from, to) => write!(f, "{from}-{to}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// How far values spread round a median.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Confidence interval of the median.
    Confidence(Bound, Bound, Level),
    /// Smallest and largest.
    Range(Bound, Bound),
    /// First and third quartile.
    Quartiles(Bound, Bound),
}

/// A median time.
#[derive(Debug, Clone, Serialize)]
pub struct Median {
    /// The median.
    pub median: Reported<Months>,
    /// What was printed beside it.
    pub spread: Option<Spread>,
    /// The unit it was printed in.
    pub unit: TimeUnit,
    /// The decimals it was printed with: 1 for `12.0 months`.
    #[serde(skip)]
    pub decimals: usize,
}

/// A digitised survival curve.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// The CSV file, relative to the study's folder.
    pub file: String,
    /// The points read off, by time.
    pub points: Vec<(Months, Proportion)>,
    /// Numbers at risk, by time.
    pub at_risk: Vec<(Months, u64)>,
    /// Events over the whole curve.
    pub total_events: Option<u64>,
}

/// A mean.
#[derive(Debug, Clone, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Number observed.
    pub n: u64,
}

/// A result that compares two cohorts.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Id of the outcome.
    pub outcome: String,
    /// Id of the endpoint as the paper defines it; `None` is the outcome itself.
    pub variant: Option<String>,
    /// When, if it is at a time.
    pub at: Option<Months>,
    /// Experimental first.
    pub arms: Arms,
    /// The figures.
    pub contrast: Contrast,
    /// How well it is supported.
    pub status: Option<Status>,
    /// Id of the source.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// The page it stands on.
    pub page: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The two cohorts compared.
#[derive(Debug, Clone, Serialize)]
pub struct Arms {
    /// Id of the experimental cohort.
    pub experimental: String,
    /// Id of the control cohort.
    pub control: String,
}

/// The figures of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// A hazard ratio.
    HazardRatio {
        /// The ratio.
        ratio: f64,
        /// Its interval and level.
        ci: Option<(f64, f64, Level)>,
        /// The two-sided P value.
        p: Option<f64>,
    },
    /// Events and denominators, experimental first.
    Counts {
        /// Events.
        events: (u64, u64),
        /// Denominators.
        of: (u64, u64),
    },
}

impl Survival {
    /// Returns the proportion, if one was published.
    #[must_use]
    pub fn proportion(&self) -> Option<Proportion> {
        self.estimate.value().map(|printed| printed.value)
    }
}

//! The facts themselves: plain data at full precision, each under the id that a text binds its numbers to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diag::Place;

/// Everything that a manuscript can name, by id.
///
/// | id | what it is |
/// |---|---|
/// | `pfs-2y` | the pool of an analysis |
/// | `pfs-2y@prospective` | the pool of one of its groups |
/// | `pfs-2y~logit-scale` | the pool under a variation |
/// | `pfs-2y.difference` | the first group minus the second |
/// | `pfs-2y.range` | the lowest and the highest series; also of a group |
/// | `pfs-2y.sensitivity` | the lowest and the highest pool under the variations |
/// | `pfs-2y.reported` | how many of the studies are in the pool; also of a group |
/// | `pfs-2y:lemoine-2021` | a study's figure in an analysis |
/// | `lemoine-2021/all/pfs/median` | any published figure: study, cohort, outcome, time |
/// | `studies`, `patients`, `lesions` | counts; also `studies@prospective` |
pub type Facts = BTreeMap<String, Named>;

/// A fact and the place in the author's files that it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The fact.
    pub fact: Fact,
    /// Where it is written, or the analysis that gives it.
    pub place: Place,
}

/// One thing that a manuscript can name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fact {
    /// A pool.
    Pool(Pooled),
    /// A difference between the groups of an analysis.
    Difference(Gap),
    /// The spread of the series in a pool.
    Range(Spread),
    /// How many of how many.
    Share(Share),
    /// A published figure.
    Result(Published),
    /// A number of studies, patients or lesions.
    Count(Count),
    /// A study.
    Study(Study),
}

/// Two ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// The lower.
    pub lower: f64,
    /// The upper.
    pub upper: f64,
}

/// A pool, or the one series that stands in its place; what does not exist is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// Its id.
    pub id: String,
    /// What was pooled: `2-year progression-free survival`.
    pub title: String,
    /// Whether it is survival, which is had, and not an event, which is seen.
    pub survival: bool,
    /// `retrospective`, `prospective`, `low`: the id of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The series of the group in words: `retrospective series`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// The variation's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Level of its intervals, 0.95.
    pub level: f64,
    /// Number of series.
    pub k: u64,
    /// Patients together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patients: Option<u64>,
    /// The estimate, a proportion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// Lower end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// The prediction interval, from three series up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction: Option<Ends>,
    /// Variance between the series on the analysis scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau2: Option<f64>,
    /// I², per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i2: Option<f64>,
    /// P of Cochran's Q.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// The probability that a new series' true value lies above the threshold of the analysis, of all series together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// How certain the answer is judged to be, where it is graded: `very low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<String>,
    /// Ids of its studies, in the order of the pool; none of a variation.
    pub studies: Vec<String>,
}

/// A difference between two groups, as a proportion (0.1 is ten percentage points).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Its id.
    pub id: String,
    /// Of what.
    pub title: String,
    /// Between which series: `retrospective and prospective series`.
    pub between: String,
    /// First minus second.
    pub estimate: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Level of its interval.
    pub level: f64,
    /// P of the test between the groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}

/// The lowest and the highest of several proportions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Its id.
    pub id: String,
    /// Of what: `2-year progression-free survival`.
    pub title: String,
    /// Between what.
    pub of: SpreadOf,
    /// The lowest proportion.
    pub lower: f64,
    /// The highest.
    pub upper: f64,
    /// Number of series, or of variations.
    pub k: u64,
}

/// What a spread goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpreadOf {
    /// The series in a pool.
    Series,
    /// The pools under the variations of an analysis.
    Variations,
}

/// How many of how many studies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Its id.
    pub id: String,
    /// How many.
    pub k: u64,
    /// Of how many.
    pub n: u64,
}

/// What a published figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// A proportion.
    Proportion,
    /// Months.
    Months,
}

/// A published figure of one cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Its id.
    pub id: String,
    /// The study.
    pub study: String,
    /// What it is measured in.
    pub measure: Measure,
    /// As the table has it: `58% (41–72)`.
    pub printed: String,
    /// The estimate; absent where none is printed or the median was not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// Lower end of the interval, where one is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// The interval that the analysis computed, where none is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<Ends>,
    /// The standard error, where one is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Level of the interval.
    pub level: f64,
    /// Patients behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patients: Option<u64>,
    /// Events, of a count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
}

/// A number of studies, patients or lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Its id.
    pub id: String,
    /// The number.
    pub value: u64,
    /// How many studies say it.
    pub reported_by: u64,
    /// The smallest of theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<u64>,
    /// The largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest: Option<u64>,
}

/// A study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Its id.
    pub id: String,
    /// `Lemoine et al.`
    pub label: String,
    /// `Lemoine et al. 2021`.
    pub name: String,
    /// Year of publication.
    pub year: u64,
    /// `retrospective` or `prospective`.
    pub timing: String,
    /// Title of the publication.
    pub title: String,
    /// Journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// DOI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// Patients in its cohorts together, subgroups not counted twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patients: Option<u64>,
    /// Lesions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesions: Option<u64>,
    /// Median follow-up in months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<f64>,
    /// What stands in a text to cite it; filled in where a text is woven.
    pub cite: String,
}

impl Fact {
    /// Returns the id that it is named by.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Pool(pool) => &pool.id,
            Self::Difference(gap) => &gap.id,
            Self::Range(spread) => &spread.id,
            Self::Share(share) => &share.id,
            Self::Result(result) => &result.id,
            Self::Count(count) => &count.id,
            Self::Study(study) => &study.id,
        }
    }

    /// Returns the number that a field of this fact holds, on the scale a text prints it: proportions in per cent.
    ///
    /// Without a field it is the number that stands first: an estimate, a count.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<f64> {
        let percent = |value: Option<f64>| value.map(|value| value * 100.0);
        let whole = |value: Option<u64>| value.map(|value| value as f64);
        match self {
            Self::Pool(pool) => match field {
                "" | "estimate" => percent(pool.estimate),
                "lower" => percent(pool.lower),
                "upper" => percent(pool.upper),
                "prediction.lower" => percent(pool.prediction.map(|ends| ends.lower)),
                "prediction.upper" => percent(pool.prediction.map(|ends| ends.upper)),
                "k" | "series" => Some(pool.k as f64),
                "n" | "patients" => whole(pool.patients),
                "level" => Some(pool.level * 100.0),
                "tau2" => pool.tau2,
                "i2" => pool.i2,
                "p" => pool.p,
                "above" => percent(pool.above),
                _ => None,
            },
            Self::Difference(gap) => match field {
                "" | "estimate" => percent(Some(gap.estimate)),
                "lower" => percent(Some(gap.lower)),
                "upper" => percent(Some(gap.upper)),
                "level" => Some(gap.level * 100.0),
                "p" => gap.p,
                _ => None,
            },
            Self::Range(spread) => match field {
                "" | "lower" => percent(Some(spread.lower)),
                "upper" => percent(Some(spread.upper)),
                "k" | "series" => Some(spread.k as f64),
                _ => None,
            },
            Self::Share(share) => match field {
                "" | "k" | "series" => Some(share.k as f64),
                "n" => Some(share.n as f64),
                _ => None,
            },
            Self::Result(result) => {
                let scale = if result.measure == Measure::Proportion { 100.0 } else { 1.0 };
                let scaled = |value: Option<f64>| value.map(|value| value * scale);
                match field {
                    "" | "estimate" => scaled(result.estimate),
                    "lower" => scaled(result.lower.or(result.computed.map(|ends| ends.lower))),
                    "upper" => scaled(result.upper.or(result.computed.map(|ends| ends.upper))),
                    "n" | "patients" => whole(result.patients),
                    "se" => scaled(result.se),
                    "events" => whole(result.events),
                    "level" => Some(result.level * 100.0),
                    _ => None,
                }
            }
            Self::Count(count) => match field {
                "" => Some(count.value as f64),
                "reported-by" => Some(count.reported_by as f64),
                "smallest" => whole(count.smallest),
                "largest" => whole(count.largest),
                _ => None,
            },
            Self::Study(study) => match field {
                "year" => Some(study.year as f64),
                "" | "n" | "patients" => whole(study.patients),
                "lesions" => whole(study.lesions),
                "follow-up" => study.follow_up,
                _ => None,
            },
        }
    }
}

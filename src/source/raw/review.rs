//! `review.yaml` as it is written. As in a study file, the records are the grammar.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Confidence, Count, Grades, Id, Map, Mixable, Moment, Number, OneOr, OutcomeKind, RawCertainty, RawRiskRule, Risk,
    Share, Status, Text, Time, Timing,
};

/// What is pooled and how.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawReview {
    /// The review's title.
    #[schemars(required)]
    pub title: Option<Text>,
    /// Population, intervention, outcomes.
    pub question: Option<RawQuestion>,
    /// The review's own words.
    pub vocabulary: Option<RawVocabulary>,
    /// The outcomes, each under its id.
    #[schemars(required)]
    pub outcomes: Option<Map<RawOutcome>>,
    /// Statistical methods; an analysis may override any of them.
    pub methods: Option<RawMethods>,
    /// Studies that belong together beyond sharing patients (one centre, one registry), each list under a name.
    pub clusters: Option<Map<Vec<Id>>>,
    /// Tables, each under its id.
    pub tables: Option<Map<RawTable>>,
    /// Analyses, each under its id.
    pub analyses: Option<Map<RawAnalysis>>,
    /// Figures, each under its id; without any, every analysis gives a forest plot.
    pub figures: Option<Map<RawFigure>>,
    /// How figures look unless they say otherwise.
    pub figure_defaults: Option<RawFigureDefaults>,
    /// The PRISMA 2020 flow of records, reports and studies.
    pub flow: Option<RawFlow>,
    /// Findings that the authors have looked at and accepted.
    pub exceptions: Option<Vec<RawException>>,
    /// Whether HTML in the authors' own Markdown is obeyed on the page; shown as typed unless said. Never what runs or loads.
    pub raw_html: Option<bool>,
    /// What is called low risk of bias.
    pub risk_of_bias: Option<RawRiskRule>,
    /// How sure the review is of its answers (GRADE).
    pub certainty: Option<RawCertainty>,
}

/// The question in free words.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawQuestion {
    /// Who.
    pub population: Option<Text>,
    /// What is done.
    pub intervention: Option<Text>,
    /// Ids of the outcomes asked for.
    pub outcomes: Option<Vec<Id>>,
}

/// The review's own words.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVocabulary {
    /// The words for a cohort's primary tumour and what is printed for each: `{breast: Breast, any: Indifferent}`.
    pub primary: Option<Map<Text>>,
}

/// One outcome.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawOutcome {
    /// Its full name.
    #[schemars(required)]
    pub name: Option<Text>,
    /// Its abbreviation; otherwise its name.
    pub short: Option<Text>,
    /// What it is measured as.
    #[schemars(required)]
    pub kind: Option<OutcomeKind>,
    /// Endpoints printed under this heading by somebody, each under its id.
    pub variants: Option<Map<RawVariant>>,
    /// What its pools may mix.
    pub mix: Option<Vec<Mixable>>,
    /// The outcome that this one can never exceed in one cohort at one time.
    pub at_most: Option<Id>,
    /// For counts: only counts of exactly this grade enter its pool.
    pub grade: Option<Grades>,
    /// What is said of patients who have it, for sentences: `are alive`.
    pub of_100: Option<Text>,
}

/// An endpoint as some paper defines it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawVariant {
    /// Its name in words.
    #[schemars(required)]
    pub name: Option<Text>,
    /// Whether it enters a pool of the outcome.
    #[schemars(required)]
    pub pool: Option<bool>,
    /// Whether death counts as an event; `true` unless said.
    pub counts_death: Option<bool>,
}

/// Declares records that may override the statistical methods, each with these same fields after its own.
macro_rules! with_settings {
    ($($(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* })+) => {$(
        $(#[$attribute])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// The scale on which proportions are pooled.
            #[schemars(extend("enum" = ["cloglog", "log-log", "logit", "log", "plain", "double-arcsine", "arcsine"]))]
            pub scale: Option<Text>,
            /// The statistical model.
            #[schemars(extend("enum" = ["random", "common", "glmm", "beta-binomial", "bayes"]))]
            pub model: Option<Text>,
            /// The estimator of the between-study variance.
            #[schemars(extend("enum" = ["DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM"]))]
            pub tau2: Option<Text>,
            /// The confidence interval of the between-study variance: Q-profile, Jackson's, Biggerstaff and Jackson's, profile likelihood.
            #[schemars(extend("enum" = ["QP", "GENQ", "BJ", "PL"]))]
            pub tau2_interval: Option<Text>,
            /// The confidence interval of the pooled effect; HKSJ-wide is never narrower than classic.
            #[schemars(extend("enum" = ["classic", "t", "HKSJ", "HKSJ-wide", "mKH", "KR"]))]
            pub interval: Option<Text>,
            /// The prediction interval.
            #[schemars(extend("enum" = ["V", "HTS", "HK", "HK-PR", "KR", "bootstrap", "none"]))]
            pub prediction: Option<Text>,
            /// The confidence level.
            pub level: Option<Confidence>,
            /// The proportion below which the true value of a new series is asked to lie: `50%`.
            pub threshold: Option<Share>,
            /// What happens to results printed without interval or standard error.
            #[schemars(extend("enum" = ["impute", "sample-size", "exclude"]))]
            pub missing_precision: Option<Text>,
            /// The prior on the standard deviation between studies, for the model bayes: half-normal:SCALE, half-cauchy:SCALE, uniform, jeffreys.
            pub tau_prior: Option<Text>,
            /// The prior on the mean, for the model bayes: flat, normal:MEAN:SD.
            pub mu_prior: Option<Text>,
            /// Whether subgroups share one between-study variance.
            #[schemars(extend("enum" = ["common", "separate"]))]
            pub subgroup_tau2: Option<Text>,
            /// Which of series that may share patients is taken.
            #[schemars(extend("enum" = ["most-patients", "longest-follow-up", "most-recent"]))]
            pub overlap_rule: Option<Text>,
        }

        impl $name {
            /// Returns the methods that are set here, each with its key.
            pub fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [
                    ("scale", self.scale.as_deref()),
                    ("model", self.model.as_deref()),
                    ("tau2", self.tau2.as_deref()),
                    ("tau2_interval", self.tau2_interval.as_deref()),
                    ("interval", self.interval.as_deref()),
                    ("prediction", self.prediction.as_deref()),
                    ("level", self.level.as_deref()),
                    ("threshold", self.threshold.as_deref()),
                    ("missing_precision", self.missing_precision.as_deref()),
                    ("tau_prior", self.tau_prior.as_deref()),
                    ("mu_prior", self.mu_prior.as_deref()),
                    ("subgroup_tau2", self.subgroup_tau2.as_deref()),
                    ("overlap_rule", self.overlap_rule.as_deref()),
                ]
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
            }
        }
    )+};
}

with_settings! {
    /// Methods that hold for every analysis unless it says otherwise.
    pub struct RawMethods {
        /// How the times of a survival outcome are pooled jointly.
        pub joint: Option<RawJoint>,
        /// Named variations that are run beside every analysis.
        pub sensitivity: Option<Vec<RawSensitivity>>,
    }

    /// A named variation of every analysis.
    pub struct RawSensitivity {
        /// Its name.
        #[schemars(required)]
        pub name: Option<Text>,
        /// Only figures supported this well.
        pub status: Option<Vec<Status>>,
        /// Only figures whose precision has these grades.
        #[schemars(extend("items" = {"enum": ["A", "B", "C", "D", "E", "F", "M", "X"]}))]
        pub grade: Option<Vec<Text>>,
        /// Only series of this timing.
        pub timing: Option<Timing>,
        /// Only series of this risk of bias under the review's rule.
        pub risk: Option<Vec<Risk>>,
        /// Ids of studies left out.
        pub exclude: Option<Vec<Id>>,
    }

    /// One pool.
    pub struct RawAnalysis {
        /// Id of the outcome.
        #[schemars(required)]
        pub outcome: Option<Id>,
        /// When; a count needs none.
        pub at: Option<Time>,
        /// Words for the primary tumour, in order of preference: `breast` or `[breast, any]`.
        pub cohort: Option<OneOr<Text, Vec<Text>>>,
        /// What the effects are regressed on: year, patients, follow-up, timing, primary, centres, kind, or an interaction such as year:timing.
        #[schemars(extend("items" = {"type": "string", "pattern": "^(year|patients|follow-up|timing|primary|centres|kind)( ?: ?(year|patients|follow-up|timing|primary|centres|kind))?$"}))]
        pub moderators: Option<Vec<Text>>,
        /// What divides the studies into subgroups.
        #[schemars(extend("enum" = ["timing"]))]
        pub group_by: Option<Text>,
        /// The order of the studies.
        #[schemars(extend("enum" = ["year", "label", "estimate", "weight"]))]
        pub sort: Option<Text>,
        /// The cohort to take from a study that has several: `{STUDY: COHORT}`.
        pub pick: Option<Map<Id>>,
        /// How figures and tables call it.
        pub title: Option<Text>,
        /// Only figures supported this well.
        pub status: Option<Vec<Status>>,
        /// Only series of this risk of bias under the review's rule.
        pub risk: Option<Vec<Risk>>,
        /// Ids of studies left out.
        pub exclude: Option<Vec<Id>>,
    }
}

/// The joint model of survival at several times; what it leaves out stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawJoint {
    /// The pooled curve: a line in log time, or a level at each time.
    #[schemars(extend("enum" = ["log-time", "landmarks"]))]
    pub trend: Option<Text>,
    /// How series differ.
    #[schemars(extend("enum" = ["random-intercept", "random-intercept-and-slope", "compound-symmetry"]))]
    pub random: Option<Text>,
    /// The likelihood that is made largest.
    #[schemars(extend("enum" = ["REML", "ML"]))]
    pub likelihood: Option<Text>,
}

/// One table.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawTable {
    /// Its caption.
    pub title: Option<Text>,
    /// What it shows; `series` unless said, or what its id names, such as `sensitivity`.
    #[schemars(extend("enum" = [
        "series", "comparison", "characteristics", "toxicity", "over-time", "medians", "hazard-ratios", "sensitivity", "choice-grid",
        "precision", "curves", "honesty", "left-out", "contradictions", "completeness", "agreement", "decisions",
        "versions", "version-changes"
    ]))]
    pub kind: Option<Text>,
    /// Which studies it shows.
    #[serde(rename = "where")]
    pub filter: Option<RawFilter>,
    /// Ids of its outcomes, in the order of its columns.
    pub outcomes: Option<Vec<Id>>,
    /// The times it shows; otherwise all.
    pub at: Option<OneOr<Time, Vec<Time>>>,
    /// Ids of its columns, in their order; otherwise all that its kind has.
    pub columns: Option<Vec<Text>>,
    /// The order of its studies.
    #[schemars(extend("enum" = ["year", "label"]))]
    pub sort: Option<Text>,
    /// The decimals of pooled per cents, 0 to 3; 1 unless said. Printed figures keep their own.
    pub digits: Option<Count>,
    /// What stands for an absent figure.
    pub marks: Option<RawMarks>,
}

/// What stands for an absent figure, by the kind of its absence.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawMarks {
    /// The paper does not report it; `NR` unless said.
    pub not_reported: Option<Text>,
    /// A time that was not reached; `NRe` unless said.
    pub not_reached: Option<Text>,
    /// It would make no sense; `–` unless said.
    pub not_applicable: Option<Text>,
    /// It cannot be made out; `?` unless said.
    pub unclear: Option<Text>,
    /// There is nothing to show; `–` unless said.
    pub nothing: Option<Text>,
}

/// Which studies a table shows.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFilter {
    /// Only series of this timing.
    pub timing: Option<Timing>,
}

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
            "hazard-ratios", "posterior", "posterior-tau", "labbe", "traffic-light", "bias-bars", "flow",
        ]))]
        pub kind: Option<Text>,
        /// Id of the analysis it shows.
        pub analysis: Option<Id>,
        /// Ids of the analyses it sets side by side: a panel, a summary, a course.
        pub analyses: Option<Vec<Id>>,
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

/// The PRISMA 2020 flow: how many records, reports and studies came in and went out.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawFlow {
    /// Records from databases and registers, each under its name.
    pub identified: Option<Map<Count>>,
    /// Records removed before screening, by reason: `{duplicates: 80}`.
    pub removed: Option<Map<Count>>,
    /// Records screened; counted from the others unless said, as are all below.
    pub screened: Option<Count>,
    /// Records excluded on screening.
    pub excluded: Option<Count>,
    /// Reports sought for retrieval.
    pub sought: Option<Count>,
    /// Reports not retrieved.
    pub not_retrieved: Option<Count>,
    /// Reports assessed for eligibility.
    pub assessed: Option<Count>,
    /// Reports excluded, by reason.
    pub reasons: Option<Map<Count>>,
    /// What was found by other ways than databases and registers.
    pub other: Option<RawOtherFlow>,
    /// What an earlier version of the review included.
    pub previous: Option<RawIncluded>,
    /// What is included now, the earlier version's too.
    #[schemars(required)]
    pub included: Option<RawIncluded>,
}

/// Records found by other ways: citations, websites, organisations.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawOtherFlow {
    /// Records, each under where they were found.
    #[schemars(required)]
    pub identified: Option<Map<Count>>,
    /// Reports sought for retrieval.
    pub sought: Option<Count>,
    /// Reports not retrieved.
    pub not_retrieved: Option<Count>,
    /// Reports assessed for eligibility.
    pub assessed: Option<Count>,
    /// Reports excluded, by reason.
    pub reasons: Option<Map<Count>>,
}

/// Studies and the reports of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawIncluded {
    /// Studies.
    #[schemars(required)]
    pub studies: Option<Count>,
    /// Reports of them.
    #[schemars(required)]
    pub reports: Option<Count>,
}

/// A finding that the authors accept.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawException {
    /// The finding's code, such as `W203`.
    #[schemars(required, extend("pattern" = "^[EeWw][0-9]{3}$"))]
    pub code: Option<Text>,
    /// Id of the study it was found in.
    #[schemars(required)]
    pub study: Option<Id>,
    /// Narrower: id of the cohort.
    pub cohort: Option<Id>,
    /// Narrower: id of the outcome.
    pub outcome: Option<Id>,
    /// Narrower: the time.
    pub at: Option<Moment>,
    /// Why it is accepted; printed in the report.
    #[schemars(required)]
    pub reason: Option<Text>,
}

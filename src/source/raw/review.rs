//! `review.yaml` as it is written. As in a study file, the records are the grammar.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Dose, Grades, Id, Map, Mixable, Moment, OutcomeKind, RawAmendment, RawAnalysis, RawCertainty, RawFigure,
    RawFigureDefaults, RawFlow, RawLiving, RawMethods, RawRegistration, RawRiskRule, RawTable, Text, Weight,
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
    /// The primary analyses as they were registered: the build holds `analyses` against them.
    pub registered: Option<RawRegistration>,
    /// Every change of a registered analysis, oldest first.
    pub amendments: Option<Vec<RawAmendment>>,
    /// Figures, each under its id; without any, every analysis gives a forest plot.
    pub figures: Option<Map<RawFigure>>,
    /// How figures look unless they say otherwise.
    pub figure_defaults: Option<RawFigureDefaults>,
    /// The PRISMA 2020 flow of records, reports and studies.
    pub flow: Option<RawFlow>,
    /// Findings that the authors have looked at and accepted.
    pub exceptions: Option<Vec<RawException>>,
    /// How much findings of a code weigh in this review.
    pub severity: Option<Vec<RawSeverity>>,
    /// Whether HTML in the authors' own Markdown is obeyed on the page; shown as typed unless said. Never what runs or loads.
    pub raw_html: Option<bool>,
    /// What is called low risk of bias.
    pub risk_of_bias: Option<RawRiskRule>,
    /// How sure the review is of its answers (GRADE).
    pub certainty: Option<RawCertainty>,
    /// How doses of radiotherapy are made comparable.
    pub radiotherapy: Option<RawRadiotherapy>,
    /// For a living review: how much the next series could move, and when to stop.
    pub living: Option<RawLiving>,
}

/// How doses of radiotherapy are made comparable.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawRadiotherapy {
    /// The α/β ratio of the linear-quadratic model: `10 Gy` unless said.
    pub alpha_beta: Option<Dose>,
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

/// How much all findings of one code weigh.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawSeverity {
    /// The code, such as `W203`.
    #[schemars(required, extend("pattern" = "^[EeWw][0-9]{3}$"))]
    pub code: Option<Text>,
    /// An `error` stops a build, a `warning` does not, what is `off` is not shown.
    #[schemars(required)]
    pub is: Option<Weight>,
    /// Why it weighs less than usual; printed in the report.
    pub reason: Option<Text>,
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

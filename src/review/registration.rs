//! What was registered: the choices that the answer of an analysis rests on, and what was amended since.

use serde::Serialize;

use super::plan::{Analysis, Methods};
use crate::evidence::{Date, Outcome, Status};

/// The registered analyses, and every change of one.
#[derive(Debug, Clone, Serialize)]
pub struct Registration {
    /// When they were registered.
    pub date: Date,
    /// Where.
    pub place: String,
    /// Whether that was before any result was known.
    pub prospective: bool,
    /// By analysis, in the file's order.
    pub analyses: Vec<Registered>,
    /// In the file's order, oldest first.
    pub amendments: Vec<Amendment>,
}

/// One analysis as it was registered.
#[derive(Debug, Clone, Serialize)]
pub struct Registered {
    /// Its id.
    pub analysis: String,
    /// Each choice with its value, as [`choices`] words them.
    pub choices: Vec<Chosen>,
}

/// A key of `review.yaml` and its value in words.
pub type Chosen = (&'static str, String);

/// A change of registered analyses.
#[derive(Debug, Clone, Serialize)]
pub struct Amendment {
    /// When it was decided.
    pub date: Date,
    /// Ids of the analyses.
    pub analyses: Vec<String>,
    /// What was changed; `None` where the analyses were dropped.
    pub change: Option<Changed>,
    /// Why.
    pub reason: String,
}

/// What an amendment changed.
#[derive(Debug, Clone, Serialize)]
pub struct Changed {
    /// The key.
    pub key: &'static str,
    /// Its value until then.
    pub from: String,
    /// Its value from then on.
    pub to: String,
}

impl Registration {
    /// Returns the registered analysis with this id.
    #[must_use]
    pub fn analysis(&self, id: &str) -> Option<&Registered> {
        self.analyses.iter().find(|registered| registered.analysis == id)
    }

    /// Returns the amendments of an analysis, oldest first.
    pub fn amendments_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Amendment> {
        self.amendments.iter().filter(move |amendment| amendment.analyses.iter().any(|analysis| analysis == id))
    }
}

/// What stands for a choice that is not made.
pub(super) const NONE: &str = "none";

/// The keys of which series enter; the methods' follow.
pub(super) const OF_SERIES: [&str; 11] =
    ["outcome", "at", "cohort", "group_by", "pick", "status", "risk", "exclude", "variants", "mix", "grade"];

/// The keys of how they are pooled.
pub(super) const OF_METHODS: [&str; 12] = [
    "scale",
    "model",
    "tau2",
    "tau2_interval",
    "interval",
    "prediction",
    "level",
    "missing_precision",
    "tau_prior",
    "mu_prior",
    "subgroup_tau2",
    "overlap_rule",
];

/// Returns every choice that the pool of an analysis rests on, as `review.yaml` words it, `none` where there is none: which series
/// enter, in which groups, and by which methods they are pooled. What is only shown beside the pool (sensitivity rows, moderators, a
/// threshold, tables, figures) is none of them.
#[must_use]
pub fn choices(analysis: &Analysis, outcome: &Outcome) -> Vec<Chosen> {
    let filter = &analysis.filter;
    let mut variants: Vec<&str> =
        outcome.variants.iter().filter(|variant| variant.pool).map(|variant| variant.id.as_str()).collect();
    variants.sort_unstable();
    let mix = [("method", outcome.mix.method), ("unit", outcome.mix.unit)];
    let of_series = [
        analysis.outcome.clone(),
        analysis.at.map_or_else(|| NONE.to_owned(), |at| at.to_string()),
        listed(&analysis.cohort),
        analysis.group_by.map_or(NONE, |group_by| group_by.as_str()).to_owned(),
        listed(&analysis.pick.iter().map(|(study, cohort)| format!("{study}: {cohort}")).collect::<Vec<_>>()),
        sorted(filter.status.iter().map(|status| Status::as_str(*status).to_owned())),
        sorted(filter.risk.iter().map(|risk| risk.as_str().to_owned())),
        sorted(filter.exclude.iter().cloned()),
        listed(&variants),
        sorted(mix.iter().filter(|(_, mixed)| *mixed).map(|(name, _)| (*name).to_owned())),
        outcome.grade.map_or_else(|| NONE.to_owned(), |grade| grade.to_string()),
    ];
    OF_SERIES.into_iter().zip(of_series).chain(of_methods(&analysis.methods)).collect()
}

/// Returns how series are pooled, key by key.
pub(super) fn of_methods(methods: &Methods) -> Vec<Chosen> {
    let spec = &methods.spec;
    let values = [
        methods.scale.to_string(),
        spec.model.to_string(),
        spec.tau2.to_string(),
        spec.tau2_interval.to_string(),
        spec.interval.to_string(),
        spec.prediction.to_string(),
        spec.level.to_string(),
        methods.missing_precision.to_string(),
        methods.priors.tau.to_string(),
        methods.priors.mu.to_string(),
        methods.subgroup_tau2.to_string(),
        methods.overlap_rule.to_string(),
    ];
    OF_METHODS.into_iter().zip(values).collect()
}

/// Returns values in their order; `none` without any.
pub(super) fn listed<S: AsRef<str>>(values: &[S]) -> String {
    match values {
        [] => NONE.to_owned(),
        _ => values.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
    }
}

/// Returns values whose order means nothing, sorted.
pub(super) fn sorted(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    listed(&values)
}

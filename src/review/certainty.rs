//! How sure the review is of its answers (GRADE): the judgements of people, beside what the figures suggest.

use serde::Serialize;

use super::findings::{AnalysisFindings, Findings};
use super::plan::Plan;
use crate::diag::{Diagnostic, Place, codes, named};
use crate::evidence::{Evidence, Needs, Risk};

/// What the review asks, which sets where the certainty starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// How patients fare: series start high (Iorio et al., BMJ 2015;350:h870).
    Prognosis,
    /// What a treatment does: series start low, unless each was rated against a stated comparator or is randomised.
    Intervention,
}

named! {
    /// A domain of GRADE.
    Domain, "domain":
    /// Whether the series answer their own question without bias.
    RiskOfBias = "risk_of_bias",
    /// Whether they agree.
    Inconsistency = "inconsistency",
    /// Whether they answer the review's question.
    Indirectness = "indirectness",
    /// Whether the answer is narrow enough to act on.
    Imprecision = "imprecision",
    /// Whether series are missing because of what they found.
    PublicationBias = "publication_bias",
    /// A large effect.
    LargeEffect = "large_effect",
    /// A gradient with dose.
    DoseResponse = "dose_response",
    /// All that confounds would work against what was found.
    OpposingConfounding = "opposing_confounding",
}

impl Domain {
    /// The domains that lower the certainty; each must be judged.
    pub const DOWN: [Self; 5] =
        [Self::RiskOfBias, Self::Inconsistency, Self::Indirectness, Self::Imprecision, Self::PublicationBias];
}

/// A person's judgement of one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The domain.
    pub domain: Domain,
    /// Levels: below 0 down, above 0 up.
    pub levels: i8,
    /// Why.
    pub reason: String,
}

/// What `review.yaml` says of the certainty.
#[derive(Debug, Clone, Serialize)]
pub struct CertaintyPlan {
    /// What is asked.
    pub framing: Framing,
    /// Who judges.
    pub by: String,
    /// By analysis, in the file's order.
    pub grades: Vec<GradePlan>,
}

/// The judgements of one analysis.
#[derive(Debug, Clone, Serialize)]
pub struct GradePlan {
    /// Id of the analysis.
    pub analysis: String,
    /// What was judged.
    pub judged: Vec<Judged>,
    /// A remark.
    pub comment: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// A level of certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// ⊕◯◯◯
    VeryLow,
    /// ⊕⊕◯◯
    Low,
    /// ⊕⊕⊕◯
    Moderate,
    /// ⊕⊕⊕⊕
    High,
}

/// What the figures say of a domain, for a person to accept or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// The prediction interval of the pool.
    Prediction(f64, f64),
    /// There is none.
    NoPrediction,
    /// The interval of the pool, and the number behind it.
    Interval {
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
        /// Patients or lesions; `None` where a series does not say.
        n: Option<u64>,
    },
    /// So many series; a test of small-study effects needs ten.
    Series(usize),
    /// Series of low risk by the review's rule, of so many.
    LowRisk(usize, usize),
}

/// A suggestion for a domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion {
    /// The domain.
    pub domain: Domain,
    /// Levels down; `None` where the figures do not tell.
    pub down: Option<u8>,
    /// What it rests on.
    pub basis: Basis,
}

/// One answer with its certainty.
#[derive(Debug, Clone)]
pub struct Graded {
    /// Id of the analysis.
    pub analysis: String,
    /// Where it started.
    pub start: Certainty,
    /// Where it ended; `None` while a domain is not judged.
    pub certainty: Option<Certainty>,
    /// What the figures suggest.
    pub suggestions: Vec<Suggestion>,
}

impl Graded {
    /// Returns the suggestion for a domain.
    #[must_use]
    pub fn suggestion(&self, domain: Domain) -> Option<&Suggestion> {
        self.suggestions.iter().find(|suggestion| suggestion.domain == domain)
    }
}

impl Certainty {
    /// Returns this level moved by so many, within the four there are.
    ///
    /// ```
    /// use forestable::review::Certainty;
    /// assert_eq!(Certainty::High.moved(-3), Certainty::VeryLow);
    /// assert_eq!(Certainty::Low.moved(-2), Certainty::VeryLow);
    /// assert_eq!(Certainty::Low.moved(1), Certainty::Moderate);
    /// ```
    #[must_use]
    pub fn moved(self, levels: i32) -> Self {
        match (self as i32).saturating_add(levels) {
            i32::MIN..=0 => Self::VeryLow,
            1 => Self::Low,
            2 => Self::Moderate,
            _ => Self::High,
        }
    }
}

/// An interval of proportions up to this wide is called narrow, beyond twice that very wide.
const NARROW: f64 = 0.2;

/// Fewer patients than this are few for a proportion: ±10 percentage points at 50% takes 96.
const FEW: u64 = 100;

/// Below this no test can tell small-study effects from chance (Cochrane Handbook, chapter 13).
const ENOUGH_SERIES: usize = 10;

/// Returns the certainty of each answer that the plan grades.
#[must_use]
pub fn certainty(evidence: &Evidence, plan: &Plan, analyses: &[AnalysisFindings]) -> Vec<Graded> {
    let Some(certainty) = &plan.certainty else { return Vec::new() };
    let grades = certainty.grades.iter().filter_map(|grade| {
        let found = analyses.iter().find(|found| found.analysis.id == grade.analysis)?;
        let start = start(evidence, certainty.framing, found);
        let complete = Domain::DOWN.iter().all(|domain| grade.judged.iter().any(|judged| judged.domain == *domain));
        let levels = grade.judged.iter().map(|judged| i32::from(judged.levels)).sum();
        Some(Graded {
            analysis: grade.analysis.clone(),
            start,
            certainty: (complete && found.pool.estimated().is_some()).then(|| start.moved(levels)),
            suggestions: suggestions(evidence, found),
        })
    });
    grades.collect()
}

/// Returns where the certainty of an answer starts.
fn start(evidence: &Evidence, framing: Framing, found: &AnalysisFindings) -> Certainty {
    let study = |id: &str| evidence.study(id);
    let compared = found.entries.iter().all(|entry| {
        let rated = study(&entry.key.study).and_then(|study| study.risk_of_bias.as_ref());
        rated.is_some_and(|rated| match rated.tool.needs {
            Some(Needs::Comparator) => rated.comparator.is_some(),
            Some(Needs::Randomisation) => true,
            None => false,
        })
    });
    match framing {
        Framing::Prognosis => Certainty::High,
        Framing::Intervention if compared => Certainty::High,
        Framing::Intervention => Certainty::Low,
    }
}

/// Returns what the figures of a pool suggest.
fn suggestions(evidence: &Evidence, found: &AnalysisFindings) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    let mut suggest = |domain, down, basis| suggestions.push(Suggestion { domain, down, basis });
    let k = found.entries.len();
    if evidence.protocol.risk_rule.is_some() {
        let risk = |id: &str| evidence.study(id).map(|study| study.risk);
        let low = found.entries.iter().filter(|entry| risk(&entry.key.study) == Some(Risk::Low)).count();
        suggest(Domain::RiskOfBias, None, Basis::LowRisk(low, k));
    }
    if let Some(pooled) = found.pool.estimated() {
        match pooled.prediction {
            Some((lower, upper)) => {
                suggest(Domain::Inconsistency, Some(by_width(upper - lower)), Basis::Prediction(lower, upper));
            }
            None => suggest(Domain::Inconsistency, None, Basis::NoPrediction),
        }
        let n: Option<u64> = found.entries.iter().map(|entry| entry.n).sum();
        let few = u8::from(n.is_some_and(|n| n < FEW));
        let down = by_width(pooled.upper - pooled.lower).max(few);
        let basis = Basis::Interval { lower: pooled.lower, upper: pooled.upper, n };
        suggest(Domain::Imprecision, Some(down), basis);
    }
    if k < ENOUGH_SERIES {
        suggest(Domain::PublicationBias, None, Basis::Series(k));
    }
    suggestions
}

/// Returns the levels that the width of an interval of proportions suggests.
fn by_width(width: f64) -> u8 {
    u8::from(width > NARROW) + u8::from(width > 2.0 * NARROW)
}

/// Returns a finding for every domain that nobody has judged: its answer stays ungraded.
pub(super) fn ungraded(plan: &Plan, findings: &Findings) -> Vec<Diagnostic> {
    let grades = plan.certainty.iter().flat_map(|certainty| &certainty.grades);
    let ungraded = grades.flat_map(|grade| {
        let judged = |domain: Domain| grade.judged.iter().any(|judged| judged.domain == domain);
        let missing = Domain::DOWN.into_iter().filter(move |domain| !judged(*domain));
        missing.map(move |domain| (grade, domain))
    });
    ungraded
        .map(|(grade, domain)| {
            let graded = findings.certainty.iter().find(|graded| graded.analysis == grade.analysis);
            let down = graded.and_then(|graded| graded.suggestion(domain)?.down);
            let message = format!("`{domain}` of `{}` is not judged: its certainty is not graded", grade.analysis);
            let finding = Diagnostic::new(codes::NOT_JUDGED, grade.place.as_key(), message);
            match down {
                Some(down) => finding
                    .note(format!("the figures suggest {down} down; the table of certainty has them"))
                    .help(format!("accept it or not: `{domain}: {{down: {down}, reason: …}}`")),
                None => finding.help(format!("judge it: `{domain}: {{down: …, reason: …}}`")),
            }
        })
        .collect()
}

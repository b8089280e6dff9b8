//! What a review has agreed on before any study is read: outcomes, variants, vocabulary, exceptions.

use std::fmt;

use serde::Serialize;

use super::{Flow, Gray, Months, OutcomeKind, RiskRule, Weight};
use crate::diag::{Code, Place};

/// The agreed part of `review.yaml`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Protocol {
    /// The review's title.
    pub title: String,
    /// Population, intervention, outcomes.
    pub question: Question,
    /// `vocabulary.primary`: a cohort's `primary` word and the words printed for it, in the file's order.
    pub primaries: Vec<(String, String)>,
    /// The outcomes, in the file's order.
    pub outcomes: Vec<Outcome>,
    /// Findings that the authors have looked at and accepted.
    pub exceptions: Vec<Exception>,
    /// Codes whose findings weigh otherwise than usual here.
    pub severities: Vec<Weighing>,
    /// Where the studies come from, as PRISMA 2020 counts it.
    pub flow: Option<Flow>,
    /// The flow of each version, oldest first, where it is counted from screening files.
    pub flow_versions: Vec<(String, Flow)>,
    /// Whether HTML in the authors' own Markdown is obeyed on the page.
    pub raw_html: bool,
    /// The α/β ratio by which doses of radiotherapy are made comparable.
    pub alpha_beta: AlphaBeta,
    /// What the review calls low risk of bias, if it says so.
    pub risk_rule: Option<RiskRule>,
}

/// The α/β ratio of the linear-quadratic model.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct AlphaBeta(pub Gray);

/// 10 Gy, that of most tumours and of early reactions.
impl Default for AlphaBeta {
    fn default() -> Self {
        Self(Gray(10.0))
    }
}

impl AlphaBeta {
    /// Returns how the biologically effective dose at this ratio is called: `BED₁₀`.
    #[must_use]
    pub fn bed(self) -> String {
        let lowered = |digit: char| match digit.to_digit(10) {
            Some(digit) => char::from_u32(0x2080 + digit).unwrap_or(' '),
            None => digit,
        };
        format!("BED{}", self.to_string().chars().map(lowered).collect::<String>())
    }
}

/// Prints the number that stands under BED: `10`, `3.5`.
impl fmt::Display for AlphaBeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.to_string();
        f.write_str(words.trim_end_matches(" Gy"))
    }
}

impl Protocol {
    /// Returns the outcome with this id.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }
}

/// The review's question, in free words.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Question {
    /// Who.
    pub population: Option<String>,
    /// What is done.
    pub intervention: Option<String>,
    /// Ids of the outcomes asked for.
    pub outcomes: Vec<String>,
}

/// One outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Its id, such as `os`.
    pub id: String,
    /// Its full name.
    pub name: String,
    /// Its abbreviation.
    pub short: String,
    /// What it is measured as.
    pub kind: OutcomeKind,
    /// Endpoints printed under this heading by somebody.
    pub variants: Vec<Variant>,
    /// What a pool of this outcome may mix.
    pub mix: Mix,
    /// The outcome that this one can never exceed in one cohort at one time.
    pub at_most: Option<String>,
    /// For counts: the grades that this outcome takes (`2` for grade 2), if it is one grade of a toxicity.
    pub grade: Option<super::Grade>,
    /// What is said of patients who have it, for sentences: `are alive`.
    pub of_100: Option<String>,
}

impl Outcome {
    /// Returns the variant with this id.
    #[must_use]
    pub fn variant(&self, id: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }
}

/// An endpoint as some paper defines it.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// Its id, such as `dfs`.
    pub id: String,
    /// Its name in words.
    pub name: String,
    /// Whether it enters a pool of the outcome.
    pub pool: bool,
    /// Whether death counts as an event; where it does not, the order of `at_most` is not checked.
    pub counts_death: bool,
}

/// What a pool may mix; all `false` unless the review says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Mix {
    /// Patients with lesions.
    pub unit: bool,
    /// Kaplan-Meier with cumulative incidence.
    pub method: bool,
}

/// How much the findings of a code weigh in this review.
#[derive(Debug, Clone, Serialize)]
pub struct Weighing {
    /// The code.
    pub code: Code,
    /// What its findings are.
    pub weight: Weight,
    /// Why, where it is less than usual; printed in the report.
    pub reason: Option<String>,
}

/// A finding that the authors accept, with their reason.
#[derive(Debug, Clone, Serialize)]
pub struct Exception {
    /// The code of the finding.
    pub code: String,
    /// The study it was found in.
    pub study: String,
    /// Narrower: the cohort.
    pub cohort: Option<String>,
    /// Narrower: the outcome.
    pub outcome: Option<String>,
    /// Narrower: the time.
    pub at: Option<Months>,
    /// Why it is accepted; printed in the report.
    pub reason: String,
    /// Where it is written.
    pub place: Place,
}

//! The meta-regression of an analysis: what its effects go with.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::findings::{AnalysisFindings, Entry};
use super::plan::Analysis;
use super::select::Candidate;
use crate::diag::{UnknownName, named};
use crate::evidence::{Centres, Evidence, Given, NoDose, Reported};
use crate::model::{
    Design, Estimate, FitError, Limits, Permutation, PredictionMethod, Regression, Spec, permutation_test, regress,
};

named! {
    /// What effects may be regressed on.
    #[derive(Default)]
    Moderator, "moderator":
    /// The year of publication.
    #[default]
    Year = "year",
    /// Patients (or lesions) behind the figure.
    Patients = "patients",
    /// The median follow-up, in months.
    FollowUp = "follow-up",
    /// Retrospective or prospective.
    Timing = "timing",
    /// The word for the cohort's primary tumour.
    Primary = "primary",
    /// One centre or several.
    Centres = "centres",
    /// The kind of design.
    Kind = "kind",
    /// The total dose, in gray.
    Dose = "dose",
    /// The number of fractions.
    Fractions = "fractions",
    /// The biologically effective dose, in gray; `bed10` names the α/β that the review has.
    Bed = "bed",
    /// The equivalent dose in fractions of 2 Gy.
    Eqd2 = "eqd2",
}

impl Moderator {
    /// Returns whether it is a dose, or follows from one.
    #[must_use]
    pub fn is_dose(self) -> bool {
        matches!(self, Self::Dose | Self::Fractions | Self::Bed | Self::Eqd2)
    }

    /// Returns whether it is a number and no word.
    #[must_use]
    pub fn is_number(self) -> bool {
        self.is_dose() || matches!(self, Self::Year | Self::Patients | Self::FollowUp)
    }
}

/// What effects are regressed on, and whether however few series there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moderators {
    /// The terms, in the file's order; none where there is no regression.
    pub terms: Vec<Term>,
    /// Whether the regression is done below [`FEWEST`] series too.
    pub forced: bool,
}

/// With fewer series a meta-regression is refused, unless it is forced: then it is labelled wherever it stands.
///
/// # References
/// Deeks, Higgins, Altman, Cochrane Handbook, section 10.11.5.1: "meta-regression should generally not be considered when there
/// are fewer than ten studies in a meta-analysis".
pub const FEWEST: usize = 10;

/// A term of a meta-regression: a moderator, or the interaction of two with both of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// A moderator alone.
    Alone(Moderator),
    /// Two moderators and their interaction.
    Interaction(Moderator, Moderator),
}

impl Term {
    /// Returns its moderators.
    pub fn moderators(self) -> impl Iterator<Item = Moderator> {
        let (one, other) = match self {
            Self::Alone(moderator) => (moderator, None),
            Self::Interaction(one, other) => (one, Some(other)),
        };
        std::iter::once(one).chain(other)
    }
}

impl FromStr for Term {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Ok(match text.split_once(':') {
            None => Self::Alone(text.trim().parse()?),
            Some((one, other)) => Self::Interaction(one.trim().parse()?, other.trim().parse()?),
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone(moderator) => moderator.fmt(f),
            Self::Interaction(one, other) => write!(f, "{one}:{other}"),
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The seed of a permutation test that takes a sample of orders.
const SEED: u64 = 1;

/// A meta-regression.
#[derive(Debug, Clone)]
pub struct Moderated {
    /// The series that do not say what a moderator asks; they are left out.
    pub missing: Vec<Missing>,
    /// How many series are regressed.
    pub k: usize,
    /// The numbers among the moderators, with the mean that they are measured from.
    pub means: Vec<(Moderator, f64)>,
    /// The regression, the intercept first: what is expected at the means and at the first level of each factor.
    pub regression: Result<Regression, NoRegression>,
    /// The permutation test; `None` where there is no regression.
    pub permutation: Option<Permutation>,
    /// Whether it was forced on fewer than [`FEWEST`] series.
    pub forced: bool,
    /// What the doses of each series are prescribed to, where a moderator is a dose: study and words, none where it is not said.
    pub prescriptions: Vec<(String, Vec<Option<String>>)>,
}

/// A series that does not say what a moderator asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Id of the study.
    pub study: String,
    /// What it does not say.
    pub moderator: Moderator,
    /// Why it has no dose, for a moderator that is one.
    pub no_dose: Option<NoDose>,
}

/// Why there is no regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoRegression {
    /// There are fewer than [`FEWEST`] series, and it is not forced.
    TooFew,
    /// The model has no answer.
    Fit(FitError),
}

/// What a series says of a moderator.
enum Value {
    /// A figure.
    Number(f64),
    /// A level of a factor.
    Word(String),
}

/// Regresses the series of an analysis on its moderators; `None` where it has none.
pub(super) fn moderated(evidence: &Evidence, analysis: &Analysis, entries: &[Entry]) -> Option<Moderated> {
    let moderators = moderators(&analysis.moderators.terms);
    if moderators.is_empty() {
        return None;
    }
    let (mut missing, mut prescriptions) = (Vec::new(), Vec::new());
    let mut known: Vec<(Estimate, Vec<Value>)> = Vec::new();
    for entry in entries {
        let values: Result<Vec<Value>, Missing> = moderators
            .iter()
            .map(|moderator| {
                value(evidence, entry, *moderator).map_err(|no_dose| Missing {
                    study: entry.key.study.clone(),
                    moderator: *moderator,
                    no_dose,
                })
            })
            .collect();
        match values {
            Ok(values) => {
                known.push((Estimate { yi: entry.effect.yi, vi: entry.effect.vi }, values));
                if moderators.iter().any(|moderator| moderator.is_dose()) {
                    let given = given(evidence, entry).map(|given| given.prescribed_to).unwrap_or_default();
                    prescriptions.push((entry.key.study.clone(), given));
                }
            }
            Err(without) => missing.push(without),
        }
    }
    let mut design = Design::default();
    let mut means = Vec::new();
    for (index, moderator) in moderators.iter().enumerate() {
        let mut numbers = Vec::new();
        let mut words = Vec::new();
        for (_, values) in &known {
            match &values[index] {
                Value::Number(number) => numbers.push(*number),
                Value::Word(word) => words.push(word.as_str()),
            }
        }
        if words.is_empty() {
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            design.number(&name(evidence, *moderator), numbers.iter().map(|number| number - mean).collect());
            means.push((*moderator, mean));
        } else {
            design.factor(&name(evidence, *moderator), &words);
        }
    }
    for term in &analysis.moderators.terms {
        if let Term::Interaction(one, other) = term {
            // Both are among the moderators, so that the design has them.
            let _ = design.interaction(&name(evidence, *one), &name(evidence, *other));
        }
    }
    let estimates: Vec<Estimate> = known.iter().map(|(estimate, _)| *estimate).collect();
    let spec = &Spec { prediction: PredictionMethod::None, ..analysis.methods.spec };
    let (k, too_few) = (estimates.len(), estimates.len() < FEWEST);
    let regression = match too_few && !analysis.moderators.forced {
        true => Err(NoRegression::TooFew),
        false => regress(&estimates, &design, spec).map_err(NoRegression::Fit),
    };
    let permutation = regression.as_ref().ok().and_then(|_| permutation_test(&estimates, &design, spec, SEED).ok());
    let forced = too_few && regression.is_ok();
    Some(Moderated { missing, k, means, regression, permutation, forced, prescriptions })
}

/// Returns the regression of a pool's series on one moderator, by the rule of every meta-regression: what a bubble plot shows.
#[must_use]
pub fn regressed_on(evidence: &Evidence, found: &AnalysisFindings, on: Moderator, forced: bool) -> Option<Moderated> {
    let moderators = Moderators { terms: vec![Term::Alone(on)], forced };
    if found.analysis.moderators == moderators {
        return found.moderated.clone();
    }
    moderated(evidence, &Analysis { moderators, ..found.analysis.clone() }, &found.entries)
}

/// Returns what a series says of a moderator that is a number; `None` where it says nothing, or the moderator is a word.
#[must_use]
pub fn moderator_number(evidence: &Evidence, entry: &Entry, moderator: Moderator) -> Option<f64> {
    match value(evidence, entry, moderator) {
        Ok(Value::Number(number)) => Some(number),
        Ok(Value::Word(_)) | Err(_) => None,
    }
}

impl Moderated {
    /// Returns the fitted effect and its interval along the only moderator, which is a number; `None` where there is no regression.
    #[must_use]
    pub fn line(&self, along: &[f64]) -> Option<Vec<(f64, f64, Limits)>> {
        let (regression, [(_, mean)]) = (self.regression.as_ref().ok()?, self.means.as_slice()) else { return None };
        let name = &regression.coefficients.get(1)?.name;
        let centred: Vec<f64> = along.iter().map(|value| value - mean).collect();
        let line = regression.along(name, &centred).ok()?;
        Some(along.iter().zip(line).map(|(value, (_, here))| (*value, here.estimate, here.ci)).collect())
    }
}

/// Returns what an entry's cohort was given.
fn given(evidence: &Evidence, entry: &Entry) -> Result<Given, NoDose> {
    let Candidate { study, cohort, .. } = Candidate::find(evidence, &entry.key).ok_or(NoDose::NotEntered)?;
    study.given(cohort, evidence.protocol.alpha_beta.0)
}

/// Returns every moderator of the terms once, in their order.
fn moderators(terms: &[Term]) -> Vec<Moderator> {
    let mut all = Vec::new();
    for term in terms {
        for moderator in term.moderators() {
            if !all.contains(&moderator) {
                all.push(moderator);
            }
        }
    }
    all
}

/// Returns what the columns of a moderator are called: a factor's level follows after the blank.
fn name(evidence: &Evidence, moderator: Moderator) -> String {
    let word = moderator.as_str();
    match moderator {
        Moderator::Year | Moderator::Patients | Moderator::Fractions => word.to_owned(),
        Moderator::FollowUp => format!("{word}, months"),
        Moderator::Timing | Moderator::Primary | Moderator::Centres | Moderator::Kind => format!("{word} "),
        Moderator::Dose => format!("{word}, Gy"),
        Moderator::Bed => format!("{}, Gy", evidence.protocol.alpha_beta.bed()),
        Moderator::Eqd2 => "EQD2, Gy".to_owned(),
    }
}

/// Returns what a series says of a moderator.
///
/// # Errors
/// Why it says nothing; `None` where the moderator is no dose.
fn value(evidence: &Evidence, entry: &Entry, moderator: Moderator) -> Result<Value, Option<NoDose>> {
    if !moderator.is_dose() {
        return said(evidence, entry, moderator).ok_or(None);
    }
    let given = given(evidence, entry).map_err(Some)?;
    Ok(Value::Number(match moderator {
        Moderator::Fractions => given.fractions,
        Moderator::Bed => given.bed.0,
        Moderator::Eqd2 => given.eqd2.0,
        _ => given.dose.0,
    }))
}

fn said(evidence: &Evidence, entry: &Entry, moderator: Moderator) -> Option<Value> {
    let Candidate { study, cohort, .. } = Candidate::find(evidence, &entry.key)?;
    Some(match moderator {
        Moderator::Dose | Moderator::Fractions | Moderator::Bed | Moderator::Eqd2 => return None,
        Moderator::Year => Value::Number(f64::from(study.reference.year)),
        Moderator::Patients => Value::Number(entry.n? as f64),
        Moderator::FollowUp => match study.follow_up_of(cohort)?.median {
            Reported::Value(median) => Value::Number(median.0),
            Reported::Absent(_) => return None,
        },
        Moderator::Timing => Value::Word(entry.timing.as_str().to_owned()),
        Moderator::Primary => Value::Word(cohort.primary.clone()),
        Moderator::Centres => match study.design.centres? {
            Centres::Count(1) => Value::Word("one".to_owned()),
            Centres::Count(_) | Centres::Multicentre => Value::Word("several".to_owned()),
        },
        Moderator::Kind => Value::Word(study.design.kind.clone()?),
    })
}

//! The meta-regression of an analysis: what its effects go with.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::findings::Entry;
use super::plan::Analysis;
use super::select::Candidate;
use crate::diag::{UnknownName, named};
use crate::evidence::{Centres, Evidence, Reported};
use crate::model::{Design, Estimate, FitError, Permutation, Regression, permutation_test, regress};

named! {
    /// What effects may be regressed on.
    Moderator, "moderator":
    /// The year of publication.
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
}

/// A term of a meta-regression: a moderator, or the interaction of two with both of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// A moderator alone.
    Alone(Moderator),
    /// Two moderators and their interaction.
    Interaction(Moderator, Moderator),
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
    /// The series that do not say what a moderator asks, with that moderator; they are left out.
    pub missing: Vec<(String, Moderator)>,
    /// How many series are regressed.
    pub k: usize,
    /// The numbers among the moderators, with the mean that they are measured from.
    pub means: Vec<(Moderator, f64)>,
    /// The regression, the intercept first: what is expected at the means and at the first level of each factor.
    pub regression: Result<Regression, FitError>,
    /// The permutation test; `None` where there is no regression.
    pub permutation: Option<Permutation>,
}

/// What a series says of a moderator.
enum Value {
    Number(f64),
    Word(String),
}

/// Regresses the series of an analysis on its moderators; `None` where it has none.
pub(super) fn moderated(evidence: &Evidence, analysis: &Analysis, entries: &[Entry]) -> Option<Moderated> {
    let moderators = moderators(&analysis.moderators);
    if moderators.is_empty() {
        return None;
    }
    let mut missing = Vec::new();
    let mut known: Vec<(Estimate, Vec<Value>)> = Vec::new();
    for entry in entries {
        let values: Result<Vec<Value>, Moderator> =
            moderators.iter().map(|moderator| value(evidence, entry, *moderator).ok_or(*moderator)).collect();
        match values {
            Ok(values) => known.push((Estimate { yi: entry.effect.yi, vi: entry.effect.vi }, values)),
            Err(moderator) => missing.push((entry.key.study.clone(), moderator)),
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
            design.number(&name(*moderator), numbers.iter().map(|number| number - mean).collect());
            means.push((*moderator, mean));
        } else {
            design.factor(&name(*moderator), &words);
        }
    }
    for term in &analysis.moderators {
        if let Term::Interaction(one, other) = term {
            // Both are among the moderators, so that the design has them.
            let _ = design.interaction(&name(*one), &name(*other));
        }
    }
    let estimates: Vec<Estimate> = known.iter().map(|(estimate, _)| *estimate).collect();
    let spec = &analysis.methods.spec;
    let regression = regress(&estimates, &design, spec);
    let permutation = regression.as_ref().ok().and_then(|_| permutation_test(&estimates, &design, spec, SEED).ok());
    Some(Moderated { missing, k: estimates.len(), means, regression, permutation })
}

/// Returns every moderator of the terms once, in their order.
fn moderators(terms: &[Term]) -> Vec<Moderator> {
    let mut all = Vec::new();
    for term in terms {
        let of_term = match *term {
            Term::Alone(moderator) => vec![moderator],
            Term::Interaction(one, other) => vec![one, other],
        };
        for moderator in of_term {
            if !all.contains(&moderator) {
                all.push(moderator);
            }
        }
    }
    all
}

/// Returns what the columns of a moderator are called: a factor's level follows after the blank.
fn name(moderator: Moderator) -> String {
    let word = match moderator {
        Moderator::FollowUp => "follow-up, months",
        other => other.as_str(),
    };
    match moderator {
        Moderator::Year | Moderator::Patients | Moderator::FollowUp => word.to_owned(),
        Moderator::Timing | Moderator::Primary | Moderator::Centres | Moderator::Kind => format!("{word} "),
    }
}

fn value(evidence: &Evidence, entry: &Entry, moderator: Moderator) -> Option<Value> {
    let Candidate { study, cohort, .. } = Candidate::find(evidence, &entry.key)?;
    Some(match moderator {
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

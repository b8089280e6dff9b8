//! Findings that the authors have looked at and accepted.

use super::super::{Cohort, Evidence, Exception, Months, Published, ResultEntry, Study, TimePoint};
use super::weigh;
use crate::diag::{Code, Diagnostic, Segment, Severity, codes};

/// Findings after the review's exceptions.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// What nobody has accepted, and every exception that accepts nothing.
    pub open: Vec<Diagnostic>,
    /// What an exception accepts.
    pub accepted: Vec<Diagnostic>,
}

/// Sets aside the findings that an exception in `review.yaml` accepts.
///
/// Only what is a matter of judgement can be accepted: warnings, and the checks of what figures can be. A value that is
/// not understood, or a reference that leads nowhere, is mended and not excused.
#[must_use]
pub fn accept(evidence: &Evidence, findings: Vec<Diagnostic>) -> Accepted {
    let exceptions = &evidence.protocol.exceptions;
    let mut used = vec![false; exceptions.len()];
    let mut sorted = Accepted::default();
    for finding in findings {
        let subject = Subject::of(evidence, &finding);
        let matching = exceptions.iter().position(|exception| subject.matches(exception, finding.code));
        match matching {
            Some(index) => {
                used[index] = true;
                sorted.accepted.push(finding);
            }
            None => sorted.open.push(finding),
        }
    }
    let unused = exceptions.iter().zip(used).filter(|(exception, used)| !used && !is_slip(exception));
    let unused = unused.map(|(exception, _)| {
        let message = format!("no finding {} in `{}` to accept", exception.code, exception.study);
        Diagnostic::new(codes::UNUSED_EXCEPTION, exception.place.clone(), message)
            .expected("a warning, or an error from E220 to E224, as `forestable check` prints it")
            .help("remove the exception, or correct its code, study, cohort, outcome or time")
    });
    sorted.open.extend(unused);
    sorted.open = weigh(&evidence.protocol, sorted.open);
    sorted
}

/// What a finding is about.
struct Subject<'a> {
    studies: Vec<&'a Study>,
    cohort: Option<&'a Cohort>,
    result: Option<&'a ResultEntry>,
}

impl<'a> Subject<'a> {
    fn of(evidence: &'a Evidence, finding: &Diagnostic) -> Self {
        let others = finding.secondary.iter().map(|label| &label.place);
        let places = std::iter::once(&finding.primary.place).chain(others);
        let studies: Vec<_> = places.filter_map(|place| evidence.study_in(&place.file)).collect();
        let path = finding.primary.place.path();
        let cohort = match path {
            [Segment::Key(section), Segment::Key(id), ..] if section == "cohorts" => {
                studies.first().and_then(|study| study.cohort(id))
            }
            _ => None,
        };
        let result =
            cohort.and_then(|cohort| cohort.results.iter().find(|result| path.starts_with(result.place.path())));
        Self { studies, cohort, result }
    }

    fn matches(&self, exception: &Exception, code: Code) -> bool {
        let narrower = |wanted: &Option<String>, found: Option<&String>| wanted.is_none() || wanted.as_ref() == found;
        let time = self.result.and_then(time_of);
        is_judgement(code)
            && (exception.code.eq_ignore_ascii_case(code.0) || is_slip(exception))
            && self.studies.iter().any(|study| study.id == exception.study)
            && narrower(&exception.cohort, self.cohort.map(|cohort| &cohort.id))
            && narrower(&exception.outcome, self.result.map(|result| &result.outcome))
            && exception.at.is_none_or(|at| time.is_some_and(|time| (time.0 - at.0).abs() <= 0.5))
    }
}

/// Whether the exception's code is none: until that is mended, it accepts whatever it may have meant.
fn is_slip(exception: &Exception) -> bool {
    codes::rule(&exception.code).is_none()
}

/// Whether the authors may think otherwise than the program of what this code finds.
pub(super) fn is_judgement(code: Code) -> bool {
    code.severity() == Severity::Warning || ("E220"..="E224").contains(&code.0)
}

fn time_of(result: &ResultEntry) -> Option<Months> {
    match &result.published {
        Published::Survival(survival) => survival.at.months(),
        Published::Count(count) => count.at.and_then(TimePoint::months),
        Published::Median(_) | Published::Curve(_) | Published::Mean(_) => None,
    }
}

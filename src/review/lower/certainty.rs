//! The judgements on certainty.

use super::super::certainty::{CertaintyPlan, Domain, Framing, GradePlan, Judged};
use super::super::plan::Analysis;
use super::Planner;
use crate::diag::{At, Diagnostic, codes, field};
use crate::evidence::words;
use crate::source::raw::{Count, RawCertainty, RawGrade, Text};

/// A summary of findings with more rows is not one (Cochrane Handbook, chapter 14).
const MOST_GRADES: usize = 7;

impl Planner<'_> {
    /// Returns the judgements on certainty.
    pub(super) fn certainty(&mut self, at: At<'_, RawCertainty>, analyses: &[Analysis]) -> CertaintyPlan {
        let raw = at.value;
        let known: Vec<&str> = analyses.iter().map(|analysis| analysis.id.as_str()).collect();
        let grades = field!(at.grades);
        let grades: Vec<GradePlan> = grades
            .entries()
            .map(|(id, grade)| {
                self.lower.known_id(At { value: id, path: grade.path }, codes::UNKNOWN_ANALYSIS, known.iter().copied());
                self.grade(id, grade)
            })
            .collect();
        if grades.len() > MOST_GRADES {
            let message = format!("{} answers in a summary of findings", grades.len());
            let finding = Diagnostic::new(codes::TOO_MANY_GRADES, at.path.key("grades").place().as_key(), message);
            self.lower.report(finding.expected("seven at most").help("keep those that a decision needs"));
        }
        CertaintyPlan {
            framing: match raw.framing.as_deref() {
                Some("intervention") => Framing::Intervention,
                _ => Framing::Prognosis,
            },
            by: words(&raw.by).unwrap_or_default(),
            grades,
        }
    }

    fn grade(&mut self, id: &str, at: At<'_, RawGrade>) -> GradePlan {
        let mut judged = Vec::new();
        for (domain, down) in [
            (Domain::RiskOfBias, field!(at.risk_of_bias)),
            (Domain::Inconsistency, field!(at.inconsistency)),
            (Domain::Indirectness, field!(at.indirectness)),
            (Domain::Imprecision, field!(at.imprecision)),
            (Domain::PublicationBias, field!(at.publication_bias)),
        ] {
            let Some(at) = down.present() else { continue };
            judged.extend(self.judged(domain, field!(at.down), &at.value.reason, -1));
        }
        for (domain, up) in [
            (Domain::LargeEffect, field!(at.large_effect)),
            (Domain::DoseResponse, field!(at.dose_response)),
            (Domain::OpposingConfounding, field!(at.opposing_confounding)),
        ] {
            let Some(at) = up.present() else { continue };
            judged.extend(self.judged(domain, field!(at.up), &at.value.reason, 1));
        }
        GradePlan { analysis: id.to_owned(), judged, comment: words(&at.value.comment), place: at.path.place() }
    }

    /// Returns the judgement of a domain; `sign` is −1 for one that lowers the certainty.
    fn judged(&mut self, domain: Domain, at: At<'_, Option<Count>>, reason: &Option<Text>, sign: i8) -> Option<Judged> {
        let levels: u64 = self.lower.read(At { value: at.value, path: at.path })?;
        if levels > 2 {
            let finding = Diagnostic::new(codes::BAD_NUMBER, at.path.place(), format!("{levels} levels at once"));
            self.lower.report(finding.expected("0, 1 or 2").help("a domain moves the certainty by two levels at most"));
            return None;
        }
        Some(Judged { domain, levels: sign * i8::try_from(levels).ok()?, reason: words(reason)? })
    }
}

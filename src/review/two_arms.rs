//! Events in two arms of the same studies, and their risk ratio.

use super::plan::Analysis;
use crate::effect::{Figures, Measure};
use crate::evidence::{Cohort, Contrast, Evidence, Published, Role, Study};
use crate::model::{self, Fit};

/// Events and denominators of a study's arms, the experimental first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoArms {
    /// Id of the study.
    pub study: String,
    /// Events.
    pub events: (u64, u64),
    /// Of how many.
    pub of: (u64, u64),
}

impl TwoArms {
    fn figures(&self) -> Figures {
        Figures::TwoArms {
            ai: self.events.0 as f64,
            n1i: self.of.0 as f64,
            ci: self.events.1 as f64,
            n2i: self.of.1 as f64,
        }
    }
}

/// Returns the arms of every study that counts the outcome of an analysis in a treated cohort and in a control: one pair a
/// study, a printed comparison before two cohorts with a count each.
#[must_use]
pub fn two_arms(evidence: &Evidence, analysis: &Analysis) -> Vec<TwoArms> {
    let arms = |study: &Study| compared(study, analysis).or_else(|| counted(study, evidence, analysis));
    evidence.studies.iter().filter(|study| !analysis.filter.exclude.contains(&study.id)).filter_map(arms).collect()
}

/// Returns the pooled log risk ratio of these studies, by the methods of the analysis; half an event is added to the cells
/// of a study with an empty one. `None` below two studies, or where one has no patients.
#[must_use]
pub fn risk_ratio(arms: &[TwoArms], analysis: &Analysis) -> Option<Fit> {
    let estimates: Result<Vec<_>, _> = arms.iter().map(|arms| Measure::Rr.estimate(&arms.figures(), 0.5)).collect();
    model::fit(&estimates.ok()?, &analysis.methods.spec_of_effects()).ok().filter(|fit| fit.k > 1)
}

fn compared(study: &Study, analysis: &Analysis) -> Option<TwoArms> {
    let of_outcome = study.comparisons.iter().filter(|comparison| comparison.outcome == analysis.outcome);
    of_outcome.into_iter().find_map(|comparison| match comparison.contrast {
        Contrast::Counts { events, of } => Some(TwoArms { study: study.id.clone(), events, of }),
        Contrast::HazardRatio { .. } => None,
    })
}

/// Returns the counts of a treated cohort and of the control that shares its parent.
fn counted(study: &Study, evidence: &Evidence, analysis: &Analysis) -> Option<TwoArms> {
    let grade = evidence.protocol.outcome(&analysis.outcome).and_then(|outcome| outcome.grade);
    let count = |cohort: &Cohort| {
        let of_outcome = cohort.results.iter().filter(|result| result.outcome == analysis.outcome);
        of_outcome.into_iter().find_map(|result| match &result.published {
            Published::Count(count) if count.event.is_none() && (grade.is_none() || count.grade == grade) => {
                Some((count.events.value()?, count.of?))
            }
            _ => None,
        })
    };
    let controls = study.cohorts.iter().filter(|cohort| cohort.role == Role::Control);
    controls.into_iter().find_map(|control| {
        let (control_events, control_of) = count(control)?;
        let arms = study.cohorts.iter().filter(|cohort| cohort.role == Role::Treated && cohort.of == control.of);
        let (events, of) = arms.into_iter().find_map(count)?;
        Some(TwoArms { study: study.id.clone(), events: (events, control_events), of: (of, control_of) })
    })
}

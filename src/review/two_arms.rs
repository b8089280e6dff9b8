//! Events in two arms of the same studies, and their risk ratio.

use super::overlap::{Series, give_way};
use super::plan::{Analysis, OverlapRule};
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
    /// The study that it gave way to, as they may share patients, and the rule of it; it is not pooled then.
    pub gave_way: Option<(String, OverlapRule)>,
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
/// study, a printed comparison before two cohorts with a count each. Of studies that may share patients those the rule of the
/// analysis does not take say to which they gave way.
#[must_use]
pub fn two_arms(evidence: &Evidence, analysis: &Analysis) -> Vec<TwoArms> {
    let rule = analysis.methods.overlap_rule;
    let arms = |study| Some((study, compared(study, analysis).or_else(|| counted(study, evidence, analysis))?));
    let admitted = evidence.studies.iter().filter(|study| !analysis.filter.exclude.contains(&study.id));
    let found: Vec<(&Study, Counted<'_>)> = admitted.filter_map(arms).collect();
    let series: Vec<Series<'_>> = found.iter().map(|(study, counted)| Series::of_arms(study, counted.arms)).collect();
    let gave_way = give_way(&series, rule).into_iter().map(|with| with.map(|with| (with, rule)));
    found
        .into_iter()
        .zip(gave_way)
        .map(|((study, Counted { events, of, .. }), gave_way)| TwoArms {
            study: study.id.clone(),
            events,
            of,
            gave_way,
        })
        .collect()
}

/// Two arms of a study: their cohorts, events and denominators.
struct Counted<'a> {
    arms: [&'a str; 2],
    events: (u64, u64),
    of: (u64, u64),
}

/// Returns the pooled log risk ratio of these studies, by the methods of the analysis; half an event is added to the cells
/// of a study with an empty one. What gave way is not among them. `None` below two studies, or where one has no patients.
#[must_use]
pub fn risk_ratio(arms: &[TwoArms], analysis: &Analysis) -> Option<Fit> {
    let pooled = arms.iter().filter(|arms| arms.gave_way.is_none());
    let estimates: Result<Vec<_>, _> = pooled.map(|arms| Measure::Rr.estimate(&arms.figures(), 0.5)).collect();
    model::fit(&estimates.ok()?, &analysis.methods.spec_of_effects()).ok().filter(|fit| fit.k > 1)
}

fn compared<'a>(study: &'a Study, analysis: &Analysis) -> Option<Counted<'a>> {
    let of_outcome = study.comparisons.iter().filter(|comparison| comparison.outcome == analysis.outcome);
    of_outcome.into_iter().find_map(|comparison| match comparison.contrast {
        Contrast::Counts { events, of } => {
            Some(Counted { arms: [&comparison.arms.experimental, &comparison.arms.control], events, of })
        }
        Contrast::HazardRatio { .. } => None,
    })
}

/// Returns the counts of a treated cohort and of the control that shares its parent.
fn counted<'a>(study: &'a Study, evidence: &Evidence, analysis: &Analysis) -> Option<Counted<'a>> {
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
        let treated = study.cohorts.iter().filter(|cohort| cohort.role == Role::Treated && cohort.of == control.of);
        let (treated, (events, of)) = treated.into_iter().find_map(|cohort| Some((cohort, count(cohort)?)))?;
        Some(Counted { arms: [&treated.id, &control.id], events: (events, control_events), of: (of, control_of) })
    })
}

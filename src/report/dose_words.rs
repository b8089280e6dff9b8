//! Doses, fractions and what they are worth, as tables print them.

use super::format;
use crate::evidence::{AlphaBeta, Cohort, Evidence, Gray, Reach, Schedule, ScheduleStatistic, Study};

/// What a treatment was, in the words of the table of characteristics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoseWords {
    /// `54 Gy`, `30–60 Gy`, a schedule each.
    pub dose: Option<String>,
    /// `3`, `3–8`.
    pub fractions: Option<String>,
    /// Biologically effective dose: `151.2`, `31.2–180`.
    pub bed: Option<String>,
    /// Equivalent dose in fractions of 2 Gy.
    pub eqd2: Option<String>,
}

impl DoseWords {
    /// Returns the words for a cohort: dose and fractions as the paper puts them where its words are entered, else from the
    /// schedules.
    #[must_use]
    pub fn of(study: &Study, cohort: &Cohort, alpha_beta: AlphaBeta) -> Self {
        // Those of its subgroups too: it is the row of them all.
        let had = |schedule: &&Schedule| match &schedule.cohort {
            None => true,
            Some(id) => {
                study.lies_in(cohort, id) || study.cohort(id).is_some_and(|part| study.lies_in(part, &cohort.id))
            }
        };
        let schedules: Vec<&Schedule> = study.treatment.schedules.iter().filter(had).collect();
        let listed = |of: &dyn Fn(&Schedule) -> String| {
            let words: Vec<String> = schedules.iter().map(|schedule| of(schedule)).collect();
            (!words.is_empty()).then(|| words.join("; "))
        };
        let effective = |of: fn(&Schedule, Gray) -> Reach<Gray>| {
            listed(&|schedule| {
                let qualified = [
                    statistic(schedule.statistic).map(str::to_owned),
                    schedule.prescribed_to.as_ref().map(|point| format!("prescribed to the {point}")),
                    schedules.get(1).and(schedule.share).map(|share| format!("{}%", format::percent(share, 0))),
                    schedules.get(1).and(schedule.technique.clone()),
                    schedule.cohort.as_ref().filter(|id| **id != cohort.id).map(|id| {
                        let label = study.cohort(id).and_then(|part| part.label.clone());
                        format!("cohort {}", label.unwrap_or_else(|| id.clone()))
                    }),
                ];
                let qualified: Vec<String> = qualified.into_iter().flatten().collect();
                let figure = reach(of(schedule, alpha_beta.0), |Gray(dose)| format::trimmed(dose));
                if qualified.is_empty() { figure } else { format!("{figure} ({})", qualified.join(", ")) }
            })
        };
        let dose = |schedule: &Schedule| format!("{} Gy", reach(schedule.dose, |Gray(dose)| format::trimmed(dose)));
        let fractions = |schedule: &Schedule| reach(schedule.fractions, |count| count.to_string());
        Self {
            dose: study.treatment.dose.clone().or_else(|| listed(&dose)),
            fractions: study.treatment.fractions.clone().or_else(|| listed(&fractions)),
            bed: effective(Schedule::bed),
            eqd2: effective(Schedule::eqd2),
        }
    }
}

/// Returns what stands under a table with effective doses; `None` where no study has a schedule.
#[must_use]
pub fn dose_note(evidence: &Evidence) -> Option<String> {
    let ratio = evidence.protocol.alpha_beta;
    let schedules = || evidence.studies.iter().flat_map(|study| &study.treatment.schedules);
    schedules().next()?;
    let mut note = format!(
        "{}, biologically effective dose in Gy, D(1 + d/(α/β)) with dose D in fractions of d and α/β = {}; EQD2, equivalent dose in \
         fractions of 2 Gy, BED/(1 + 2/(α/β)). Tumours and normal tissues with other α/β have others.",
        ratio.bed(),
        ratio.0
    );
    if schedules().any(|schedule| schedule.dose.single().is_none() || schedule.fractions.single().is_none()) {
        note.push_str(" A range is from the lowest dose in the most fractions to the highest in the fewest.");
    }
    if schedules().any(|schedule| schedule.statistic != ScheduleStatistic::Prescribed) {
        note.push_str(" At the medians: that of the median dose in the median number of fractions, which need not be the median of all.");
    }
    if schedules().any(|schedule| schedule.prescribed_to.is_some()) {
        note.push_str(" Where no point of prescription is named, the sources read do not state it.");
    }
    Some(note)
}

fn statistic(statistic: ScheduleStatistic) -> Option<&'static str> {
    match statistic {
        ScheduleStatistic::Prescribed => None,
        ScheduleStatistic::Median => Some("at the medians"),
        ScheduleStatistic::Mean => Some("at the means"),
        ScheduleStatistic::MostCommon => Some("the most common"),
    }
}

fn reach<T: Copy + PartialEq>(reach: Reach<T>, words: impl Fn(T) -> String) -> String {
    match reach.single() {
        Some(only) => words(only),
        None => format!("{}–{}", words(reach.from), words(reach.to)),
    }
}

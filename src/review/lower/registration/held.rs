//! What is made, held against what is registered and amended.

use super::super::super::plan::Analysis;
use super::super::super::registration::choices;
use super::super::Planner;
use super::State;
use crate::diag::{At, Diagnostic, Place, codes, field};
use crate::source::raw::{RawAnalysis, RawReview};

/// A change that no amendment explains; the analyses that share it are told together.
struct Unexplained {
    key: &'static str,
    here: Place,
    there: Place,
    is: String,
    registered: String,
    analyses: Vec<String>,
}

impl Planner<'_> {
    /// Reports every registered choice that the plan makes otherwise.
    pub(super) fn hold_against(
        &mut self,
        review: At<'_, RawReview>,
        analyses: &[Analysis],
        states: &[(String, State)],
    ) {
        let mut unexplained: Vec<Unexplained> = Vec::new();
        for (id, state) in states {
            let planned = analyses.iter().find(|analysis| analysis.id == *id);
            match planned {
                None if !state.dropped => {
                    let message = format!("the registered analysis `{id}` is not made");
                    let finding = Diagnostic::new(codes::UNREGISTERED_CHANGE, state.place.as_key(), message);
                    let help = "plan it under `analyses`, or say why not under `amendments`: \
                                `{date: …, analysis: …, dropped: true, reason: …}`";
                    self.lower.report(finding.expected("an analysis of this id").help(help));
                }
                Some(planned) if state.dropped => {
                    let message = format!("`{id}` is made, and an amendment drops it");
                    let finding = Diagnostic::new(codes::UNREGISTERED_CHANGE, planned.place.as_key(), message);
                    let finding = finding.against(state.where_said("dropped"), "dropped here");
                    self.lower.report(finding.help("take it out of `analyses`, or take the amendment out"));
                }
                Some(planned) => {
                    let Some(outcome) = self.evidence.protocol.outcome(&planned.outcome) else { continue };
                    for ((key, is), (_, registered)) in choices(planned, outcome).into_iter().zip(state.chosen()) {
                        if is == registered {
                            continue;
                        }
                        let here = place_of(review, planned, key);
                        let there = state.where_said(key);
                        let known = unexplained.iter_mut().find(|known| {
                            (known.key, &known.here, &known.is, &known.registered) == (key, &here, &is, &registered)
                        });
                        match known {
                            Some(known) => known.analyses.push(id.clone()),
                            None => {
                                let analyses = vec![id.clone()];
                                unexplained.push(Unexplained { key, here, there, is, registered, analyses });
                            }
                        }
                    }
                }
                None => {}
            }
        }
        for one in unexplained {
            self.lower.report(one.finding(states.len()));
        }
    }
}

impl Unexplained {
    fn finding(self, registered_analyses: usize) -> Diagnostic {
        let Self { key, here, there, is, registered, analyses } = self;
        let of = match analyses.as_slice() {
            [only] => format!("`{only}`"),
            [first, rest @ ..] => format!("`{first}` and {} more", rest.len()),
            [] => String::new(),
        };
        let message = format!("`{key}` of {of} is `{is}`; registered is `{registered}`");
        let analysis = match analyses.as_slice() {
            all if all.len() == registered_analyses => String::new(),
            [only] => format!("analysis: {only}, "),
            several => format!("analysis: [{}], ", several.join(", ")),
        };
        let written = |value: &str| match value.contains([',', ':', '%']) {
            true => format!("[{}]", value.split(", ").map(quoted).collect::<Vec<_>>().join(", ")),
            false => value.to_owned(),
        };
        Diagnostic::new(codes::UNREGISTERED_CHANGE, here, message)
            .found(format!("`{is}`"))
            .against(there, format!("registered: `{registered}`"))
            .expected(format!("`{registered}`, or an amendment"))
            .help(format!(
                "restore it, or enter under `amendments`: `{{date: …, {analysis}key: {key}, from: {}, to: {}, reason: …}}`",
                written(&registered),
                written(&is)
            ))
    }
}

/// Returns a word as a YAML list can hold it.
fn quoted(word: &str) -> String {
    if word.contains([':', '%']) { format!("\"{word}\"") } else { word.to_owned() }
}

/// Returns where the plan makes a choice: at the analysis, at what all share, or at the outcome.
fn place_of(review: At<'_, RawReview>, planned: &Analysis, key: &str) -> Place {
    if matches!(key, "variants" | "mix" | "grade") {
        let outcomes = review.path.key("outcomes").place().key(&planned.outcome);
        let raw = field!(review.outcomes);
        let written = raw.entries().find(|(id, _)| *id == planned.outcome).is_some_and(|(_, outcome)| match key {
            "variants" => outcome.value.variants.is_some(),
            "mix" => outcome.value.mix.is_some(),
            _ => outcome.value.grade.is_some(),
        });
        return if written { outcomes.key(key).as_key() } else { outcomes.as_key() };
    }
    let raw = field!(review.analyses);
    let written = raw.entries().find(|(id, _)| *id == planned.id).is_some_and(|(_, at)| is_written(at.value, key));
    if written {
        return planned.place.key(key);
    }
    let shared = field!(review.methods).present();
    match shared.filter(|methods| methods.value.settings().any(|(set, _)| set == key)) {
        Some(methods) => methods.path.key(key).place(),
        None => planned.place.as_key(),
    }
}

fn is_written(raw: &RawAnalysis, key: &str) -> bool {
    match key {
        "outcome" => raw.outcome.is_some(),
        "at" => raw.at.is_some(),
        "cohort" => raw.cohort.is_some(),
        "group_by" => raw.group_by.is_some(),
        "pick" => raw.pick.is_some(),
        "status" => raw.status.is_some(),
        "risk" => raw.risk.is_some(),
        "exclude" => raw.exclude.is_some(),
        _ => raw.settings().any(|(set, _)| set == key),
    }
}

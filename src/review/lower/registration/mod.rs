//! The registered analyses held against those that are made: a change that no amendment explains is a finding.

mod held;

use std::collections::BTreeMap;

use super::super::plan::{Analysis, GroupBy};
use super::super::registration::{
    Amendment, Changed, Chosen, NONE, OF_METHODS, OF_SERIES, Registered, Registration, listed, of_methods, sorted,
};
use super::Planner;
use super::choices::Choices;
use crate::diag::{At, Diagnostic, Place, codes, field, nearest, one_of};
use crate::evidence::{Date, Grade, Months, OutcomeKind, words};
use crate::source::raw::{
    Mixable, OneOr, RawAmendment, RawRegisteredAnalysis, RawRegistration, RawReview, Risk, Status, Text,
};

/// A registered analysis, amended so far.
#[derive(Clone)]
struct State {
    choices: Choices,
    of_series: BTreeMap<&'static str, String>,
    kind: OutcomeKind,
    /// Where each choice was last said; the analysis itself for what was never said.
    said: BTreeMap<&'static str, Place>,
    place: Place,
    dropped: bool,
}

impl State {
    /// Returns every choice, in words.
    fn chosen(&self) -> Vec<Chosen> {
        let value = |key: &'static str| (key, self.of_series.get(key).cloned().unwrap_or_else(|| NONE.to_owned()));
        OF_SERIES.into_iter().map(value).chain(of_methods(&self.choices.methods(self.kind))).collect()
    }

    fn value(&self, wanted: &str) -> String {
        let found = self.chosen().into_iter().find(|(key, _)| *key == wanted);
        found.map_or_else(|| NONE.to_owned(), |(_, value)| value)
    }

    fn where_said(&self, key: &str) -> Place {
        self.said.get(key).cloned().unwrap_or_else(|| self.place.as_key())
    }
}

impl Planner<'_> {
    /// Returns what was registered, after reporting every difference to what is planned.
    pub(super) fn registration(&mut self, review: At<'_, RawReview>, analyses: &[Analysis]) -> Option<Registration> {
        let amendments = field!(review.amendments);
        let Some(at) = field!(review.registered).present() else {
            if let Some(amended) = amendments.present() {
                let message = "amendments, and nothing that is registered";
                let finding = Diagnostic::new(codes::BAD_AMENDMENT, amended.path.place().as_key(), message);
                self.lower.report(finding.help("register the analyses first: `forestable register` writes the block"));
            }
            return None;
        };
        let mut states = self.states(at, analyses);
        let registered =
            states.iter().map(|(id, state)| Registered { analysis: id.clone(), choices: state.chosen() }).collect();
        let date: Option<Date> = self.lower.read(field!(at.date));
        let mut last = date.map(|date| (date, at.path.key("date").place()));
        let mut amended = Vec::new();
        for amendment in amendments.items() {
            amended.extend(self.amendment(amendment, &mut states, &mut last));
        }
        self.hold_against(review, analyses, &states);
        Some(Registration {
            date: date?,
            place: words(&at.value.place).unwrap_or_default(),
            prospective: at.value.prospective.unwrap_or_default(),
            analyses: registered,
            amendments: amended,
        })
    }

    /// Returns each analysis as it was registered.
    fn states(&mut self, at: At<'_, RawRegistration>, analyses: &[Analysis]) -> Vec<(String, State)> {
        let mut shared = Choices::default();
        let mut said = BTreeMap::new();
        if let Some(methods) = field!(at.methods).present() {
            self.choose(&mut shared, methods.value.settings(), &methods.path);
            said.extend(methods.value.settings().map(|(key, _)| (key, methods.path.key(key).place())));
        }
        let registered = field!(at.analyses);
        let states = registered.entries().map(|(id, at)| {
            let planned = analyses.iter().find(|analysis| analysis.id == id);
            let outcome = planned.map_or(at.value.outcome.as_deref(), |planned| Some(&planned.outcome));
            let outcome = outcome.and_then(|id| self.evidence.protocol.outcome(id));
            let mut state = State {
                choices: shared.clone(),
                of_series: BTreeMap::new(),
                kind: outcome.map_or(OutcomeKind::Survival, |outcome| outcome.kind),
                said: said.clone(),
                place: at.path.place(),
                dropped: false,
            };
            self.choose(&mut state.choices, at.value.settings(), &at.path);
            state.said.extend(at.value.settings().map(|(key, _)| (key, at.path.key(key).place())));
            self.series_of(&mut state, at);
            (id.to_owned(), state)
        });
        states.collect()
    }

    /// Takes over which series an analysis was registered to take.
    fn series_of(&mut self, state: &mut State, at: At<'_, RawRegisteredAnalysis>) {
        let raw = at.value;
        let picks = field!(at.pick);
        let picks = picks.entries().map(|(study, cohort)| format!("{study}: {}", cohort.value));
        let lists: [(&'static str, Vec<String>); 11] = [
            ("outcome", raw.outcome.iter().map(ToString::to_string).collect()),
            ("at", raw.at.iter().map(ToString::to_string).collect()),
            ("cohort", field!(at.cohort).each().iter().map(|word| word.value.to_string()).collect()),
            ("group_by", raw.group_by.iter().map(ToString::to_string).collect()),
            ("pick", picks.collect()),
            ("status", raw.status.iter().flatten().map(|status| status.as_str().to_owned()).collect()),
            ("risk", raw.risk.iter().flatten().map(|risk| risk.as_str().to_owned()).collect()),
            ("exclude", raw.exclude.iter().flatten().map(ToString::to_string).collect()),
            ("variants", raw.variants.iter().flatten().map(ToString::to_string).collect()),
            ("mix", raw.mix.iter().flatten().map(|mixed| mixed.as_str().to_owned()).collect()),
            ("grade", raw.grade.iter().map(ToString::to_string).collect()),
        ];
        for (key, values) in lists {
            let path = at.path.key(key);
            let values: Vec<At<'_, str>> = values.iter().map(|value| At { value: value.as_str(), path }).collect();
            if let Some(value) = self.series_value(key, &values).filter(|_| !values.is_empty()) {
                state.of_series.insert(key, value);
                state.said.insert(key, path.place());
            }
        }
    }

    /// Returns the value of a choice of series as `choices` words it; `None` after reporting that a word is not understood.
    fn series_value(&mut self, key: &str, values: &[At<'_, str>]) -> Option<String> {
        if let [only] = values
            && only.value == NONE
        {
            return Some(NONE.to_owned());
        }
        let mut understood = Vec::new();
        for value in values {
            understood.push(match key {
                "at" => self.lower.parse::<Months>(*value)?.to_string(),
                "grade" => self.lower.parse::<Grade>(*value)?.to_string(),
                "group_by" => self.name::<GroupBy>(*value)?.to_string(),
                "status" => self.one_word(*value, &Status::ALL.map(Status::as_str))?,
                "risk" => self.one_word(*value, &Risk::ALL.map(Risk::as_str))?,
                "mix" => self.one_word(*value, &Mixable::ALL.map(Mixable::as_str))?,
                _ => value.value.trim().to_owned(),
            });
        }
        Some(match key {
            "cohort" => listed(&understood),
            _ => sorted(understood.into_iter()),
        })
    }

    fn one_word(&mut self, at: At<'_, str>, known: &[&str]) -> Option<String> {
        if known.contains(&at.value) {
            return Some(at.value.to_owned());
        }
        let finding = Diagnostic::new(codes::UNKNOWN_WORD, at.path.place(), format!("unknown word `{}`", at.value));
        self.lower.report(finding.expected(one_of(known)).help("take one of these"));
        None
    }

    /// Makes one change of the registered analyses, and returns it; `last` is the date before it and where that stands.
    fn amendment(
        &mut self,
        at: At<'_, RawAmendment>,
        states: &mut [(String, State)],
        last: &mut Option<(Date, Place)>,
    ) -> Option<Amendment> {
        let date: Option<Date> = self.lower.read(field!(at.date));
        if let Some(date) = date {
            let place = at.path.key("date").place();
            if let Some((before, there)) = last.as_ref().filter(|(before, _)| surely_before(date, *before)) {
                let message = format!("{date} is before {before}, the date of what stands before it");
                let finding = Diagnostic::new(codes::BAD_AMENDMENT, place.clone(), message);
                let finding = finding.against(there.clone(), "this comes first").expected("amendments, oldest first");
                self.lower.report(finding.help("mend the date, or put the amendments in the order of their dates"));
            }
            *last = Some((date, place));
        }
        let ids = self.amended_ids(at, states);
        let change = if at.value.dropped == Some(true) {
            self.drop_analyses(at, &ids, states);
            None
        } else {
            Some(self.change(at, &ids, states)?)
        };
        Some(Amendment { date: date?, analyses: ids, change, reason: words(&at.value.reason)? })
    }

    /// Returns the analyses that an amendment changes.
    fn amended_ids(&mut self, at: At<'_, RawAmendment>, states: &[(String, State)]) -> Vec<String> {
        let named = field!(at.analysis);
        let named = named.each();
        if named.is_empty() {
            return states.iter().filter(|(_, state)| !state.dropped).map(|(id, _)| id.clone()).collect();
        }
        let mut ids = Vec::new();
        for id in named {
            let wanted: &str = id.value;
            match states.iter().find(|(known, _)| known == wanted) {
                Some((_, state)) if state.dropped => {
                    let message = format!("`{wanted}` was dropped before");
                    let finding = Diagnostic::new(codes::BAD_AMENDMENT, id.path.place(), message);
                    self.lower.report(finding.against(state.where_said("dropped"), "here").help("take it out"));
                }
                Some(_) => ids.push(wanted.to_owned()),
                None => {
                    let message = format!("`{wanted}` is not registered");
                    let finding = Diagnostic::new(codes::BAD_AMENDMENT, id.path.place(), message);
                    let known: Vec<&str> = states.iter().map(|(id, _)| id.as_str()).collect();
                    let help = match nearest(wanted, known.iter().copied()) {
                        Some(meant) => format!("write `{meant}`"),
                        None => "take it out: only what is registered needs an amendment".to_owned(),
                    };
                    self.lower.report(finding.expected(one_of(&known)).help(help));
                }
            }
        }
        ids
    }

    fn drop_analyses(&mut self, at: At<'_, RawAmendment>, ids: &[String], states: &mut [(String, State)]) {
        if let Some(key) = field!(at.key).present() {
            let finding =
                Diagnostic::new(codes::BAD_AMENDMENT, key.path.place().as_key(), "an amendment that drops and changes");
            self.lower.report(finding.help("write two amendments, or leave `dropped` out"));
        }
        for (_, state) in states.iter_mut().filter(|(id, _)| ids.contains(id)) {
            state.dropped = true;
            state.said.insert("dropped", at.path.key("dropped").place());
        }
    }

    /// Changes one choice of these analyses; `None` after reporting why it cannot be.
    fn change(&mut self, at: At<'_, RawAmendment>, ids: &[String], states: &mut [(String, State)]) -> Option<Changed> {
        let missing =
            [("key", at.value.key.is_none()), ("from", at.value.from.is_none()), ("to", at.value.to.is_none())];
        for (key, _) in missing.iter().filter(|(_, missing)| *missing) {
            let message = format!("the amendment has no `{key}`");
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place(), message);
            self.lower.report(finding.help("say what was changed, from what, and to what: `key`, `from`, `to`"));
        }
        let key: &str = at.value.key.as_deref()?;
        let key = OF_SERIES.into_iter().chain(OF_METHODS).find(|known| *known == key)?;
        let (from, to) = (field!(at.from), field!(at.to));
        (from.value.is_some() && to.value.is_some()).then_some(())?;
        let mut changed: Option<Changed> = None;
        for (id, state) in states.iter_mut().filter(|(id, _)| ids.contains(id)) {
            let before = state.value(key);
            let (was, becomes) = (self.with(state, key, from)?, self.with(state, key, to)?);
            let (said_before, said_after) = (was.value(key), becomes.value(key));
            if said_before != before {
                let message = format!("`{key}` of `{id}` was `{before}` until then, not `{said_before}`");
                let finding = Diagnostic::new(codes::BAD_AMENDMENT, from.path.place(), message);
                let finding = finding.against(state.where_said(key), format!("`{before}`"));
                self.lower.report(
                    finding
                        .expected(format!("`{before}`"))
                        .help("write what it was, or enter the amendment that is missing between"),
                );
                return None;
            }
            if said_after == before {
                let message = format!("the amendment changes nothing: `{key}` of `{id}` is `{before}` already");
                let finding = Diagnostic::new(codes::BAD_AMENDMENT, to.path.place(), message);
                self.lower.report(
                    finding
                        .against(from.path.place(), "the same")
                        .help("write what it became, or take the amendment out"),
                );
                return None;
            }
            *state = becomes;
            state.said.insert(key, to.path.place());
            changed.get_or_insert(Changed { key, from: said_before, to: said_after });
        }
        changed
    }

    /// Returns the analysis with another value of one choice; `None` after reporting that it is not understood.
    fn with(&mut self, state: &State, key: &'static str, to: At<'_, Option<OneOr<Text, Vec<Text>>>>) -> Option<State> {
        let mut state = state.clone();
        let each = to.each();
        let values: Vec<At<'_, str>> = each.iter().map(|word| word.map(|word| &**word)).collect();
        if OF_SERIES.contains(&key) {
            let value = self.series_value(key, &values)?;
            state.of_series.insert(key, value);
        } else {
            self.choose_one(&mut state.choices, key, *values.first()?)?;
        }
        Some(state)
    }
}

/// Whether a date lies before another for certain, however coarse either is.
fn surely_before(date: Date, other: Date) -> bool {
    let latest = (date.year, date.month.unwrap_or(12), date.day.unwrap_or(31));
    latest < (other.year, other.month.unwrap_or(1), other.day.unwrap_or(1))
}

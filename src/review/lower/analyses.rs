//! The analyses, each with its variations.

use std::collections::BTreeMap;

use super::super::moderators::Moderators;
use super::super::plan::{Analysis, Filter, GroupBy, Variation};
use super::Planner;
use super::choices::{Choices, admits};
use crate::diag::{At, Diagnostic, Path, codes, field};
use crate::effect::PrecisionGrade;
use crate::evidence::{OutcomeKind, Risk, words};
use crate::source::raw::{Id, RawAnalysis, RawSensitivity, Text};

/// Every pool is computed again from its more precise series, unless the review names such variations of its own. Grade E,
/// counts and complete follow-up, is as good as a printed interval.
const GRADES: [(&str, &[PrecisionGrade]); 2] = [
    ("Precision of grade A only (published; counts: E)", &[PrecisionGrade::A, PrecisionGrade::E]),
    (
        "Precision of grades A to C (counts: E)",
        &[PrecisionGrade::A, PrecisionGrade::B, PrecisionGrade::C, PrecisionGrade::E],
    ),
];

impl Planner<'_> {
    pub(super) fn analysis(
        &mut self,
        id: &str,
        at: At<'_, RawAnalysis>,
        defaults: &Choices,
        sensitivity: Option<At<'_, Option<Vec<RawSensitivity>>>>,
    ) -> Analysis {
        let raw = at.value;
        self.check_id(id, &at.path);
        let outcome = self.lower.outcome(field!(at.outcome)).unwrap_or_default();
        let kind = self.evidence.protocol.outcome(&outcome).map_or(OutcomeKind::Survival, |outcome| outcome.kind);
        let mut choices = defaults.clone();
        self.choose(&mut choices, raw.settings(), &at.path);
        if let Some(scale) =
            raw.scale.as_deref().and_then(|name| name.parse().ok()).filter(|scale| !admits(kind, *scale))
        {
            self.refuse_scale(scale, kind, &at.path.key("scale"));
        }
        if kind == OutcomeKind::Survival && raw.at.is_none() {
            let message = format!("the analysis `{id}` pools survival at no time");
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), message);
            self.lower.report(finding.expected("the time at which survival is pooled").help("add `at: 2 years`"));
        }
        let filter = Filter {
            status: raw.status.clone().unwrap_or_default(),
            risk: self.risks(field!(at.risk)),
            exclude: self.studies(field!(at.exclude)),
            ..Filter::default()
        };
        let methods = choices.methods(kind);
        let mut variations: Vec<Variation> = sensitivity
            .iter()
            .flat_map(|list| list.items())
            .map(|variation| self.variation(variation, &choices, &filter, kind))
            .filter(|variation| variation.methods != methods || variation.filter != filter)
            .collect();
        if variations.iter().all(|variation| variation.filter.grade.is_empty()) {
            variations.extend(GRADES.map(|(name, grade)| Variation {
                name: name.to_owned(),
                methods,
                filter: Filter { grade: grade.to_vec(), ..filter.clone() },
            }));
        }
        Analysis {
            id: id.to_owned(),
            title: words(&raw.title),
            outcome,
            at: self.lower.moment(field!(at.at)),
            cohort: self.primaries(at),
            moderators: self.moderators(at),
            group_by: self.group_by(field!(at.group_by)),
            sort: self.word(field!(at.sort)).unwrap_or_default(),
            pick: self.picks(at),
            filter,
            methods,
            sensitivity: variations,
            place: at.path.place(),
        }
    }

    /// Returns what divides the series, after reporting a division by risk without a rule of what is low.
    fn group_by(&mut self, at: At<'_, Option<Text>>) -> Option<GroupBy> {
        let group_by = self.word(at)?;
        if group_by == GroupBy::Risk {
            self.check_risk_rule(&at.path);
        }
        Some(group_by)
    }

    fn variation(
        &mut self,
        at: At<'_, RawSensitivity>,
        base: &Choices,
        filter: &Filter,
        kind: OutcomeKind,
    ) -> Variation {
        let raw = at.value;
        let mut choices = base.clone();
        self.choose(&mut choices, raw.settings(), &at.path);
        let mut exclude = filter.exclude.clone();
        exclude.extend(self.studies(field!(at.exclude)));
        let risk = self.risks(field!(at.risk));
        Variation {
            name: words(&raw.name).unwrap_or_default(),
            methods: choices.methods(kind),
            filter: Filter {
                status: raw.status.clone().unwrap_or_else(|| filter.status.clone()),
                grade: raw.grade.iter().flatten().filter_map(|grade| grade.parse::<PrecisionGrade>().ok()).collect(),
                timing: raw.timing.or(filter.timing),
                risk: if risk.is_empty() { filter.risk.clone() } else { risk },
                exclude,
            },
        }
    }

    fn moderators(&mut self, at: At<'_, RawAnalysis>) -> Moderators {
        let moderators = field!(at.moderators);
        let terms = moderators.items().filter_map(|term| {
            let spelt = self.bed_spelt(term.map(|term| &**term))?;
            self.name(At { value: spelt.as_str(), path: term.path })
        });
        Moderators { terms: terms.collect(), forced: at.value.force.unwrap_or(false) }
    }

    /// Returns a term with `bed10` spelt `bed`, after making sure that it names the α/β that the review has.
    pub(super) fn bed_spelt(&mut self, at: At<'_, str>) -> Option<String> {
        let ratio = self.evidence.protocol.alpha_beta;
        let mut parts = Vec::new();
        for part in at.value.split(':').map(str::trim) {
            match part.strip_prefix("bed").filter(|number| !number.is_empty()) {
                None => parts.push(part),
                Some(number) if number == ratio.to_string() => parts.push("bed"),
                Some(number) => {
                    let message = format!("the review’s α/β is {}, not {number} Gy", ratio.0);
                    let finding = Diagnostic::new(codes::UNKNOWN_WORD, at.path.place(), message);
                    let expected =
                        format!("`bed{ratio}`, or `radiotherapy: {{alpha_beta: {number} Gy}}` in review.yaml");
                    self.lower.report(finding.expected(expected).help(format!("write `bed{ratio}`")));
                    return None;
                }
            }
        }
        Some(parts.join(":"))
    }

    /// Returns the `primary` words of an analysis, in order of preference.
    fn primaries(&mut self, at: At<'_, RawAnalysis>) -> Vec<String> {
        let known: Vec<&str> = self.evidence.protocol.primaries.iter().map(|(word, _)| word.as_str()).collect();
        let words = field!(at.cohort);
        let words = words.each().into_iter();
        words.map(|word| self.lower.known_id(word.map(|word| &**word), codes::UNKNOWN_PRIMARY, &known)).collect()
    }

    /// Returns the cohorts that an analysis picks, by study.
    fn picks(&mut self, at: At<'_, RawAnalysis>) -> BTreeMap<String, String> {
        let mut picks = BTreeMap::new();
        let pick = field!(at.pick);
        for (id, cohort) in pick.entries() {
            let Some(study) = self.evidence.study(id) else {
                self.lower.study_key(id, &cohort.path);
                continue;
            };
            let cohorts = study.cohorts.iter().map(|cohort| &cohort.id);
            let picked = self.lower.known_id(cohort.map(|id| &**id), codes::UNKNOWN_COHORT, cohorts);
            picks.insert(id.to_owned(), picked);
        }
        picks
    }

    fn studies(&mut self, at: At<'_, Option<Vec<Id>>>) -> Vec<String> {
        at.items().map(|id| self.lower.study_id(id.map(|id| &**id))).collect()
    }

    /// Returns the risks of bias that a pool admits, after reporting that no rule says which they are.
    fn risks(&mut self, at: At<'_, Option<Vec<Risk>>>) -> Vec<Risk> {
        if at.value.is_some() {
            self.check_risk_rule(&at.path);
        }
        at.value.clone().unwrap_or_default()
    }

    fn check_risk_rule(&mut self, path: &Path<'_>) {
        if self.evidence.protocol.risk_rule.is_none() {
            let finding =
                Diagnostic::new(codes::NO_RISK_RULE, path.place(), "the review does not say what low risk is");
            self.lower.report(
                finding
                    .expected("`risk_of_bias` in review.yaml with the rule under `low_if`")
                    .help("state the rule: no tool has a cut-off that all accept"),
            );
        }
    }
}

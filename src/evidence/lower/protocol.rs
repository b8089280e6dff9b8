//! `review.yaml`: outcomes, vocabulary, exceptions. Methods, analyses, tables and figures stay raw for the plan.

use super::{Lower, words};
use crate::diag::{At, Path, codes, field};
use crate::evidence::checks::weight_faults;
use crate::evidence::{
    AlphaBeta, Exception, Gray, Mix, Outcome, OutcomeKind, Protocol, Question, TimePoint, Variant, Weighing,
};
use crate::source::RawFile;
use crate::source::raw::{
    Mixable, RawException, RawOutcome, RawQuestion, RawRadiotherapy, RawReview, RawSeverity, RawVariant,
};

impl Lower<'_> {
    pub(super) fn review(&mut self, raw: &RawFile<RawReview>) -> Protocol {
        let Some(review) = &raw.record else { return Protocol::default() };
        self.complete = !raw.faulty;
        let review = At { value: review, path: Path::file(&raw.file) };
        let outcomes = field!(review.outcomes);
        let ids: Vec<_> = outcomes.value.iter().flat_map(|outcomes| outcomes.keys()).collect();
        let exceptions = field!(review.exceptions);
        let mut severities: Vec<Weighing> = Vec::new();
        for severity in field!(review.severity).items() {
            let known = self.severity(severity, &severities);
            severities.extend(known);
        }
        let flow = field!(review.flow).present().and_then(|flow| self.flow(flow));
        Protocol {
            title: words(&review.value.title).unwrap_or_default(),
            question: field!(review.question).present().map(|at| self.question(at, &ids)).unwrap_or_default(),
            primaries: (review.value.vocabulary.iter())
                .flat_map(|vocabulary| vocabulary.primary.iter().flat_map(|map| &map.0))
                .map(|(word, printed)| (word.clone(), printed.to_string()))
                .collect(),
            outcomes: outcomes.entries().map(|(id, outcome)| self.outcome_record(id, outcome, &ids)).collect(),
            raw_html: review.value.raw_html.unwrap_or(false),
            exceptions: exceptions.items().filter_map(|exception| self.exception(exception, &ids)).collect(),
            severities,
            flow,
            flow_versions: Vec::new(),
            alpha_beta: field!(review.radiotherapy).present().and_then(|at| self.alpha_beta(at)).unwrap_or_default(),
            risk_rule: field!(review.risk_of_bias).present().map(|at| self.risk_rule(at)),
        }
    }

    fn alpha_beta(&mut self, at: At<'_, RawRadiotherapy>) -> Option<AlphaBeta> {
        self.read::<Gray>(field!(at.alpha_beta)).map(AlphaBeta)
    }

    fn question(&mut self, at: At<'_, RawQuestion>, ids: &[&str]) -> Question {
        for outcome in field!(at.outcomes).items() {
            self.known_id(
                At { value: &**outcome.value, path: outcome.path },
                codes::UNKNOWN_OUTCOME,
                ids.iter().copied(),
            );
        }
        Question {
            population: words(&at.value.population),
            intervention: words(&at.value.intervention),
            outcomes: at.value.outcomes.iter().flatten().map(ToString::to_string).collect(),
        }
    }

    fn outcome_record(&mut self, id: &str, at: At<'_, RawOutcome>, ids: &[&str]) -> Outcome {
        let raw = at.value;
        let name = words(&raw.name).unwrap_or_default();
        let mix = |what| raw.mix.iter().flatten().any(|mixable| *mixable == what);
        Outcome {
            id: id.to_owned(),
            short: words(&raw.short).unwrap_or_else(|| name.clone()),
            name,
            kind: raw.kind.unwrap_or(OutcomeKind::Survival),
            variants: field!(at.variants).entries().map(|(id, variant)| variant_record(id, variant.value)).collect(),
            mix: Mix { unit: mix(Mixable::Unit), method: mix(Mixable::Method) },
            at_most: self.known(field!(at.at_most), codes::UNKNOWN_OUTCOME, ids.iter().copied()),
            grade: self.read(field!(at.grade)),
            of_100: words(&raw.of_100),
        }
    }

    /// Returns how much findings of a code weigh, unless that cannot be.
    fn severity(&mut self, at: At<'_, RawSeverity>, earlier: &[Weighing]) -> Option<Weighing> {
        let rules = codes::RULES.iter().map(|rule| rule.code.0);
        let code = self.known(field!(at.code), codes::UNKNOWN_WORD, rules)?;
        let set = Weighing { code: codes::rule(&code)?.code, weight: at.value.is?, reason: words(&at.value.reason) };
        match weight_faults(&At { value: &set, path: at.path }, earlier) {
            Some(fault) => {
                self.findings.push(fault);
                None
            }
            None => Some(set),
        }
    }

    fn exception(&mut self, at: At<'_, RawException>, ids: &[&str]) -> Option<Exception> {
        let rules = codes::RULES.iter().map(|rule| rule.code.0);
        let code = self.known(field!(at.code), codes::UNKNOWN_WORD, rules)?;
        let study = self.study_id(field!(at.study).present()?.map(|id| &**id));
        let moment: Option<TimePoint> = self.read(field!(at.at));
        Some(Exception {
            code,
            study,
            cohort: words(&at.value.cohort),
            outcome: self.known(field!(at.outcome), codes::UNKNOWN_OUTCOME, ids.iter().copied()),
            at: moment.and_then(TimePoint::months),
            reason: words(&at.value.reason).unwrap_or_default(),
            place: at.path.place(),
        })
    }
}

fn variant_record(id: &str, raw: &RawVariant) -> Variant {
    Variant {
        id: id.to_owned(),
        name: words(&raw.name).unwrap_or_default(),
        pool: raw.pool.unwrap_or(false),
        counts_death: raw.counts_death.unwrap_or(true),
    }
}

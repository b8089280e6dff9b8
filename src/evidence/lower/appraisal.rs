//! Ratings of the risk of bias, and the review's rule of what is low.

use super::study::Ids;
use super::{Lower, words};
use crate::diag::{At, Diagnostic, Path, Place, codes, field, nearest, one_of};
use crate::evidence::{Item, Judgement, LowIf, Needs, Rating, RiskOfBias, RiskRule, TOOLS, Tool, Verdict};
use crate::source::raw::{
    Id, OneOr, RawAnswers, RawLowIf, RawRating, RawRiskOfBias, RawRiskRule, RawStudy, Role, Text,
};

/// What stands for a judgement where there can be none.
const NOT_READ: &str = "not read";
const NOT_APPLICABLE: &str = "not applicable";

/// A bare answer, or one with its reason.
type RawAnswer = OneOr<Text, RawRating>;

impl Lower<'_> {
    /// Returns a study's ratings; `None` where the tool is not known.
    pub(super) fn risk_of_bias(
        &mut self,
        at: At<'_, RawRiskOfBias>,
        study: &RawStudy,
        ids: &Ids<'_>,
    ) -> Option<RiskOfBias> {
        let raw = at.value;
        let tool = Tool::named(raw.tool.as_deref()?)?;
        if raw.items.is_none() && raw.raters.is_none() && self.complete {
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), "nothing is rated");
            self.report(finding.expected("`items` with the judgements, or `raters` with those of each"));
        }
        let mut cohorts = study.cohorts.iter().flat_map(|cohorts| &cohorts.0);
        let one_arm = !cohorts.any(|(_, cohort)| cohort.role == Some(Role::Control));
        if one_arm && !usable(tool, raw) {
            self.report(for_more_arms(tool, &at.path.key("tool")));
        }
        let items = self.answers(tool, field!(at.items), ids);
        let consensus = self.answers(tool, field!(at.consensus), ids);
        let raters = field!(at.raters);
        let raters: Vec<(String, Vec<(usize, Rating)>)> = raters
            .entries()
            .map(|(name, answers)| {
                let answers =
                    answers.value.0.iter().map(|(item, answer)| (item.as_str(), answer, answers.path.key(item)));
                let answers: Vec<_> = answers.collect();
                (name.to_owned(), self.rated(tool, &answers, ids))
            })
            .collect();
        let mut agreed = Vec::new();
        for (index, item) in tool.items.iter().enumerate() {
            let of = |rated: &[(usize, Rating)]| {
                rated.iter().find(|(known, _)| *known == index).map(|(_, rating)| rating.clone())
            };
            let settled = of(&consensus).or_else(|| of(&items));
            let found: Vec<(&str, Rating)> =
                raters.iter().filter_map(|(name, rated)| Some((name.as_str(), of(rated)?))).collect();
            let rating = match (settled, found.split_first()) {
                (Some(rating), _) => rating,
                (None, Some(((name, first), others))) => {
                    let other = others.iter().find(|(_, other)| other.verdict != first.verdict);
                    if let Some((other_name, other)) = other {
                        self.report(disagreement(item, (name, first), (other_name, other)));
                    }
                    first.clone()
                }
                (None, None) => Rating::unread(),
            };
            agreed.push(match (item.comparative && one_arm, &rating.place, rating.verdict) {
                (true, Some(place), Verdict::Answered(_)) => {
                    let message = format!("`{}` cannot be asked of a series of one arm", item.name);
                    let finding = Diagnostic::new(codes::NOT_FOR_ONE_ARM, place.clone(), message);
                    self.report(finding.expected("`not applicable`, or no entry").help("remove it: it is not counted"));
                    Rating { verdict: Verdict::NotApplicable, ..rating }
                }
                (true, ..) => Rating { verdict: Verdict::NotApplicable, ..rating },
                (false, ..) => rating,
            });
        }
        let laid_out = |rated: &[(usize, Rating)]| {
            let of = |index| rated.iter().find(|(known, _)| *known == index);
            (0..tool.items.len())
                .map(|index| of(index).map_or_else(Rating::unread, |(_, rating)| rating.clone()))
                .collect()
        };
        Some(RiskOfBias {
            tool,
            by: words(&raw.by),
            comparator: words(&raw.comparator),
            agreed,
            raters: raters.iter().map(|(name, rated)| (name.clone(), laid_out(rated))).collect(),
            place: at.path.place(),
        })
    }

    fn answers(&mut self, tool: &'static Tool, at: At<'_, Option<RawAnswers>>, ids: &Ids<'_>) -> Vec<(usize, Rating)> {
        let answers = at.value.iter().flat_map(|answers| &answers.0);
        let answers: Vec<_> = answers.map(|(item, answer)| (item.as_str(), answer, at.path.key(item))).collect();
        self.rated(tool, &answers, ids)
    }

    /// Returns the judgements that can be understood, by the item's position.
    fn rated(
        &mut self,
        tool: &'static Tool,
        answers: &[(&str, &RawAnswer, Path<'_>)],
        ids: &Ids<'_>,
    ) -> Vec<(usize, Rating)> {
        let mut rated = Vec::new();
        for (name, answer, path) in answers {
            let Some(index) = self.item(tool, name, path) else { continue };
            if let Some(rating) = self.rating(tool, &tool.items[index], At { value: *answer, path: *path }, ids) {
                rated.push((index, rating));
            }
        }
        rated
    }

    /// Returns the position of an item, or reports that the tool has none of this name.
    fn item(&mut self, tool: &Tool, name: &str, path: &Path<'_>) -> Option<usize> {
        let found = tool.item(name);
        if found.is_none() {
            let names = || tool.items.iter().map(|item| &item.name);
            let message = format!("{} has no item `{name}`", tool.name);
            let finding =
                Diagnostic::new(codes::UNKNOWN_ITEM, path.place().as_key(), message).expected(one_of(names()));
            let meant = nearest(name, names());
            self.report(finding.help(meant.map_or("take one of these".to_owned(), |meant| format!("write `{meant}`"))));
        }
        found
    }

    fn rating(
        &mut self,
        tool: &'static Tool,
        item: &'static Item,
        at: At<'_, RawAnswer>,
        ids: &Ids<'_>,
    ) -> Option<Rating> {
        match at.value {
            OneOr::One(answer) => {
                let verdict = self.verdict(tool, item, At { value: &**answer, path: at.path })?;
                Some(Rating { verdict, place: Some(at.path.place()), ..Rating::unread() })
            }
            OneOr::Other(rating) => {
                let at = At { value: rating, path: at.path };
                let answer = field!(at.answer).present()?;
                let source: At<'_, Option<Id>> = field!(at.source);
                Some(Rating {
                    place: Some(answer.path.place()),
                    verdict: self.verdict(tool, item, answer.map(|answer| &**answer))?,
                    reason: words(&rating.reason),
                    source: self.known(source, codes::UNKNOWN_SOURCE, ids.sources.iter().copied()),
                    quote: words(&rating.quote),
                })
            }
        }
    }

    /// Returns what an answer says, or reports that the item has no such answer.
    fn verdict(&mut self, tool: &'static Tool, item: &'static Item, at: At<'_, str>) -> Option<Verdict> {
        let answers = tool.answers(item);
        let found = answers.iter().find(|answer| answer.answer == at.value);
        match at.value {
            NOT_READ => Some(Verdict::NotRead),
            NOT_APPLICABLE => Some(Verdict::NotApplicable),
            word if found.is_none() => {
                let message = format!("`{word}` is no answer to `{}` of {}", item.name, tool.name);
                let known = answers.iter().map(|answer| answer.answer.as_str()).chain([NOT_READ, NOT_APPLICABLE]);
                let finding = Diagnostic::new(codes::UNKNOWN_ANSWER, at.path.place(), message);
                self.report(finding.expected(one_of(known)).help("take one of these"));
                None
            }
            _ => found.map(Verdict::Answered),
        }
    }

    /// Returns what the review calls low risk.
    pub(super) fn risk_rule(&mut self, at: At<'_, RawRiskRule>) -> RiskRule {
        let low_if = field!(at.low_if);
        RiskRule {
            low_if: low_if.entries().filter_map(|(tool, low)| self.low_if(tool, low)).collect(),
            reason: words(&at.value.reason).unwrap_or_default(),
        }
    }

    fn low_if(&mut self, name: &str, at: At<'_, RawLowIf>) -> Option<(&'static Tool, LowIf)> {
        let Some(tool) = Tool::named(name) else {
            let names = TOOLS.iter().map(|tool| &tool.name);
            let finding =
                Diagnostic::new(codes::UNKNOWN_WORD, at.path.place().as_key(), format!("unknown tool `{name}`"));
            self.report(finding.expected(one_of(names)).help("take one of these"));
            return None;
        };
        let raw = at.value;
        if raw.at_least.is_none() && raw.worst.is_none() && raw.items.is_none() {
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), "the rule asks for nothing");
            self.report(finding.expected("`at_least`, `worst` or `items`").help("state what a study must reach"));
        }
        let at_least: Option<u64> = self.read(field!(at.at_least));
        let items = field!(at.items);
        let mut wanted = Vec::new();
        for (item, answer) in items.entries() {
            let Some(index) = self.item(tool, item, &answer.path) else { continue };
            wanted.extend(self.verdict(tool, &tool.items[index], answer.map(|answer| &**answer)).map(|v| (index, v)));
        }
        let worst = raw.worst.as_deref().and_then(|word| match word {
            "low" => Some(Judgement::Low),
            "moderate" => Some(Judgement::Moderate),
            "high" => Some(Judgement::High),
            _ => None,
        });
        let at_least = at_least.map(|least| u32::try_from(least).unwrap_or(u32::MAX));
        Some((tool, LowIf { at_least, worst, items: wanted }))
    }
}

/// Whether a tool can be used on a series of one arm.
fn usable(tool: &Tool, raw: &RawRiskOfBias) -> bool {
    match tool.needs {
        None => true,
        Some(Needs::Comparator) => raw.comparator.is_some(),
        Some(Needs::Randomisation) => false,
    }
}

fn for_more_arms(tool: &Tool, path: &Path<'_>) -> Diagnostic {
    let message = format!("{} is not made for a series of one arm", tool.name);
    let finding = Diagnostic::new(codes::NOT_FOR_ONE_ARM, path.place(), message);
    match tool.needs {
        Some(Needs::Comparator) => finding
            .expected("`comparator`: what outside the study it is compared with")
            .help("name it, or rate with a tool for series, such as `MINORS`"),
        _ => finding.expected("a cohort with `role: control`").help("rate with a tool for series, such as `MINORS`"),
    }
}

fn disagreement(item: &Item, one: (&str, &Rating), other: (&str, &Rating)) -> Diagnostic {
    let place = |rating: &Rating| rating.place.clone().unwrap_or_else(|| Place::file(""));
    Diagnostic::new(codes::NO_CONSENSUS, place(other.1), format!("the raters disagree on `{}`", item.name))
        .found(format!("{} says `{}`", other.0, other.1.verdict.word()))
        .against(place(one.1), format!("{} says `{}`", one.0, one.1.verdict.word()))
        .expected("what they settled on under `consensus`")
        .help(format!("settle it: `consensus: {{{}: {{answer: …, reason: …}}}}`", item.name))
}

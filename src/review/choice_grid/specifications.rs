//! The combinations of a choice grid: which sets of series, by which models.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::findings::{AnalysisFindings, Entry, ResultKey};
use super::super::groups::group_levels;
use super::super::plan::{Analysis, Filter, Methods};
use super::super::pool::{counts, enter, estimates, natural};
use super::super::rounding::p_value;
use super::super::select::{self, Candidate};
use super::{CHOICES, Choice, ChoiceGrid, Specification};
use crate::effect::{PrecisionGrade, Scale};
use crate::evidence::{Evidence, Outcome, OutcomeKind};
use crate::model::{CountPools, FitError, Grouping, IntervalMethod, ModelKind, QuickPool, Spec, Tau2Method, fit_many};

/// Beyond so many sets of series, leaving one out is tried from the planned series alone; beyond so many of these, not at all:
/// one of them then moves nothing. Nor are counts fitted then, which takes a thousand times as long as effects do.
const MOST_SETS: usize = 250;

/// Returns the choice grid of an analysis; `None` where it has no pool.
///
/// Every series set is pooled on each scale by random effects (each estimator of τ², each interval; Kenward-Roger's with REML), by a
/// common effect (classic interval), and from counts on the log odds (classic and t). The sets are those of the planned cohorts and of
/// each other order or single word of the preference, with every endpoint that the plan admits and with the outcome itself alone, of
/// all grades of precision, of A to C and E, and of A and E; each also without every series in turn. Sets of fewer than two series
/// are no combination; one that comes about twice counts once.
///
/// A combination agrees with the primary conclusion where its pooled value lies within the primary interval and, where groups are
/// tested in both, the test is significant in both or in neither. It has no answer where its model has none, or one of its series has
/// no effect on its scale. The grid is made once: asked for again, it is the same.
#[must_use]
pub fn choice_grid(evidence: &Evidence, found: &AnalysisFindings) -> Option<Arc<ChoiceGrid>> {
    found.choices.or_make(|| make(evidence, found))
}

fn make(evidence: &Evidence, found: &AnalysisFindings) -> Option<ChoiceGrid> {
    let analysis = &found.analysis;
    let outcome = evidence.protocol.outcome(&analysis.outcome)?;
    found.pool.fit()?;
    let mut maker = Maker {
        found,
        grid: ChoiceGrid { levels: vec![Vec::new(); CHOICES], specifications: Vec::new(), unanswered: 0 },
        seen: BTreeSet::new(),
        count_pools: CountPools::default(),
    };
    let mut known = Known { analysis, entries: BTreeMap::new() };
    let bases = bases(evidence, outcome, &mut known);
    let every = bases.iter().map(|base| base.entries.len()).sum::<usize>() <= MOST_SETS;
    let scales = with_planned(scales(outcome.kind), analysis.methods.scale);
    for base in &bases {
        let mut scaled = known.scaled(base, &scales);
        maker.pool(base, &mut scaled, None);
    }
    let thinned = match bases.first() {
        _ if every => bases.len(),
        Some(planned) if planned.entries.len() <= MOST_SETS => 1,
        _ => 0,
    };
    for base in bases.iter().take(thinned) {
        let mut scaled = known.scaled(base, &scales);
        for entry in &base.entries {
            maker.pool(base, &mut scaled, Some(&entry.key));
        }
    }
    Some(maker.grid)
}

/// Returns the scales on which an outcome of this kind may be pooled.
fn scales(kind: OutcomeKind) -> Vec<Scale> {
    match kind {
        OutcomeKind::Survival => vec![Scale::Cloglog, Scale::Logit, Scale::Log, Scale::Plain],
        OutcomeKind::Proportion => vec![Scale::Logit, Scale::Arcsine, Scale::Plain],
    }
}

fn with_planned<T: Copy + PartialEq>(mut all: Vec<T>, planned: T) -> Vec<T> {
    if !all.contains(&planned) {
        all.push(planned);
    }
    all
}

/// A set of series, and the choices that it came about by.
struct Base<'a> {
    cohorts: String,
    endpoint: &'static str,
    precision: &'static str,
    candidates: Vec<Candidate<'a>>,
    /// The series that have an effect on the planned scale, of a grade that is admitted.
    entries: Vec<Entry>,
}

/// Returns the sets of series, the planned one first.
fn bases<'a>(evidence: &'a Evidence, outcome: &Outcome, known: &mut Known<'_>) -> Vec<Base<'a>> {
    use PrecisionGrade::{A, B, C, E};
    let analysis = known.analysis;
    let mut bases = Vec::new();
    for (cohorts, words) in preferences(&analysis.cohort) {
        let other = Analysis { cohort: words, ..analysis.clone() };
        let methods = &analysis.methods;
        let (taken, _) = select::select(evidence, outcome, &other, &analysis.filter, methods.overlap_rule);
        for (endpoint, variants) in [("variants too", true), ("the outcome itself", false)] {
            let own = |candidate: &&Candidate<'a>| variants || candidate.result.variant.is_none();
            let candidates: Vec<Candidate<'a>> = taken.iter().filter(own).copied().collect();
            let every = known.on(methods.scale, &candidates);
            for (precision, grades) in
                [("all grades", None), ("A–C, E", Some(vec![A, B, C, E])), ("A, E", Some(vec![A, E]))]
            {
                let admitted =
                    |entry: &&Entry| grades.as_ref().is_none_or(|all| all.contains(&entry.effect.rung.grade()));
                let entries = every.iter().filter(admitted).cloned().collect();
                let cohorts = cohorts.clone();
                bases.push(Base { cohorts, endpoint, precision, candidates: candidates.clone(), entries });
            }
        }
    }
    bases
}

/// Returns the preference for cohorts that is planned, the reverse, and each word alone; each with its name.
fn preferences(planned: &[String]) -> Vec<(String, Vec<String>)> {
    let mut all = vec![planned.to_vec()];
    if planned.len() > 1 {
        all.push(planned.iter().rev().cloned().collect());
        all.extend(planned.iter().map(|word| vec![word.clone()]));
    }
    let name = |words: &[String]| match words {
        [] => "any".to_owned(),
        [only] if planned.len() > 1 => format!("{only} only"),
        words => words.join(", else "),
    };
    all.into_iter().map(|words| (name(&words), words)).collect()
}

/// The series on each scale as far as they were asked for: a series is in many sets, and its effect is the same in all.
struct Known<'a> {
    analysis: &'a Analysis,
    /// `None` where a series has no effect on the scale.
    entries: BTreeMap<(Scale, ResultKey), Option<Entry>>,
}

impl Known<'_> {
    /// Returns those of the series that have an effect on a scale.
    fn on(&mut self, scale: Scale, candidates: &[Candidate<'_>]) -> Vec<Entry> {
        let methods = Methods { scale, ..self.analysis.methods };
        let analysis = self.analysis;
        let mut entry = |candidate: &Candidate<'_>| {
            let make = || enter(vec![*candidate], analysis, &methods, &Filter::default()).0.pop();
            self.entries.entry((scale, candidate.key())).or_insert_with(make).clone()
        };
        candidates.iter().filter_map(&mut entry).collect()
    }

    /// Returns the series of a set on each scale.
    fn scaled(&mut self, base: &Base<'_>, scales: &[Scale]) -> Vec<(Scale, Vec<Entry>)> {
        let wanted: BTreeSet<&ResultKey> = base.entries.iter().map(|entry| &entry.key).collect();
        let kept: Vec<Candidate<'_>> =
            base.candidates.iter().filter(|candidate| wanted.contains(&candidate.key())).copied().collect();
        scales.iter().map(|&scale| (scale, self.on(scale, &kept))).collect()
    }
}

struct Maker<'a> {
    found: &'a AnalysisFindings,
    grid: ChoiceGrid,
    seen: BTreeSet<Vec<ResultKey>>,
    count_pools: CountPools,
}

impl Maker<'_> {
    /// Returns the position of a level, which is added if it is new.
    fn level(&mut self, choice: Choice, name: &str) -> Option<usize> {
        let levels = &mut self.grid.levels[choice as usize];
        let known = levels.iter().position(|known| known == name);
        Some(known.unwrap_or_else(|| {
            levels.push(name.to_owned());
            levels.len() - 1
        }))
    }

    /// Pools one set of series, perhaps without one, by everything; a set that was pooled before is left.
    fn pool(&mut self, base: &Base<'_>, scaled: &mut [(Scale, Vec<Entry>)], without: Option<&ResultKey>) {
        let stays = |key: &ResultKey| without != Some(key);
        let keys: Vec<ResultKey> = base.entries.iter().map(|entry| entry.key.clone()).filter(stays).collect();
        if keys.len() < 2 || !self.seen.insert(keys.clone()) {
            return;
        }
        let mut taken = [None; CHOICES];
        taken[Choice::Cohorts as usize] = self.level(Choice::Cohorts, &base.cohorts);
        taken[Choice::Endpoint as usize] = self.level(Choice::Endpoint, base.endpoint);
        taken[Choice::Precision as usize] = self.level(Choice::Precision, base.precision);
        taken[Choice::LeftOut as usize] = self.level(Choice::LeftOut, without.map_or("none", |key| &key.study));
        let analysis = &self.found.analysis;
        for (scale, entries) in scaled {
            let methods = Methods { scale: *scale, ..analysis.methods };
            taken[Choice::Scale as usize] = self.level(Choice::Scale, scale.as_str());
            let at = without.and_then(|key| entries.iter().position(|entry| entry.key == *key));
            // Taken out for a moment, rather than all others copied.
            let aside = at.map(|at| (at, entries.remove(at)));
            self.by_models(entries, keys.len(), &methods, taken);
            if let Some((at, entry)) = aside {
                entries.insert(at, entry);
            }
        }
    }

    fn by_models(&mut self, entries: &[Entry], k: usize, methods: &Methods, mut taken: [Option<usize>; CHOICES]) {
        let (effects, (group_of, levels)) = (estimates(entries), group_levels(entries));
        let grouping = (self.found.groups.is_some() && levels.len() > 1).then_some(Grouping {
            group_of: &group_of,
            levels: &levels,
            tau2: methods.subgroup_tau2,
        });
        for (spec, intervals) in specs(methods, k) {
            taken[Choice::Model as usize] = self.level(Choice::Model, spec.model.as_str());
            let random = spec.model == ModelKind::Random;
            taken[Choice::Tau2 as usize] = if random { self.level(Choice::Tau2, spec.tau2.as_str()) } else { None };
            let pools = match spec.model {
                _ if entries.len() < k => intervals.iter().map(|_| None).collect(),
                ModelKind::Glmm => answers(self.count_pools.fit(&counts(entries), grouping, &spec, &intervals)),
                _ => answers(fit_many(&effects, grouping, &spec, &intervals)),
            };
            for (interval, pool) in intervals.iter().zip(pools) {
                taken[Choice::Interval as usize] = self.level(Choice::Interval, interval.as_str());
                match pool.and_then(|pool| self.specification(&pool, entries, methods, taken)) {
                    Some(specification) => self.grid.specifications.push(specification),
                    None => self.grid.unanswered += 1,
                }
            }
        }
    }

    fn specification(
        &self,
        pool: &QuickPool,
        entries: &[Entry],
        methods: &Methods,
        taken: [Option<usize>; CHOICES],
    ) -> Option<Specification> {
        let there = natural(entries, methods.scale, pool.estimate, pool.ci, None);
        let primary = self.found.pool.estimated()?;
        let significant = |p: f64| p < 1.0 - methods.spec.level.0;
        let planned = self.found.groups.as_ref().and_then(|groups| p_value(groups.test.as_ref()?));
        let agrees = (primary.lower..=primary.upper).contains(&there.estimate)
            && planned.zip(pool.between_p).is_none_or(|(one, other)| significant(one) == significant(other));
        let finite = [there.estimate, there.lower, there.upper].iter().all(|value| value.is_finite());
        finite.then_some(Specification {
            taken,
            estimate: there.estimate,
            lower: there.lower,
            upper: there.upper,
            agrees,
        })
    }
}

fn answers(pools: Vec<Result<QuickPool, FitError>>) -> Vec<Option<QuickPool>> {
    pools.into_iter().map(Result::ok).collect()
}

/// Returns the models of one scale with the intervals that each has; counts of so many series are not fitted.
fn specs(methods: &Methods, k: usize) -> Vec<(Spec, Vec<IntervalMethod>)> {
    use IntervalMethod::{Classic, Hksj, KenwardRoger, Mkh, T};
    use Tau2Method::{
        DerSimonianLaird, EmpiricalBayes, HedgesOlkin, MaximumLikelihood, PauleMandel, Reml, SidikJonkman,
    };
    let planned = methods.spec;
    let estimators =
        vec![Reml, DerSimonianLaird, PauleMandel, MaximumLikelihood, SidikJonkman, HedgesOlkin, EmpiricalBayes];
    let usual = match planned {
        Spec { model: ModelKind::Random, interval, .. } if interval != KenwardRoger => {
            with_planned(vec![Mkh, Hksj, Classic, T], interval)
        }
        _ => vec![Mkh, Hksj, Classic, T],
    };
    let random = with_planned(estimators, planned.tau2).into_iter().map(|tau2| {
        let kenward_roger = (tau2 == Reml).then_some(KenwardRoger);
        let intervals = usual.iter().copied().chain(kenward_roger).collect();
        (Spec { model: ModelKind::Random, tau2, ..planned }, intervals)
    });
    let common = (Spec { model: ModelKind::Common, ..planned }, vec![Classic]);
    let counts = (Spec { model: ModelKind::Glmm, ..planned }, vec![T, Classic]);
    random.chain([common]).chain((methods.scale == Scale::Logit && k <= MOST_SETS).then_some(counts)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_turned_round_and_each_word_taken_alone() {
        let words = ["breast".to_owned(), "any".to_owned()];
        let names: Vec<String> = preferences(&words).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["breast, else any", "any, else breast", "breast only", "any only"]);
        assert_eq!(preferences(&words[..1]), [("breast".to_owned(), vec!["breast".to_owned()])]);
    }
}

//! The combinations of a choice grid: which sets of series, by which models.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::findings::{AnalysisFindings, Entry, Estimated, Findings};
use super::super::plan::{Analysis, Methods};
use super::super::pool::natural_of;
use super::super::rounding::p_value;
use super::super::select;
use super::series::{OnScale, Series, others};
use super::{CHOICES, Choice, ChoiceGrid, Specification};
use crate::effect::{PrecisionGrade, Scale};
use crate::evidence::{Evidence, OutcomeKind};
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

/// Makes the grids of all analyses, those of one analysis by several threads: who asks for one later finds it made.
pub fn make_choice_grids(evidence: &Evidence, findings: &Findings) {
    findings.analyses.par_iter().for_each(|found| drop(choice_grid(evidence, found)));
}

fn make(evidence: &Evidence, found: &AnalysisFindings) -> Option<ChoiceGrid> {
    let analysis = &found.analysis;
    let outcome = evidence.protocol.outcome(&analysis.outcome)?;
    found.pool.fit()?;
    let scales = with_planned(scales(outcome.kind), analysis.methods.scale);
    let preferences = preferences(&analysis.cohort);
    let taken = preferences.iter().map(|(_, words)| {
        let other = Analysis { cohort: words.clone(), ..analysis.clone() };
        select::select(evidence, outcome, &other, &analysis.filter, analysis.methods.overlap_rule).0
    });
    let (series, taken) = Series::number(taken.collect(), analysis, &scales);
    let bases = bases(&preferences, &taken, &series, analysis.methods.scale);
    let (whole, thinned) = sets(&bases);
    let scaled: Vec<Vec<OnScale>> = bases.iter().map(|base| series.scaled(&base.series)).collect();
    // Counts are climbed from near the tops of the whole sets, whichever thread takes a thinned one.
    let mut count_pools = CountPools::default();
    let mut all: Vec<Vec<Tried>> =
        whole.iter().map(|set| tried(found, set.size(&bases), &scaled[set.base], &mut count_pools)).collect();
    let thinner = |set: &Set| {
        let scaled: Vec<OnScale> = scaled[set.base].iter().map(|on| on.without(set.without)).collect();
        tried(found, set.size(&bases), &scaled, &mut count_pools.clone())
    };
    all.par_extend(thinned.par_iter().map(thinner));
    let mut grid = ChoiceGrid { levels: vec![Vec::new(); CHOICES], specifications: Vec::new(), unanswered: 0 };
    for (set, tried) in whole.iter().chain(&thinned).zip(all) {
        grid.add(&bases[set.base], set.without.map(|at| series.name(bases[set.base].series[at])), tried);
    }
    Some(grid)
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
struct Base {
    cohorts: String,
    endpoint: &'static str,
    precision: &'static str,
    /// The numbers of those that have an effect on the planned scale, of a grade that is admitted.
    series: Vec<usize>,
}

/// Returns the sets of series, the planned one first.
fn bases(
    preferences: &[(String, Vec<String>)],
    taken: &[Vec<usize>],
    series: &Series<'_>,
    planned: Scale,
) -> Vec<Base> {
    use PrecisionGrade::{A, B, C, E};
    let mut bases = Vec::new();
    for ((cohorts, _), taken) in preferences.iter().zip(taken) {
        for (endpoint, variants) in [("variants too", true), ("the outcome itself", false)] {
            for (precision, grades) in
                [("all grades", None), ("A–C, E", Some(vec![A, B, C, E])), ("A, E", Some(vec![A, E]))]
            {
                let grade = |entry: &Entry| entry.effect.rung.grade();
                let admitted = |entry: &Entry| grades.as_ref().is_none_or(|all| all.contains(&grade(entry)));
                let own = |number: &usize| variants || series.candidates[*number].result.variant.is_none();
                let there = |number: &usize| series.entry(planned, *number).is_some_and(admitted);
                let series = taken.iter().copied().filter(own).filter(there).collect();
                bases.push(Base { cohorts: cohorts.clone(), endpoint, precision, series });
            }
        }
    }
    bases
}

/// A set of series, perhaps without one of them.
struct Set {
    base: usize,
    without: Option<usize>,
}

impl Set {
    /// Returns how many series it has.
    fn size(&self, bases: &[Base]) -> usize {
        bases[self.base].series.len() - usize::from(self.without.is_some())
    }
}

/// Returns the sets that are pooled, those without a series behind those with all; of sets that are the same, the first.
fn sets(bases: &[Base]) -> (Vec<Set>, Vec<Set>) {
    let mut seen = BTreeSet::new();
    let mut new = |set: &Set| {
        let members = others(&bases[set.base].series, set.without);
        members.len() > 1 && seen.insert(members)
    };
    let whole = (0..bases.len()).map(|base| Set { base, without: None }).filter(&mut new).collect();
    let every = bases.iter().map(|base| base.series.len()).sum::<usize>() <= MOST_SETS;
    let thinned = match bases.first() {
        _ if every => bases.len(),
        Some(planned) if planned.series.len() <= MOST_SETS => 1,
        _ => 0,
    };
    let without = |base: usize| (0..bases[base].series.len()).map(move |at| Set { base, without: Some(at) });
    let thinned = (0..thinned).flat_map(without).filter(&mut new).collect();
    (whole, thinned)
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

/// A set of series pooled by one model, on one scale, with one interval.
struct Tried {
    scale: Scale,
    spec: Spec,
    interval: IntervalMethod,
    /// `None` where it has no answer.
    answer: Option<Answer>,
}

/// A pooled value and its interval as proportions, and whether it agrees with the primary conclusion.
struct Answer {
    estimate: f64,
    lower: f64,
    upper: f64,
    agrees: bool,
}

/// Pools a set of `size` series by everything, on each scale.
fn tried(found: &AnalysisFindings, size: usize, scaled: &[OnScale], count_pools: &mut CountPools) -> Vec<Tried> {
    let mut all = Vec::new();
    for on in scaled {
        let methods = Methods { scale: on.scale, ..found.analysis.methods };
        let grouping = (found.groups.is_some() && on.levels.len() > 1).then_some(Grouping {
            group_of: &on.group_of,
            levels: &on.levels,
            tau2: methods.subgroup_tau2,
        });
        for (spec, intervals) in specs(&methods, size) {
            let pools = match spec.model {
                _ if on.effects.len() < size => intervals.iter().map(|_| None).collect(),
                ModelKind::Glmm => answers(count_pools.fit(&on.counts, grouping, &spec, &intervals)),
                _ => answers(fit_many(&on.effects, grouping, &spec, &intervals)),
            };
            all.extend(intervals.into_iter().zip(pools).map(|(interval, pool)| {
                let answer = pool.and_then(|pool| answer(found, on, &pool));
                Tried { scale: on.scale, spec, interval, answer }
            }));
        }
    }
    all
}

/// Returns a pool as proportions; `None` where they are no numbers.
fn answer(found: &AnalysisFindings, on: &OnScale, pool: &QuickPool) -> Option<Answer> {
    let Estimated { estimate, lower, upper, .. } = natural_of(&on.sizes, on.scale, pool.estimate, pool.ci, None);
    let primary = found.pool.estimated()?;
    let significant = |p: f64| p < 1.0 - found.analysis.methods.spec.level.0;
    let planned = found.groups.as_ref().and_then(|groups| p_value(groups.test.as_ref()?));
    let agrees = (primary.lower..=primary.upper).contains(&estimate)
        && planned.zip(pool.between_p).is_none_or(|(one, other)| significant(one) == significant(other));
    let finite = [estimate, lower, upper].iter().all(|value| value.is_finite());
    finite.then_some(Answer { estimate, lower, upper, agrees })
}

impl ChoiceGrid {
    /// Returns the position of a level, which is added if it is new.
    fn numbered(&mut self, choice: Choice, name: &str) -> Option<usize> {
        let levels = &mut self.levels[choice as usize];
        let known = levels.iter().position(|known| known == name);
        Some(known.unwrap_or_else(|| {
            levels.push(name.to_owned());
            levels.len() - 1
        }))
    }

    /// Adds all that was tried with one set.
    fn add(&mut self, base: &Base, without: Option<&str>, all: Vec<Tried>) {
        let mut taken = [None; CHOICES];
        taken[Choice::Cohorts as usize] = self.numbered(Choice::Cohorts, &base.cohorts);
        taken[Choice::Endpoint as usize] = self.numbered(Choice::Endpoint, base.endpoint);
        taken[Choice::Precision as usize] = self.numbered(Choice::Precision, base.precision);
        taken[Choice::LeftOut as usize] = self.numbered(Choice::LeftOut, without.unwrap_or("none"));
        for Tried { scale, spec, interval, answer } in all {
            taken[Choice::Scale as usize] = self.numbered(Choice::Scale, scale.as_str());
            taken[Choice::Model as usize] = self.numbered(Choice::Model, spec.model.as_str());
            let random = spec.model == ModelKind::Random;
            taken[Choice::Tau2 as usize] = if random { self.numbered(Choice::Tau2, spec.tau2.as_str()) } else { None };
            taken[Choice::Interval as usize] = self.numbered(Choice::Interval, interval.as_str());
            match answer {
                Some(Answer { estimate, lower, upper, agrees }) => {
                    self.specifications.push(Specification { taken, estimate, lower, upper, agrees });
                }
                None => self.unanswered += 1,
            }
        }
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

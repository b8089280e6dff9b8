//! The choice grid: one pool under every sensible combination of the choices that it rests on.
//!
//! # References
//! Specification curves: Simonsohn, Simmons & Nelson (2020), <https://doi.org/10.1038/s41562-020-0912-z>; in meta-analysis: Voracek,
//! Kossmeier & Tran (2019), <https://doi.org/10.1027/2151-2604/a000357>.

use std::collections::BTreeSet;

use serde::Serialize;

use super::findings::{AnalysisFindings, Entry, ResultKey};
use super::plan::{Analysis, Filter, Methods};
use super::rounding::p_value;
use super::run::{counts, enter, estimates, group_levels, natural};
use super::select::{self, Candidate};
use crate::diag::named;
use crate::effect::{PrecisionGrade, Scale};
use crate::evidence::{Evidence, Outcome, OutcomeKind};
use crate::model::{
    FitError, Grouping, IntervalMethod, ModelKind, QuickPool, Spec, Tau2Method, fit_counts_many, fit_many,
};

/// Beyond so many sets of series, leaving one out is tried from the planned series alone.
const MOST_SETS: usize = 250;

named! {
    /// What is chosen.
    Choice, "choice":
    /// The scale on which effects are pooled.
    Scale = "scale",
    /// Random, common, or of counts.
    Model = "model",
    /// The estimator of τ², of random effects.
    Tau2 = "τ² estimator",
    /// How the interval is made: it moves no pooled value.
    Interval = "interval",
    /// Which grades of precision are admitted.
    Precision = "precision",
    /// Which cohorts are taken.
    Cohorts = "cohorts",
    /// Whether variants of the outcome are admitted.
    Endpoint = "endpoint",
    /// Which series is left out.
    LeftOut = "left out",
}

/// How many choices there are.
const CHOICES: usize = Choice::ALL.len();

/// One combination, and its answer as proportions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Specification {
    /// Which level of each choice was taken, in the order of [`Choice::ALL`]; `None` where the choice is none, such as an estimator
    /// of τ² under a common effect.
    pub taken: [Option<usize>; CHOICES],
    /// The pooled value.
    pub estimate: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Whether it agrees with the primary conclusion.
    pub agrees: bool,
}

/// All combinations of one analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceGrid {
    /// The levels of each choice, in the order of [`Choice::ALL`].
    pub levels: Vec<Vec<String>>,
    /// The combinations that have an answer.
    pub specifications: Vec<Specification>,
    /// How many have none.
    pub unanswered: usize,
}

impl ChoiceGrid {
    /// Returns the smallest and the largest of what `of` takes from each combination; `None` without one.
    #[must_use]
    pub fn range(&self, of: impl Fn(&Specification) -> f64) -> Option<(f64, f64)> {
        let values = self.specifications.iter().map(of);
        values.fold(None, |range, v| Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
    }

    /// Returns the position of the combination that the plan takes; `None` where it is not among those that are tried.
    #[must_use]
    pub fn planned(&self, analysis: &Analysis) -> Option<usize> {
        let Methods { scale, spec, .. } = analysis.methods;
        let tau2 = (spec.model == ModelKind::Random).then_some(spec.tau2.as_str());
        let wanted = |choice: Choice| match choice {
            Choice::Scale => Some(scale.as_str()),
            Choice::Model => Some(spec.model.as_str()),
            Choice::Tau2 => tau2,
            Choice::Interval => Some(spec.interval.as_str()),
            // The plan's come first.
            _ => self.levels[choice as usize].first().map(String::as_str),
        };
        let wanted: Vec<Option<&str>> = Choice::ALL.iter().copied().map(wanted).collect();
        self.specifications.iter().position(|specification| {
            Choice::ALL.iter().all(|choice| self.level(specification, *choice) == wanted[*choice as usize])
        })
    }

    /// Returns the level of a choice that a combination takes.
    #[must_use]
    pub fn level(&self, specification: &Specification, choice: Choice) -> Option<&str> {
        self.levels[choice as usize].get(specification.taken[choice as usize]?).map(String::as_str)
    }

    /// Returns the share of combinations that agree with the primary conclusion; NaN without one.
    #[must_use]
    pub fn agreement(&self) -> f64 {
        let agreeing = self.specifications.iter().filter(|specification| specification.agrees).count();
        agreeing as f64 / self.specifications.len() as f64
    }

    /// Returns how much of the variance of the pooled value goes with each choice, largest first: η² of the one-way decomposition, each
    /// pooled value counted once however many intervals it has. Choices with one level are not there.
    #[must_use]
    pub fn explained(&self) -> Vec<(Choice, f64)> {
        let interval = Choice::Interval as usize;
        let apart_from_interval = |specification: &Specification| {
            let mut taken = specification.taken;
            taken[interval] = None;
            taken
        };
        let pooled: Vec<&Specification> = self
            .specifications
            .chunk_by(|a, b| apart_from_interval(a) == apart_from_interval(b))
            .filter_map(<[Specification]>::first)
            .collect();
        let values: Vec<f64> = pooled.iter().map(|specification| specification.estimate).collect();
        let share = |choice: Choice| {
            let levels: Vec<_> = pooled.iter().map(|specification| specification.taken[choice as usize]).collect();
            Some((choice, explained(&values, &levels)?))
        };
        let several = |choice: &Choice| self.levels[*choice as usize].len() > 1 && *choice != Choice::Interval;
        let mut shares: Vec<(Choice, f64)> = Choice::ALL.iter().copied().filter(several).filter_map(share).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }
}

/// Returns the share of the sum of squares of `values` that lies between their levels; values without a level count in the whole only.
/// `None` where the values do not vary.
fn explained(values: &[f64], levels: &[Option<usize>]) -> Option<f64> {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let square = |x: f64| x * x;
    let all = mean(values);
    let total: f64 = values.iter().map(|value| square(value - all)).sum();
    let with = |wanted: &dyn Fn(usize) -> bool| -> Vec<f64> {
        values.iter().zip(levels).filter(|(_, level)| level.is_some_and(wanted)).map(|(value, _)| *value).collect()
    };
    let centre = mean(&with(&|_| true));
    let several: BTreeSet<usize> = levels.iter().copied().flatten().collect();
    let between = several.into_iter().map(|level| {
        let members = with(&|other| other == level);
        members.len() as f64 * square(mean(&members) - centre)
    });
    (total > 0.0).then(|| between.sum::<f64>() / total)
}

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
/// no effect on its scale.
#[must_use]
pub fn choice_grid(evidence: &Evidence, found: &AnalysisFindings) -> Option<ChoiceGrid> {
    let analysis = &found.analysis;
    let outcome = evidence.protocol.outcome(&analysis.outcome)?;
    found.pool.fit()?;
    let mut maker = Maker {
        found,
        grid: ChoiceGrid { levels: vec![Vec::new(); CHOICES], specifications: Vec::new(), unanswered: 0 },
        seen: BTreeSet::new(),
    };
    let bases = bases(evidence, outcome, analysis);
    let every = bases.iter().map(|base| base.entries.len()).sum::<usize>() <= MOST_SETS;
    let scales = with_planned(scales(outcome.kind), analysis.methods.scale);
    for base in &bases {
        maker.pool(base, &scales, None);
    }
    let thinned = if every { bases.len() } else { 1 };
    for base in bases.iter().take(thinned) {
        for entry in &base.entries {
            maker.pool(base, &scales, Some(&entry.key));
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
fn bases<'a>(evidence: &'a Evidence, outcome: &Outcome, analysis: &Analysis) -> Vec<Base<'a>> {
    use PrecisionGrade::{A, B, C, E};
    let mut bases = Vec::new();
    for (cohorts, words) in preferences(&analysis.cohort) {
        let other = Analysis { cohort: words, ..analysis.clone() };
        let methods = &analysis.methods;
        let (taken, _) = select::select(evidence, outcome, &other, &analysis.filter, methods.overlap_rule);
        for (endpoint, variants) in [("variants too", true), ("the outcome itself", false)] {
            let own = |candidate: &&Candidate<'a>| variants || candidate.result.variant.is_none();
            let candidates: Vec<Candidate<'a>> = taken.iter().filter(own).copied().collect();
            for (precision, grades) in [("all grades", vec![]), ("A–C, E", vec![A, B, C, E]), ("A, E", vec![A, E])] {
                let filter = Filter { grade: grades, ..analysis.filter.clone() };
                let (entries, _) = enter(candidates.clone(), &other, methods, &filter);
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

struct Maker<'a> {
    found: &'a AnalysisFindings,
    grid: ChoiceGrid,
    seen: BTreeSet<Vec<ResultKey>>,
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
    fn pool(&mut self, base: &Base<'_>, scales: &[Scale], without: Option<&ResultKey>) {
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
        for &scale in scales {
            let methods = Methods { scale, ..analysis.methods };
            let kept = base.candidates.iter().filter(|candidate| keys.contains(&candidate.key())).copied().collect();
            let (entries, _) = enter(kept, analysis, &methods, &Filter::default());
            taken[Choice::Scale as usize] = self.level(Choice::Scale, scale.as_str());
            self.by_models(&entries, keys.len(), &methods, taken);
        }
    }

    fn by_models(&mut self, entries: &[Entry], k: usize, methods: &Methods, mut taken: [Option<usize>; CHOICES]) {
        let (effects, (group_of, levels)) = (estimates(entries), group_levels(entries));
        let grouping = (self.found.groups.is_some() && levels.len() > 1).then_some(Grouping {
            group_of: &group_of,
            levels: &levels,
            tau2: methods.subgroup_tau2,
        });
        for (spec, intervals) in specs(methods) {
            taken[Choice::Model as usize] = self.level(Choice::Model, spec.model.as_str());
            let random = spec.model == ModelKind::Random;
            taken[Choice::Tau2 as usize] = if random { self.level(Choice::Tau2, spec.tau2.as_str()) } else { None };
            let pools = match spec.model {
                _ if entries.len() < k => intervals.iter().map(|_| None).collect(),
                ModelKind::Glmm => answers(fit_counts_many(&counts(entries), grouping, &spec, &intervals)),
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

/// Returns the models of one scale with the intervals that each has.
fn specs(methods: &Methods) -> Vec<(Spec, Vec<IntervalMethod>)> {
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
    random.chain([common]).chain((methods.scale == Scale::Logit).then_some(counts)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_explained_is_that_of_a_decomposition_by_hand() {
        // Mean 4, squares 9 + 1 + 1 + 9 = 20. By the first choice the means are 2 and 6: 4 · 2² = 16. By the second 3 and 5: 4 · 1² = 4.
        let values = [1.0, 3.0, 5.0, 7.0];
        assert_eq!(explained(&values, &[Some(0), Some(0), Some(1), Some(1)]), Some(16.0 / 20.0));
        assert_eq!(explained(&values, &[Some(0), Some(1), Some(0), Some(1)]), Some(4.0 / 20.0));
        // Of the three with a level the mean is 5, the level means 4 and 7: 2 · 1 + 1 · 4 = 6.
        assert_eq!(explained(&values, &[None, Some(0), Some(0), Some(1)]), Some(6.0 / 20.0));
        assert_eq!(explained(&[2.0, 2.0], &[Some(0), Some(1)]), None);
    }

    #[test]
    fn a_pooled_value_counts_once_however_many_intervals_it_has() {
        let one = |scale: usize, interval: usize, estimate: f64, agrees: bool| {
            let mut taken = [None; CHOICES];
            taken[Choice::Scale as usize] = Some(scale);
            taken[Choice::Model as usize] = Some(0);
            taken[Choice::Interval as usize] = Some(interval);
            taken[Choice::LeftOut as usize] = Some(usize::from(estimate > 0.35));
            Specification { taken, estimate, lower: 0.1, upper: 0.6, agrees }
        };
        let mut levels = vec![Vec::new(); CHOICES];
        levels[Choice::Scale as usize] = vec!["logit".to_owned(), "plain".to_owned()];
        levels[Choice::Model as usize] = vec!["common".to_owned()];
        levels[Choice::Interval as usize] = vec!["classic".to_owned(), "t".to_owned()];
        levels[Choice::LeftOut as usize] = vec!["none".to_owned(), "a".to_owned()];
        let specifications = vec![
            one(0, 0, 0.2, true),
            one(0, 1, 0.2, true),
            one(1, 0, 0.3, true),
            one(0, 0, 0.4, false),
            one(1, 0, 0.5, false),
        ];
        let grid = ChoiceGrid { levels, specifications, unanswered: 0 };
        assert_eq!(grid.agreement(), 3.0 / 5.0);
        assert_eq!(grid.range(|specification| specification.estimate), Some((0.2, 0.5)));
        // Of 0.2, 0.3, 0.4, 0.5: 0.05 in all; left out 4 · 0.1² = 0.04, scale 4 · 0.05² = 0.01; one model explains nothing.
        let found = grid.explained();
        assert_eq!(found.iter().map(|(choice, _)| *choice).collect::<Vec<_>>(), [Choice::LeftOut, Choice::Scale]);
        assert!((found[0].1 - 0.8).abs() < 1e-12 && (found[1].1 - 0.2).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_preference_is_turned_round_and_each_word_taken_alone() {
        let words = ["breast".to_owned(), "any".to_owned()];
        let names: Vec<String> = preferences(&words).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["breast, else any", "any, else breast", "breast only", "any only"]);
        assert_eq!(preferences(&words[..1]), [("breast".to_owned(), vec!["breast".to_owned()])]);
    }
}

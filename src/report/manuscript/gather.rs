//! Findings become facts.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Count, Ends, Fact, Facts, Gap, Named, Pooled, Share, Spread, SpreadOf, Study};
use super::published::{published, result_id};
use crate::diag::Place;
use crate::evidence::{self, Cohort, Evidence, OutcomeKind, Protocol, Reference, Reported, Role, Timing};
use crate::report::certainty_tables::level_word;
use crate::report::comparison_table::p_between;
use crate::report::wording::{analysis_title, group};
use crate::review::{AnalysisFindings, Entry, FigurePlan, Findings, Group, GroupOf, Groups, Plan, Pool};

/// Everything that a manuscript about a review can name and cite.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// The facts, by id.
    pub facts: Facts,
    /// Ids of the analyses, in the plan's order.
    pub analyses: Vec<String>,
    /// The studies that each figure shows, by the figure's id.
    pub figure_studies: BTreeMap<String, Vec<String>>,
    /// What can be cited: the studies by id, and what a bibliography adds.
    pub works: BTreeMap<String, Reference>,
}

impl Library {
    /// Returns what the plan and its findings let a manuscript name.
    #[must_use]
    pub fn new(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Self {
        let studies = |figure: &FigurePlan| {
            let (mut studies, mut seen) = (Vec::new(), BTreeSet::new());
            let entries =
                figure.analyses.iter().filter_map(|id| findings.analysis(id)).flat_map(|found| &found.entries);
            for entry in entries {
                if seen.insert(&entry.key.study) {
                    studies.push(entry.key.study.clone());
                }
            }
            studies
        };
        Self {
            facts: facts(evidence, findings),
            analyses: findings.analyses.iter().map(|found| found.analysis.id.clone()).collect(),
            figure_studies: plan.figures.iter().map(|figure| (figure.id.clone(), studies(figure))).collect(),
            works: evidence.studies.iter().map(|study| (study.id.clone(), study.reference.clone())).collect(),
        }
    }

    /// Returns the pool of each analysis, in the plan's order.
    #[must_use]
    pub fn pools(&self) -> Vec<&Fact> {
        self.analyses.iter().filter_map(|id| self.facts.get(id)).map(|named| &named.fact).collect()
    }

    /// Returns the studies, in the order of their ids.
    #[must_use]
    pub fn studies(&self) -> Vec<&Fact> {
        self.facts.values().map(|named| &named.fact).filter(|fact| matches!(fact, Fact::Study(_))).collect()
    }
}

/// Returns every fact of the review.
fn facts(evidence: &Evidence, findings: &Findings) -> Facts {
    let mut gathering = Gathering { evidence, findings, facts: Facts::new() };
    gathering.counts();
    for study in &evidence.studies {
        gathering.study(study);
    }
    for found in &findings.analyses {
        gathering.analysis(found);
    }
    gathering.facts
}

struct Gathering<'a> {
    evidence: &'a Evidence,
    findings: &'a Findings,
    facts: Facts,
}

impl Gathering<'_> {
    fn add(&mut self, id: String, fact: Fact, place: &Place) {
        self.facts.insert(id, Named { fact, place: place.clone() });
    }

    /// Returns how many studies could be in a group; all of them where it is no property of studies.
    fn studies_in(&self, group: Option<&GroupOf>) -> u64 {
        let studies = self.evidence.studies.iter();
        let inside = studies.filter(|study| match group {
            Some(GroupOf::Timing(timing)) => study.design.timing == *timing,
            Some(GroupOf::Risk(risk)) => study.risk_of_bias.as_ref().map(|_| study.risk) == *risk,
            Some(GroupOf::Rating(rating)) => {
                study.risk_of_bias.as_ref().and_then(evidence::RiskOfBias::worst) == *rating
            }
            _ => true,
        });
        inside.count() as u64
    }

    fn studies_of(&self, timing: Option<Timing>) -> impl Iterator<Item = &evidence::Study> {
        self.evidence.studies.iter().filter(move |study| timing.is_none_or(|timing| study.design.timing == timing))
    }

    fn counts(&mut self) {
        let place = Place::file("studies");
        for timing in [None, Some(Timing::Retrospective), Some(Timing::Prospective)] {
            let id = |what: &str| match timing {
                None => what.to_owned(),
                Some(timing) => format!("{what}@{}", timing.as_str()),
            };
            let studies = self.studies_of(timing).count() as u64;
            // Of studies that may share patients the larger is counted, as in a pool.
            let whole: Vec<&evidence::Study> = self
                .studies_of(timing)
                .filter(|study| {
                    let others = study.overlaps.iter().filter_map(|id| self.evidence.study(id));
                    let mut others = others.filter(|other| timing.is_none_or(|timing| other.design.timing == timing));
                    !others.any(|other| size(other) > size(study))
                })
                .collect();
            let patients: Vec<u64> = whole.iter().filter_map(|study| patients(study)).collect();
            let lesions: Vec<u64> = whole.iter().filter_map(|study| lesions(study)).collect();
            // The smallest and the largest study are looked for among all.
            let of_all = |number: fn(&evidence::Study) -> Option<u64>| -> Vec<u64> {
                self.studies_of(timing).filter_map(number).collect()
            };
            let counts = [
                ("studies", vec![1; studies as usize], Vec::new()),
                ("patients", patients, of_all(self::patients)),
                ("lesions", lesions, of_all(self::lesions)),
            ];
            for (what, numbers, all) in counts {
                let count = Count {
                    id: id(what),
                    value: numbers.iter().sum(),
                    reported_by: numbers.len() as u64,
                    smallest: all.iter().copied().min(),
                    largest: all.iter().copied().max(),
                };
                self.add(id(what), Fact::Count(count), &place);
            }
        }
    }

    fn study(&mut self, study: &evidence::Study) {
        let fact = Study {
            id: study.id.clone(),
            label: study.label.clone(),
            name: study.label_year(),
            year: study.reference.year.into(),
            timing: study.design.timing.as_str().to_owned(),
            title: study.reference.title.clone(),
            journal: study.reference.journal.clone(),
            doi: study.reference.doi.clone(),
            patients: patients(study),
            lesions: lesions(study),
            follow_up: study.follow_up.as_ref().and_then(|known| known.median.value()).map(|median| median.0),
            cite: String::new(),
        };
        self.add(study.id.clone(), Fact::Study(fact), &study.place);
        for cohort in &study.cohorts {
            for result in &cohort.results {
                let id = result_id(study, cohort, result);
                let published = published(id.clone(), study, cohort, result);
                // Of two figures under one id, such as two variants at one time, the first written is taken.
                if !self.facts.contains_key(&id) {
                    self.add(id, Fact::Result(published), &result.place);
                }
            }
        }
    }

    fn analysis(&mut self, found: &AnalysisFindings) {
        let id = &found.analysis.id;
        let entries: Vec<&Entry> = found.entries.iter().collect();
        let patients = entries.iter().map(|entry| entry.n).sum();
        let mut whole = self.pooled(found, id.clone(), &found.pool, &entries, patients);
        let graded = self.findings.certainty.iter().find(|graded| graded.analysis == *id);
        whole.certainty = graded.and_then(|graded| graded.certainty).map(|level| level_word(level).to_owned());
        whole.above = found.new_below.map(|below| 1.0 - below);
        self.pool(whole, &entries, None, found);
        for Group { of, pool, n, .. } in found.groups.iter().flat_map(|groups| &groups.groups) {
            let entries: Vec<&Entry> = found.entries.iter().filter(|entry| entry.group.as_ref() == Some(of)).collect();
            let mut pooled = self.pooled(found, format!("{id}@{}", of.id()), pool, &entries, *n);
            pooled.group = Some(of.id().to_owned());
            pooled.series = Some(series_of(&self.evidence.protocol, of));
            self.pool(pooled, &entries, Some(of), found);
        }
        for row in &found.sensitivity {
            let mut pooled = self.pooled(found, format!("{id}~{}", slug(&row.name)), &row.pool, &[], None);
            pooled.k = row.k as u64;
            pooled.variant = Some(row.name.clone());
            self.add(pooled.id.clone(), Fact::Pool(pooled), &found.analysis.place);
        }
        self.sensitivity(found);
        let difference = found.groups.as_ref().and_then(|groups| Some((groups, groups.difference?)));
        if let Some((groups, difference)) = difference {
            let gap = Gap {
                id: format!("{id}.difference"),
                title: analysis_title(&self.evidence.protocol, &found.analysis),
                between: between(&self.evidence.protocol, groups),
                estimate: difference.estimate,
                lower: difference.lower,
                upper: difference.upper,
                level: found.analysis.methods.spec.level.0,
                p: p_between(groups),
            };
            self.add(gap.id.clone(), Fact::Difference(gap), &found.analysis.place);
        }
        for entry in entries {
            self.entry(found, entry);
        }
    }

    /// Adds what the pools under the variations span.
    fn sensitivity(&mut self, found: &AnalysisFindings) {
        // What leaves one series is no pool.
        let pools = found.sensitivity.iter().filter(|row| row.k > 1).filter_map(|row| row.pool.estimated());
        let estimates: Vec<f64> = pools.map(|natural| natural.estimate).collect();
        let (lower, upper) = (estimates.iter().copied().reduce(f64::min), estimates.iter().copied().reduce(f64::max));
        if let (Some(lower), Some(upper)) = (lower, upper) {
            let id = format!("{}.sensitivity", found.analysis.id);
            let title = analysis_title(&self.evidence.protocol, &found.analysis);
            let spread = Spread { id, title, of: SpreadOf::Variations, lower, upper, k: estimates.len() as u64 };
            self.add(spread.id.clone(), Fact::Range(spread), &found.analysis.place);
        }
    }

    /// Adds a pool with what its series span and how many studies are in it.
    fn pool(&mut self, pooled: Pooled, entries: &[&Entry], of: Option<&GroupOf>, found: &AnalysisFindings) {
        let place = &found.analysis.place;
        let estimates = || entries.iter().map(|entry| entry.effect.proportion);
        let share = Share { id: format!("{}.reported", pooled.id), k: pooled.k, n: self.studies_in(of) };
        self.add(share.id.clone(), Fact::Share(share), place);
        if let (Some(lower), Some(upper)) = (estimates().reduce(f64::min), estimates().reduce(f64::max)) {
            let (id, title) = (format!("{}.range", pooled.id), pooled.title.clone());
            let spread = Spread { id, title, of: SpreadOf::Series, lower, upper, k: pooled.k };
            self.add(spread.id.clone(), Fact::Range(spread), place);
        }
        self.add(pooled.id.clone(), Fact::Pool(pooled), place);
    }

    fn pooled(
        &self,
        found: &AnalysisFindings,
        id: String,
        pool: &Pool,
        entries: &[&Entry],
        patients: Option<u64>,
    ) -> Pooled {
        let protocol = &self.evidence.protocol;
        let natural = pool.estimated();
        let fit = pool.fit();
        let outcome = protocol.outcome(&found.analysis.outcome);
        Pooled {
            id,
            title: analysis_title(protocol, &found.analysis),
            survival: outcome.is_none_or(|outcome| outcome.kind == OutcomeKind::Survival),
            group: None,
            series: None,
            variant: None,
            level: found.analysis.methods.spec.level.0,
            k: entries.len() as u64,
            patients: patients.filter(|_| !entries.is_empty()),
            estimate: natural.map(|natural| natural.estimate),
            lower: natural.map(|natural| natural.lower),
            upper: natural.map(|natural| natural.upper),
            prediction: natural.and_then(|natural| natural.prediction).map(|(lower, upper)| Ends { lower, upper }),
            tau2: fit.filter(|fit| fit.tau2_method.is_some()).map(|fit| fit.tau2),
            i2: fit.map(|fit| fit.heterogeneity.i2_percent),
            p: fit.map(|fit| fit.heterogeneity.q_p),
            above: None,
            certainty: None,
            studies: entries.iter().map(|entry| entry.key.study.clone()).collect(),
        }
    }

    /// Adds a study's figure as an analysis took it.
    fn entry(&mut self, found: &AnalysisFindings, entry: &Entry) {
        let study = self.evidence.study(&entry.key.study);
        let cohort = study.and_then(|study| study.cohort(&entry.key.cohort));
        let result = cohort.and_then(|cohort| cohort.results.get(entry.key.index));
        let (Some(study), Some(cohort), Some(result)) = (study, cohort, result) else { return };
        let id = format!("{}:{}", found.analysis.id, study.id);
        let mut published = published(id.clone(), study, cohort, result);
        published.estimate = Some(entry.effect.proportion);
        published.computed = Some(Ends { lower: entry.effect.lower, upper: entry.effect.upper });
        published.patients = entry.n;
        self.add(id, Fact::Result(published), &result.place);
    }
}

/// Returns the series of a group: `retrospective series`, `series of the group “low risk of bias”`.
fn series_of(protocol: &Protocol, of: &GroupOf) -> String {
    match of {
        GroupOf::Timing(timing) => format!("{} series", timing.as_str()),
        _ => format!("series of the group “{}”", group(protocol, of)),
    }
}

/// Returns the two groups that are compared: `retrospective and prospective series`.
fn between(protocol: &Protocol, groups: &Groups) -> String {
    match groups.groups.as_slice() {
        [Group { of: GroupOf::Timing(one), .. }, Group { of: GroupOf::Timing(other), .. }] => {
            format!("{} and {} series", one.as_str(), other.as_str())
        }
        groups => {
            let names: Vec<String> = groups.iter().map(|named| format!("“{}”", group(protocol, &named.of))).collect();
            format!("series of the groups {}", names.join(" and "))
        }
    }
}

/// Returns a name as an id.
///
/// ```
/// use forestable::report::manuscript::slug;
/// assert_eq!(slug("Logit scale, k > 2"), "logit-scale-k-2");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Returns what decides which of two overlapping studies is counted: the larger, of equals the later.
fn size(study: &evidence::Study) -> (Option<u64>, u16, &str) {
    (patients(study), study.reference.year, &study.id)
}

/// Returns the treated patients of a study, a subgroup not counted beside its parent; `None` where none is reported.
fn patients(study: &evidence::Study) -> Option<u64> {
    total(study, |cohort| Some(cohort.patients))
}

/// Returns the lesions of a study; `None` where none are reported.
fn lesions(study: &evidence::Study) -> Option<u64> {
    total(study, |cohort| cohort.lesions)
}

fn total(study: &evidence::Study, of: impl Fn(&Cohort) -> Option<Reported<u64>>) -> Option<u64> {
    let whole = study.cohorts.iter().filter(|cohort| cohort.of.is_none() && cohort.role == Role::Treated);
    let numbers: Vec<u64> = whole.filter_map(|cohort| of(cohort)?.value()).collect();
    (!numbers.is_empty()).then(|| numbers.iter().sum())
}

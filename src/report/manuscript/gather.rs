//! Findings become facts.

use std::collections::BTreeMap;

use super::facts::{Count, Ends, Fact, Facts, Gap, Measure, Named, Pooled, Published, Share, Spread, Study};
use crate::diag::Place;
use crate::evidence::{
    self, Bound, Cohort, Evidence, OutcomeKind, Reference, Reported, ResultEntry, Role, TimePoint, Timing,
};
use crate::report::comparison_table::p_between;
use crate::report::result_cell::figure;
use crate::report::wording::analysis_title;
use crate::review::{AnalysisFindings, Entry, FigurePlan, Findings, Group, GroupOf, Plan, Pool, TableStyle};

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
            let mut studies: Vec<String> = Vec::new();
            let entries =
                figure.analyses.iter().filter_map(|id| findings.analysis(id)).flat_map(|found| &found.entries);
            for entry in entries {
                if !studies.contains(&entry.key.study) {
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
    let mut gathering = Gathering { evidence, facts: Facts::new() };
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
                    !self.studies_of(timing).any(|other| overlap(study, other) && size(other) > size(study))
                })
                .collect();
            let patients: Vec<u64> = whole.iter().filter_map(|study| patients(study)).collect();
            let lesions: Vec<u64> = whole.iter().filter_map(|study| lesions(study)).collect();
            let counts = [("studies", vec![1; studies as usize]), ("patients", patients), ("lesions", lesions)];
            for (what, numbers) in counts {
                let count = Count { id: id(what), value: numbers.iter().sum(), reported_by: numbers.len() as u64 };
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
        self.pool(self.pooled(found, id.clone(), &found.pool, &entries, patients), &entries, None, found);
        for Group { of, pool, n, .. } in found.groups.iter().flat_map(|groups| &groups.groups) {
            let entries: Vec<&Entry> = found.entries.iter().filter(|entry| entry.group.as_ref() == Some(of)).collect();
            let mut pooled = self.pooled(found, format!("{id}@{}", of.id()), pool, &entries, *n);
            pooled.group = Some(of.id().to_owned());
            self.pool(pooled, &entries, Some(of), found);
        }
        for row in &found.sensitivity {
            let mut pooled = self.pooled(found, format!("{id}~{}", slug(&row.name)), &row.pool, &[], None);
            pooled.k = row.k as u64;
            pooled.variant = Some(row.name.clone());
            self.add(pooled.id.clone(), Fact::Pool(pooled), &found.analysis.place);
        }
        let difference = found.groups.as_ref().and_then(|groups| Some((groups, groups.difference?)));
        if let Some((groups, difference)) = difference {
            let gap = Gap {
                id: format!("{id}.difference"),
                title: analysis_title(&self.evidence.protocol, &found.analysis),
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

    /// Adds a pool with what its series span and how many studies are in it.
    fn pool(&mut self, pooled: Pooled, entries: &[&Entry], group: Option<&GroupOf>, found: &AnalysisFindings) {
        let place = &found.analysis.place;
        let estimates = || entries.iter().map(|entry| entry.effect.proportion);
        let share = Share { id: format!("{}.reported", pooled.id), k: pooled.k, n: self.studies_in(group) };
        self.add(share.id.clone(), Fact::Share(share), place);
        if let (Some(lower), Some(upper)) = (estimates().reduce(f64::min), estimates().reduce(f64::max)) {
            let spread = Spread { id: format!("{}.range", pooled.id), lower, upper, k: pooled.k };
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
            studies: entries.iter().map(|entry| entry.key.study.clone()).collect(),
        }
    }

    /// Adds a study's figure as an analysis took it.
    fn entry(&mut self, found: &AnalysisFindings, entry: &Entry) {
        let study = self.evidence.studies.iter().find(|study| study.id == entry.key.study);
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

/// Returns a name as an id: `Logit scale` is `logit-scale`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Returns the id of a published figure: `lemoine-2021/all/pfs/2y`, `…/median`, `…/grade-2+`.
fn result_id(study: &evidence::Study, cohort: &Cohort, result: &ResultEntry) -> String {
    let time = |at: TimePoint| match at {
        TimePoint::At(months) if months.0 % 12.0 == 0.0 => format!("{}y", months.0 / 12.0),
        TimePoint::At(months) => format!("{}mo", months.0),
        TimePoint::LastFollowUp => "last-follow-up".to_owned(),
        TimePoint::NotStated => "not-stated".to_owned(),
    };
    let when = match &result.published {
        evidence::Published::Survival(survival) => time(survival.at),
        evidence::Published::Count(count) => {
            let grade = count.grade.map(|grade| format!("grade-{grade}"));
            let event = count.event.as_deref().map(slug);
            grade.or(event).or(count.at.map(time)).unwrap_or_else(|| "count".to_owned())
        }
        evidence::Published::Median(_) => "median".to_owned(),
        evidence::Published::Curve(_) => "curve".to_owned(),
        evidence::Published::Mean(_) => "mean".to_owned(),
    };
    let outcome = match &result.variant {
        Some(variant) => format!("{}-{variant}", result.outcome),
        None => result.outcome.clone(),
    };
    format!("{}/{}/{outcome}/{when}", study.id, cohort.id)
}

/// Returns a result as it was published.
fn published(id: String, study: &evidence::Study, cohort: &Cohort, result: &ResultEntry) -> Published {
    let mut published = Published {
        id,
        study: study.id.clone(),
        measure: Measure::Proportion,
        printed: figure(result, &TableStyle::default()),
        estimate: None,
        lower: None,
        upper: None,
        computed: None,
        se: None,
        level: 0.95,
        patients: result.n.or(cohort.patients.value()),
        events: None,
    };
    match &result.published {
        evidence::Published::Survival(survival) => {
            published.estimate = survival.proportion().map(|proportion| proportion.0);
            published.se = survival.se.map(|se| se.value.0);
            if let Some(ci) = &survival.ci {
                published.lower = Some(ci.lower.value.0);
                published.upper = Some(ci.upper.value.0);
                published.level = ci.level.0;
            }
        }
        evidence::Published::Count(count) => {
            published.events = count.events.value();
            published.patients = count.of.or(published.patients);
            published.estimate = count.events.value().zip(count.of).map(|(events, of)| events as f64 / of as f64);
        }
        evidence::Published::Median(median) => {
            published.measure = Measure::Months;
            published.estimate = median.median.value().map(|months| months.0);
            if let Some(
                evidence::Spread::Confidence(lower, upper, _)
                | evidence::Spread::Range(lower, upper)
                | evidence::Spread::Quartiles(lower, upper),
            ) = median.spread
            {
                published.lower = months(lower);
                published.upper = months(upper);
            }
        }
        evidence::Published::Curve(_) | evidence::Published::Mean(_) => {}
    }
    published
}

fn months(bound: Bound) -> Option<f64> {
    match bound {
        Bound::At(months) => Some(months.0),
        Bound::NotReached => None,
    }
}

/// Whether two studies may share patients.
fn overlap(one: &evidence::Study, other: &evidence::Study) -> bool {
    one.id != other.id && (one.overlaps.contains(&other.id) || other.overlaps.contains(&one.id))
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

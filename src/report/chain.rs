//! The way of one study's figure into one pool: from the quotation to the weight.

use super::format::{counted, estimate_interval, fixed, percent, time, whole};
use super::page::Fact;
use super::result_cell::{conflict_words, count_figure, survival_figure};
use super::wording::{analysis_title, graded, primary, reason, scale, status, unit};
use crate::diag::Place;
use crate::evidence::{Evidence, Protocol, Published, ResultEntry, Study};
use crate::review::{AnalysisFindings, Candidate, Entry, Plan, Pool, TableStyle, run};

/// What stands between a quotation and a weight, in the order in which one leads to the next.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The study and the analysis.
    pub title: String,
    /// The links, each with its name.
    pub links: Vec<Fact>,
    /// Where the result is written; `None` where the study has none for the analysis.
    pub place: Option<Place>,
}

/// Returns how a study came into an analysis, or why it did not; `None` where the review has not both.
#[must_use]
pub fn chain(evidence: &Evidence, plan: &Plan, analysis: &str, study: &str) -> Option<Chain> {
    let mut analysis = plan.analyses.iter().find(|known| known.id == analysis)?.clone();
    analysis.sensitivity.clear();
    let study = evidence.study(study)?;
    let only = |analysis| Plan { analyses: vec![analysis], ..Plan::default() };
    let found = run(evidence, &only(analysis.clone())).analyses.pop()?;
    let entry = found.entries.iter().find(|entry| entry.key.study == study.id);
    let left_out = found.left_out.iter().find(|left_out| left_out.study == study.id);
    let key = entry.map(|entry| &entry.key).or_else(|| left_out.and_then(|left_out| left_out.key.as_ref()));
    let candidate = key.and_then(|key| Candidate::find(evidence, key));
    let mut links = Links(Vec::new());
    if let Some(candidate) = &candidate {
        links.published(candidate, &evidence.protocol);
    }
    if let Some(entry) = entry {
        links.effect(entry, &found);
        analysis.filter.exclude.push(study.id.clone());
        let without = run(evidence, &only(analysis)).analyses.pop()?;
        links.add("Pool", pool(&found));
        links.add("Without it", pool(&without));
    }
    if let Some(left_out) = left_out {
        links.add("Not in the pool", reason(left_out, evidence, &found.analysis));
    }
    if let Some(candidate) = &candidate {
        links.conflicts(study, candidate, found.analysis.at.map(|at| at.0));
    }
    let title = format!("{} in {}", study.label_year(), analysis_title(&evidence.protocol, &found.analysis));
    Some(Chain { title, links: links.0, place: candidate.map(|candidate| candidate.result.place.clone()) })
}

struct Links(Vec<Fact>);

impl Links {
    fn add(&mut self, term: &str, text: impl Into<String>) {
        self.0.push(Fact { term: term.to_owned(), text: text.into() });
    }

    /// Adds what the paper prints, and of whom.
    fn published(&mut self, candidate: &Candidate<'_>, protocol: &Protocol) {
        let Candidate { study, cohort, result, .. } = candidate;
        self.add("Quotation", result.quote.as_ref().map_or("none kept".to_owned(), |quote| format!("“{quote}”")));
        let source = result.source.as_ref().and_then(|id| study.source(id));
        let page = result.page.as_ref().map(|page| format!(", page {page}")).unwrap_or_default();
        let url = source.and_then(|source| source.url.as_deref()).map(|url| format!(", {url}")).unwrap_or_default();
        let place = source.map_or("not said", |source| &source.location);
        self.add("Read in", format!("{place}{page}{url}"));
        self.add("Entered as", entered(result));
        if let Some(variant) = result.variant.as_ref().and_then(|id| protocol.outcome(&result.outcome)?.variant(id)) {
            self.add("Endpoint", variant.name.clone());
        }
        if let Some(known) = result.status {
            self.add("Support", status(known));
        }
        let denominator = candidate.denominator();
        let mut of = format!("{} ({})", cohort.id, primary(protocol, &cohort.primary));
        if let Some(n) = denominator.n {
            of.push_str(&format!(", {} {}", whole(n), unit(result.unit)));
        }
        if let Some(median) = denominator.median_follow_up {
            of.push_str(&format!(", median follow-up {}", time(median)));
        }
        self.add("Cohort", of);
        if let Some(note) = &result.note {
            self.add("Note", note.clone());
        }
    }

    /// Adds what becomes of it.
    fn effect(&mut self, entry: &Entry, found: &AnalysisFindings) {
        let effect = &entry.effect;
        self.add("Precision", graded(&effect.rung));
        self.add(
            "Effect",
            format!(
                "{}: yi {}, standard error {} on the {} scale; as precise as {} patients followed completely",
                estimate_interval(effect.proportion, effect.lower, effect.upper),
                fixed(effect.yi, 4),
                fixed(effect.vi.sqrt(), 4),
                scale(found.analysis.methods.scale),
                fixed(effect.effective, 0),
            ),
        );
        let weight = match entry.weight_percent {
            Some(weight) => format!("{}% of the pool", fixed(weight, 1)),
            None => "none: a single series is shown, not pooled".to_owned(),
        };
        self.add("Weight", weight);
    }

    /// Adds what other sources print for the same figure.
    fn conflicts(&mut self, study: &Study, candidate: &Candidate<'_>, at: Option<f64>) {
        let same = study.conflicts.iter().filter(|conflict| {
            let cohort = conflict.cohort.as_ref().is_none_or(|cohort| *cohort == candidate.cohort.id);
            let time = conflict.at.zip(at).is_none_or(|(one, other)| (one.0 - other).abs() <= 0.5);
            cohort && time && conflict.outcome.as_ref() == Some(&candidate.result.outcome)
        });
        for conflict in same {
            self.add("Contradicted", conflict_words(study, conflict));
        }
    }
}

fn entered(result: &ResultEntry) -> String {
    match &result.published {
        Published::Survival(survival) => match survival.at.months() {
            Some(at) => format!("{} at {}", survival_figure(survival, &TableStyle::default()), time(at)),
            None => survival_figure(survival, &TableStyle::default()),
        },
        Published::Count(count) => count_figure(count, &TableStyle::default()),
        Published::Median(_) | Published::Curve(_) | Published::Mean(_) => "no proportion".to_owned(),
    }
}

fn pool(found: &AnalysisFindings) -> String {
    let series = counted(found.entries.len() as u64, "series", "series");
    let level = percent(found.analysis.methods.spec.level.0, 0);
    match &found.pool {
        Pool::Empty => "no series".to_owned(),
        Pool::Failed(error) => format!("no answer: {error}"),
        Pool::Single(natural) | Pool::AtTheEnd(natural) | Pool::Pooled { natural, .. } => {
            let words = estimate_interval(natural.estimate, natural.lower, natural.upper);
            format!("{words}, {level}% interval, {series}")
        }
    }
}

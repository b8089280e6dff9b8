//! Risk of bias as the study files judge it: lights beside a forest, every judgement, the shares item by item.

use std::collections::BTreeMap;

use crate::evidence::{Evidence, Judgement, Study, Verdict};
use crate::report::figure::bars::{Bar, Bars};
use crate::report::figure::forest::{Cell, Column, Forest, Lights, Row, RowKind, Section};
use crate::report::figure::glyph::Light;
use crate::report::format;
use crate::review::{AnalysisFindings, FigurePlan};

/// The judgements of some studies, item by item.
#[derive(Debug, Clone, Default)]
pub(super) struct Ratings {
    /// The tools, in the order met.
    tools: Vec<&'static str>,
    /// The items, in the order met.
    items: Vec<&'static str>,
    /// By study, then item.
    judged: BTreeMap<String, BTreeMap<&'static str, Verdict>>,
}

/// Returns the light of a verdict; `None` where the item does not apply to the study.
fn light(verdict: Verdict) -> Option<Light> {
    match verdict.judgement() {
        Judgement::Low => Some(Light::Low),
        Judgement::Moderate => Some(Light::Moderate),
        Judgement::High => Some(Light::High),
        Judgement::Critical => Some(Light::Critical),
        Judgement::Unclear => Some(Light::Unclear),
        Judgement::NotRead => Some(Light::Unread),
        Judgement::NotApplicable => None,
    }
}

impl Ratings {
    /// Returns the judgements of these studies; none of a study that nobody judged. An item that applies to none of them
    /// is left out.
    pub fn of<'a>(studies: impl IntoIterator<Item = &'a Study>) -> Self {
        let mut ratings = Self::default();
        for study in studies {
            let Some(bias) = &study.risk_of_bias else { continue };
            let tool = bias.tool.name.as_str();
            if !ratings.tools.contains(&tool) {
                ratings.tools.push(tool);
            }
            for (item, rating) in bias.items().filter(|(_, rating)| light(rating.verdict).is_some()) {
                let item = item.name.as_str();
                if !ratings.items.contains(&item) {
                    ratings.items.push(item);
                }
                ratings.judged.entry(study.id.clone()).or_default().insert(item, rating.verdict);
            }
        }
        ratings
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn light(&self, study: &str, item: &str) -> Option<Light> {
        light(*self.judged.get(study)?.get(item)?)
    }

    /// Returns a column of lights an item, numbered.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        (1..=self.items.len()).map(|i| Column::light(&i.to_string()).named("bias").under("Risk of bias"))
    }

    /// Returns a study's lights, one an item.
    pub fn cells(&self, study: &str) -> impl Iterator<Item = Cell> {
        self.items.iter().map(move |item| self.light(study, item).map_or(Cell::Empty, Cell::Light))
    }

    /// Returns the lights met and what they mean: in the tool's own words where one tool was used.
    fn legend(&self) -> Vec<(Light, String)> {
        let verdicts = || self.judged.values().flat_map(BTreeMap::values);
        let meaning = |shown: Light| {
            let verdict = verdicts().find(|verdict| light(**verdict) == Some(shown))?;
            let words = match verdict {
                Verdict::Answered(answer) if self.tools.len() == 1 => format!("{}: {}", answer.answer, answer.means),
                _ => shown.as_str().to_owned(),
            };
            Some((shown, words))
        };
        Light::ALL.into_iter().filter_map(meaning).collect()
    }

    /// Returns what the lights and the numbers over them stand for.
    pub fn lights(&self) -> Lights {
        let items: Vec<String> =
            self.items.iter().enumerate().map(|(i, item)| format!("{}\u{a0}{item}", i + 1)).collect();
        let note = format!("Risk of bias ({}): {}.", self.tools.join(", "), items.join("; "));
        Lights { meanings: self.legend(), note: (!self.is_empty()).then(|| note.into()) }
    }
}

/// Returns the studies that a figure of risk of bias shows, with their weights where a pool gives them.
fn shown<'a>(evidence: &'a Evidence, found: Option<&AnalysisFindings>) -> Vec<(&'a Study, Option<f64>)> {
    let Some(found) = found else { return evidence.studies.iter().map(|study| (study, None)).collect() };
    let weights: BTreeMap<&str, Option<f64>> =
        found.entries.iter().map(|entry| (entry.key.study.as_str(), entry.weight_percent)).collect();
    let weighed = |study: &'a Study| Some((study, *weights.get(study.id.as_str())?));
    evidence.studies.iter().filter_map(weighed).collect()
}

/// Returns every judgement of every series, of one analysis or of the review; `None` where nothing is judged.
pub(super) fn traffic_light(
    evidence: &Evidence,
    found: Option<&AnalysisFindings>,
    plan: &FigurePlan,
) -> Option<Forest> {
    let studies = shown(evidence, found);
    let ratings = Ratings::of(studies.iter().map(|(study, _)| *study));
    let judged = studies.iter().filter(|(study, _)| ratings.judged.contains_key(&study.id));
    let row = |(study, _): &(&Study, Option<f64>)| {
        let name = study.label_year();
        let verdicts = ratings.judged.get(&study.id);
        let words = verdicts.into_iter().flatten().map(|(item, verdict)| format!("{item}: {}", verdict.word()));
        Row {
            kind: RowKind::Study,
            key: Some(study.id.clone()),
            description: name.clone(),
            detail: words.collect::<Vec<_>>().join("; "),
            cells: std::iter::once(Cell::text(name)).chain(ratings.cells(&study.id)).collect(),
        }
    };
    let rows: Vec<Row> = judged.map(row).collect();
    let title = plan.title.clone().unwrap_or_else(|| "Risk of bias, every judgement".to_owned());
    (!ratings.is_empty()).then(|| Forest {
        id: plan.id.clone(),
        description: format!("{title}. {}.", format::counted(rows.len() as u64, "series", "series")),
        title,
        columns: std::iter::once(Column::left("Series").named("label")).chain(ratings.columns()).collect(),
        sections: vec![Section { rows, ..Section::default() }],
        lights: ratings.lights(),
        ..Forest::default()
    })
}

/// Returns the shares of the judgements, item by item: weighted as in the pool of an analysis, or each series alike.
pub(super) fn bars(evidence: &Evidence, found: Option<&AnalysisFindings>, plan: &FigurePlan) -> Option<Bars> {
    let studies = shown(evidence, found);
    let ratings = Ratings::of(studies.iter().map(|(study, _)| *study));
    let weighted = studies.iter().all(|(_, weight)| weight.is_some());
    let share = |item: &str, light: Light| -> f64 {
        let with = studies.iter().filter(|(study, _)| ratings.light(&study.id, item) == Some(light));
        with.map(|(_, weight)| weight.unwrap_or(1.0)).sum()
    };
    let judged = studies.iter().filter(|(study, _)| ratings.judged.contains_key(&study.id)).count();
    let bar = |item: &&'static str| {
        let parts = Light::ALL.map(|light| (light, share(item, light)));
        let total: f64 = parts.iter().map(|(_, share)| share).sum();
        let parts = parts.into_iter().filter(|(_, share)| *share > 0.0);
        // What was asked of some studies only says so.
        let asked = studies.iter().filter(|(study, _)| ratings.light(&study.id, item).is_some()).count();
        let label = if asked < judged { format!("{item} (k = {asked})") } else { (*item).to_owned() };
        Bar { label, parts: parts.map(|(light, share)| (light, share / total)).collect() }
    };
    let title = plan.title.clone().unwrap_or_else(|| "Risk of bias by item".to_owned());
    let of = if weighted { "Share of the pool's weight, %" } else { "Share of the series, %" };
    (!ratings.is_empty()).then(|| Bars {
        id: plan.id.clone(),
        description: format!("{title}. {}.", format::counted(ratings.items.len() as u64, "item", "items")),
        title,
        axis: of.into(),
        bars: ratings.items.iter().map(bar).collect(),
        lights: ratings.legend(),
        footer: vec![format!("Judged with {}.", ratings.tools.join(", ")).into()],
    })
}

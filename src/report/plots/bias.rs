//! Risk of bias as the study files judge it: lights beside a forest, every judgement, the shares item by item.

use std::collections::BTreeMap;

use crate::evidence::{Evidence, Study};
use crate::report::figure::bars::{Bar, Bars};
use crate::report::figure::forest::{Cell, Column, Forest, Row, RowKind, Section};
use crate::report::figure::glyph::Light;
use crate::report::figure::text::Text;
use crate::report::format;
use crate::review::{AnalysisFindings, FigurePlan};

/// The judgements of some studies, item by item.
#[derive(Debug, Clone, Default)]
pub(super) struct Ratings {
    /// The tools, in the order met.
    tools: Vec<String>,
    /// The items, in the order met.
    items: Vec<String>,
    /// By study, then item.
    judged: BTreeMap<String, BTreeMap<String, Light>>,
    /// Whether all judgements are scores.
    scores: Vec<String>,
}

/// Returns the light of a judgement as tools word it.
fn light(word: &str) -> Light {
    match word.trim().to_lowercase().trim_end_matches(" risk") {
        "low" | "yes" | "y" | "2" | "adequate" => Light::Low,
        "some concerns" | "moderate" | "partial" | "partly" | "probably yes" | "1" | "inadequate" => Light::Moderate,
        "high" | "serious" | "critical" | "no" | "n" | "0" => Light::High,
        _ => Light::Unclear,
    }
}

impl Ratings {
    /// Returns the judgements of these studies; none of a study that nobody judged.
    pub fn of<'a>(studies: impl IntoIterator<Item = &'a Study>) -> Self {
        let mut ratings = Self::default();
        for study in studies {
            let Some(bias) = &study.risk_of_bias else { continue };
            if !ratings.tools.contains(&bias.tool) {
                ratings.tools.push(bias.tool.clone());
            }
            for (item, word) in &bias.items {
                if !ratings.items.contains(item) {
                    ratings.items.push(item.clone());
                }
                ratings.judged.entry(study.id.clone()).or_default().insert(item.clone(), light(word));
                ratings.scores.push(word.clone());
            }
        }
        ratings
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns a column of lights an item, numbered.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        (1..=self.items.len()).map(|i| Column::light(&i.to_string()).named("bias").under("Risk of bias"))
    }

    /// Returns a study's lights, one an item.
    pub fn cells(&self, study: &str) -> impl Iterator<Item = Cell> {
        let judged = self.judged.get(study);
        self.items.iter().map(move |item| judged.and_then(|of| of.get(item)).map_or(Cell::Empty, |l| Cell::Light(*l)))
    }

    /// Returns the judgements met and what they mean.
    pub fn legend(&self) -> Vec<(Light, String)> {
        let scored = self.scores.iter().all(|word| word.parse::<u8>().is_ok());
        let meaning = |light: Light| match (light, scored) {
            (Light::Low, true) => "2: reported and adequate",
            (Light::Moderate, true) => "1: reported, not adequate",
            (Light::High, true) => "0: not reported",
            (Light::Low, false) => "low risk of bias",
            (Light::Moderate, false) => "some concerns",
            (Light::High, false) => "high risk of bias",
            (Light::Unclear, _) => "not judged",
        };
        let met = |light: &Light| self.judged.values().any(|judged| judged.values().any(|other| other == light));
        Light::ALL.into_iter().filter(met).map(|light| (light, meaning(light).to_owned())).collect()
    }

    /// Returns what the numbers over the lights stand for.
    pub fn note(&self) -> Option<Text> {
        let items: Vec<String> =
            self.items.iter().enumerate().map(|(i, item)| format!("{} {item}", i + 1)).collect();
        (!self.is_empty()).then(|| format!("Risk of bias ({}): {}.", self.tools.join(", "), items.join("; ")).into())
    }
}

/// Returns the studies that a figure of risk of bias shows, with their weights where a pool gives them.
fn shown<'a>(evidence: &'a Evidence, found: Option<&AnalysisFindings>) -> Vec<(&'a Study, Option<f64>)> {
    let Some(found) = found else { return evidence.studies.iter().map(|study| (study, None)).collect() };
    let entry = |study: &&'a Study| found.entries.iter().find(|entry| entry.key.study == study.id);
    let weighed = |study: &'a Study| Some((study, entry(&study)?.weight_percent));
    evidence.studies.iter().filter_map(weighed).collect()
}

/// Returns every judgement of every series, of one analysis or of the review; `None` where nothing is judged.
pub(super) fn traffic_light(evidence: &Evidence, found: Option<&AnalysisFindings>, plan: &FigurePlan) -> Option<Forest> {
    let studies = shown(evidence, found);
    let ratings = Ratings::of(studies.iter().map(|(study, _)| *study));
    let judged = studies.iter().filter(|(study, _)| ratings.judged.contains_key(&study.id));
    let row = |(study, _): &(&Study, Option<f64>)| {
        let name = study.label_year();
        let lights = ratings.judged.get(&study.id);
        let words = ratings.items.iter().filter_map(|item| Some(format!("{item}: {}", lights?.get(item)?.as_str())));
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
        lights: ratings.legend(),
        footer: ratings.note().into_iter().collect(),
        ..Forest::default()
    })
}

/// Returns the shares of the judgements, item by item: weighted as in the pool of an analysis, or each series alike.
pub(super) fn bars(evidence: &Evidence, found: Option<&AnalysisFindings>, plan: &FigurePlan) -> Option<Bars> {
    let studies = shown(evidence, found);
    let ratings = Ratings::of(studies.iter().map(|(study, _)| *study));
    let weighted = studies.iter().all(|(_, weight)| weight.is_some());
    let share = |item: &String, light: Light| -> f64 {
        let of = |study: &Study| ratings.judged.get(&study.id).and_then(|judged| judged.get(item));
        let with = studies.iter().filter(|(study, _)| of(study) == Some(&light));
        with.map(|(_, weight)| weight.unwrap_or(1.0)).sum()
    };
    let bar = |item: &String| {
        let parts = Light::ALL.map(|light| (light, share(item, light)));
        let total: f64 = parts.iter().map(|(_, share)| share).sum();
        let parts = parts.into_iter().filter(|(_, share)| *share > 0.0);
        Bar { label: item.clone(), parts: parts.map(|(light, share)| (light, share / total)).collect() }
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

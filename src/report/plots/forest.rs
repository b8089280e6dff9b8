//! A pool becomes a forest plot: one row a series, a diamond a group, the whole below.

use crate::effect::PrecisionGrade;
use crate::evidence::{Evidence, OutcomeKind, Unit};
use crate::model::Fit;
use crate::report::comparison_table::{difference_words, test};
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use crate::report::figure::glyph::Glyph;
use crate::report::figure::text::Text;
use crate::report::figure::weights::percentages;
use crate::report::methods::methods_line;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Entry, Estimated, FigurePlan, Group, Pool};

/// Below this many series a prediction interval is marked as imprecise (figures.md, 3.1).
const IMPRECISE_BELOW: usize = 5;

/// Returns the forest plot of an analysis.
#[must_use]
pub fn forest(evidence: &Evidence, found: &AnalysisFindings, plan: &FigurePlan) -> Forest {
    let assembly = Assembly { evidence, found };
    let title = plan.title.clone().unwrap_or_else(|| wording::analysis_title(&evidence.protocol, &found.analysis));
    Forest {
        id: plan.id.clone(),
        description: assembly.description(&title),
        title,
        columns: assembly.columns(),
        sections: assembly.sections(),
        legend: assembly.legend(),
        footer: assembly.footer(),
    }
}

/// Returns the sign of a precision grade.
#[must_use]
pub fn glyph(grade: PrecisionGrade) -> Glyph {
    match grade {
        PrecisionGrade::A => Glyph::Disc,
        PrecisionGrade::B => Glyph::HalfDisc,
        PrecisionGrade::C => Glyph::Block,
        PrecisionGrade::D => Glyph::Triangle,
        PrecisionGrade::E => Glyph::Cross,
        PrecisionGrade::M => Glyph::Ring,
        PrecisionGrade::X => Glyph::Lozenge,
        PrecisionGrade::F => Glyph::Dot,
    }
}

struct Assembly<'a> {
    evidence: &'a Evidence,
    found: &'a AnalysisFindings,
}

impl Assembly<'_> {
    /// The plot's column stands between what a series is and what it weighs.
    fn columns(&self) -> Vec<Column> {
        let (count, effect) = match self.kind() {
            OutcomeKind::Survival => ("Patients", "% (95% CI)"),
            OutcomeKind::Proportion => ("Events/n", "% (95% CI)"),
        };
        let effect = effect.replace("95%", &wording::level(self.found.analysis.methods.spec.level));
        vec![
            Column::left("Series").named("label"),
            Column::left("Cohort").named("cohort"),
            Column::right(count).named("patients"),
            Column::plot(self.axis()).named("plot"),
            Column::center(&effect).named("effect"),
            Column::decimal("Weight\n%").named("weight"),
            Column::center("SE").named("precision"),
        ]
    }

    fn axis(&self) -> Axis {
        let mut label = wording::analysis_title(&self.evidence.protocol, &self.found.analysis);
        label.push_str(", %");
        let mut axis = match self.kind() {
            OutcomeKind::Survival => Axis::percent(label),
            OutcomeKind::Proportion => Axis::rate(label),
        };
        axis.pooled = self.found.pool.fit().and(self.found.pool.estimated()).map(|natural| natural.estimate);
        axis
    }

    fn sections(&self) -> Vec<Section> {
        let weights = self.weights();
        let rows: Vec<Row> =
            self.found.entries.iter().zip(&weights).map(|(entry, weight)| self.study_row(entry, weight)).collect();
        let mut sections = Vec::new();
        match &self.found.groups {
            None => sections.push(Section { heading: None, rows, notes: Vec::new() }),
            Some(groups) => {
                for group in groups.groups.iter().filter(|group| group.k > 0) {
                    let members =
                        self.found.entries.iter().zip(&rows).filter(|(entry, _)| entry.timing == group.timing);
                    let members = members.map(|(_, row)| row.clone()).collect();
                    sections.push(self.group_section(group, members));
                }
            }
        }
        sections.extend(self.total_section());
        sections
    }

    fn study_row(&self, entry: &Entry, weight: &str) -> Row {
        let effect = &entry.effect;
        let name = wording::study_name(self.evidence, &entry.key.study);
        let interval = format::percent_range(effect.lower, effect.upper);
        let description = format!(
            "{name}: {}%, interval {interval}, weight {weight}%, precision from {}",
            format::percent(effect.proportion, 1),
            effect.rung.grade().meaning(),
        );
        let count = match (entry.events, entry.n) {
            (Some(events), Some(n)) => format!("{}/{}", format::whole(events), format::whole(n)),
            (None, Some(n)) => format::whole(n),
            _ => String::new(),
        };
        Row {
            kind: RowKind::Study,
            key: Some(entry.key.study.clone()),
            description,
            cells: vec![
                Cell::text(name),
                Cell::text(self.cohort(entry)),
                Cell::text(count),
                Cell::study(effect.proportion, Some((effect.lower, effect.upper)), entry.weight_percent),
                interval_cell(effect.proportion, effect.lower, effect.upper),
                Cell::text(weight),
                Cell::Glyph(glyph(effect.rung.grade())),
            ],
        }
    }

    /// Returns the printed word for a series' cohort.
    fn cohort(&self, entry: &Entry) -> String {
        let cohort = self
            .evidence
            .studies
            .iter()
            .find(|study| study.id == entry.key.study)
            .and_then(|study| study.cohort(&entry.key.cohort));
        cohort.map_or_else(String::new, |cohort| wording::primary(&self.evidence.protocol, &cohort.primary).to_owned())
    }

    fn group_section(&self, group: &Group, mut rows: Vec<Row>) -> Section {
        let timing = wording::upper_first(group.timing.as_str());
        let mut size = format!("  k = {}", group.k);
        if let Some(n) = group.n {
            size.push_str(&format!(", n = {}", format::whole(n)));
        }
        let mut notes = Vec::new();
        if let (Pool::Pooled { fit, natural }, true) = (&group.pool, self.several_groups()) {
            rows.extend(pooled_rows(&format!("{timing} series"), RowKind::Subtotal, natural, group.k, None));
            // Groups that share τ² have no heterogeneity of their own: it stands under the whole.
            notes.extend(fit.tau2_ci.map(|_| heterogeneity(fit)));
        }
        Section { heading: Some(Text::new().bold(&timing).plain(&size)), rows, notes }
    }

    fn several_groups(&self) -> bool {
        self.found.groups.as_ref().is_some_and(|groups| groups.groups.iter().filter(|group| group.k > 0).count() > 1)
    }

    fn total_section(&self) -> Option<Section> {
        let Pool::Pooled { fit, natural } = &self.found.pool else { return None };
        let weight = (!fit.weights_percent.is_empty()).then(|| "100.0".to_owned());
        let rows = pooled_rows("All series", RowKind::Total, natural, fit.k, weight);
        let mut notes = vec![heterogeneity(fit)];
        if let Some(groups) = self.found.groups.as_ref().filter(|groups| groups.test.is_some()) {
            let level = wording::level(self.found.analysis.methods.spec.level);
            let difference = difference_words(groups, &level).unwrap_or_else(|| "–".to_owned());
            notes.push(Text::from(format!(
                "Retrospective − prospective: {difference}; test between groups: {}",
                test(groups)
            )));
        }
        Some(Section { heading: None, rows, notes })
    }

    fn legend(&self) -> Vec<(Glyph, String)> {
        PrecisionGrade::ALL
            .iter()
            .copied()
            .filter(|grade| self.found.entries.iter().any(|entry| entry.effect.rung.grade() == *grade))
            .map(|grade| (glyph(grade), format!("{}: {}", grade.as_str(), grade.meaning())))
            .collect()
    }

    fn footer(&self) -> Vec<Text> {
        let mut lines: Vec<Text> = Vec::new();
        if matches!(self.found.pool, Pool::Pooled { .. }) {
            lines.push(methods_line(&self.found.analysis.methods).into());
        }
        if self.found.pool.fit().is_some_and(|fit| fit.weights_percent.is_empty()) {
            lines.push("This model has no weights: it is fitted to the counts of all series at once.".into());
        }
        if self.found.entries.iter().any(|entry| entry.unit == Unit::Lesions) {
            lines.push("Some series count lesions.".into());
        }
        if self.found.entries.iter().any(|entry| entry.unit == Unit::Unclear) {
            lines.push(
                "Where a paper does not say whether it counts patients or lesions, patients are taken as n.".into(),
            );
        }
        lines
    }

    fn weights(&self) -> Vec<String> {
        let weights: Option<Vec<f64>> = self.found.entries.iter().map(|entry| entry.weight_percent).collect();
        weights.map_or_else(|| vec!["–".to_owned(); self.found.entries.len()], |weights| percentages(&weights, 1))
    }

    fn kind(&self) -> OutcomeKind {
        let outcome = self.evidence.protocol.outcome(&self.found.analysis.outcome);
        outcome.map_or(OutcomeKind::Survival, |outcome| outcome.kind)
    }

    /// Returns the figure in words, for whoever can't see it.
    fn description(&self, title: &str) -> String {
        let k = self.found.entries.len();
        let series = format::counted(k as u64, "series", "series");
        let mut words = format!("Forest plot of {}: {series}.", wording::lower_first(title));
        if let (Some(natural), true) = (self.found.pool.estimated(), k > 1) {
            words.push_str(&format!(
                " Pooled {}.",
                format::estimate_interval(natural.estimate, natural.lower, natural.upper)
            ));
        }
        for group in self.found.groups.iter().flat_map(|groups| &groups.groups).filter(|group| group.k > 0) {
            if let Some(natural) = group.pool.estimated() {
                words.push_str(&format!(
                    " {}: {}, {}.",
                    wording::upper_first(group.timing.as_str()),
                    format::estimate_interval(natural.estimate, natural.lower, natural.upper),
                    format::counted(group.k as u64, "series", "series"),
                ));
            }
        }
        words
    }
}

/// Returns a formatted estimate and interval.
pub(super) fn interval_cell(estimate: f64, lower: f64, upper: f64) -> Cell {
    Cell::interval(&format::percent(estimate, 1), &format::percent(lower, 1), &format::percent(upper, 1))
}

/// Returns a formatted pooled result.
pub(super) fn natural_cell(natural: &Estimated) -> Cell {
    interval_cell(natural.estimate, natural.lower, natural.upper)
}

/// Returns the diamond's row and, from three series up, the prediction interval's.
fn pooled_rows(name: &str, kind: RowKind, natural: &Estimated, k: usize, weight: Option<String>) -> Vec<Row> {
    let figure = format::estimate_interval(natural.estimate, natural.lower, natural.upper);
    let mut rows = vec![Row {
        kind,
        key: None,
        description: format!("{name}, pooled: {figure}"),
        cells: vec![
            Cell::text(name),
            Cell::Empty,
            Cell::Empty,
            Cell::pooled(natural.estimate, natural.lower, natural.upper),
            natural_cell(natural),
            weight.map_or(Cell::Empty, Cell::text),
        ],
    }];
    if let Some((lower, upper)) = natural.prediction {
        let imprecise = if k < IMPRECISE_BELOW { format!(" (imprecise, k = {k})") } else { String::new() };
        rows.push(Row {
            kind: RowKind::Prediction,
            key: None,
            description: format!("{name}, prediction interval: {}", format::percent_range(lower, upper)),
            cells: vec![
                Cell::text(format!("Prediction interval{imprecise}")),
                Cell::Empty,
                Cell::Empty,
                Cell::prediction(lower, upper),
                Cell::Interval {
                    estimate: String::new(),
                    ends: Some((format::percent(lower, 1), format::percent(upper, 1))),
                },
            ],
        });
    }
    rows
}

/// Returns the heterogeneity of a pool: τ² with its interval, I², Q.
#[must_use]
pub fn heterogeneity(fit: &Fit) -> Text {
    let mut text =
        Text::new().plain("Heterogeneity: ").italic("τ").plain(&format!("² = {}", format::fixed(fit.tau2, 3)));
    if let Some(ci) = fit.tau2_ci {
        let upper = if ci.upper.is_finite() { format::fixed(ci.upper, 3) } else { "∞".to_owned() };
        let level = wording::level(fit.level);
        text = text.plain(&format!(" ({level} CI {} to {upper})", format::fixed(ci.lower, 3)));
    }
    let heterogeneity = &fit.heterogeneity;
    text = text.plain("; ").italic("I").plain(&format!("² = {}%; ", format::fixed(heterogeneity.i2_percent, 0)));
    text.italic("Q").plain(&format!(
        " = {}, df = {}, {}",
        format::fixed(heterogeneity.q, 2),
        format::trimmed(heterogeneity.q_df),
        format::p_value(heterogeneity.q_p)
    ))
}

//! The answer as a forest plot, with the looks of the review's.

use forestable::effect::Measure;
use forestable::model::PredictionMethod;
use forestable::render::figure::{Drawing, PictureError};
use forestable::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section, Unit};
use forestable::report::figure::style::{self, Notation};
use forestable::report::figure::text::Text;
use forestable::report::figure::weights::percentages;
use forestable::report::format::fixed;
use forestable::report::plots::notes::heterogeneity;

use super::answer::{Answer, Group, Natural, Study};
use super::args::PictureKind;
use super::notes::{between_note, trimmed_percent};
use super::table::{Style, data, model};

/// Dots to the inch of a PNG.
const RESOLUTION: u16 = 300;

/// Returns the forest plot of an answer as a file's content.
pub fn picture(answer: &Answer, looks: &style::Style, kind: PictureKind) -> Result<Vec<u8>, PictureError> {
    let assembly = Assembly { answer, style: Style::of(answer), notation: &looks.notation };
    let drawing = Drawing::of(&assembly.forest().lay_out(looks));
    match kind {
        PictureKind::Svg => Ok(drawing.svg().into_bytes()),
        PictureKind::Png => drawing.png(RESOLUTION),
        PictureKind::Pdf => drawing.pdf(),
    }
}

struct Assembly<'a> {
    answer: &'a Answer,
    style: Style,
    notation: &'a Notation,
}

impl Assembly<'_> {
    fn forest(&self) -> Forest {
        let (answer, natural) = (self.answer, &self.answer.natural);
        let title = format!("{}, {}, k = {}", answer.measure, model(answer).to_lowercase(), answer.k);
        let pooled = match (natural.estimate, natural.ci_lower, natural.ci_upper) {
            (Some(estimate), Some(lower), Some(upper)) => format!(" Pooled {}.", self.said(estimate, lower, upper)),
            _ => String::new(),
        };
        Forest {
            id: "pool-forest".into(),
            description: format!("Forest plot of {title}.{pooled}"),
            title,
            columns: self.columns(),
            sections: self.sections(),
            footer: self.footer(),
            ..Forest::default()
        }
    }

    fn columns(&self) -> Vec<Column> {
        let data = (!self.style.data.is_empty()).then(|| Column::right(self.style.data).named("patients"));
        let weight = (!self.answer.weights_percent.is_empty()).then(|| Column::decimal("Weight\n%").named("weight"));
        std::iter::once(Column::left("Study").named("label"))
            .chain(data)
            .chain([
                Column::plot(self.axis()).named("plot"),
                Column::center(&self.style.effect_header(self.answer)).named("effect"),
            ])
            .chain(weight)
            .collect()
    }

    fn axis(&self) -> Axis {
        let measure = self.answer.measure;
        let axis = match measure {
            _ if measure.is_proportion() => Axis::rate("Proportion, %"),
            _ if measure.is_ratio() => Axis::ratio(words(measure)),
            Measure::Median => Axis::new(Unit::Ratio, words(measure)),
            Measure::Ir | Measure::Irln | Measure::Irs | Measure::Irft => Axis::new(Unit::Plain, words(measure)),
            _ => Axis { null: Some(0.0), ..Axis::new(Unit::Plain, words(measure)) },
        };
        Axis { pooled: self.answer.natural.estimate, ..axis }
    }

    fn sections(&self) -> Vec<Section> {
        let weights = percentages(&self.answer.weights_percent, 1);
        let rows: Vec<Row> = self
            .answer
            .studies
            .iter()
            .enumerate()
            .map(|(index, study)| self.study(study, weights.get(index).map_or("", String::as_str)))
            .collect();
        let mut sections = match &self.answer.grouped {
            None => vec![Section { heading: None, rows, notes: Vec::new() }],
            Some(grouped) => {
                let members = |of: usize| {
                    let studies = self.answer.studies.iter().zip(&rows);
                    studies.filter(move |(study, _)| study.group == Some(of)).map(|(_, row)| row.clone())
                };
                let groups = grouped.groups.iter().enumerate();
                groups.map(|(index, group)| self.group(group, members(index).collect())).collect()
            }
        };
        sections.extend(self.total());
        sections
    }

    fn study(&self, study: &Study, weight: &str) -> Row {
        let natural = &study.natural;
        let (estimate, lower, upper) = (natural.estimate, natural.ci_lower, natural.ci_upper);
        Row {
            kind: RowKind::Study,
            key: Some(study.study.clone()),
            description: format!("{}: {}", study.study, self.said(estimate, lower, upper)),
            detail: String::new(),
            cells: self.cells(
                &study.study,
                &data(&study.figures),
                [
                    Cell::study(estimate, Some((lower, upper)), study.weight_percent),
                    self.interval(estimate, lower, upper),
                ],
                weight,
            ),
        }
    }

    fn group(&self, group: &Group, mut rows: Vec<Row>) -> Section {
        rows.extend(self.pooled("Pooled", RowKind::Subtotal, &group.natural, ""));
        let heading = Text::new().bold(&group.level).plain(&format!("  k = {}", group.k));
        let notes = match (group.tau2, group.i2_percent) {
            (Some(tau2), Some(i2)) => vec![Text::from(format!("τ² = {}; I² = {}%", fixed(tau2, 3), fixed(i2, 0)))],
            _ => Vec::new(),
        };
        Section { heading: Some(heading), rows, notes }
    }

    fn total(&self) -> Option<Section> {
        let weight = if self.answer.weights_percent.is_empty() { "" } else { "100.0" };
        let rows = self.pooled("All studies", RowKind::Total, &self.answer.natural, weight);
        let mut notes: Vec<Text> = self.answer.fit.iter().map(|fit| heterogeneity(fit, self.notation)).collect();
        notes.extend(between_note(self.answer).map(Text::from));
        (!rows.is_empty()).then_some(Section { heading: None, rows, notes })
    }

    /// Returns the row of the diamond and that of the prediction interval, as far as there are such.
    fn pooled(&self, name: &str, kind: RowKind, natural: &Natural, weight: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        if let (Some(estimate), Some(lower), Some(upper)) = (natural.estimate, natural.ci_lower, natural.ci_upper) {
            rows.push(Row {
                kind,
                key: None,
                description: format!("{name}, pooled: {}", self.said(estimate, lower, upper)),
                detail: String::new(),
                cells: self.cells(
                    name,
                    "",
                    [Cell::pooled(estimate, lower, upper), self.interval(estimate, lower, upper)],
                    weight,
                ),
            });
        }
        if let (Some(lower), Some(upper)) = (natural.pi_lower, natural.pi_upper) {
            let ends = Some((self.style.value(lower), self.style.value(upper)));
            rows.push(Row {
                kind: RowKind::Prediction,
                key: None,
                description: format!("{name}, prediction interval: {}", self.style.range(lower, upper)),
                detail: String::new(),
                cells: self.cells(
                    "Prediction interval",
                    "",
                    [Cell::prediction(lower, upper), Cell::Interval { estimate: String::new(), ends }],
                    "",
                ),
            });
        }
        rows
    }

    fn cells(&self, name: &str, data: &str, effect: [Cell; 2], weight: &str) -> Vec<Cell> {
        let data = (!self.style.data.is_empty()).then(|| Cell::text(data));
        std::iter::once(Cell::text(name)).chain(data).chain(effect).chain([Cell::text(weight)]).collect()
    }

    fn interval(&self, estimate: f64, lower: f64, upper: f64) -> Cell {
        let [estimate, lower, upper] = [estimate, lower, upper].map(|value| self.style.value(value));
        Cell::interval(&estimate, &lower, &upper)
    }

    fn said(&self, estimate: f64, lower: f64, upper: f64) -> String {
        let unit = if self.style.proportion { "%" } else { "" };
        format!("{}{unit} ({})", self.style.value(estimate), self.style.range(lower, upper))
    }

    fn footer(&self) -> Vec<Text> {
        let answer = self.answer;
        if answer.fit.is_none() {
            return Vec::new();
        }
        let tau2 = answer.tau2_method.map(|method| format!(" (τ² by {method})")).unwrap_or_default();
        let level = trimmed_percent(answer.level.0);
        let prediction = answer.prediction.filter(|method| *method != PredictionMethod::None);
        let prediction = prediction.map(|method| format!("; prediction interval {method}")).unwrap_or_default();
        vec![Text::from(format!("{}{tau2}; {level}% CI {}{prediction}.", model(answer), answer.interval))]
    }
}

/// Returns a measure in words, for an axis.
fn words(measure: Measure) -> &'static str {
    match measure {
        Measure::Gen => "Effect",
        Measure::Pr | Measure::Pln | Measure::Plo | Measure::Pas | Measure::Pft => "Proportion",
        Measure::Ir | Measure::Irln | Measure::Irs | Measure::Irft => "Incidence rate",
        Measure::Or => "Odds ratio",
        Measure::Peto => "Peto odds ratio",
        Measure::Rr => "Risk ratio",
        Measure::Rd => "Risk difference",
        Measure::As => "Arcsine difference",
        Measure::Phi => "φ coefficient",
        Measure::Md => "Mean difference",
        Measure::Smd | Measure::Smdh => "Standardised mean difference",
        Measure::Rom => "Ratio of means",
        Measure::Cor | Measure::Ucor | Measure::Zcor => "Correlation",
        Measure::Hr => "Hazard ratio",
        Measure::Median => "Median time",
    }
}

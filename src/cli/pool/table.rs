//! The answer as a table with its notes, for reading.

use forestable::effect::{Figures, Measure};
use forestable::model::ModelKind;
use forestable::report::format::{counted, fixed, percent, percent_range, whole};
use forestable::report::table::{Align, Cell, Column, Row, RowKind, Table};

use super::answer::{Answer, Natural, Study};
use super::notes::{notes, trimmed_percent};

/// The key of the row that pools all studies.
pub const OVERALL: &str = "overall";

/// Returns the studies, the pools and what is to be said about them.
pub fn of(answer: &Answer) -> Table {
    let style = Style::of(answer);
    let mut rows = Vec::new();
    match &answer.grouped {
        Some(grouped) => {
            for (index, group) in grouped.groups.iter().enumerate() {
                rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(&group.level)] });
                rows.extend(
                    answer.studies.iter().filter(|study| study.group == Some(index)).map(|study| style.study(study)),
                );
                rows.push(style.pool(&format!("Pooled, k = {}", group.k), &group.natural, None));
            }
        }
        None => rows.extend(answer.studies.iter().map(|study| style.study(study))),
    }
    let model = model(answer);
    let weights = (!answer.weights_percent.is_empty()).then_some("100.0");
    let overall = style.pool(&format!("{model}, k = {}", answer.k), &answer.natural, weights);
    rows.push(Row { key: Some(OVERALL.into()), ..overall });
    if let (Some(lower), Some(upper)) = (answer.natural.pi_lower, answer.natural.pi_upper) {
        rows.push(style.row(RowKind::Pooled, ["Prediction interval", "", &style.range(lower, upper), ""]));
    }
    let effect = style.effect_header(answer);
    let headers = [("study", "Study", Align::Left), ("data", style.data, Align::Right)]
        .into_iter()
        .chain([("effect", effect.as_str(), Align::Right), ("weight", "Weight, %", Align::Right)]);
    let columns = headers
        .filter(|(id, _, _)| *id != "data" || !style.data.is_empty())
        .map(|(id, header, align)| Column { id: id.into(), header: header.into(), spanner: None, align })
        .collect();
    let caption = format!("{model}: {} pooled", counted(answer.k as u64, "study", "studies"));
    Table { id: "pool".into(), caption, columns, rows, footnotes: Vec::new(), notes: notes(answer) }
}

/// Returns the model's name over the pool of all studies.
pub fn model(answer: &Answer) -> &'static str {
    match answer.model {
        ModelKind::Common => "Common effect",
        ModelKind::Random => "Random effects",
        ModelKind::Glmm if answer.measure == Measure::Irln => "Poisson-normal model",
        ModelKind::Glmm => "Binomial-normal model",
        ModelKind::BetaBinomial => "Beta-binomial model",
        ModelKind::MantelHaenszel => "Mantel-Haenszel",
        ModelKind::Peto => "Peto",
        ModelKind::Bayes => "Bayesian random effects",
    }
}

/// How figures of this answer are written.
pub struct Style {
    /// Whether figures are proportions, written in per cent.
    pub proportion: bool,
    /// The header over the studies' own figures; empty where they have none to show.
    pub data: &'static str,
    digits: usize,
}

impl Style {
    /// Returns the style that the answer's measure and width ask for.
    pub fn of(answer: &Answer) -> Self {
        let data = match answer.studies.first().map(|study| study.figures) {
            Some(Figures::Events { .. } | Figures::TwoArms { .. }) => "Events/n",
            Some(Figures::Rate { .. }) => "Events/time",
            Some(Figures::Means { .. } | Figures::Correlation { .. }) => "n",
            Some(Figures::Effect { .. } | Figures::HazardRatio { .. } | Figures::Median { .. }) | None => "",
        };
        let width = answer.natural.ci_upper.zip(answer.natural.ci_lower).map_or(1.0, |(upper, lower)| upper - lower);
        // Two digits of the interval's width, at least two decimals.
        let digits = (2..10).find(|digits| width * 10_f64.powi(*digits) >= 10.0).unwrap_or(10);
        Self { proportion: answer.measure.is_proportion(), data, digits: digits as usize }
    }

    /// Returns the header over effects with their intervals.
    pub fn effect_header(&self, answer: &Answer) -> String {
        let what = if self.proportion { "%" } else { answer.measure.as_str() };
        format!("{what} ({}% CI)", trimmed_percent(answer.level.0))
    }

    /// Returns a figure of the natural scale.
    pub fn value(&self, value: f64) -> String {
        if self.proportion { percent(value, 1) } else { fixed(value, self.digits) }
    }

    /// Returns two ends of an interval.
    pub fn range(&self, lower: f64, upper: f64) -> String {
        if self.proportion {
            percent_range(lower, upper)
        } else {
            format!("{} to {}", self.value(lower), self.value(upper))
        }
    }

    fn with_interval(&self, estimate: f64, lower: f64, upper: f64) -> String {
        format!("{} ({})", self.value(estimate), self.range(lower, upper))
    }

    fn study(&self, study: &Study) -> Row {
        let natural = &study.natural;
        let effect = self.with_interval(natural.estimate, natural.ci_lower, natural.ci_upper);
        let weight = study.weight_percent.map(|weight| fixed(weight, 1)).unwrap_or_default();
        self.row(RowKind::Entry, [&study.study, &data(&study.figures), &effect, &weight])
    }

    fn pool(&self, name: &str, natural: &Natural, weight: Option<&str>) -> Row {
        let effect = match (natural.estimate, natural.ci_lower, natural.ci_upper) {
            (Some(estimate), Some(lower), Some(upper)) => self.with_interval(estimate, lower, upper),
            _ => "no pool".to_owned(),
        };
        let weight = natural.estimate.and(weight).unwrap_or_default();
        self.row(RowKind::Pooled, [name, "", &effect, weight])
    }

    fn row(&self, kind: RowKind, [name, data, effect, weight]: [&str; 4]) -> Row {
        let mut cells = vec![Cell::text(name)];
        if !self.data.is_empty() {
            cells.push(Cell::text(data));
        }
        cells.extend([Cell::text(effect), Cell::text(weight)]);
        Row { kind, key: None, cells }
    }
}

/// Returns a study's own figures.
pub fn data(figures: &Figures) -> String {
    let count = |value: f64| whole(value as u64);
    match *figures {
        Figures::Effect { .. } | Figures::HazardRatio { .. } | Figures::Median { .. } => String::new(),
        Figures::Events { xi, ni } => format!("{}/{}", count(xi), count(ni)),
        Figures::Rate { xi, ti } => format!("{}/{}", count(xi), fixed(ti, 0)),
        Figures::TwoArms { ai, n1i, ci, n2i } => {
            format!("{}/{} : {}/{}", count(ai), count(n1i), count(ci), count(n2i))
        }
        Figures::Means { n1i, n2i, .. } => format!("{} : {}", count(n1i), count(n2i)),
        Figures::Correlation { ni, .. } => count(ni),
    }
}

//! A pool becomes a forest plot: one row a series, a diamond a group, the whole below.

use super::bias::Ratings;
use super::notes::{between, heterogeneity};
use crate::effect::{PrecisionGrade, Rung};
use crate::evidence::{Cohort, Evidence, OutcomeKind, Study, Unit};
use crate::report::comparison_table::difference_words;
use crate::report::figure::forest::{Axis, Benchmark, Cell, Column, Forest, Row, RowKind, Section, Unit as AxisUnit};
use crate::report::figure::glyph::Glyph;
use crate::report::figure::style::Notation;
use crate::report::figure::text::Text;
use crate::report::figure::weights::percentages;
use crate::report::methods::methods_line;
use crate::report::robustness_tables::predictive;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Entry, Estimated, FigurePlan, Group, Pool, TableStyle};

/// Below this many series a prediction interval is marked as imprecise (figures.md, 3.1).
const IMPRECISE_BELOW: usize = 5;

/// Returns the forest plot of an analysis.
#[must_use]
pub fn forest(evidence: &Evidence, found: &AnalysisFindings, plan: &FigurePlan, notation: &Notation) -> Forest {
    let ratings = Ratings::of(found.entries.iter().filter_map(|entry| study(evidence, entry)));
    let assembly = Assembly { evidence, found, notation, ratings };
    let title = plan.title.clone().unwrap_or_else(|| wording::analysis_title(&evidence.protocol, &found.analysis));
    Forest {
        id: plan.id.clone(),
        description: assembly.description(&title),
        title,
        columns: assembly.columns(),
        sections: assembly.sections(),
        legend: assembly.legend(),
        lights: assembly.ratings.lights(),
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
    notation: &'a Notation,
    ratings: Ratings,
}

fn study<'a>(evidence: &'a Evidence, entry: &Entry) -> Option<&'a Study> {
    evidence.study(&entry.key.study)
}

impl Assembly<'_> {
    /// The plot's column stands between what a series is and what it weighs.
    fn columns(&self) -> Vec<Column> {
        let count = match self.kind() {
            OutcomeKind::Survival => "Patients",
            OutcomeKind::Proportion => "Events/n",
        };
        let outcome = self.evidence.protocol.outcome(&self.found.analysis.outcome);
        let short = outcome.map_or(self.found.analysis.outcome.as_str(), |outcome| outcome.short.as_str());
        let level = self.level();
        // A model of counts has none to show.
        let weight = Column::decimal("Weight,\n%").named("weight");
        let weighed = self.found.entries.iter().any(|entry| entry.weight_percent.is_some());
        let weight = if self.takes_counts() && !weighed { weight.on_request() } else { weight };
        let mut columns = vec![
            Column::left("Series").named("label"),
            Column::left("Design").named("design").on_request(),
            Column::left("Cohort").named("cohort"),
            Column::right(count).named("patients"),
            Column::right("Lesions").named("lesions").on_request(),
            Column::right("Median\nfollow-up, mo").named("follow-up").on_request(),
            Column::right("At risk").named("at-risk").on_request(),
            Column::plot(self.axis()).named("plot"),
            Column::center(&format!("{short}, %\n({level} CI)")).named("effect"),
            weight,
            Column::center("SE").named("precision"),
        ];
        columns.extend(self.ratings.columns().map(Column::on_request));
        columns
    }

    fn takes_counts(&self) -> bool {
        self.found.analysis.methods.spec.model.takes_counts()
    }

    /// Returns what a grade of precision stands for in this pool: effects need half an event at 0% and 100%, counts do not.
    fn meaning(&self, grade: PrecisionGrade) -> &'static str {
        match grade {
            PrecisionGrade::X if self.takes_counts() => "0% or 100%, counted as it is",
            PrecisionGrade::X => "0% or 100%, half an event added",
            grade => grade.meaning(),
        }
    }

    fn level(&self) -> String {
        wording::level(self.found.analysis.methods.spec.level)
    }

    fn axis(&self) -> Axis {
        let mut label = wording::pooled_quantity(&self.evidence.protocol, &self.found.analysis);
        label.push_str(", %");
        let mut axis = match self.kind() {
            OutcomeKind::Survival => Axis::percent(label),
            OutcomeKind::Proportion => Axis::rate(label),
        };
        axis.pooled = self.found.pool.fit().and(self.found.pool.estimated()).map(|natural| natural.estimate);
        // Rates of toxicity have an axis that ends where their intervals do: a line there, a band on whole axes.
        let to = if axis.unit == AxisUnit::Percent { Some(1.0) } else { None };
        axis.benchmark = self.threshold().map(|(threshold, below)| Benchmark {
            from: threshold,
            to: to.unwrap_or(threshold),
            label: format!("above {}%: probability {}", format::percent(threshold, 0), format::fixed(1.0 - below, 2)),
        });
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
                    let members = self
                        .found
                        .entries
                        .iter()
                        .zip(&rows)
                        .filter(|(entry, _)| entry.group.as_ref() == Some(&group.of));
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
        let study = study(self.evidence, entry);
        let cohort = study.and_then(|study| study.cohort(&entry.key.cohort));
        let level = self.level();
        let [estimate, lower, upper] = [effect.proportion, effect.lower, effect.upper].map(|p| format::percent(p, 1));
        let weighted = if entry.weight_percent.is_some() { format!(", weight {weight}%") } else { String::new() };
        let title = wording::lower_first(&wording::pooled_quantity(&self.evidence.protocol, &self.found.analysis));
        let count = match (entry.events, entry.n) {
            (Some(events), Some(n)) => format!("{}/{}", format::whole(events), format::whole(n)),
            (None, Some(n)) => format::whole(n),
            _ => String::new(),
        };
        let primary = cohort.map_or("", |cohort| wording::primary(&self.evidence.protocol, &cohort.primary));
        let mut cells = vec![
            Cell::text(name.as_str()),
            Cell::text(entry.timing.as_str()),
            Cell::text(primary),
            Cell::text(count),
            Cell::text(cohort.map(lesions).unwrap_or_default()),
            Cell::text(follow_up(study, cohort)),
            Cell::text(at_risk(&effect.rung)),
            Cell::study(effect.proportion, Some((effect.lower, effect.upper)), entry.weight_percent),
            Cell::interval(&estimate, &lower, &upper),
            Cell::text(weight),
            Cell::Glyph(glyph(effect.rung.grade())),
        ];
        cells.extend(self.ratings.cells(&entry.key.study));
        Row {
            kind: RowKind::Study,
            key: Some(entry.key.study.clone()),
            description: format!("{name}, {title} {estimate}%, {level} CI {lower} to {upper}{weighted}"),
            detail: format!("Standard error from {}.", self.meaning(effect.rung.grade())),
            cells,
        }
    }

    fn group_section(&self, group: &Group, mut rows: Vec<Row>) -> Section {
        let protocol = &self.evidence.protocol;
        let heading = wording::upper_first(&wording::group(protocol, &group.of));
        let mut size = format!("  k = {}", group.k);
        if let Some(n) = group.n {
            size.push_str(&format!(", n = {}", format::whole(n)));
        }
        let mut notes = Vec::new();
        if let (Pool::Pooled { fit, natural }, true) = (&group.pool, self.several_groups()) {
            let name = wording::group_series(protocol, &group.of);
            rows.extend(pooled_rows((&name, RowKind::Subtotal), natural, (group.k, &self.level()), None));
            // Groups that share τ² have no heterogeneity of their own: it stands under the whole.
            notes.extend(fit.tau2_ci.map(|_| heterogeneity(fit, self.notation)));
        }
        Section { heading: Some(Text::new().bold(&heading).plain(&size)), rows, notes }
    }

    fn several_groups(&self) -> bool {
        self.found.groups.as_ref().is_some_and(|groups| groups.groups.iter().filter(|group| group.k > 0).count() > 1)
    }

    fn total_section(&self) -> Option<Section> {
        let Pool::Pooled { fit, natural } = &self.found.pool else { return None };
        let weight = (!fit.weights_percent.is_empty()).then(|| "100.0".to_owned());
        let rows = pooled_rows(("All series", RowKind::Total), natural, (fit.k, &self.level()), weight);
        let mut notes = vec![heterogeneity(fit, self.notation)];
        if let Some(groups) = self.found.groups.as_ref().filter(|groups| groups.test.is_some()) {
            let level = self.level();
            let difference = difference_words(groups, &level);
            notes.extend(difference.map(|words| {
                Text::from(format!("{}: {words}", wording::groups_compared(&self.evidence.protocol, groups, "−")))
            }));
            notes.extend(between(groups, self.notation));
        }
        if let Some((threshold, below)) = self.threshold() {
            notes.push(Text::from(format!(
                "A new series lies above {}% with probability {} ({})",
                format::percent(threshold, 0),
                format::fixed(1.0 - below, 2),
                fit.prediction.as_ref().map(predictive).unwrap_or_default()
            )));
        }
        Some(Section { heading: None, rows, notes })
    }

    /// Returns the threshold with the probability that a new series lies below it; `None` where either is not there.
    fn threshold(&self) -> Option<(f64, f64)> {
        Some((self.found.analysis.methods.threshold?.0, self.found.new_below?))
    }

    fn legend(&self) -> Vec<(Glyph, String)> {
        PrecisionGrade::ALL
            .iter()
            .copied()
            .filter(|grade| self.found.entries.iter().any(|entry| entry.effect.rung.grade() == *grade))
            .map(|grade| (glyph(grade), format!("{}: {}", grade.as_str(), self.meaning(grade))))
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
                    wording::upper_first(&wording::group(&self.evidence.protocol, &group.of)),
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
fn pooled_rows(
    (name, kind): (&str, RowKind),
    natural: &Estimated,
    (k, level): (usize, &str),
    weight: Option<String>,
) -> Vec<Row> {
    // Nothing stands between the name and the plot.
    let row = |kind: RowKind, description: String, words: String, last: Vec<Cell>| Row {
        kind,
        key: None,
        description,
        detail: String::new(),
        cells: [Cell::text(words)].into_iter().chain(vec![Cell::Empty; 6]).chain(last).collect(),
    };
    let figure = format::estimate_interval(natural.estimate, natural.lower, natural.upper);
    let diamond = Cell::pooled(natural.estimate, natural.lower, natural.upper);
    let last = vec![diamond, natural_cell(natural), weight.map_or(Cell::Empty, Cell::text)];
    let mut rows = vec![row(kind, format!("{name}, pooled: {figure}"), name.to_owned(), last)];
    if let Some((lower, upper)) = natural.prediction {
        let imprecise = if k < IMPRECISE_BELOW { format!(" (imprecise, k = {k})") } else { String::new() };
        let ends = Some((format::percent(lower, 1), format::percent(upper, 1)));
        let last = vec![Cell::prediction(lower, upper), Cell::Interval { estimate: String::new(), ends }];
        let description = format!("{name}, prediction interval: {}", format::percent_range(lower, upper));
        rows.push(row(RowKind::Prediction, description, format!("{level} prediction interval{imprecise}"), last));
    }
    rows
}

fn lesions(cohort: &Cohort) -> String {
    cohort.lesions.map(|lesions| TableStyle::default().count(lesions)).unwrap_or_default()
}

/// Returns the median follow-up in months, of the cohort or else of the study.
fn follow_up(study: Option<&Study>, cohort: Option<&Cohort>) -> String {
    let own = cohort.and_then(|cohort| cohort.follow_up.as_ref());
    let median = own.or_else(|| study?.follow_up.as_ref()).and_then(|follow_up| follow_up.median.value());
    median.map(|months| format::trimmed(months.0)).unwrap_or_default()
}

fn at_risk(rung: &Rung) -> String {
    if let Rung::AtRisk { at_risk, .. } = rung { format::whole(*at_risk) } else { String::new() }
}

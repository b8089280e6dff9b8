//! The panel: one row a series, the plots of several analyses side by side on one axis, each with its pooled row.

use std::collections::BTreeMap;

use super::forest::{interval_cell, natural_cell};
use super::notes::heterogeneity;
use crate::evidence::{Evidence, OutcomeKind};
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use crate::report::figure::style::Notation;
use crate::report::figure::text::Text;
use crate::report::methods::methods_line;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Entry, Estimated, FigurePlan, Group, GroupOf, Pool};

/// Returns the panel of these analyses.
pub(super) fn panel(
    evidence: &Evidence,
    several: &[&AnalysisFindings],
    plan: &FigurePlan,
    notation: &Notation,
) -> Forest {
    let panel = Panel { evidence, several, notation };
    let title = plan.title.clone().unwrap_or_else(|| {
        let titles = several.iter().map(|found| wording::analysis_title(&evidence.protocol, &found.analysis));
        titles.collect::<Vec<_>>().join("; ")
    });
    Forest {
        id: plan.id.clone(),
        description: panel.description(&title),
        title,
        columns: panel.columns(),
        sections: panel.sections(),
        footer: panel.footer(),
        ..Forest::default()
    }
}

struct Panel<'a> {
    evidence: &'a Evidence,
    several: &'a [&'a AnalysisFindings],
    notation: &'a Notation,
}

/// A series of the panel: timing and year, by which rows stand in order, then its id.
type Series<'a> = (Option<usize>, i32, &'a str);

impl<'a> Panel<'a> {
    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::left("Series").named("label"), Column::right("Patients").named("patients")];
        for found in self.several {
            let spanner = self.spanner(found);
            let level = format::percent(found.analysis.methods.spec.level.0, 0);
            columns.push(Column::plot(self.axis(found)).named("plot").under(&spanner));
            columns.push(Column::center(&format!("% ({level}% CI)")).named("effect").under(&spanner));
        }
        columns
    }

    /// Returns the heading over an analysis: what it differs by, and how many series and patients it has.
    fn spanner(&self, found: &AnalysisFindings) -> String {
        let n: Option<u64> = found.entries.iter().map(|entry| entry.n).sum();
        let n = n.map(|n| format!(", n = {}", format::whole(n))).unwrap_or_default();
        format!("{}: k = {}{n}", self.name(found), found.entries.len())
    }

    /// Returns what tells an analysis from the others: its time where all have one outcome, else outcome and time.
    fn name(&self, found: &AnalysisFindings) -> String {
        let one_outcome = self.several.iter().all(|other| other.analysis.outcome == found.analysis.outcome);
        match found.analysis.at {
            Some(at) if one_outcome => format::time(at),
            Some(at) => format!("{} at {}", self.outcome(found), format::time(at)),
            None => self.outcome(found),
        }
    }

    fn outcome(&self, found: &AnalysisFindings) -> String {
        let outcome = self.evidence.protocol.outcome(&found.analysis.outcome);
        outcome.map_or_else(|| found.analysis.outcome.clone(), |outcome| outcome.short.clone())
    }

    fn axis(&self, found: &AnalysisFindings) -> Axis {
        let label = format!("{}, %", self.outcome(found));
        let outcome = self.evidence.protocol.outcome(&found.analysis.outcome);
        let mut axis = match outcome.map_or(OutcomeKind::Survival, |outcome| outcome.kind) {
            OutcomeKind::Survival => Axis::percent(label),
            OutcomeKind::Proportion => Axis::rate(label),
        };
        axis.pooled = found.pool.fit().and(found.pool.estimated()).map(|natural| natural.estimate);
        axis
    }

    fn sections(&self) -> Vec<Section> {
        let mut series: BTreeMap<Series<'a>, Vec<Option<&'a Entry>>> = BTreeMap::new();
        for (position, found) in self.several.iter().enumerate() {
            for entry in &found.entries {
                let row = series.entry(self.series(entry)).or_insert_with(|| vec![None; self.several.len()]);
                row[position] = Some(entry);
            }
        }
        let grouped = self.several.iter().all(|found| found.groups.is_some());

        let mut sections = Vec::new();
        if grouped {
            for (position, of) in self.groups().into_iter().enumerate() {
                let members = series.iter().filter(|((group, ..), _)| *group == Some(position));
                let rows: Vec<Row> = members.map(|(series, entries)| self.row(series.2, entries)).collect();
                sections.extend((!rows.is_empty()).then(|| self.group(of, rows)));
            }
        } else {
            let rows = series.iter().map(|(series, entries)| self.row(series.2, entries)).collect();
            sections.push(Section { rows, ..Section::default() });
        }
        sections.push(self.total());
        sections
    }

    /// Returns the groups of all the analyses, in their order.
    fn groups(&self) -> Vec<&'a GroupOf> {
        let groups = self.several.iter().flat_map(|found| &found.groups).flat_map(|groups| &groups.groups);
        let mut groups: Vec<&GroupOf> = groups.map(|group| &group.of).collect();
        groups.sort_by(|a, b| a.order(b));
        groups.dedup();
        groups
    }

    fn series(&self, entry: &'a Entry) -> Series<'a> {
        let study = self.evidence.study(&entry.key.study);
        let group = entry.group.as_ref().and_then(|of| self.groups().iter().position(|known| *known == of));
        (group, study.map_or(0, |study| i32::from(study.reference.year)), entry.key.study.as_str())
    }

    fn row(&self, study: &str, entries: &[Option<&Entry>]) -> Row {
        let name = wording::study_name(self.evidence, study);
        let n = entries.iter().flatten().filter_map(|entry| entry.n).max();
        let mut cells = vec![Cell::text(name.as_str()), Cell::text(n.map(format::whole).unwrap_or_default())];
        let mut said = Vec::new();
        for (entry, found) in entries.iter().zip(self.several) {
            match entry {
                Some(entry) => {
                    let effect = &entry.effect;
                    let interval = Some((effect.lower, effect.upper));
                    cells.push(Cell::study(effect.proportion, interval, entry.weight_percent));
                    cells.push(interval_cell(effect.proportion, effect.lower, effect.upper));
                    let figure = format::estimate_interval(effect.proportion, effect.lower, effect.upper);
                    said.push(format!("{} {figure}", self.name(found)));
                }
                None => cells.extend([Cell::Empty, Cell::text("–")]),
            }
        }
        Row {
            kind: RowKind::Study,
            key: Some(study.to_owned()),
            description: format!("{name}: {}", said.join("; ")),
            detail: String::new(),
            cells,
        }
    }

    fn group(&self, of: &GroupOf, mut rows: Vec<Row>) -> Section {
        let name = wording::upper_first(&wording::group(&self.evidence.protocol, of));
        let heading =
            Text::new().bold(&name).plain(&format!("  {}", format::counted(rows.len() as u64, "series", "series")));
        let pools = self.several.iter().map(|found| {
            let mut groups = found.groups.iter().flat_map(|groups| &groups.groups);
            groups.find(|group| group.of == *of).map(|group: &Group| &group.pool)
        });
        rows.extend(self.pooled(
            &wording::group_series(&self.evidence.protocol, of),
            RowKind::Subtotal,
            &pools.collect::<Vec<_>>(),
        ));
        Section { heading: Some(heading), rows, notes: Vec::new() }
    }

    fn total(&self) -> Section {
        let pools: Vec<Option<&Pool>> = self.several.iter().map(|found| Some(&found.pool)).collect();
        Section { rows: self.pooled("All series", RowKind::Total, &pools), ..Section::default() }
    }

    /// Returns the row of diamonds and, where there is one, that of prediction intervals.
    fn pooled(&self, name: &str, kind: RowKind, pools: &[Option<&Pool>]) -> Vec<Row> {
        let pooled: Vec<Option<&Estimated>> =
            pools.iter().map(|pool| pool.filter(|pool| pool.fit().is_some()).and_then(Pool::estimated)).collect();
        if pooled.iter().all(Option::is_none) {
            return Vec::new();
        }
        let row = |kind: RowKind, label: &str, cells: &dyn Fn(&Estimated) -> [Cell; 2]| {
            let mut row = vec![Cell::text(label), Cell::Empty];
            for natural in &pooled {
                row.extend(natural.map_or_else(|| [Cell::Empty, Cell::Empty], cells));
            }
            Row { kind, key: None, description: self.said(label, &pooled), detail: String::new(), cells: row }
        };
        let mut rows = vec![row(kind, name, &|natural| {
            [Cell::pooled(natural.estimate, natural.lower, natural.upper), natural_cell(natural)]
        })];
        if pooled.iter().flatten().any(|natural| natural.prediction.is_some()) {
            let level = self.several.first().map_or(0.95, |found| found.analysis.methods.spec.level.0);
            let label = format!("{}% prediction interval", format::percent(level, 0));
            rows.push(row(RowKind::Prediction, &label, &|natural| match natural.prediction {
                Some((lower, upper)) => {
                    let ends = Some((format::percent(lower, 1), format::percent(upper, 1)));
                    [Cell::prediction(lower, upper), Cell::Interval { estimate: String::new(), ends }]
                }
                None => [Cell::Empty, Cell::Empty],
            }));
        }
        rows
    }

    fn said(&self, label: &str, pooled: &[Option<&Estimated>]) -> String {
        let each = pooled.iter().zip(self.several).filter_map(|(natural, found)| {
            let natural = (*natural)?;
            let figure = format::estimate_interval(natural.estimate, natural.lower, natural.upper);
            Some(format!("{} {figure}", self.name(found)))
        });
        format!("{label}: {}", each.collect::<Vec<_>>().join("; "))
    }

    fn description(&self, title: &str) -> String {
        let pooled: Vec<Option<&Estimated>> = self.several.iter().map(|found| found.pool.estimated()).collect();
        format!("Panel of forest plots: {}. {}.", wording::lower_first(title), self.said("Pooled", &pooled))
    }

    fn footer(&self) -> Vec<Text> {
        let notes = self.several.iter().filter_map(|found| {
            let fit = found.pool.fit()?;
            Some(Text::from(format!("{}. ", self.name(found))).followed_by(&heterogeneity(fit, self.notation)))
        });
        let mut lines: Vec<String> = self.several.iter().map(|found| methods_line(&found.analysis.methods)).collect();
        lines.dedup();
        notes.chain(lines.into_iter().map(Text::from)).collect()
    }
}

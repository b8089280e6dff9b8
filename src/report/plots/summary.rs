//! The pooled results of several analyses, group by group: the comparison a review is made for.

use super::forest::natural_cell;
use super::notes::p_value;
use crate::evidence::{Evidence, Protocol};
use crate::report::comparison_table::p_between;
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use crate::report::figure::style::Notation;
use crate::report::figure::text::Text;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Difference, FigurePlan, Group, Groups, Pool};

/// Returns the groups' results of each analysis, with their difference.
pub(super) fn summary(
    evidence: &Evidence,
    several: &[&AnalysisFindings],
    plan: &FigurePlan,
    notation: &Notation,
) -> Forest {
    let title = plan.title.clone().unwrap_or_else(|| "Retrospective and prospective series compared".to_owned());
    let sections: Vec<Section> = several.iter().map(|found| section(evidence, found, notation)).collect();
    let said: Vec<String> =
        sections.iter().flat_map(|section| &section.rows).map(|row| row.description.clone()).collect();
    let level = several.first().map_or(0.95, |found| found.analysis.methods.spec.level.0);
    Forest {
        id: plan.id.clone(),
        description: format!("{title}. {}.", said.join("; ")),
        title,
        columns: vec![
            Column::left("Outcome, group").named("outcome"),
            Column::right("Series").named("series"),
            Column::right("Patients").named("patients"),
            Column::plot(Axis::percent("Pooled proportion, %")).named("plot"),
            Column::center(&format!("% ({}% CI)", format::percent(level, 0))).named("effect"),
        ],
        sections,
        ..Forest::default()
    }
}

fn section(evidence: &Evidence, found: &AnalysisFindings, notation: &Notation) -> Section {
    let name = wording::analysis_title(&evidence.protocol, &found.analysis);
    let mut rows = Vec::new();
    let mut heading = Text::new().bold(&wording::upper_first(&name));
    if let Some(groups) = &found.groups {
        rows.extend(groups.groups.iter().map(|group| row(&evidence.protocol, &name, group)));
        rows.extend(groups.difference.map(|difference| difference_row(groups, difference, notation)));
    } else {
        heading = heading.plain("  not grouped");
    }
    Section { heading: Some(heading), rows, notes: Vec::new() }
}

fn row(protocol: &Protocol, analysis: &str, group: &Group) -> Row {
    let of = wording::group(protocol, &group.of);
    let (kind, figure, mark, interval) = match &group.pool {
        Pool::Pooled { natural, .. } => (
            RowKind::Subtotal,
            format::estimate_interval(natural.estimate, natural.lower, natural.upper),
            Cell::pooled(natural.estimate, natural.lower, natural.upper),
            natural_cell(natural),
        ),
        Pool::Single(natural) | Pool::AtTheEnd(natural) => (
            RowKind::Study,
            format::estimate_interval(natural.estimate, natural.lower, natural.upper),
            Cell::study(natural.estimate, Some((natural.lower, natural.upper)), None),
            natural_cell(natural),
        ),
        Pool::Empty | Pool::Failed(_) => (RowKind::NotPooled, "no series".to_owned(), Cell::Empty, Cell::text("–")),
    };
    let n = group.n.filter(|_| group.k > 0).map(format::whole).unwrap_or_default();
    let cells =
        vec![Cell::text(wording::upper_first(&of)), Cell::text(group.k.to_string()), Cell::text(n), mark, interval];
    let description = format!("{analysis}, {of}: {figure}");
    Row { kind, key: None, description, detail: String::new(), cells }
}

fn difference_row(groups: &Groups, difference: Difference, notation: &Notation) -> Row {
    let [estimate, lower, upper] =
        [difference.estimate, difference.lower, difference.upper].map(|value| format::percent(value, 1));
    let mut label = "Difference, points".to_owned();
    if let Some(p) = p_between(groups) {
        label.push_str(&format!("; {}", p_value(p, notation)));
    }
    Row {
        kind: RowKind::NotPooled,
        key: None,
        description: format!("difference {estimate} ({lower} to {upper}) percentage points"),
        detail: String::new(),
        cells: vec![
            Cell::text(Text::marked(&label)),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::interval(&estimate, &lower, &upper),
        ],
    }
}

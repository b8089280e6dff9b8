//! One pool under other choices of method and series: does the answer hang on them?

use super::forest::natural_cell;
use crate::evidence::Evidence;
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Estimated, FigurePlan};

/// Returns the pool under every variation of the plan, from the lowest estimate to the highest; `None` without a pool.
pub(super) fn choices(evidence: &Evidence, found: &AnalysisFindings, plan: &FigurePlan) -> Option<Forest> {
    let planned = found.pool.estimated()?;
    let outcome = wording::analysis_title(&evidence.protocol, &found.analysis);
    let quantity = wording::pooled_quantity(&evidence.protocol, &found.analysis);
    let title = plan.title.clone().unwrap_or_else(|| format!("{outcome} under other choices"));
    let mut others: Vec<(&str, usize, &Estimated)> =
        found.sensitivity.iter().filter_map(|row| Some((row.name.as_str(), row.k, row.pool.estimated()?))).collect();
    others.sort_by(|a, b| a.2.estimate.total_cmp(&b.2.estimate));
    let mark = |kind: RowKind, natural: &Estimated| match kind {
        RowKind::Study => Cell::study(natural.estimate, Some((natural.lower, natural.upper)), None),
        _ => Cell::pooled(natural.estimate, natural.lower, natural.upper),
    };
    let row = |kind: RowKind, name: &str, k: usize, natural: &Estimated| Row {
        kind,
        key: None,
        description: format!("{name}: {}", format::estimate_interval(natural.estimate, natural.lower, natural.upper)),
        detail: String::new(),
        cells: vec![Cell::text(name), Cell::text(k.to_string()), mark(kind, natural), natural_cell(natural)],
    };
    let rows = others.into_iter().map(|(name, k, natural)| row(RowKind::Study, name, k, natural)).collect();
    let total = row(RowKind::Total, "As planned", found.entries.len(), planned);
    let level = format::percent(found.analysis.methods.spec.level.0, 0);
    Some(Forest {
        id: plan.id.clone(),
        description: format!(
            "{title}. As planned {}.",
            format::estimate_interval(planned.estimate, planned.lower, planned.upper)
        ),
        title,
        columns: vec![
            Column::left("Choice").named("choice"),
            Column::right("Series").named("series"),
            Column::plot(Axis { pooled: Some(planned.estimate), ..Axis::percent(format!("{quantity}, %")) })
                .named("plot"),
            Column::center(&format!("% ({level}% CI)")).named("effect"),
        ],
        sections: vec![Section { rows, ..Section::default() }, Section { rows: vec![total], ..Section::default() }],
        ..Forest::default()
    })
}

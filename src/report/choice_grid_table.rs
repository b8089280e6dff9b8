//! The table of the choice grid: does the answer hang on how it was made?

use std::sync::Arc;

use rayon::prelude::*;

use super::audit_tables::{entry_row, table};
use super::format;
use super::table::{Align, Row, Table};
use super::wording;
use crate::evidence::Evidence;
use crate::review::{AnalysisFindings, ChoiceGrid, Findings, TableStyle, choice_grid};

/// What counts as the same conclusion, in a sentence.
pub(super) const AGREEMENT: &str = "A combination agrees where its pooled value lies within the interval as planned and, where groups \
                                    are tested in both, the test is significant in both or in neither.";

/// Returns how far each pool moves over all sensible combinations of the choices that it rests on.
#[must_use]
pub fn choice_grid_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let grids = findings.analyses.par_iter().filter_map(|found| Some((found, choice_grid(evidence, found)?)));
    let grids: Vec<(&AnalysisFindings, Arc<ChoiceGrid>)> = grids.collect();
    let unanswered: usize = grids.iter().map(|(_, grid)| grid.unanswered).sum();
    let all = unanswered + grids.iter().map(|(_, grid)| grid.specifications.len()).sum::<usize>();
    let pooled = format!("As planned % ({}CI)", wording::level_of(findings));
    table(
        &[
            ("analysis", "Analysis", Align::Left),
            ("fits", "Fits", Align::Right),
            ("pooled", &pooled, Align::Decimal),
            ("range", "Pooled values, %", Align::Decimal),
            ("lower", "Lower ends, %", Align::Decimal),
            ("upper", "Upper ends, %", Align::Decimal),
            ("agree", "Agree, %", Align::Right),
            ("moved", "Moved most by", Align::Left),
        ],
        grids.iter().map(|(found, grid)| row(evidence, found, grid, style)).collect(),
        vec![
            format!(
                "Fits, the combinations of scale, model, estimator of τ², interval, grades of precision that are admitted, preference of \
                 cohorts, variants of the outcome, and the series that is left \
                 out, that have an answer: of {}, {} had none.",
                format::counted(all as u64, "combination", "combinations"),
                format::whole(unanswered as u64)
            ),
            "Ranges are from the smallest to the largest; they count every combination alike, though some are better than others."
                .to_owned(),
            AGREEMENT.to_owned(),
            "Moved most by: the choice that explains most of the variance of the pooled value, by itself (η²)."
                .to_owned(),
        ],
    )
}

fn row(evidence: &Evidence, found: &AnalysisFindings, grid: &ChoiceGrid, style: &TableStyle) -> Row {
    let range = |range: Option<(f64, f64)>| style.or_nothing(range.map(|(low, high)| style.percent_range(low, high)));
    let planned = found.pool.estimated();
    let planned = planned.map(|natural| {
        let interval = style.percent_range(natural.lower, natural.upper);
        format!("{} ({interval})", format::percent(natural.estimate, style.digits))
    });
    let moved = grid.explained().first().map(|(choice, share)| format!("{choice} ({}%)", format::percent(*share, 0)));
    entry_row(
        Some(&found.analysis.id),
        [
            wording::analysis_title(&evidence.protocol, &found.analysis),
            format::whole(grid.specifications.len() as u64),
            style.or_nothing(planned),
            range(grid.range(|specification| specification.estimate)),
            range(grid.range(|specification| specification.lower)),
            range(grid.range(|specification| specification.upper)),
            if grid.specifications.is_empty() { style.nothing.clone() } else { format::percent(grid.agreement(), 0) },
            style.or_nothing(moved),
        ],
    )
}

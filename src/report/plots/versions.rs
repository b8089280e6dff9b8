//! The pools at each released version of a living review: how the answer came to be what it is.

use super::forest::natural_cell;
use crate::evidence::Evidence;
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use crate::report::figure::text::Text;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, FigurePlan, Findings, PoolState, RECORDED, VersionFindings};

/// Returns the pools of several analyses at each version, the oldest first; `None` without a version.
pub(super) fn versions(
    evidence: &Evidence,
    findings: &Findings,
    several: &[&AnalysisFindings],
    plan: &FigurePlan,
) -> Option<Forest> {
    findings.versions.first()?;
    let sections: Vec<Section> = several.iter().map(|found| section(evidence, findings, found)).collect();
    let title = plan.title.clone().unwrap_or_else(|| match several {
        [only] => {
            let outcome = wording::analysis_title(&evidence.protocol, &only.analysis);
            format!("Version by version: {}", wording::lower_first(&outcome))
        }
        _ => "Pooled values, version by version".to_owned(),
    });
    let said: Vec<&str> =
        sections.iter().flat_map(|section| &section.rows).map(|row| row.description.as_str()).collect();
    let level = several.first().map_or(0.95, |found| found.analysis.methods.spec.level.0);
    let reconstructed = findings.versions.iter().filter_map(|found| found.version.as_ref());
    let reconstructed: Vec<String> = reconstructed
        .filter_map(|version| {
            Some(format!("Version {} is reconstructed: {}.", version.id, version.reconstructed.as_ref()?))
        })
        .collect();
    Some(Forest {
        id: plan.id.clone(),
        description: format!("{title}. {}.", said.join("; ")),
        title,
        columns: vec![
            Column::left("Version").named("label"),
            Column::left("Released").named("released"),
            Column::right("Series").named("series"),
            Column::right("Patients").named("patients"),
            Column::plot(Axis::percent("Pooled proportion, %")).named("plot"),
            Column::center(&format!("% ({}% CI)", format::percent(level, 0))).named("effect"),
        ],
        sections,
        footer: reconstructed.iter().map(|words| Text::from(words.replace("..", ".").as_str())).collect(),
        ..Forest::default()
    })
}

fn section(evidence: &Evidence, findings: &Findings, found: &AnalysisFindings) -> Section {
    let name = wording::analysis_title(&evidence.protocol, &found.analysis);
    let whole = |pool: &&PoolState| pool.analysis == found.analysis.id && pool.group.is_none();
    let mut shown: Vec<(&VersionFindings, Option<&PoolState>)> = Vec::new();
    for version in &findings.versions {
        let pool = version.pools.iter().find(whole);
        // What is not released yet is shown where it is something else.
        let earlier = shown.last().and_then(|(_, pool)| *pool);
        let same = pool.zip(earlier).is_some_and(|(pool, earlier)| pool.is_near(earlier, RECORDED));
        if version.version.is_some() || !same {
            shown.push((version, pool));
        }
    }
    let last = shown.len().saturating_sub(1);
    let kind = |index: usize| if index == last { RowKind::Total } else { RowKind::Subtotal };
    let rows = shown.iter().enumerate().flat_map(|(index, (version, pool))| rows(version, *pool, kind(index)));
    Section { heading: Some(Text::new().bold(&wording::upper_first(&name))), rows: rows.collect(), notes: Vec::new() }
}

/// Returns the pool at a version and, where it has one, its prediction interval.
fn rows(found: &VersionFindings, pool: Option<&PoolState>, kind: RowKind) -> Vec<Row> {
    let (label, released) = match &found.version {
        Some(version) => (version.id.clone(), version.date.to_string()),
        None => ("now".to_owned(), "not yet".to_owned()),
    };
    let k = pool.map_or(0, |pool| pool.series.len());
    let n = pool.and_then(|pool| pool.n).filter(|_| k > 0).map(format::whole).unwrap_or_default();
    let estimated = pool.and_then(|pool| pool.estimated);
    let row = |kind: RowKind, description: String, cells: Vec<Cell>| Row {
        kind,
        key: None,
        description,
        detail: String::new(),
        cells,
    };
    let (kind, mark, figure, words) = match estimated {
        None => (RowKind::NotPooled, Cell::Empty, Cell::text("–"), "no pool".to_owned()),
        Some(natural) => {
            let mark = match k {
                1 => Cell::study(natural.estimate, Some((natural.lower, natural.upper)), None),
                _ => Cell::pooled(natural.estimate, natural.lower, natural.upper),
            };
            let kind = if k == 1 { RowKind::Study } else { kind };
            let words = format::estimate_interval(natural.estimate, natural.lower, natural.upper);
            (kind, mark, natural_cell(&natural), words)
        }
    };
    let description = format!("version {label}: {words}");
    let cells =
        vec![Cell::text(label.clone()), Cell::text(released), Cell::text(k.to_string()), Cell::text(n), mark, figure];
    let mut rows = vec![row(kind, description, cells)];
    if let Some((lower, upper)) = estimated.and_then(|natural| natural.prediction) {
        let ends = Some((format::percent(lower, 1), format::percent(upper, 1)));
        let cells = vec![
            Cell::text("prediction interval"),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::prediction(lower, upper),
            Cell::Interval { estimate: String::new(), ends },
        ];
        let description = format!("prediction interval {}", format::percent_range(lower, upper));
        rows.push(row(RowKind::Prediction, description, cells));
    }
    rows
}

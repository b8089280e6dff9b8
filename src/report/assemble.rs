//! Findings become a report: every table, figure and sentence, with every text formatted.

use serde::Serialize;

use super::audit_tables::{conflicts_table, left_out_table, precision_table, sensitivity_table};
use super::comparison_table::{comparison_table, difference, test};
use super::figure::forest::Forest;
use super::footnotes::Footnotes;
use super::forest::forest;
use super::format;
use super::methods::methods_section;
use super::page::{Block, Fact, FigureBlock, FileLink, KeyResult, KeyValue, Page, Reference, Section, TableBlock};
use super::pool_data::pool_data;
use super::references::vancouver;
use super::series_table::{pool_words, series_table};
use super::table::Table;
use super::toxicity_table::toxicity_table;
use super::wording;
use crate::evidence::{Evidence, Timing};
use crate::review::{AnalysisFindings, Findings, Group, Groups, Plan, TableKind};

/// Everything that is written, as plain data.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The page.
    pub page: Page,
    /// Each table that is a file of its own.
    pub tables: Vec<Table>,
    /// Each figure.
    pub figures: Vec<Forest>,
    /// The figures of each pool, one table an analysis.
    pub pools: Vec<Table>,
}

/// Returns the report of what a plan found on this evidence.
#[must_use]
pub fn assemble(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Report {
    let assembly = Assembly { evidence, plan, findings };
    let planned: Vec<Table> = plan.tables.iter().map(|table| match table.kind {
        TableKind::Series => series_table(evidence, findings, table),
        TableKind::Comparison => comparison_table(evidence, findings, table),
        TableKind::Toxicity => toxicity_table(evidence, findings, table),
    });
    let audit = [
        sensitivity_table(evidence, findings),
        precision_table(evidence, findings),
        left_out_table(evidence, findings),
        conflicts_table(evidence),
    ];
    let figures: Vec<Forest> = plan
        .figures
        .iter()
        .filter_map(|figure| Some(forest(evidence, findings.analysis(&figure.analysis)?, figure)))
        .collect();
    let page = assembly.page(&planned, &figures, &audit);
    Report {
        page,
        tables: planned.into_iter().chain(audit).collect(),
        figures,
        pools: findings.analyses.iter().map(pool_data).collect(),
    }
}

//! The tables of a report: those that `review.yaml` asks for, and those that every report has.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::audit_tables::{conflicts_table, honesty_table, left_out_table, precision_table, sensitivity_table};
use super::change_log::ChangeLog;
use super::characteristics_table::characteristics_table;
use super::choice_grid_table::choice_grid_table;
use super::comparison_table::comparison_table;
use super::completeness_table::completeness_table;
use super::curves_table::curves_table;
use super::extraction_tables::{agreement_table, decisions_table};
use super::living_table::next_series_table;
use super::log_tables::{hazard_ratios_table, medians_table};
use super::moderators_table::moderators_table;
use super::over_time_table::over_time_table;
use super::robustness_tables::{clusters_table, heterogeneity_table};
use super::series_table::series_table;
use super::table::Table;
use super::toxicity_table::toxicity_table;
use crate::evidence::Evidence;
use crate::review::{AnalysisFindings, Findings, Plan, TableKind, TablePlan};

/// A table, and what it shows.
#[derive(Debug, Clone)]
pub struct Made {
    /// What it shows.
    pub kind: TableKind,
    /// The table.
    pub table: Table,
}

/// Returns the plan's tables, then the built-in ones that the plan does not word itself; of these only those with a row.
#[must_use]
pub fn tables(evidence: &Evidence, plan: &Plan, findings: &Findings, log: Option<&ChangeLog>) -> Vec<Made> {
    let made = |table: &TablePlan| Made { kind: table.kind, table: make(evidence, findings, log, table).tight() };
    let missing = TableKind::BUILT_IN.into_iter().filter(|kind| plan.tables.iter().all(|table| table.kind != *kind));
    let built_in: Vec<TablePlan> = missing.map(TablePlan::built_in).collect();
    let planned = plan.tables.par_iter().map(made);
    planned.chain(built_in.par_iter().map(made).filter(|made| !made.table.rows.is_empty())).collect()
}

/// Returns the table that a plan asks for.
fn make(evidence: &Evidence, findings: &Findings, log: Option<&ChangeLog>, plan: &TablePlan) -> Table {
    let evidence = &*evidence_for(evidence, plan);
    let findings = &*findings_for(findings, evidence, plan);
    let style = &plan.style;
    let table = match plan.kind {
        TableKind::Series => series_table(evidence, findings, plan),
        TableKind::Comparison => comparison_table(evidence, findings, plan),
        TableKind::Characteristics => characteristics_table(evidence, plan),
        TableKind::Toxicity => toxicity_table(evidence, findings, plan),
        TableKind::OverTime => over_time_table(evidence, findings, style),
        TableKind::Medians => medians_table(evidence, findings, style),
        TableKind::HazardRatios => hazard_ratios_table(evidence, findings, style),
        TableKind::Heterogeneity => heterogeneity_table(evidence, findings, style),
        TableKind::Moderators => moderators_table(evidence, findings, style),
        TableKind::Clusters => clusters_table(evidence, findings, style),
        TableKind::ChoiceGrid => choice_grid_table(evidence, findings, style),
        TableKind::Sensitivity => sensitivity_table(evidence, findings, style),
        TableKind::Precision => precision_table(evidence, findings, style),
        TableKind::Curves => curves_table(evidence, findings, style),
        TableKind::Honesty => honesty_table(evidence, findings, style),
        TableKind::LeftOut => left_out_table(evidence, findings),
        TableKind::Contradictions => conflicts_table(evidence, style),
        TableKind::Completeness => completeness_table(evidence, plan),
        TableKind::Agreement => agreement_table(evidence, style),
        TableKind::Decisions => decisions_table(evidence, style),
        TableKind::NextSeries => next_series_table(evidence, findings, style),
        TableKind::Versions => log.map_or_else(Table::default, ChangeLog::table),
        TableKind::VersionChanges => log.map_or_else(Table::default, ChangeLog::pools_table),
    };
    Table { id: plan.id.clone(), caption: plan.title.clone(), ..table }.with_columns(&plan.columns)
}

/// Returns the evidence that a table is of: its studies alone, where it names a timing.
fn evidence_for<'a>(evidence: &'a Evidence, plan: &TablePlan) -> Cow<'a, Evidence> {
    let Some(timing) = plan.timing else { return Cow::Borrowed(evidence) };
    let wanted = evidence.studies.iter().filter(|study| study.design.timing == timing);
    Cow::Owned(Evidence {
        protocol: evidence.protocol.clone(),
        studies: wanted.cloned().collect(),
        extractions: evidence.extractions.clone(),
    })
}

/// Returns the findings that a table is of: its outcomes, times and studies alone, where it names some.
fn findings_for<'a>(findings: &'a Findings, evidence: &Evidence, plan: &TablePlan) -> Cow<'a, Findings> {
    if plan.outcomes.is_empty() && plan.at.is_empty() && plan.timing.is_none() {
        return Cow::Borrowed(findings);
    }
    let wanted = |outcome: &String| plan.outcomes.is_empty() || plan.outcomes.contains(outcome);
    let analyses = findings.analyses.iter();
    let analyses = analyses.filter(|found| wanted(&found.analysis.outcome) && plan.shows(found.analysis.at));
    let of_these = |found: &AnalysisFindings| {
        let mut found = found.clone();
        found.left_out.retain(|left_out| evidence.study(&left_out.study).is_some());
        found
    };
    let over_time = findings.over_time.iter().filter(|over_time| wanted(&over_time.outcome));
    // What is not wanted is never copied: there may be very much of it.
    Cow::Owned(Findings {
        analyses: analyses.map(of_these).collect(),
        over_time: over_time.cloned().collect(),
        medians: findings.medians.iter().filter(|pool| wanted(&pool.outcome)).cloned().collect(),
        hazard_ratios: findings.hazard_ratios.iter().filter(|pool| wanted(&pool.outcome)).cloned().collect(),
        curves: findings.curves.clone(),
        predictions: findings.predictions.clone(),
        effects: Arc::clone(&findings.effects),
        certainty: findings.certainty.clone(),
        living: findings.living.clone(),
        versions: findings.versions.clone(),
    })
}

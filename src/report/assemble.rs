//! Findings become a report: every table, figure and sentence, with every text formatted.

use serde::Serialize;

use super::appraisal_tables::{risk_of_bias_tables, risk_rule_words};
use super::audit_tables::{conflicts_table, honesty_table, left_out_table, precision_table, sensitivity_table};
use super::certainty_tables::certainty_tables;
use super::comparison_table::{comparison_table, difference_words, test};
use super::curves_table::curves_table;
use super::diagram::Diagram;
use super::extraction_tables::{agreement_table, decisions_table};
use super::format;
use super::gallery::gallery;
use super::log_tables::{hazard_ratios_table, medians_table};
use super::methods::methods_section;
use super::over_time_table::over_time_table;
use super::overlap_table::{overlap_graph, overlap_table};
use super::page::{Block, Fact, FileLink, KeyResult, KeyValue, Page, Reference, Section, TableBlock};
use super::plots::{Plot, plot};
use super::pool_data::{PoolData, pool_data};
use super::references::vancouver;
use super::series_table::{pool_words, series_table};
use super::table::Table;
use super::toxicity_table::toxicity_table;
use super::wording;
use crate::evidence::{Evidence, Timing, Unit};
use crate::review::{
    Analysis, AnalysisFindings, Entry, FigureKind, Findings, Groups, OverlapRule, Plan, Pool, TableKind,
};

/// Everything that is written, as plain data.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The page.
    pub page: Page,
    /// The gallery of its figures.
    pub gallery: Page,
    /// Each table that is a file of its own.
    pub tables: Vec<Table>,
    /// Each figure, laid out.
    pub figures: Vec<Plot>,
    /// The figures of each pool, one table an analysis.
    pub pools: Vec<PoolData>,
    /// Each diagram as text.
    pub diagrams: Vec<Diagram>,
}

/// Returns the report of what a plan found on this evidence.
#[must_use]
pub fn assemble(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Report {
    let assembly = Assembly { evidence, plan, findings };
    let planned = plan.tables.iter().map(|table| match table.kind {
        TableKind::Series => series_table(evidence, findings, table),
        TableKind::Comparison => comparison_table(evidence, findings, table),
        TableKind::Toxicity => toxicity_table(evidence, findings, table),
    });
    let planned: Vec<Table> = planned.collect();
    let audit = Audit {
        over_time: over_time_table(evidence, findings),
        medians: medians_table(evidence, findings),
        hazard_ratios: hazard_ratios_table(evidence, findings),
        sensitivity: sensitivity_table(evidence, findings),
        precision: precision_table(evidence, findings),
        curves: curves_table(evidence, findings),
        honesty: honesty_table(evidence, findings),
        left_out: left_out_table(evidence, findings),
        conflicts: conflicts_table(evidence),
        agreement: agreement_table(evidence),
        decisions: decisions_table(evidence),
        overlaps: overlap_table(evidence),
        risk_of_bias: risk_of_bias_tables(evidence),
        certainty: certainty_tables(evidence, plan, findings),
    };
    let figures: Vec<Plot> = plan.figures.iter().filter_map(|figure| plot(evidence, findings, figure)).collect();
    let page = assembly.page(&planned, &figures, &audit);
    Report {
        page,
        gallery: gallery(evidence, plan, &figures),
        tables: planned.into_iter().chain(audit.into_tables()).collect(),
        figures,
        diagrams: overlap_graph(evidence).into_iter().collect(),
        pools: findings.analyses.iter().map(pool_data).collect(),
    }
}

/// The tables that let a reader check the review.
struct Audit {
    over_time: Table,
    medians: Table,
    hazard_ratios: Table,
    sensitivity: Table,
    precision: Table,
    curves: Table,
    honesty: Table,
    left_out: Table,
    conflicts: Table,
    agreement: Table,
    decisions: Table,
    overlaps: Table,
    risk_of_bias: Vec<Table>,
    certainty: Vec<Table>,
}

impl Audit {
    /// Returns the tables that have a row, in the order of the page.
    fn into_tables(self) -> impl Iterator<Item = Table> {
        let alone = [
            self.over_time,
            self.medians,
            self.hazard_ratios,
            self.sensitivity,
            self.precision,
            self.curves,
            self.honesty,
            self.left_out,
            self.conflicts,
            self.agreement,
            self.decisions,
            self.overlaps,
        ];
        (alone.into_iter().chain(self.risk_of_bias).chain(self.certainty)).filter(|table| !table.rows.is_empty())
    }
}

/// Where on the page a figure stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shelf {
    /// It shows results.
    Results,
    /// It shows survival over all times.
    OverTime,
    /// It shows what they rest on.
    Robustness,
}

impl Shelf {
    fn of(kind: FigureKind) -> Self {
        match kind {
            FigureKind::Forest | FigureKind::Panel | FigureKind::Summary => Self::Results,
            FigureKind::SurvivalCurve | FigureKind::Course | FigureKind::Medians | FigureKind::HazardRatios => {
                Self::OverTime
            }
            _ => Self::Robustness,
        }
    }
}

struct Assembly<'a> {
    evidence: &'a Evidence,
    plan: &'a Plan,
    findings: &'a Findings,
}

impl Assembly<'_> {
    fn page(&self, planned: &[Table], figures: &[Plot], audit: &Audit) -> Page {
        let section =
            |id: &str, title: &str, blocks: Vec<Block>| Section { id: id.to_owned(), title: title.to_owned(), blocks };
        let mut sections = vec![
            section("results", "Results at a glance", self.glance()),
            section("certainty", "How sure this is", tables_of(&audit.certainty)),
            section("tables", "Tables", planned.iter().map(table_block).collect()),
            section("figures", "Figures", self.figures(figures, Shelf::Results)),
            section(
                "robustness",
                "How far a pool rests on single series and choices",
                self.figures(figures, Shelf::Robustness),
            ),
            section("over-time", "Survival over time", self.over_time(figures, audit)),
            section("risk-of-bias", "Risk of bias", self.risk_of_bias(audit)),
            section("overlaps", "Series that may report the same patients", overlap_blocks(&audit.overlaps)),
            section("sensitivity", "Sensitivity to other choices", table_blocks(&[&audit.sensitivity])),
            section(
                "precision",
                "Where each standard error comes from",
                table_blocks(&[&audit.precision, &audit.curves, &audit.honesty]),
            ),
            section("left-out", "What could not be pooled", table_blocks(&[&audit.left_out])),
            section("contradictions", "Contradictions between sources", table_blocks(&[&audit.conflicts])),
            section("extraction", "Double extraction", table_blocks(&[&audit.agreement, &audit.decisions])),
        ];
        let exceptions = self.exceptions();
        if !exceptions.is_empty() {
            sections.push(section("exceptions", "Exceptions to the checks", vec![Block::Facts(exceptions)]));
        }
        sections.push(section("methods", "Methods", self.methods()));
        sections.push(section("references", "References", vec![Block::References(self.references())]));
        sections.retain(|section| !section.blocks.is_empty());
        let protocol = &self.evidence.protocol;
        Page {
            title: protocol.title.clone(),
            lang: "en".to_owned(),
            question: self.question(),
            lead: self.lead(),
            sections,
            colophon: format!("Made by forestable {} from the files of this review.", env!("CARGO_PKG_VERSION")),
        }
    }

    fn question(&self) -> Vec<Fact> {
        let question = &self.evidence.protocol.question;
        let outcomes = question.outcomes.iter().filter_map(|id| self.evidence.protocol.outcome(id));
        let names: Vec<String> = outcomes.map(|outcome| wording::lower_first(&outcome.name)).collect();
        let facts = [
            ("Population", question.population.clone()),
            ("Intervention", question.intervention.clone()),
            ("Outcomes", (!names.is_empty()).then(|| wording::upper_first(&wording::listed(&names)))),
        ];
        facts.into_iter().filter_map(|(term, text)| Some(Fact { term: term.to_owned(), text: text? })).collect()
    }

    fn lead(&self) -> String {
        let studies = &self.evidence.studies;
        let of = |timing: Timing| studies.iter().filter(|study| study.design.timing == timing).count() as u64;
        format!(
            "{}: {} retrospective and {} prospective.",
            format::counted(studies.len() as u64, "published series", "published series"),
            of(Timing::Retrospective),
            of(Timing::Prospective),
        )
    }

    /// Returns one card for each analysis of the first cohort preference, under a line that says which that is.
    fn glance(&self) -> Vec<Block> {
        let Some(first) = self.plan.analyses.first() else { return Vec::new() };
        let shown = self.findings.analyses.iter();
        let shown: Vec<_> = shown
            .filter(|found| found.analysis.cohort == first.cohort && !found.entries.is_empty())
            .map(|found| self.key_result(found))
            .collect();
        if shown.is_empty() {
            return Vec::new();
        }
        let cohorts = wording::cohort_preference(&self.evidence.protocol, &first.cohort);
        let words = format!("Cohorts: {cohorts}. Where there is one series, its own figure stands in place of a pool.");
        vec![Block::Prose(words), Block::KeyResults(shown)]
    }

    fn key_result(&self, found: &AnalysisFindings) -> KeyResult {
        let values = match &found.groups {
            Some(groups) => {
                let groups = groups.groups.iter().map(|group| {
                    let entries: Vec<_> = found.entries.iter().filter(|entry| entry.timing == group.timing).collect();
                    key_value(group.timing.as_str(), &found.analysis, &group.pool, group.n, &entries)
                });
                groups.collect()
            }
            None => {
                let entries: Vec<_> = found.entries.iter().collect();
                let n = entries.iter().map(|entry| entry.n).sum();
                vec![key_value("all series", &found.analysis, &found.pool, n, &entries)]
            }
        };
        let level = wording::level(found.analysis.methods.spec.level);
        let mut figures = self.plan.figures.iter().filter(|figure| figure.kind == FigureKind::Forest);
        let figure = figures.find(|figure| figure.analyses.contains(&found.analysis.id));
        KeyResult {
            label: wording::analysis_title(&self.evidence.protocol, &found.analysis),
            values,
            sentence: found.groups.as_ref().and_then(|groups| compared(groups, &level)).unwrap_or_default(),
            anchor: figure.map(|figure| format!("figure-{}", figure.id)),
        }
    }

    /// Returns the figures of one shelf.
    fn figures(&self, plots: &[Plot], shelf: Shelf) -> Vec<Block> {
        let kind = |plot: &Plot| self.plan.figures.iter().find(|plan| plan.id == plot.id).map(|plan| plan.kind);
        let on_shelf = plots.iter().filter(|plot| kind(plot).map(Shelf::of) == Some(shelf));
        on_shelf.flat_map(|plot| self.figure_blocks(plot)).collect()
    }

    /// Returns the curves, then the tables of what they and single times give.
    fn over_time(&self, plots: &[Plot], audit: &Audit) -> Vec<Block> {
        let mut blocks = self.figures(plots, Shelf::OverTime);
        blocks.extend(table_blocks(&[&audit.over_time, &audit.medians, &audit.hazard_ratios]));
        blocks
    }

    /// Returns a figure with what its pool leaves out beside it.
    fn figure_blocks(&self, plot: &Plot) -> Vec<Block> {
        let plan = self.plan.figures.iter().find(|plan| plan.id == plot.id);
        let mut blocks = vec![Block::Figure(plot.block())];
        if let Some(plan) = plan.filter(|plan| plan.kind == FigureKind::Forest) {
            let found = plan.analyses.iter().filter_map(|id| self.findings.analysis(id));
            blocks.extend(found.filter_map(|found| self.left_out(found)).map(Block::Prose));
        }
        blocks
    }

    /// Returns the series that a pool leaves out, by reason.
    fn left_out(&self, found: &AnalysisFindings) -> Option<String> {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for left_out in &found.left_out {
            let reason = wording::reason(left_out, self.evidence, &found.analysis);
            let name = wording::study_name(self.evidence, &left_out.study);
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, names)) => names.push(name),
                None => reasons.push((reason, vec![name])),
            }
        }
        let parts: Vec<String> =
            reasons.into_iter().map(|(reason, names)| format!("{} ({reason})", names.join(", "))).collect();
        (!parts.is_empty()).then(|| format!("Not in this pool: {}.", parts.join("; ")))
    }

    /// Returns the answers of each tool with what the review makes of them.
    fn risk_of_bias(&self, audit: &Audit) -> Vec<Block> {
        let rule = risk_rule_words(self.evidence).map(Block::Prose);
        rule.into_iter().chain(tables_of(&audit.risk_of_bias)).collect()
    }

    fn exceptions(&self) -> Vec<Fact> {
        let exceptions = self.evidence.protocol.exceptions.iter();
        exceptions
            .map(|exception| Fact {
                term: format!("{}, {}", wording::study_name(self.evidence, &exception.study), exception.code),
                text: exception.reason.clone(),
            })
            .collect()
    }

    fn methods(&self) -> Vec<Block> {
        let protocol = &self.evidence.protocol;
        let mut paragraphs = methods_section(protocol, &self.plan.analyses);
        paragraphs.push(
            "Each study enters a pool with one cohort, the first in the order of preference that reports the outcome. \
             Series that may share patients never enter a pool together; of these the pool takes "
                .to_owned()
                + &self.overlap_rules()
                + ".",
        );
        paragraphs.push(format!("Computed with forestable {}.", env!("CARGO_PKG_VERSION")));
        paragraphs.into_iter().map(Block::Prose).collect()
    }

    /// Returns the rules by which series that may share patients are taken, in words.
    fn overlap_rules(&self) -> String {
        let mut rules: Vec<OverlapRule> = self.plan.analyses.iter().map(|one| one.methods.overlap_rule).collect();
        rules.sort();
        rules.dedup();
        let words = rules.iter().map(|rule| match rule {
            OverlapRule::MostPatients => {
                "the set with the most patients together, of equals that of more and later series"
            }
            OverlapRule::LongestFollowUp => "those with the longest median follow-up",
            OverlapRule::MostRecent => "those published last",
        });
        words.collect::<Vec<_>>().join(", or as its analysis says ")
    }

    fn references(&self) -> Vec<Reference> {
        let mut studies: Vec<_> = self.evidence.studies.iter().collect();
        studies.sort_by(|a, b| {
            (&a.reference.authors, a.reference.year, &a.id).cmp(&(&b.reference.authors, b.reference.year, &b.id))
        });
        studies
            .into_iter()
            .map(|study| Reference {
                id: study.id.clone(),
                text: vancouver(&study.reference),
                doi: study.reference.doi.clone(),
                pmid: study.reference.pmid.clone(),
            })
            .collect()
    }
}

/// Returns a pool as one value of a card.
fn key_value(label: &str, analysis: &Analysis, pool: &Pool, n: Option<u64>, entries: &[&Entry]) -> KeyValue {
    let level = wording::level(analysis.methods.spec.level);
    let mut size = format::counted(entries.len() as u64, "series", "series");
    if let Some(n) = n {
        let lesions = entries.iter().any(|entry| entry.unit == Unit::Lesions);
        let (one, many) = if lesions { ("patient or lesion", "patients or lesions") } else { ("patient", "patients") };
        size.push_str(&format!(", {}", format::counted(n, one, many)));
    }
    let (value, detail) = match pool.estimated() {
        Some(natural) => {
            let range = format::percent_range(natural.lower, natural.upper);
            (format!("{}%", format::percent(natural.estimate, 1)), format!("{level} CI {range}; {size}"))
        }
        None => (pool_words(pool), String::new()),
    };
    KeyValue { label: wording::upper_first(label), value, detail }
}

/// Returns the difference between the groups and its test in a sentence; `None` where a group is empty.
fn compared(groups: &Groups, level: &str) -> Option<String> {
    let mut sentence = format!("Retrospective minus prospective: {}", difference_words(groups, level)?);
    if groups.test.is_some() {
        sentence.push_str(&format!("; {}", test(groups)));
    }
    sentence.push('.');
    Some(sentence)
}

/// Returns the table of overlaps with its graph as a file.
fn overlap_blocks(table: &Table) -> Vec<Block> {
    let graph = file("Graph of these overlaps (Mermaid)", "figures/overlaps.mmd".to_owned());
    let mut blocks = table_blocks(&[table]);
    if !blocks.is_empty() {
        blocks.push(Block::Files(vec![graph]));
    }
    blocks
}

/// Returns a block for each table that has a row.
fn table_blocks(tables: &[&Table]) -> Vec<Block> {
    tables.iter().filter(|table| !table.rows.is_empty()).map(|table| table_block(table)).collect()
}

fn tables_of(tables: &[Table]) -> Vec<Block> {
    tables.iter().map(table_block).collect()
}

fn table_block(table: &Table) -> Block {
    let kinds =
        [("Markdown", "md"), ("HTML", "html"), ("LaTeX", "tex"), ("Word", "docx"), ("CSV", "csv"), ("JSON", "json")];
    let files = kinds.map(|(label, kind)| file(label, format!("tables/{}.{kind}", table.id)));
    Block::Table(TableBlock { table: table.clone(), files: files.into() })
}

fn file(label: &str, path: String) -> FileLink {
    FileLink { label: label.to_owned(), path, note: String::new() }
}

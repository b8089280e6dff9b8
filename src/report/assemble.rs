//! Findings become a report: every table, figure and sentence, with every text formatted.

use rayon::prelude::*;
use serde::Serialize;

use super::appraisal_tables::{risk_of_bias_tables, risk_rule_words};
use super::certainty_tables::certainty_tables;
use super::change_log::{ChangeLog, change_log};
use super::diagram::Diagram;
use super::flow_text::{flow_diagram, flow_versions_table};
use super::format;
use super::gallery::gallery;
use super::glance::glance;
use super::methods::methods_paragraphs;
use super::overlap_table::{overlap_graph, overlap_table};
use super::page::{Block, Fact, FileLink, Page, Section, TableBlock};
use super::plots::{OtherLooks, Plot, plot};
use super::pool_data::{PoolData, pool_data};
use super::references::reference_list;
use super::registration_tables::registration_tables;
use super::table::Table;
use super::tables::{Made, tables};
use super::wording;
use crate::diag::codes;
use crate::evidence::{Evidence, Timing, Weight};
use crate::review::{AnalysisFindings, FigureKind, Findings, Plan, TableKind, make_choice_grids};

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
    /// The figures in other looks, for a reader of the page to choose from; none until they are asked for.
    pub other_looks: Vec<OtherLooks>,
    /// Each diagram as text.
    pub diagrams: Vec<Diagram>,
    /// Every released version with what it changed; `None` where the review has released none.
    pub change_log: Option<ChangeLog>,
}

/// Returns the report of what a plan found on this evidence.
#[must_use]
pub fn assemble(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Report {
    let assembly = Assembly { evidence, plan, findings };
    make_choice_grids(evidence, findings);
    let in_rows = || {
        let change_log = change_log(evidence, plan, findings);
        (tables(evidence, plan, findings, change_log.as_ref()), change_log)
    };
    let drawn = || -> (Appraisal, Vec<Plot>) {
        let appraisal = Appraisal {
            risk_of_bias: risk_of_bias_tables(evidence).into_iter().map(Table::tight).collect(),
            certainty: certainty_tables(evidence, plan, findings),
            flow_versions: flow_versions_table(evidence),
            registration: registration_tables(evidence, plan),
            overlaps: Some(overlap_table(evidence)).filter(|table| !table.rows.is_empty()),
        };
        (appraisal, plan.figures.par_iter().filter_map(|figure| plot(evidence, findings, figure)).collect())
    };
    let ((tables, change_log), (appraisal, figures)) = rayon::join(in_rows, drawn);
    Report {
        page: assembly.page(&tables, &appraisal, &figures),
        gallery: gallery(evidence, plan, &figures),
        tables: tables
            .into_iter()
            .map(|made| made.table)
            .chain(appraisal.risk_of_bias)
            .chain(appraisal.certainty)
            .chain(appraisal.overlaps)
            .chain(appraisal.registration)
            .chain(appraisal.flow_versions)
            .collect(),
        figures,
        other_looks: Vec::new(),
        diagrams: [overlap_graph(evidence), flow_diagram(evidence)].into_iter().flatten().collect(),
        pools: findings.analyses.iter().map(pool_data).collect(),
        change_log,
    }
}

/// How good the evidence is, and how sure the answers: as many tables as there are tools and questions.
struct Appraisal {
    risk_of_bias: Vec<Table>,
    certainty: Vec<Table>,
    /// What was registered, and the amendments.
    registration: Vec<Table>,
    /// `None` where no two series may overlap.
    overlaps: Option<Table>,
    /// `None` unless the review has several versions.
    flow_versions: Option<Table>,
}

/// Where on the page a figure stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shelf {
    /// It sets pools side by side.
    Comparison,
    /// It shows results.
    Results,
    /// It shows events among the treated and others.
    Toxicity,
    /// It shows survival over all times.
    OverTime,
    /// It shows what they rest on.
    Robustness,
    /// It shows where the series come from.
    Search,
    /// It shows how good they are.
    Bias,
    /// It shows what is still to come.
    NextSeries,
    /// It shows what was said before.
    Versions,
    /// It shows which may be the same people.
    Overlaps,
}

impl Shelf {
    fn of(kind: FigureKind) -> Self {
        match kind {
            FigureKind::Summary => Self::Comparison,
            FigureKind::Forest | FigureKind::Panel => Self::Results,
            FigureKind::Labbe => Self::Toxicity,
            FigureKind::SurvivalCurve | FigureKind::Course | FigureKind::Medians | FigureKind::HazardRatios => {
                Self::OverTime
            }
            FigureKind::Flow => Self::Search,
            FigureKind::Overlap => Self::Overlaps,
            FigureKind::TrafficLight | FigureKind::BiasBars => Self::Bias,
            FigureKind::NextSeries => Self::NextSeries,
            FigureKind::Versions => Self::Versions,
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
    fn page(&self, tables: &[Made], appraisal: &Appraisal, figures: &[Plot]) -> Page {
        use TableKind::{
            Agreement, Characteristics, ChoiceGrid, Clusters, Comparison, Completeness, Contradictions, Curves,
            Decisions, HazardRatios, Heterogeneity, Honesty, LeftOut, Medians, Moderators, NextSeries, OverTime,
            Precision, Sensitivity, Series, Toxicity, VersionChanges, Versions,
        };
        let section =
            |id: &str, title: &str, blocks: Vec<Block>| Section { id: id.to_owned(), title: title.to_owned(), blocks };
        let of = |kinds: &[TableKind]| -> Vec<Block> {
            let shown = kinds.iter().flat_map(|kind| tables.iter().filter(move |made| made.kind == *kind));
            shown.map(|made| table_block(&made.table)).collect()
        };
        let mut comparison = of(&[Comparison]);
        comparison.extend(self.figures(figures, Shelf::Comparison));
        let mut over_time = self.figures(figures, Shelf::OverTime);
        over_time.extend(of(&[OverTime, Medians, HazardRatios]));
        let mut toxicity = of(&[Toxicity]);
        toxicity.extend(self.figures(figures, Shelf::Toxicity));
        let mut included = of(&[Characteristics]);
        included.extend(self.flow(appraisal, figures));
        // The answer first, then what it is made of, how sure it is, what it rests on, and how it was made.
        let mut sections = vec![
            section("results", "Results at a glance", glance(self.evidence, self.plan, self.findings)),
            section("comparison", "Retrospective against prospective", comparison),
            section("figures", "Forest plots", self.figures(figures, Shelf::Results)),
            section("tables", "The series, one by one", of(&[Series])),
            section("toxicity", "Toxicity", toxicity),
            section("over-time", "Survival over time", over_time),
            section("certainty", "How sure this is", appraisal.certainty.iter().map(table_block).collect()),
            section("studies", "The included studies", included),
            section("risk-of-bias", "Risk of bias", self.risk_of_bias(appraisal, figures)),
            section(
                "heterogeneity",
                "How far the series disagree, and what that goes with",
                of(&[Heterogeneity, Moderators, Clusters]),
            ),
            section(
                "robustness",
                "How far a pool rests on single series and choices",
                self.figures(figures, Shelf::Robustness),
            ),
            section("sensitivity", "Sensitivity to other choices", of(&[Sensitivity, ChoiceGrid])),
            section("precision", "Where each standard error comes from", of(&[Precision, Curves, Honesty])),
            section("left-out", "What could not be pooled", of(&[LeftOut])),
            section("overlaps", "Series that may report the same patients", self.overlaps(appraisal, figures)),
            section("contradictions", "Contradictions between sources", of(&[Contradictions])),
            section("completeness", "What each series reports", of(&[Completeness])),
            section("extraction", "Double extraction", of(&[Agreement, Decisions])),
            section("next-series", "What the next series could change", {
                let mut blocks = self.figures(figures, Shelf::NextSeries);
                blocks.extend(of(&[NextSeries]));
                blocks
            }),
        ];
        let exceptions = self.exceptions();
        if !exceptions.is_empty() {
            sections.push(section("exceptions", "Exceptions to the checks", vec![Block::Facts(exceptions)]));
        }
        let paragraphs = methods_paragraphs(self.evidence, self.plan, self.findings);
        let mut methods: Vec<Block> = paragraphs.into_iter().map(Block::Prose).collect();
        methods.extend(appraisal.registration.iter().map(table_block));
        sections.push(section("methods", "Methods", methods));
        sections.push(section("references", "References", vec![Block::References(reference_list(self.evidence))]));
        sections.push(section("versions", "Change log", self.versions(of(&[Versions, VersionChanges]), figures)));
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

    /// Returns the figures of one shelf.
    fn figures(&self, plots: &[Plot], shelf: Shelf) -> Vec<Block> {
        let kind = |plot: &Plot| self.plan.figures.iter().find(|plan| plan.id == plot.id).map(|plan| plan.kind);
        let on_shelf = plots.iter().filter(|plot| kind(plot).map(Shelf::of) == Some(shelf));
        on_shelf.flat_map(|plot| self.figure_blocks(plot)).collect()
    }

    /// Returns a figure with what its pool leaves out beside it.
    fn figure_blocks(&self, plot: &Plot) -> Vec<Block> {
        let plan = self.plan.figures.iter().find(|plan| plan.id == plot.id);
        let mut blocks = vec![Block::Figure(plot.block())];
        blocks.extend(plot.not_shown().map(Block::Prose));
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
        let several = |names: &[String]| match names.len() {
            count if count > MOST_NAMES => format!("{} series", format::whole(count as u64)),
            _ => names.join(", "),
        };
        let parts: Vec<String> =
            reasons.into_iter().map(|(reason, names)| format!("{} ({reason})", several(&names))).collect();
        (!parts.is_empty()).then(|| format!("Not in this pool: {}.", parts.join("; ")))
    }

    /// Returns the flow as a figure and as text, and version by version.
    fn flow(&self, appraisal: &Appraisal, figures: &[Plot]) -> Vec<Block> {
        let mut blocks = self.figures(figures, Shelf::Search);
        blocks.extend(appraisal.flow_versions.iter().map(table_block));
        if self.evidence.protocol.flow.is_some() {
            let text = file("The flow as text", "figures/flow.txt".to_owned());
            blocks.push(Block::Files(vec![text, file("The flow as Mermaid", "figures/flow.mmd".to_owned())]));
        }
        blocks
    }

    /// Returns the versions of the review and what each changed, with the change log as a file.
    fn versions(&self, tables: Vec<Block>, figures: &[Plot]) -> Vec<Block> {
        let last = if tables.is_empty() {
            Block::Prose("No version of this review has been released yet; the log begins with the first.".to_owned())
        } else {
            Block::Files(vec![file("The change log as Markdown", "changes.md".to_owned())])
        };
        let mut blocks = self.figures(figures, Shelf::Versions);
        blocks.extend(tables);
        blocks.push(last);
        blocks
    }

    /// Returns the answers of each tool with what the review makes of them.
    fn risk_of_bias(&self, appraisal: &Appraisal, figures: &[Plot]) -> Vec<Block> {
        let mut blocks: Vec<Block> = risk_rule_words(self.evidence).map(Block::Prose).into_iter().collect();
        blocks.extend(self.figures(figures, Shelf::Bias));
        blocks.extend(appraisal.risk_of_bias.iter().map(table_block));
        blocks
    }

    /// Returns the graph of overlaps, drawn and as a file, and the table.
    fn overlaps(&self, appraisal: &Appraisal, figures: &[Plot]) -> Vec<Block> {
        let mut blocks = self.figures(figures, Shelf::Overlaps);
        if let Some(table) = &appraisal.overlaps {
            blocks.push(table_block(table));
            let graph = file("Graph of these overlaps (Mermaid)", "figures/overlaps.mmd".to_owned());
            blocks.push(Block::Files(vec![graph]));
        }
        blocks
    }

    fn exceptions(&self) -> Vec<Fact> {
        let protocol = &self.evidence.protocol;
        let severities = protocol.severities.iter().filter_map(|set| {
            let how = match set.weight {
                Weight::Error => "an error here",
                Weight::Warning => "a warning here",
                Weight::Off => "not reported",
            };
            let title = codes::rule(set.code.0).map_or("", |rule| rule.title);
            Some(Fact { term: format!("{} ({title}), {how}", set.code), text: set.reason.clone()? })
        });
        let exceptions = protocol.exceptions.iter();
        exceptions
            .map(|exception| Fact {
                term: format!("{}, {}", wording::study_name(self.evidence, &exception.study), exception.code),
                text: exception.reason.clone(),
            })
            .chain(severities)
            .collect()
    }
}

/// The page shows so many rows of a table, at most: its files have them all.
const MOST_ROWS: usize = 500;

/// Under a figure so many series that are left out for one reason are named, at most: the table of what is left out names them all.
const MOST_NAMES: usize = 100;

fn table_block(table: &Table) -> Block {
    let kinds =
        [("Markdown", "md"), ("HTML", "html"), ("LaTeX", "tex"), ("Word", "docx"), ("CSV", "csv"), ("JSON", "json")];
    let files = kinds.map(|(label, kind)| file(label, format!("tables/{}.{kind}", table.id)));
    let mut shown = Table {
        id: table.id.clone(),
        caption: table.caption.clone(),
        columns: table.columns.clone(),
        rows: table.rows.iter().take(MOST_ROWS).cloned().collect(),
        footnotes: table.footnotes.clone(),
        notes: table.notes.clone(),
    };
    if table.rows.len() > MOST_ROWS {
        let (first, all) = (format::whole(MOST_ROWS as u64), format::whole(table.rows.len() as u64));
        shown.notes.push(format!("The first {first} of {all} rows; the files have them all."));
    }
    Block::Table(TableBlock { table: shown, files: files.into() })
}

fn file(label: &str, path: String) -> FileLink {
    FileLink { label: label.to_owned(), path, note: String::new() }
}

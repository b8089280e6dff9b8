//! Findings become a report: every table, figure and sentence, with every text formatted.

use serde::Serialize;

use super::appraisal_tables::{risk_of_bias_tables, risk_rule_words};
use super::certainty_tables::certainty_tables;
use super::change_log::{ChangeLog, change_log};
use super::comparison_table::{difference_words, test};
use super::diagram::Diagram;
use super::flow_text::{flow_diagram, flow_versions_table};
use super::format;
use super::gallery::gallery;
use super::methods::{methods_section, what_was_done};
use super::overlap_table::{overlap_graph, overlap_table};
use super::page::{Block, Fact, FileLink, KeyResult, KeyValue, Page, Reference, Section, TableBlock};
use super::plots::{Plot, plot};
use super::pool_data::{PoolData, pool_data};
use super::references::vancouver;
use super::registration_tables::{registration_tables, registration_words};
use super::series_table::pool_words;
use super::table::Table;
use super::tables::{Made, tables};
use super::wording;
use crate::diag::codes;
use crate::evidence::{Evidence, Protocol, Timing, Unit, Weight};
use crate::review::{
    Analysis, AnalysisFindings, Entry, FigureKind, Findings, Groups, OverlapRule, Plan, Pool, TableKind, TableStyle,
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
    /// Every released version with what it changed; `None` where the review has released none.
    pub change_log: Option<ChangeLog>,
}

/// Returns the report of what a plan found on this evidence.
#[must_use]
pub fn assemble(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Report {
    let assembly = Assembly { evidence, plan, findings };
    let change_log = change_log(evidence, plan, findings);
    let tables = tables(evidence, plan, findings, change_log.as_ref());
    let appraisal = Appraisal {
        risk_of_bias: risk_of_bias_tables(evidence),
        certainty: certainty_tables(evidence, plan, findings),
        flow_versions: flow_versions_table(evidence),
        registration: registration_tables(evidence, plan),
        overlaps: Some(overlap_table(evidence)).filter(|table| !table.rows.is_empty()),
    };
    let figures: Vec<Plot> = plan.figures.iter().filter_map(|figure| plot(evidence, findings, figure)).collect();
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
    /// It shows results.
    Results,
    /// It shows survival over all times.
    OverTime,
    /// It shows what they rest on.
    Robustness,
    /// It shows where the series come from.
    Search,
    /// It shows how good they are.
    Bias,
}

impl Shelf {
    fn of(kind: FigureKind) -> Self {
        match kind {
            FigureKind::Forest | FigureKind::Panel | FigureKind::Summary | FigureKind::Labbe => Self::Results,
            FigureKind::SurvivalCurve | FigureKind::Course | FigureKind::Medians | FigureKind::HazardRatios => {
                Self::OverTime
            }
            FigureKind::Flow => Self::Search,
            FigureKind::TrafficLight | FigureKind::BiasBars => Self::Bias,
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
            Decisions, HazardRatios, Heterogeneity, Honesty, LeftOut, Medians, Moderators, OverTime, Precision,
            Sensitivity, Series, Toxicity, VersionChanges, Versions,
        };
        let section =
            |id: &str, title: &str, blocks: Vec<Block>| Section { id: id.to_owned(), title: title.to_owned(), blocks };
        let of = |kinds: &[TableKind]| -> Vec<Block> {
            let shown = kinds.iter().flat_map(|kind| tables.iter().filter(move |made| made.kind == *kind));
            shown.map(|made| table_block(&made.table)).collect()
        };
        // These come in the order of the plan.
        let asked_for = tables.iter().filter(|made| matches!(made.kind, Series | Comparison | Toxicity));
        let mut over_time = self.figures(figures, Shelf::OverTime);
        over_time.extend(of(&[OverTime, Medians, HazardRatios]));
        let mut sections = vec![
            section("results", "Results at a glance", self.glance()),
            section("flow", "Where the series come from", self.flow(appraisal, figures)),
            section("certainty", "How sure this is", appraisal.certainty.iter().map(table_block).collect()),
            section("tables", "Tables", asked_for.map(|made| table_block(&made.table)).collect()),
            section("studies", "The included studies", of(&[Characteristics])),
            section("figures", "Figures", self.figures(figures, Shelf::Results)),
            section(
                "robustness",
                "How far a pool rests on single series and choices",
                self.figures(figures, Shelf::Robustness),
            ),
            section("over-time", "Survival over time", over_time),
            section(
                "heterogeneity",
                "How far the series disagree, and what that goes with",
                of(&[Heterogeneity, Moderators, Clusters]),
            ),
            section("risk-of-bias", "Risk of bias", self.risk_of_bias(appraisal, figures)),
            section("overlaps", "Series that may report the same patients", overlap_blocks(appraisal)),
            section("sensitivity", "Sensitivity to other choices", of(&[Sensitivity, ChoiceGrid])),
            section("precision", "Where each standard error comes from", of(&[Precision, Curves, Honesty])),
            section("left-out", "What could not be pooled", of(&[LeftOut])),
            section("contradictions", "Contradictions between sources", of(&[Contradictions])),
            section("completeness", "What each series reports", of(&[Completeness])),
            section("extraction", "Double extraction", of(&[Agreement, Decisions])),
            section(
                "versions",
                "Versions of this review, and what each changed",
                self.versions(&of(&[Versions, VersionChanges])),
            ),
        ];
        let exceptions = self.exceptions();
        if !exceptions.is_empty() {
            sections.push(section("exceptions", "Exceptions to the checks", vec![Block::Facts(exceptions)]));
        }
        let mut methods = self.methods();
        methods.extend(appraisal.registration.iter().map(table_block));
        sections.push(section("methods", "Methods", methods));
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
                    let entries: Vec<_> =
                        found.entries.iter().filter(|entry| entry.group.as_ref() == Some(&group.of)).collect();
                    key_value(
                        &wording::group(&self.evidence.protocol, &group.of),
                        &found.analysis,
                        &group.pool,
                        group.n,
                        &entries,
                    )
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
            sentence: found
                .groups
                .as_ref()
                .and_then(|groups| compared(&self.evidence.protocol, groups, &level))
                .unwrap_or_default(),
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

    /// Returns the versions of the review, with the change log as a file.
    fn versions(&self, tables: &[Block]) -> Vec<Block> {
        let mut blocks = tables.to_vec();
        if !blocks.is_empty() {
            blocks.push(Block::Files(vec![file("The change log as Markdown", "changes.md".to_owned())]));
        }
        blocks
    }

    /// Returns the answers of each tool with what the review makes of them.
    fn risk_of_bias(&self, appraisal: &Appraisal, figures: &[Plot]) -> Vec<Block> {
        let mut blocks: Vec<Block> = risk_rule_words(self.evidence).map(Block::Prose).into_iter().collect();
        blocks.extend(self.figures(figures, Shelf::Bias));
        blocks.extend(appraisal.risk_of_bias.iter().map(table_block));
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

    fn methods(&self) -> Vec<Block> {
        let protocol = &self.evidence.protocol;
        let mut paragraphs = methods_section(protocol, &self.plan.analyses);
        paragraphs.extend(registration_words(self.plan));
        paragraphs.push(
            "Each study entered a pool with one cohort, the first in the order of preference that reports the outcome. \
             Series that may share patients never entered a pool together; of these the pool took "
                .to_owned()
                + &self.overlap_rules() + ".",
        );
        paragraphs.push(what_was_done(self.findings).join(" "));
        paragraphs.push(format!(
            "Analyses were performed with forestable, version {}. Every input and output, with its SHA-256 checksum, is listed \
             in `manifest.json`; the same inputs give the same outputs.",
            env!("CARGO_PKG_VERSION")
        ));
        paragraphs.retain(|paragraph| !paragraph.is_empty());
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

/// Returns the table of overlaps with its graph as a file.
fn overlap_blocks(appraisal: &Appraisal) -> Vec<Block> {
    let graph = || file("Graph of these overlaps (Mermaid)", "figures/overlaps.mmd".to_owned());
    let blocks = appraisal.overlaps.iter().flat_map(|table| [table_block(table), Block::Files(vec![graph()])]);
    blocks.collect()
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
        None => (pool_words(pool, &TableStyle::default()), String::new()),
    };
    KeyValue { label: wording::upper_first(label), value, detail }
}

/// Returns the difference between two groups and its test in a sentence, of more groups the test; `None` where there is neither.
fn compared(protocol: &Protocol, groups: &Groups, level: &str) -> Option<String> {
    let test = test(groups);
    let sentence = match difference_words(groups, level) {
        Some(words) => {
            let compared = wording::groups_compared(protocol, groups, "minus");
            format!("{compared}: {words}{}", test.map(|test| format!("; {test}")).unwrap_or_default())
        }
        None => format!("Test between groups: {}", test?),
    };
    Some(sentence + ".")
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

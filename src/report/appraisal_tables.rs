//! The risk of bias of each study: its answers item by item, the reasons, and how far raters agreed.

use super::format;
use super::table::{Align, Cell, Citation, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{
    Answer, Evidence, Judgement, RaterAgreement, Rating, Risk, RiskOfBias, Scoring, Study, TOOLS, Tool, Verdict,
    rater_agreement,
};

/// Returns the tables on the risk of bias: for each tool that was used the answers, then the reasons, then the agreement
/// of raters; those without a row are left out.
#[must_use]
pub fn risk_of_bias_tables(evidence: &Evidence) -> Vec<Table> {
    let mut tables: Vec<Table> = TOOLS.iter().map(|tool| answers_table(evidence, tool)).collect();
    tables.push(reasons_table(evidence));
    tables.push(agreement_table(evidence));
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// Returns the review's rule of what is low risk in words; `None` where it states none.
#[must_use]
pub fn risk_rule_words(evidence: &Evidence) -> Option<String> {
    let rule = evidence.protocol.risk_rule.as_ref()?;
    let parts: Vec<String> = rule
        .low_if
        .iter()
        .map(|(tool, low)| {
            let mut asks: Vec<String> = Vec::new();
            asks.extend(low.at_least.map(|least| format!("at least {least} {}", unit(tool.scoring))));
            asks.extend(low.worst.map(|worst| format!("nothing worse than {}", judgement_word(worst))));
            let item = |(index, verdict): &(usize, Verdict)| {
                Some(format!("“{}” {}", tool.items.get(*index)?.name, verdict.word()))
            };
            asks.extend(low.items.iter().filter_map(item));
            format!("{} {}", tool.name, wording::listed(&asks))
        })
        .collect();
    let of = |risk: Risk| {
        let studies = evidence.studies.iter().filter(|study| study.risk == risk);
        studies.map(Study::label_year).collect::<Vec<_>>()
    };
    let groups =
        [(Risk::Low, "Low"), (Risk::NotLow, "Not low"), (Risk::Unknown, "Not known, since what decides was not read")];
    let groups = groups.map(|(risk, name)| (name, of(risk)));
    let groups = groups.iter().filter(|(_, studies)| !studies.is_empty());
    let groups: Vec<String> = groups.map(|(name, studies)| format!("{name}: {}.", wording::listed(studies))).collect();
    Some(format!(
        "This review calls a series of low risk of bias if it has by {}. {} {}",
        parts.join(", or by "),
        rule.reason,
        groups.join(" ")
    ))
}

/// Returns the answers given with one tool, one row a study, and one for each rater below it.
fn answers_table(evidence: &Evidence, tool: &'static Tool) -> Table {
    let rated: Vec<(&Study, &RiskOfBias)> = evidence
        .studies
        .iter()
        .filter_map(|study| Some((study, study.risk_of_bias.as_ref()?)))
        .filter(|(_, rated)| rated.tool.name == tool.name)
        .collect();
    let raters = rated.iter().any(|(_, rated)| !rated.raters.is_empty());
    let mut columns = vec![column("study", "Series", Align::Left)];
    if raters {
        columns.push(column("rater", "Rater", Align::Left));
    }
    for (index, item) in tool.items.iter().enumerate() {
        let spanner = Some(item.domain.clone().unwrap_or_else(|| "Item".to_owned()));
        let id = format!("item-{}", index + 1);
        columns.push(Column { spanner, ..column(&id, &(index + 1).to_string(), Align::Center) });
    }
    let scored = !matches!(tool.scoring, Scoring::None);
    if scored {
        columns.push(column("score", score_header(tool.scoring), Align::Left));
    }
    let mut rows = Vec::new();
    for (study, rated) in &rated {
        let cells = |rater: &str, ratings: &[Rating], score: String| {
            let mut cells = vec![Cell::text(if rater.is_empty() { study.label_year() } else { String::new() })];
            if raters {
                cells.push(Cell::text(if rater.is_empty() { "agreed" } else { rater }));
            }
            cells.extend(ratings.iter().map(|rating| cell(study, rating)));
            if scored {
                cells.push(Cell::text(score));
            }
            cells
        };
        let key = Some(study.id.clone());
        rows.push(Row { kind: RowKind::Entry, key: key.clone(), cells: cells("", &rated.agreed, score(rated)) });
        for (name, ratings) in &rated.raters {
            let cells = cells(name, ratings, String::new());
            rows.push(Row { kind: RowKind::Continuation, key: key.clone(), cells });
        }
    }
    let items = tool
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| format!("{}, {} ({})", index + 1, item.name, wording::lower_first(&item.text)));
    let mut by: Vec<&str> = rated.iter().filter_map(|(_, rated)| rated.by.as_deref()).collect();
    by.dedup();
    let mut notes = vec![
        format!("{}.", items.collect::<Vec<_>>().join("; ")),
        format!("{}.", wording::upper_first(&answer_legend(tool))),
        "…, not read: what would tell has not been seen, and nothing is counted for it; –, cannot be asked of this study.".to_owned(),
        format!("{}. {}.", tool.title, tool.reference),
    ];
    notes.extend((!by.is_empty()).then(|| format!("Rated by {}.", wording::listed(&by))));
    Table {
        id: format!("risk-of-bias-{}", slug(&tool.name)),
        caption: format!("Risk of bias by {}", tool.name),
        columns,
        rows,
        footnotes: Vec::new(),
        notes,
    }
}

/// Returns every judgement with its reason.
fn reasons_table(evidence: &Evidence) -> Table {
    let mut rows = Vec::new();
    for study in &evidence.studies {
        let Some(rated) = &study.risk_of_bias else { continue };
        let mut kind = RowKind::Entry;
        for (item, rating) in rated.items() {
            let Some(reason) = &rating.reason else { continue };
            let name = if kind == RowKind::Entry { study.label_year() } else { String::new() };
            let answer = match rating.verdict {
                Verdict::Answered(answer) if answer.means != answer.answer => {
                    format!("{}, {}", answer.answer, answer.means)
                }
                verdict => verdict.word().to_owned(),
            };
            let source = rating.source.as_ref().and_then(|id| study.source(id));
            let source = source.map(|source| source.location.clone()).unwrap_or_default();
            let cells = [name, wording::upper_first(&item.name), answer, wording::upper_first(reason), source];
            let mut cells = cells.map(Cell::text);
            cells[2].citation = citation(study, rating);
            rows.push(Row { kind, key: Some(study.id.clone()), cells: cells.into() });
            kind = RowKind::Continuation;
        }
    }
    Table {
        id: "risk-of-bias-reasons".to_owned(),
        caption: "Risk of bias: the reason of each judgement".to_owned(),
        columns: vec![
            column("study", "Series", Align::Left),
            column("item", "Item", Align::Left),
            column("answer", "Answer", Align::Left),
            column("reason", "Reason", Align::Left),
            column("source", "Read in", Align::Left),
        ],
        rows,
        footnotes: Vec::new(),
        notes: Vec::new(),
    }
}

/// Returns how far raters agreed before they talked.
fn agreement_table(evidence: &Evidence) -> Table {
    let rated = evidence.studies.iter().filter_map(|study| study.risk_of_bias.as_ref());
    let row = |found: RaterAgreement| {
        let share = found.same as f64 / found.compared as f64;
        let cells = [
            found.tool.to_owned(),
            wording::listed(&found.raters),
            found.compared.to_string(),
            if found.compared > 0 { format::percent(share, 0) } else { "–".to_owned() },
            found.kappa.map_or_else(|| "–".to_owned(), |kappa| format::fixed(kappa, 2)),
        ];
        Row { kind: RowKind::Entry, key: None, cells: cells.map(Cell::text).into() }
    };
    Table {
        id: "risk-of-bias-agreement".to_owned(),
        caption: "Risk of bias: agreement of the raters before consensus".to_owned(),
        columns: vec![
            column("tool", "Tool", Align::Left),
            column("raters", "Raters", Align::Left),
            column("compared", "Judgements", Align::Right),
            column("same", "The same, %", Align::Right),
            column("kappa", "Cohen’s κ", Align::Decimal),
        ],
        rows: rater_agreement(rated).into_iter().map(row).collect(),
        footnotes: Vec::new(),
        notes: vec![
            "Items that both have read, over all series. κ is agreement beyond chance, unweighted; –, does not exist."
                .to_owned(),
        ],
    }
}

/// Returns an answer as it stands in the table, with where it was read.
fn cell(study: &Study, rating: &Rating) -> Cell {
    let text = match rating.verdict {
        Verdict::Answered(answer) => answer.answer.clone(),
        Verdict::NotRead => "…".to_owned(),
        Verdict::NotApplicable => "–".to_owned(),
    };
    Cell { citation: citation(study, rating), ..Cell::text(text) }
}

fn citation(study: &Study, rating: &Rating) -> Option<Box<Citation>> {
    let source = rating.source.as_ref().and_then(|id| study.source(id));
    Some(Box::new(Citation {
        path: rating.place.as_ref()?.to_string(),
        source: source.map(|source| source.location.clone()),
        url: source.and_then(|source| source.url.clone()),
        quote: rating.quote.clone(),
        page: None,
        precision: None,
    }))
}

/// Returns what the answers add up to, never without how much of it was read.
fn score(rated: &RiskOfBias) -> String {
    match (rated.score(), rated.worst()) {
        (Some(score), _) if score.read == 0 => format!("none of {} read", score.applicable),
        (Some(score), _) => {
            let unread = score.applicable - score.read;
            let read =
                if unread == 0 { String::new() } else { format!(", {unread} of {} items not read", score.applicable) };
            format!("{}/{}{read}", score.points, score.possible)
        }
        (None, Some(worst)) => judgement_word(worst).to_owned(),
        (None, None) => "–".to_owned(),
    }
}

fn score_header(scoring: Scoring) -> &'static str {
    match scoring {
        Scoring::Points => "Points of those that the items read can give",
        Scoring::Yes => "Yes, of the items read",
        Scoring::Stars => "Stars, of the items that apply and were read",
        Scoring::Worst => "Worst domain",
        Scoring::None => "",
    }
}

fn unit(scoring: Scoring) -> &'static str {
    match scoring {
        Scoring::Yes => "answered yes",
        Scoring::Stars => "stars",
        _ => "points",
    }
}

fn judgement_word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Low => "low",
        Judgement::Moderate => "moderate",
        Judgement::High => "high",
        Judgement::Critical => "critical",
        Judgement::Unclear => "unclear",
        Judgement::NotRead => "not read",
        Judgement::NotApplicable => "not applicable",
    }
}

/// Returns what the answers of a tool mean: `2, reported and adequate; …`, item by item where each has its own.
fn answer_legend(tool: &Tool) -> String {
    let meanings = |answers: &[Answer]| {
        let told = answers.iter().filter(|answer| answer.answer != answer.means);
        told.map(|answer| format!("{}, {}", answer.answer, answer.means)).collect::<Vec<_>>().join("; ")
    };
    if !tool.common.is_empty() {
        return meanings(&tool.common);
    }
    let items = tool.items.iter().enumerate();
    items.map(|(index, item)| format!("{}: {}", index + 1, meanings(tool.answers(item)))).collect::<Vec<_>>().join(". ")
}

/// Returns a name as a part of a file's name.
fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn column(id: &str, header: &str, align: Align) -> Column {
    Column { id: id.to_owned(), header: header.to_owned(), spanner: None, align }
}

//! The summary of findings, and the judgements of certainty beside what the figures suggest (GRADE).

use super::footnotes::Footnotes;
use super::format::{self, DASH};
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Evidence, Outcome, Timing, Unit};
use crate::review::{
    AnalysisFindings, Basis, Certainty, CertaintyPlan, Domain, Findings, Framing, GradePlan, Graded, Judged, Plan,
    Suggestion,
};

/// One answer with all that is said of it.
struct Answer<'a> {
    found: &'a AnalysisFindings,
    grade: &'a GradePlan,
    graded: &'a Graded,
    outcome: &'a Outcome,
}

/// Returns the summary of findings and the table of judgements; nothing where the review grades no answer.
#[must_use]
pub fn certainty_tables(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Vec<Table> {
    let Some(certainty) = &plan.certainty else { return Vec::new() };
    let answers = certainty.grades.iter().filter_map(|grade| {
        let found = findings.analysis(&grade.analysis)?;
        Some(Answer {
            found,
            grade,
            graded: findings.certainty.iter().find(|graded| graded.analysis == grade.analysis)?,
            outcome: evidence.protocol.outcome(&found.analysis.outcome)?,
        })
    });
    let answers: Vec<Answer<'_>> = answers.collect();
    if answers.is_empty() {
        return Vec::new();
    }
    vec![summary_table(evidence, certainty, &answers), judgements_table(evidence, certainty, &answers)]
}

/// Returns one row an answer, with its certainty and the reasons below.
fn summary_table(evidence: &Evidence, certainty: &CertaintyPlan, answers: &[Answer<'_>]) -> Table {
    let mut footnotes = Footnotes::default();
    let commented = answers.iter().any(|answer| answer.grade.comment.is_some());
    let mut rows: Vec<Row> = answers.iter().map(|answer| summary_row(evidence, answer, &mut footnotes)).collect();
    if !commented {
        rows.iter_mut().for_each(|row| row.cells.truncate(7));
    }
    let level =
        answers.first().map(|answer| wording::level(answer.found.analysis.methods.spec.level)).unwrap_or_default();
    let question = &evidence.protocol.question;
    let mut notes: Vec<String> = Vec::new();
    notes.extend(question.population.as_ref().map(|words| format!("Population: {words}.")));
    notes.extend(question.intervention.as_ref().map(|words| format!("Intervention: {words}.")));
    notes.push("There is no comparator: a figure is not the effect of the treatment.".to_owned());
    notes.push(framing_words(certainty.framing).to_owned());
    notes.push(
        "⊕⊕⊕⊕ high, ⊕⊕⊕◯ moderate, ⊕⊕◯◯ low, ⊕◯◯◯ very low certainty (GRADE). CI, confidence interval; –, does not exist."
            .to_owned(),
    );
    notes.push(format!("Judged by {}.", certainty.by));
    let mut columns = vec![
        column("outcome", "Outcome", Align::Left),
        column("series", "Series", Align::Left),
        column("n", "Patients", Align::Right),
        column("pooled", &format!("Pooled % ({level} CI)"), Align::Decimal),
        column("prediction", &format!("{level} prediction interval"), Align::Decimal),
        column("of-100", "Of 100 patients", Align::Left),
        column("certainty", "Certainty", Align::Left),
    ];
    if commented {
        columns.push(column("comment", "Comment", Align::Left));
    }
    Table {
        id: "summary-of-findings".to_owned(),
        caption: "Summary of findings".to_owned(),
        columns,
        rows,
        footnotes: footnotes.into_vec(),
        notes,
    }
}

fn summary_row(evidence: &Evidence, answer: &Answer<'_>, footnotes: &mut Footnotes) -> Row {
    let Answer { found, grade, graded, .. } = answer;
    let of = |timing: Timing| found.entries.iter().filter(|entry| entry.timing == timing).count();
    let n: Option<u64> = found.entries.iter().map(|entry| entry.n).sum();
    let pooled = found.pool.estimated();
    let range = |lower: f64, upper: f64| format::percent_range(lower, upper);
    let marks = grade.judged.iter().filter(|judged| judged.levels != 0).map(|judged| footnotes.mark(reason(judged)));
    let certainty = Cell { marks: marks.collect(), ..Cell::text(certainty_words(graded.certainty)) };
    let series = format!("{} retrospective, {} prospective", of(Timing::Retrospective), of(Timing::Prospective));
    let mut cells = [
        wording::analysis_title(&evidence.protocol, &found.analysis),
        series,
        n.map_or_else(|| DASH.to_owned(), format::whole),
        pooled.map_or_else(|| DASH.to_owned(), |p| format::estimate_interval(p.estimate, p.lower, p.upper)),
        pooled.and_then(|pooled| pooled.prediction).map_or_else(|| DASH.to_owned(), |(low, high)| range(low, high)),
        of_100(answer).unwrap_or_else(|| DASH.to_owned()),
        String::new(),
        grade.comment.clone().unwrap_or_default(),
    ]
    .map(Cell::text);
    cells[6] = certainty;
    Row { kind: RowKind::Entry, key: Some(found.analysis.id.clone()), cells: cells.into() }
}

/// Returns the answer in a sentence: `63 of 100 (55 to 70) are alive at 2 years`.
fn of_100(answer: &Answer<'_>) -> Option<String> {
    let pooled = answer.found.pool.estimated()?;
    let whole = |proportion: f64| format::percent(proportion, 0);
    let (lower, upper) = (whole(pooled.lower), whole(pooled.upper));
    let have = match &answer.outcome.of_100 {
        Some(words) => words.clone(),
        None => format!("have {}", wording::lower_first(&answer.outcome.name)),
    };
    let when = answer.found.analysis.at.map(|at| format!(" at {}", format::time(at))).unwrap_or_default();
    let lesions = answer.found.entries.iter().any(|entry| entry.unit == Unit::Lesions);
    let of = if lesions { " patients or lesions" } else { "" };
    Some(format!("{} of 100{of} ({lower} to {upper}) {have}{when}", whole(pooled.estimate)))
}

/// Returns each domain of each answer: what the figures suggest, what was judged, and why.
fn judgements_table(evidence: &Evidence, certainty: &CertaintyPlan, answers: &[Answer<'_>]) -> Table {
    let mut rows = Vec::new();
    for Answer { found, grade, graded, .. } in answers {
        let title = wording::analysis_title(&evidence.protocol, &found.analysis);
        let key = Some(found.analysis.id.clone());
        let words = format!("{title}: starts {}, {}", level_word(graded.start), certainty_words(graded.certainty));
        rows.push(Row { kind: RowKind::Group, key: key.clone(), cells: vec![Cell::text(words)] });
        for domain in Domain::ALL {
            let judged = grade.judged.iter().find(|judged| judged.domain == *domain);
            if judged.is_none() && !Domain::DOWN.contains(domain) {
                continue;
            }
            let cells = [
                wording::upper_first(&domain.as_str().replace('_', " ")),
                graded.suggestion(*domain).map_or_else(|| DASH.to_owned(), suggestion),
                judged.map_or_else(|| "not judged".to_owned(), |judged| moved(judged.levels)),
                judged.map(|judged| wording::upper_first(&judged.reason)).unwrap_or_default(),
            ];
            rows.push(Row { kind: RowKind::Entry, key: key.clone(), cells: cells.map(Cell::text).into() });
        }
    }
    Table {
        id: "certainty".to_owned(),
        caption: "Certainty of each answer: what the figures suggest, and what was judged".to_owned(),
        columns: vec![
            column("domain", "Domain", Align::Left),
            column("suggested", "The figures", Align::Left),
            column("judged", "Judged", Align::Left),
            column("reason", "Reason", Align::Left),
        ],
        rows,
        footnotes: Vec::new(),
        notes: vec![
            framing_words(certainty.framing).to_owned(),
            "What the figures suggest is nobody’s judgement. One level down where the prediction interval (inconsistency) or the \
             confidence interval (imprecision) is wider than 20 percentage points, two where it is wider than 40; for imprecision \
             at least one below 100 patients."
                .to_owned(),
            format!("Judged by {}.", certainty.by),
        ],
    }
}

/// Returns a judgement that moves the certainty, as a footnote.
fn reason(judged: &Judged) -> String {
    let domain = wording::upper_first(&judged.domain.as_str().replace('_', " "));
    format!("{domain}, {}: {}.", moved(judged.levels), judged.reason.trim_end_matches('.'))
}

fn moved(levels: i8) -> String {
    match levels {
        0 => "none".to_owned(),
        levels => format!("{} {}", levels.unsigned_abs(), if levels < 0 { "down" } else { "up" }),
    }
}

/// Returns what the figures say of a domain: `1 down: prediction interval 31 to 88%`.
fn suggestion(suggestion: &Suggestion) -> String {
    let percents = |lower: f64, upper: f64| format!("{}%", format::percent_range(lower, upper));
    let basis = match suggestion.basis {
        Basis::Prediction(lower, upper) => format!("prediction interval {}", percents(lower, upper)),
        Basis::NoPrediction => "too few series for a prediction interval".to_owned(),
        Basis::Interval { lower, upper, n } => {
            let n = n.map(|n| format!(", {}", format::counted(n, "patient", "patients"))).unwrap_or_default();
            format!("confidence interval {}{n}", percents(lower, upper))
        }
        Basis::Series(k) => format!("{k} series, and a test of small-study effects needs ten"),
        Basis::LowRisk(low, k) => format!("{low} of {k} series of low risk by the review’s rule"),
    };
    match suggestion.down {
        Some(0) => format!("none: {basis}"),
        Some(down) => format!("{down} down: {basis}"),
        None => wording::upper_first(&basis),
    }
}

fn certainty_words(certainty: Option<Certainty>) -> String {
    let Some(certainty) = certainty else { return "not graded".to_owned() };
    let lit = certainty as usize + 1;
    format!("{}{} {}", "⊕".repeat(lit), "◯".repeat(4 - lit), level_word(certainty))
}

/// Returns a level of certainty in words.
pub(super) fn level_word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::High => "high",
        Certainty::Moderate => "moderate",
        Certainty::Low => "low",
        Certainty::VeryLow => "very low",
    }
}

fn framing_words(framing: Framing) -> &'static str {
    match framing {
        Framing::Prognosis => "Framed as prognosis, how patients fare: series start at high certainty.",
        Framing::Intervention => {
            "Framed as the effect of an intervention: series start at low certainty, unless all were rated against a stated comparator."
        }
    }
}

fn column(id: &str, header: &str, align: Align) -> Column {
    Column { id: id.to_owned(), header: header.to_owned(), spanner: None, align }
}

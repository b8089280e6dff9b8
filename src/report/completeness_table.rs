//! Which series reports what: what is missing is a finding of its own.

use super::audit_tables::table;
use super::format;
use super::series_table::studies;
use super::table::{Align, Cell, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Evidence, Outcome, Published, Reported, ResultEntry, Study};
use crate::review::{TablePlan, TableStyle};

/// Where a series reports an item.
const YES: &str = "●";
/// Where it reports it in part: a figure without its precision.
const PART: &str = "○";

/// The id and header of a column, and what a study answers there.
type Item = (&'static str, &'static str, fn(&Study) -> Answer);

/// What is asked of every study beside its outcomes.
const ITEMS: [Item; 13] = [
    ("design", "Design", |study| Answer::of(&study.design.kind)),
    ("centres", "Centres", |study| Answer::of(&study.design.centres)),
    ("enrolment", "Enrolment", |study| Answer::of(&study.design.enrolment)),
    ("definition", "Definition", |study| Answer::of(&study.definition)),
    ("patients", "Patients", |study| Answer::counted(study.cohorts.iter().map(|cohort| Some(cohort.patients)))),
    ("lesions", "Lesions", |study| Answer::counted(study.cohorts.iter().map(|cohort| cohort.lesions))),
    ("follow-up", "Follow-up", |study| {
        Answer::counted(study.cohorts.iter().map(|cohort| Some(study.follow_up_of(cohort)?.median)))
    }),
    ("technique", "Technique", |study| Answer::of(&study.treatment.technique)),
    ("dose", "Dose", |study| Answer::of_treatment(study, &study.treatment.dose)),
    ("fractions", "Fractions", |study| Answer::of_treatment(study, &study.treatment.fractions)),
    ("systemic", "Systemic therapy", |study| Answer::of(&study.treatment.systemic)),
    ("sites", "Sites", |study| Answer::of(&study.treatment.sites)),
    ("risk-of-bias", "Risk of bias rated", |study| Answer::of(&study.risk_of_bias)),
];

/// Whether something is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    /// Nothing is recorded.
    Nothing,
    /// The reviewers record that it is not reported.
    Denied,
    /// A figure without its precision.
    Part,
    /// It is.
    Yes,
}

impl Answer {
    fn of<T>(fact: &Option<T>) -> Self {
        if fact.is_some() { Self::Yes } else { Self::Nothing }
    }

    /// Returns the best of several cohorts.
    fn counted<T>(values: impl Iterator<Item = Option<Reported<T>>>) -> Self {
        let answer = |value: Option<Reported<T>>| match value {
            Some(Reported::Value(_)) => Self::Yes,
            Some(Reported::Absent(_)) => Self::Denied,
            None => Self::Nothing,
        };
        values.map(answer).max().unwrap_or(Self::Nothing)
    }

    /// Returns whether dose or fractions are there, in words or as a schedule.
    fn of_treatment(study: &Study, words: &Option<String>) -> Self {
        if study.treatment.schedules.is_empty() { Self::of(words) } else { Self::Yes }
    }

    /// Returns the best of what a study prints of an outcome.
    fn outcome(study: &Study, outcome: &Outcome) -> Self {
        let results = study.cohorts.iter().flat_map(|cohort| &cohort.results);
        let of_outcome = results.filter(|result| result.outcome == outcome.id);
        of_outcome.map(Self::result).max().unwrap_or(Self::Nothing)
    }

    fn result(result: &ResultEntry) -> Self {
        let graded = |precise| if precise { Self::Yes } else { Self::Part };
        match &result.published {
            Published::Survival(survival) => match survival.estimate {
                Reported::Value(_) => graded(survival.ci.is_some() || survival.se.is_some()),
                Reported::Absent(_) => Self::Denied,
            },
            Published::Median(median) => match median.median {
                Reported::Value(_) => graded(median.spread.is_some()),
                Reported::Absent(_) => Self::Denied,
            },
            Published::Count(count) => match count.events {
                Reported::Value(_) => graded(count.of.is_some()),
                Reported::Absent(_) => Self::Denied,
            },
            Published::Curve(_) | Published::Mean(_) => Self::Yes,
        }
    }

    fn words(self, style: &TableStyle) -> String {
        match self {
            Self::Nothing => style.nothing.clone(),
            Self::Denied => style.not_reported.clone(),
            Self::Part => PART.to_owned(),
            Self::Yes => YES.to_owned(),
        }
    }
}

/// Returns series by item; the outcomes are those of the plan, all of the review where it names none.
#[must_use]
pub fn completeness_table(evidence: &Evidence, plan: &TablePlan) -> Table {
    let style = &plan.style;
    let wanted = |outcome: &&Outcome| plan.outcomes.is_empty() || plan.outcomes.contains(&outcome.id);
    let outcomes: Vec<&Outcome> = evidence.protocol.outcomes.iter().filter(wanted).collect();
    let studies = studies(evidence, plan);
    let answers: Vec<Vec<Answer>> = studies
        .iter()
        .map(|study| {
            let items = ITEMS.iter().map(|(.., answer)| answer(study));
            items.chain(outcomes.iter().map(|outcome| Answer::outcome(study, outcome))).collect()
        })
        .collect();
    let mut rows: Vec<Row> = studies
        .iter()
        .zip(&answers)
        .map(|(study, answers)| {
            let marks = answers.iter().map(|answer| Cell::text(answer.words(style)));
            let cells = std::iter::once(Cell::text(study.label_year())).chain(marks).collect();
            Row { kind: RowKind::Entry, key: Some(study.id.clone()), cells }
        })
        .collect();
    if !rows.is_empty() {
        let counted = (0..ITEMS.len() + outcomes.len()).map(|at| {
            let reporting = answers.iter().filter(|answers| answers[at] >= Answer::Part).count();
            Cell::text(format!("{reporting}/{}", studies.len()))
        });
        let cells = std::iter::once(Cell::text("Reported by")).chain(counted).collect();
        rows.push(Row { kind: RowKind::Pooled, key: None, cells });
    }
    let mut columns = vec![("study", "Series", Align::Left)];
    columns.extend(ITEMS.iter().map(|(id, header, _)| (*id, *header, Align::Center)));
    columns.extend(outcomes.iter().map(|outcome| (outcome.id.as_str(), outcome.short.as_str(), Align::Center)));
    let names: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.short != outcome.name)
        .map(|outcome| format!("{}, {}", outcome.short, wording::lower_first(&outcome.name)))
        .collect();
    let mut notes = vec![format!(
        "{YES}, reported; {PART}, a figure without interval, standard error or number of patients; {}, said not to be \
         reported; {}, not found in the sources that were read. {} in all.",
        style.not_reported,
        style.nothing,
        format::counted(studies.len() as u64, "series", "series")
    )];
    notes.extend((!names.is_empty()).then(|| format!("{}.", names.join("; "))));
    table(&columns, rows, notes)
}

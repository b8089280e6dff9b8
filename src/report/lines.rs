//! A study's published results, laid out as the lines of a table: one a cohort and time point.

use crate::evidence::{Cohort, Months, Outcome, Published, Study, TimePoint};

/// The lines of one cohort.
#[derive(Debug)]
pub struct CohortLines<'a> {
    /// The cohort.
    pub cohort: &'a Cohort,
    /// Its lines, earliest time first, then medians, then what has no stated time.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// The time it stands for.
    pub when: When,
    /// For each outcome of the table, the positions of its results in the cohort.
    pub results: Vec<Vec<usize>>,
}

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// A time.
    At(Months),
    /// Median times.
    Median,
    /// The end of follow-up, whenever that was.
    LastFollowUp,
    /// No stated time.
    NotStated,
}

impl When {
    /// Returns the order of the lines: times, then the others as they are declared.
    fn rank(self) -> (u8, f64) {
        match self {
            Self::At(months) => (0, months.0),
            Self::Median => (1, 0.0),
            Self::LastFollowUp => (2, 0.0),
            Self::NotStated => (3, 0.0),
        }
    }
}

/// Returns the lines of every cohort that reports one of the outcomes, parents before their subgroups.
///
/// `at` restricts the time points; empty takes all.
#[must_use]
pub fn cohort_lines<'a>(study: &'a Study, outcomes: &[&Outcome], at: &[Months]) -> Vec<CohortLines<'a>> {
    let mut cohorts: Vec<&Cohort> = study.cohorts.iter().collect();
    cohorts.sort_by_key(|cohort| cohort.of.is_some());
    cohorts
        .into_iter()
        .map(|cohort| CohortLines { cohort, lines: lines(cohort, outcomes, at) })
        .filter(|cohort| !cohort.lines.is_empty())
        .collect()
}

fn lines(cohort: &Cohort, outcomes: &[&Outcome], at: &[Months]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (index, result) in cohort.results.iter().enumerate() {
        let Some(column) = outcomes.iter().position(|outcome| outcome.id == result.outcome) else { continue };
        let Some(when) = when(&result.published).filter(|when| wanted(*when, at)) else { continue };
        let line = match lines.iter().position(|line| line.when == when) {
            Some(known) => known,
            None => {
                lines.push(Line { when, results: vec![Vec::new(); outcomes.len()] });
                lines.len() - 1
            }
        };
        lines[line].results[column].push(index);
    }
    lines.sort_by(|a, b| {
        let ((a, at_a), (b, at_b)) = (a.when.rank(), b.when.rank());
        a.cmp(&b).then(at_a.total_cmp(&at_b))
    });
    lines
}

fn wanted(when: When, at: &[Months]) -> bool {
    match when {
        When::At(time) => at.is_empty() || at.iter().any(|wanted| (wanted.0 - time.0).abs() <= 0.5),
        _ => true,
    }
}

fn when(published: &Published) -> Option<When> {
    let of_time = |at: TimePoint| match at {
        TimePoint::At(months) => When::At(months),
        TimePoint::LastFollowUp => When::LastFollowUp,
        TimePoint::NotStated => When::NotStated,
    };
    match published {
        Published::Survival(survival) => Some(of_time(survival.at)),
        Published::Count(count) => Some(count.at.map_or(When::NotStated, of_time)),
        Published::Median(_) => Some(When::Median),
        Published::Curve(_) | Published::Mean(_) => None,
    }
}

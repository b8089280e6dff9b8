//! One published result as two cells of a table: its figure, and how precise it is.

use super::footnotes::{self, Footnotes};
use super::format;
use super::lines::When;
use super::table::{Cell, Citation};
use super::wording;
use crate::effect::{NoEffect, PrecisionGrade, Rung};
use crate::evidence::{
    Ascertainment, Cohort, Conflict, Count, Median, Outcome, Published, Reported, ResultEntry, Role, Spread, Study,
    Survival, Unit,
};
use crate::review::{Findings, ResultKey, TableStyle};

/// Where a cell stands: whose result of which outcome it shows.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// The review's findings.
    pub findings: &'a Findings,
    /// The study.
    pub study: &'a Study,
    /// The cohort.
    pub cohort: &'a Cohort,
    /// The outcome.
    pub outcome: &'a Outcome,
    /// The line.
    pub when: When,
    /// How the table sets its figures.
    pub style: &'a TableStyle,
}

impl Position<'_> {
    /// Returns the figure and the precision of the results at this position; a dash each where nothing is reported.
    pub fn cells(&self, results: &[usize], footnotes: &mut Footnotes) -> [Cell; 2] {
        let mut value = Cell::default();
        let mut precision = Cell::default();
        for index in results {
            let Some(result) = self.cohort.results.get(*index) else { continue };
            join(&mut value.text, &figure(result, self.style));
            value.marks.extend(self.remarks(result).into_iter().map(|remark| footnotes.mark(remark)));
            value.citation.get_or_insert_with(|| Box::new(self.citation(*index, result)));
            self.precision(*index, &mut precision, footnotes);
        }
        for conflict in self.study.conflicts.iter().filter(|conflict| self.concerns(conflict)) {
            value.marks.push(footnotes.mark(conflict_words(self.study, conflict)));
        }
        if value.text.is_empty() {
            value.text.clone_from(&self.style.nothing);
        }
        footnotes::order(&mut value.marks);
        footnotes::order(&mut precision.marks);
        [value, precision]
    }

    /// Adds grade and implied size of one survival proportion.
    fn precision(&self, index: usize, cell: &mut Cell, footnotes: &mut Footnotes) {
        match self.effect(index) {
            Some(Ok(effect)) => {
                join(
                    &mut cell.text,
                    &format!("{} {}", effect.rung.grade().as_str(), format::fixed(effect.effective, 0)),
                );
                if matches!(effect.rung, Rung::AsymmetricInterval { .. } | Rung::HalfInterval) {
                    let words = wording::upper_first(&wording::rung(&effect.rung));
                    cell.marks.push(footnotes.mark(format!("{words}.")));
                }
            }
            Some(Err(NoEffect::NoEstimate(_))) | None => {}
            Some(Err(refused)) => {
                join(&mut cell.text, "none");
                cell.marks.push(footnotes.mark(format!("Not pooled: {}.", wording::no_effect_reason(refused))));
            }
        }
    }

    fn effect(&self, index: usize) -> Option<&Result<crate::effect::Effect, NoEffect>> {
        let key = ResultKey { study: self.study.id.clone(), cohort: self.cohort.id.clone(), index };
        self.findings.effects.get(&key)
    }

    /// Returns what a reader must know of a figure, one sentence each.
    fn remarks(&self, result: &ResultEntry) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(variant) = result.variant.as_ref().and_then(|id| self.outcome.variant(id)) {
            let pooled = if variant.pool { "pooled as" } else { "not pooled as" };
            let name = wording::upper_first(&variant.name);
            remarks.push(format!("{name}; {pooled} {}.", wording::lower_first(&self.outcome.name)));
        }
        match result.method {
            Some(Ascertainment::CumulativeIncidence) => remarks.push("By cumulative incidence.".to_owned()),
            Some(Ascertainment::Crude) => remarks.push("Crude rate, not pooled.".to_owned()),
            Some(Ascertainment::KaplanMeier) | None => {}
        }
        match result.unit {
            Unit::Patients => {}
            Unit::Lesions => remarks.push("Per lesion.".to_owned()),
            Unit::Unclear => {
                remarks.push(
                    "The paper does not say whether it counts patients or lesions; patients are taken.".to_owned(),
                );
            }
        }
        if self.cohort.role == Role::Control {
            remarks.push("Control arm, never pooled with treated cohorts.".to_owned());
        }
        if let Some(n) = result.n {
            remarks.push(format!("Of {} {}.", format::whole(n), wording::unit(result.unit)));
        }
        if let Some(spread) = spread_remark(&result.published) {
            remarks.push(spread.to_owned());
        }
        if result.derived {
            remarks.push("Computed by the reviewers from printed figures.".to_owned());
        }
        if let Some(status) = result.status.filter(|status| *status != crate::evidence::Status::Verified) {
            remarks.push(format!("{}.", wording::upper_first(wording::status(status))));
        }
        remarks.extend(result.note.as_ref().map(|note| sentence(note)));
        remarks
    }

    fn concerns(&self, conflict: &Conflict) -> bool {
        let cohort = conflict.cohort.as_ref().is_none_or(|cohort| *cohort == self.cohort.id);
        let when = match self.when {
            When::At(time) => conflict.at.is_some_and(|at| (at.0 - time.0).abs() <= 0.5),
            When::Median => conflict.at.is_none() && conflict.median.is_some(),
            When::LastFollowUp | When::NotStated => conflict.at.is_none() && conflict.median.is_none(),
        };
        // A source that does not say which cohort it speaks of is noted once, at the top-level cohort.
        let once = conflict.cohort.is_some() || self.cohort.of.is_none();
        conflict.outcome.as_deref() == Some(self.outcome.id.as_str()) && cohort && when && once
    }

    fn citation(&self, index: usize, result: &ResultEntry) -> Citation {
        let source = result.source.as_ref().and_then(|id| self.study.source(id));
        let precision = self.effect(index).and_then(|effect| effect.as_ref().ok()).map(|effect| {
            format!("{}, effective size {}", wording::graded(&effect.rung), format::fixed(effect.effective, 0))
        });
        Citation {
            path: result.place.to_string(),
            source: source.map(|source| source.location.clone()),
            url: source.and_then(|source| {
                source.url.clone().or_else(|| source.doi.as_ref().map(|doi| format!("https://doi.org/{doi}")))
            }),
            quote: result.quote.clone(),
            page: result.page.clone(),
            precision,
        }
    }
}

/// Returns what another source says, and what was decided, as one footnote: `Table 4 has 59%. The abstract has 58%.`
#[must_use]
pub fn conflict_words(study: &Study, conflict: &Conflict) -> String {
    let source =
        conflict.source.as_ref().and_then(|id| study.source(id)).map_or("Another place", |source| &source.location);
    let says = conflict.says.as_deref().or(conflict.quote.as_deref());
    let source = wording::upper_first(source);
    let verb = match says {
        // The marks of an empty cell.
        Some("—" | "–" | "/" | "-") => "leaves it out".to_owned(),
        // Words are quoted; a figure needs no marks.
        Some(says) if says.contains(char::is_alphabetic) => format!("has “{says}”"),
        Some(says) => format!("has {says}"),
        None => "has something else".to_owned(),
    };
    format!("{source} {verb}. {}", sentence(&conflict.resolution))
}

/// Returns the grades of precision with what each stands for.
#[must_use]
pub fn grade_legend() -> String {
    let grades: Vec<String> = PrecisionGrade::ALL.iter().map(|grade| wording::grade_of_precision(*grade)).collect();
    format!("Grade of precision: {}.", grades.join("; "))
}

/// What the column of effective sizes holds.
pub const EFFECTIVE_SIZE: &str =
    "The effective size is the number of patients that a binomial proportion as precise as this one would need.";

/// Returns a result as it was printed.
#[must_use]
pub fn figure(result: &ResultEntry, style: &TableStyle) -> String {
    match &result.published {
        Published::Survival(survival) => survival_figure(survival, style),
        Published::Count(count) => count_figure(count, style),
        Published::Median(median) => median_figure(median, style),
        Published::Curve(_) | Published::Mean(_) => String::new(),
    }
}

/// Returns a survival proportion as it was printed, with its interval or standard error.
#[must_use]
pub fn survival_figure(survival: &Survival, style: &TableStyle) -> String {
    match (survival.estimate, &survival.ci, survival.se) {
        (Reported::Absent(absence), ..) => style.absence(absence).to_owned(),
        (Reported::Value(estimate), Some(ci), _) => {
            format!("{} ({})", format::printed_percent(estimate), format::printed_interval(ci))
        }
        (Reported::Value(estimate), None, Some(se)) => {
            format!("{} (SE {})", format::printed_percent(estimate), format::printed_percent(se))
        }
        (Reported::Value(estimate), None, None) => format::printed_percent(estimate),
    }
}

/// Returns `3/41 (7.3%)`.
#[must_use]
pub fn count_figure(count: &Count, style: &TableStyle) -> String {
    match (count.events, count.of) {
        (Reported::Value(events), Some(of)) if of > 0 => format!(
            "{}/{} ({}%)",
            format::whole(events),
            format::whole(of),
            format::percent(events as f64 / of as f64, 1)
        ),
        (events, Some(of)) => format!("{}/{}", style.count(events), format::whole(of)),
        (events, None) => style.count(events),
    }
}

/// Returns a median as it was printed, with what stands in its brackets.
#[must_use]
pub fn median_figure(median: &Median, style: &TableStyle) -> String {
    let centre = match median.median {
        Reported::Value(months) => match format::time_in(months, median.unit, median.decimals) {
            one if one == "1" => format!("1 {}", median.unit.plural().trim_end_matches('s')),
            number => format!("{number} {}", median.unit.plural()),
        },
        Reported::Absent(absence) => style.absence(absence).to_owned(),
    };
    match median.spread {
        Some(Spread::Confidence(lower, upper, _) | Spread::Range(lower, upper) | Spread::Quartiles(lower, upper)) => {
            format!("{centre} ({})", style.bound_range(lower, upper, median.unit, median.decimals))
        }
        None => centre,
    }
}

/// Returns what stands in the brackets of a median, where it is not a confidence interval.
fn spread_remark(published: &Published) -> Option<&'static str> {
    match published {
        Published::Median(Median { spread: Some(Spread::Range(..)), .. }) => Some("In brackets the range."),
        Published::Median(Median { spread: Some(Spread::Quartiles(..)), .. }) => Some("In brackets the quartiles."),
        _ => None,
    }
}

fn join(text: &mut String, part: &str) {
    if !text.is_empty() && !part.is_empty() {
        text.push_str("; ");
    }
    text.push_str(part);
}

/// Returns the text as a sentence: one full stop, first letter large.
fn sentence(text: &str) -> String {
    let trimmed = text.trim().trim_end_matches('.');
    format!("{}.", wording::upper_first(trimmed))
}

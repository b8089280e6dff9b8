//! Retrospective against prospective: each pooled, their difference, and the test between them.

use super::format;
use super::series_table::pool_words;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::effect::Scale;
use crate::evidence::{Evidence, Timing};
use crate::num;
use crate::review::{AnalysisFindings, Findings, Group, GroupBy, GroupOf, Groups, TablePlan, TableStyle};

/// Returns the comparison of retrospective and prospective series, outcome by outcome, time by time.
#[must_use]
pub fn comparison_table(evidence: &Evidence, findings: &Findings, plan: &TablePlan) -> Table {
    let style = &plan.style;
    let mut rows = Vec::new();
    let mut ratios: Vec<Ratio> = Vec::new();
    for id in &plan.outcomes {
        let Some(outcome) = evidence.protocol.outcome(id) else { continue };
        let shown: Vec<(&AnalysisFindings, &Groups)> = findings
            .analyses
            .iter()
            .filter(|found| found.analysis.outcome == *id && found.analysis.group_by == Some(GroupBy::Timing))
            .filter_map(|found| Some((found, found.groups.as_ref()?)))
            .collect();
        if shown.is_empty() {
            continue;
        }
        rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(outcome.name.clone())] });
        for (found, groups) in &shown {
            let mut cells = vec![
                Cell::text(style.or_nothing(found.analysis.at.map(format::time))),
                Cell::text(wording::cohort_preference(&evidence.protocol, &found.analysis.cohort)),
            ];
            cells.extend(groups.groups.iter().flat_map(|group| group_cells(group, style)));
            let ratio = Ratio::of(found, groups);
            cells.push(Cell::text(difference(groups, style)));
            cells.push(Cell::text(style.or_nothing(ratio.as_ref().map(Ratio::words))));
            cells.push(Cell::text(style.or_nothing(test(groups))));
            ratios.extend(ratio);
            rows.push(Row { kind: RowKind::Entry, key: Some(found.analysis.id.clone()), cells });
        }
        let remark = Cell::text(prospective_alone(evidence, &shown, style));
        rows.push(Row { kind: RowKind::Remark, key: None, cells: vec![remark] });
    }
    let mut notes = notes(&ratios, style);
    let shown = |found: &&AnalysisFindings| plan.outcomes.contains(&found.analysis.outcome);
    let by_likelihood =
        findings.analyses.iter().filter(shown).filter_map(|found| found.groups.as_ref()).any(by_likelihood);
    notes.extend(by_likelihood.then(|| {
        "By counts, a group in which every series stands at 0% or 100% has no finite log odds and so no odds ratio: the test is then that of \
         the likelihoods, and the group’s interval, of two series or more, has one end, by profile likelihood."
            .to_owned()
    }));
    Table { columns: columns(findings, &ratios), rows, notes, ..Table::default() }
}

fn notes(ratios: &[Ratio], style: &TableStyle) -> Vec<String> {
    let mut notes = vec![
        format!(
            "k, number of series; n, patients (or lesions, where they are the unit); CI, confidence interval; pp, percentage \
             points; {}, does not exist: a prediction interval needs three series, a difference series on both sides, a test \
             three series in all.",
            style.nothing
        ),
        "Where a group has one series, its own figure and interval stand in place of a pool.".to_owned(),
        "The difference is retrospective minus prospective, with an interval from the intervals of both (MOVER). The test is of \
         equal proportions in both groups: F with intervals by t, χ² with others; degrees of freedom in brackets."
            .to_owned(),
    ];
    let mut kinds: Vec<Measure> = ratios.iter().map(|ratio| ratio.measure).collect();
    kinds.sort();
    kinds.dedup();
    notes.extend(kinds.into_iter().map(|measure| measure.note().to_owned()));
    notes
}

/// What a difference on the scale of an analysis is a ratio of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    Hazard,
    Odds,
    Proportion,
}

impl Measure {
    fn of(scale: Scale) -> Option<Self> {
        match scale {
            Scale::Cloglog => Some(Self::Hazard),
            Scale::Logit => Some(Self::Odds),
            Scale::Log => Some(Self::Proportion),
            Scale::Plain | Scale::Arcsine | Scale::DoubleArcsine => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Hazard => "hazard ratio",
            Self::Odds => "odds ratio",
            Self::Proportion => "ratio of proportions",
        }
    }

    fn note(self) -> &'static str {
        match self {
            Self::Hazard => {
                "The hazard ratio is of retrospective against prospective series up to that time, from the difference on the \
                 complementary log-log scale; above 1 the event came sooner in retrospective series. It takes hazards as \
                 proportional, and its interval is that of the test."
            }
            Self::Odds => {
                "The odds ratio is of retrospective against prospective series, of what the pooled percentage counts, from the \
                 difference on the logit scale; its interval is that of the test."
            }
            Self::Proportion => {
                "The ratio of proportions is of retrospective against prospective series, from the difference on the log \
                 scale; its interval is that of the test."
            }
        }
    }
}

/// The groups compared as a ratio.
struct Ratio {
    measure: Measure,
    estimate: f64,
    lower: f64,
    upper: f64,
}

impl Ratio {
    /// Returns the ratio that the test of an analysis is of; `None` without a test, or on a scale whose differences are none.
    fn of(found: &AnalysisFindings, groups: &Groups) -> Option<Self> {
        let contrast = groups.test.as_ref()?.test?.contrast?;
        let measure = Measure::of(found.analysis.methods.scale)?;
        let [estimate, lower, upper] = [contrast.estimate, contrast.ci.lower, contrast.ci.upper].map(num::exp);
        Some(Self { measure, estimate, lower, upper })
    }

    fn words(&self) -> String {
        format::ratio(self.estimate, self.lower, self.upper)
    }
}

/// Returns what the prospective series alone say, in a sentence for each order of cohort preference.
fn prospective_alone(evidence: &Evidence, shown: &[(&AnalysisFindings, &Groups)], style: &TableStyle) -> String {
    let mut sentences: Vec<(String, Vec<String>)> = Vec::new();
    for (found, groups) in shown {
        let Some(group) = groups.groups.iter().find(|group| group.of == GroupOf::Timing(Timing::Prospective)) else {
            continue;
        };
        let cohorts = wording::cohort_preference(&evidence.protocol, &found.analysis.cohort);
        let at = found.analysis.at.map(|at| format!(" at {}", format::time(at))).unwrap_or_default();
        let words = match group.pool.estimated() {
            None => format!("{}{at}", pool_words(&group.pool, style)),
            Some(_) => {
                let n = group.n.map(|n| format!(", n = {}", format::whole(n))).unwrap_or_default();
                format!("{}{at} (k = {}{n})", pool_words(&group.pool, style), group.k)
            }
        };
        match sentences.iter_mut().find(|(known, _)| *known == cohorts) {
            Some((_, parts)) => parts.push(words),
            None => sentences.push((cohorts, vec![words])),
        }
    }
    let sentences: Vec<String> = sentences
        .into_iter()
        .map(|(cohorts, parts)| format!("Prospective series alone ({cohorts}): {}.", parts.join("; ")))
        .collect();
    sentences.join(" ")
}

fn columns(findings: &Findings, ratios: &[Ratio]) -> Vec<Column> {
    let level = wording::level_of(findings);
    let of_group = [
        ("k", "k".to_owned(), Align::Right),
        ("n", "n".to_owned(), Align::Right),
        ("pooled", format!("Pooled % ({level}CI)"), Align::Decimal),
        ("prediction", wording::upper_first(&format!("{level}prediction interval")), Align::Decimal),
    ];
    let plain = |id: &str, header: &str, align: Align| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align,
    };
    let mut columns = vec![plain("time", "Time", Align::Left), plain("cohorts", "Cohorts", Align::Left)];
    for group in ["Retrospective", "Prospective"] {
        columns.extend(of_group.iter().map(|(id, header, align)| Column {
            id: format!("{}-{id}", group.to_lowercase()),
            header: header.clone(),
            spanner: Some(group.to_owned()),
            align: *align,
        }));
    }
    let mut names: Vec<&str> = ratios.iter().map(|ratio| ratio.measure.name()).collect();
    names.sort_unstable();
    names.dedup();
    let ratio = if names.is_empty() { "Ratio".to_owned() } else { wording::upper_first(&names.join(" or ")) };
    columns.push(plain("difference", &format!("Difference, pp ({level}CI)"), Align::Decimal));
    columns.push(plain("ratio", &format!("{ratio} ({level}CI)"), Align::Decimal));
    columns.push(plain("test", "Test between groups", Align::Left));
    columns
}

fn group_cells(group: &Group, style: &TableStyle) -> [Cell; 4] {
    let prediction = group.pool.estimated().and_then(|natural| natural.prediction);
    let there = group.k > 0;
    let n = there.then(|| group.n.map_or_else(|| style.not_reported.clone(), format::whole));
    [
        Cell::text(format::whole(group.k as u64)),
        Cell::text(style.or_nothing(n)),
        Cell::text(style.or_nothing(there.then(|| pool_words(&group.pool, style)))),
        Cell::text(style.or_nothing(prediction.map(|(lower, upper)| style.percent_range(lower, upper)))),
    ]
}

/// Returns the difference in percentage points, or the mark of nothing where a group is empty.
fn difference(groups: &Groups, style: &TableStyle) -> String {
    let words = groups.difference.map(|found| style.points(found.estimate, found.lower, found.upper));
    style.or_nothing(words)
}

/// Returns the P value of the test between the groups.
#[must_use]
pub fn p_between(groups: &Groups) -> Option<f64> {
    let test = groups.test.as_ref().and_then(|subgroups| subgroups.test)?;
    Some(test.f.map_or(test.q_between_p, |f| f.f_p))
}

/// Returns the difference in words: `−3.6 percentage points (95% CI −20.5 to 7.2)`; `None` where a group is empty.
#[must_use]
pub fn difference_words(groups: &Groups, level: &str) -> Option<String> {
    groups.difference.map(|difference| {
        let [estimate, lower, upper] =
            [difference.estimate, difference.lower, difference.upper].map(|value| format::percent(value, 1));
        format!("{estimate} percentage points ({level} CI {lower} to {upper})")
    })
}

/// Returns the test between the groups: F with intervals by t, χ² otherwise; `None` where there is none.
#[must_use]
pub fn test(groups: &Groups) -> Option<String> {
    let test = groups.test.as_ref()?.test?;
    let (name, value, p) = match test.f {
        Some(f) => (format!("F({}, {})", format::trimmed(f.f_df1), format::trimmed(f.f_df2)), f.f_between, f.f_p),
        None => (format!("χ²({})", format::trimmed(test.q_between_df)), test.q_between, test.q_between_p),
    };
    let by = if by_likelihood(groups) { " (likelihood ratio)" } else { "" };
    Some(format!("{name} = {}, {}{by}", format::fixed(value, 2), format::p_value(p)))
}

/// Whether the test between the groups is that of the likelihoods, as one of them has no finite estimate.
#[must_use]
pub fn by_likelihood(groups: &Groups) -> bool {
    let test = groups.test.as_ref().and_then(|subgroups| subgroups.test);
    test.and_then(|test| test.likelihood_ratio).is_some_and(|ratio| ratio.in_place_of_wald)
}

//! One outcome over all its times: the times pooled jointly and as a summary curve, beside each time pooled by itself.

use std::collections::BTreeMap;

use super::findings::{AnalysisFindings, Entry, ResultKey};
use super::select::Candidate;
use crate::effect::{Effect, Scale};
use crate::evidence::{Evidence, Level, Months, OutcomeKind, Timing};
use crate::num;
use crate::survival::{JointFit, JointRow, JointSpec, SeriesPoint, SummaryCurve, SurvivalError, joint, summary_curve};

/// An outcome over all its times, for one order of cohort preference.
#[derive(Debug, Clone)]
pub struct OverTime {
    /// Id of the outcome.
    pub outcome: String,
    /// `primary` words in order of preference.
    pub cohort: Vec<String>,
    /// Ids of the analyses whose series it takes, by time.
    pub analyses: Vec<(Months, String)>,
    /// The figures that entered, series by series.
    pub points: Vec<Point>,
    /// Those that contradict an earlier one of their series, which no curve allows.
    pub left_out: Vec<(ResultKey, Months)>,
    /// All series under one curve.
    pub joint: Result<JointFit, SurvivalError>,
    /// Retrospective and prospective series apart, by a shift of the curve; `None` where one of them has no series.
    pub by_timing: Option<Result<JointFit, SurvivalError>>,
    /// The distribution-free summary curve of all series.
    pub summary: Result<SummaryCurve, SurvivalError>,
    /// The summary curves of retrospective and of prospective series.
    pub summary_by_timing: [Result<SummaryCurve, SurvivalError>; 2],
    /// The joint model that is asked for, with the level of all intervals.
    pub spec: JointSpec,
}

/// The timings by which series are told apart, in the order of the groups of the joint model.
pub const TIMINGS: [Timing; 2] = [Timing::Retrospective, Timing::Prospective];

/// One published figure of one series.
#[derive(Debug, Clone)]
pub struct Point {
    /// The result.
    pub key: ResultKey,
    /// Retrospective or prospective.
    pub timing: Timing,
    /// When.
    pub time: Months,
    /// Survival as it enters the models: 0% and 100% with half an event added.
    pub survival: f64,
    /// Its standard error.
    pub se: f64,
    /// The figure as its analysis took it.
    pub effect: Effect,
    /// Patients (or lesions) behind it.
    pub n: Option<u64>,
    /// Patients at risk where the interval begins that ends here: as expected from n, the curve and the median follow-up.
    pub at_risk: f64,
}

/// Returns every survival outcome that is pooled at two times or more, in the order of the plan.
///
/// A series enters with one cohort: the one that its earliest analysis takes.
#[must_use]
pub fn over_time(evidence: &Evidence, analyses: &[AnalysisFindings], model: &JointSpec) -> Vec<OverTime> {
    let mut seen: Vec<(&str, &[String])> = Vec::new();
    for found in analyses {
        let pair = (found.analysis.outcome.as_str(), found.analysis.cohort.as_slice());
        let survival = evidence.protocol.outcome(pair.0).is_some_and(|outcome| outcome.kind == OutcomeKind::Survival);
        if survival && !seen.contains(&pair) {
            seen.push(pair);
        }
    }
    seen.into_iter().filter_map(|(outcome, cohort)| of_outcome(evidence, analyses, model, outcome, cohort)).collect()
}

fn of_outcome(
    evidence: &Evidence,
    analyses: &[AnalysisFindings],
    model: &JointSpec,
    outcome: &str,
    cohort: &[String],
) -> Option<OverTime> {
    let mut times: Vec<(Months, &AnalysisFindings)> = analyses
        .iter()
        .filter(|found| found.analysis.outcome == outcome && found.analysis.cohort == cohort)
        .filter_map(|found| Some((found.analysis.at?, found)))
        .collect();
    times.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    // The same series grouped in another way are no further figures.
    times.dedup_by(|next, first| next.0 == first.0);
    if times.len() < 2 {
        return None;
    }
    let level = times.first()?.1.analysis.methods.spec.level;
    let (points, left_out) = points(evidence, &times);
    let analyses = times.iter().map(|(at, found)| (*at, found.analysis.id.clone())).collect();
    let of = |timing: Timing| points.iter().filter(|point| point.timing == timing).cloned().collect::<Vec<Point>>();
    let both = TIMINGS.iter().all(|timing| points.iter().any(|point| point.timing == *timing));
    let group = |timing: Timing| usize::from(timing == Timing::Prospective);
    let spec = JointSpec { level, ..*model };
    Some(OverTime {
        outcome: outcome.to_owned(),
        cohort: cohort.to_owned(),
        analyses,
        joint: joint(&joint_rows(&points, |_| 0), &spec),
        by_timing: both.then(|| joint(&joint_rows(&points, group), &spec)),
        summary: summary(&points, level),
        summary_by_timing: TIMINGS.map(|timing| summary(&of(timing), level)),
        spec,
        points,
        left_out,
    })
}

/// Returns the figures of every series over the times, study by study, and those that no curve through the ones before
/// them allows: survival that rises, or a variance of ln S that does not grow.
fn points(evidence: &Evidence, times: &[(Months, &AnalysisFindings)]) -> (Vec<Point>, Vec<(ResultKey, Months)>) {
    let mut by_study: BTreeMap<&str, Vec<(&Entry, Months, Scale)>> = BTreeMap::new();
    for (at, found) in times {
        for entry in &found.entries {
            by_study.entry(&entry.key.study).or_default().push((entry, *at, found.analysis.methods.scale));
        }
    }
    let mut points: Vec<Point> = Vec::new();
    let mut left_out = Vec::new();
    for entries in by_study.into_values() {
        let Some((first, ..)) = entries.first() else { continue };
        let cohort = &first.key.cohort;
        let mut before: Option<Point> = None;
        for (entry, time, scale) in entries.iter().filter(|(entry, ..)| entry.key.cohort == *cohort) {
            let survival = scale.back(entry.effect.yi);
            let point = Point {
                key: entry.key.clone(),
                timing: entry.timing,
                time: *time,
                survival,
                se: entry.effect.vi.sqrt() / scale.slope(survival),
                effect: entry.effect,
                n: entry.n,
                at_risk: at_risk(evidence, entry, before.as_ref().map(|before| (before.time, before.survival))),
            };
            if before.as_ref().is_none_or(|before| point.follows(before)) {
                points.push(point.clone());
                before = Some(point);
            } else {
                left_out.push((point.key, point.time));
            }
        }
    }
    (points, left_out)
}

impl Point {
    /// Returns whether one curve can pass through an earlier figure and this: what is uncertain at one time stays so later.
    fn follows(&self, before: &Self) -> bool {
        self.survival <= before.survival && self.se / self.survival > before.se / before.survival
    }
}

/// Returns the patients expected at risk at an earlier time: `n S(s) e^{−cs}` with the censoring hazard `c = ln 2/m` of the
/// median follow-up; without one, nobody is censored.
fn at_risk(evidence: &Evidence, entry: &Entry, before: Option<(Months, f64)>) -> f64 {
    let n = entry.n.map_or(entry.effect.effective, |n| n as f64);
    let Some((time, survival)) = before else { return n };
    let follow_up = Candidate::find(evidence, &entry.key).and_then(|found| found.denominator().median_follow_up);
    let censoring = follow_up.map_or(0.0, |median| std::f64::consts::LN_2 / median.0);
    n * survival * num::exp(-censoring * time.0)
}

fn joint_rows(points: &[Point], group: impl Fn(Timing) -> usize) -> Vec<JointRow> {
    let series = series_numbers(points);
    points
        .iter()
        .zip(series)
        .map(|(point, series)| JointRow {
            series,
            group: group(point.timing),
            time: point.time.0,
            survival: point.survival,
            se: point.se,
        })
        .collect()
}

fn summary(points: &[Point], level: Level) -> Result<SummaryCurve, SurvivalError> {
    let rows: Vec<SeriesPoint> = points
        .iter()
        .zip(series_numbers(points))
        .map(|(point, series)| SeriesPoint {
            series,
            time: point.time.0,
            survival: point.survival,
            at_risk: point.at_risk,
        })
        .collect();
    summary_curve(&rows, level)
}

/// Returns the number of each point's series: points of one study stand together.
fn series_numbers(points: &[Point]) -> Vec<usize> {
    let mut number = 0;
    let mut before = points.first();
    let mut of = |point| {
        if before.replace(point).is_some_and(|before: &Point| before.key.study != point.key.study) {
            number += 1;
        }
        number
    };
    points.iter().map(&mut of).collect()
}

//! Each time pooled by itself beside all times pooled jointly.

use super::format;
use super::series_table::pool_words;
use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::wording;
use crate::evidence::{Evidence, Months};
use crate::review::{Findings, OverTime, TableStyle};
use crate::survival::{BandPoint, JointFit, JointSpec, Random, TimeQuantity, Trend};

const COLUMNS: [(&str, &str, Align); 8] = [
    ("time", "Time", Align::Left),
    ("k", "k", Align::Right),
    ("separate", "By itself, % (CI)", Align::Decimal),
    ("joint", "Jointly, % (CI)", Align::Decimal),
    ("apart", "Apart, pp", Align::Decimal),
    ("retrospective", "Retrospective, jointly", Align::Decimal),
    ("prospective", "Prospective, jointly", Align::Decimal),
    ("summary", "Summary curve, % (CI)", Align::Decimal),
];

/// Beyond this the two ways of pooling a time are said to differ, in proportions.
const APART: f64 = 0.01;

const SUMMARY: &str = "Summary curve: distribution-free (Combescure et al. 2014), random effects; the numbers at risk as \
    expected from n, the curve and the median follow-up.";

/// Returns separate and joint pooling side by side, outcome by outcome.
#[must_use]
pub fn over_time_table(evidence: &Evidence, findings: &Findings, style: &TableStyle) -> Table {
    let mut rows = Vec::new();
    let joint = findings.over_time.first().map_or_else(JointSpec::default, |over_time| over_time.spec);
    let mut notes = vec![model(&joint), SUMMARY.to_owned()];
    for over_time in &findings.over_time {
        let name = evidence.protocol.outcome(&over_time.outcome).map_or("", |outcome| outcome.name.as_str());
        let cohorts = wording::cohort_preference(&evidence.protocol, &over_time.cohort);
        let title = format!("{name} ({cohorts})");
        notes.push(format!("{title}: {}", remark(evidence, findings, over_time)));
        rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(title)] });
        for (at, analysis) in &over_time.analyses {
            rows.push(time_row(findings, over_time, (*at, analysis), style));
        }
    }
    let level = format!("({}CI)", wording::level_of(findings));
    let columns = COLUMNS.map(|(id, header, align)| Column {
        id: id.to_owned(),
        header: header.replace("(CI)", &level),
        spanner: None,
        align,
    });
    Table { columns: columns.into(), rows, notes, ..Table::default() }
}

/// Returns the joint model in words.
fn model(spec: &JointSpec) -> String {
    let trend = match spec.trend {
        Trend::LogTime => "as a line in the logarithm of time",
        Trend::Landmarks => "with a level at each time",
    };
    let random = match spec.random {
        Random::Intercept => "a random shift for each series",
        Random::InterceptAndSlope => "a random shift and a random slope in the logarithm of time for each series",
        Random::CompoundSymmetry => {
            "a random deviation of each series at each time, any two of a series correlated alike"
        }
    };
    format!(
        "Jointly: ln(−ln S) {trend}, with {random} ({}); the covariance of two times of a series from Cov(ln S(s), ln S(t)) \
         = Var(ln S(s)). Retrospective and prospective: the same model with a shift between them.",
        spec.likelihood
    )
}

fn time_row(findings: &Findings, over_time: &OverTime, (at, analysis): (Months, &str), style: &TableStyle) -> Row {
    let found = findings.analysis(analysis);
    let joint = point(over_time.joint.as_ref().ok(), at, 0);
    let by_timing = over_time.by_timing.as_ref().and_then(|fit| fit.as_ref().ok());
    let summary = over_time.summary.as_ref().ok();
    let summary = summary.and_then(|curve| curve.random.points.iter().find(|point| point.time == at.0));
    let apart = apart(findings, over_time, at, analysis);
    let texts = [
        format::time(at),
        found.map_or_else(String::new, |found| found.entries.len().to_string()),
        found.map_or_else(String::new, |found| pool_words(&found.pool, style)),
        words(joint, style),
        style.or_nothing(apart.map(|(separate, joint)| format::percent(joint - separate, style.digits))),
        words(point(by_timing, at, 0), style),
        words(point(by_timing, at, 1), style),
        style.or_nothing(summary.map(|point| style.estimate_interval(point.survival, point.lower, point.upper))),
    ];
    Row { kind: RowKind::Entry, key: Some(analysis.to_owned()), cells: texts.map(Cell::text).into() }
}

fn point(fit: Option<&JointFit>, at: Months, group: usize) -> Option<BandPoint> {
    fit?.at(at.0, group)
}

fn words(point: Option<BandPoint>, style: &TableStyle) -> String {
    style.or_nothing(point.map(|point| style.estimate_interval(point.survival, point.lower, point.upper)))
}

/// Returns survival at a time pooled by itself and jointly.
fn apart(findings: &Findings, over_time: &OverTime, at: Months, analysis: &str) -> Option<(f64, f64)> {
    let separate = findings.analysis(analysis)?.pool.estimated()?.estimate;
    Some((separate, point(over_time.joint.as_ref().ok(), at, 0)?.survival))
}

/// Returns the median and the mean, how far the two ways of pooling lie apart, the test between the groups, and what could
/// not be fitted, in sentences.
fn remark(evidence: &Evidence, findings: &Findings, over_time: &OverTime) -> String {
    let mut sentences = Vec::new();
    match &over_time.joint {
        Err(error) => sentences.push(format!("No joint model: {error}.")),
        Ok(fit) => {
            let figures = format::counted(over_time.points.len() as u64, "figure", "figures");
            sentences.push(format!("Joint model of {figures} from {} series.", fit.series));
            sentences.extend(match (fit.median(0), fit.spec.trend) {
                (Some(median), _) => Some(format!("Median {}.", months(&median))),
                (None, Trend::LogTime) => Some("The median is not reached within the times observed.".to_owned()),
                (None, Trend::Landmarks) => None,
            });
            let last = fit.times.last().map(|last| Months(*last));
            let mean = last.and_then(|last| Some((last, fit.restricted_mean(last.0, 0)?)));
            sentences.extend(mean.map(|(last, mean)| format!("Mean up to {} {}.", format::time(last), months(&mean))));
            sentences.extend(difference(findings, over_time));
        }
    }
    match &over_time.by_timing {
        Some(Ok(fit)) => sentences.extend(fit.group_test().map(|test| {
            let statistic = format::fixed(test.statistic, 2);
            format!(
                "Retrospective against prospective over all times: χ²({}) = {statistic}, {}.",
                test.df,
                format::p_value(test.p_value)
            )
        })),
        Some(Err(error)) => sentences.push(format!("No joint model by timing: {error}.")),
        None => {}
    }
    if let Err(error) = &over_time.summary {
        sentences.push(format!("No summary curve: {error}."));
    }
    let left_out = over_time.left_out.iter();
    let left_out: Vec<String> = left_out
        .map(|(key, at)| format!("{} at {}", wording::study_name(evidence, &key.study), format::time(*at)))
        .collect();
    if !left_out.is_empty() {
        let series = wording::listed(&left_out);
        sentences.push(format!("In no curve: {series}, which no curve through the figure before allows."));
    }
    sentences.join(" ")
}

/// Returns a time with its interval: `12.6 months (7.4 to 20.1)`.
fn months(time: &TimeQuantity) -> String {
    let upper = time.upper.map_or("not bounded".to_owned(), |upper| format::fixed(upper, 1));
    format!("{} months ({} to {upper})", format::fixed(time.value, 1), format::fixed(time.lower, 1))
}

/// Returns how far separate and joint pooling lie apart, in words.
fn difference(findings: &Findings, over_time: &OverTime) -> Option<String> {
    let all: Vec<(Months, f64, f64)> = over_time
        .analyses
        .iter()
        .filter_map(|(at, analysis)| {
            let (separate, joint) = apart(findings, over_time, *at, analysis)?;
            Some((*at, separate, joint))
        })
        .collect();
    let distance = |(_, separate, joint): &(Months, f64, f64)| (joint - separate).abs();
    let (at, separate, joint) = *all.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let [by_itself, jointly, points] =
        [separate, joint, (joint - separate).abs()].map(|share| format::percent(share, 1));
    if (joint - separate).abs() <= APART {
        let most = format::percent(APART, 0);
        return Some(format!("Pooled by itself or jointly, each time comes out within {most} percentage point."));
    }
    let more = if joint > separate { "more" } else { "less" };
    Some(format!(
        "The two ways of pooling differ most at {}: {by_itself}% by itself, {jointly}% jointly, {points} percentage points {more}.",
        format::time(at)
    ))
}

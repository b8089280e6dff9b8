//! Survival over all times: the pooled curve with its bands over what the series report, a panel for each timing.

use std::collections::BTreeMap;

use super::forest::glyph;
use crate::effect::PrecisionGrade;
use crate::evidence::{Evidence, Months, Timing, Unit};
use crate::report::figure::chart::{Dot, Ink, Key, Layer, Named, Pen};
use crate::report::figure::curves::{Curves, End, Panel};
use crate::report::figure::data::{Data, number};
use crate::report::figure::geometry::{Point as At, point};
use crate::report::figure::text::Text;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, Candidate, FigurePlan, Findings, OverTime, Point, TIMINGS};
use crate::survival::{BandPoint, JointFit, SummaryCurve, SurvivalError, Trend};

/// Points along a pooled curve.
const STEPS: u32 = 72;

const CURVE: Pen = Pen { ink: Ink::Total, width: 2.0, dash: None };
const SUMMARY: Pen = Pen { ink: Ink::Prediction, width: 1.4, dash: Some((5.0, 2.5)) };
const SERIES: Pen = Pen { ink: Ink::Study, width: 0.7, dash: None };
const EDGE: Pen = Pen { ink: Ink::Quiet, width: 0.6, dash: Some((1.5, 2.0)) };
const CONFIDENCE: Ink = Ink::Subtotal;
const PREDICTION: Ink = Ink::Tint(34);

/// Returns the curves of the outcome of an analysis, from the cohorts that it prefers; `None` where fewer than two series
/// report the outcome, or all at one time.
pub(super) fn survival_curve(
    evidence: &Evidence,
    findings: &Findings,
    found: &AnalysisFindings,
    plan: &FigurePlan,
) -> Option<Curves> {
    let analysis = &found.analysis;
    let same = |over: &&OverTime| over.outcome == analysis.outcome && over.cohort == analysis.cohort;
    let over = findings.over_time.iter().find(same)?;
    let last = over.points.iter().map(|point| point.time.0).reduce(f64::max)?;
    let outcome = evidence.protocol.outcome(&over.outcome)?;
    let cohorts = wording::cohort_preference(&evidence.protocol, &over.cohort);
    let default = || format!("{} over time, pooled ({})", outcome.name, wording::lower_first(&cohorts));
    let drawing = Drawing { evidence, findings, over, last };
    let (panels, data) = drawing.panels()?;
    let title = plan.title.clone().unwrap_or_else(default);
    Some(Curves {
        id: plan.id.clone(),
        description: drawing.description(&title),
        title,
        upright: format!("{}, %", outcome.name).into(),
        across: drawing.unit().1.into(),
        ticks: drawing.ticks(),
        counted: vec!["Series".to_owned(), drawing.people().to_owned()],
        legend: drawing.legend(&panels),
        panels,
        footer: drawing.footer().into_iter().map(Text::from).collect(),
        data,
    })
}

struct Drawing<'a> {
    evidence: &'a Evidence,
    findings: &'a Findings,
    over: &'a OverTime,
    last: f64,
}

/// One panel's part of the evidence.
struct Group<'a> {
    name: String,
    points: Vec<&'a Point>,
    /// The joint model and the group's number in it.
    fit: Option<(&'a JointFit, usize)>,
    summary: Option<&'a SummaryCurve>,
}

impl<'a> Drawing<'a> {
    /// Returns a panel for each timing where the joint model knows both, else one for all.
    fn groups(&self) -> Vec<Group<'a>> {
        let over = self.over;
        let sound = |summary: &'a Result<SummaryCurve, SurvivalError>| summary.as_ref().ok();
        let by_timing = over.by_timing.as_ref().and_then(|fit| fit.as_ref().ok());
        match by_timing {
            Some(fit) => TIMINGS
                .iter()
                .zip(&over.summary_by_timing)
                .enumerate()
                .map(|(group, (timing, summary))| Group {
                    name: wording::upper_first(timing.as_str()),
                    points: over.points.iter().filter(|point| point.timing == *timing).collect(),
                    fit: Some((fit, group)),
                    summary: sound(summary),
                })
                .collect(),
            None => vec![Group {
                name: self.only_timing().map_or("All", |timing| timing.as_str()).to_owned(),
                points: over.points.iter().collect(),
                fit: over.joint.as_ref().ok().map(|fit| (fit, 0)),
                summary: sound(&over.summary),
            }],
        }
    }

    /// Returns the timing of all series, if it is one.
    fn only_timing(&self) -> Option<Timing> {
        let first = self.over.points.first()?.timing;
        self.over.points.iter().all(|point| point.timing == first).then_some(first)
    }

    fn panels(&self) -> Option<(Vec<Panel>, Data)> {
        let groups = self.groups();
        let series: usize = groups.iter().map(|group| by_series(&group.points).len()).sum();
        let columns = [
            "group",
            "what",
            "time, months",
            "survival",
            "lower",
            "upper",
            "prediction lower",
            "prediction upper",
            "n",
        ];
        let mut data = Data { columns: columns.map(str::to_owned).into(), rows: Vec::new() };
        let panels = groups.iter().map(|group| self.panel(group, &mut data.rows)).collect();
        (series >= 2).then_some((panels, data))
    }

    fn panel(&self, group: &Group<'_>, rows: &mut Vec<Vec<String>>) -> Panel {
        let name = wording::upper_first(&group.name);
        let mut row = |what: &str, time: f64, values: [Option<f64>; 5], n: Option<u64>| {
            let mut row = vec![name.clone(), what.to_owned(), number(Some(time))];
            row.extend(values.map(number));
            row.push(n.map(|n| n.to_string()).unwrap_or_default());
            rows.push(row);
        };
        let (mut layers, mut ends) = (Vec::new(), Vec::new());
        let last = group.points.iter().map(|point| point.time.0).fold(0.0, f64::max);
        let band = group.fit.map(|(fit, of)| band(fit, of, last)).unwrap_or_default();
        layers.extend(bands(&band, self));
        let series = by_series(&group.points);
        for (study, points) in &series {
            layers.push(Layer::Line { name: String::new(), points: self.course(points), pen: SERIES });
            let name = wording::study_name(self.evidence, study).replace(" et al.", "");
            for at in points {
                let effect = &at.effect;
                let values = [Some(effect.proportion), Some(effect.lower), Some(effect.upper), None, None];
                row(&name, at.time.0, values, at.n);
                let dot = Dot {
                    at: self.place(at.time.0, effect.proportion),
                    name: format!(
                        "{name} at {}: {}",
                        format::time(at.time),
                        format::estimate_interval(effect.proportion, effect.lower, effect.upper)
                    ),
                    named: Named::Silent,
                    glyph: glyph(effect.rung.grade()),
                    // A dot from n alone is drawn small in its own square.
                    size: if effect.rung.grade() == PrecisionGrade::F { 1.6 } else { 0.8 },
                    ink: Ink::Study,
                };
                layers.push(Layer::Dot(dot));
            }
            ends.extend(points.last().map(|end| End {
                at: self.place(end.time.0, end.effect.proportion),
                name: name.into(),
                ink: Ink::Quiet,
            }));
        }
        if let Some(summary) = group.summary {
            let points = summary.random.points.iter();
            let line =
                std::iter::once(self.place(0.0, 1.0)).chain(points.clone().map(|at| self.place(at.time, at.survival)));
            layers.push(Layer::Line { name: String::new(), points: line.collect(), pen: SUMMARY });
            for at in points {
                row("summary curve", at.time, [Some(at.survival), Some(at.lower), Some(at.upper), None, None], None);
            }
        }
        if let Some(end) = band.last() {
            let line =
                std::iter::once(self.place(0.0, 1.0)).chain(band.iter().map(|at| self.place(at.time, at.survival)));
            layers.push(Layer::Line { name: String::new(), points: line.collect(), pen: CURVE });
            ends.push(End {
                at: self.place(end.time, end.survival),
                name: Text::new().bold("Pooled"),
                ink: Ink::Total,
            });
            for at in &band {
                let values =
                    [Some(at.survival), Some(at.lower), Some(at.upper), at.prediction_lower, at.prediction_upper];
                row("joint model", at.time, values, None);
            }
        }
        let k = format::counted(series.len() as u64, "series", "series");
        Panel { heading: Text::new().bold(&name).plain(&format!("  {k}")), layers, ends, counts: self.counts(group) }
    }

    /// Returns what is drawn of a series: the steps of its digitised curve where there is one, else straight lines between its
    /// figures.
    fn course(&self, points: &[&Point]) -> Vec<At> {
        let start = self.place(0.0, 1.0);
        let digitised = points.first().and_then(|first| {
            self.findings.curves.iter().find(|curve| {
                let result = Candidate::find(self.evidence, &curve.key).map(|found| found.result.outcome.as_str());
                (&curve.key.study, &curve.key.cohort) == (&first.key.study, &first.key.cohort)
                    && result == Some(self.over.outcome.as_str())
            })
        });
        let Some(curve) = digitised else {
            let figures = points.iter().map(|point| self.place(point.time.0, point.effect.proportion));
            return std::iter::once(start).chain(figures).collect();
        };
        let mut line = vec![start];
        let mut height = start.y;
        for step in curve.curve.steps().iter().filter(|step| step.time <= self.last) {
            let at = self.place(step.time, step.survival);
            line.extend([point(at.x, height), at]);
            height = at.y;
        }
        line
    }

    /// Returns how many series report at each tick, and how many patients they have; at the start, all of them.
    fn counts(&self, group: &Group<'_>) -> Vec<Vec<String>> {
        let at = |tick: f64| -> Vec<&Point> {
            match tick {
                0.0 => by_series(&group.points).into_values().filter_map(|points| points.first().copied()).collect(),
                _ => group.points.iter().filter(|point| self.place(point.time.0, 0.0).x == tick).copied().collect(),
            }
        };
        let ticks: Vec<Vec<&Point>> = self.ticks().iter().map(|(tick, _)| at(*tick)).collect();
        let patients = |points: &Vec<&Point>| {
            let n: Option<u64> = points.iter().map(|point| point.n).sum();
            n.map_or_else(|| "–".to_owned(), format::whole)
        };
        vec![ticks.iter().map(|points| points.len().to_string()).collect(), ticks.iter().map(patients).collect()]
    }

    /// Returns what the numbers under the axes count: patients, or simply n where some series may count lesions.
    fn people(&self) -> &'static str {
        let unit = |point: &Point| Candidate::find(self.evidence, &point.key).map(|found| found.result.unit);
        let patients = self.over.points.iter().all(|point| unit(point) == Some(Unit::Patients));
        if patients { "Patients" } else { "n" }
    }

    /// Returns the months in a unit of the lower axis, and its name.
    fn unit(&self) -> (f64, &'static str) {
        let years = self.over.analyses.iter().all(|(at, _)| at.0 % 12.0 == 0.0);
        if years { (12.0, "Years") } else { (1.0, "Months") }
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        let (unit, _) = self.unit();
        let mut times: Vec<f64> = self.over.points.iter().map(|point| point.time.0).chain([0.0]).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times.into_iter().map(|time| (time / unit, format::trimmed(time / unit))).collect()
    }

    /// Returns where a proportion at a time, in months, lies on the axes.
    fn place(&self, time: f64, survival: f64) -> At {
        point(time / self.unit().0, 100.0 * survival)
    }

    fn legend(&self, panels: &[Panel]) -> Vec<(Key, String)> {
        let level = wording::level(self.over.spec.level);
        let layers = || panels.iter().flat_map(|panel| &panel.layers);
        let line = |wanted: Pen| layers().any(|layer| matches!(layer, Layer::Line { pen, .. } if *pen == wanted));
        let area = |wanted: Ink| layers().any(|layer| matches!(layer, Layer::Area { ink, .. } if *ink == wanted));
        let entries = [
            (line(CURVE), Key::Line(CURVE), "pooled, joint model".to_owned()),
            (area(CONFIDENCE), Key::Area(CONFIDENCE), format!("{level} confidence band")),
            (area(PREDICTION), Key::Area(PREDICTION), format!("{level} prediction band for another series")),
            (line(SUMMARY), Key::Line(SUMMARY), "pooled, summary curve".to_owned()),
        ];
        let drawn = entries.into_iter().filter(|(drawn, ..)| *drawn);
        let mut legend: Vec<(Key, String)> = drawn.map(|(_, key, words)| (key, words)).collect();
        let grades: Vec<PrecisionGrade> = self.over.points.iter().map(|point| point.effect.rung.grade()).collect();
        for grade in PrecisionGrade::ALL.iter().filter(|grade| grades.contains(grade)) {
            legend.push((Key::Dot(glyph(*grade), Ink::Study), grade.meaning().to_owned()));
        }
        legend
    }

    fn description(&self, title: &str) -> String {
        let groups = self.groups();
        let said = groups.iter().map(|group| {
            let at = |time: Months| {
                let band = group.fit.and_then(|(fit, of)| fit.at(time.0, of))?;
                let words = format::estimate_interval(band.survival, band.lower, band.upper);
                Some(format!("{words} at {}", format::time(time)))
            };
            let times: Vec<String> = self.over.analyses.iter().filter_map(|(time, _)| at(*time)).collect();
            let k = format::counted(by_series(&group.points).len() as u64, "series", "series");
            format!("{}, {k}: {}", wording::upper_first(&group.name), times.join(", "))
        });
        format!("{title}. Pooled survival: {}.", said.collect::<Vec<_>>().join("; "))
    }

    fn footer(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let medians: Vec<String> = self.groups().iter().filter_map(|group| median(group)).collect();
        if !medians.is_empty() {
            let level = wording::level(self.over.spec.level);
            lines.push(format!("Pooled median in months ({level} CI): {}.", medians.join("; ")));
        }
        if let Some(test) = self.over.by_timing.as_ref().and_then(|fit| fit.as_ref().ok()?.group_test()) {
            let statistic = format::fixed(test.statistic, 2);
            let p = format::p_value(test.p_value);
            lines.push(format!(
                "Retrospective against prospective series, over all times: χ²({}) = {statistic}, {p}.",
                test.df
            ));
        }
        lines.push(
            "Below the axes: series that report at that time, and their size at the start. Thin lines join the figures of a \
             series; the signs say what its precision rests on."
                .to_owned(),
        );
        if let Err(error) = &self.over.joint {
            lines.push(format!("No joint model: {error}."));
        }
        lines
    }
}

/// Returns the pooled median of a group in words; landmarks have none.
fn median(group: &Group<'_>) -> Option<String> {
    let (fit, of) = group.fit.filter(|(fit, _)| fit.spec.trend == Trend::LogTime)?;
    let name = wording::lower_first(&group.name);
    let words = match fit.median(of) {
        Some(median) => {
            let upper = median.upper.map_or_else(|| "not bounded".to_owned(), |upper| format::fixed(upper, 1));
            format!("{} ({} to {upper})", format::fixed(median.value, 1), format::fixed(median.lower, 1))
        }
        None => "not reached".to_owned(),
    };
    Some(format!("{name} {words}"))
}

/// Returns the points of each series, by time.
fn by_series<'a>(points: &[&'a Point]) -> BTreeMap<&'a str, Vec<&'a Point>> {
    let mut series: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
    for point in points {
        series.entry(point.key.study.as_str()).or_default().push(point);
    }
    series
}

/// Returns the pooled curve of a group up to the last time that it observes.
fn band(fit: &JointFit, group: usize, last: f64) -> Vec<BandPoint> {
    let times: Vec<f64> = match fit.spec.trend {
        Trend::LogTime => (1..=STEPS).map(|step| last * f64::from(step) / f64::from(STEPS)).collect(),
        Trend::Landmarks => fit.times.iter().copied().filter(|time| *time <= last).collect(),
    };
    times.into_iter().filter_map(|time| fit.at(time, group)).collect()
}

/// Returns the prediction band and, on it, the confidence band.
fn bands(band: &[BandPoint], drawing: &Drawing<'_>) -> Vec<Layer> {
    let edge = |of: &dyn Fn(&BandPoint) -> Option<f64>| -> Option<Vec<At>> {
        let along: Option<Vec<At>> = band.iter().map(|at| Some(drawing.place(at.time, of(at)?))).collect();
        Some(std::iter::once(drawing.place(0.0, 1.0)).chain(along?).collect())
    };
    let area = |lower: &[At], upper: &[At], ink: Ink| {
        let corners = lower.iter().chain(upper.iter().rev()).copied().collect();
        Layer::Area { corners, ink }
    };
    let mut layers = Vec::new();
    if band.is_empty() {
        return layers;
    }
    if let (Some(lower), Some(upper)) = (edge(&|at| at.prediction_lower), edge(&|at| at.prediction_upper)) {
        layers.push(area(&lower, &upper, PREDICTION));
        layers.extend([lower, upper].map(|points| Layer::Line { name: String::new(), points, pen: EDGE }));
    }
    if let (Some(lower), Some(upper)) = (edge(&|at| Some(at.lower)), edge(&|at| Some(at.upper))) {
        layers.push(area(&lower, &upper, CONFIDENCE));
    }
    layers
}

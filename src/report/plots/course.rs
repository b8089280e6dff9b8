//! Survival over time: what each series reports, and the pool at each time.

use std::collections::BTreeMap;

use crate::evidence::{Evidence, Timing};
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Named, Pen};
use crate::report::figure::geometry::{Point, point};
use crate::report::figure::glyph::Glyph;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, FigurePlan};

/// Returns the course of an outcome over the times of several analyses; `None` without a time.
pub(super) fn course(evidence: &Evidence, several: &[&AnalysisFindings], plan: &FigurePlan) -> Option<Chart> {
    let mut timed: Vec<(f64, &AnalysisFindings)> =
        several.iter().filter_map(|found| Some((found.analysis.at?.0 / 12.0, *found))).collect();
    timed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let last = timed.last()?.0;
    let mut series: BTreeMap<(Timing, &str), Vec<Point>> = BTreeMap::new();
    for (years, found) in &timed {
        for entry in &found.entries {
            // At the beginning everybody is free of the event.
            let start = || vec![point(0.0, 100.0)];
            let course = series.entry((entry.timing, entry.key.study.as_str())).or_insert_with(start);
            course.push(point(*years, 100.0 * entry.effect.proportion));
        }
    }
    let mut layers = Vec::new();
    for ((timing, id), points) in &series {
        let end = points.last().copied()?;
        let name = wording::study_name(evidence, id).replace(" et al.", "");
        layers.push(Layer::Line { name: name.clone(), points: points.clone(), pen: pen(*timing) });
        let dot = Dot { ink: Ink::Study, size: 0.5, ..Dot::study(name, end) };
        layers.push(Layer::Dot(Dot { glyph: glyph(*timing), ..dot }));
    }
    for (years, found) in &timed {
        let Some(natural) = found.pool.estimated().filter(|_| found.entries.len() > 1) else { continue };
        let points = vec![point(*years, 100.0 * natural.lower), point(*years, 100.0 * natural.upper)];
        layers.push(Layer::Line { name: String::new(), points, pen: POOL });
        let name = format!("{} pooled: {}%", format::time(found.analysis.at?), format::percent(natural.estimate, 1));
        let at = point(*years, 100.0 * natural.estimate);
        let dot =
            Dot { glyph: Glyph::Lozenge, ink: Ink::Total, size: 1.6, named: Named::Silent, ..Dot::study(name, at) };
        layers.push(Layer::Dot(dot));
    }
    let outcome = evidence.protocol.outcome(&timed.first()?.1.analysis.outcome);
    let outcome = outcome.map_or_else(String::new, |outcome| outcome.name.clone());
    let title = plan.title.clone().unwrap_or_else(|| format!("{outcome} over time"));
    let ticks = (0..=last.ceil() as u32).map(|year| (f64::from(year), year.to_string())).collect();
    Some(Chart {
        id: plan.id.clone(),
        description: format!("{title}. {}.", format::counted(series.len() as u64, "series", "series")),
        title,
        x: Axis::new("Years", 0.0, last * 1.18).with_ticks(ticks),
        y: Axis::new(format!("{outcome}, %"), 0.0, 100.0),
        right: None,
        layers,
        legend: vec![
            (Key::Dot(Glyph::Lozenge, Ink::Total), "pooled, with its interval".to_owned()),
            (Key::Line(pen(Timing::Retrospective)), "retrospective series".to_owned()),
            (Key::Line(pen(Timing::Prospective)), "prospective series".to_owned()),
        ],
        footer: vec![
            "Lines join what a series reports at these times. Pools at different times hold different series.".into(),
        ],
    })
}

const POOL: Pen = Pen { ink: Ink::Total, width: 1.4, dash: None };

fn pen(timing: Timing) -> Pen {
    match timing {
        Timing::Prospective => Pen::dashed(Ink::Study, 1.0),
        _ => Pen::solid(Ink::Study, 1.0),
    }
}

fn glyph(timing: Timing) -> Glyph {
    if timing == Timing::Prospective { Glyph::Ring } else { Glyph::Disc }
}

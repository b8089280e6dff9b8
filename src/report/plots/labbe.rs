//! L'Abbé's plot: the share with an event among the treated against that among controls, study by study.
//!
//! L'Abbé, Detsky & O'Rourke (1987), <https://doi.org/10.7326/0003-4819-107-2-224>

use super::under_glass::UnderGlass;
use crate::num;
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::{format, wording};
use crate::review::{TwoArms, risk_ratio, two_arms};

/// Returns the plot of all studies with two arms; `None` without one.
pub(super) fn labbe(glass: &UnderGlass<'_>) -> Option<Chart> {
    let analysis = &glass.found.analysis;
    let arms = two_arms(glass.evidence, analysis);
    let risk = |events: u64, of: u64| 100.0 * events as f64 / of.max(1) as f64;
    let place = |arms: &TwoArms| point(risk(arms.events.1, arms.of.1), risk(arms.events.0, arms.of.0));
    let largest = arms.iter().map(|arms| arms.of.0 + arms.of.1).max()? as f64;
    let reach = arms.iter().map(place).flat_map(|at| [at.x, at.y]).fold(0.0, f64::max);
    // Round tens, with room for the names of the outermost.
    let reach = ((reach * 1.15 / 10.0).ceil() * 10.0).clamp(10.0, 100.0);
    let line = |slope: f64, pen| {
        let points = vec![point(0.0, 0.0), point(reach, slope * reach)];
        Layer::Line { name: String::new(), points, pen }
    };
    let mut layers = vec![line(1.0, EQUAL)];
    let mut legend = vec![
        (Key::Dot(Glyph::Disc, Ink::Study), "study, its area the number of patients".to_owned()),
        (Key::Line(EQUAL), "no difference".to_owned()),
    ];
    let mut footer = Vec::new();
    if let Some(fit) = risk_ratio(&arms, analysis) {
        let [ratio, lower, upper] = [fit.estimate, fit.ci_lower, fit.ci_upper].map(num::exp);
        layers.push(line(ratio, POOL));
        legend.push((Key::Line(POOL), "pooled risk ratio".to_owned()));
        let level = wording::level(fit.level);
        let [ratio, lower, upper] = [ratio, lower, upper].map(|value| format::fixed(value, 2));
        footer.push(format!("Pooled risk ratio {ratio} ({level} CI {lower} to {upper}).").into());
    }
    for arms in &arms {
        if let Some((with, rule)) = &arms.gave_way {
            let study = wording::study_name(glass.evidence, &arms.study);
            footer.push(format!("Not pooled: {study}, {}.", wording::overlap(glass.evidence, with, *rule)).into());
        }
        let name = wording::study_name(glass.evidence, &arms.study);
        let share = (arms.of.0 + arms.of.1) as f64 / largest;
        layers.push(Layer::Dot(Dot { size: 2.2 * share.sqrt().max(0.3), ..Dot::study(name, place(arms)) }));
    }
    let outcome = glass.outcome();
    let title = glass.title("L’Abbé plot");
    let count = format::counted(arms.len() as u64, "study", "studies");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. {count} with a control arm; above the diagonal the treated have more events."),
        title,
        x: Axis::new(format!("{outcome}, controls, %"), 0.0, reach),
        y: Axis::new(format!("{outcome}, treated, %"), 0.0, reach),
        right: None,
        layers,
        legend,
        footer,
    })
}

const EQUAL: Pen = Pen { ink: Ink::Ink, width: 0.8, dash: None };
const POOL: Pen = Pen { ink: Ink::Total, width: 1.2, dash: Some((4.0, 3.0)) };

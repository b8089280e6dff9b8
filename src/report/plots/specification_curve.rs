//! The specification curve: one pool under every combination of choices, from the lowest value to the highest, and below it which
//! choices were taken.
//!
//! Simonsohn, Simmons & Nelson (2020), <https://doi.org/10.1038/s41562-020-0912-z>.

use super::under_glass::UnderGlass;
use crate::report::choice_grid_table::AGREEMENT;
use crate::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Named, Pen};
use crate::report::figure::geometry::point;
use crate::report::figure::glyph::Glyph;
use crate::report::{format, wording};
use crate::review::{Choice, ChoiceGrid, Specification, choice_grid};

/// Most combinations that are drawn.
const DRAWN: usize = 120;
/// The height of a row of choices in percentage points of the axis, and of a percentage point in pixels.
const ROW: f64 = 6.5;
const POINT: f64 = 2.6;
/// How a combination that agrees with the plan is drawn, and one that does not.
const AGREES: (Glyph, Ink) = (Glyph::Disc, Ink::Study);
const DISAGREES: (Glyph, Ink) = (Glyph::Ring, Ink::Prediction);

/// Returns the curve of an analysis; `None` without a pool.
pub(super) fn specification_curve(glass: &UnderGlass<'_>) -> Option<Chart> {
    let (_, planned) = glass.pooled()?;
    let grid = choice_grid(glass.evidence, glass.found)?;
    let place = grid.planned(&glass.found.analysis);
    let mut order: Vec<usize> = (0..grid.specifications.len()).collect();
    order.sort_by(|a, b| grid.specifications[*a].estimate.total_cmp(&grid.specifications[*b].estimate));
    let count = order.len() as f64;
    let (rows, ticks, floor) = rows(glass, &grid);

    let percent = |share: f64| 100.0 * share;
    let across = |share: f64| vec![point(0.0, percent(share)), point(count + 1.0, percent(share))];
    let band = [(0.0, planned.lower), (count + 1.0, planned.lower), (count + 1.0, planned.upper), (0.0, planned.upper)];
    let corners = band.map(|(x, share)| point(x, percent(share))).into();
    let mut layers = vec![Layer::Area { corners, ink: Ink::Tint(25) }];
    let (mut dots, mut marks) = (Vec::new(), Vec::new());
    for (rank, index) in drawn(&order, place) {
        let specification = &grid.specifications[index];
        // Two forms, as colours are not told apart in grey.
        let (glyph, ink) = if specification.agrees { AGREES } else { DISAGREES };
        let line = |name: &str, from: f64, to: f64, pen| {
            let points = vec![point(rank, from), point(rank, to)];
            Layer::Line { name: name.to_owned(), points, pen }
        };
        let name = words(&grid, specification);
        layers.push(line(
            &format!("{name}: interval"),
            percent(specification.lower),
            percent(specification.upper),
            Pen::solid(Ink::Tint(90), 0.8),
        ));
        let at = point(rank, percent(specification.estimate));
        dots.push(match place {
            Some(place) if place == index => {
                let name = "As planned".to_owned();
                Dot { glyph: Glyph::Lozenge, ink: Ink::Total, size: 1.6, named: Named::Silent, ..Dot::study(name, at) }
            }
            _ => Dot { glyph, size: 0.5, ink, named: Named::Silent, ..Dot::study(name, at) },
        });
        let taken = Choice::ALL.iter().filter_map(|choice| {
            let level = specification.taken[*choice as usize]?;
            rows.iter().find(|row| row.0 == *choice && row.1 == level)
        });
        let mark = |y: f64| line("", y - 0.3 * ROW, y + 0.3 * ROW, Pen::solid(ink, 1.8));
        marks.extend(taken.map(|(_, _, y)| (specification.agrees, mark(*y))));
    }
    // Those of one colour follow each other: a picture then draws them in one stroke.
    marks.sort_by_key(|(agrees, _)| *agrees);
    layers.extend(marks.into_iter().map(|(_, mark)| mark));
    layers.push(Layer::Line { name: String::new(), points: across(planned.estimate), pen: PLANNED });
    // The plan's own is not hidden behind the others.
    dots.sort_by_key(|dot| dot.glyph == Glyph::Lozenge);
    layers.extend(dots.into_iter().map(Layer::Dot));

    let title = glass.title("Specification curve");
    let range = grid.range(|specification| specification.estimate);
    let range = range.map(|(low, high)| format!("{}%", format::percent_range(low, high))).unwrap_or_default();
    let agree = format::percent(grid.agreement(), 0);
    let all = format::counted(grid.specifications.len() as u64, "combination", "combinations");
    let explained: Vec<String> =
        grid.explained().iter().map(|(choice, share)| format!("{choice} {}%", format::percent(*share, 0))).collect();
    let shown =
        if order.len() > DRAWN { format!("{DRAWN} of {all} are drawn, evenly by rank. ") } else { String::new() };
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!(
            "{title}. {all} give pooled values of {range}; as planned {}. {agree}% agree.",
            glass.pool_words()
        ),
        title,
        x: Axis::new(format!("The {all}, by pooled value"), 0.0, count + 1.0),
        y: Axis {
            length: Some(POINT * (100.0 - floor)),
            ..Axis::new(format!("{}, %", glass.outcome()), floor, 100.0).with_ticks(ticks)
        },
        right: None,
        layers,
        legend: vec![
            (Key::Dot(Glyph::Lozenge, Ink::Total), "as planned".to_owned()),
            (Key::Area(Ink::Tint(25)), "its interval".to_owned()),
            (Key::Dot(AGREES.0, AGREES.1), "agrees with it".to_owned()),
            (Key::Dot(DISAGREES.0, DISAGREES.1), "does not".to_owned()),
        ],
        footer: vec![
            format!("{shown}Pooled values {range}; {agree}% agree. {AGREEMENT}").into(),
            format!("Variance of the pooled value that goes with each choice by itself: {}.", explained.join(", "))
                .into(),
        ],
    })
}

/// Returns the combinations that are drawn with their ranks: evenly from the lowest to the highest, and the plan's own.
fn drawn(order: &[usize], planned: Option<usize>) -> Vec<(f64, usize)> {
    let last = order.len().saturating_sub(1);
    let mut ranks: Vec<usize> = match order.len() {
        all @ ..=DRAWN => (0..all).collect(),
        _ => (0..DRAWN).map(|step| step * last / (DRAWN - 1)).collect(),
    };
    let own = planned.and_then(|planned| order.iter().position(|index| *index == planned));
    // In place of its neighbour, so that no more are drawn than are said to be.
    if let Some(own) = own.filter(|own| !ranks.contains(own))
        && let Some(nearest) = ranks.iter_mut().min_by_key(|rank| rank.abs_diff(own))
    {
        *nearest = own;
    }
    ranks.into_iter().map(|rank| (rank as f64 + 1.0, order[rank])).collect()
}

/// A choice, one of its levels, and where its row lies.
type LevelRow = (Choice, usize, f64);

/// Returns the rows of all choices that have several levels, the ticks of the axis, and where it ends.
fn rows(glass: &UnderGlass<'_>, grid: &ChoiceGrid) -> (Vec<LevelRow>, Vec<(f64, String)>, f64) {
    let mut ticks: Vec<(f64, String)> = [0.0, 25.0, 50.0, 75.0, 100.0].map(|value| (value, format!("{value}"))).into();
    let (mut rows, mut y) = (Vec::new(), -0.6 * ROW);
    for (choice, levels) in Choice::ALL.iter().copied().zip(&grid.levels).filter(|(_, levels)| levels.len() > 1) {
        y -= 0.6 * ROW;
        for (position, level) in levels.iter().enumerate() {
            let name = match choice {
                Choice::LeftOut => wording::study_name(glass.evidence, level),
                _ => level.clone(),
            };
            let name = if position == 0 { format!("{}: {name}", wording::upper_first(choice.as_str())) } else { name };
            ticks.push((y, name));
            rows.push((choice, position, y));
            y -= ROW;
        }
    }
    (rows, ticks, y)
}

/// Returns the levels that a combination takes, in words.
fn words(grid: &ChoiceGrid, specification: &Specification) -> String {
    let levels: Vec<&str> = Choice::ALL.iter().filter_map(|choice| grid.level(specification, *choice)).collect();
    levels.join(" · ")
}

const PLANNED: Pen = Pen { ink: Ink::Total, width: 1.0, dash: Some((4.0, 3.0)) };

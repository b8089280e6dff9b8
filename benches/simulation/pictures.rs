//! The plots of the page, drawn as the figures of a review are.

use forestable::render::figure::svg;
use forestable::report::figure::chart::{Axis, Chart, Ink, Key, Layer, Pen};
use forestable::report::figure::geometry::point;
use forestable::report::figure::style::Style;

use crate::page::mean;
use crate::tally::Tally;
use crate::{Done, is_of_half, over};

/// A line's name and its points.
type Line<'a> = (&'a str, Vec<(f64, f64)>);

/// Looks of the lines, told apart by dashes as by colour.
const PENS: [Pen; 5] = [
    Pen { ink: Ink::Total, width: 2.0, dash: None },
    Pen { ink: Ink::Study, width: 1.6, dash: None },
    Pen { ink: Ink::Prediction, width: 1.6, dash: Some((6.0, 3.0)) },
    Pen { ink: Ink::Ink, width: 1.4, dash: Some((2.0, 3.0)) },
    Pen { ink: Ink::Quiet, width: 1.4, dash: Some((8.0, 3.0)) },
];

/// Returns each plot's file name and SVG.
pub fn all(done: &[Done]) -> Vec<(&'static str, String)> {
    let coverage = |tallies: &[&Tally]| 100.0 * mean(tallies.iter().map(|tally| tally.coverage()));
    let held = |tallies: &[&Tally]| 100.0 * mean(tallies.iter().filter_map(|tally| tally.prediction()));
    let error = |tallies: &[&Tally]| mean(tallies.iter().map(|tally| tally.tau_bias()));
    let sizes = |name: &'static str, from: usize, kept: fn(f64) -> bool, value: &dyn Fn(&[&Tally]) -> f64| {
        let sizes = [2, 3, 5, 10].into_iter().filter(move |k| *k >= from);
        sizes
            .map(|k| (k as f64, value(&over(done, name, move |cell| cell.is_inner() && cell.k == k && kept(cell.tau)))))
            .collect()
    };
    let taus = |name: &'static str| {
        let at = |tau: f64| error(&over(done, name, move |cell| cell.is_inner() && cell.k == 5 && cell.tau == tau));
        [0.0, 0.25, 0.5, 1.0].map(|tau| (tau, at(tau))).to_vec()
    };
    let high = |(name, survival): (&'static str, f64)| {
        let at = |k: usize| {
            coverage(&over(done, name, move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k))
        };
        [2, 3, 5, 10].map(|k| (k as f64, at(k))).to_vec()
    };
    let near_all = [
        (("binomial-normal", 0.9), "counts, S = 90%"),
        (("binomial-normal", 0.98), "counts, S = 98%"),
        (("mKH, HK", 0.9), "log(−log S), S = 90%"),
        (("mKH, HK", 0.98), "log(−log S), S = 98%"),
        (("0 and 100% left out", 0.98), "100% left out, S = 98%"),
    ];
    let k_axis =
        |from: f64| Axis { ticks: ticks(&[2.0, 3.0, 5.0, 10.0]), ..Axis::new("Series in the pool, k", from, 10.5) };
    let intervals =
        [("mKH, HK", "mKH"), ("HKSJ, HK", "HKSJ"), ("KR, KR", "KR"), ("t, HTS", "t"), ("classic, V", "classic")];
    let predictions = [
        ("mKH, HK", "HK with mKH"),
        ("HKSJ, HK", "HK with HKSJ"),
        ("KR, KR", "KR"),
        ("t, HTS", "HTS"),
        ("classic, V", "V"),
    ];
    let estimators = [("mKH, HK", "REML"), ("PM", "PM"), ("DL", "DL"), ("SJ", "SJ"), ("ML", "ML")];
    vec![
        (
            "intervals.svg",
            chart(
                "intervals",
                "Coverage of the 95% interval of the pooled survival, mean over the cells with τ above 0 and a survival of 30 to 90%",
                k_axis(1.5),
                Axis::new("Coverage, %", 60.0, 101.0),
                Some(95.0),
                intervals.map(|(name, words)| (words, sizes(name, 2, |tau| tau > 0.0, &coverage))),
            ),
        ),
        (
            "predictions.svg",
            chart(
                "predictions",
                "Share of new series that the 95% prediction interval holds, mean over the cells with τ above 0 and a survival of 30 to 90%",
                k_axis(2.5),
                Axis::new("New series held, %", 60.0, 101.0),
                Some(95.0),
                predictions.map(|(name, words)| (words, sizes(name, 3, |tau| tau > 0.0, &held))),
            ),
        ),
        (
            "near-100.svg",
            chart(
                "near-100",
                "Coverage of the 95% interval of the pooled survival near 100%, by the binomial-normal model and on log(−log S)",
                k_axis(1.5),
                Axis::new("Coverage, %", 60.0, 101.0),
                Some(95.0),
                near_all.map(|(of, words)| (words, high(of))),
            ),
        ),
        (
            "tau.svg",
            chart(
                "tau",
                "Mean error of the estimated standard deviation between series, five series",
                Axis { ticks: ticks(&[0.0, 0.25, 0.5, 1.0]), ..Axis::new("True τ", -0.05, 1.05) },
                Axis::new("Mean error of τ", -0.4, 0.3),
                Some(0.0),
                estimators.map(|(name, words)| (words, taus(name))),
            ),
        ),
    ]
}

fn ticks(values: &[f64]) -> Vec<(f64, String)> {
    values.iter().map(|value| (*value, value.to_string())).collect()
}

fn chart(id: &str, title: &str, x: Axis, y: Axis, level: Option<f64>, lines: [Line<'_>; 5]) -> String {
    let rule = Pen { ink: Ink::Quiet, width: 0.8, dash: None };
    let level = level.map(|level| Layer::Line {
        name: String::new(),
        points: vec![point(x.from, level), point(x.to, level)],
        pen: rule,
    });
    let line = |((name, points), pen): (&Line<'_>, &Pen)| Layer::Line {
        name: (*name).to_owned(),
        points: points.iter().map(|(x, y)| point(*x, *y)).collect(),
        pen: *pen,
    };
    let chart = Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: title.to_owned(),
        layers: level.into_iter().chain(lines.iter().zip(&PENS).map(line)).collect(),
        legend: lines.iter().zip(&PENS).map(|((name, _), pen)| (Key::Line(*pen), (*name).to_owned())).collect(),
        x,
        y,
        right: None,
        footer: Vec::new(),
    };
    svg(&chart.lay_out(&Style::plain()))
}

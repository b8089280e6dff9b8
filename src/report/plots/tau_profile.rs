//! The profile of τ²: how well each variance between series fits.
//!
//! Hardy & Thompson (1996), <https://doi.org/10.1002/(SICI)1097-0258(19960330)15:6%3C619::AID-SIM188%3E3.0.CO;2-A>.

use super::under_glass::UnderGlass;
use crate::report::figure::chart::{Axis, Chart, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::point;
use crate::report::format;

/// How far below its maximum the log-likelihood is shown.
const DEPTH: f64 = 6.0;

/// Returns the profile of τ² of a pool; `None` below two series or without a maximum.
pub(super) fn tau_profile(glass: &UnderGlass<'_>) -> Option<Chart> {
    let profile = glass.close.tau2_profile().ok()?;
    let right = profile.curve.last()?.0;
    let line = |name: &str, points, pen| Layer::Line { name: name.to_owned(), points, pen };
    let upright = |tau2: f64| vec![point(tau2, -DEPTH), point(tau2, 0.0)];
    let (lower, upper) = (profile.interval.lower, profile.interval.upper);
    let band = [(lower, -DEPTH), (upper, -DEPTH), (upper, 0.0), (lower, 0.0)];
    let layers = vec![
        Layer::Area { corners: band.map(|(x, y)| point(x, y)).into(), ink: Ink::Tint(30) },
        line("", upright(profile.best), BEST),
        line("log-likelihood", profile.curve.iter().map(|(x, y)| point(*x, *y)).collect(), CURVE),
    ];
    let title = glass.title("Profile of τ²");
    let level = format::percent(glass.found.analysis.methods.spec.level.0, 0);
    let figures =
        format!("{} ({} to {})", format::fixed(profile.best, 3), format::fixed(lower, 3), format::fixed(upper, 3));
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. The best τ² is {figures}."),
        title,
        x: Axis::new("τ², variance between series", 0.0, right),
        y: Axis::new("Restricted log-likelihood, less its maximum", -DEPTH, 0.3),
        right: None,
        layers,
        legend: vec![
            (Key::Line(CURVE), "profile".to_owned()),
            (Key::Line(BEST), "REML".to_owned()),
            (Key::Area(Ink::Tint(30)), format!("{level}% profile-likelihood interval")),
        ],
        footer: vec![format!("τ² = {figures}.").into()],
    })
}

const CURVE: Pen = Pen { ink: Ink::Study, width: 1.6, dash: None };
const BEST: Pen = Pen { ink: Ink::Total, width: 1.0, dash: Some((4.0, 3.0)) };

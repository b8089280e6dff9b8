//! Posterior densities: what is believed of the mean, of a new series and of the spread between series.

use super::under_glass::UnderGlass;
use crate::report::figure::chart::{Axis, Chart, Ink, Key, Layer, Pen};
use crate::report::figure::geometry::{Point, point};
use crate::report::format;

/// Points of a curve.
const STEPS: u32 = 160;

/// Returns the densities of the mean and of a new series' effect; `None` below two series.
pub(super) fn posterior(glass: &UnderGlass<'_>) -> Option<Chart> {
    let posterior = glass.close.posterior().ok()?;
    let (mu, new) = (posterior.mu(), posterior.predictive());
    let level = glass.found.analysis.methods.spec.level;
    let [from, to] = new.central(0.98);
    let x = glass.effect_axis([from, to])?;
    let curve = |of: &dyn Fn(f64) -> f64| curve((x.from.min(x.to), x.from.max(x.to)), of);
    let (of_mu, of_new) = (curve(&|at| mu.density(at)), curve(&|at| new.density(at)));
    let top = 1.05 * of_mu.iter().map(|at| at.y).fold(0.0, f64::max);
    let [lower, upper] = mu.central(level.0);
    let median = mu.quantile(0.5);
    let credible = area((lower, upper), &|at| mu.density(at));
    let line = |name: &str, points, pen| Layer::Line { name: name.to_owned(), points, pen };
    let layers = vec![
        Layer::Area { corners: credible, ink: Ink::Tint(55) },
        line("new series", of_new, NEW),
        line("mean", of_mu, MEAN),
        line("", vec![point(median, 0.0), point(median, mu.density(median))], MEDIAN),
    ];
    let words = |effects: [f64; 2]| {
        let (low, high) = glass.close.proportions(effects[0], effects[1]);
        format::percent_range(low, high)
    };
    let [mean, interval, next] =
        [format::percent(glass.close.proportion(median), 1), words([lower, upper]), words(new.central(level.0))];
    let level = format::percent(level.0, 0);
    let title = glass.title("Posterior");
    let figures = format!("Mean {mean}% ({level}% credible interval {interval}); a new series {next}.");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. {figures}"),
        title,
        x,
        y: Axis::new("Density", 0.0, top).with_ticks(vec![(0.0, "0".to_owned())]),
        right: None,
        layers,
        legend: vec![
            (Key::Line(MEAN), "mean of the series".to_owned()),
            (Key::Line(NEW), "true value of a new series".to_owned()),
            (Key::Area(Ink::Tint(55)), format!("{level}% credible interval of the mean")),
            (Key::Line(MEDIAN), "median".to_owned()),
        ],
        footer: vec![figures.into(), priors(glass).into(), glass.scale_note()],
    })
}

/// Returns the density of τ, with its prior where that is a proper one; `None` below two series.
pub(super) fn spread(glass: &UnderGlass<'_>) -> Option<Chart> {
    let posterior = glass.close.posterior().ok()?;
    let right = posterior.tau_quantile(0.995);
    let of_tau = curve((0.0, right), &|tau| posterior.tau_density(tau));
    let prior = glass.close.priors.tau;
    let before = prior.density(0.0).map(|_| curve((0.0, right), &|tau| prior.density(tau).unwrap_or_default()));
    let level = glass.found.analysis.methods.spec.level.0;
    let [lower, upper] = [0.5 * (1.0 - level), 0.5 * (1.0 + level)].map(|p| posterior.tau_quantile(p));
    let median = posterior.tau_quantile(0.5);
    let top = of_tau.iter().chain(before.iter().flatten()).map(|at| at.y).fold(0.0, f64::max);
    let line = |name: &str, points, pen| Layer::Line { name: name.to_owned(), points, pen };
    let mut layers =
        vec![Layer::Area { corners: area((lower, upper), &|tau| posterior.tau_density(tau)), ink: Ink::Tint(55) }];
    layers.extend(before.clone().map(|points| line("prior", points, PRIOR)));
    layers.push(line("posterior", of_tau, MEAN));
    layers.push(line("", vec![point(median, 0.0), point(median, posterior.tau_density(median))], MEDIAN));
    let level = format::percent(level, 0);
    let mut legend = vec![(Key::Line(MEAN), "posterior".to_owned())];
    legend.extend(before.map(|_| (Key::Line(PRIOR), "prior".to_owned())));
    legend.push((Key::Area(Ink::Tint(55)), format!("{level}% credible interval")));
    legend.push((Key::Line(MEDIAN), "median".to_owned()));
    let title = glass.title("Posterior of τ");
    let [median, lower, upper] = [median, lower, upper].map(|tau| format::fixed(tau, 2));
    let figures = format!("τ = {median} ({level}% credible interval {lower} to {upper}).");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. {figures}"),
        title,
        x: Axis::new("τ, standard deviation between series", 0.0, right),
        y: Axis::new("Density", 0.0, 1.05 * top).with_ticks(vec![(0.0, "0".to_owned())]),
        right: None,
        layers,
        legend,
        footer: vec![figures.into(), priors(glass).into()],
    })
}

fn priors(glass: &UnderGlass<'_>) -> String {
    format!("Priors: τ {}, mean {}.", glass.close.priors.tau, glass.close.priors.mu)
}

fn curve((from, to): (f64, f64), of: &dyn Fn(f64) -> f64) -> Vec<Point> {
    let at = |i: u32| from + (to - from) * f64::from(i) / f64::from(STEPS);
    (0..=STEPS).map(|i| point(at(i), of(at(i)))).collect()
}

/// Returns the area under a curve between two values.
fn area((from, to): (f64, f64), of: &dyn Fn(f64) -> f64) -> Vec<Point> {
    let mut corners = curve((from, to), of);
    corners.extend([point(to, 0.0), point(from, 0.0)]);
    corners
}

const MEAN: Pen = Pen { ink: Ink::Total, width: 1.6, dash: None };
const NEW: Pen = Pen { ink: Ink::Prediction, width: 1.3, dash: Some((5.0, 3.0)) };
const PRIOR: Pen = Pen { ink: Ink::Quiet, width: 1.2, dash: Some((5.0, 3.0)) };
const MEDIAN: Pen = Pen { ink: Ink::Total, width: 0.9, dash: Some((1.5, 2.0)) };

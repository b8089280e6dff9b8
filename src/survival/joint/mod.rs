//! The joint model of survival at several times.
//!
//! `y = ln(−ln S(t))` of all series and times at once: `y = Xβ + Zu + e`. The fixed part is a line in ln t (a Weibull curve) or
//! one level a landmark; the random part says how series differ; the error's covariance within a series is not assumed but
//! follows from the curve itself: `Cov(ln S(s), ln S(t)) = Var(ln S(s))` for s ≤ t, carried to y by the delta method.

mod curve;
mod likelihood;
mod maximise;
mod structure;

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

pub use curve::{BandPoint, TimeQuantity};
use likelihood::{Observations, SeriesData};
use serde::Serialize;
use structure::Structure;

use super::SurvivalError;
use super::error::{above_zero, later, not_above};
use crate::diag::named;
use crate::evidence::Level;
use crate::num;

named! {
    /// The fixed part of the model: how ln(−ln S) moves with time.
    Trend, "trend":
    /// A line in ln t: the pooled curve is a Weibull curve.
    LogTime = "log-time",
    /// A level of its own at each time.
    Landmarks = "landmarks",
}

named! {
    /// The random part of the model: how series differ.
    Random, "random part":
    /// By one shift of the whole curve.
    Intercept = "random-intercept" | "intercept",
    /// By a shift and by the slope in ln t, correlated.
    InterceptAndSlope = "random-intercept-and-slope" | "intercept-and-slope",
    /// At each time, with one variance and one correlation between any two times.
    CompoundSymmetry = "compound-symmetry",
}

named! {
    /// The likelihood that is made largest.
    Likelihood, "likelihood":
    /// Restricted: allows for the estimated fixed part.
    Reml = "REML",
    /// Full.
    Ml = "ML",
}

/// One published figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JointRow {
    /// The series that it belongs to, any number.
    pub series: usize,
    /// The group that the series belongs to, from 0: groups differ by a shift on the scale of the model.
    pub group: usize,
    /// The time, above 0.
    pub time: f64,
    /// Survival at that time, strictly between 0 and 1.
    pub survival: f64,
    /// Its standard error, on the scale of survival.
    pub se: f64,
}

/// How the model is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JointSpec {
    /// The fixed part.
    pub trend: Trend,
    /// The random part.
    pub random: Random,
    /// The likelihood.
    pub likelihood: Likelihood,
    /// The level of intervals and bands.
    pub level: Level,
}

impl Default for JointSpec {
    fn default() -> Self {
        Self {
            trend: Trend::LogTime,
            random: Random::Intercept,
            likelihood: Likelihood::Reml,
            level: Level::NINETY_FIVE,
        }
    }
}

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JointFit {
    /// How it was fitted.
    pub spec: JointSpec,
    /// The coefficients' names: `intrcpt` and `lt`, or `f12`, `f24`, …; then `group1`, … for the shift of each group after the first.
    pub names: Vec<String>,
    /// The coefficients, on the scale of ln(−ln S).
    pub beta: Vec<f64>,
    /// Their standard errors.
    pub se: Vec<f64>,
    /// Variance of the random intercept; 0 in the other random parts.
    pub sigma2: f64,
    /// Variances of intercept and slope, or the one variance of compound symmetry; 0 for the random intercept.
    pub tau2: Vec<f64>,
    /// The correlation that belongs to `tau2`.
    pub rho: f64,
    /// The (restricted) log-likelihood at its largest, all constants included.
    pub log_likelihood: f64,
    /// How many series there are.
    pub series: usize,
    /// The times observed, ascending.
    pub times: Vec<f64>,
    #[serde(skip)]
    covariance: DMatrix<f64>,
    #[serde(skip)]
    between: DMatrix<f64>,
}

/// A test that groups of series share one curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupTest {
    /// Wald's statistic.
    pub statistic: f64,
    /// Its degrees of freedom: groups less one.
    pub df: usize,
    /// Its p-value, from χ².
    pub p_value: f64,
}

/// Fits the joint model to `rows`; each series' rows stand by time.
///
/// # Scale
/// `se` is that of S. With `Var(ln S) = (se/S)²` and Λ = −ln S, `Cov(y_s, y_t) = Var(ln S(s))/(Λ_s Λ_t)` for s ≤ t.
///
/// # Errors
/// [`SurvivalError::TooFew`] with less than two series, two times, or more coefficients than figures;
/// [`SurvivalError::Figure`] at a survival not strictly between 0 and 1, a time or standard error not above 0;
/// [`SurvivalError::Order`] where a series' times do not grow, its survival rises, or its variance of ln S does not grow
/// (it must: what is uncertain at one time stays so later); [`SurvivalError::NotEstimable`] where a group
/// has no series; [`SurvivalError::NoConvergence`].
///
/// # Agreement
/// metafor 5.1-12, `rma.mv`: 1e-5; where the correlation is estimated at its bound, where `rma.mv` stops short, a likelihood
/// above its own.
///
/// # References
/// Arends, Hunink & Stijnen (2008), Meta-analysis of summary survival curve data, Statistics in Medicine 27; Jackson, Rollins &
/// Coughlin (2014), A multivariate model for the meta-analysis of study level survival data at multiple times, Research
/// Synthesis Methods 5.
pub fn joint(rows: &[JointRow], spec: &JointSpec) -> Result<JointFit, SurvivalError> {
    let times = distinct_times(rows);
    let groups = rows.iter().map(|row| row.group + 1).max().unwrap_or(0);
    let names = coefficient_names(spec.trend, &times, groups);
    let structure = Structure::new(spec.random, &times);
    let series = series_data(rows, spec.trend, &times, groups, &structure)?;
    for (what, found, needed) in
        [("series", series.len(), 2), ("times", times.len(), 2), ("figures", rows.len(), names.len() + 1)]
    {
        if found < needed {
            return Err(SurvivalError::TooFew { what, found, needed });
        }
    }
    let observations = Observations::new(series, spec.likelihood).ok_or(SurvivalError::NotEstimable)?;
    let best = maximise::largest(&observations, &structure).ok_or(SurvivalError::NoConvergence)?;
    let between = structure.covariance(&best.parameters);
    let (sigma2, tau2, rho) = structure.report(&between);
    let covariance = best.fit.covariance;
    Ok(JointFit {
        spec: *spec,
        se: covariance.diagonal().iter().map(|variance| variance.sqrt()).collect(),
        beta: best.fit.beta.iter().copied().collect(),
        names,
        sigma2,
        tau2,
        rho,
        log_likelihood: best.fit.log_likelihood,
        series: observations.series.len(),
        times,
        covariance,
        between,
    })
}

fn distinct_times(rows: &[JointRow]) -> Vec<f64> {
    let mut times: Vec<f64> = rows.iter().map(|row| row.time).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

fn coefficient_names(trend: Trend, times: &[f64], groups: usize) -> Vec<String> {
    let trend: Vec<String> = match trend {
        Trend::LogTime => vec!["intrcpt".into(), "lt".into()],
        Trend::Landmarks => times.iter().map(|time| format!("f{time}")).collect(),
    };
    trend.into_iter().chain((1..groups).map(|group| format!("group{group}"))).collect()
}

/// Returns the row of the design of a figure at `time` in `group`; `None` where the model has no level at that time.
fn design_row(trend: Trend, times: &[f64], groups: usize, time: f64, group: usize) -> Option<DVector<f64>> {
    let mut row = match trend {
        Trend::LogTime => vec![1.0, num::ln(time)],
        Trend::Landmarks => {
            let level = times.iter().position(|known| *known == time)?;
            (0..times.len()).map(|index| f64::from(u8::from(index == level))).collect()
        }
    };
    row.extend((1..groups).map(|shifted| f64::from(u8::from(shifted == group))));
    Some(DVector::from_vec(row))
}

/// Checks the rows and gathers each series' figures, their error and their designs.
fn series_data(
    rows: &[JointRow],
    trend: Trend,
    times: &[f64],
    groups: usize,
    structure: &Structure,
) -> Result<Vec<SeriesData>, SurvivalError> {
    let mut by_series: BTreeMap<usize, Vec<(usize, &JointRow)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        above_zero(index, "time", row.time)?;
        above_zero(index, "se", row.se)?;
        if !(row.survival > 0.0 && row.survival < 1.0) {
            let expected = "a proportion strictly between 0 and 1";
            return Err(SurvivalError::Figure { index, name: "survival", value: row.survival, expected });
        }
        by_series.entry(row.series).or_default().push((index, row));
    }
    let variance = |row: &JointRow| (row.se / row.survival).powi(2);
    by_series
        .into_values()
        .map(|rows| {
            for pair in rows.windows(2) {
                let [(_, before), (index, here)] = pair else { continue };
                later(*index, here.time, before.time)?;
                not_above(*index, "survival", here.survival, before.survival)?;
                if variance(here) <= variance(before) {
                    return Err(SurvivalError::Order {
                        index: *index,
                        name: "se",
                        value: here.se,
                        previous: before.se,
                        expected: "a variance of ln S, (se/survival)², that grows with time",
                    });
                }
            }
            let hazard: Vec<f64> = rows.iter().map(|(_, row)| -num::ln(row.survival)).collect();
            let within =
                DMatrix::from_fn(rows.len(), rows.len(), |a, b| variance(rows[a.min(b)].1) / (hazard[a] * hazard[b]));
            let design: Option<Vec<_>> = rows
                .iter()
                .map(|(_, row)| design_row(trend, times, groups, row.time, row.group).map(|row| row.transpose()))
                .collect();
            let random: Vec<_> = rows.iter().map(|(_, row)| structure.design_row(row.time).transpose()).collect();
            Ok(SeriesData {
                y: DVector::from_iterator(rows.len(), hazard.iter().map(|hazard| num::ln(*hazard))),
                within,
                // Every time of a row is a level of the model.
                design: DMatrix::from_rows(&design.unwrap_or_default()),
                random: DMatrix::from_rows(&random),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(series: &[&[(f64, f64, f64)]]) -> Vec<JointRow> {
        let all = series.iter().enumerate();
        all.flat_map(|(series, points)| {
            points.iter().map(move |&(time, survival, se)| JointRow { series, group: series % 2, time, survival, se })
        })
        .collect()
    }

    fn sound() -> Vec<JointRow> {
        rows(&[
            &[(12.0, 0.93, 0.039), (24.0, 0.87, 0.058)],
            &[(12.0, 0.844, 0.042), (24.0, 0.632, 0.066)],
            &[(24.0, 0.7, 0.066)],
            &[(12.0, 0.85, 0.077), (36.0, 0.47, 0.112)],
        ])
    }

    #[test]
    fn the_slope_of_the_likelihood_is_its_derivative() {
        let rows = sound();
        let times = distinct_times(&rows);
        for random in [Random::Intercept, Random::InterceptAndSlope, Random::CompoundSymmetry] {
            let structure = Structure::new(random, &times);
            let series = series_data(&rows, Trend::LogTime, &times, 2, &structure).unwrap();
            for likelihood in [Likelihood::Ml, Likelihood::Reml] {
                let observations = Observations::new(series.clone(), likelihood).unwrap();
                let here = structure.start(0.7);
                let height =
                    |parameters: &[f64]| observations.fit(&structure.covariance(parameters)).unwrap().log_likelihood;
                let slope = observations.fit(&structure.covariance(&here)).unwrap().slope;
                for (index, change) in structure.slopes(&here).iter().enumerate() {
                    let moved = |by: f64| {
                        let mut there = here.clone();
                        there[index] += by;
                        height(&there)
                    };
                    let by_difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                    assert!((slope.dot(change) - by_difference).abs() < 1e-7, "{random:?} {likelihood:?} {index}");
                }
            }
        }
    }

    #[test]
    fn landmarks_that_would_rise_are_drawn_together() {
        let rows = rows(&[
            &[(12.0, 0.5, 0.05)],
            &[(12.0, 0.55, 0.05)],
            &[(24.0, 0.9, 0.03)],
            &[(24.0, 0.8, 0.04), (36.0, 0.6, 0.06)],
        ]);
        let rows: Vec<JointRow> = rows.into_iter().map(|row| JointRow { group: 0, ..row }).collect();
        let fit = joint(&rows, &JointSpec { trend: Trend::Landmarks, ..JointSpec::default() }).unwrap();
        assert!(fit.beta[0] > fit.beta[1], "the case needs a violation");
        let survival: Vec<f64> = fit.times.iter().map(|time| fit.at(*time, 0).unwrap().survival).collect();
        assert!((survival[0] - survival[1]).abs() < 1e-12 && survival[1] > survival[2]);
        assert_eq!(fit.at(18.0, 0), None);
    }

    #[test]
    fn groups_with_the_same_figures_do_not_differ() {
        let one: &[_] = &[(12.0, 0.9, 0.04), (24.0, 0.7, 0.06)];
        let other: &[_] = &[(12.0, 0.8, 0.05), (24.0, 0.65, 0.06)];
        let fit = joint(&rows(&[one, one, other, other]), &JointSpec::default()).unwrap();
        let test = fit.group_test().unwrap();
        assert!(test.statistic < 1e-12 && (test.p_value - 1.0).abs() < 1e-5);
        assert_eq!(fit.at(12.0, 2), None);
    }

    #[test]
    fn the_median_and_the_mean_are_those_of_the_curve() {
        let fit = joint(&sound(), &JointSpec::default()).unwrap();
        let median = fit.median(1).unwrap();
        assert!((fit.at(median.value, 1).unwrap().survival - 0.5).abs() < 1e-12);
        assert!((fit.at(median.lower, 1).unwrap().lower - 0.5).abs() < 1e-9);
        assert!(median.upper.is_none_or(|upper| (fit.at(upper, 1).unwrap().upper - 0.5).abs() < 1e-9));
        let steps = 20_000;
        let width = 36.0 / f64::from(steps);
        let area: f64 =
            (0..steps).map(|step| fit.at((f64::from(step) + 0.5) * width, 1).unwrap().survival * width).sum();
        assert!((fit.restricted_mean(36.0, 1).unwrap().value - area).abs() < 1e-5);
        assert_eq!(fit.restricted_mean(37.0, 1), None);
    }

    #[test]
    fn faults_are_named_with_their_row() {
        let fault = |points: &[(f64, f64, f64)]| {
            let faulty = rows(&[&[(12.0, 0.9, 0.04), (24.0, 0.8, 0.05)], &[(12.0, 0.9, 0.04)], points]);
            joint(&faulty, &JointSpec::default()).unwrap_err().index()
        };
        assert_eq!(fault(&[(12.0, 1.0, 0.04)]), Some(3));
        assert_eq!(fault(&[(12.0, 0.9, 0.0)]), Some(3));
        assert_eq!(fault(&[(0.0, 0.9, 0.1)]), Some(3));
        assert_eq!(fault(&[(12.0, 0.9, 0.04), (12.0, 0.8, 0.05)]), Some(4));
        assert_eq!(fault(&[(12.0, 0.8, 0.04), (24.0, 0.9, 0.05)]), Some(4));
        assert_eq!(fault(&[(12.0, 0.8, 0.05), (24.0, 0.7, 0.04)]), Some(4));
        assert!(joint(&[], &JointSpec::default()).is_err());
        let second_group: Vec<JointRow> = sound().into_iter().map(|row| JointRow { group: 1, ..row }).collect();
        assert_eq!(joint(&second_group, &JointSpec::default()), Err(SurvivalError::NotEstimable));
        assert!(joint(&sound()[..2], &JointSpec::default()).is_err());
    }
}

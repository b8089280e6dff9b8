//! The distribution-free summary curve of many series.
//!
//! Each series tells, from one of its times to the next, the survival of those still at risk. These conditional
//! survivals are pooled interval by interval on the arcsine scale, and the pooled curve is their running product.
//!
//! A series whose times leave gaps tells only a product over several intervals. It is neither dropped nor filled in: it
//! enters as what it is, a figure on the product, which informs every interval that it spans.

mod between;
mod observed;
mod pooled;

use serde::Serialize;

use super::SurvivalError;
use crate::evidence::Level;
use nalgebra::DMatrix;
use observed::Observed;
pub use pooled::{PooledCurve, PooledPoint, Quantity};

/// One row of a series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeriesPoint {
    /// The series that it belongs to, any number.
    pub series: usize,
    /// The time, above 0.
    pub time: f64,
    /// Survival at that time.
    pub survival: f64,
    /// Patients at risk where the interval that ends at this time begins: at the series' time before, or at 0.
    pub at_risk: f64,
}

/// The summary curve under both models, and how far the series differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SummaryCurve {
    /// One curve behind all series.
    pub fixed: PooledCurve,
    /// The mean of curves that differ between series.
    pub random: PooledCurve,
    /// Weighted sum of squared distances from the fixed curve.
    pub q: f64,
    /// Its degrees of freedom where nothing differs: rows less intervals.
    pub q_df: usize,
    /// `q` over rows less series, as the reference program divides it; `None` where each series has one row.
    pub h2: Option<f64>,
    /// The part of the scatter that is not chance, from `h2`.
    pub i2_percent: Option<f64>,
}

/// Returns the summary survival curve of `rows`, on the grid of all their times.
///
/// # Method
/// `y = asin √((n p + ¼)/(n + ½))` with variance `1/(4n + 2)` for a conditional survival p among n at risk; the
/// between-series matrix by moments, pair by pair of intervals with weights `√(wᵣwₛ)`, its negative eigenvalues
/// set to 0; `ln S` with its variance by the delta method gives intervals, which therefore lie within 0 and 1.
///
/// # Boundary
/// A series that has come down to 0 has nobody left to observe: what it says later is left out. Where a single series
/// observes an interval, nothing tells how series differ there and its own part of the matrix is 0.
///
/// # Errors
/// [`SurvivalError::TooFew`] below two series; [`SurvivalError::Figure`] at a survival outside 0 and 1, a time or
/// number at risk that is not above 0; [`SurvivalError::Order`] where a series' times do not grow, its survival rises or
/// its number at risk grows.
///
/// # Agreement
/// metaSurvival 0.1.0 (Greenwood intervals): 1e-6. It divides by rows less series where E Q is rows less intervals; `h2`
/// follows it. It answers a gap in the grid with NA, or fills it by a mean, which moves the curve.
///
/// # References
/// Combescure, Foucher & Jackson (2014), <https://doi.org/10.1002/sim.6111>; the moments are those of Jackson, White &
/// Thompson (2010), <https://doi.org/10.1002/sim.3602>.
pub fn summary_curve(rows: &[SeriesPoint], level: Level) -> Result<SummaryCurve, SurvivalError> {
    let observed = Observed::new(rows)?;
    let intervals = observed.times.len();
    let fixed = observed.fit(&DMatrix::zeros(intervals, intervals))?;
    let between = between::moments(&observed, &fixed);
    let random = observed.fit(&between)?;
    let q = observed.scatter(&fixed);
    let h2 = (observed.spans.len() > observed.series).then(|| q / (observed.spans.len() - observed.series) as f64);
    Ok(SummaryCurve {
        q,
        q_df: observed.spans.len() - intervals,
        h2,
        i2_percent: h2.map(|h2| 100.0 * (1.0 - 1.0 / h2).max(0.0)),
        fixed: PooledCurve::new(&observed, &fixed, level),
        random: PooledCurve::new(&observed, &random, level),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(series: &[&[(f64, f64, f64)]]) -> Vec<SeriesPoint> {
        let of = |(series, points): (usize, &&[(f64, f64, f64)])| {
            points
                .iter()
                .map(move |&(time, survival, at_risk)| SeriesPoint { series, time, survival, at_risk })
                .collect()
        };
        series.iter().enumerate().flat_map(|pair| -> Vec<SeriesPoint> { of(pair) }).collect()
    }

    fn survival(curve: &PooledCurve) -> Vec<f64> {
        curve.points.iter().map(|point| point.survival).collect()
    }

    const LARGE: f64 = 1e7;

    #[test]
    fn series_that_agree_give_their_curve_whatever_the_gaps() {
        let whole = [(12.0, 0.9, LARGE), (24.0, 0.7, LARGE), (36.0, 0.5, LARGE)];
        let found = summary_curve(&rows(&[&whole, &whole[2..], &whole[1..]]), Level::NINETY_FIVE).unwrap();
        for curve in [&found.fixed, &found.random] {
            for (found, expected) in survival(curve).iter().zip([0.9, 0.7, 0.5]) {
                assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
            }
        }
        assert!((found.fixed.median.value.unwrap() - 36.0).abs() < 1e-3);
        assert_eq!(found.fixed.points.iter().map(|point| point.series).collect::<Vec<_>>(), [3, 3, 3]);
    }

    #[test]
    fn a_series_with_a_gap_moves_the_end_of_the_gap_and_sharpens_it() {
        let whole: &[_] = &[(12.0, 0.8, 100.0), (24.0, 0.6, 80.0)];
        let with = summary_curve(&rows(&[whole, whole, &[(24.0, 0.4, 100.0)]]), Level::NINETY_FIVE).unwrap().fixed;
        let without = summary_curve(&rows(&[whole, whole]), Level::NINETY_FIVE).unwrap().fixed;
        assert!(with.points[1].survival < without.points[1].survival - 0.03);
        assert!(width(&with.points[1]) < width(&without.points[1]));
        // The product is told, not how it is shared out: both intervals give way, neither takes it all.
        assert!(with.points[0].survival < without.points[0].survival);
        assert!(with.points[0].survival > 0.7);
    }

    fn width(point: &PooledPoint) -> f64 {
        (point.upper - point.lower) / point.survival
    }

    #[test]
    fn differing_series_widen_the_random_curve_even_where_all_leave_gaps() {
        let found = summary_curve(
            &rows(&[
                &[(12.0, 0.9, 200.0), (36.0, 0.7, 180.0)],
                &[(24.0, 0.4, 200.0)],
                &[(12.0, 0.6, 200.0), (24.0, 0.5, 120.0), (36.0, 0.3, 100.0)],
            ]),
            Level::NINETY_FIVE,
        )
        .unwrap();
        for (fixed, random) in found.fixed.points.iter().zip(&found.random.points) {
            assert!(width(random) > 2.0 * width(fixed), "{random:?} {fixed:?}");
        }
    }

    #[test]
    fn a_series_that_has_died_out_tells_nothing_more() {
        let found = summary_curve(
            &rows(&[&[(6.0, 0.5, 10.0), (12.0, 0.0, 5.0), (18.0, 0.0, 1.0)], &[(6.0, 0.5, 10.0), (24.0, 0.4, 5.0)]]),
            Level::NINETY_FIVE,
        )
        .unwrap();
        assert_eq!(found.fixed.points.iter().map(|point| point.time).collect::<Vec<_>>(), [6.0, 12.0, 24.0]);
    }

    #[test]
    fn faults_are_named_with_their_row() {
        let fault = |points: &[(f64, f64, f64)]| {
            let sound: &[_] = &[(12.0, 0.8, 40.0)];
            summary_curve(&rows(&[sound, points]), Level::NINETY_FIVE).unwrap_err()
        };
        assert_eq!(fault(&[(6.0, 0.9, 40.0), (3.0, 0.8, 30.0)]).index(), Some(2));
        assert_eq!(fault(&[(6.0, 0.7, 40.0), (9.0, 0.8, 30.0)]).index(), Some(2));
        assert_eq!(fault(&[(6.0, 0.7, 40.0), (9.0, 0.6, 50.0)]).index(), Some(2));
        assert_eq!(fault(&[(6.0, 70.0, 40.0)]).index(), Some(1));
        assert_eq!(fault(&[(6.0, 0.7, 0.0)]).index(), Some(1));
        assert_eq!(fault(&[]).index(), None);
    }
}

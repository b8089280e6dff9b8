//! Mantel and Haenszel's common effect from 2 × 2 tables, and the tests that go with it.

use serde::Serialize;

use super::counts::{Found, conclude};
use super::heterogeneity::Heterogeneity;
use super::linear::{Linear as _, Mean};
use super::{Fit, FitError, ModelKind, Spec};
use crate::effect::{Figures, Measure};
use crate::num::distribution::{ChiSquared, Distribution as _};
use crate::num::ln;

/// Half an event, added to empty cells for Q alone.
const HALF_EVENT: f64 = 0.5;

/// A 2 × 2 table: events and others in the first arm, events and others in the second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Table {
    /// Returns the tables of all studies.
    pub fn all(figures: &[Figures], model: ModelKind) -> Result<Vec<Self>, FitError> {
        let sound = |x: f64, n: f64| x >= 0.0 && n > 0.0 && x <= n && n.is_finite();
        let table = |(index, figures): (usize, &Figures)| match *figures {
            Figures::TwoArms { ai, n1i, ci, n2i } if sound(ai, n1i) && sound(ci, n2i) => {
                Ok(Self { a: ai, b: n1i - ai, c: ci, d: n2i - ci })
            }
            _ => Err(FitError::Counts { index, model }),
        };
        figures.iter().enumerate().map(table).collect()
    }

    fn n1(&self) -> f64 {
        self.a + self.b
    }

    fn n2(&self) -> f64 {
        self.c + self.d
    }

    fn n(&self) -> f64 {
        self.n1() + self.n2()
    }

    /// Returns the events in the first arm beyond those expected, and their hypergeometric variance.
    pub fn excess(&self) -> (f64, f64) {
        let (n, with, without) = (self.n(), self.a + self.c, self.b + self.d);
        (self.a - self.n1() * with / n, with * without * (self.n1() / n) * (self.n2() / n) / (n - 1.0))
    }
}

/// Pools odds ratios, risk ratios (on the log scale) or risk differences.
///
/// # Agreement
/// metafor 5.1-12, `rma.mh()`: relative 1e-8.
///
/// # References
/// Mantel & Haenszel (1959), <https://doi.org/10.1093/jnci/22.4.719>; variances: Robins, Breslow & Greenland (1986),
/// <https://doi.org/10.2307/2531052>; Greenland & Robins (1985), <https://doi.org/10.2307/2530643>; Sato (1989),
/// <https://doi.org/10.2307/2531784>
pub(super) fn fit(figures: &[Figures], measure: Measure, spec: &Spec) -> Result<Fit, FitError> {
    let tables = Table::all(figures, ModelKind::MantelHaenszel)?;
    let sum = |of: &dyn Fn(&Table) -> f64| tables.iter().map(of).sum::<f64>();
    let (estimate, variance, weight): (f64, f64, fn(&Table) -> f64) = match measure {
        Measure::Or => {
            let (r, s) = (sum(&|t| t.a * t.d / t.n()), sum(&|t| t.b * t.c / t.n()));
            let agreeing = |t: &Table| (t.a + t.d) / t.n();
            let variance = sum(&|t| agreeing(t) * t.a * t.d / t.n()) / (2.0 * r * r)
                + sum(&|t| (agreeing(t) * t.b * t.c + (1.0 - agreeing(t)) * t.a * t.d) / t.n()) / (2.0 * r * s)
                + sum(&|t| (1.0 - agreeing(t)) * t.b * t.c / t.n()) / (2.0 * s * s);
            (ln(r / s), variance, |t| t.b * t.c / t.n())
        }
        Measure::Rr => {
            let (r, s) = (sum(&|t| t.a * t.n2() / t.n()), sum(&|t| t.c * t.n1() / t.n()));
            let top = sum(&|t| (t.n1() * t.n2() * (t.a + t.c) - t.a * t.c * t.n()) / (t.n() * t.n()));
            (ln(r / s), top / (r * s), |t| t.c * t.n1() / t.n())
        }
        _ => {
            let size = sum(&|t| t.n1() * t.n2() / t.n());
            let estimate = sum(&|t| (t.a * t.n2() - t.c * t.n1()) / t.n()) / size;
            let slope = sum(&|t| {
                let (first, second) = (t.n1() / t.n(), t.n2() / t.n());
                t.c * first * first - t.a * second * second + first * second * (t.n2() - t.n1()) / 2.0
            });
            let plain = sum(&|t| (t.a * t.d + t.b * t.c) / t.n()) / 2.0;
            (estimate, (estimate * slope + plain) / (size * size), |t| t.n1() * t.n2() / t.n())
        }
    };
    if estimate.is_infinite() {
        return Err(FitError::InfiniteRatio);
    }
    if !(estimate.is_finite() && variance > 0.0 && variance.is_finite()) {
        return Err(FitError::AllOrNone);
    }
    let total = sum(&|t| weight(t));
    let found = Found {
        estimate,
        se: variance.sqrt(),
        tau2: 0.0,
        tau2_se: None,
        tau2_ci: None,
        tau2_at_boundary: false,
        log_likelihood: None,
        heterogeneity: heterogeneity(figures, measure, estimate)?,
        weights_percent: tables.iter().map(|table| 100.0 * weight(table) / total).collect(),
    };
    conclude(tables.len(), (tables.len() - 1) as f64, found, spec)
}

/// Returns Q of the studies' effects about the pooled one; half an event is added where an effect would not exist.
fn heterogeneity(figures: &[Figures], measure: Measure, estimate: f64) -> Result<Heterogeneity, FitError> {
    let effects: Vec<_> = figures.iter().filter_map(|figures| measure.estimate(figures, HALF_EVENT).ok()).collect();
    let mean = Mean::new(&effects)?;
    let q = effects.iter().map(|effect| (effect.yi - estimate).powi(2) / effect.vi).sum();
    let df = mean.residual_df();
    Ok(Heterogeneity::from_q(q, df, df / mean.moments(|vi| 1.0 / vi).trace_p, None))
}

/// A χ² test of 2 × 2 tables.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TableTest {
    /// χ².
    pub statistic: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// P(χ² > statistic).
    pub p_value: f64,
}

impl TableTest {
    fn new(statistic: f64, df: f64) -> Option<Self> {
        let found = Self { statistic, df, p_value: ChiSquared::new(df).sf(statistic) };
        statistic.is_finite().then_some(found)
    }
}

/// Tests for any common effect (Cochran, Mantel and Haenszel), with the correction for continuity; `None` where no table says
/// anything.
///
/// # Errors
/// [`FitError::Counts`] for a study that is no 2 × 2 table.
///
/// # References
/// Mantel & Haenszel (1959), <https://doi.org/10.1093/jnci/22.4.719>
pub fn cochran_mantel_haenszel(figures: &[Figures]) -> Result<Option<TableTest>, FitError> {
    let tables = Table::all(figures, ModelKind::MantelHaenszel)?;
    let (mut excess, mut variance) = (0.0, 0.0);
    for table in &tables {
        let (more, spread) = table.excess();
        (excess, variance) = (excess + more, variance + if spread.is_nan() { 0.0 } else { spread });
    }
    let corrected = (excess.abs() - 0.5).max(0.0);
    Ok(TableTest::new(corrected * corrected / variance, 1.0))
}

/// Tests whether the odds ratios are alike (Breslow and Day, as corrected by Tarone); `None` where no table says anything.
///
/// # Errors
/// As [`super::fit_counts`].
///
/// # References
/// Breslow & Day (1980), Statistical Methods in Cancer Research I, equation 4.30; Tarone (1985),
/// <https://doi.org/10.1093/biomet/72.1.91>
pub fn tarone(figures: &[Figures]) -> Result<Option<TableTest>, FitError> {
    let tables = Table::all(figures, ModelKind::MantelHaenszel)?;
    let [r, s] = [|t: &Table| t.a * t.d / t.n(), |t: &Table| t.b * t.c / t.n()];
    let odds_ratio = tables.iter().map(r).sum::<f64>() / tables.iter().map(s).sum::<f64>();
    let (mut statistic, mut gap, mut spread, mut used) = (0.0, 0.0, 0.0, 0.0);
    for table in tables.iter().filter(|table| table.excess().1 > 0.0) {
        let (expected, variance) = expected(table, odds_ratio);
        statistic += (table.a - expected).powi(2) / variance;
        (gap, spread, used) = (gap + table.a - expected, spread + variance, used + 1.0);
    }
    Ok(TableTest::new(statistic - gap * gap / spread, used - 1.0))
}

/// Returns the events expected in the first arm at this odds ratio and the margins of the table, and their variance.
fn expected(table: &Table, odds_ratio: f64) -> (f64, f64) {
    let (n1, n2, with) = (table.n1(), table.n2(), table.a + table.c);
    // a(n₂ − with + a) = ψ(n₁ − a)(with − a), the root within the margins.
    let (square, linear, constant) = (1.0 - odds_ratio, n2 - with + odds_ratio * (n1 + with), -odds_ratio * n1 * with);
    let a = -2.0 * constant / (linear + (linear * linear - 4.0 * square * constant).sqrt());
    let cells = [a, n1 - a, with - a, n2 - with + a];
    (a, 1.0 / cells.iter().map(|cell| 1.0 / cell).sum::<f64>())
}

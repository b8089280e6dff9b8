//! The ladder from what a paper prints to a standard error: each rung its formula, its grade and its source.
//!
//! Every function here returns a standard error (or a variance) of the survival proportion itself, on its natural
//! scale; [`crate::effect::Scale::slope`] carries it to the scale of an analysis.

use crate::diag::named;
use crate::num;

named! {
    /// How good the precision of an effect is; tables list the grades in this order.
    PrecisionGrade, "grade of precision":
    /// Published standard error or interval.
    A = "A",
    /// From the number still at risk.
    B = "B",
    /// From the events up to that time.
    C = "C",
    /// From a digitised curve.
    D = "D",
    /// From counts with complete follow-up.
    E = "E",
    /// From the number of patients and the median follow-up.
    M = "M",
    /// 0% or 100%: effects are corrected by half an event, counts are taken as they are.
    X = "X",
    /// From the number of patients alone: too precise wherever somebody was censored.
    F = "F",
}

impl PrecisionGrade {
    /// Returns what the letter stands for, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::A => "published interval or standard error",
            Self::B => "number at risk",
            Self::C => "events up to that time",
            Self::D => "digitised curve",
            Self::E => "counts with complete follow-up",
            Self::M => "n and median follow-up",
            Self::X => "0% or 100%",
            Self::F => "n alone",
        }
    }
}

/// Returns the binomial standard error √(S(1 − S)/n): right for complete follow-up, too small otherwise.
///
/// ```
/// use forestable::effect::precision::binomial;
/// assert!((binomial(0.8, 100.0) - 0.04).abs() < 1e-15);
/// ```
#[must_use]
pub fn binomial(survival: f64, n: f64) -> f64 {
    (survival * (1.0 - survival) / n).sqrt()
}

/// Returns the standard error of S(t) from `n` patients of whom `at_risk` are still at risk at t.
///
/// Patients leave one by one, `p* = (n + n_t)/(n − n_t) · (1 − S)/(1 + S)` of them by the event (at most all), so that
/// Greenwood's sum is `η = p* Σ 1/(j(j − 1))` over j from n_t to n − 1, and `SE = S√η`. The sum telescopes to
/// `1/(n_t − 1) − 1/(n − 1)`.
///
/// # Boundary
/// With nobody gone (`at_risk = n`) there is no exit to share out and the binomial standard error is returned. Below two
/// at risk the sum does not exist: `None`.
///
/// # References
/// Maruo et al., Research Synthesis Methods 2025 (equation for the imputed variance).
///
/// ```
/// use forestable::effect::precision::from_at_risk;
/// assert!((from_at_risk(0.8, 100.0, 50.0).unwrap() - 0.0469).abs() < 1e-4);
/// ```
#[must_use]
pub fn from_at_risk(survival: f64, n: f64, at_risk: f64) -> Option<f64> {
    if at_risk >= n {
        return Some(binomial(survival, n));
    }
    if at_risk <= 1.0 {
        return None;
    }
    let share = ((n + at_risk) / (n - at_risk) * (1.0 - survival) / (1.0 + survival)).min(1.0);
    Some(survival * (share * (1.0 / (at_risk - 1.0) - 1.0 / (n - 1.0))).sqrt())
}

/// Returns the number at risk at t implied by `events` up to t among `n` patients.
///
/// The same picture as [`from_at_risk`], solved for n_t: `events = (n + n_t)(1 − S)/(1 + S)`. Held between 2 and
/// `n − events`.
#[must_use]
pub fn at_risk_from_events(survival: f64, n: f64, events: f64) -> f64 {
    let at_risk = events * (1.0 + survival) / (1.0 - survival) - n;
    at_risk.min(n - events).max(2.0)
}

/// Returns the standard error of S(t) from `n` patients with a median follow-up, both times in the same unit.
///
/// Constant hazards of the event, `h = −ln S/t`, and of censoring, `c = ln 2/m`; Greenwood's variance in expectation:
/// `Var(ln S) = (h/n) (e^{(h + c)t} − 1)/(h + c)`, `SE = S √Var(ln S)`.
///
/// ```
/// use forestable::effect::precision::from_follow_up;
/// // Fumagalli 2012: 70% at 24 months, 90 patients followed for a median of 17 months.
/// assert!((from_follow_up(0.70, 90.0, 24.0, 17.0) - 0.064).abs() < 5e-4);
/// ```
#[must_use]
pub fn from_follow_up(survival: f64, n: f64, time: f64, median_follow_up: f64) -> f64 {
    let event = -num::ln(survival) / time;
    let censoring = std::f64::consts::LN_2 / median_follow_up;
    let both = event + censoring;
    survival * (event / n * num::exp_m1(both * time) / both).sqrt()
}

/// Returns the effective number of patients behind a curve that has not moved, from the median follow-up: the limit of
/// `S(1 − S)/SE²` of [`from_follow_up`] as S rises to 1, `n ct/(e^{ct} − 1)`.
#[must_use]
pub fn effective_at_boundary_from_follow_up(n: f64, time: f64, median_follow_up: f64) -> f64 {
    let ct = std::f64::consts::LN_2 / median_follow_up * time;
    n * ct / num::exp_m1(ct)
}

/// Returns the effective number behind a curve that has not moved, from the number at risk: the limit of
/// `S(1 − S)/SE²` of [`from_at_risk`] as S rises to 1, `2(n − 1)(n_t − 1)/(n + n_t)`; `n` where nobody has gone.
#[must_use]
pub fn effective_at_boundary_from_at_risk(n: f64, at_risk: f64) -> f64 {
    if at_risk >= n { n } else { 2.0 * (n - 1.0) * (at_risk - 1.0).max(0.0) / (n + at_risk) }
}

/// Returns the effective size S(1 − S)/SE²: the patients that a binomial proportion of this precision would need.
#[must_use]
pub fn effective_size(survival: f64, se: f64) -> f64 {
    survival * (1.0 - survival) / (se * se)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// design table "From n and the median follow-up": SE of the formula and of n alone, to three digits.
    #[test]
    fn predicts_the_printed_standard_errors_of_the_field() {
        for (survival, n, time, follow_up, formula, n_alone) in [
            (0.70, 90.0, 24.0, 17.0, 0.064, 0.048),
            (0.27, 90.0, 12.0, 17.0, 0.055, 0.047),
            (0.10, 90.0, 24.0, 17.0, 0.045, 0.032),
            (0.87, 44.0, 24.0, 41.0, 0.056, 0.051),
            (0.58, 44.0, 24.0, 41.0, 0.083, 0.074),
        ] {
            assert!((from_follow_up(survival, n, time, follow_up) - formula).abs() < 6e-4);
            assert!((binomial(survival, n) - n_alone).abs() < 6e-4);
        }
    }

    #[test]
    fn without_censoring_the_follow_up_formula_is_binomial() {
        let se = from_follow_up(0.31, 61.0, 36.0, 1e12);
        assert!((se - binomial(0.31, 61.0)).abs() < 1e-9);
    }

    #[test]
    fn boundary_sizes_are_the_limits_of_the_formulas() {
        let survival = 1.0 - 1e-7;
        let by_follow_up = effective_size(survival, from_follow_up(survival, 44.0, 24.0, 41.0));
        assert!((by_follow_up - effective_at_boundary_from_follow_up(44.0, 24.0, 41.0)).abs() < 1e-4);
        let by_risk = effective_size(survival, from_at_risk(survival, 44.0, 30.0).unwrap());
        assert!((by_risk - effective_at_boundary_from_at_risk(44.0, 30.0)).abs() < 1e-4);
    }

    #[test]
    fn events_and_numbers_at_risk_tell_the_same_story() {
        let (survival, n, at_risk) = (0.8, 100.0, 50.0);
        let events = (n + at_risk) * (1.0 - survival) / (1.0 + survival);
        assert!((at_risk_from_events(survival, n, events) - at_risk).abs() < 1e-9);
    }
}

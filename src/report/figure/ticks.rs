//! Round values along an axis, and how they are written.

use super::span::{Spacing, Span};
use crate::num;

/// Returns round values on `span`, at most about `most` of them: multiples of 1, 2, 2.5 or 5 · 10ⁿ on a linear axis,
/// 1, 2, 5 · 10ⁿ on a logarithmic one, round proportions on one of odds or hazards. Empty where the span is no interval.
///
/// ```
/// use forestable::report::figure::{span::Span, ticks::round_values};
/// assert_eq!(round_values(Span::linear(0.0, 100.0), 6), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
/// ```
#[must_use]
pub fn round_values(span: Span, most: usize) -> Vec<f64> {
    let most = most.max(2);
    if !(span.from.is_finite() && span.to.is_finite() && span.from < span.to) {
        return Vec::new();
    }
    match span.spacing {
        Spacing::Linear => linear(span, most),
        Spacing::Log if span.from > 0.0 => log(span, most),
        Spacing::Log => Vec::new(),
        Spacing::Logit | Spacing::LogLog => proportions(span, most),
    }
}

/// Round proportions, in percent, from many to few.
const PROPORTIONS: [&[f64]; 6] = [
    &[1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0, 99.0],
    &[1.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 90.0, 95.0, 99.0],
    &[1.0, 5.0, 20.0, 50.0, 80.0, 95.0, 99.0],
    &[5.0, 20.0, 50.0, 80.0, 95.0],
    &[10.0, 50.0, 90.0],
    &[50.0],
];

fn proportions(span: Span, most: usize) -> Vec<f64> {
    let within = |values: &&[f64]| -> Vec<f64> {
        values.iter().map(|percent| percent / 100.0).filter(|value| span.holds(*value)).collect()
    };
    PROPORTIONS.iter().map(within).find(|values| values.len() <= most).unwrap_or_default()
}

fn linear(span: Span, most: usize) -> Vec<f64> {
    let least = (span.to - span.from) / (most - 1) as f64;
    let exponent = num::log10(least).floor() as i32;
    let steps = (exponent..=exponent + 1).flat_map(|e| [1.0, 2.0, 2.5, 5.0].map(|m| (m, e)));
    let Some((mantissa, exponent)) = steps.into_iter().find(|&(m, e)| times_ten(m, e) >= least * (1.0 - 1e-9)) else {
        return Vec::new();
    };
    let step = times_ten(mantissa, exponent);
    let first = (span.from / step - 1e-9).ceil() as i64;
    let last = (span.to / step + 1e-9).floor() as i64;
    // From the integer, not by adding up: 0.6 stays 0.6.
    (first..=last).map(|i| times_ten(i as f64 * mantissa, exponent).clamp(span.from, span.to)).collect()
}

fn log(span: Span, most: usize) -> Vec<f64> {
    let (low, high) = (num::log10(span.from).floor() as i32, num::log10(span.to).ceil() as i32);
    let within = |mantissas: &[f64], every: usize| -> Vec<f64> {
        let exponents = (low..=high).filter(|e| e.rem_euclid(every as i32) == 0);
        let values = exponents.flat_map(|e| mantissas.iter().map(move |m| times_ten(*m, e)));
        values.filter(|&v| v >= span.from * (1.0 - 1e-9) && v <= span.to * (1.0 + 1e-9)).collect()
    };
    let dense = [(&[1.0, 2.0, 5.0][..], 1), (&[1.0, 3.0], 1)];
    let decades = (1..=high.abs_diff(low) as usize + 1).map(|every| (&[1.0][..], every));
    let mut choices = dense.into_iter().chain(decades).map(|(mantissas, every)| within(mantissas, every));
    choices.find(|values| values.len() <= most).unwrap_or_default()
}

/// Returns `mantissa · 10^exponent`, by division for a negative exponent so that decimal fractions come out exact.
fn times_ten(mantissa: f64, exponent: i32) -> f64 {
    if exponent < 0 {
        mantissa / num::powf(10.0, f64::from(-exponent))
    } else {
        mantissa * num::powf(10.0, f64::from(exponent))
    }
}

/// Returns `value` in the fewest decimals, at most 6, that tell it from its neighbours; a true minus sign.
///
/// ```
/// use forestable::report::figure::ticks::label;
/// assert_eq!([label(20.0), label(0.25), label(-0.5)], ["20", "0.25", "−0.5"]);
/// ```
#[must_use]
pub fn label(value: f64) -> String {
    let fixed = format!("{value:.6}");
    let short = fixed.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.replace('-', "−") }
}

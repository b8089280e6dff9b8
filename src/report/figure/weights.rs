//! Weights as printed: percentages that add up to 100.

/// Returns the shares of `weights` in percent with `decimals` decimals, by largest remainder, so that they sum to 100.
///
/// A weight that is negative or no number counts as nothing; where nothing is left to share, all are `0`. Among equal
/// remainders the earlier share is rounded up.
///
/// ```
/// use forestable::report::figure::weights::percentages;
/// assert_eq!(percentages(&[1.0, 1.0, 1.0], 1), ["33.4", "33.3", "33.3"]);
/// ```
#[must_use]
pub fn percentages(weights: &[f64], decimals: u8) -> Vec<String> {
    let decimals = decimals.min(6);
    let parts = 10_u64.pow(2 + u32::from(decimals));
    let valid = |w: f64| if w.is_finite() && w > 0.0 { w } else { 0.0 };
    let largest = weights.iter().copied().map(valid).fold(0.0, f64::max);
    // Against the largest, so that no sum overflows.
    let shares: Vec<f64> = weights.iter().map(|&w| if largest > 0.0 { valid(w) / largest } else { 0.0 }).collect();
    let total: f64 = shares.iter().sum();
    let exact: Vec<f64> = shares.iter().map(|w| if total > 0.0 { w / total * parts as f64 } else { 0.0 }).collect();
    let mut whole: Vec<u64> = exact.iter().map(|e| e.floor() as u64).collect();
    let missing = if total > 0.0 { parts.saturating_sub(whole.iter().sum()) } else { 0 };
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()));
    for &i in order.iter().cycle().take(missing as usize) {
        whole[i] += 1;
    }
    let unit = 10_f64.powi(i32::from(decimals));
    whole.iter().map(|&w| format!("{:.*}", usize::from(decimals), w as f64 / unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::percentages;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_sum_to_one_hundred(weights in prop::collection::vec(1e-6..1e6_f64, 1..60), decimals in 0_u8..3) {
            let unit = 10_f64.powi(i32::from(decimals));
            let printed = percentages(&weights, decimals);
            let sum: i64 = printed.iter().map(|p| (p.parse::<f64>().unwrap() * unit).round() as i64).sum();
            prop_assert_eq!(sum, (100.0 * unit) as i64);
            let total: f64 = weights.iter().sum();
            for (weight, printed) in weights.iter().zip(&printed) {
                prop_assert!((weight / total * 100.0 - printed.parse::<f64>().unwrap()).abs() <= 1.0 / unit);
            }
        }
    }

    #[test]
    fn nothing_to_share_is_zero() {
        assert_eq!(percentages(&[0.0, f64::NAN, -1.0], 1), ["0.0", "0.0", "0.0"]);
        assert!(percentages(&[], 1).is_empty());
    }
}

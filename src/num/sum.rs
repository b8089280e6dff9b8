//! A sum that does not depend on how many terms it has.

/// Returns the sum of `terms`, with the rounding error of each addition carried along.
///
/// # References
/// Neumaier (1974), <https://doi.org/10.1002/zamm.19740540106>
///
/// # Examples
/// ```
/// assert_eq!(forestable::num::sum([1.0, 1e100, 1.0, -1e100]), 2.0);
/// ```
pub fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = total + term;
        lost += if total.abs() >= term.abs() { (total - next) + term } else { (term - next) + total };
        total = next;
    }
    // An infinite total makes `lost` NaN; the total alone is the answer then.
    if lost.is_nan() { total } else { total + lost }
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn an_infinite_term_gives_an_infinite_sum() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0]), f64::INFINITY);
        assert_eq!(sum([]), 0.0);
    }
}

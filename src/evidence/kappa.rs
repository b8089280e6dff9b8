//! Agreement of two raters beyond chance.

use std::collections::BTreeMap;

/// Returns Cohen's κ of two raters: how much of the agreement that chance leaves open is there, 1 for all of it.
///
/// # Boundary
/// `None` for fewer than two ratings, and where both use one and the same category throughout: chance leaves nothing open.
///
/// # References
/// Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37–46, equation 1.
///
/// ```
/// use forestable::evidence::cohen_kappa;
/// let ratings = [("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)];
/// let ratings: Vec<_> = ratings.iter().flat_map(|(a, b, times)| vec![(*a, *b); *times]).collect();
/// assert!((cohen_kappa(&ratings).unwrap() - 0.4).abs() < 1e-12);
/// assert_eq!(cohen_kappa(&[("yes", "yes"), ("yes", "yes")]), None);
/// ```
#[must_use]
pub fn cohen_kappa<T: Ord>(ratings: &[(T, T)]) -> Option<f64> {
    let n = ratings.len() as f64;
    let mut categories: BTreeMap<&T, (f64, f64)> = BTreeMap::new();
    for (first, second) in ratings {
        categories.entry(first).or_default().0 += 1.0;
        categories.entry(second).or_default().1 += 1.0;
    }
    if ratings.len() < 2 || categories.len() < 2 {
        return None;
    }
    let observed = ratings.iter().filter(|(first, second)| first == second).count() as f64 / n;
    let chance: f64 = categories.values().map(|(first, second)| first * second / (n * n)).sum();
    Some((observed - chance) / (1.0 - chance))
}

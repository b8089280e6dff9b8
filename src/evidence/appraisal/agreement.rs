//! How far two raters agreed before they talked.

use std::collections::BTreeMap;

use super::rating::{RiskOfBias, Verdict};

/// Agreement of two raters on the items that both have read.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Names of the two.
    pub raters: [String; 2],
    /// The tool.
    pub tool: &'static str,
    /// Judgements compared.
    pub compared: usize,
    /// Judgements that were the same.
    pub same: usize,
    /// Cohen's κ: agreement beyond chance, at most 1; `None` where chance alone would agree on everything.
    pub kappa: Option<f64>,
}

/// Returns the agreement of every pair of raters with every tool, over all studies, sorted by tool and names.
///
/// κ = (pₒ − pₑ) / (1 − pₑ), unweighted, from the answers of both raters over all items and studies together.
///
/// # References
/// Cohen, Educational and Psychological Measurement 1960;20:37–46.
#[must_use]
pub fn agreement<'a>(rated: impl IntoIterator<Item = &'a RiskOfBias>) -> Vec<Agreement> {
    let mut pairs: BTreeMap<(&'static str, [String; 2]), Vec<(&'static str, &'static str)>> = BTreeMap::new();
    for rated in rated {
        for (index, (first, firsts)) in rated.raters.iter().enumerate() {
            for (second, seconds) in &rated.raters[index + 1..] {
                let (names, firsts, seconds) = match first <= second {
                    true => ([first.clone(), second.clone()], firsts, seconds),
                    false => ([second.clone(), first.clone()], seconds, firsts),
                };
                let answers = pairs.entry((&rated.tool.name, names)).or_default();
                let both = firsts.iter().zip(seconds).map(|(one, other)| (one.verdict, other.verdict));
                let read = both.filter(|(one, other)| *one != Verdict::NotRead && *other != Verdict::NotRead);
                answers.extend(read.map(|(one, other)| (one.word(), other.word())));
            }
        }
    }
    let pairs = pairs.into_iter();
    pairs
        .map(|((tool, raters), answers)| Agreement {
            raters,
            tool,
            compared: answers.len(),
            same: answers.iter().filter(|(one, other)| one == other).count(),
            kappa: kappa(&answers),
        })
        .collect()
}

/// Returns Cohen's κ of paired answers; `None` without answers, or where both always gave the same one.
fn kappa(answers: &[(&str, &str)]) -> Option<f64> {
    let n = answers.len() as f64;
    let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (one, other) in answers {
        counts.entry(one).or_default().0 += 1.0;
        counts.entry(other).or_default().1 += 1.0;
    }
    let observed = answers.iter().filter(|(one, other)| one == other).count() as f64 / n;
    let by_chance: f64 = counts.values().map(|(one, other)| one * other).sum::<f64>() / (n * n);
    (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_of_a_table_done_by_hand() {
        // Observed 35/50 = 0.7; by chance 0.5·0.6 + 0.5·0.4 = 0.5; κ = 0.2/0.5.
        let cells = [(("yes", "yes"), 20), (("yes", "no"), 5), (("no", "yes"), 10), (("no", "no"), 15)];
        let answers: Vec<_> = cells.iter().flat_map(|(pair, count)| vec![*pair; *count]).collect();
        assert!((kappa(&answers).unwrap() - 0.4).abs() < 1e-12);
    }

    #[test]
    fn kappa_does_not_exist_where_chance_agrees_on_all() {
        assert_eq!(kappa(&[("2", "2"), ("2", "2")]), None);
        assert_eq!(kappa(&[]), None);
    }
}

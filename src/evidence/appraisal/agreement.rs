//! How far two raters agreed before they talked.

use std::collections::BTreeMap;

use super::super::cohen_kappa;
use super::rating::{RiskOfBias, Verdict};

/// Agreement of two raters on the items that both have read.
#[derive(Debug, Clone, PartialEq)]
pub struct RaterAgreement {
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

/// The answers of two raters to one item.
type Answers = (&'static str, &'static str);

/// Returns the agreement of every pair of raters with every tool, over all studies, sorted by tool and names.
///
/// κ is unweighted, from the answers of both raters over all items and studies together.
#[must_use]
pub fn rater_agreement<'a>(rated: impl IntoIterator<Item = &'a RiskOfBias>) -> Vec<RaterAgreement> {
    let mut pairs: BTreeMap<(&'static str, [String; 2]), Vec<Answers>> = BTreeMap::new();
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
        .map(|((tool, raters), answers)| RaterAgreement {
            raters,
            tool,
            compared: answers.len(),
            same: answers.iter().filter(|(one, other)| one == other).count(),
            kappa: cohen_kappa(&answers),
        })
        .collect()
}

//! The choice grid: one pool under every sensible combination of the choices that it rests on.
//!
//! # References
//! Specification curves: Simonsohn, Simmons & Nelson (2020), <https://doi.org/10.1038/s41562-020-0912-z>; in meta-analysis: Voracek,
//! Kossmeier & Tran (2019), <https://doi.org/10.1027/2151-2604/a000357>.

mod kept;
mod series;
mod specifications;

use std::collections::BTreeSet;

use serde::Serialize;

pub use self::kept::{KeptGrids, Made};
pub use self::specifications::{choice_grid, make_choice_grids};
use super::plan::{Analysis, Methods};
use crate::diag::named;
use crate::model::ModelKind;

named! {
    /// What is chosen.
    Choice, "choice":
    /// The scale on which effects are pooled.
    Scale = "scale",
    /// Random, common, or of counts.
    Model = "model",
    /// The estimator of τ², of random effects.
    Tau2 = "estimator of τ²",
    /// How the interval is made: it moves no pooled value.
    Interval = "interval",
    /// Which grades of precision are admitted.
    Precision = "precision",
    /// Which cohorts are taken.
    Cohorts = "cohorts",
    /// Whether variants of the outcome are admitted.
    Endpoint = "endpoint",
    /// Which series is left out.
    LeftOut = "left out",
}

/// How many choices there are.
const CHOICES: usize = Choice::ALL.len();

/// One combination, and its answer as proportions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Specification {
    /// Which level of each choice was taken, in the order of [`Choice::ALL`]; `None` where the choice is none, such as an estimator
    /// of τ² under a common effect.
    pub taken: [Option<usize>; CHOICES],
    /// The pooled value.
    pub estimate: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Whether it agrees with the primary conclusion.
    pub agrees: bool,
}

/// All combinations of one analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceGrid {
    /// The levels of each choice, in the order of [`Choice::ALL`].
    pub levels: Vec<Vec<String>>,
    /// The combinations that have an answer.
    pub specifications: Vec<Specification>,
    /// How many have none.
    pub unanswered: usize,
}

impl ChoiceGrid {
    /// Returns the smallest and the largest of what `of` takes from each combination; `None` without one.
    #[must_use]
    pub fn range(&self, of: impl Fn(&Specification) -> f64) -> Option<(f64, f64)> {
        let values = self.specifications.iter().map(of);
        values.fold(None, |range, v| Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
    }

    /// Returns the position of the combination that the plan takes; `None` where it is not among those that are tried.
    #[must_use]
    pub fn planned(&self, analysis: &Analysis) -> Option<usize> {
        let Methods { scale, spec, .. } = analysis.methods;
        let tau2 = (spec.model == ModelKind::Random).then_some(spec.tau2.as_str());
        let wanted = |choice: Choice| match choice {
            Choice::Scale => Some(scale.as_str()),
            Choice::Model => Some(spec.model.as_str()),
            Choice::Tau2 => tau2,
            Choice::Interval => Some(spec.interval.as_str()),
            // The plan's come first.
            _ => self.levels[choice as usize].first().map(String::as_str),
        };
        let wanted: Vec<Option<&str>> = Choice::ALL.iter().copied().map(wanted).collect();
        self.specifications.iter().position(|specification| {
            Choice::ALL.iter().all(|choice| self.level(specification, *choice) == wanted[*choice as usize])
        })
    }

    /// Returns the level of a choice that a combination takes.
    #[must_use]
    pub fn level(&self, specification: &Specification, choice: Choice) -> Option<&str> {
        self.levels[choice as usize].get(specification.taken[choice as usize]?).map(String::as_str)
    }

    /// Returns the share of combinations that agree with the primary conclusion; NaN without one.
    #[must_use]
    pub fn agreement(&self) -> f64 {
        let agreeing = self.specifications.iter().filter(|specification| specification.agrees).count();
        agreeing as f64 / self.specifications.len() as f64
    }

    /// Returns how much of the variance of the pooled value goes with each choice, largest first: η² of the one-way decomposition, each
    /// pooled value counted once however many intervals it has. Choices with one level are not there.
    #[must_use]
    pub fn explained(&self) -> Vec<(Choice, f64)> {
        let interval = Choice::Interval as usize;
        let apart_from_interval = |specification: &Specification| {
            let mut taken = specification.taken;
            taken[interval] = None;
            taken
        };
        let pooled: Vec<&Specification> = self
            .specifications
            .chunk_by(|a, b| apart_from_interval(a) == apart_from_interval(b))
            .filter_map(<[Specification]>::first)
            .collect();
        let values: Vec<f64> = pooled.iter().map(|specification| specification.estimate).collect();
        let share = |choice: Choice| {
            let levels: Vec<_> = pooled.iter().map(|specification| specification.taken[choice as usize]).collect();
            Some((choice, explained(&values, &levels)?))
        };
        let several = |choice: &Choice| self.levels[*choice as usize].len() > 1 && *choice != Choice::Interval;
        let mut shares: Vec<(Choice, f64)> = Choice::ALL.iter().copied().filter(several).filter_map(share).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }
}

/// Returns the share of the sum of squares of `values` that lies between their levels; values without a level count in the whole only.
/// `None` where the values do not vary.
fn explained(values: &[f64], levels: &[Option<usize>]) -> Option<f64> {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let square = |x: f64| x * x;
    let all = mean(values);
    let total: f64 = values.iter().map(|value| square(value - all)).sum();
    let with = |wanted: &dyn Fn(usize) -> bool| -> Vec<f64> {
        values.iter().zip(levels).filter(|(_, level)| level.is_some_and(wanted)).map(|(value, _)| *value).collect()
    };
    let centre = mean(&with(&|_| true));
    let several: BTreeSet<usize> = levels.iter().copied().flatten().collect();
    let between = several.into_iter().map(|level| {
        let members = with(&|other| other == level);
        members.len() as f64 * square(mean(&members) - centre)
    });
    (total > 0.0).then(|| between.sum::<f64>() / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_explained_is_that_of_a_decomposition_by_hand() {
        // Mean 4, squares 9 + 1 + 1 + 9 = 20. By the first choice the means are 2 and 6: 4 · 2² = 16. By the second 3 and 5: 4 · 1² = 4.
        let values = [1.0, 3.0, 5.0, 7.0];
        assert_eq!(explained(&values, &[Some(0), Some(0), Some(1), Some(1)]), Some(16.0 / 20.0));
        assert_eq!(explained(&values, &[Some(0), Some(1), Some(0), Some(1)]), Some(4.0 / 20.0));
        // Of the three with a level the mean is 5, the level means 4 and 7: 2 · 1 + 1 · 4 = 6.
        assert_eq!(explained(&values, &[None, Some(0), Some(0), Some(1)]), Some(6.0 / 20.0));
        assert_eq!(explained(&[2.0, 2.0], &[Some(0), Some(1)]), None);
    }

    #[test]
    fn a_pooled_value_counts_once_however_many_intervals_it_has() {
        let one = |scale: usize, interval: usize, estimate: f64, agrees: bool| {
            let mut taken = [None; CHOICES];
            taken[Choice::Scale as usize] = Some(scale);
            taken[Choice::Model as usize] = Some(0);
            taken[Choice::Interval as usize] = Some(interval);
            taken[Choice::LeftOut as usize] = Some(usize::from(estimate > 0.35));
            Specification { taken, estimate, lower: 0.1, upper: 0.6, agrees }
        };
        let mut levels = vec![Vec::new(); CHOICES];
        levels[Choice::Scale as usize] = vec!["logit".to_owned(), "plain".to_owned()];
        levels[Choice::Model as usize] = vec!["common".to_owned()];
        levels[Choice::Interval as usize] = vec!["classic".to_owned(), "t".to_owned()];
        levels[Choice::LeftOut as usize] = vec!["none".to_owned(), "a".to_owned()];
        let specifications = vec![
            one(0, 0, 0.2, true),
            one(0, 1, 0.2, true),
            one(1, 0, 0.3, true),
            one(0, 0, 0.4, false),
            one(1, 0, 0.5, false),
        ];
        let grid = ChoiceGrid { levels, specifications, unanswered: 0 };
        assert_eq!(grid.agreement(), 3.0 / 5.0);
        assert_eq!(grid.range(|specification| specification.estimate), Some((0.2, 0.5)));
        // Of 0.2, 0.3, 0.4, 0.5: 0.05 in all; left out 4 · 0.1² = 0.04, scale 4 · 0.05² = 0.01; one model explains nothing.
        let found = grid.explained();
        assert_eq!(found.iter().map(|(choice, _)| *choice).collect::<Vec<_>>(), [Choice::LeftOut, Choice::Scale]);
        assert!((found[0].1 - 0.8).abs() < 1e-12 && (found[1].1 - 0.2).abs() < 1e-12, "{found:?}");
    }
}

//! The permutation test of a meta-regression, which assumes no distribution.

use rayon::prelude::*;
use serde::Serialize;

use super::{Design, Line, Regressed, chi_squared, factor};
use crate::model::fit::{Whole, between, check_level};
use crate::model::linear::Mean;
use crate::model::{Estimate, FitError, Spec};
use crate::num::Random;

/// What shuffling the moderators among the studies says of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Permutation {
    /// The share of arrangements whose statistic is as far from 0 as the one observed, or farther, a coefficient; the intercept first.
    pub p_values: Vec<f64>,
    /// The same of the test of all moderators together.
    pub qm_p: f64,
    /// How many arrangements were taken, the one observed among them.
    pub arrangements: usize,
    /// Whether these are all there are; else a sample of them, drawn with the seed.
    pub exact: bool,
}

impl Permutation {
    /// The most distinct arrangements that are all taken: those of ten studies in two groups are 252, of eight different values 40,320.
    pub const MOST: usize = 50_000;

    /// How many arrangements are drawn where there are more, beside the one observed.
    pub const DRAWS: usize = 4_999;
}

/// Statistics nearer than this share are the same: arrangements that mirror each other differ by rounding alone.
const TIE: f64 = 1e-9;

/// Tests `design` by taking its rows in every distinct order against the studies, or in a sample of orders drawn with `seed` where
/// there are more than [`Permutation::MOST`].
///
/// # Errors
/// As [`super::regress`]; [`FitError::UnknownModerator`] for a design without moderators, of which nothing can be rearranged.
///
/// # Agreement
/// metafor 3.8, `permutest(exact = TRUE)`: the same p-values.
///
/// # References
/// Higgins & Thompson (2004), <https://doi.org/10.1002/sim.1752>; Follmann & Proschan (1999),
/// <https://doi.org/10.1111/j.0006-341X.1999.00732.x>
///
/// # Examples
/// ```
/// use forestable::model::{Design, Estimate, Spec, permutation_test};
/// let trials = [(0.1, 0.01), (0.2, 0.02), (0.9, 0.01), (1.1, 0.03)].map(|(yi, vi)| Estimate { yi, vi });
/// let mut design = Design::default();
/// design.factor("group", &["a", "a", "b", "b"]);
/// let found = permutation_test(&trials, &design, &Spec::default(), 1)?;
/// // Six arrangements; only the mirror image is as extreme.
/// assert_eq!((found.arrangements, found.p_values[1]), (6, 2.0 / 6.0));
/// # Ok::<(), forestable::model::FitError>(())
/// ```
pub fn permutation_test(
    estimates: &[Estimate],
    design: &Design,
    spec: &Spec,
    seed: u64,
) -> Result<Permutation, FitError> {
    check_level(spec.level)?;
    let model = Regressed::new(estimates, design)?;
    if design.columns().next().is_none() {
        return Err(FitError::UnknownModerator);
    }
    let mean = Mean::new(estimates)?;
    let statistics = |order: &[usize]| statistics(&mean, &model.rearranged(order), design, spec);
    let rows = Rows::new(estimates.len(), design);
    let as_given: Vec<usize> = (0..estimates.len()).collect();
    let observed = statistics(&as_given)?;
    let exact = rows.arrangements() <= Permutation::MOST as f64;
    let orders = if exact { rows.all() } else { rows.drawn(seed) };
    let extreme = |order: &Vec<usize>| {
        let found = statistics(order)?;
        let beyond = |(found, observed): (f64, &f64)| usize::from(found >= observed * (1.0 - TIE));
        Ok(found.into_iter().zip(&observed).map(beyond).collect::<Vec<usize>>())
    };
    let found: Vec<Result<Vec<usize>, FitError>> = orders.par_iter().map(extreme).collect();
    let mut counts = vec![0_usize; observed.len()];
    for extreme in found {
        counts.iter_mut().zip(extreme?).for_each(|(count, extreme)| *count += extreme);
    }
    // A sample has the order observed beside those drawn, so that no p-value is 0.
    let beside = usize::from(!exact);
    let arrangements = orders.len() + beside;
    let mut p_values: Vec<f64> = counts.iter().map(|count| (count + beside) as f64 / arrangements as f64).collect();
    let qm_p = p_values.pop().unwrap_or(f64::NAN);
    Ok(Permutation { p_values, qm_p, arrangements, exact })
}

/// Returns the size of each coefficient's statistic, then the test of all moderators.
fn statistics(mean: &Mean, model: &Regressed, design: &Design, spec: &Spec) -> Result<Vec<f64>, FitError> {
    let tau2 = between(model, spec)?;
    let whole = Whole::of(model, tau2);
    let value = tau2.map_or(0.0, |tau2| tau2.value);
    let factor = factor(&whole, spec)?;
    let line = Line::new(model, design, &whole, factor, spec);
    let qm = chi_squared(mean, model, |vi| 1.0 / (vi + value)) / factor;
    Ok(line.statistics().map(f64::abs).chain([qm]).collect())
}

/// The rows of a design, equal ones taken for one another.
struct Rows {
    /// The first study with the same row, for each study.
    class_of: Vec<usize>,
}

impl Rows {
    fn new(k: usize, design: &Design) -> Self {
        let same = |one: usize, other: usize| design.columns().all(|column| column[one] == column[other]);
        Self { class_of: (0..k).map(|row| (0..row).find(|&earlier| same(earlier, row)).unwrap_or(row)).collect() }
    }

    /// Returns how many distinct orders there are: k! over the factorial of each class's size.
    fn arrangements(&self) -> f64 {
        let mut seen = vec![0.0; self.class_of.len()];
        let mut count = 1.0_f64;
        for (row, &class) in self.class_of.iter().enumerate() {
            seen[class] += 1.0;
            count *= (row as f64 + 1.0) / seen[class];
        }
        count.round()
    }

    /// Returns every distinct order, as the study whose row each study gets, in lexicographic order.
    fn all(&self) -> Vec<Vec<usize>> {
        let mut order = self.class_of.clone();
        order.sort_unstable();
        let mut orders = vec![order.clone()];
        // The next permutation: the last rise, its first place exchanged with the last larger entry, the rest turned round.
        while let Some(rise) = (1..order.len()).rev().find(|&place| order[place - 1] < order[place]) {
            let larger = (rise..order.len()).rev().find(|&place| order[place] > order[rise - 1]).unwrap_or(rise);
            order.swap(rise - 1, larger);
            order[rise..].reverse();
            orders.push(order.clone());
        }
        orders
    }

    /// Returns orders drawn with `seed`, each by Fisher and Yates' shuffle from a stream of its own.
    fn drawn(&self, seed: u64) -> Vec<Vec<usize>> {
        let draw = |stream: usize| {
            let mut random = Random::new(seed, stream as u64);
            let mut order = self.class_of.clone();
            for last in (1..order.len()).rev() {
                let other = (random.uniform() * (last as f64 + 1.0)) as usize;
                order.swap(last, other.min(last));
            }
            order
        };
        (0..Permutation::DRAWS).map(draw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntervalMethod;
    use crate::model::bcg::{self, TRIALS};

    fn design(values: impl Iterator<Item = f64>) -> Design {
        let mut design = Design::default();
        design.number("moderator", values.collect());
        design
    }

    #[test]
    fn p_values_are_metafors() {
        // metafor 3.8, permutest(rma(yi, vi, mods = ~ random), exact = TRUE), and by HKSJ for latitude in the first seven trials.
        let random = design(TRIALS.iter().map(|trial| f64::from(u8::from(trial.5 == "random"))));
        let spec = Spec { interval: IntervalMethod::Classic, ..Spec::default() };
        let found = permutation_test(&bcg::estimates(), &random, &spec, 1).unwrap();
        assert_eq!((found.arrangements, found.exact), (1716, true));
        let latitude = design(TRIALS[..7].iter().map(|trial| trial.4));
        let hksj = permutation_test(&bcg::estimates()[..7], &latitude, &Spec::default(), 1).unwrap();
        assert_eq!((hksj.arrangements, hksj.exact), (2520, true));
        for (found, expected) in [
            (found.p_values[0], 0.906_759_906_759_907),
            (found.p_values[1], 0.202_214_452_214_452),
            (found.qm_p, 0.202_214_452_214_452),
            (hksj.p_values[0], 0.925),
            (hksj.p_values[1], 0.200_396_825_396_825),
            (hksj.qm_p, 0.200_396_825_396_825),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn every_distinct_order_comes_once() {
        let rows = Rows::new(6, &design([2.0, 1.0, 2.0, 3.0, 1.0, 2.0].into_iter()));
        let orders = rows.all();
        assert_eq!(orders.len() as f64, rows.arrangements());
        assert_eq!(orders.len(), 60);
        assert!(orders.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_sample_depends_on_its_seed_alone() {
        let latitude = design(TRIALS.iter().map(|trial| trial.4));
        let test = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| permutation_test(&bcg::estimates(), &latitude, &Spec::default(), seed).unwrap())
        };
        let found = test(1, 7);
        assert_eq!(found, test(3, 7));
        assert_eq!((found.arrangements, found.exact), (Permutation::DRAWS + 1, false));
        assert!(found.p_values[1] > 0.0 && found.p_values[1] < 0.02, "{:?}", found.p_values);
        assert_ne!(found.p_values, test(1, 8).p_values);
    }

    #[test]
    fn a_design_without_moderators_has_nothing_to_rearrange() {
        let found = permutation_test(&bcg::estimates(), &Design::default(), &Spec::default(), 1);
        assert_eq!(found, Err(FitError::UnknownModerator));
    }
}

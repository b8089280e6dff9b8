//! Laws of order: what rises when something else rises. Each says why it holds; what does not hold always is not here.

use forestable::effect::{Figures, Limits, Measure};
use forestable::evidence::Level;
use forestable::model::bayes::{Posterior, Priors, TauPrior};
use forestable::model::{
    Estimate, Fit, IntervalMethod, ModelKind, PredictionMethod, Spec, Tau2Interval, Tau2Method, fit, fit_at,
    fit_counts, tau2::Tau2,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{mapped, same, specs, studies};

/// What rounding may take from an inequality between figures of this size.
const SLACK: f64 = 1e-9;

#[track_caller]
fn not_below(found: f64, least: f64) -> Result<(), TestCaseError> {
    prop_assert!(found >= least - SLACK * least.abs().max(1.0), "{found} is below {least}");
    Ok(())
}

/// Whether one interval lies within another.
#[track_caller]
fn within(inner: Limits, outer: Limits) -> Result<(), TestCaseError> {
    not_below(inner.lower, outer.lower)?;
    not_below(outer.upper, inner.upper)
}

fn ci(fit: &Fit) -> Limits {
    Limits { lower: fit.ci_lower, upper: fit.ci_upper }
}

fn common() -> Spec {
    Spec { model: ModelKind::Common, interval: IntervalMethod::Classic, ..Spec::default() }
}

fn held(value: f64) -> Tau2 {
    Tau2 { value, se: 0.1, at_boundary: false, other_maximum: None, bisected: false }
}

/// Trials of two arms in which both arms have events and none of them all.
fn trials() -> impl Strategy<Value = Vec<[f64; 4]>> {
    let arm = (1..20_u32, 2..30_u32).prop_map(|(x, more)| (f64::from(x), f64::from(x + more)));
    prop::collection::vec((arm.clone(), arm).prop_map(|((a, n1), (c, n2))| [a, n1, c, n2]), 2..8)
}

fn tables(trials: &[[f64; 4]]) -> Vec<Figures> {
    trials.iter().map(|&[ai, n1i, ci, n2i]| Figures::TwoArms { ai, n1i, ci, n2i }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A weighted mean whose weights stay: it rises by the study's share of what the study rises by.
    #[test]
    fn a_higher_study_lifts_the_pool_by_its_weight(
        studies in studies(), at in 0..12_usize, by in 0.0..4.0_f64, tau2 in 0.0..2.0_f64,
    ) {
        let index = at % studies.len();
        let mut higher = studies.clone();
        higher[index].yi += by;
        for spec in [common(), Spec { interval: IntervalMethod::Classic, ..Spec::default() }] {
            let pool = |studies: &[Estimate]| match spec.model {
                ModelKind::Common => fit(studies, &spec),
                _ => fit_at(studies, held(tau2), &spec),
            };
            let (plain, lifted) = (pool(&studies)?, pool(&higher)?);
            same(lifted.estimate, plain.estimate + by * plain.weights_percent[index] / 100.0, 1.0)?;
            not_below(lifted.ci_lower, plain.ci_lower)?;
            not_below(lifted.ci_upper, plain.ci_upper)?;
        }
    }

    /// On the scales whose variance knows the number observed alone, an event more leaves the weights and raises the effect.
    #[test]
    fn an_event_more_never_lowers_a_pool_weighted_by_size(
        counts in prop::collection::vec((0..20_u32, 1..30_u32), 2..9),
        at in 0..9_usize,
        measure in select(vec![Measure::Pas, Measure::Pft, Measure::Irs, Measure::Irft]),
    ) {
        let index = at % counts.len();
        let pool = |more: u32| {
            let effects = counts.iter().enumerate().map(|(i, &(x, rest))| {
                let (xi, size) = (f64::from(x + if i == index { more } else { 0 }), f64::from(x + rest));
                let proportion = matches!(measure, Measure::Pas | Measure::Pft);
                let figures = if proportion { Figures::Events { xi, ni: size } } else { Figures::Rate { xi, ti: size } };
                measure.estimate(&figures, 0.5).unwrap()
            });
            fit(&effects.collect::<Vec<_>>(), &common())
        };
        let (plain, more) = (pool(0)?, pool(1)?);
        prop_assert!(more.estimate > plain.estimate, "{} is not above {}", more.estimate, plain.estimate);
    }

    /// Mantel and Haenszel's sums Σad/n and Σbc/n (Σan₂/n and Σcn₁/n): an event more raises the first and does not raise the second.
    #[test]
    fn an_event_more_in_the_first_arm_raises_mantel_haenszel(
        trials in trials(), at in 0..8_usize, measure in select(vec![Measure::Or, Measure::Rr, Measure::Rd]),
    ) {
        let index = at % trials.len();
        let mut more = trials.clone();
        more[index][0] += 1.0;
        prop_assume!(more[index][0] < more[index][1]);
        let spec = Spec { model: ModelKind::MantelHaenszel, ..Spec::default() }.settled();
        let pool = |trials: &[[f64; 4]]| fit_counts(&tables(trials), measure, &spec);
        let (plain, more) = (pool(&trials)?, pool(&more)?);
        prop_assert!(more.estimate > plain.estimate, "{} is not above {}", more.estimate, plain.estimate);
    }

    /// With τ² the sum Σ 1/(v + τ²) falls, and the ratio (vⱼ + τ²)/(vᵢ + τ²) of two weights comes nearer to 1.
    #[test]
    fn more_variance_between_studies_widens_intervals_and_levels_weights(
        studies in studies(),
        tau2 in 0.0..2.0_f64,
        by in 0.0..2.0_f64,
        interval in select(vec![IntervalMethod::Classic, IntervalMethod::T]),
        prediction in select(vec![PredictionMethod::V, PredictionMethod::Hts]),
    ) {
        let spec = Spec { interval, prediction, ..Spec::default() };
        let (less, more) = (fit_at(&studies, held(tau2), &spec)?, fit_at(&studies, held(tau2 + by), &spec)?);
        not_below(more.se, less.se)?;
        not_below(more.ci_upper - more.ci_lower, less.ci_upper - less.ci_lower)?;
        let width = |fit: &Fit| fit.prediction.map(|prediction| prediction.limits.upper - prediction.limits.lower);
        if let (Some(more), Some(less)) = (width(&more), width(&less)) {
            not_below(more, less)?;
        }
        not_below(more.heterogeneity.i2_percent, less.heterogeneity.i2_percent)?;
        not_below(more.heterogeneity.h2, less.heterogeneity.h2)?;
        let share = |fit: &Fit, pick: fn(f64, f64) -> f64| fit.weights_percent.iter().copied().reduce(pick).unwrap();
        not_below(share(&less, f64::max), share(&more, f64::max))?;
        not_below(share(&more, f64::min), share(&less, f64::min))?;
    }

    /// 1/(v + τ²) falls in v, whatever the model made of τ².
    #[test]
    fn a_more_precise_study_never_weighs_less(studies in studies(), spec in specs()) {
        let found = fit(&studies, &spec)?;
        let mut by_variance: Vec<(f64, f64)> =
            studies.iter().zip(&found.weights_percent).map(|(study, weight)| (study.vi, *weight)).collect();
        by_variance.sort_by(|a, b| a.0.total_cmp(&b.0));
        prop_assert!(by_variance.is_sorted_by(|a, b| a.1 >= b.1 - SLACK), "{by_variance:?}");
    }

    /// The same result of `times` as many patients: a smaller variance, so more weight. From eight patients up: below, Hedges' correction
    /// of a large difference can grow faster than the number of patients.
    #[test]
    fn a_larger_study_of_the_same_result_weighs_more(x in 1..20_u32, more in 1..30_u32, c in 1..20_u32, times in 2..9_u32) {
        let (x, n, c) = (f64::from(x), f64::from(x + more), f64::from(c));
        for measure in Measure::ALL {
            let of = |times: f64| [
                Figures::Events { xi: times * x, ni: times * n },
                Figures::Rate { xi: times * x, ti: times * n },
                Figures::TwoArms { ai: times * x, n1i: times * n, ci: times * c, n2i: times * (c + 1.0) },
                Figures::Means { m1i: x, sd1i: n, n1i: times * (n + 2.0), m2i: c, sd2i: 2.0, n2i: times * (c + 3.0) },
                Figures::Correlation { ri: x / n, ni: times * (n + 3.0) },
            ].into_iter().find_map(|figures| measure.estimate(&figures, 0.5).ok());
            if let (Some(small), Some(large)) = (of(1.0), of(f64::from(times))) {
                prop_assert!(large.vi < small.vi, "{measure}: {} is not below {}", large.vi, small.vi);
            }
        }
    }

    /// Quantiles rise with the level, and every interval here is made of one about a place that does not depend on it.
    #[test]
    fn a_higher_level_gives_an_interval_around_the_lower_one(
        studies in studies(), spec in specs(), tau2_interval in select(Tau2Interval::ALL.to_vec()),
        level in 0.5..0.98_f64, by in 0.001..0.019_f64,
    ) {
        let spec = |level| Spec { level: Level(level), tau2_interval, ..spec };
        let (narrow, wide) = (fit(&studies, &spec(level))?, fit(&studies, &spec(level + by))?);
        within(ci(&narrow), ci(&wide))?;
        prop_assert!(narrow.ci_upper - narrow.ci_lower < wide.ci_upper - wide.ci_lower);
        if let (Some(narrow), Some(wide)) = (narrow.prediction, wide.prediction) {
            within(narrow.limits, wide.limits)?;
        }
        if let (Some(narrow), Some(wide)) = (narrow.tau2_ci, wide.tau2_ci) {
            within(narrow, wide)?;
        }
    }

    #[test]
    fn a_higher_level_gives_a_posterior_interval_around_the_lower_one(
        studies in studies(), level in 0.5..0.98_f64, by in 0.001..0.019_f64,
    ) {
        let priors = Priors { tau: TauPrior::HalfNormal(0.5), ..Priors::default() };
        let posterior = Posterior::new(&studies, priors)?;
        for mixture in [posterior.mu(), posterior.predictive()] {
            let [inner, outer] = [level, level + by].map(|level| mixture.central(level));
            within(Limits { lower: inner[0], upper: inner[1] }, Limits { lower: outer[0], upper: outer[1] })?;
        }
    }

    /// Effects drawn apart about their mean by s multiply Q by s². Every estimator of τ² follows: the moments are increasing in the
    /// scatter, and the likelihoods have increasing differences in s² and τ² (∂²l/∂s²∂τ² = ½ yᵀPPy > 0), so that the larger s has the
    /// larger maximum (Topkis 1978, <https://doi.org/10.1287/opre.26.2.305>).
    #[test]
    fn effects_further_apart_never_look_more_alike(
        studies in studies(), by in 1.0..4.0_f64, tau2 in select(Tau2Method::ALL.to_vec()),
        model in select(vec![ModelKind::Random, ModelKind::Common]),
    ) {
        let spec = Spec { model, tau2, interval: IntervalMethod::Classic, ..Spec::default() };
        let centre = fit(&studies, &common())?.estimate;
        let (near, far) = (fit(&studies, &spec)?, fit(&mapped(&studies, |y| centre + by * (y - centre), |v| v), &spec)?);
        same(far.heterogeneity.q, by * by * near.heterogeneity.q, 1.0)?;
        not_below(far.tau2, near.tau2)?;
        not_below(near.heterogeneity.q_p, far.heterogeneity.q_p)?;
        not_below(far.heterogeneity.i2_q_percent, near.heterogeneity.i2_q_percent)?;
        not_below(far.heterogeneity.i2_percent, near.heterogeneity.i2_percent)?;
        not_below(far.heterogeneity.h2, near.heterogeneity.h2)?;
    }

    /// I² = 1 − 1/H², of whichever H² it is (Higgins & Thompson 2002), and 0 where Q is below its degrees of freedom.
    #[test]
    fn i2_is_one_less_the_reciprocal_of_h2(studies in studies(), spec in specs()) {
        let h = fit(&studies, &spec)?.heterogeneity;
        same(h.i2_percent, (100.0 * (1.0 - 1.0 / h.h2)).max(0.0), 100.0)?;
        same(h.i2_q_percent, (100.0 * (1.0 - h.q_df / h.q)).max(0.0), 100.0)?;
    }

    /// Σ 1/v grows with each study, and Q is a least sum of squares, to which each adds one that is not negative.
    #[test]
    fn a_study_more_never_costs_precision_nor_lowers_q(studies in studies()) {
        let (whole, fewer) = (fit(&studies, &common())?, fit(&studies[1..], &common())?);
        prop_assert!(whole.se < fewer.se);
        not_below(whole.heterogeneity.q, fewer.heterogeneity.q)?;
    }
}

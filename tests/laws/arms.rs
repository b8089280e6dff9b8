//! Laws of two arms and of parts: arms and outcomes that change places, units, and pools of pools.

use std::f64::consts::FRAC_PI_2;

use forestable::effect::{Figures, Measure};
use forestable::evidence::Level;
use forestable::model::{
    Estimate, IntervalMethod, ModelKind, Spec, cochran_mantel_haenszel, fit, fit_at, fit_counts, tarone, tau2::Tau2,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{same, studies};

/// Events and patients of two arms, empty cells among them, but an event and a patient without it at least.
pub fn table() -> impl Strategy<Value = [f64; 4]> {
    let arm = (0..25_u32, 0..25_u32).prop_filter("a patient", |(x, rest)| x + rest > 0);
    (arm.clone(), arm)
        .prop_filter("both outcomes", |((a, b), (c, d))| a + c > 0 && b + d > 0)
        .prop_map(|((a, b), (c, d))| [a, a + b, c, c + d].map(f64::from))
}

fn figures([ai, n1i, ci, n2i]: [f64; 4]) -> Figures {
    Figures::TwoArms { ai, n1i, ci, n2i }
}

fn all(tables: &[[f64; 4]]) -> Vec<Figures> {
    tables.iter().copied().map(figures).collect()
}

fn arms_swapped([a, n1, c, n2]: [f64; 4]) -> [f64; 4] {
    [c, n2, a, n1]
}

fn outcomes_swapped([a, n1, c, n2]: [f64; 4]) -> [f64; 4] {
    [n1 - a, n1, n2 - c, n2]
}

#[track_caller]
fn turned(measure: Measure, figures: &Figures, other: &Figures) -> Result<(), TestCaseError> {
    match (measure.estimate(figures, 0.5), measure.estimate(other, 0.5)) {
        (Ok(plain), Ok(other)) => {
            same(other.yi, -plain.yi, 1.0)?;
            same(other.vi, plain.vi, plain.vi)
        }
        (plain, other) => {
            prop_assert_eq!(plain.is_err(), other.is_err(), "{}", measure);
            Ok(())
        }
    }
}

fn common() -> Spec {
    Spec { model: ModelKind::Common, interval: IntervalMethod::Classic, ..Spec::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Every measure of two arms is a difference or the logarithm of a ratio.
    #[test]
    fn arms_that_change_places_turn_the_effect_over(table in table(), means in prop::array::uniform2(0.5..20.0_f64),
        sds in prop::array::uniform2(0.1..9.0_f64), sizes in prop::array::uniform2(2..60_u32)) {
        for measure in [Measure::Or, Measure::Rr, Measure::Rd, Measure::As, Measure::Peto, Measure::Phi] {
            turned(measure, &figures(table), &figures(arms_swapped(table)))?;
        }
        let [n1i, n2i] = sizes.map(f64::from);
        let plain = Figures::Means { m1i: means[0], sd1i: sds[0], n1i, m2i: means[1], sd2i: sds[1], n2i };
        let other = Figures::Means { m1i: means[1], sd1i: sds[1], n1i: n2i, m2i: means[0], sd2i: sds[0], n2i: n1i };
        for measure in [Measure::Md, Measure::Smd, Measure::Smdh, Measure::Rom] {
            turned(measure, &plain, &other)?;
        }
    }

    #[test]
    fn a_ratio_and_its_reciprocal_are_one_result(hr in 0.1..9.0_f64, below in 0.2..0.95_f64, above in 1.05..5.0_f64, p in 0.001..0.9_f64) {
        let ratio = |hr, lower, upper| Figures::HazardRatio { hr, ci: Some((lower, upper, Level::NINETY_FIVE)), p: None };
        let by_p = |hr| Figures::HazardRatio { hr, ci: None, p: Some(p) };
        turned(Measure::Hr, &ratio(hr, hr * below, hr * above), &ratio(1.0 / hr, 1.0 / (hr * above), 1.0 / (hr * below)))?;
        turned(Measure::Hr, &by_p(hr), &by_p(1.0 / hr))?;
    }

    /// To count those without the event turns odds ratios and differences over; a ratio of risks is another ratio then.
    #[test]
    fn outcomes_that_change_places_turn_the_effect_over(table in table()) {
        for measure in [Measure::Or, Measure::Rd, Measure::As, Measure::Peto, Measure::Phi] {
            turned(measure, &figures(table), &figures(outcomes_swapped(table)))?;
        }
        let [xi, ni, ..] = table;
        for (measure, whole) in
            [(Measure::Pr, 1.0), (Measure::Plo, 0.0), (Measure::Pas, FRAC_PI_2), (Measure::Pft, FRAC_PI_2)]
        {
            let of = |xi| measure.estimate(&Figures::Events { xi, ni }, 0.5).unwrap();
            same(of(ni - xi).yi, whole - of(xi).yi, 1.0)?;
            same(of(ni - xi).vi, of(xi).vi, of(xi).vi)?;
        }
    }

    /// A unit of measurement scales a difference of means, and neither a standardised one nor a ratio.
    #[test]
    fn means_obey_a_change_of_unit(means in prop::array::uniform2(0.5..20.0_f64), sds in prop::array::uniform2(0.1..9.0_f64),
        sizes in prop::array::uniform2(2..60_u32), unit in 0.01..100.0_f64) {
        let [n1i, n2i] = sizes.map(f64::from);
        let of = |unit: f64| Figures::Means {
            m1i: unit * means[0], sd1i: unit * sds[0], n1i, m2i: unit * means[1], sd2i: unit * sds[1], n2i,
        };
        for (measure, by) in [(Measure::Md, unit), (Measure::Smd, 1.0), (Measure::Smdh, 1.0), (Measure::Rom, 1.0)] {
            let (plain, other) = (measure.estimate(&of(1.0), 0.5).unwrap(), measure.estimate(&of(unit), 0.5).unwrap());
            same(other.yi, by * plain.yi, by * plain.yi.abs().max(1.0))?;
            same(other.vi, by * by * plain.vi, by * by * plain.vi)?;
        }
    }

    /// Whichever arm is first, the common ratio is one, and so are the tests of 2 × 2 tables.
    #[test]
    fn pools_of_tables_obey_swap_order_and_duplication(tables in prop::collection::vec(table(), 2..8)) {
        let swapped: Vec<[f64; 4]> = tables.iter().rev().copied().map(arms_swapped).collect();
        let twice = [tables.clone(), tables.clone()].concat();
        let (mantel_haenszel, peto) = (ModelKind::MantelHaenszel, ModelKind::Peto);
        for (model, measure) in [
            (mantel_haenszel, Measure::Or), (mantel_haenszel, Measure::Rr), (mantel_haenszel, Measure::Rd), (peto, Measure::Or),
        ] {
            let pool = |tables: &[[f64; 4]]| fit_counts(&all(tables), measure, &Spec { model, ..Spec::default() }.settled());
            let Ok(plain) = pool(&tables) else { continue };
            let (swapped, twice) = (pool(&swapped)?, pool(&twice)?);
            same(swapped.estimate, -plain.estimate, 1.0)?;
            same(swapped.se, plain.se, 1.0)?;
            same(twice.estimate, plain.estimate, 1.0)?;
            same(twice.se * 2.0_f64.sqrt(), plain.se, 1.0)?;
        }
        if let (Some(plain), Some(other)) = (cochran_mantel_haenszel(&all(&tables))?, cochran_mantel_haenszel(&all(&swapped))?) {
            same(other.statistic, plain.statistic, 1.0)?;
        }
        if let (Ok(Some(plain)), Ok(Some(other))) = (tarone(&all(&tables)), tarone(&all(&swapped)))
            && plain.statistic.is_finite()
        {
            prop_assert!((other.statistic - plain.statistic).abs() <= 1e-6 * plain.statistic.abs().max(1.0));
        }
    }

    /// A table in which nobody (or everybody) has the event holds nothing about a ratio of odds.
    #[test]
    fn a_table_without_events_says_nothing(tables in prop::collection::vec(table(), 2..8), n1 in 1..40_u32, n2 in 1..40_u32, every in any::<bool>()) {
        let (n1, n2) = (f64::from(n1), f64::from(n2));
        let empty = if every { [n1, n1, n2, n2] } else { [0.0, n1, 0.0, n2] };
        let more = [tables.clone(), vec![empty]].concat();
        for model in [ModelKind::MantelHaenszel, ModelKind::Peto] {
            let pool = |tables: &[[f64; 4]]| fit_counts(&all(tables), Measure::Or, &Spec { model, ..Spec::default() }.settled());
            let Ok(plain) = pool(&tables) else { continue };
            let more = pool(&more)?;
            same(more.estimate, plain.estimate, 1.0)?;
            same(more.se, plain.se, 1.0)?;
            same(more.weights_percent[tables.len()], 0.0, 1.0)?;
        }
    }

    /// Peto's sums are an inverse-variance mean of (O − E)/V with the variances 1/V.
    #[test]
    fn petos_pool_is_the_common_effect_of_petos_effects(tables in prop::collection::vec(table(), 2..8)) {
        let effects: Vec<Estimate> = tables.iter().map(|table| Measure::Peto.estimate(&figures(*table), 0.5).unwrap()).collect();
        let spec = Spec { model: ModelKind::Peto, ..Spec::default() }.settled();
        let (found, expected) = (fit_counts(&all(&tables), Measure::Or, &spec)?, fit(&effects, &common())?);
        same(found.estimate, expected.estimate, 1.0)?;
        same(found.se, expected.se, 1.0)?;
        same(found.heterogeneity.q, expected.heterogeneity.q, 1.0)?;
    }

    /// Pools of parts pool to the pool of the whole, and Q is what lies within the parts and between them.
    #[test]
    fn a_pool_of_pools_is_the_pool(studies in prop::collection::vec(studies(), 2..4), tau2 in 0.0..2.0_f64) {
        let whole: Vec<Estimate> = studies.concat();
        let held = Tau2 { value: tau2, se: 0.1, at_boundary: false, other_maximum: None, bisected: false };
        let parts = studies.iter().map(|part| fit(part, &common())).collect::<Result<Vec<_>, _>>()?;
        let means: Vec<Estimate> = parts.iter().map(|part| Estimate { yi: part.estimate, vi: part.se.powi(2) }).collect();
        let (found, expected) = (fit(&means, &common())?, fit(&whole, &common())?);
        same(found.estimate, expected.estimate, 1.0)?;
        same(found.se, expected.se, 1.0)?;
        let within: f64 = parts.iter().map(|part| part.heterogeneity.q).sum();
        same(within + found.heterogeneity.q, expected.heterogeneity.q, 1.0)?;
        // The same with a variance between studies that is given.
        let classic = Spec { interval: IntervalMethod::Classic, ..Spec::default() };
        let parts = studies.iter().map(|part| fit_at(part, held, &classic)).collect::<Result<Vec<_>, _>>()?;
        let means: Vec<Estimate> = parts.iter().map(|part| Estimate { yi: part.estimate, vi: part.se.powi(2) }).collect();
        let (found, expected) = (fit(&means, &common())?, fit_at(&whole, held, &classic)?);
        same(found.estimate, expected.estimate, 1.0)?;
        same(found.se, expected.se, 1.0)?;
    }

    /// A study that shows exactly the pooled effect moves neither the pool nor Q, whatever its size.
    #[test]
    fn a_study_at_the_pool_moves_nothing(studies in studies(), vi in 0.01..1.0_f64) {
        let plain = fit(&studies, &common())?;
        let more = fit(&[studies, vec![Estimate { yi: plain.estimate, vi }]].concat(), &common())?;
        same(more.estimate, plain.estimate, 1.0)?;
        same(more.heterogeneity.q, plain.heterogeneity.q, 1.0)?;
        prop_assert!(more.se < plain.se);
    }

    /// Correlations: a variable that is turned over turns the correlation over.
    #[test]
    fn correlations_obey_sign(ri in -0.99..0.99_f64, ni in 5..200_u32, measure in select(vec![Measure::Cor, Measure::Ucor, Measure::Zcor])) {
        let of = |ri| Figures::Correlation { ri, ni: f64::from(ni) };
        turned(measure, &of(ri), &of(-ri))?;
    }
}

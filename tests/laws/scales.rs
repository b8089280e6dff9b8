//! There and back on every scale and measure, over their whole range, and what an interval is once it has been taken back.

use forestable::effect::{Figures, Limits, Measure, ProportionInterval, Scale, count};
use forestable::evidence::Level;
use forestable::model::{Estimate, fit};
use forestable::num::exp;
use forestable::survival::{Exit, KaplanMeier, Subject};
use proptest::prelude::*;
use proptest::sample::select;

use crate::specs;

const UNIT: f64 = f64::EPSILON;

/// From the smallest proportions to those next to 1, evenly on the log odds; their edges among them.
fn proportions() -> impl Strategy<Value = f64> {
    let edges = vec![f64::MIN_POSITIVE, 1e-300, UNIT, 0.25, 0.5, 0.75, 1.0 - UNIT, 1.0 - UNIT / 2.0];
    prop_oneof![
        4 => 0.0..1.0_f64,
        2 => (-700.0..0.0_f64).prop_map(exp),
        2 => (-36.0..0.0_f64).prop_map(|y| 1.0 - exp(y)),
        1 => select(edges),
    ]
    .prop_filter("a proportion between 0 and 1", |p| *p > 0.0 && *p < 1.0)
}

/// Events among patients, none and all among them.
fn counts() -> impl Strategy<Value = (f64, f64)> {
    let inner = (0..=60_u32, 0..=60_u32).prop_filter("somebody", |(x, rest)| x + rest > 0);
    inner.prop_map(|(x, rest)| (f64::from(x), f64::from(x + rest)))
}

/// The inner and outer end of [0, 1] on a scale, the pool's interval within it.
#[track_caller]
fn is_interval(estimate: f64, Limits { lower, upper }: Limits) -> Result<(), TestCaseError> {
    let ordered = 0.0 <= lower && lower <= estimate && estimate <= upper && upper <= 1.0;
    prop_assert!(ordered, "{estimate} ({lower} to {upper})");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// To four units in the last place of `p` and of `y`: an error in `y` comes back divided by the scale's slope.
    #[test]
    fn a_proportion_comes_back_from_every_scale(p in proportions(), n in 1.0..500.0_f64) {
        for &scale in Scale::ALL {
            let y = scale.transform(p);
            let allowed = 4.0 * UNIT * (p + y.abs().max(1.0) / scale.slope(p));
            for back in [scale.back(y), if scale == Scale::DoubleArcsine { p } else { scale.back_at(y, n) }] {
                prop_assert!((back - p).abs() <= allowed, "{scale}: {back} is not {p}, ± {allowed}");
            }
        }
    }

    /// The other way round, wherever `y` has a proportion of its own between 0 and 1.
    #[test]
    fn a_place_comes_back_to_every_scale(y in prop_oneof![-700.0..700.0_f64, -6.0..6.0_f64]) {
        for &scale in Scale::ALL {
            let p = scale.back(y);
            prop_assert!((0.0..=1.0).contains(&p), "{scale}: {p} at {y}");
            let beyond = match scale {
                Scale::Plain => !(0.0..=1.0).contains(&y),
                Scale::Log => y > 0.0,
                Scale::Arcsine | Scale::DoubleArcsine => !(0.0..=std::f64::consts::FRAC_PI_2).contains(&y),
                Scale::Logit | Scale::Cloglog => false,
            };
            if p > 0.0 && p < 1.0 {
                prop_assert!(!beyond);
                let found = scale.transform(p);
                let allowed = 4.0 * UNIT * (y.abs().max(1.0) + p * scale.slope(p));
                prop_assert!((found - y).abs() <= allowed, "{scale}: {found} is not {y}, ± {allowed}");
            }
        }
    }

    /// All scales rise with the proportion but the log-log scale of survival, which falls; so does the way back.
    #[test]
    fn a_higher_proportion_never_ranks_lower(a in proportions(), b in proportions(), y in -40.0..40.0_f64, by in 0.0..40.0_f64) {
        let (low, high) = (a.min(b), a.max(b));
        for &scale in Scale::ALL {
            let sign = if scale == Scale::Cloglog { -1.0 } else { 1.0 };
            let (below, above) = (sign * scale.transform(low), sign * scale.transform(high));
            prop_assert!(below <= above, "{scale}: {below} of {low}, {above} of {high}");
            let (first, second) = (scale.back(sign * y), scale.back(sign * (y + by)));
            prop_assert!(first <= second, "{scale}: {first} at {y}, {second} at {}", y + by);
        }
    }

    /// Miller's formula, at the number observed: every count comes back to itself, and between the counts it rises.
    #[test]
    fn freeman_and_tukey_come_back_at_their_own_size((x, n) in counts(), part in 0.0..1.0_f64, more in 0.0..1.0_f64) {
        let y = |p: f64| Measure::Pft.transform(p, Some(n));
        let back = |y: f64| Measure::Pft.back(y, Some(n));
        prop_assert!((back(y(x / n)) - x / n).abs() < 1e-12);
        let (start, end) = (y(0.0), y(1.0));
        let (low, high) = (start + part.min(more) * (end - start), start + part.max(more) * (end - start));
        prop_assert!(0.0 <= back(low) && back(low) <= back(high) + 1e-12 && back(high) <= 1.0);
        prop_assert!((y(back(low)) - low).abs() < 1e-9, "{} is not {low}", y(back(low)));
        prop_assert_eq!((back(start), back(end)), (0.0, 1.0));
        prop_assert_eq!((back(start - part), back(end + part)), (0.0, 1.0));
        prop_assert_eq!(Scale::DoubleArcsine.back_at(low, n), back(low));
    }

    /// Rates, ratios and correlations, to four units in the last place of the value and of the place.
    #[test]
    fn every_measure_comes_back(size in 1.0..1e4_f64, part in -1.0..1.0_f64, ratio in prop_oneof![-600.0..600.0_f64, -3.0..3.0_f64]) {
        for measure in Measure::ALL {
            let natural = match measure {
                measure if measure.is_proportion() => part.abs(),
                Measure::Ir | Measure::Irs | Measure::Irft => part.abs() * 50.0,
                Measure::Irln | Measure::Median => exp(ratio),
                measure if measure.is_ratio() => exp(ratio),
                _ => part,
            };
            let y = measure.transform(natural, Some(size));
            let back = measure.back(y, Some(size));
            // Both Freeman-Tukey transforms are sums of two roots, and nothing near 0 is told apart from what comes before 1/n.
            let allowed = match measure {
                Measure::Pft => 1e-11,
                Measure::Irft => 16.0 * UNIT * (natural + 1.0 / size),
                Measure::Plo | Measure::Pas | Measure::Pln => 8.0 * UNIT * natural.max(f64::MIN_POSITIVE) * y.abs().max(1.0),
                _ => 4.0 * UNIT * natural.abs() * y.abs().max(1.0),
            };
            prop_assert!((back - natural).abs() <= allowed, "{measure}: {back} is not {natural}, ± {allowed}");
            let larger = natural * 1.001;
            let larger_is_one = *measure != Measure::Zcor || larger < 1.0;
            if measure.is_transformed() && !measure.is_proportion() && natural > 0.0 && larger_is_one {
                prop_assert!(measure.transform(larger, Some(size)) > y, "{measure} does not rise");
            }
        }
    }

    /// Whatever was pooled, with none and all of the patients among it: an interval of proportions about a proportion.
    #[test]
    fn a_pool_of_counts_is_a_proportion_within_its_interval(counts in prop::collection::vec(counts(), 2..9), spec in specs()) {
        let harmonic = counts.len() as f64 / counts.iter().map(|(_, n)| 1.0 / n).sum::<f64>();
        for measure in Measure::ALL.iter().filter(|measure| measure.is_proportion()) {
            let effects: Vec<Estimate> =
                counts.iter().map(|&(xi, ni)| measure.estimate(&Figures::Events { xi, ni }, 0.5).unwrap()).collect();
            let found = fit(&effects, &spec)?;
            let back = |y: f64| measure.back(y, Some(harmonic));
            let interval = |lower, upper| Limits { lower: back(lower), upper: back(upper) };
            is_interval(back(found.estimate), interval(found.ci_lower, found.ci_upper))?;
            if let Some(new) = found.prediction {
                is_interval(back(found.estimate), interval(new.limits.lower, new.limits.upper))?;
            }
        }
    }

    /// The same of survival, on each scale, whichever way it runs.
    #[test]
    fn a_pool_of_survival_is_a_proportion_within_its_interval(
        rows in prop::collection::vec((0.001..0.999_f64, 0.001..0.5_f64), 2..9), spec in specs(),
    ) {
        for &scale in Scale::ALL {
            let effect = |&(p, se): &(f64, f64)| Estimate { yi: scale.transform(p), vi: (se * scale.slope(p)).powi(2) };
            let found = fit(&rows.iter().map(effect).collect::<Vec<_>>(), &spec)?;
            let (a, b) = (scale.back(found.ci_lower), scale.back(found.ci_upper));
            is_interval(scale.back(found.estimate), Limits { lower: a.min(b), upper: a.max(b) })?;
        }
    }

    /// The mirror image of the other outcome, about the proportion, wider with the level, and no lower for an event more.
    ///
    /// The score, Wald and Agresti-Coull ends rise with the events where they are not cut off at 0 and 1, the exact ones by the order of
    /// binomial distributions; the logit's need not, and at none and all its ½ leaves the proportion outside.
    #[test]
    fn an_interval_of_a_count_lies_about_it((x, n) in counts(), level in 0.5..0.98_f64, by in 0.001..0.019_f64) {
        for method in ProportionInterval::ALL {
            let logit = *method == ProportionInterval::LogitNormal;
            let limits = |x: f64, level: f64| method.limits(x, n, Level(level)).unwrap();
            let (found, wider, mirrored) = (limits(x, level), limits(x, level + by), limits(n - x, level));
            if !logit || (x > 0.0 && x < n) {
                prop_assert!(found.lower <= x / n + 1e-12 && x / n <= found.upper + 1e-12, "{method}: {found:?} of {x} in {n}");
            }
            prop_assert!(wider.lower <= found.lower + 1e-12 && found.upper <= wider.upper + 1e-12, "{method}: {found:?} {wider:?}");
            prop_assert!((found.lower - (1.0 - mirrored.upper)).abs() < 1e-12 && (found.upper - (1.0 - mirrored.lower)).abs() < 1e-12);
            if !logit && x < n {
                let more = limits(x + 1.0, level);
                prop_assert!(found.lower <= more.lower + 1e-12 && found.upper <= more.upper + 1e-12, "{method}: {found:?} {more:?}");
            }
        }
    }

    /// What a table shows beside one series: the count with its exact interval, whatever the scale it is pooled on.
    #[test]
    fn a_count_has_one_interval_on_every_scale((x, n) in counts()) {
        let of = |scale| count(Some(x as u64), Some(n as u64), scale, Level::NINETY_FIVE).unwrap();
        let plain = of(Scale::Plain);
        for &scale in Scale::ALL {
            let found = of(scale);
            is_interval(found.proportion, Limits { lower: found.lower, upper: found.upper })?;
            prop_assert_eq!((found.proportion, found.lower, found.upper), (x / n, plain.lower, plain.upper));
        }
    }

    /// Greenwood's interval, on every scale at every level.
    #[test]
    fn intervals_of_a_curve_widen_with_the_level(
        exits in prop::collection::vec((1..40_u32, any::<bool>()), 2..40), level in 0.5..0.98_f64, by in 0.001..0.019_f64,
    ) {
        let exit = |event| if event { Exit::Event } else { Exit::Censored };
        let subjects: Vec<Subject> =
            exits.iter().map(|&(time, event)| Subject { time: f64::from(time), exit: exit(event) }).collect();
        let curve = KaplanMeier::new(&subjects).unwrap();
        for &scale in Scale::ALL {
            for time in [5.0, 15.0, 30.0] {
                let at = |level| curve.interval(time, scale, Level(level));
                if let (Some(inner), Some(outer)) = (at(level), at(level + by)) {
                    let survival = curve.at(time).unwrap().survival;
                    prop_assert!(inner.lower <= survival + 1e-12 && survival <= inner.upper + 1e-12);
                    prop_assert!(0.0 <= outer.lower && outer.lower <= inner.lower && inner.upper <= outer.upper && outer.upper <= 1.0);
                }
            }
        }
    }
}

/// The ends of the range themselves: infinite where the scale has no value there, and back to 0 and 1 exactly.
#[test]
fn nothing_and_everything_come_back_exactly() {
    for &scale in Scale::ALL {
        for p in [0.0, 1.0] {
            assert_eq!(scale.back(scale.transform(p)), p, "{scale}");
        }
        for y in [f64::NEG_INFINITY, f64::INFINITY] {
            assert!([0.0, 1.0].contains(&scale.back(y)), "{scale} at {y}");
        }
    }
    for measure in Measure::ALL.iter().filter(|measure| measure.is_proportion()) {
        for (p, size) in [(0.0, 1.0), (1.0, 1.0), (0.0, 250.0), (1.0, 250.0)] {
            assert_eq!(measure.back(measure.transform(p, Some(size)), Some(size)), p, "{measure} at {size}");
        }
    }
    for measure in [Measure::Ir, Measure::Irs, Measure::Irft, Measure::Irln] {
        assert_eq!(measure.back(measure.transform(0.0, Some(40.0)), Some(40.0)), 0.0, "{measure}");
    }
}

//! The laws for what asks whether small studies say something else: shift, scale, sign, order, and what stays within.

use forestable::evidence::Level;
use forestable::model::small_study::{
    FillEstimator, Predictor, RegressionTest, Side, asymmetry, begg, fail_safe, fail_safe_weighted, henmi_copas,
    trim_and_fill,
};
use forestable::model::{Design, Estimate, FitError, Spec, permutation_test};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{mapped, same, studies};

/// Equal to what an iteration leaves, of `unit`.
#[track_caller]
fn near(found: f64, expected: f64, unit: f64) -> Result<(), TestCaseError> {
    prop_assert!((found - expected).abs() <= 1e-6 * unit.abs().max(expected.abs()), "{found} is not {expected}");
    Ok(())
}

fn reversed(studies: &[Estimate]) -> Vec<Estimate> {
    studies.iter().rev().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// A funnel that is moved leans as before; stretched, its slope on the standard error stays and that on the variance has another unit.
    #[test]
    fn regression_tests_obey_shift_scale_sign_and_order(
        studies in studies(), by in 0.2..5.0_f64, test in select(RegressionTest::ALL.to_vec()),
        predictor in select(vec![Predictor::StandardError, Predictor::Variance]),
    ) {
        prop_assume!(studies.len() > 3);
        let of = |studies: &[Estimate]| asymmetry(studies, &[], predictor, test, &Spec::default());
        let plain = of(&studies)?;
        for (other, sign, limit) in [
            (of(&mapped(&studies, |y| y + by, |v| v))?, 1.0, plain.limit_estimate + by),
            (of(&mapped(&studies, |y| by * y, |v| by * by * v))?, 1.0, by * plain.limit_estimate),
            (of(&mapped(&studies, |y| -y, |v| v))?, -1.0, -plain.limit_estimate),
            (of(&reversed(&studies))?, 1.0, plain.limit_estimate),
        ] {
            near(other.statistic, sign * plain.statistic, 1.0)?;
            near(other.p_value, plain.p_value, 1.0)?;
            near(other.limit_estimate, limit, by.max(1.0))?;
        }
    }

    #[test]
    fn rank_correlation_obeys_sign_scale_and_order(studies in studies(), by in 0.2..5.0_f64) {
        let plain = begg(&studies)?;
        for (other, sign) in [
            (begg(&mapped(&studies, |y| by * y, |v| by * by * v))?, 1.0),
            (begg(&mapped(&studies, |y| -y, |v| v))?, -1.0),
            (begg(&reversed(&studies))?, 1.0),
        ] {
            same(other.kendall_tau, sign * plain.kendall_tau, 1.0)?;
            same(other.p_value, plain.p_value, 1.0)?;
        }
        prop_assert!(plain.kendall_tau.abs() <= 1.0 && (0.0..=1.0).contains(&plain.p_value));
    }

    /// What is missing on one side of a funnel is missing on the other side of its mirror image.
    #[test]
    fn filling_obeys_shift_scale_and_sign(studies in studies(), by in 0.2..5.0_f64, estimator in select(FillEstimator::ALL.to_vec())) {
        let of = |studies: &[Estimate], side| trim_and_fill(studies, side, estimator, &Spec::default());
        let Ok(plain) = of(&studies, Side::Left) else {
            prop_assert_eq!(of(&mapped(&studies, |y| -y, |v| v), Side::Right).unwrap_err(), FitError::TrimAndFill);
            return Ok(());
        };
        for (other, estimate, unit) in [
            (of(&mapped(&studies, |y| y + by, |v| v), Side::Left)?, plain.estimate + by, 1.0),
            (of(&mapped(&studies, |y| by * y, |v| by * by * v), Side::Left)?, by * plain.estimate, by),
            (of(&mapped(&studies, |y| -y, |v| v), Side::Right)?, -plain.estimate, 1.0),
        ] {
            prop_assert_eq!(other.k0, plain.k0);
            near(other.estimate, estimate, unit.max(1.0))?;
            near(other.se, unit * plain.se, unit)?;
        }
        prop_assert_eq!(plain.filled.len(), plain.k0);
    }

    /// Weights 1/v: the centre is that of a common effect, and the interval goes with it.
    #[test]
    fn henmi_and_copas_obey_shift_scale_sign_and_order(studies in studies(), by in 0.2..5.0_f64) {
        let of = |studies: &[Estimate]| henmi_copas(studies, Level::NINETY_FIVE);
        let plain = of(&studies)?;
        let ends = |found: &forestable::model::small_study::HenmiCopas| [found.ci_lower, found.ci_upper];
        let [lower, upper] = ends(&plain);
        for (other, estimate, expected) in [
            (of(&mapped(&studies, |y| y + by, |v| v))?, plain.estimate + by, [lower + by, upper + by]),
            (of(&mapped(&studies, |y| by * y, |v| by * by * v))?, by * plain.estimate, [by * lower, by * upper]),
            (of(&mapped(&studies, |y| -y, |v| v))?, -plain.estimate, [-upper, -lower]),
            (of(&reversed(&studies))?, plain.estimate, [lower, upper]),
        ] {
            near(other.estimate, estimate, by.max(1.0))?;
            for (found, expected) in ends(&other).into_iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-4 * by.max(1.0), "{found} is not {expected}");
            }
        }
    }

    /// Significance has no unit; effects drawn away from 0 on their own side never need fewer null results to undo them.
    #[test]
    fn fail_safe_numbers_have_no_unit_and_rise_with_the_effects(studies in studies(), by in 0.2..5.0_f64, further in 1.0..3.0_f64) {
        let scaled = mapped(&studies, |y| by * y, |v| by * by * v);
        prop_assert_eq!(fail_safe(&scaled)?.n, fail_safe(&studies)?.n);
        prop_assert_eq!(fail_safe_weighted(&scaled)?.n, fail_safe_weighted(&studies)?.n);
        let stronger = mapped(&studies, |y| further * y, |v| v);
        prop_assert!(fail_safe(&stronger)?.n >= fail_safe(&studies)?.n);
        prop_assert!(fail_safe_weighted(&stronger)?.n >= fail_safe_weighted(&studies)?.n);
    }

    /// Arrangements of a moderator know neither its unit nor where the effects begin.
    #[test]
    fn permutation_has_no_unit_and_no_origin(studies in prop::collection::vec((-2.0..2.0_f64, 0.02..0.5_f64), 4..6), unit in 0.1..10.0_f64, origin in -9.0..9.0_f64) {
        let studies: Vec<Estimate> = studies.into_iter().map(|(yi, vi)| Estimate { yi, vi }).collect();
        let of = |studies: &[Estimate], unit: f64, origin: f64| {
            let mut design = Design::default();
            design.number("moderator", (0..studies.len()).map(|i| origin + unit * [0.0, 1.5, 4.0, 2.0, 7.0][i]).collect());
            permutation_test(studies, &design, &Spec::default(), 1)
        };
        let (plain, other) = (of(&studies, 1.0, 0.0)?, of(&mapped(&studies, |y| 2.0 - y, |v| v), unit, origin)?);
        prop_assert!(plain.exact && other.exact);
        prop_assert_eq!(plain.arrangements, other.arrangements);
        // One arrangement may fall on either side of a tie.
        let one = 1.0 / plain.arrangements as f64;
        prop_assert!((plain.p_values[1] - other.p_values[1]).abs() <= one + 1e-12, "{:?} {:?}", plain, other);
        prop_assert!(plain.p_values[1] >= one);
    }
}

//! Laws of what a paper prints about one series: precision from numbers at risk and follow-up, survival curves, doses.

use forestable::effect::precision::{
    binomial, effective_at_boundary_from_at_risk, effective_at_boundary_from_follow_up, effective_size, from_at_risk,
    from_follow_up,
};
use forestable::evidence::{Gray, bed, eqd2};
use forestable::survival::{Exit, KaplanMeier, Subject};
use proptest::prelude::*;

/// What rounding may take from an inequality between figures of this size.
#[track_caller]
fn not_below(found: f64, least: f64) -> Result<(), TestCaseError> {
    prop_assert!(found >= least - 1e-12 * least.abs().max(1e-3), "{found} is below {least}");
    Ok(())
}

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    let exit = |event| if event { Exit::Event } else { Exit::Censored };
    let subject =
        (1..40_u32, any::<bool>()).prop_map(move |(time, event)| Subject { time: f64::from(time), exit: exit(event) });
    prop::collection::vec(subject, 2..50)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// p*(1/(nₜ − 1) − 1/(n − 1)) is the lesser of two terms that fall in nₜ: (n + nₜ)/((nₜ − 1)(n − 1)) times a constant, and the
    /// bracket itself.
    #[test]
    fn more_at_risk_is_more_precise(survival in 0.01..0.99_f64, n in 5..400_u32, part in 0.0..1.0_f64) {
        let n = f64::from(n);
        let at_risk = (2.0 + part * (n - 4.0)).floor();
        let (fewer, more) = (from_at_risk(survival, n, at_risk).unwrap(), from_at_risk(survival, n, at_risk + 1.0).unwrap());
        if at_risk + 1.0 < n {
            not_below(fewer, more)?;
        }
        not_below(effective_at_boundary_from_at_risk(n, at_risk + 1.0), effective_at_boundary_from_at_risk(n, at_risk))?;
    }

    /// (eˣᵗ − 1)/x rises in x, and the hazard of censoring falls as follow-up grows; with no censoring at all what is left is binomial,
    /// so that censoring never adds precision.
    #[test]
    fn longer_follow_up_is_more_precise_and_never_more_than_complete(
        survival in 0.01..0.99_f64, n in 5.0..400.0_f64, time in 1.0..120.0_f64, follow_up in 1.0..200.0_f64, longer in 0.0..200.0_f64,
    ) {
        let of = |n, follow_up| from_follow_up(survival, n, time, follow_up);
        not_below(of(n, follow_up), of(n, follow_up + longer))?;
        not_below(of(n, follow_up), binomial(survival, n))?;
        not_below(of(n, follow_up), of(n + 1.0, follow_up))?;
        not_below(n, effective_size(survival, of(n, follow_up)))?;
        let boundary = |follow_up| effective_at_boundary_from_follow_up(n, time, follow_up);
        not_below(boundary(follow_up + longer), boundary(follow_up))?;
        not_below(n, boundary(follow_up + longer))?;
        // Time has no unit.
        let months = from_follow_up(survival, n, 12.0 * time, 12.0 * follow_up);
        prop_assert!((months - of(n, follow_up)).abs() <= 1e-9 * months);
    }

    /// Each factor 1 − d/n loses an event at the same n, or gains a patient at the same d.
    #[test]
    fn an_event_less_or_a_patient_who_outlives_all_never_lowers_a_curve(subjects in subjects(), at in 0..50_usize) {
        let plain = KaplanMeier::new(&subjects).unwrap();
        let mut spared = subjects.clone();
        spared[at % subjects.len()].exit = Exit::Censored;
        let outliving = [subjects.clone(), vec![Subject { time: 100.0, exit: Exit::Censored }]].concat();
        for other in [KaplanMeier::new(&spared).unwrap(), KaplanMeier::new(&outliving).unwrap()] {
            for time in (0..41).map(f64::from) {
                if let (Some(plain), Some(other)) = (plain.at(time), other.at(time)) {
                    not_below(other.survival, plain.survival)?;
                }
                if let (Some(plain), Some(other)) = (plain.restricted_mean(time), other.restricted_mean(time)) {
                    not_below(other.value, plain.value)?;
                    not_below(time, other.value)?;
                }
            }
            // A median on a rest at one half depends on where the rest ends.
            let rests = |curve: &KaplanMeier| curve.steps().iter().any(|step| (step.survival - 0.5).abs() < 1e-8);
            if let Some((plain, other)) = plain.median().zip(other.median()).filter(|_| !rests(&plain) && !rests(&other)) {
                not_below(other, plain)?;
            }
        }
    }

    /// Who is at risk is who has not left, and a curve is what it says of those who left unseen: S(t) is the share seen beyond t and,
    /// for each patient censored at c before, the chance S(t)/S(c) of living from c to t (Efron's self-consistency, 1967).
    #[test]
    fn a_curve_is_consistent_with_those_it_lost(subjects in subjects()) {
        let curve = KaplanMeier::new(&subjects).unwrap();
        for time in (0..41).map(f64::from) {
            let Some(at) = curve.at(time) else { continue };
            prop_assert_eq!(at.at_risk as usize, subjects.iter().filter(|subject| subject.time >= time).count());
            let beyond = subjects.iter().filter(|subject| subject.time > time).count() as f64;
            let lost = subjects.iter().filter(|subject| subject.time <= time && subject.exit == Exit::Censored);
            let living: f64 = lost.map(|subject| at.survival / curve.at(subject.time).unwrap().survival).sum();
            prop_assert!((subjects.len() as f64 * at.survival - beyond - living).abs() < 1e-9);
        }
    }

    /// Every patient twice: the same curve, its standard errors smaller by √2 (Greenwood's sum over 2n and 2d is half of that over n and d).
    #[test]
    fn patients_counted_twice_give_the_same_curve(subjects in subjects(), turn in 0..50_usize) {
        let mut twice = [subjects.clone(), subjects.clone()].concat();
        twice.rotate_left(turn % subjects.len());
        let (plain, twice) = (KaplanMeier::new(&subjects).unwrap(), KaplanMeier::new(&twice).unwrap());
        for time in (0..41).map(f64::from) {
            let (plain, twice) = (plain.at(time), twice.at(time));
            prop_assert_eq!(plain.is_some(), twice.is_some());
            if let (Some(plain), Some(twice)) = (plain, twice) {
                prop_assert!((plain.survival - twice.survival).abs() < 1e-12);
                prop_assert_eq!(2 * plain.at_risk, twice.at_risk);
                if let Some((plain, twice)) = plain.se.zip(twice.se) {
                    prop_assert!((plain - twice * 2.0_f64.sqrt()).abs() < 1e-9);
                }
            }
        }
    }

    /// D(1 + D/(n α/β)): the same dose in fewer fractions is worth more, and the more so the lower α/β; in fractions of 2 Gy it is
    /// worth itself, in larger ones more, in smaller ones less.
    #[test]
    fn a_larger_fraction_is_worth_more(dose in 1.0..100.0_f64, more in 0.01..20.0_f64, fractions in 2..40_u32, ratio in 1.0..20.0_f64) {
        let n = f64::from(fractions);
        let worth = |dose: f64, n: f64, ratio: f64| bed(Gray(dose), n, Gray(ratio)).0;
        prop_assert!(worth(dose, n - 1.0, ratio) > worth(dose, n, ratio));
        prop_assert!(worth(dose + more, n, ratio) > worth(dose, n, ratio));
        prop_assert!(worth(dose, n, ratio) > worth(dose, n, ratio + more) && worth(dose, n, ratio + more) > dose);
        let equivalent = eqd2(Gray(worth(dose, n, ratio)), Gray(ratio)).0;
        prop_assert_eq!((equivalent - dose).signum(), if equivalent == dose { (0.0_f64).signum() } else { (dose / n - 2.0).signum() });
        // Two courses of n fractions each, one after the other, are worth what both are worth.
        prop_assert!((worth(2.0 * dose, 2.0 * n, ratio) - 2.0 * worth(dose, n, ratio)).abs() <= 1e-9 * worth(2.0 * dose, 2.0 * n, ratio));
    }
}

//! Laws that survival estimates obey, and that no figures make them panic or answer with what is no number.

use forestable::effect::{Limits, Scale};
use forestable::evidence::Level;
use forestable::survival::{
    AtRisk, CurvePoint, Exit, JointRow, JointSpec, KaplanMeier, Likelihood, PublishedSurvival, Random, RiskSum,
    SeriesPoint, Subject, Trend, joint, published_precision, reconstruct, summary_curve,
};
use proptest::prelude::*;
use proptest::sample::select;

/// A figure that is sound, or an edge of what a number can be.
fn figure(sound: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    let edges = vec![0.0, -0.0, 1.0, 1e-300, 1e300, f64::MAX, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, -1.0];
    prop_oneof![100 => sound, 1 => select(edges)]
}

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    let subject = (1..60_u32, any::<bool>()).prop_map(|(time, event)| Subject {
        time: f64::from(time),
        exit: if event { Exit::Event } else { Exit::Censored },
    });
    prop::collection::vec(subject, 1..80)
}

proptest! {
    #[test]
    fn a_survival_curve_falls_and_lies_within_its_interval(subjects in subjects(), scale in select(Scale::ALL)) {
        let curve = KaplanMeier::new(&subjects).unwrap();
        let mut before = 1.0;
        for time in 1..60 {
            let Some(at) = curve.at(f64::from(time)) else { break };
            prop_assert!(at.survival <= before && at.survival >= 0.0);
            before = at.survival;
            if let Some(Limits { lower, upper }) = curve.interval(f64::from(time), scale, Level::NINETY_FIVE) {
                prop_assert!(0.0 <= lower && lower <= at.survival && at.survival <= upper && upper <= 1.0);
            }
        }
        if let (Some(median), [Some(lower), upper]) = (curve.median(), curve.median_interval(scale, Level::NINETY_FIVE)) {
            prop_assert!(lower <= median && upper.is_none_or(|upper| median <= upper));
        }
    }

    #[test]
    fn times_in_another_unit_give_the_same_curve(subjects in subjects()) {
        let stretched: Vec<Subject> =
            subjects.iter().map(|subject| Subject { time: subject.time * 2.0, ..*subject }).collect();
        let (one, other) = (KaplanMeier::new(&subjects).unwrap(), KaplanMeier::new(&stretched).unwrap());
        prop_assert_eq!(one.at(12.0), other.at(24.0));
        prop_assert_eq!(one.median().map(|time| time * 2.0), other.median());
        if let Some((one, other)) = one.restricted_mean(20.0).zip(other.restricted_mean(40.0)) {
            prop_assert!((one.value * 2.0 - other.value).abs() < 1e-9 && (one.se * 2.0 - other.se).abs() < 1e-9);
        }
    }

    #[test]
    fn summary_curves_fall_or_are_refused(
        rows in prop::collection::vec((0..4_usize, figure(0.5..60.0), figure(0.0..1.0), figure(1.0..200.0)), 0..12),
    ) {
        let rows: Vec<SeriesPoint> = sorted(rows)
            .into_iter()
            .map(|(series, time, survival, at_risk)| SeriesPoint { series, time, survival, at_risk })
            .collect();
        if let Ok(found) = summary_curve(&rows, Level::NINETY_FIVE) {
            for curve in [&found.fixed, &found.random] {
                let mut before = 1.0;
                for point in &curve.points {
                    prop_assert!(point.survival <= before && point.survival >= 0.0, "{:?}", point);
                    prop_assert!(point.lower <= point.survival && point.survival <= point.upper, "{:?}", point);
                    before = point.survival;
                }
            }
        }
    }

    #[test]
    fn joint_curves_fall_or_are_refused(
        rows in prop::collection::vec((0..4_usize, figure(0.5..60.0), figure(0.01..0.99), figure(0.005..0.1)), 0..12),
        trend in select(Trend::ALL),
        random in select(Random::ALL),
        likelihood in select(Likelihood::ALL),
    ) {
        let rows: Vec<JointRow> = sorted(rows)
            .into_iter()
            .map(|(series, time, survival, se)| JointRow { series, group: series % 2, time, survival, se })
            .collect();
        let spec = JointSpec { trend, random, likelihood, level: Level::NINETY_FIVE };
        if let Ok(fit) = joint(&rows, &spec) {
            for group in 0..fit.groups() {
                let mut before = 1.0;
                for point in fit.times.iter().filter_map(|time| fit.at(*time, group)) {
                    prop_assert!(point.survival <= before + 1e-12, "{:?}", point);
                    prop_assert!(point.lower <= point.survival && point.survival <= point.upper, "{:?}", point);
                    before = point.survival;
                }
                let _ = fit.median(group);
            }
        }
    }

    #[test]
    fn a_reconstruction_has_all_patients_and_follows_the_table(
        points in prop::collection::vec((figure(0.0..60.0), figure(0.0..1.0)), 0..30),
        at_risk in prop::collection::vec((figure(0.0..60.0), 0..200_u64), 0..4),
        events in prop::option::of(0..300_u64),
    ) {
        let mut times: Vec<f64> = points.iter().map(|point| point.0).collect();
        let mut survivals: Vec<f64> = points.iter().map(|point| point.1).collect();
        times.sort_by(f64::total_cmp);
        survivals.sort_by(|a, b| b.total_cmp(a));
        let curve: Vec<CurvePoint> =
            times.into_iter().zip(survivals).map(|(time, survival)| CurvePoint { time, survival }).collect();
        let mut table = vec![AtRisk { time: 0.0, at_risk: 200 }];
        table.extend(at_risk.iter().map(|&(time, at_risk)| AtRisk { time, at_risk }));
        table.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.at_risk.cmp(&a.at_risk)));
        if let Ok(found) = reconstruct(&curve, &table, events) {
            prop_assert_eq!(found.subjects.len(), 200);
            prop_assert!(found.subjects.is_sorted_by(|a, b| a.time <= b.time));
            prop_assert!(found.rms_distance <= found.max_distance && found.max_distance <= 1.0);
        }
    }

    #[test]
    fn published_precision_is_a_number_or_nothing(
        survival in figure(0.0..1.0), lower in figure(0.0..1.0), upper in figure(0.0..1.0), n in figure(1.0..300.0),
        at_risk in prop::option::of(figure(1.0..300.0)), events in prop::option::of(figure(0.0..1.0)),
        with_interval in any::<bool>(), scale in select(Scale::ALL), sum in select(RiskSum::ALL),
    ) {
        let ci = with_interval.then_some(Limits { lower, upper });
        let row = PublishedSurvival { survival, ci, n, at_risk, event_proportion: events };
        for found in published_precision(&[row], scale, sum, Level::NINETY_FIVE).into_iter().flatten() {
            prop_assert!(found.se.is_none_or(|se| se.is_finite() && se >= 0.0), "{:?} {:?}", row, found);
            prop_assert!(found.transformed.is_none_or(f64::is_finite));
        }
    }
}

/// Brings rows into the order of their times, each series' survival falling and last figure as it came.
fn sorted(mut rows: Vec<(usize, f64, f64, f64)>) -> Vec<(usize, f64, f64, f64)> {
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut survivals: Vec<f64> = rows.iter().map(|row| row.2).collect();
    survivals.sort_by(|a, b| b.total_cmp(a));
    let mut last: Vec<f64> = rows.iter().map(|row| row.3).collect();
    last.sort_by(|a, b| if survivals.len().is_multiple_of(2) { a.total_cmp(b) } else { b.total_cmp(a) });
    rows.iter().zip(survivals).zip(last).map(|((row, survival), last)| (row.0, row.1, survival, last)).collect()
}

//! Expected values: mpmath at 60 digits, incomplete gamma and beta functions, inverted by bisection.

#![expect(clippy::excessive_precision, reason = "the digits are mpmath's")]

use super::Tail::{Lower, Upper};
use super::*;
use crate::num::special::{Tails, beta_tails, gamma_tails};

#[track_caller]
fn agrees(found: f64, expected: f64, relative: f64) {
    assert!((found / expected - 1.0).abs() < relative, "{found} is not {expected}");
}

#[test]
fn normal_tails_and_quantiles() {
    agrees(Normal.sf(-0.8), 0.788_144_601_416_603_314_42, 1e-15);
    agrees(Normal.sf(8.0), 6.220_960_574_271_784_123_5e-16, 1e-14);
    agrees(Normal.sf(37.0), 5.725_571_222_524_576_822_7e-300, 1e-13);
    agrees(Normal.quantile(Upper(0.025)), 1.959_963_984_540_054_235_5, 1e-15);
    agrees(Normal.quantile(Lower(0.6)), 0.253_347_103_135_799_798_8, 1e-14);
    agrees(Normal.quantile(Upper(1e-300)), 37.047_096_299_361_199_237, 1e-14);
}

#[test]
fn t_quantiles_where_statrs_fails_or_hangs() {
    for (df, p, expected) in [
        (1.0, 1e-10, 3_183_098_861.837_906_715_3),
        (2.5, 0.025, 3.574_654_842_003_683_218_5),
        (3.0, 0.025, 3.182_446_305_283_709_592_7),
        (5.0, 1e-300, 1.568_392_559_099_337_809e60),
        (8.348, 0.025, 2.289_378_165_001_702_125_9),
        (12.0, 0.025, 2.178_812_829_667_228_866_3),
        (1000.0, 1e-100, 23.930_617_087_826_443_058),
        (20_000.0, 0.05, 1.644_929_818_959_481_738_5),
        (100_000.0, 0.025, 1.959_987_707_534_609_638_6),
        (600_000.0, 0.05, 1.644_856_166_570_663_684),
    ] {
        agrees(StudentT::new(df).quantile(Upper(p)), expected, 1e-12);
        agrees(StudentT::new(df).quantile(Lower(p)), -expected, 1e-12);
    }
}

#[test]
fn chi_squared_quantiles() {
    for (df, tail, expected) in [
        (1.0, Lower(1e-6), 1.570_796_326_795_719_086_3e-12),
        (1.0, Lower(0.5), 0.454_936_423_119_572_751_94),
        (1.0, Upper(1e-15), 64.430_463_520_123_658_545),
        (3.0, Upper(1e-200), 927.417_010_856_686_235_32),
        (12.0, Lower(0.025), 4.403_788_506_981_701_623_4),
        (12.0, Upper(0.5), 11.340_322_377_424_140_466),
        (12.0, Upper(0.025), 23.336_664_158_645_339_263),
        (999.0, Lower(0.025), 913.300_998_302_113_368_27),
        (999.0, Upper(0.025), 1_088.487_067_725_935_276_3),
    ] {
        agrees(ChiSquared::new(df).quantile(tail), expected, 1e-12);
    }
}

#[test]
fn beta_and_f_quantiles() {
    for (a, b, tail, expected) in [
        (0.5, 30.0, Lower(1e-6), 2.639_900_631_100_868_425_3e-14),
        (42.0, 3.0, Lower(0.025), 0.845_268_422_341_010_624_41),
        (43.0, 2.0, Upper(0.025), 0.994_447_048_004_629_507_56),
        (44.0, 1.0, Lower(0.025), 0.919_580_060_236_424_114_18),
        (1000.0, 199_001.0, Lower(0.025), 0.004_695_570_600_963_033_972_4),
    ] {
        agrees(Beta::new(a, b).quantile(tail), expected, 1e-11);
    }
    for (df1, df2, p, expected) in [
        (1.0, 8.0, 0.17, 2.273_891_038_572_899_537_9),
        (1.0, 100_000.0, 0.05, 3.841_551_813_686_774_488_7),
        (2.0, 10.0, 0.05, 4.102_821_015_130_401_213_1),
        (3.0, 5.0, 1e-20, 221_544_404.895_726_220_48),
    ] {
        agrees(FisherF::new(df1, df2).quantile(Upper(p)), expected, 1e-10);
    }
}

#[test]
fn every_quantile_is_undone_by_its_tail() {
    let probabilities = [1e-12, 1e-6, 0.001, 0.01, 0.3, 0.5, 0.8, 0.999];
    for df in [0.3, 1.0, 2.0, 3.0, 7.5, 30.0, 400.0] {
        for p in probabilities {
            agrees(StudentT::new(df).sf(StudentT::new(df).quantile(Upper(p))), p, 1e-10);
            agrees(ChiSquared::new(df).sf(ChiSquared::new(df).quantile(Upper(p))), p, 1e-10);
            agrees(ChiSquared::new(df).cdf(ChiSquared::new(df).quantile(Lower(p))), p, 1e-10);
            for other in [0.5, 2.0, 50.0] {
                let f = FisherF::new(df, other);
                agrees(f.sf(f.quantile(Upper(p))), p, 1e-9);
            }
        }
    }
}

#[test]
fn what_has_no_answer_is_nan() {
    assert!(StudentT::new(0.0).quantile(Upper(0.025)).is_nan());
    assert!(StudentT::new(f64::NAN).sf(1.0).is_nan());
    assert!(ChiSquared::new(3.0).quantile(Upper(1.5)).is_nan());
    assert!(Normal.quantile(Upper(f64::NAN)).is_nan());
    assert_eq!(ChiSquared::new(3.0).quantile(Lower(0.0)), 0.0);
    assert_eq!(StudentT::new(3.0).quantile(Upper(0.0)), f64::INFINITY);
}

#[test]
fn statrs_is_good_where_it_is_taken() {
    const CLOSE: f64 = 1e-12;
    let student = [
        (1.0, 0.04, 0.487_274_388_652_008_17),
        (1.0, 0.7, 0.305_599_887_785_785_21),
        (1.0, 2.1, 0.141_463_028_121_508_97),
        (3.0, 0.04, 0.485_303_121_028_912_46),
        (3.0, 0.7, 0.267_163_499_152_381_81),
        (3.0, 2.1, 0.063_282_601_274_842_304),
        (7.3, 0.04, 0.484_582_611_028_403_09),
        (7.3, 0.7, 0.252_808_570_093_129_17),
        (7.3, 2.1, 0.036_123_356_712_426_687),
        (30.0, 0.04, 0.484_179_072_199_115_13),
        (30.0, 0.7, 0.244_660_221_749_835_75),
        (30.0, 2.1, 0.022_121_235_631_161_768),
        (100.0, 0.04, 0.484_086_438_669_899_21),
        (100.0, 0.7, 0.242_776_303_227_186_68),
        (100.0, 2.1, 0.019_122_627_910_640_472),
    ];
    for (df, x, upper) in student {
        let tails = body::tails(body::student_t(df), x).unwrap();
        agrees(tails.upper, upper, CLOSE);
        agrees(tails.lower, 1.0 - upper, CLOSE);
    }
    let chi_squared = [
        (1.0, 0.6, 0.438_578_026_080_999_86),
        (1.0, 1.0, 0.317_310_507_862_914_1),
        (1.0, 1.3, 0.254_213_223_603_964_39),
        (3.0, 1.8, 0.614_934_935_782_537_41),
        (3.0, 3.0, 0.391_625_176_271_088_96),
        (3.0, 3.9, 0.272_466_758_317_988_43),
        (7.3, 4.38, 0.763_486_753_903_464_92),
        (7.3, 7.3, 0.430_355_251_272_522_64),
        (7.3, 9.49, 0.243_294_511_150_465_88),
        (30.0, 18.0, 0.958_533_674_527_096_28),
        (30.0, 30.0, 0.465_653_708_944_009_63),
        (30.0, 39.0, 0.125_728_680_774_943_86),
        (100.0, 100.0, 0.481_191_684_527_956_72),
    ];
    for (df, x, upper) in chi_squared {
        agrees(body::tails(body::chi_squared(df), x).unwrap().upper, upper, CLOSE);
    }
    let beta = [
        (42.0, 3.0, 0.85, 0.970_023_616_054_486_59),
        (42.0, 3.0, 0.95, 0.378_625_249_385_219),
        (7.3, 30.0, 0.1, 0.950_560_812_661_278_7),
        (7.3, 30.0, 0.25, 0.193_768_420_240_713_14),
        (100.0, 100.0, 0.47, 0.801_845_798_575_907_52),
        (100.0, 100.0, 0.52, 0.285_967_152_812_259_04),
    ];
    for (a, b, x, upper) in beta {
        agrees(body::tails(body::beta(a, b), x).unwrap().upper, upper, CLOSE);
    }
    let fisher = [
        (1.0, 8.0, 0.05, 0.828_667_666_151_907_31),
        (1.0, 8.0, 5.0, 0.055_766_528_900_996_163),
        (3.0, 2.0, 0.3, 0.827_111_236_869_641_37),
        (3.0, 2.0, 30.0, 0.032_430_827_082_269_069),
        (12.0, 7.3, 0.5, 0.862_244_113_964_729_01),
        (12.0, 7.3, 3.0, 0.072_205_386_483_789_13),
        (100.0, 100.0, 0.8, 0.866_884_397_722_028_76),
        (100.0, 100.0, 1.3, 0.095_660_484_644_614_724),
    ];
    for (df1, df2, x, upper) in fisher {
        agrees(body::tails(body::fisher_f(df1, df2), x).unwrap().upper, upper, CLOSE);
    }
}

#[test]
fn statrs_and_our_own_tails_agree_where_both_answer() {
    for df in [1.0, 3.0, 7.3, 30.0, 100.0] {
        for step in 1..100 {
            let share = f64::from(step) / 100.0;
            let x = 3.0 * df * share;
            let same = |body: Option<Tails>, own: Tails| {
                if let Some(body) = body {
                    agrees(body.lower, own.lower, 1e-12);
                    agrees(body.upper, own.upper, 1e-12);
                }
            };
            same(body::tails(body::chi_squared(df), x), gamma_tails(0.5 * df, 0.5 * x));
            same(body::tails(body::beta(df, 4.0), share), beta_tails(df, 4.0, share, 1.0 - share));
            let far = 8.0 / (8.0 + df * x);
            same(body::tails(body::fisher_f(df, 8.0), x), beta_tails(0.5 * df, 4.0, df * x / (8.0 + df * x), far));
        }
    }
}

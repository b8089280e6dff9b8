//! The thirteen trials of BCG vaccine against tuberculosis that tests compare other programs' figures on.

use super::Estimate;
use crate::num::ln;

/// Cases and persons of both arms, absolute latitude, allocation.
///
/// # References
/// Colditz et al. (1994), <https://doi.org/10.1001/jama.1994.03510330076038>
pub const TRIALS: [(f64, f64, f64, f64, f64, &str); 13] = [
    (4.0, 123.0, 11.0, 139.0, 44.0, "random"),
    (6.0, 306.0, 29.0, 303.0, 55.0, "random"),
    (3.0, 231.0, 11.0, 220.0, 42.0, "random"),
    (62.0, 13_598.0, 248.0, 12_867.0, 52.0, "random"),
    (33.0, 5_069.0, 47.0, 5_808.0, 13.0, "alternate"),
    (180.0, 1_541.0, 372.0, 1_451.0, 44.0, "alternate"),
    (8.0, 2_545.0, 10.0, 629.0, 19.0, "random"),
    (505.0, 88_391.0, 499.0, 88_391.0, 13.0, "random"),
    (29.0, 7_499.0, 45.0, 7_277.0, 27.0, "random"),
    (17.0, 1_716.0, 65.0, 1_665.0, 42.0, "systematic"),
    (186.0, 50_634.0, 141.0, 27_338.0, 18.0, "systematic"),
    (5.0, 2_498.0, 3.0, 2_341.0, 33.0, "systematic"),
    (27.0, 16_913.0, 29.0, 17_854.0, 33.0, "systematic"),
];

/// Returns their log risk ratios.
pub fn estimates() -> Vec<Estimate> {
    let ratio = |(a, n1, c, n2, ..): (f64, f64, f64, f64, f64, &str)| Estimate {
        yi: ln(a / n1 / (c / n2)),
        vi: 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2,
    };
    TRIALS.map(ratio).to_vec()
}

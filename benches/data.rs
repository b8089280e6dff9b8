//! The studies that are timed.

pub mod generated;

use forestable::effect::{Figures, Measure};
use forestable::model::Estimate;
use forestable::num::Random;

/// Returns the log risk ratios of the thirteen BCG trials (Colditz et al. 1994, doi:10.1001/jama.1994.03510330076038), the usual example.
#[must_use]
pub fn bcg() -> Vec<Estimate> {
    [
        (4, 123, 11, 139),
        (6, 306, 29, 303),
        (3, 231, 11, 220),
        (62, 13_598, 248, 12_867),
        (33, 5069, 47, 5808),
        (180, 1541, 372, 1451),
        (8, 2545, 10, 629),
        (505, 88_391, 499, 88_391),
        (29, 7499, 45, 7277),
        (17, 1716, 65, 1665),
        (186, 50_634, 141, 27_338),
        (5, 2498, 3, 2341),
        (27, 16_913, 29, 17_854),
    ]
    .into_iter()
    .map(|(ai, n1i, ci, n2i): (u32, u32, u32, u32)| {
        let [ai, n1i, ci, n2i] = [ai, n1i, ci, n2i].map(f64::from);
        Measure::Rr.estimate(&Figures::TwoArms { ai, n1i, ci, n2i }, 0.5).expect("no cell is empty")
    })
    .collect()
}

/// Returns `k` simulated studies: true effects scatter by 0.3, sampling variances lie between 0.01 and 0.2.
#[must_use]
pub fn simulated(k: usize) -> Vec<Estimate> {
    let mut random = Random::new(1, 0);
    let study = |_| {
        let vi = 0.01 + 0.19 * random.uniform();
        Estimate { yi: 0.3 * random.normal() + vi.sqrt() * random.normal(), vi }
    };
    (0..k).map(study).collect()
}

/// Returns the responders among the patients of 14 studies of hyperdynamic therapy (Pritz & Zhou 1997), as metafor has them.
#[must_use]
pub fn pritz() -> Vec<Figures> {
    let xi = [16, 10, 4, 43, 10, 25, 13, 12, 22, 4, 5, 18, 58, 6];
    let ni = [17, 12, 8, 58, 10, 42, 14, 12, 41, 5, 6, 23, 68, 10];
    xi.into_iter().zip(ni).map(|(xi, ni)| Figures::Events { xi: f64::from(xi), ni: f64::from(ni) }).collect()
}

/// Returns the effects of coaching in eight schools (Rubin 1981, doi:10.3102/10769986006004377), the usual Bayesian example.
#[must_use]
pub fn schools() -> Vec<Estimate> {
    [(28.0, 15.0), (8.0, 10.0), (-3.0, 16.0), (7.0, 11.0), (-1.0, 9.0), (1.0, 11.0), (18.0, 10.0), (12.0, 18.0)]
        .into_iter()
        .map(|(yi, se): (f64, f64)| Estimate { yi, vi: se * se })
        .collect()
}

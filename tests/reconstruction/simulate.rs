//! Series of patients, what a journal would print of them, and what comes back from print.

use forestable::num;
use forestable::survival::{AtRisk, CurvePoint, Exit, KaplanMeier, Reconstruction, Subject, reconstruct};

/// What stands under the published curve.
#[derive(Clone, Copy)]
pub enum Printed {
    /// Numbers at risk every so many months.
    Every(f64),
    /// The number of patients alone.
    Patients,
    /// The number of patients, and their events.
    PatientsAndEvents,
}

/// One simulated series: its patients, and those that come back.
pub struct Series {
    pub truth: KaplanMeier,
    pub found: Reconstruction,
}

impl Series {
    /// Returns the error of the 2-year rate; `None` where the truth has none.
    pub fn error_at_two_years(&self) -> Option<f64> {
        let truth = self.truth.at(24.0)?.survival;
        let found = KaplanMeier::new(&self.found.subjects).unwrap().at(24.0).map_or(0.0, |at| at.survival);
        Some((found - truth).abs())
    }

    /// Returns reconstructed over true standard error of the 2-year rate.
    pub fn ratio_of_errors(&self) -> Option<f64> {
        let truth = self.truth.at(24.0)?.se?;
        let found = KaplanMeier::new(&self.found.subjects).unwrap().at(24.0)?.se?;
        (truth > 0.0).then(|| found / truth)
    }
}

/// Returns the series of number `seed`: 20 to 150 patients, Weibull times with a median of 8 to 80 months, recruited over
/// two to five years and followed for three to eighteen months more. The curve is read off every half month, to two decimals.
pub fn series(seed: u64, printed: Printed) -> Series {
    let mut random = Random(seed);
    let n = 20 + (random.uniform() * 131.0) as u64;
    let median = 8.0 * num::exp(random.uniform() * num::ln(10.0));
    let shape = 0.8 + 0.7 * random.uniform();
    let (accrual, follow_up) = (24.0 + 36.0 * random.uniform(), 3.0 + 15.0 * random.uniform());
    let mut subjects = Vec::new();
    for _ in 0..n {
        let hazard = -num::ln(1.0 - random.uniform()) / num::ln(2.0);
        let event = median * num::powf(hazard, 1.0 / shape);
        let censored = follow_up + accrual * random.uniform();
        let exit = if event <= censored { Exit::Event } else { Exit::Censored };
        subjects.push(Subject { time: event.min(censored), exit });
    }
    let truth = KaplanMeier::new(&subjects).unwrap();
    let end = subjects.iter().map(|subject| subject.time).fold(0.0, f64::max);
    let read = |time: f64| CurvePoint { time, survival: (truth.at(time).unwrap().survival * 100.0).round() / 100.0 };
    let curve: Vec<CurvePoint> =
        (0..).map(|step| f64::from(step) * 0.5).take_while(|time| *time <= end).map(read).collect();
    let row = |time: f64| AtRisk { time, at_risk: truth.at(time).unwrap().at_risk };
    let events = truth.steps().iter().map(|step| step.events).sum();
    let (at_risk, events) = match printed {
        Printed::Every(months) => {
            ((0..).map(|step| f64::from(step) * months).take_while(|time| *time <= end).map(row).collect(), None)
        }
        Printed::Patients => (vec![row(0.0)], None),
        Printed::PatientsAndEvents => (vec![row(0.0)], Some(events)),
    };
    Series { found: reconstruct(&curve, &at_risk, events).unwrap(), truth }
}

/// Returns the middle of `values`.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Steele, Lea & Flood's SplitMix64.
struct Random(u64);

impl Random {
    /// Returns a number from 0 to below 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
